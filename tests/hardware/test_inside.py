"""What runs in the guest is imported here too: a name that moved is noticed before the rig is started."""

import importlib
from pathlib import Path

import pytest

MODULES = sorted(path.stem for path in Path(__file__).with_name("inside").glob("[!_]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_what_runs_in_the_guest_finds_all_that_it_needs(name: str):
    assert importlib.import_module(f"tests.hardware.inside.{name}")
