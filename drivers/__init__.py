"""The hardware: scanners and printers of one kiosk box, and the host that looks after them.

Nothing here knows a patient, opens the database or imports the server. `docs/station-api.md` is all that
the two sides share; `docs/writing-a-driver.md` says how to add a device.
"""
