"""The style sheets keep the house's rules, colours can be told apart, what others made is as they made it."""

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TOKENS = STATIC / "css" / "tokens.css"
STYLE_SHEETS = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = sorted(path for package in ("kiosk", "display") for path in (ROOT / package).rglob("*.html"))

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-)?(?:left|right)(?:-[a-z]+)?\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
)
COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\("
    r"|:[^;]*(?<![-\w])(?:white|black|red|green|blue|gr[ae]y|yellow|orange|teal)(?![-\w])"
)
ICON = re.compile(r"icons\.svg(?:'\s*\)\s*\}\})?#([a-z_]+)")

TEXT = 7.0
SHAPE = 3.0
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-quiet", "accent", "danger")
      for ground in ("ground", "surface", "sunken")),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-pressed", TEXT),
    ("on-danger", "danger", TEXT),
    *((ink, "accent-soft", TEXT) for ink in ("ink", "ink-quiet", "accent", "accent-pressed")),
    *((tone, f"{tone}-soft", TEXT) for tone in ("ok", "warn", "danger")),
    *(("ink", f"{tone}-soft", TEXT) for tone in ("ok", "warn", "danger")),
    *(("line-strong", ground, SHAPE) for ground in ("ground", "surface", "accent-soft")),
    *(("focus", ground, SHAPE) for ground in ("ground", "surface", "focus-halo")),
]  # fmt: skip


def rules(path: Path) -> str:
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def colours(theme: str) -> dict[str, str]:
    """The opaque colours of a theme, by name; the dark theme inherits what it does not set."""
    light, dark = rules(TOKENS).split(".theme-dark")
    found = dict(re.findall(r"--color-([\w-]+): (#[0-9a-f]{6});", light))
    return found if theme == "light" else found | dict(re.findall(r"--color-([\w-]+): (#[0-9a-f]{6});", dark))


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_whatever_is_read_can_be_read(theme: str, ink: str, ground: str, least: float) -> None:
    known = colours(theme)

    assert contrast(known[ink], known[ground]) >= least


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_works_from_right_to_left(path: Path) -> None:
    assert PHYSICAL.findall(rules(path)) == []


@pytest.mark.parametrize("path", [p for p in STYLE_SHEETS if p != TOKENS], ids=lambda path: path.name)
def test_only_the_tokens_name_colours(path: Path) -> None:
    assert COLOUR.findall(rules(path)) == []


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_every_token_that_is_used_exists(path: Path) -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", "".join(map(rules, STYLE_SHEETS))))
    used = set(re.findall(r"var\((--[\w-]+)\)", rules(path)))

    assert used - known == set()


def test_every_file_that_a_style_sheet_loads_exists() -> None:
    for path in STYLE_SHEETS:
        for address in re.findall(r'url\("([^"]+)"\)', rules(path)):
            assert (path.parent / address).exists(), (path.name, address)


def test_every_icon_that_is_used_is_drawn() -> None:
    drawing = ElementTree.parse(STATIC / "img" / "icons.svg")
    drawn = {symbol.get("id") for symbol in drawing.iter("{http://www.w3.org/2000/svg}symbol")}
    used = {(path.name, name) for path in TEMPLATES for name in ICON.findall(path.read_text())}

    assert {(path, name) for path, name in used if name not in drawn} == set()
    assert {"waiting", "called", "serving", "served", "held", "no_show", "cancelled"} <= drawn


def test_what_others_made_is_what_the_manifest_says() -> None:
    rows = re.findall(
        r"^\| (\S+) \| \S+ \| [\d.]+ \| \S+ \| (\S+) \| `(\w{64})` \|$",
        (STATIC / "vendor" / "MANIFEST.md").read_text(),
        re.MULTILINE,
    )
    files = {
        path.relative_to(STATIC).as_posix()
        for folder in ("fonts", "vendor")
        for path in (STATIC / folder).iterdir()
    }
    licences = {licence for _, licence, _ in rows}

    assert {name for name, _, _ in rows} == files - licences - {"vendor/MANIFEST.md"}
    assert licences <= files
    for name, _, digest in rows:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


def test_no_template_styles_or_scripts_inline() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text), path.name
