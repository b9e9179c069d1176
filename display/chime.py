"""The chime before a call: two soft falling tones, E5 and C5. Pure: standard library only.

`python -m display.chime static/audio/chime.wav` writes the file that is checked in. Both tones lie between
500 and 1,500 Hz, where older ears still hear well, and each begins and ends softly.
"""

import math
import struct
import sys
import wave
from pathlib import Path

RATE_HZ = 11_025
TONES_HZ = (659.26, 523.25)
TONE_S = 0.45
ATTACK_S = 0.015
FADE_S = 0.05
DECAY_S = 0.16
LOUDNESS = 0.6
OVERTONE = 0.18
"""A little of the octave above: without it the tone sounds like a fault."""


def samples() -> list[int]:
    """The chime as signed 16-bit samples."""
    count = int(TONE_S * RATE_HZ)
    return [round(_sample(tone, index / RATE_HZ) * 32_767) for tone in TONES_HZ for index in range(count)]


def write(path: Path) -> None:
    """Write the chime as a mono WAV file."""
    values = samples()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(values)}h", *values))


def _sample(tone_hz: float, at_s: float) -> float:
    softly = min(1.0, at_s / ATTACK_S, (TONE_S - at_s) / FADE_S)
    turn = 2 * math.pi * tone_hz * at_s
    sound = (math.sin(turn) + OVERTONE * math.sin(2 * turn)) / (1 + OVERTONE)
    return LOUDNESS * softly * math.exp(-at_s / DECAY_S) * sound


if __name__ == "__main__":
    write(Path(sys.argv[1]))
