"""`make bench`."""

from benchmarks import commands, report

if __name__ == "__main__":
    print(f"Measured on {report.machine()}. Other work on the machine shows in every figure.\n")
    for part in (commands,):
        print(part.__doc__)
        report.show(part.figures())
        print()
