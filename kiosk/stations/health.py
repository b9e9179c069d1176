"""How the devices are: what hosts report, who fell silent, and the tasks that follow. Inside a transaction.

An event is written on a change only, so that screens look again when there is something to see, and not at
every report.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from kiosk.database import Transaction
from kiosk.stations import records, rules
from kiosk.stations.rules import Device, Kind, Part, Preview
from kiosk.tasks import records as tasks

KINDS = ("device_down", "paper_low")


def report(
    tx: Transaction, device_id: str, version: str, parts: Sequence[Part], preview: Preview | None = None
) -> None:
    """Take what a host says of its devices. `since` is ours: it starts when the state changes."""
    records.seen(tx, [device_id])
    host = next((known for known in records.devices(tx, tx.at) if known.id == device_id), None)
    if host is None:
        return
    before = {part.name: part for part in host.parts}
    now = [_continued(before.get(part.name), part, tx.at) for part in parts]
    records.reported(tx, device_id, version, now, preview)
    if (list(host.parts), host.preview) != ([rules.settled(part, tx.at) for part in now], preview):
        tx.record("health_changed", by=f"station:{host.name}")
    _judge(tx)


def watch(tx: Transaction, *, since: datetime, connected: Collection[str] = ()) -> None:
    """Notice who is silent, open and close the tasks. `connected` are the devices with an open socket.

    `since` is when the watching began: nobody could be heard before.
    """
    if connected:
        records.seen(tx, connected)
    for device in records.devices(tx, tx.at):
        heard = max(device.seen_at or since, since)
        if device.lost_at is None and rules.silent(heard, tx.at):
            records.lost(tx, device.id)
            tx.record("health_changed", by=f"{device.kind}:{device.name}")
    _judge(tx)


def _judge(tx: Transaction) -> None:
    paired: dict[tuple[str, Kind], list[Device]] = {}
    standing: dict[tuple[str, Kind], set[tuple[str, str]]] = {}
    for device in records.devices(tx, tx.at):
        paired.setdefault((device.name, device.kind), []).append(device)
    for task in tasks.open_tasks(tx):
        if task.kind in KINDS:
            place = (task.station or "", rules.owner(task.subject))
            standing.setdefault(place, set()).add((task.kind, task.subject))
    for place in sorted(paired.keys() | standing.keys()):
        verdict = rules.judge(paired.get(place, ()), standing.get(place, ()), tx.at)
        station, _ = place
        for (kind, subject), cause in verdict.open.items():
            tasks.open(tx, kind, station=station, subject=subject, cause=cause)
        for kind, subject in verdict.close & standing.get(place, set()):
            tasks.close_where(tx, (kind,), by="clinic", station=station, subject=subject)


def _continued(before: Part | None, now: Part, at: datetime) -> Part:
    """A state that did not change goes on since it began."""
    if before is None:
        return now
    longer = replace(now, since=before.since)
    return longer if rules.settled(longer, at) == before else now
