"""The screens read and never write."""

import ast
from pathlib import Path

from flask import Flask

import display

PACKAGE = Path(display.__file__).parent
WRITING = {"begin", "insert", "update", "delete", "Transaction", "Room"}


def names(path: Path) -> set[str]:
    """Every name and attribute that a module uses."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    return (
        {node.id for node in nodes if isinstance(node, ast.Name)}
        | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        | {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    )


def test_no_route_of_the_screens_accepts_a_change(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in ("board", "phone")]

    assert {rule.endpoint for rule in rules} == {"board.page", "board.speech", "phone.page"}
    assert all(rule.methods == {"GET", "HEAD", "OPTIONS"} for rule in rules)


def test_no_module_of_the_screens_can_begin_a_transaction() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert names(path) & WRITING == set(), path.name
