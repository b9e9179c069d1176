"""What the bench can break: its switches, and what each position tells the simulated devices. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MID_TICKET_BYTES = 2500
SLOW_BPS = 1500
SCRAP_DOTS = 240


@dataclass(frozen=True, slots=True)
class Position:
    """One position of a switch: its word, what it sets, and whether it is the good one."""

    id: str
    words: str
    sets: Mapping[str, Any]
    good: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that can be in one of some positions, the good one first."""

    name: str
    icon: str
    positions: tuple[Position, ...]

    def position(self, state: Mapping[str, Any]) -> Position:
        """Where it stands: the last position whose settings are all in `state`."""
        standing = [
            one for one in self.positions if all(state.get(key) == value for key, value in one.sets.items())
        ]
        return standing[-1] if standing else self.positions[0]


SWITCHES = (
    Switch(
        "Paper",
        "paper",
        (
            Position("paper-ok", "Full", {"paper": "ok", "paper_left": None}, good=True),
            Position("paper-low", "Low", {"paper": "low", "paper_left": None}),
            Position("paper-out", "Out", {"paper": "out"}),
            Position("paper-scrap", "Ends in the ticket", {"paper": "ok", "paper_left": SCRAP_DOTS}),
        ),
    ),
    Switch(
        "Cover",
        "printer",
        (
            Position("cover-closed", "Closed", {"cover": "closed"}, good=True),
            Position("cover-open", "Open", {"cover": "open"}),
        ),
    ),
    Switch(
        "Line",
        "offline",
        (
            Position("online", "On line", {"online": True}, good=True),
            Position("offline", "Off line", {"online": False}),
        ),
    ),
    Switch(
        "Cutter",
        "cancel",
        (
            Position("cutter-ok", "Works", {"cutter_ok": True}, good=True),
            Position("cutter-jam", "Jams", {"cutter_ok": False}),
        ),
    ),
    Switch(
        "Print head",
        "danger",
        (
            Position("head-ok", "Cool", {"error": "none"}, good=True),
            Position("head-hot", "Too hot", {"error": "heat"}),
            Position("head-broken", "Broken", {"error": "broken"}),
        ),
    ),
    Switch(
        "Answers",
        "printer",
        (
            Position("answers-all", "All", {"answers": "all"}, good=True),
            Position("answers-status", "No proof", {"answers": "status"}),
        ),
    ),
    Switch(
        "Speed",
        "waiting",
        (
            Position("fast", "Fast", {"slow_bps": None}, good=True),
            Position("slow", "Very slow", {"slow_bps": SLOW_BPS}),
        ),
    ),
    Switch(
        "Power",
        "danger",
        (
            Position("alive", "On", {"die_after": None, "die_how": "disconnect"}, good=True),
            Position(
                "die", "Unplugged in mid-ticket", {"die_after": MID_TICKET_BYTES, "die_how": "disconnect"}
            ),
            Position(
                "cycle", "Switched off in mid-ticket", {"die_after": MID_TICKET_BYTES, "die_how": "power"}
            ),
            Position("hang", "Hangs in mid-ticket", {"die_after": MID_TICKET_BYTES, "die_how": "silent"}),
        ),
    ),
    Switch(
        "Scanner",
        "scanner",
        (
            Position("plugged", "Plugged in", {"scanner": "plugged"}, good=True),
            Position("unplugged", "Unplugged", {"scanner": "unplugged"}),
        ),
    ),
    Switch(
        "Cards go",
        "card",
        (
            Position("held-scanner", "Under the scanner", {"held": "scanner"}, good=True),
            Position("held-camera", "Before the camera", {"held": "camera"}, good=True),
        ),
    ),
)

POSITIONS: Mapping[str, Position] = {one.id: one for switch in SWITCHES for one in switch.positions}
REPAIR: Mapping[str, Any] = {
    key: value for switch in SWITCHES for key, value in switch.positions[0].sets.items()
}
"""Everything as it should be."""
