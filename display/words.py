"""A call in words: written as it stands on the ticket, said sign by sign wherever there is a voice."""

from babel import Locale
from flask_babel import force_locale, gettext

from display.announce import Phrase, languages
from display.board import Call
from kiosk.clinic import clinic
from kiosk.speech.rules import spelled


def written(call: Call) -> Phrase:
    """The call in its patient's language."""
    return _calling(_languages(call)[0], call.code, call.desk)


def aloud(call: Call) -> tuple[Phrase, ...]:
    """The call in each language in which it is said."""
    said = [language for language in _languages(call) if clinic().voices.has(language)]
    return tuple(_calling(language, spelled(call.code), call.desk) for language in said)


def phrase(language: str, words: object) -> Phrase:
    """Words of that language, which knows its direction."""
    tag = language.replace("_", "-")
    return Phrase(tag, str(Locale.parse(tag, sep="-").text_direction), str(words))


def _languages(call: Call) -> tuple[str, ...]:
    return languages(call.language, clinic().config.site.languages)


def _calling(language: str, code: str, desk: str) -> Phrase:
    with force_locale(language):
        return phrase(language, gettext("%(code)s, please go to %(desk)s", code=code, desk=desk))
