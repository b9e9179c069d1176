"""The order of the queue: one instant per ticket, and the reason for it. Pure: standard library only.

`due` = reference time − head start. A walk-in counts from the arrival; a booked patient from the slot, unless
more than `grace` late, then from the arrival. A head start is minutes, not a wall: whoever arrives later than
`due` + the longest head start + `grace` stands behind, so nobody starves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Basis(StrEnum):
    """What a ticket's place counts from."""

    ARRIVAL = "arrival"
    SLOT = "slot"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a ticket stands where it stands: `reference` (of kind `basis`) less `head_start` for `priority`."""

    basis: Basis
    reference: datetime
    head_start: timedelta
    priority: str | None

    @property
    def due(self) -> datetime:
        """The instant that orders the queue."""
        return self.reference - self.head_start


def reason(
    *,
    since: datetime,
    slot: datetime | None,
    grace: timedelta,
    head_start: timedelta = timedelta(0),
    priority: str | None = None,
) -> Reason:
    """Return why, and so where, a patient stands who waits `since` that instant, booked for `slot` or not."""
    if slot is None:
        basis, reference = Basis.ARRIVAL, since
    elif since <= slot + grace:
        basis, reference = Basis.SLOT, slot
    else:
        basis, reference = Basis.LATE, since
    return Reason(basis, reference, head_start, priority)
