"""The words of the appointment letter, in each of the site's languages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from babel.dates import format_date, format_time
from flask_babel import force_locale
from flask_babel import gettext as _


@dataclass(frozen=True, slots=True)
class Telling:
    """When to come and what to do, in one language."""

    language: str
    direction: str
    title: str
    day: str
    time: str
    what_to_do: str
    otherwise: str


def tellings(slot: datetime, languages: Iterable[str]) -> list[Telling]:
    """Say it in every language. `slot` is on the clinic's clock."""
    return [_telling(slot, language) for language in languages]


def _telling(slot: datetime, language: str) -> Telling:
    locale = Locale.parse(language, sep="-")
    with force_locale(str(locale)):
        return Telling(
            language=language,
            direction=locale.text_direction,
            title=_("Your appointment"),
            day=format_date(slot.date(), "full", locale=locale),
            time=format_time(slot, "short", tzinfo=slot.tzinfo, locale=locale),
            what_to_do=_("When you arrive, hold this code under the scanner of the check-in screen."),
            otherwise=_(
                "If it does not scan, type the code below it, or your name, on the screen. "
                "Or show this letter at the front desk."
            ),
        )
