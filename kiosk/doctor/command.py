"""`python -m kiosk doctor`."""

from kiosk.command import Command, Options
from kiosk.doctor import examine
from kiosk.doctor.findings import Level
from kiosk.doctor.machine import Machine, installed


def doctor(options: Options) -> int:
    """Print every finding; return 1 when something is wrong."""
    findings = list(examine(options.config))
    for finding in findings:
        print(f"{finding.level:<6} {finding.words}")
        if finding.cure:
            print(f"       → {_as_typed_here(finding.cure)}")
    to_mend = sum(finding.level is Level.WRONG for finding in findings)
    print(f"\n{to_mend} to mend." if to_mend else "\nNothing is wrong.")
    return 1 if to_mend else 0


def _as_typed_here(cure: str) -> str:
    """The command as the installer made it, where it was here."""
    if installed(Machine()) is None:
        return cure
    return cure.replace("python -m kiosk serve", "sudo systemctl restart kiosk-server").replace(
        "python -m kiosk", "sudo kiosk"
    )


COMMANDS = {"doctor": Command(doctor)}
