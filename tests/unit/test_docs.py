"""The documentation knows every key and every command."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from kiosk.cli import _parser
from kiosk.config import Config, Section

ROOT = Path(__file__).parents[2]


def keys() -> Iterator[tuple[str, str]]:
    """Every table and key of kiosk.toml."""
    for name, kind in get_type_hints(Config).items():
        for section in (kind, *get_args(kind)):
            if isinstance(section, type) and issubclass(section, Section):
                yield from ((name, field.name) for field in msgspec.structs.fields(section))


def documented(table: str) -> str:
    """The chapter of one table."""
    text = (ROOT / "docs" / "configuration.md").read_text()
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
    page = (ROOT / "docs" / "operations.md").read_text()
    parsers: Any = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    for command in parsers.choices:
        assert re.search(rf"\b{command}\b", page), command
