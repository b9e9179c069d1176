import io
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse

import pytest
from PIL import Image

from drivers import mirror as module
from drivers.mirror import CONNECTIONS, Mirror, sealed


class Scene:
    """What the camera sees: dark at its left, bright at its right."""

    def __init__(self) -> None:
        self.frame: Image.Image | None = Image.new("RGB", (1280, 720), (20, 20, 20))
        self.frame.paste((240, 240, 240), (640, 0, 1280, 720))

    def latest(self) -> Image.Image | None:
        return self.frame


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def mirror(scene: Scene) -> Iterator[Mirror]:
    with_server = Mirror(scene.latest).start()
    yield with_server
    with_server.stop()


def ask(
    mirror: Mirror, question: int = 7, *, seal: str = "", name: str = "1.jpg", **headers: str
) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", mirror.port, timeout=10)
    names = {key.replace("_", "-"): value for key, value in headers.items()}
    connection.request("GET", f"/{question}.{seal or sealed(mirror.key, question)}/{name}", headers=names)
    return connection.getresponse()


def status(mirror: Mirror, question: int = 7, **rest: str) -> int:
    with closing(ask(mirror, question, **rest)) as answer:
        assert answer.status == 200 or answer.read() == b""
        return answer.status


def test_the_picture_is_small_and_mirrored(mirror: Mirror):
    with closing(ask(mirror)) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"
        picture = Image.open(io.BytesIO(answer.read())).convert("L")
    assert picture.size == (640, 360)
    left, right = picture.getpixel((20, 180)), picture.getpixel((620, 180))
    assert isinstance(left, int)
    assert isinstance(right, int)
    assert left > 200 > right


def test_without_a_camera_there_is_no_picture(mirror: Mirror, scene: Scene):
    scene.frame = None
    assert status(mirror) == 503


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "kiosk.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://elsewhere.example"},
        {"Sec_Fetch_Dest": "document"},
        {"Sec_Fetch_Dest": "empty"},
    ],
)
def test_only_an_image_of_a_page_may_ask(mirror: Mirror, headers: dict[str, str]):
    assert status(mirror, **headers) == 403


def test_who_does_not_know_the_key_learns_nothing(mirror: Mirror):
    of_another_host = sealed("00" * 32, 7)
    for seal in ("guess", "0" * 64, of_another_host, sealed(mirror.key, 8)):
        assert status(mirror, seal=seal) == 403
    for name in ("camera.jpg", "1.png", "", "../1.jpg"):
        assert status(mirror, name=name) == 403
    assert mirror.key not in mirror.address


def test_a_later_question_ends_the_earlier_ones(mirror: Mirror):
    assert status(mirror, 7) == 200
    assert status(mirror, 9) == 200
    assert status(mirror, 9, name="2.jpg") == 200
    assert [status(mirror, earlier) for earlier in (7, 8)] == [403, 403]


def test_a_question_that_nobody_sealed_ends_none(mirror: Mirror):
    assert status(mirror, 7) == 200
    assert status(mirror, 9, seal="0" * 64) == 403
    assert status(mirror, 7) == 200


def test_one_question_is_not_looked_at_for_ever(mirror: Mirror, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LONGEST_S", 0.0)
    assert status(mirror, 7) == 403
    monkeypatch.setattr(module, "LONGEST_S", 300.0)
    assert status(mirror, 7) == 403
    assert status(mirror, 8) == 200


def test_every_start_has_another_key(scene: Scene):
    one, other = Mirror(scene.latest).start(), Mirror(scene.latest).start()
    assert one.key != other.key
    one.stop()
    other.stop()


def test_connections_that_say_nothing_do_not_pile_up(mirror: Mirror):
    silent = [socket.create_connection(("127.0.0.1", mirror.port)) for _ in range(CONNECTIONS)]
    with closing(socket.create_connection(("127.0.0.1", mirror.port), timeout=10)) as extra:
        assert extra.recv(1) == b""
    for one in silent:
        one.close()


def test_it_is_heard_on_this_machine_only(mirror: Mirror):
    assert mirror._server.server_address[0] == "127.0.0.1"
