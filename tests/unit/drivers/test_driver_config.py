from pathlib import Path

import pytest

from drivers import devices
from drivers.config import ConfigError, KeyboardScannerConfig, NetworkPrinterConfig, load, parse

TABLE = {
    "server": "http://127.0.0.1:8000/",
    "scanners": [{"name": "counter", "kind": "serial", "port": "/dev/ttyACM0"}],
    "printers": [{"name": "ticket printer", "kind": "network", "host": "192.0.2.7"}],
}


def refused(table: dict[str, object]) -> str:
    with pytest.raises(ConfigError) as problem:
        parse(table, {})
    return str(problem.value)


def with_printer(**changes: object) -> dict[str, object]:
    return TABLE | {"printers": [TABLE["printers"][0] | changes]}


def test_a_short_configuration_is_enough():
    config = parse(TABLE, {})
    assert config.server == "http://127.0.0.1:8000"
    assert config.token_file == Path("var/host.token")
    assert config.printers == (NetworkPrinterConfig(name="ticket printer", kind="network", host="192.0.2.7"),)
    assert config.scanners[0].idle_ms == 100


def test_the_environment_wins():
    config = parse(
        TABLE, {"KIOSK_DRIVERS_SERVER": "https://kiosk.example", "KIOSK_DRIVERS_TOKEN_FILE": "/run/token"}
    )
    assert (config.server, config.token_file) == ("https://kiosk.example", Path("/run/token"))


@pytest.mark.parametrize("place", [{"serial": "S123"}, {"usb_path": "1-1.2"}, {"port": "/dev/x"}])
def test_a_usb_device_is_named_by_what_does_not_change(place: dict[str, str]):
    scanners = [{"name": "a", "kind": kind, **place} for kind in ("serial", "keyboard")]
    scanners[1]["name"] = "b"
    printers = [{"name": "p", "kind": "usblp", **place}]
    config = parse(TABLE | {"scanners": scanners, "printers": printers}, {})
    assert isinstance(config.scanners[1], KeyboardScannerConfig)
    assert (config.scanners[1].terminator, config.scanners[1].layout) == ("cr", "us")
    assert [devices.scanner(scanner).name for scanner in config.scanners] == ["a", "b"]
    assert devices.printer(config.printers[0]).name == "p"


def test_a_usb_device_has_one_name():
    both = {"name": "a", "kind": "keyboard", "serial": "S1", "usb_path": "1-1"}
    assert "scanners[1].usb_path" in refused(TABLE | {"scanners": [both]})
    assert "port: is missing" in refused(TABLE | {"scanners": [{"name": "a", "kind": "keyboard"}]})


@pytest.mark.parametrize("place", [{"serial": "S123"}, {"usb_path": "1-1.2"}, {"port": "/dev/x"}])
def test_two_scanners_are_not_one_thing(place: dict[str, str]):
    scanners = [{"name": name, "kind": "serial", **place} for name in ("left", "right")]
    ((key, value),) = place.items()
    assert f"'left' and 'right' have the same {key}, '{value}'" in refused(TABLE | {"scanners": scanners})


def test_an_authority_that_is_not_there_is_refused_by_its_name(tmp_path: Path):
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[drivers]\nserver = "https://kiosk.example"\nca_file = "/nowhere/ca.crt"\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"drivers\.ca_file: there is no file /nowhere/ca\.crt"):
        load(file, {})


def test_a_layout_that_nobody_knows_is_refused():
    scanner = {"name": "a", "kind": "keyboard", "port": "/dev/x", "layout": "dvorak"}
    assert "layout: 'dvorak' is not one of us, uk" in refused(TABLE | {"scanners": [scanner]})


def test_other_tables_of_the_file_are_not_looked_at(tmp_path: Path):
    file = tmp_path / "kiosk.toml"
    file.write_text('[site]\nanything = 1\n[drivers]\nserver = "http://127.0.0.1:1"\n', encoding="utf-8")
    assert load(file, {}).server == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({}, "drivers.server"),
        (TABLE | {"serve": 1}, "drivers.serve"),
        (TABLE | {"server": "kiosk.example"}, "drivers.server"),
        (TABLE | {"token_file": 1}, "drivers.token_file"),
        (TABLE | {"scanners": {}}, "drivers.scanners"),
        (TABLE | {"scanners": [{"name": "x", "kind": "serial"}]}, "drivers.scanners[1].port"),
        (with_printer(kind="laser"), "drivers.printers[1].kind"),
        (with_printer(port=70000), "drivers.printers[1].port"),
        (with_printer(port="9100"), "drivers.printers[1].port"),
        (with_printer(talks=1), "drivers.printers[1].talks"),
        (with_printer(host=" "), "drivers.printers[1].host"),
        (with_printer(baud=9600), "drivers.printers[1].baud"),
        (with_printer(proof="hope"), "drivers.printers[1].proof"),
        (with_printer(name="counter"), "counter"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(table: dict[str, object], named: str):
    assert named in refused(table)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    broken = tmp_path / "kiosk.toml"
    broken.write_text("[drivers", encoding="utf-8")
    for file in (broken, tmp_path / "none.toml"):
        with pytest.raises(ConfigError, match=str(file)):
            load(file, {})


@pytest.mark.parametrize("name", ["x" * 61, "two\nlines", "a\ttab"])
def test_a_name_that_the_server_would_not_take_is_refused(name: str):
    assert "printers[1].name" in refused(with_printer(name=name))


def test_more_devices_than_the_server_would_take_are_refused():
    many = [{"name": f"scanner {n}", "kind": "serial", "port": f"/dev/x{n}"} for n in range(33)]
    assert "33 devices are too many" in refused({"server": "http://x", "scanners": many})
