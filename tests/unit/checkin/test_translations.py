"""Every word of the patients' surfaces is there in every language, and compiled."""

import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "kiosk" / "translations"
LANGUAGES = sorted(path.name for path in FOLDER.iterdir() if (path / "LC_MESSAGES").is_dir())
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")

Words = str | tuple[str, ...]


@pytest.fixture(scope="module")
def used() -> set[Words]:
    """Every text that a template or module asks a translation for."""
    with (FOLDER / "sources.cfg").open() as file:
        methods, options = parse_mapping_cfg(file, "sources.cfg")
    found: set[Words] = set()
    for folder in ("kiosk", "display"):
        inside = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods
                  if pattern.startswith(f"{folder}/")]  # fmt: skip
        chosen = {pattern.removeprefix(f"{folder}/"): values for pattern, values in options.items()}
        texts = extract_from_dir(ROOT / folder, method_map=inside, options_map=chosen)
        found |= {message for _, _, message, _, _ in texts if message}
    return found


@pytest.fixture(params=LANGUAGES)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    """The words of one language."""
    with (FOLDER / request.param / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=request.param)


def test_the_languages_that_we_promise_are_there() -> None:
    assert {"es", "ar"} <= set(LANGUAGES)


def test_every_text_is_translated(used: set[Words], catalog: Catalog) -> None:
    done = {tuple(m.id) if isinstance(m.id, list | tuple) else m.id for m in catalog if m.id and m.string}
    assert used - done == set()
    assert done - used == set()


def test_no_translation_is_a_guess_or_half_done(catalog: Catalog) -> None:
    for message in catalog:
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.fuzzy, message.id
        assert len(forms) == (catalog.num_plurals if message.pluralizable else 1), message.id
        assert all(forms), message.id
        names = set(PLACEHOLDER.findall(" ".join(message.id) if message.pluralizable else message.id))
        assert all(set(PLACEHOLDER.findall(form)) <= names for form in forms), message.id
        if not message.pluralizable:
            assert set(PLACEHOLDER.findall(forms[0])) == names, message.id


def test_what_is_compiled_is_what_is_written(catalog: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    file = FOLDER / str(catalog.locale) / "LC_MESSAGES" / "messages.mo"
    assert file.read_bytes() == compiled.getvalue(), "Run: pybabel compile -d kiosk/translations"


@pytest.mark.parametrize(
    ("people", "words"),
    [(1, "شخص واحد"), (2, "شخصان"), (3, "أشخاص"), (11, "شخصًا"), (26, "شخصًا"), (100, "شخص ")],
)
def test_arabic_counts_people_as_arabic_does(people: int, words: str) -> None:
    """Its many forms are easily swapped: Babel numbers them otherwise than most catalogues do."""
    with (FOLDER / "ar" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        arabic = GNUTranslations(file)
    assert words in arabic.ngettext("%(num)s person before you", "%(num)s people before you", people)
