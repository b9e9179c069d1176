"""`make bench`."""

import sys

from benchmarks import camera, commands, floor, identity, report, screens

PARTS = {"commands": commands, "screens": screens, "floor": floor, "camera": camera, "identity": identity}

if __name__ == "__main__":
    print(f"Measured on {report.machine()}. Other work on the machine shows in every figure.\n")
    for name in sys.argv[1:] or PARTS:
        print(PARTS[name].__doc__)
        report.show(PARTS[name].figures())
        print()
