"""Tickets that were looked at and found right, as pictures in `golden/`.

`python -m tests.integration.drivers.golden_tickets` draws them anew; look at each before it is kept.
"""

import base64
import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from drivers.preview import draw
from drivers.printers.encoder import Encoder, Lettering
from tests.integration.drivers.conftest import DOCUMENT

FOLDER = Path(__file__).parent / "golden"


def logo() -> str:
    """A circle with a cross, and a grey river."""
    picture = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((90, 0, 209, 119), fill="black")
    pen.rectangle((138, 20, 161, 99), fill="white")
    pen.rectangle((110, 48, 189, 71), fill="white")
    pen.rectangle((0, 100, 299, 119), fill="#777777")
    png = io.BytesIO()
    picture.save(png, "PNG")
    return base64.b64encode(png.getvalue()).decode()


DESIGNED = DOCUMENT | {
    "logo": logo(),
    "header": ["12 River Road · 555 0100"],
    "lines": [*DOCUMENT["lines"], "Expected wait: 10 to 20 minutes"],
    "footer": ["Feeling worse while you wait?", "Tell anybody in blue."],
}
SPANISH = DOCUMENT | {
    "service": "Laboratorio",
    "issued": "lun, 23 nov 2026, 9:12",
    "lines": ["Tome asiento, por favor.", "Esté atento a la pantalla: aparecerá su número."],
    "url_label": "Siga su turno en el teléfono",
    "language": "es",
    "large": True,
}
ARABIC = DOCUMENT | {
    "site": "عيادة ريفرسايد",
    "service": "المختبر",
    "issued": "الاثنين، ٢٣ نوفمبر ٢٠٢٦، ٩:١٢ ص",
    "lines": ["تفضل بالجلوس.", "ترقب ظهور رقمك B042 على الشاشة."],
    "url_label": "تابع دورك على هاتفك",
    "copy": "نسخة",
    "language": "ar",
    "direction": "rtl",
}
CHINESE = DOCUMENT | {
    "site": "河畔诊所",
    "service": "检验科",
    "issued": "2026年11月23日周一 09:12",
    "lines": ["请您坐下，等候叫号。", "请留意屏幕上的号码 B042。"],
    "url_label": "用手机查看您的排队位置",
    "language": "zh",
}
TICKETS: dict[str, tuple[dict[str, Any], str, Lettering]] = {
    "en-80mm": (DESIGNED, "TM-T88V", Lettering.DRAWN),
    "en-58mm-clone": (DESIGNED, "POS-5890", Lettering.DRAWN),
    "en-80mm-letters": (DESIGNED, "TM-T88V", Lettering.PRINTER),
    "es-80mm-large": (SPANISH, "TM-T88V", Lettering.DRAWN),
    "es-58mm-large": (SPANISH, "POS-5890", Lettering.DRAWN),
    "ar-80mm-copy": (ARABIC, "TM-T88V", Lettering.DRAWN),
    "ar-58mm-copy": (ARABIC, "POS-5890", Lettering.DRAWN),
    "zh-80mm": (CHINESE, "TM-T88V", Lettering.DRAWN),
}


def drawn(name: str) -> Image.Image:
    document, profile, style = TICKETS[name]
    return Image.open(io.BytesIO(draw(document, Encoder(profile, style=style))))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in TICKETS:
        drawn(each).convert("1", dither=Image.Dither.NONE).save(FOLDER / f"{each}.png", optimize=True)
