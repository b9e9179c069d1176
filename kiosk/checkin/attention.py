"""The sound of "Are you still there?": two soft rising tones, C5 and E5. Pure: standard library only.

`python -m kiosk.checkin.attention static/audio/attention.wav` writes the file that is checked in. It rises
like a question; the chime of a call falls.
"""

import sys
from pathlib import Path

from kiosk.sounds import Sound

ATTENTION = Sound(
    tones_hz=(523.25, 659.26), tone_s=0.4, attack_s=0.02, fade_s=0.06, decay_s=0.2, loudness=0.5
)


if __name__ == "__main__":
    ATTENTION.write(Path(sys.argv[1]))
