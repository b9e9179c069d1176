"""What every template may use: the language, the clock, command ids, who looks at it."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_time
from flask import Flask, g
from flask_babel import Babel, get_locale, refresh

from kiosk.access import principal
from kiosk.clinic import clinic


def prepare(app: Flask) -> None:
    """Give `app` its translations, filters and names."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(clock=clock, waited=waited)
    app.jinja_env.globals.update(new_command=new_command)
    app.context_processor(names)
    Babel(app, locale_selector=language)


def language() -> str:
    """The language of this page: what a page chose with `speak`, else the site's first."""
    return str(g.get("language") or clinic().config.site.languages[0])


def speak(code: str) -> None:
    """From here on, this request's words are in `code`."""
    g.language = code
    refresh()


def names() -> dict[str, Any]:
    """The names that every template knows."""
    here = clinic()
    return {
        "clinic": here,
        "now": here.now(),
        "principal": principal(),
        "language": language().replace("_", "-"),
        "direction": _locale().text_direction,
    }


def new_command() -> str:
    """A command's id, rendered into the page: a double tap repeats it and finds the first answer."""
    return uuid.uuid4().hex


def clock(at: datetime) -> str:
    """The time of day at the clinic, as this page's language writes it."""
    return format_time(clinic().local(at), "short", locale=_locale())


def waited(since: datetime | timedelta) -> int:
    """Whole minutes: of a duration, or since an instant."""
    duration = since if isinstance(since, timedelta) else clinic().now() - since
    return max(0, int(duration.total_seconds() // 60))


def _locale() -> Locale:
    return get_locale() or Locale("en")
