import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw

from drivers.scanners.camera import NotAPicture, decode
from drivers.scanners.decoding import glance
from drivers.scanners.readers import ZBAR, ZXING, Sighting, zbar
from drivers.scanners.tilt import stripes
from kiosk.cli import main
from tests.unit.drivers.camera_pictures import LICENCE, noisy, pdf417, qr, shown, zint

HEALTH_CARD = "shc:/" + "5676290952432060346029243740" * 12
BOOKING = "CK1AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAYTEMZUGU3DOOBZ"
GSRN = "012345678901234560"


def codes(image: Any) -> list[tuple[bytes, str]]:
    return [(code.data, code.symbology) for code in decode(image)]


@pytest.mark.parametrize(
    ("picture", "data", "symbology"),
    [
        (pdf417(LICENCE), LICENCE, "]L2"),
        (zint(LICENCE, "PDF417", 3), LICENCE, "]L2"),
        (qr([("shc:/",), (HEALTH_CARD[5:],)], 3), HEALTH_CARD.encode(), "]Q1"),
        (qr(BOOKING), BOOKING.encode(), "]Q1"),
        (zint(f"[8018]{GSRN}", "DataMatrix", 6, GS1=True), f"8018{GSRN}".encode(), "]d2"),
        (zint("B042", "Aztec", 6), b"B042", "]z0"),
        (zint("H-1234567", "Code128", 3), b"H-1234567", "]C0"),
        (zint(f"[8018]{GSRN}", "Code128", 3, GS1=True), f"8018{GSRN}".encode(), "]C1"),
        (zint("4006381333931", "EAN13", 3), b"4006381333931", "]E0"),
        (zint("H-1234567", "Code39", 2), b"H-1234567", "]A0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_is_read_byte_for_byte(picture: Image.Image, data: bytes, symbology: str):
    assert codes(shown(picture)) == [(data, symbology)]


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)),
        b"A\x00B\x1dC\x1eD\x04",
        "Müller ß".encode("latin-1"),
        "Müller 日本語".encode(),
        "日本語".encode("shift-jis"),
        b"a\\b~c\x80",
    ],
)
def test_no_byte_of_a_qr_code_is_taken_for_text(data: bytes):
    assert codes(qr(data)) == [(data, "]Q1")]


@pytest.mark.parametrize("kind", ["PDF417", "DataMatrix", "Aztec", "Code128"])
def test_control_characters_survive(kind: str):
    assert [data for data, _ in codes(shown(zint(b"A\x00B\x1dC\x1eD\x04\xfc", kind)))] == [
        b"A\x00B\x1dC\x1eD\x04\xfc"
    ]


@pytest.mark.parametrize("degrees", [-38, -12, -5, 4, 9, 21, 45, 90, 97, 180, 266])
def test_a_licence_is_read_however_it_is_held(degrees: int):
    assert codes(noisy(shown(pdf417(LICENCE), degrees))) == [(LICENCE, "]L2")]


@pytest.mark.parametrize(
    ("content", "kind"), [("H-1234567", "Code128"), ("4006381333931", "EAN13"), ("H-1234567", "Code39")]
)
@pytest.mark.parametrize("degrees", [17, 45, 130])
def test_lines_are_read_at_any_angle(content: str, kind: str, degrees: int):
    assert [data for data, _ in codes(shown(zint(content, kind, 3), degrees))] == [content.encode()]


@pytest.mark.parametrize("picture", [qr("B042"), pdf417(LICENCE), zint("H-1234567", "Code128", 3)])
def test_light_on_dark_is_read_too(picture: Image.Image):
    assert len(codes(ImageChops.invert(shown(picture)))) == 1


def test_several_codes_are_each_read_once():
    frame = shown(pdf417(LICENCE), 6)
    frame.paste(qr("B042"), (20, 20))
    frame.paste(qr("B042"), (1100, 20))
    frame.paste(zint("H-1234567", "Code128", 2), (20, 560))
    assert sorted(data for data, _ in codes(frame)) == [LICENCE, b"B042", b"H-1234567"]


def test_a_frame_gives_what_the_first_look_finds():
    assert [code.data for code in glance(shown(pdf417(LICENCE), 7))] == [LICENCE]


def test_pictures_without_a_code_hold_none():
    desk = Image.new("L", (1280, 720), 130)
    pen = ImageDraw.Draw(desk)
    for place in range(60):
        pen.rectangle((40 + place * 9, 80, 40 + place * 9 + place % 5, 220), fill=30)
        pen.line((640, 300, 640 + place * 10, 719), fill=60, width=place % 4 + 1)
        pen.text((40, 260 + place * 7), "Riverside Clinic, Registration", fill=20)
    assert codes(noisy(desk)) == []


def test_the_two_readers_are_weighed():
    from drivers.scanners.decoding import _codes

    here, there = (0, 0, 90, 40), (200, 200, 300, 240)
    right, wrong = Sighting(ZXING, b"8018012", "]C0", here), Sighting(ZXING, b"8018342", "]C0", here)
    second = Sighting(ZBAR, b"8018012", "]C0", here)
    stripes_only = Sighting(ZXING, b"A12", "]A0", there)

    def certain(*seen: Sighting) -> list[bytes]:
        return [code.data for code in _codes(list(seen))]

    assert certain(right) == [b"8018012"]
    assert certain(right, wrong) == []
    assert certain(right, wrong, second) == [b"8018012"]
    assert certain(stripes_only) == []
    assert certain(stripes_only, Sighting(ZBAR, b"A12", "]A0", there)) == [b"A12"]
    # zbar drops FNC1 and the eighth bit: the same code in fewer words.
    whole = Sighting(ZXING, b"\x1dM\xfcC", "]C1", here)
    assert certain(whole, Sighting(ZBAR, b"M|C", "]C0", here)) == [b"\x1dM\xfcC"]


def test_zbar_does_not_give_text_that_it_guessed():
    assert [code.data for code in zbar(qr("B042"))] == [b"B042"]
    assert zbar(qr("Müller".encode("latin-1"))) == []


def test_a_part_of_a_spread_qr_code_does_not_stop_zbar():
    import segno

    drawn = io.BytesIO()
    segno.make_sequence("ABCDEFGHIJ" * 30, version=5)[0].save(drawn, kind="png", scale=5)
    assert zbar(Image.open(drawn).convert("L")) == []


@pytest.mark.parametrize("degrees", [-40, -10, 0, 5, 30])
def test_the_angle_of_the_stripes_is_measured(degrees: int):
    first, *_ = stripes(noisy(shown(pdf417(LICENCE), degrees)))
    assert abs(first.angle + degrees) < 3


def variants() -> dict[str, Any]:
    plain = qr("B042")
    shade = plain.load()
    assert shade is not None
    deep = Image.new("I;16", plain.size)
    deep.putdata([value * 257 for value in plain.tobytes()])
    clear = Image.new("RGBA", plain.size, (0, 0, 0, 0))
    clear.putalpha(ImageChops.invert(plain))
    animated = io.BytesIO()
    plain.save(animated, "gif", save_all=True, append_images=[Image.new("L", plain.size, 255)])
    large = Image.new("L", (6000, 5000), 255)
    large.paste(plain.resize((900, 900)), (3000, 2000))
    return {
        "cmyk": plain.convert("RGB").convert("CMYK"),
        "16 bit": deep,
        "float": plain.convert("F"),
        "one bit": plain.convert("1"),
        "palette": plain.convert("P"),
        "alpha": clear,
        "animated": Image.open(animated),
        "large": large,
    }


@pytest.mark.parametrize("name", variants())
def test_every_sort_of_picture_is_read(name: str):
    assert codes(variants()[name]) == [(b"B042", "]Q1")]


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5000, 1), (1, 700), (63, 64)])
def test_pictures_of_odd_sizes_hold_nothing(size: tuple[int, int]):
    assert codes(Image.new("L", size, 90)) == []


@pytest.mark.parametrize("image", [None, "picture.png", object(), Image.new("L", (0, 0))])
def test_what_is_no_picture_is_refused(image: object):
    with pytest.raises(NotAPicture):
        decode(image)


def test_the_command_reads_a_photograph_of_a_licence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for file, degrees in ((tmp_path / "scan.png", 0), (tmp_path / "photo.jpg", 7)):
        noisy(shown(pdf417(LICENCE), degrees)).save(file, quality=85)
        assert main(["identify", "--image", str(file)]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["document"], found["family_name"], found["given_name"], found["birth_date"]) == (
            "Licence", "SAMPLE", "JANE", "1980-01-02",
        )  # fmt: skip


def test_the_command_says_what_is_wrong_with_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    whole = io.BytesIO()
    noisy(shown(qr("B042"))).save(whole, "jpeg")
    broken = {"cut.jpg": whole.getvalue()[:9000], "text.png": b"no picture", "empty.png": b""}
    for name, data in broken.items():
        file = tmp_path / name
        file.write_bytes(data)
        assert main(["identify", "--image", str(file)]) == 2
        assert "Traceback" not in capsys.readouterr().err
