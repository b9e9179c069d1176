"""The chime before a call: two soft falling tones, E5 and C5. Pure: standard library only.

`python -m display.chime static/audio/chime.wav` writes the file that is checked in. Both tones lie between
500 and 1,500 Hz, where older ears still hear well, and each begins and ends softly.
"""

import sys
from pathlib import Path

from kiosk.sounds import Sound

CHIME = Sound(
    tones_hz=(659.26, 523.25),
    tone_s=0.45,
    attack_s=0.015,
    fade_s=0.05,
    decay_s=0.16,
    loudness=0.6,
    overtone=0.18,  # without it the tone sounds like a fault
)


if __name__ == "__main__":
    CHIME.write(Path(sys.argv[1]))
