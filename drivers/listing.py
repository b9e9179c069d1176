"""`python -m drivers list`: what is plugged in, as lines to paste into kiosk.toml."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from drivers.discovery import Found, Kind

_TABLES = {
    Kind.SERIAL: "drivers.scanners",
    Kind.KEYBOARD: "drivers.scanners",
    Kind.CAMERA: "drivers.scanners",
    Kind.PRINTER: "drivers.printers",
}
_HINTS = {
    Kind.SERIAL: "a scanner in serial mode, or a printer on a serial line (then [[drivers.printers]])",
    Kind.KEYBOARD: "a scanner in keyboard mode, unless it is a keyboard to type on",
    Kind.PRINTER: "",
    Kind.CAMERA: "",
}
_STABLE = (Path("/dev/v4l/by-path"), Path("/dev/v4l/by-id"))


def listing(found: Sequence[Found]) -> Iterator[str]:
    """One paragraph a device; a sentence when there is none."""
    if not found:
        yield "No scanner, printer or camera is plugged in by USB."
    for number, device in enumerate(found, 1):
        yield f"# {device.product or 'A device without a name'}, now {device.node}"
        if hint := _HINTS[device.kind]:
            yield f"# {hint}"
        yield f"[[{_TABLES[device.kind]}]]"
        yield f'name = "{device.kind} {number}"'
        yield f'kind = "{device.kind}"'
        yield _place(device, found)
        yield ""


def _place(device: Found, all_found: Sequence[Found]) -> str:
    """The serial number, when nothing else plugged in has it; otherwise the socket."""
    twins = [one for one in all_found if one.kind is device.kind and one.serial == device.serial]
    if device.kind is Kind.CAMERA:
        return f'device = "{_link(device.node)}"'
    if device.serial and len(twins) == 1:
        return f'serial = "{device.serial}"'
    return f'usb_path = "{device.usb_path}"'


def _link(node: str) -> str:
    """A name of it that stays when it is plugged in again."""
    links = (link for folder in _STABLE if folder.exists() for link in sorted(folder.iterdir()))
    return next((str(link) for link in links if link.resolve() == Path(node)), node)
