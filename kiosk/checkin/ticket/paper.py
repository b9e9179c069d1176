"""What stands on a ticket: the document of `docs/station-api.md`, in the patient's language, made as
`[ticket]` of kiosk.toml wants it.

Nothing here tells who the patient is: code, service, instructions and the link to the patient's phone page.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_skeleton, format_time
from flask_babel import force_locale, gettext

from kiosk.config import Config
from kiosk.queueing.waiting_time import Estimate


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ticket tells; `arrived` is in the clinic's time."""

    code: str
    service: str
    arrived: datetime
    language: str
    url: str
    estimate: Estimate | None
    copy: bool


def document(config: Config, facts: Facts) -> dict[str, Any]:
    """Return what a host prints. Needs an app: its translations."""
    design, locale = config.ticket, Locale.parse(facts.language, sep="-")
    with force_locale(str(locale)):
        return {
            "code": facts.code,
            "site": config.site.name,
            "logo": _logo(design.logo),
            "header": _in_language(config, design.header, facts.language),
            "service": config.service_name(facts.service, facts.language) if design.service else None,
            "issued": _issued(facts.arrived, locale),
            "lines": [
                *(_instructions() if design.instructions else ()),
                *([_wait(facts.estimate)] if design.estimate and facts.estimate else ()),
            ],
            "footer": _in_language(config, design.footer, facts.language),
            "language": facts.language,
            "direction": locale.text_direction,
            "large": design.large,
            "url": facts.url if design.phone_code else None,
            "url_label": gettext("Follow your place on your phone"),
            "copy": gettext("COPY") if facts.copy else None,
        }


def _logo(path: str) -> str | None:
    if not path:
        return None
    try:
        return base64.b64encode(Path(path).read_bytes()).decode("ascii")
    except OSError:
        # It was there at the start. A ticket without it is better than none.
        return None


def _in_language(config: Config, lines: Mapping[str, Sequence[str]], language: str) -> list[str]:
    return list(lines.get(language) or lines.get(config.site.languages[0], ()))


def _issued(local: datetime, locale: Locale) -> str:
    # Without its zone: the clinic's clock is the only one that the patient sees.
    plain = local.replace(tzinfo=None)
    return f"{format_skeleton('yMMMEd', plain, locale=locale)}, {format_time(plain, 'short', locale=locale)}"


def _instructions() -> list[str]:
    return [gettext("Please take a seat."), gettext("Watch the screen for your number.")]


def _wait(estimate: Estimate) -> str:
    low, high = (length // timedelta(minutes=1) for length in (estimate.low, estimate.high))
    if low == 0:
        return str(gettext("Expected wait: up to %(high)d minutes", high=high))
    if low == high:
        return str(gettext("Expected wait: about %(high)d minutes", high=high))
    return str(gettext("Expected wait: %(low)d to %(high)d minutes", low=low, high=high))
