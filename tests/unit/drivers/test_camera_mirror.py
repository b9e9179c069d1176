import io
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse

import pytest
from PIL import Image

from drivers import mirror as module
from drivers.mirror import CLIENTS, CONNECTIONS, Mirror


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


def ask(mirror: Mirror, name: str = "camera.jpg", token: str = "", **headers: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", mirror.port, timeout=10)
    names = {key.replace("_", "-"): value for key, value in headers.items()}
    connection.request("GET", f"/{token or mirror.token}/{name}", headers=names)
    return connection.getresponse()


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
    with closing(ask(mirror)) as answer:
        assert answer.status == 503


def test_a_stream_shows_each_new_frame_and_ends_with_the_camera(mirror: Mirror, scene: Scene):
    with closing(ask(mirror, "camera.mjpeg")) as answer:
        assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=picture"
        head = answer.readline() + answer.readline() + answer.readline()
        assert head.startswith(b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: ")
        scene.frame = Image.new("RGB", (640, 360), 90)
        rest = b""
        while b"--picture" not in rest:
            rest += answer.read1(65536)
        scene.frame = None
        answer.read()


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
    with closing(ask(mirror, **headers)) as answer:
        assert answer.status == 403
        assert answer.read() == b""


def test_who_does_not_know_the_token_learns_nothing(mirror: Mirror):
    for token, name in (("guess", "camera.jpg"), (mirror.token, "other"), (mirror.token, "../camera.jpg")):
        with closing(ask(mirror, name, token)) as answer:
            assert answer.status == 404
    assert mirror.token in mirror.address


def test_only_so_many_may_watch(mirror: Mirror):
    watching = [ask(mirror, "camera.mjpeg") for _ in range(CLIENTS)]
    with closing(ask(mirror, "camera.mjpeg")) as answer:
        assert answer.status == 503
    for one in watching:
        one.close()


def test_connections_that_say_nothing_do_not_pile_up(mirror: Mirror):
    silent = [socket.create_connection(("127.0.0.1", mirror.port)) for _ in range(CONNECTIONS)]
    with closing(socket.create_connection(("127.0.0.1", mirror.port), timeout=10)) as extra:
        assert extra.recv(1) == b""
    for one in silent:
        one.close()


def test_who_watches_for_too_long_is_sent_away(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LONGEST_S", 0.1)
    mirror = Mirror(scene.latest).start()
    with closing(ask(mirror, "camera.mjpeg")) as answer:
        answer.read()
    mirror.stop()


def test_it_is_heard_on_this_machine_only(mirror: Mirror):
    assert mirror._server.server_address[0] == "127.0.0.1"
