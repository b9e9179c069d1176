"""`python -m kiosk doctor`."""

from kiosk.command import Command, Options
from kiosk.doctor import examine
from kiosk.doctor.findings import Level


def doctor(options: Options) -> int:
    """Print every finding; return 1 when something is wrong."""
    findings = list(examine(options.config))
    for finding in findings:
        print(f"{finding.level:<6} {finding.words}")
        if finding.cure:
            print(f"       → {finding.cure}")
    to_mend = sum(finding.level is Level.WRONG for finding in findings)
    print(f"\n{to_mend} to mend." if to_mend else "\nNothing is wrong.")
    return 1 if to_mend else 0


COMMANDS = {"doctor": Command(doctor)}
