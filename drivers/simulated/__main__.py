"""`python -m drivers.simulated --dir DIR`: printer, scanner and camera that are not there, until SIGTERM.

One JSON line on stdout says where everything is, once it is up.
"""

import argparse
import json
import signal
from pathlib import Path

from drivers.simulated.bench import Bench
from drivers.simulated.camera import VirtualCamera
from drivers.simulated.printer import VirtualPrinter
from drivers.simulated.scanner import VirtualScanner


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m drivers.simulated", description=__doc__)
    parser.add_argument(
        "--dir", type=Path, required=True, help="where DIR/scanner, DIR/printer and DIR/camera appear"
    )
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--printer-port", type=int, default=0)
    parser.add_argument(
        "--width-dots", type=int, default=512, help="of the print head; 512 fits the TM-T88V profile"
    )
    options = parser.parse_args(arguments)
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    folder = options.dir.absolute()
    printer = VirtualPrinter(folder / "printer", dots=options.width_dots, port=options.printer_port).start()
    scanner = VirtualScanner(folder / "scanner").plug()
    camera = VirtualCamera(folder / "camera").plug()
    bench = Bench(printer, scanner, camera, options.control_port).start()
    print(json.dumps({"ready": True, **bench.addresses()}), flush=True)
    signal.sigwait(signals)
    bench.stop()
    camera.unplug()
    scanner.unplug()
    printer.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
