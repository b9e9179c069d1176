"""What can be paired, when trouble counts, and the words for it. Pure: standard library only."""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O, U."""
CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
MOST_OPEN = 20
"""So many pairing codes of one kind may wait for approval at one network address."""
TRIES = 5
TRIES_WITHIN = timedelta(minutes=10)
"""Wrong codes that one person may type before a pause."""
TOKEN_AGE = timedelta(days=30)
"""A screen's token is replaced when it is older."""

STALE = timedelta(seconds=20)
"""A device that was not heard of for longer is shown as down. A host reports three times meanwhile."""
DOWN_FOR = timedelta(seconds=20)
"""Trouble that lasts so long becomes a task; a shorter one is a lid that somebody is closing."""
WELL_FOR = timedelta(seconds=5)
"""A device that works so long again closes the task."""


class Kind(StrEnum):
    """What can be paired."""

    HOST = "host"
    KIOSK = "kiosk"
    BOARD = "board"


class State(StrEnum):
    """How a device is."""

    ABSENT = "absent"
    OPENING = "opening"
    READY = "ready"
    ATTENTION = "attention"
    DOWN = "down"


SUBJECTS: Mapping[Kind, str] = {
    Kind.HOST: "kiosk computer",
    Kind.KIOSK: "touch screen",
    Kind.BOARD: "screen",
}
BAD = frozenset({State.ABSENT, State.DOWN})
WORST_FIRST = (State.DOWN, State.ABSENT, State.ATTENTION, State.OPENING, State.READY)


@dataclass(frozen=True, slots=True)
class Count:
    """What a printer has used since it was set up."""

    tickets: int
    cuts: int
    paper_mm: int


@dataclass(frozen=True, slots=True)
class Part:
    """A scanner or printer of a device host. `since` is on the server's clock, `said` the driver's words.

    One more ticket counted, or other words for the same, is no other health.
    """

    name: str
    kind: str
    state: State
    cause: str
    since: datetime
    count: Count | None = field(default=None, compare=False)
    said: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Preview:
    """Where the browser on a host's own machine finds what the camera sees (docs/station-api.md)."""

    address: str
    key: str

    def of(self, question: int) -> str:
        """Return where the pictures of one question are; a later question has a higher number."""
        seal = hmac.new(bytes.fromhex(self.key), str(question).encode(), "sha256").hexdigest()
        return f"{self.address}/{question}.{seal}"


@dataclass(frozen=True, slots=True)
class Device:
    """A paired screen or device host, and how it is. `name` is the station's or board's id."""

    id: str
    kind: Kind
    name: str
    state: State
    cause: str
    words: str
    advice: str
    parts: tuple[Part, ...]
    paired_at: datetime
    paired_by: str
    seen_at: datetime | None
    lost_at: datetime | None
    preview: Preview | None = None


TROUBLE: Mapping[str, tuple[str, str]] = {
    "paper_out": ("{The} is out of paper.", "Put in a new roll."),
    "paper_low": ("{The} has little paper left.", "Keep a new roll at hand, and change it when it is quiet."),
    "cover_open": ("The cover of {the} is open.", "Close it until it clicks."),
    "cutter": ("The cutter of {the} is jammed.", "Open the cover, take out the paper, and close it again."),
    "offline": ("{The} is switched to pause.", "Press its feed or online button."),
    "unreachable": ("{The} does not answer.", "Check that it is switched on and its cable is plugged in."),
    "unplugged": ("{The} is not plugged in.", "Plug in its cable at both ends."),
    "timeout": ("{The} takes too long.", "Switch it off, wait ten seconds, and switch it on again."),
    "silent": ("{The} does not answer.", "Check that it is switched on and connected to the network."),
    "denied": (
        "The kiosk computer may not use {the}.",
        "Call the technician: “sudo make upgrade” on that computer usually mends it.",
    ),
    "taken": (
        "Another program on the kiosk computer uses {the}.",
        "Restart that computer. If it comes back, call the technician.",
    ),
    "setup": (
        "{The} is not set up.",
        "Call the technician: what is missing stands on “Screens and devices”.",
    ),
    "error": ("{The} does not work.", "Switch it off, wait ten seconds, and switch it on again."),
}
"""Cause → what is the matter, and the next step."""


def trouble(device: str, cause: str) -> str:
    """Say what is the matter with a device, in a receptionist's words."""
    known, _ = TROUBLE.get(cause, TROUBLE["error"])
    named = f"the {device}"
    return known.format(the=named, The=named[:1].upper() + named[1:])


def advice(cause: str) -> str:
    """Say what to do about it."""
    return TROUBLE.get(cause, TROUBLE["error"])[1]


def called(name: str, kind: str) -> str:
    """What people call a device that the installer named `name`: `counter` is the scanner “counter”."""
    says_so = kind in name.lower() or "camera" in name.lower()
    return name if says_so else f"{kind} “{name}”"


def normal(code: str) -> str | None:
    """Return a typed pairing code as it was made: O is 0, I and L are 1, dashes do not count."""
    folded = code.upper().translate(str.maketrans("OIL", "011", "- \t\u2013\u2014"))
    right = len(folded) == CODE_LENGTH and all(letter in ALPHABET for letter in folded)
    return folded if right else None


def shown(code: str) -> str:
    """Return a code as it is shown: K7M2-9QPX."""
    return f"{code[:4]}-{code[4:]}"


def subject(kind: Kind) -> str:
    """Return what a paired device is called."""
    return SUBJECTS[kind]


def owner(named: str) -> Kind:
    """Return what reports on the device that a task calls `named`: itself, or its host."""
    return next((kind for kind, own in SUBJECTS.items() if own == named), Kind.HOST)


def silent(seen_at: datetime | None, at: datetime) -> bool:
    """Tell whether a device was not heard of for too long."""
    return seen_at is None or at - seen_at > STALE


def settled(part: Part, at: datetime) -> Part:
    """A device that is still being opened after so long hangs."""
    hangs = part.state is State.OPENING and at - part.since >= DOWN_FOR
    return replace(part, state=State.DOWN, cause="timeout") if hangs else part


def worst(parts: Iterable[Part]) -> Part | None:
    """Return the part that needs a person most; None when every part works."""
    troubled = [part for part in parts if part.state is not State.READY]
    return min(troubled, key=lambda part: WORST_FIRST.index(part.state), default=None)


def scanners(hosts: Iterable[Device]) -> list[Part]:
    """Return the scanners, cameras among them, that a patient can use now."""
    heard = [host for host in hosts if host.cause != "silent"]
    return [part for host in heard for part in host.parts if part.kind == "scanner" and part.state not in BAD]


def troubles(hosts: Sequence[Device], kind: str) -> list[tuple[str, str]]:
    """Say why no scanner, or no printer, of a station's hosts can work, and what to do."""
    computer = subject(Kind.HOST)
    if not hosts:
        return [(f"No {computer} is paired here.", "Start it, and type its code on “Screens and devices”.")]
    heard = [host for host in hosts if host.cause != "silent"]
    if not heard:
        return [(trouble(computer, "silent"), advice("silent"))]
    parts = [part for host in heard for part in host.parts if part.kind == kind]
    if not parts:
        how = "Name one under [drivers] in its kiosk.toml, and restart its device host."
        return [(f"This kiosk has no {kind}.", how)]
    bad = [part for part in parts if part.state in BAD]
    if len(bad) < len(parts):
        return []
    return [(trouble(called(part.name, part.kind), part.cause), advice(part.cause)) for part in bad]


def preview(hosts: Iterable[Device]) -> Preview | None:
    """Return where their screen finds what a camera sees. None: no camera works."""
    return next((host.preview for host in hosts if host.preview and host.cause != "silent"), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tasks that health asks for: `open` is (kind, subject) → cause, `close` is what is over."""

    open: Mapping[tuple[str, str], str]
    close: frozenset[tuple[str, str]]


def judge(paired: Sequence[Device], standing: Collection[tuple[str, str]], at: datetime) -> Verdict:
    """Decide on the tasks for the devices that are paired as one station's host, or as one screen.

    `standing` are the open tasks. Trouble opens a task after `DOWN_FOR`, health closes it after `WELL_FOR`;
    in between everything stays as it is. Silence counts only when all of them are silent, and hides what the
    host said of its parts before.
    """
    heard = [device for device in paired if device.lost_at is None]
    if paired and not heard:
        lasts = min(at - device.lost_at for device in paired if device.lost_at)
        silence = {("device_down", subject(paired[0].kind)): "silent"} if lasts >= DOWN_FOR else {}
        return Verdict(silence, frozenset())
    opened: dict[tuple[str, str], str] = {}
    closed: set[tuple[str, str]] = set()
    parts = [part for device in heard for part in device.parts]
    known = {called(part.name, part.kind) for part in parts}
    closed |= {(kind, named) for kind, named in standing if named not in known}
    for part in parts:
        named = called(part.name, part.kind)
        lasts = at - part.since
        for kind, troubled in (
            ("device_down", part.state in BAD),
            ("paper_low", part.cause == "paper_low"),
        ):
            if troubled and lasts >= DOWN_FOR:
                opened[kind, named] = part.cause or "error"
            elif not troubled and part.state in (State.READY, State.ATTENTION) and lasts >= WELL_FOR:
                closed.add((kind, named))
    return Verdict(opened, frozenset(closed - opened.keys()))
