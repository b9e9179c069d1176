"""What makes a computer a box of the clinic."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]


def policy(origin: str, authority: str = "") -> dict[str, Any]:
    """The browser's policy for one clinic: its origin and no other, and its own certificate authority."""
    text = (HERE / "chromium-policy.json").read_text().replace('"ORIGIN"', json.dumps(origin))
    rules: dict[str, Any] = json.loads(text)
    if authority:
        rules["CACertificates"] = [authority]
    return rules
