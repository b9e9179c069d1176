"""Sealed fields open only where they belong, and only with the key."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.database.vault import Vault, VaultError, read_or_make_key

vault = Vault(b"k" * 32)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON, st.text())
def test_what_was_sealed_is_opened(value: object, context: str) -> None:
    assert vault.open(vault.seal(value, context), context) == value


def test_the_same_value_is_never_sealed_the_same_way_twice() -> None:
    assert vault.seal("Garcia", "visit:1") != vault.seal("Garcia", "visit:1")


@pytest.mark.parametrize("context", ["visit:2", "appointment:1", ""])
def test_a_sealed_value_copied_into_another_row_does_not_open(context: str) -> None:
    with pytest.raises(VaultError):
        vault.open(vault.seal("Garcia", "visit:1"), context)


@given(st.binary(max_size=64))
def test_damaged_values_are_refused(noise: bytes) -> None:
    with pytest.raises(VaultError):
        vault.open(noise, "visit:1")


def test_another_key_opens_nothing_and_finds_nothing() -> None:
    other = Vault(b"x" * 32)
    with pytest.raises(VaultError):
        other.open(vault.seal("Garcia", "visit:1"), "visit:1")
    assert other.lookup("birth_date", "1980-01-02") != vault.lookup("birth_date", "1980-01-02")
    assert other.link_secret("v") != vault.link_secret("v")


def test_a_hash_is_of_its_purpose() -> None:
    assert vault.lookup("link", "x") != vault.lookup("birth_date", "x")


def test_a_link_secret_has_128_bits_and_plain_letters() -> None:
    secret = vault.link_secret("visit")
    assert len(secret) == 26
    assert secret.isalnum()


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "field.key"
    assert read_or_make_key(path) == read_or_make_key(path)
    assert path.stat().st_mode & 0o077 == 0


def test_those_who_start_together_get_the_same_key(tmp_path: Path) -> None:
    for start in range(20):
        path, together = tmp_path / f"{start}.key", Barrier(8)

        def begin(path: Path = path, together: Barrier = together) -> bytes:
            together.wait()
            return read_or_make_key(path)

        with ThreadPoolExecutor(8) as pool:
            keys = {future.result() for future in [pool.submit(begin) for _ in range(8)]}
        assert keys == {read_or_make_key(path)}
        assert len(keys.pop()) == 32
    assert len(list(tmp_path.iterdir())) == 20


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(VaultError, match="32 bytes"):
        Vault(b"short")
