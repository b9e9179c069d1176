"""What `/metrics` tells: counts and durations, in a registry of its own. Nothing in it is about a person."""

import os
from collections import Counter as Tally

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from kiosk.config import Config
from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.tickets import State

registry = CollectorRegistry(auto_describe=False)
requests = Counter("kiosk_requests", "Answers given.", ("endpoint", "status"), registry=registry)
seconds = Histogram("kiosk_request_seconds", "Time to answer.", ("endpoint",), registry=registry)
tickets = Gauge("kiosk_tickets", "Today's tickets.", ("service", "state"), registry=registry)
events = Gauge("kiosk_site_version", "Facts recorded at this site so far.", registry=registry)
sockets = Gauge("kiosk_sockets", "Screens connected to this process.", registry=registry)
open_desks = Gauge("kiosk_open_desks", "Desks that patients can be called to.", registry=registry)
memory = Gauge("kiosk_resident_bytes", "Memory of this process.", registry=registry)


def answered(endpoint: str, status: int, took_s: float) -> None:
    """Count an answer."""
    requests.labels(endpoint, str(status)).inc()
    seconds.labels(endpoint).observe(took_s)


def exposition(room: Snapshot, config: Config) -> bytes:
    """Return everything in Prometheus' text format."""
    tally = Tally((ticket.service, ticket.state) for ticket in room.tickets.values())
    for service in config.services:
        for state in State:
            tickets.labels(service.id, str(state)).set(tally[service.id, state])
    events.set(room.version)
    open_desks.set(len(room.open_desks))
    memory.set(_resident_bytes())
    return generate_latest(registry)


def _resident_bytes() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")
