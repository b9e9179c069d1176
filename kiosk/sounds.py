"""The sounds that are checked in, as code: soft tones, one after another. Pure: standard library only.

`python -m kiosk.sounds static/audio` writes them. All tones lie between 500 and 1,500 Hz, where older ears
still hear well, and each begins and ends softly.
"""

import math
import struct
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

RATE_HZ = 11_025


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Tones that begin softly, fade, and die away; `overtone` is how much of the octave above is in them."""

    tones_hz: tuple[float, ...]
    tone_s: float
    attack_s: float
    fade_s: float
    decay_s: float
    loudness: float
    overtone: float = 0.0

    def samples(self) -> list[int]:
        """The sound as signed 16-bit samples."""
        count = int(self.tone_s * RATE_HZ)
        return [
            round(self._sample(tone, index / RATE_HZ) * 32_767)
            for tone in self.tones_hz
            for index in range(count)
        ]

    def write(self, path: Path) -> None:
        """Write the sound as a mono WAV file."""
        values = self.samples()
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(struct.pack(f"<{len(values)}h", *values))

    def _sample(self, tone_hz: float, at_s: float) -> float:
        softly = min(1.0, at_s / self.attack_s, (self.tone_s - at_s) / self.fade_s)
        turn = 2 * math.pi * tone_hz * at_s
        sound = (math.sin(turn) + self.overtone * math.sin(2 * turn)) / (1 + self.overtone)
        return self.loudness * softly * math.exp(-at_s / self.decay_s) * sound


CHIME = Sound(
    tones_hz=(659.26, 523.25),
    tone_s=0.45,
    attack_s=0.015,
    fade_s=0.05,
    decay_s=0.16,
    loudness=0.6,
    overtone=0.18,  # without it the tone sounds like a fault
)
"""Before a call: it falls, E5 and C5."""

ATTENTION = Sound(
    tones_hz=(523.25, 659.26), tone_s=0.4, attack_s=0.02, fade_s=0.06, decay_s=0.2, loudness=0.5
)
"""With "Are you still there?": it rises like a question."""

SOUNDS = {"chime": CHIME, "attention": ATTENTION}


if __name__ == "__main__":
    for name, sound in SOUNDS.items():
        sound.write(Path(sys.argv[1], f"{name}.wav"))
