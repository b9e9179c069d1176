"""What a camera's frames give: zbar alone, zxing-cpp alone, and both as the device host uses them."""

import io
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import barcode
import pdf417gen
import segno
import zxingcpp
from barcode.writer import ImageWriter
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter
from pyzbar import pyzbar

from benchmarks.report import Figure, median, percentile
from drivers.scanners.decoding import glance
from kiosk.appointments.rules import Person
from kiosk.demo.cards import licence

SIZE = (1280, 720)
FRAMES = 3
CLUTTER_FRAMES = 40
SEED = 20261123
LICENCE = licence(Person("Garcia", "Maria", "", "", date(1961, 3, 9)), "T64235789")
TEXT = "KIOSK-H-12345678"


def qr() -> Image.Image:
    """By segno."""
    drawn = io.BytesIO()
    segno.make(TEXT + "-" + "X7" * 20, error="m", micro=False).save(drawn, kind="png", scale=5, border=4)
    return Image.open(drawn).convert("L")


def line(kind: str, text: str) -> Image.Image:
    """By python-barcode: one module is 3 pixels."""
    options = {"module_width": 0.254, "dpi": 300, "write_text": False, "module_height": 12.0, "quiet_zone": 4}
    extra = {"add_checksum": False} if kind == "code39" else {}
    drawn: Image.Image = barcode.get_barcode_class(kind)(text, writer=ImageWriter(), **extra).render(options)
    return drawn.convert("L")


def pdf417() -> Image.Image:
    """By pdf417gen: a licence."""
    codes = pdf417gen.encode(LICENCE, columns=8, security_level=5)
    drawn: Image.Image = pdf417gen.render_image(codes, scale=3, ratio=3, padding=12)
    return drawn.convert("L")


def zint(kind: str, scale: int) -> Image.Image:
    """By the zint that comes with zxing-cpp: a writer of other authors than the reader."""
    made = zxingcpp.create_barcode(TEXT, zxingcpp.BarcodeFormat[kind])
    return Image.fromarray(made.to_image(scale=scale, add_quiet_zones=True)).convert("L")


CODES: dict[str, tuple[Callable[[], Image.Image], bytes]] = {
    "QR": (qr, (TEXT + "-" + "X7" * 20).encode()),
    "Code 128": (lambda: line("code128", TEXT), TEXT.encode()),
    "EAN-13": (lambda: line("ean13", "400638133393"), b"4006381333931"),
    "Code 39": (lambda: line("code39", "H-1234567"), b"H-1234567"),
    "PDF417 licence": (pdf417, LICENCE),
    "Aztec": (lambda: zint("Aztec", 5), TEXT.encode()),
    "DataMatrix": (lambda: zint("DataMatrix", 6), TEXT.encode()),
}


def clutter(dice: random.Random) -> Image.Image:
    """A desk: shapes, print, stripes and leaves, but no code."""
    frame = Image.new("L", SIZE, dice.randrange(110, 190))
    pen = ImageDraw.Draw(frame)
    for _ in range(25):
        across, down = dice.randrange(SIZE[0]), dice.randrange(SIZE[1])
        box = (across, down, across + dice.randrange(20, 260), down + dice.randrange(20, 160))
        (pen.rectangle if dice.random() < 0.5 else pen.ellipse)(box, fill=dice.randrange(40, 240))
    for _ in range(5):
        across, down, step = dice.randrange(SIZE[0]), dice.randrange(SIZE[1]), dice.randrange(4, 11)
        for number in range(dice.randrange(8, 40)):
            width = dice.randrange(1, step)
            pen.rectangle((across + number * step, down, across + number * step + width, down + 70), fill=30)
    for row in range(6):
        pen.text((dice.randrange(900), 40 + row * 110), "Riverside Clinic, Registration " * 2, fill=20)
    return frame


def placed(code: Image.Image, degrees: float, dice: random.Random) -> Image.Image:
    """The code on its white card, turned, in the middle of a cluttered frame."""
    card = Image.new("L", (code.width + 40, code.height + 40), 250)
    card.paste(code, (20, 20))
    shape = Image.new("L", card.size, 255).rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    turned = card.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    frame = clutter(dice)
    frame.paste(turned, ((SIZE[0] - turned.width) // 2, (SIZE[1] - turned.height) // 2), shape)
    return frame


def noisy(frame: Image.Image, sigma: float) -> Image.Image:
    """A sensor's noise; from the seed, not from Pillow's own dice."""
    return ImageChops.add(frame, Image.frombytes("L", SIZE, _noise(sigma)), 1, -128)


def _noise(sigma: float) -> bytes:
    tile = bytes(max(0, min(255, round(NOISE.gauss(128, sigma)))) for _ in range(40_009))
    count = SIZE[0] * SIZE[1]
    return (tile * (count // len(tile) + 1))[:count]


NOISE = random.Random(SEED)


def glare(frame: Image.Image) -> Image.Image:
    """A lamp that shines on the card."""
    light = Image.new("L", SIZE, 0)
    ImageDraw.Draw(light).ellipse((560, 250, 860, 420), fill=150)
    return ImageChops.add(frame, light.filter(ImageFilter.GaussianBlur(50)))


def perspective(frame: Image.Image) -> Image.Image:
    """The card is held with one side nearer."""
    corners = (60, 40, 60, SIZE[1] - 40, SIZE[0], SIZE[1], SIZE[0], 0)
    return frame.transform(SIZE, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def smaller(frame: Image.Image, share: float) -> Image.Image:
    """Farther away: the same frame with the code at a share of its size."""
    far = frame.resize((round(SIZE[0] * share), round(SIZE[1] * share)), Image.Resampling.LANCZOS)
    whole = Image.new("L", SIZE, 150)
    whole.paste(far, ((SIZE[0] - far.width) // 2, (SIZE[1] - far.height) // 2))
    return whole


Change = Callable[[Image.Image], Image.Image]


def _same(frame: Image.Image) -> Image.Image:
    return frame


CONDITIONS: dict[str, tuple[float, float, Change]] = {
    "level": (0, 6, _same),
    "3°": (3, 6, _same),
    "7°": (7, 6, _same),
    "15°": (15, 6, _same),
    "30°": (30, 6, _same),
    "45°": (45, 6, _same),
    "-10°": (-10, 6, _same),
    "90°": (90, 6, _same),
    "187°": (187, 6, _same),
    "blur 1.0": (1, 4, lambda frame: frame.filter(ImageFilter.GaussianBlur(1.0))),
    "blur 1.6": (1, 4, lambda frame: frame.filter(ImageFilter.GaussianBlur(1.6))),
    "blur 2.4": (1, 4, lambda frame: frame.filter(ImageFilter.GaussianBlur(2.4))),
    "noise 25": (1, 25, _same),
    "low contrast": (2, 4, lambda frame: ImageEnhance.Contrast(frame).enhance(0.25)),
    "glare": (2, 6, glare),
    "perspective": (2, 6, perspective),
    "far (2/3)": (1, 4, lambda frame: smaller(frame, 0.67)),
    "far (2/5)": (1, 4, lambda frame: smaller(frame, 0.4)),
    "light on dark": (1, 6, ImageChops.invert),
}


def by_zbar(frame: Image.Image) -> list[bytes]:
    """pyzbar as its documentation says: all kinds."""
    return [bytes(code.data) for code in pyzbar.decode(frame)]


def by_zxing(frame: Image.Image) -> list[bytes]:
    """zxing-cpp as its documentation says: all kinds."""
    return [bytes(code.bytes) for code in zxingcpp.read_barcodes(frame)]


def by_both(frame: Image.Image) -> list[bytes]:
    """What the device host does with a frame."""
    return [code.data for code in glance(frame)]


READERS: dict[str, Callable[[Image.Image], list[bytes]]] = {
    "zbar": by_zbar,
    "zxing": by_zxing,
    "both": by_both,
}


@dataclass(slots=True)
class Count:
    """How one reader did."""

    read: int = 0
    wrong: int = 0
    ms: list[float] = field(default_factory=list)

    def judge(self, found: list[bytes], truth: bytes | None, seconds: float) -> None:
        """Add one frame."""
        self.read += truth in found
        self.wrong += len([data for data in found if data != truth])
        self.ms.append(seconds * 1000)

    def add(self, other: "Count") -> None:
        """Add all of another count."""
        self.read, self.wrong = self.read + other.read, self.wrong + other.wrong
        self.ms += other.ms


def frame_of(code: Image.Image, condition: str, dice: random.Random) -> Image.Image:
    """A frame that shows the code under a condition."""
    degrees, sigma, change = CONDITIONS[condition]
    return noisy(change(placed(code, degrees + dice.uniform(-0.5, 0.5), dice)), sigma)


Counts = dict[str, Count]


def judged(frame: Image.Image, truth: bytes | None, counts: Counts) -> None:
    """Give the frame to every reader. Processor time, so that other work on the machine does not count."""
    for name, reader in READERS.items():
        began = time.thread_time()
        found = reader(frame)
        counts[name].judge(found, truth, time.thread_time() - began)


def fresh() -> Counts:
    """Nothing read so far."""
    return {name: Count() for name in READERS}


def sum_of(counts: Iterable[Counts]) -> Counts:
    """All counts in one."""
    total = fresh()
    for one in counts:
        for name, count in one.items():
            total[name].add(count)
    return total


def figure(what: str, counts: Counts) -> Figure:
    """How many frames each read, and how many payloads were wrong (after the !)."""
    shares = [
        f"{name} {count.read}" + (f"!{count.wrong}" if count.wrong else "") for name, count in counts.items()
    ]
    both, frames = counts["both"], len(counts["both"].ms)
    best = max(count.read for count in counts.values())
    return Figure(
        what, f"{', '.join(shares)} of {frames}", "as many as the best; none wrong",
        both.read == best and both.wrong == 0,
    )  # fmt: skip


def figures() -> Iterator[Figure]:
    """Codes in frames of 1280x720: how many each reader reads, by kind of code and by condition."""
    dice = random.Random(SEED)
    counts: dict[tuple[str, str], Counts] = {}
    for code, (make, truth) in CODES.items():
        picture = make()
        for condition in CONDITIONS:
            counts[code, condition] = fresh()
            for _ in range(FRAMES):
                judged(frame_of(picture, condition, dice), truth, counts[code, condition])
        yield figure(code, sum_of(counts[code, condition] for condition in CONDITIONS))
    for condition in CONDITIONS:
        yield figure(condition, sum_of(counts[code, condition] for code in CODES))
    empty = fresh()
    for _ in range(CLUTTER_FRAMES):
        judged(noisy(clutter(dice), 6), None, empty)
    for name, count in empty.items():
        wrong = f"{count.wrong} payloads that are not there in {CLUTTER_FRAMES} frames"
        yield Figure(
            f"clutter without a code, {name}", wrong, "none", count.wrong == 0 if name == "both" else None
        )
    yield figure("all", whole := sum_of(counts.values()))
    for name, count in whole.items():
        spent = f"{median(count.ms):.0f} ms, p95 {percentile(count.ms, 0.95):.0f} ms"
        nothing = f"{median(empty[name].ms):.0f} ms"
        yield Figure(f"processor time of a frame, {name}", spent, f"nothing there: {nothing}", None)
