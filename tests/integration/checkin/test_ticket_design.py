"""`[ticket]`: what a clinic may design, and what it is told when that cannot be."""

import base64
import io
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers import preview
from drivers.printers.encoder import Encoder
from kiosk import cli
from kiosk.checkin.ticket import paper, sample
from kiosk.config import Config, ConfigError, load
from kiosk.doctor import installation
from tests import cast

NOW = datetime(2026, 11, 23, 14, 12, tzinfo=UTC)
TOML = """
[site]
name = "Riverside Clinic"
timezone = "America/New_York"
languages = ["en", "es"]
[[services]]
id = "laboratory"
letter = "B"
name = { en = "Laboratory", es = "Laboratorio" }
[[desks]]
id = "room-1"
name = "Room 1"
services = ["laboratory"]
"""


def picture(width: int = 200, height: int = 80) -> bytes:
    png = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(png, "PNG")
    return png.getvalue()


def written(folder: Path, design: str = "") -> Path:
    path = folder / "kiosk.toml"
    path.write_text(TOML + design)
    return path


def documents(folder: Path, design: str) -> dict[str, dict[str, Any]]:
    return sample.documents(written(folder, design), lambda: NOW)()


def test_a_design_reaches_the_paper_in_each_language(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture())
    design = f"""
    [ticket]
    logo = "{logo}"
    header = {{ en = ["12 River Road"], es = ["Calle del Río 12"] }}
    footer = {{ en = ["Tell us when you feel worse."] }}
    service = false
    estimate = false
    phone_code = false
    large = true
    """
    shown = documents(tmp_path, design)
    assert list(shown) == ["en", "es", "copy"]
    spanish = shown["es"]
    assert base64.b64decode(spanish["logo"]) == logo.read_bytes()
    assert (spanish["header"], spanish["footer"]) == (["Calle del Río 12"], ["Tell us when you feel worse."])
    assert (spanish["service"], spanish["url"], spanish["large"]) == (None, None, True)
    assert len(spanish["lines"]) == 2
    assert shown["copy"]["copy"] == "COPY"


def test_an_invented_ticket_without_a_design_is_the_usual_one(tmp_path: Path) -> None:
    ticket = documents(tmp_path, "")["en"]
    assert (ticket["code"], ticket["service"], ticket["issued"]) == (
        "B042", "Laboratory", "Mon, Nov 23, 2026, 9:12\u202fAM",
    )  # fmt: skip
    assert ticket["lines"][-1] == "Expected wait: 10 to 20 minutes"


def test_a_logo_that_vanished_costs_no_ticket(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture())
    read = sample.documents(written(tmp_path, f'[ticket]\nlogo = "{logo}"'), lambda: NOW)
    assert read()["en"]["logo"]
    logo.unlink()
    assert paper._logo(str(logo)) is None


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"header": {"fr": ["Bonjour"]}}, r"ticket\.header: 'fr' is not one of site\.languages"),
        ({"footer": {"en": ["x"] * 5}}, r"ticket\.footer"),
        ({"footer": {"en": ["x" * 121]}}, r"ticket\.footer"),
        ({"footer": {"en": [""]}}, r"ticket\.footer"),
        ({"colour": "red"}, "colour"),
        ({"large": "yes"}, r"ticket\.large"),
        ({"logo": "/nowhere/logo.png"}, r"ticket\.logo: /nowhere/logo\.png cannot be read"),
    ],
)
def test_a_design_that_cannot_be_is_refused_by_name(design: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Config.from_dict({**cast.CLINIC, "ticket": design})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a" + bytes(40), "is not a PNG picture"),
        (b"\x89PNG\r\n\x1a\n", "is not a PNG picture"),
        (picture(1300, 20), "1300 × 20 dots"),
        (picture() + bytes(70_000), "in 7.* bytes are too many"),
    ],
)
def test_a_logo_that_cannot_be_printed_is_refused_at_the_start(
    tmp_path: Path, data: bytes, words: str
) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(data)
    with pytest.raises(ConfigError, match=words):
        Config.from_dict({**cast.CLINIC, "ticket": {"logo": str(logo)}})


def test_a_logo_prints_and_a_broken_one_is_left_out() -> None:
    encoder = Encoder("TM-T88V")
    document = {"code": "B042", "site": "x"}
    with_logo, broken, without = (
        Image.open(io.BytesIO(preview.draw(document | {"logo": logo}, encoder)))
        for logo in (base64.b64encode(picture()).decode(), base64.b64encode(picture()[:60]).decode(), None)
    )
    assert with_logo.height > without.height
    assert broken.tobytes() == without.tobytes() or broken.height - without.height == 16


def test_the_command_writes_a_picture_for_each_language_and_printer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tickets"
    assert cli.main(["ticket", "--config", str(written(tmp_path)), "--out", str(folder)]) == 0
    names = sorted(file.name for file in folder.iterdir())
    assert names == sorted(f"{who}-{mm}-mm.png" for who in ("en", "es", "copy") for mm in (58, 80))
    assert len(capsys.readouterr().out.splitlines()) == 6


def test_the_page_follows_the_file_and_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = written(tmp_path)
    printers = {"80 mm": Encoder("TM-T88V")}
    gallery = preview._Gallery(sample.documents(path, lambda: NOW), printers)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Shown", (preview._Page,), {"gallery": gallery}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"

    def page() -> str:
        with urllib.request.urlopen(address) as answer:
            return str(answer.read().decode())

    try:
        first = page()
        assert first.count("<img") == 3
        assert page() == first
        name = first.partition('src="/')[2].partition('"')[0]
        with urllib.request.urlopen(address + name) as answer:
            assert Image.open(io.BytesIO(answer.read())).width == 576
        written(tmp_path, "[ticket]\nlarge = true\n")
        assert page() != first
        written(tmp_path, "[ticket]\nlarge = 'very'\n")
        assert "ticket.large" in page()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(address + "nothing.png")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [("echo /usr/share/fonts/some.ttf", []), ("true", ["'en'", "'es'"]), (None, ["no fontconfig"])],
)
def test_the_doctor_names_the_languages_that_tickets_cannot_be_drawn_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None, words: list[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if answer is not None:
        (tmp_path / "fc-list").write_text(f"#!/bin/sh\n{answer}\n")
        (tmp_path / "fc-list").chmod(0o755)
    found = list(installation.scripts(load(written(tmp_path), {})))
    assert len(found) == len(words)
    assert all(word in finding.words for word, finding in zip(words, found, strict=True))
