"""What keeps a tried scan from the patient's dialogue."""

from kiosk.clinic import Clinic
from kiosk.trying import records


def was_a_try(clinic: Clinic, station: str, scan_id: str, data: bytes) -> bool:
    """Tell whether somebody at the console waits for this scan; then it is judged, and nobody else's."""
    at = clinic.now()
    with clinic.database.snapshot(at=at) as reading:
        if not records.is_heard(reading, station, at):
            return False
    with clinic.database.begin(at=at) as tx:
        return records.hear(tx, station, scan_id, data)
