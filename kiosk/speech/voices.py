"""The voices: text becomes sound. Nothing of it is written to a file or a log.

A `Speaker` is the one seam: today espeak-ng, a program of its own that is never linked; recorded clips could
be another. Without one, or in a language that it does not have, everything stays silent and works.
"""

import os
import subprocess
from collections.abc import Mapping
from functools import cached_property, lru_cache
from threading import BoundedSemaphore, Lock
from typing import Protocol

import structlog

from kiosk.speech.rules import voice_of, whole

AT_ONCE = 4
"""So many texts are spoken side by side; the next one waits."""
KEPT = 32
"""Calls that several boards say are spoken once; four seconds are 170 KB."""
TIMEOUT_S = 10

log = structlog.get_logger()


class NotSpoken(Exception):
    """There is no voice for this, or it failed."""


class Speaker(Protocol):
    """Makes speech."""

    @property
    def voices(self) -> frozenset[str]:
        """The voices that it has."""

    def say(self, voice: str, text: str) -> bytes:
        """Return the text as a WAV. Raises NotSpoken."""


class EspeakNg:
    """Debian's espeak-ng: a process for each text, which comes in by its standard input."""

    def __init__(self, words_per_minute: int, program: str = "espeak-ng") -> None:
        self._program = program
        self._speed = str(words_per_minute)

    @cached_property
    def voices(self) -> frozenset[str]:
        """None where the program is missing."""
        try:
            lines = self._run("--voices").decode().splitlines()[1:]
        except NotSpoken:
            return frozenset()
        return frozenset(line.split()[1].lower() for line in lines)

    def say(self, voice: str, text: str) -> bytes:
        """Return the text as a WAV. Raises NotSpoken."""
        command = ("-v", voice, "-s", self._speed, "-b", "1", "--stdin", "--stdout")
        try:
            return whole(self._run(*command, text=text))
        except ValueError:
            raise NotSpoken from None

    def _run(self, *options: str, text: str = "") -> bytes:
        try:
            done = subprocess.run(  # noqa: S603
                [self._program, *options],
                input=text.encode(), capture_output=True, timeout=TIMEOUT_S, check=True,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise NotSpoken from error
        return done.stdout


class Voices:
    """The languages of a site that can be heard."""

    def __init__(self, speaker: Speaker, own: Mapping[str, str]) -> None:
        self.speaker = speaker
        self._own = own
        self._busy = BoundedSemaphore(AT_ONCE)
        self._announcing = Lock()
        self._announced = lru_cache(maxsize=KEPT)(self.say)

    def has(self, language: str) -> bool:
        """Tell whether there is a voice for this language."""
        return voice_of(language, self._own, self.speaker.voices) is not None

    def say(self, language: str, text: str) -> bytes:
        """Return the text as a WAV, and keep nothing. Raises NotSpoken."""
        voice = voice_of(language, self._own, self.speaker.voices)
        if voice is None:
            raise NotSpoken
        with self._busy:
            try:
                return self.speaker.say(voice, text)
            except NotSpoken as error:
                log.warning("speech.failed", voice=voice, cause=type(error.__cause__).__qualname__)
                raise

    def announce(self, language: str, text: str) -> bytes:
        """Say what is for everybody's ears, and names nobody: it is kept for the next board."""
        with self._announcing:
            return self._announced(language, text)
