"""The sound of "Are you still there?": two soft rising tones, C5 and E5. Pure: standard library only.

`python -m kiosk.checkin.attention static/audio/attention.wav` writes the file that is checked in. It rises
like a question; the chime of a call falls.
"""

import math
import struct
import sys
import wave
from pathlib import Path

RATE_HZ = 11_025
TONES_HZ = (523.25, 659.26)
TONE_S = 0.4
ATTACK_S = 0.02
FADE_S = 0.06
DECAY_S = 0.2
LOUDNESS = 0.5


def write(path: Path) -> None:
    """Write the sound as a mono WAV file."""
    count = int(TONE_S * RATE_HZ)
    values = [round(_sample(tone, index / RATE_HZ) * 32_767) for tone in TONES_HZ for index in range(count)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(values)}h", *values))


def _sample(tone_hz: float, at_s: float) -> float:
    softly = min(1.0, at_s / ATTACK_S, (TONE_S - at_s) / FADE_S)
    return LOUDNESS * softly * math.exp(-at_s / DECAY_S) * math.sin(2 * math.pi * tone_hz * at_s)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
