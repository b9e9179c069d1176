"""Where everything is written down: one transaction boundary, three ways out of it (event, job, nudge)."""

from kiosk.database.transaction import Database, Reading, Transaction

__all__ = ["Database", "Reading", "Transaction"]
