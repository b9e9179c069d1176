"""The documentation knows every key, command, room, state and event, and its links lead somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest

from kiosk.checkin.ticket import printing
from kiosk.cli import COMMANDS
from kiosk.config import Config, Section
from kiosk.console.rules import INSURANCE_KEYS, PAGE_KEYS, SLOTS, UNDO
from kiosk.queueing.tickets import TRANSITION_EVENTS, TRANSITIONS, State

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


def keys() -> Iterator[tuple[str, str]]:
    """Every table and key of kiosk.toml."""
    for name, kind in get_type_hints(Config).items():
        for section in (kind, *get_args(kind)):
            if isinstance(section, type) and issubclass(section, Section):
                yield from ((name, field.name) for field in msgspec.structs.fields(section))


def documented(table: str) -> str:
    """The chapter of one table."""
    text = (DOCS / "configuration.md").read_text()
    chapter = re.search(rf"^## `\[+{table}\]+`.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert chapter is not None, f"[{table}] is not described"
    return chapter[0]


@pytest.mark.parametrize(("table", "key"), sorted(keys()))
def test_every_key_is_described(table: str, key: str) -> None:
    assert re.search(rf"^\| `{key}` \|", documented(table), re.MULTILINE)


@pytest.mark.parametrize("table", sorted({table for table, _ in keys()}))
def test_no_key_is_described_that_is_not_there(table: str) -> None:
    known = {key for name, key in keys() if name == table}
    assert set(re.findall(r"^\| `(\w+)` \|", documented(table), re.MULTILINE)) <= known


def test_every_command_is_in_the_operations_page() -> None:
    page = (DOCS / "operations.md").read_text()
    for command in COMMANDS:
        assert re.search(rf"^\| `python -m kiosk {command}\b|· `{command} ", page, re.MULTILINE), command


def test_every_key_of_the_console_is_in_its_page() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", (DOCS / "console.md").read_text(), re.MULTILINE)
    assert rows == [
        *((one.key, one.word) for one in PAGE_KEYS + INSURANCE_KEYS),
        *((slot[0].key, " / ".join(command.word for command in slot)) for slot in SLOTS),
        (UNDO.key, UNDO.word),
    ]


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {path for path, _ in LINK.findall((ROOT / "README.md").read_text())}
    assert {f"docs/{page.name}" for page in DOCS.glob("*.md")} <= linked


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda page: str(page.relative_to(ROOT))
)
def test_no_link_leads_nowhere(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text()):
        if not path.startswith("http"):
            target = (page.parent / path) if path else page
            assert target.exists(), path
            assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def anchors(page: Path) -> set[str]:
    """What a browser of the repository makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_map_of_the_house_names_every_room() -> None:
    rooms = {path.name for path in (ROOT / "kiosk").iterdir() if (path / "__init__.py").exists()}
    modules = {path.name for path in (ROOT / "kiosk").glob("*.py") if not path.name.startswith("_")}

    named = {f"`kiosk/{name}`" for name in rooms | modules} | {"`display/`", "`drivers/`"}
    assert {name for name in named if name not in architecture()} == set()


def test_the_table_of_transitions_is_the_one_of_the_code() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \| (\w+) \| `(\w+)` \|$", architecture(), re.MULTILINE)
    assert [(action, set(sources.split(", ")), target, event) for action, sources, target, event in rows] == [
        (action, transition.sources, transition.target, transition.event)
        for action, transition in TRANSITIONS.items()
    ]


def test_every_action_has_its_word_in_the_glossary() -> None:
    glossary = (DOCS / "glossary.md").read_text()
    assert [a for a in TRANSITIONS if not re.search(rf"\b{a.replace('_', '-')}\b", glossary)] == []


def test_every_state_is_drawn() -> None:
    drawing = architecture().partition("## What may happen to a ticket")[2].split("```")[1]
    assert set(re.findall(r"[A-Z_]{4,}", drawing)) == {state.name for state in State}


def test_every_kind_of_event_is_listed_and_no_other() -> None:
    chapter = architecture().partition("## The kinds of event")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", chapter)) == set(kinds()) - TRANSITION_EVENTS


def architecture() -> str:
    """The page about the architecture."""
    return (DOCS / "architecture.md").read_text()


def kinds() -> Iterator[str]:
    """Every kind of event that the code appends, as `tx.record(…)` and `Decision(…)` name it."""
    for path in (ROOT / "kiosk").rglob("*.py"):
        tree = ast.parse(path.read_text())
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("record", "Decision"):
                match node.args[0]:
                    case ast.Constant(value=kind):
                        yield kind
                    case ast.Name(id=name) if name in constants:
                        yield constants[name]
                    case ast.Name(id=name) if name.isupper():
                        yield getattr(printing, name)
