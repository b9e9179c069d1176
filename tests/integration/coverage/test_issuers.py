"""Trusted insurers: their files read at the start, fetched, and never replaced by a bad answer."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.app import create_app
from kiosk.appointments import codes
from kiosk.cli import main
from kiosk.config import Config, ConfigError
from kiosk.coverage import command, issuers
from kiosk.doctor.findings import Level
from kiosk.doctor.installation import issuers as examined
from kiosk.identity import HealthCard, recognise
from kiosk.identity.rules import key_id
from tests import cast
from tests.integration.coverage.insurer import Insurer, as_json, plain
from tests.unit.identity.health_cards import AT, ISS, KEY, KID, OTHER_KEY, card, jwk, payload, revocation_list

KEYS = {"keys": [jwk(KEY)]}
OTHER_KID = key_id(jwk(OTHER_KEY))
NAME = "Example Insurer"


def configured(data: Path, url: str = ISS, **changes: Any) -> Config:
    section = {"url": url, "name": NAME, "keys": "issuers/example.json", **changes}
    return cast.config(data, issuers=[section])


def put(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def put_keys(data: Path, content: Any = KEYS) -> Path:
    return put(data / "issuers" / "example.json", content)


def put_list(data: Path, *rids: str, counter: int = 1, kid: str = KID) -> Path:
    return put(data / "issuers" / "example.crl" / f"{kid}.json", revocation_list(kid, counter, *rids))


def counted(counter: int = 1, *keys: Any) -> dict[str, Any]:
    return {"keys": [{**jwk(key), "crlVersion": counter} for key in keys or (KEY,)]}


# Reading the files


def test_the_files_of_an_issuer_are_read(tmp_path):
    put_keys(tmp_path, counted())
    put_list(tmp_path, "r1")
    (found,) = issuers.load(configured(tmp_path))
    assert (found.url, found.name, list(found.keys)) == (ISS, NAME, [KID])
    assert dict(found.keys[KID].revoked or {}) == {"r1": float("inf")}


def test_one_file_may_hold_the_one_revocation_list(tmp_path):
    put_keys(tmp_path, counted())
    put(tmp_path / "list.json", revocation_list(KID, 1, "r1"))
    (found,) = issuers.load(configured(tmp_path, crl="list.json"))
    assert found.keys[KID].revoked


def test_scans_are_verified_with_what_was_read(tmp_path):
    put_keys(tmp_path)
    found = recognise(card(), codes.rules(configured(tmp_path)), AT)
    assert isinstance(found, HealthCard)
    assert (found.verified, found.issuer_name) == (True, NAME)


def test_without_issuers_nobody_is_trusted(tmp_path):
    config = cast.config(tmp_path)
    assert issuers.load(config) == ()
    assert issuers.trust(config).reach.hosts == frozenset()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not JSON", "Expecting value"),
        ("[]", "no object"),
        ({}, "no JWK set"),
        ({"keys": []}, "no JWK set"),
        ({"keys": ["x"]}, "no JWK set"),
        ({"keys": [{"kty": "RSA", "n": "AQAB"}]}, "must be"),
        ({"keys": [{**jwk(KEY), "d": "x"}]}, "private key"),
        ('{"keys": [], "keys": []}', "twice"),
    ],
)
def test_a_bad_file_of_keys_is_named_at_the_start(tmp_path, content, words):
    path = put_keys(tmp_path, content)
    with pytest.raises(ConfigError, match=words) as raised:
        issuers.load(configured(tmp_path))
    assert str(path) in str(raised.value)


def test_the_server_does_not_start_with_a_bad_file(tmp_path):
    put_keys(tmp_path, "not JSON")
    with pytest.raises(ConfigError, match="Expecting value"):
        create_app(configured(tmp_path))


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match=r"There is no file .*example.json.*issuers update"):
        issuers.load(configured(tmp_path))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "issuers" / "example.json").mkdir(parents=True)
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        issuers.load(configured(tmp_path))


def test_a_bad_revocation_list_is_named(tmp_path):
    put_keys(tmp_path)
    path = put(tmp_path / "issuers" / "example.crl" / "x.json", {"kid": "x"})
    with pytest.raises(ConfigError, match="a revocation list has") as raised:
        issuers.load(configured(tmp_path))
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://insurer.example", "https://"),
        ("https://insurer.example/", "slash"),
        ("https://Insurer.example", "small letters"),
        ("https://user@insurer.example", "small letters"),
        ("https://insurer.example/a?b", "small letters"),
        ("https://127.0.0.1/a", "small letters"),
        ("https://0x7f.1", "small letters"),
        ("https://localhost", "small letters"),
    ],
)
def test_an_issuer_is_written_in_one_way(tmp_path, url, words):
    with pytest.raises(ConfigError, match=words):
        configured(tmp_path, url)


def test_an_issuer_is_there_once(tmp_path):
    section = {"url": ISS, "name": NAME, "keys": "k"}
    for other in (section, {**section, "url": ISS + "/other"}):
        with pytest.raises(ConfigError, match="twice"):
            cast.config(tmp_path, issuers=[section, other])


def test_no_issuer_revokes_the_cards_of_another(tmp_path):
    sections = [{"url": url, "name": url, "keys": f"{n}.json"} for n, url in enumerate((ISS, ISS + "/other"))]
    for number, revoked in enumerate(((), ("r1",))):
        put(tmp_path / f"{number}.json", counted())
        put(tmp_path / f"{number}.crl" / f"{KID}.json", revocation_list(KID, 1, *revoked))
    one, other = issuers.load(cast.config(tmp_path, issuers=sections))
    assert (dict(one.keys[KID].revoked or {}), bool(other.keys[KID].revoked)) == ({}, True)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "links", "links.example/x", "https://links.example", "a.example:0"]
)
def test_hosts_of_links_are_names(tmp_path, host):
    with pytest.raises(ConfigError, match="link_hosts"):
        cast.config(tmp_path, coverage={"link_hosts": [host]})


def test_links_may_lead_to_issuers_and_to_listed_hosts_alone(tmp_path):
    put_keys(tmp_path)
    section = {"url": "https://insurer.example:8443/shc", "name": NAME, "keys": "issuers/example.json"}
    hosts = ["links.example", "other.example:444"]
    config = cast.config(tmp_path, issuers=[section], coverage={"link_hosts": hosts})
    found = issuers.trust(config)
    assert found.reach.hosts == {("insurer.example", 8443), ("links.example", 443), ("other.example", 444)}
    assert found.reach.networks == ()
    assert [one.name for one in found.issuers] == [NAME]


# While the server runs


def later(path: Path) -> None:
    """Its time says that it changed."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def test_changed_files_count_without_a_restart(tmp_path):
    path, config = put_keys(tmp_path), configured(tmp_path)
    assert list(issuers.current(config)[0].keys) == [KID]
    assert issuers.current(config) is issuers.current(config)
    put_keys(tmp_path, {"keys": [jwk(OTHER_KEY)]})
    later(path)
    assert list(issuers.current(config)[0].keys) == [OTHER_KID]
    put_list(tmp_path, "r1", kid=OTHER_KID)
    assert issuers.current(config)[0].keys[OTHER_KID].revoked


def test_files_that_are_spoilt_while_we_serve_make_cards_unverified(tmp_path):
    path, config = put_keys(tmp_path), configured(tmp_path)
    path.write_text("spoilt")
    assert issuers.current(config) == ()
    path.unlink()
    assert issuers.current(config) == ()
    found = recognise(card(), codes.rules(config), AT)
    assert isinstance(found, HealthCard)
    assert not found.verified


def test_a_list_that_an_update_takes_away_at_this_moment_fails_no_scan(tmp_path, monkeypatch):
    put_keys(tmp_path, counted())
    config, gone = configured(tmp_path), tmp_path / "issuers" / "example.crl" / "gone.json"
    monkeypatch.setattr(issuers.Files, "lists", lambda files: [gone])
    assert issuers.current(config) == ()


# Fetching


def offer(insurer: Insurer, keys: Any = KEYS, *lists: Any) -> None:
    insurer.answers["/shc/.well-known/jwks.json"] = as_json(keys)
    for one in lists:
        insurer.answers[f"/shc/.well-known/crl/{one['kid']}.json"] = as_json(one)


def update(insurer: Insurer, data: Path) -> int:
    return command.update(configured(data, insurer.url("/shc")), insurer.reach())


def known(insurer: Insurer, data: Path) -> Any:
    return issuers.load(configured(data, insurer.url("/shc")))[0]


def test_keys_and_revocation_lists_are_fetched(insurer, tmp_path, capsys):
    offer(insurer, counted(2), revocation_list(KID, 2, "r1"))
    assert update(insurer, tmp_path) == 0
    assert capsys.readouterr().out == "Example Insurer: 1 key, 1 revocation list.\n"
    assert known(insurer, tmp_path).keys[KID].revoked == {"r1": float("inf")}
    assert [one.path for one in insurer.asked] == [
        "/shc/.well-known/jwks.json",
        f"/shc/.well-known/crl/{KID}.json",
    ]
    assert not list(tmp_path.rglob("tmp*"))


def test_a_new_key_comes_beside_the_old_one(insurer, tmp_path):
    offer(insurer)
    update(insurer, tmp_path)
    offer(insurer, {"keys": [jwk(OTHER_KEY), jwk(KEY)]})
    assert update(insurer, tmp_path) == 0
    assert set(known(insurer, tmp_path).keys) == {KID, OTHER_KID}


def test_one_file_of_a_revocation_list_stays_one_file(insurer, tmp_path):
    put(tmp_path / "list.json", revocation_list(KID, 1))
    offer(insurer, counted(2), revocation_list(KID, 2, "r1"))
    config = configured(tmp_path, insurer.url("/shc"), crl="list.json")
    assert command.update(config, insurer.reach()) == 0
    assert json.loads((tmp_path / "list.json").read_text())["ctr"] == 2


@pytest.mark.parametrize(
    "bad",
    [
        plain(b"", 404),
        plain(b"", 302, Location="/elsewhere"),
        plain(b"<html>"),
        as_json({"keys": []}),
        as_json({"keys": [{"kty": "RSA"}]}),
        as_json({"keys": [{**jwk(KEY), "crlVersion": "x"}]}),
        as_json(counted(3)),
        as_json(counted(1, OTHER_KEY)),
        plain(b" " * (5 * 2**20 + 1)),
    ],
)
def test_a_bad_answer_replaces_nothing(insurer, tmp_path, capsys, bad):
    offer(insurer, counted(2), revocation_list(KID, 2, "r1"))
    update(insurer, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    insurer.answers["/shc/.well-known/jwks.json"] = bad
    insurer.answers[f"/shc/.well-known/crl/{OTHER_KID}.json"] = as_json(revocation_list(KID, 9))
    assert update(insurer, tmp_path) == 1
    assert "What was here stays." in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


def test_several_lists_do_not_go_into_one_file(insurer, tmp_path, capsys):
    one = put(tmp_path / "list.json", revocation_list(KID, 1, "r1"))
    offer(insurer, counted(2, KEY, OTHER_KEY), revocation_list(KID, 2), revocation_list(OTHER_KID, 2))
    config = configured(tmp_path, insurer.url("/shc"), crl="list.json")
    assert command.update(config, insurer.reach()) == 1
    assert "must be a folder" in capsys.readouterr().err
    assert json.loads(one.read_text()) == revocation_list(KID, 1, "r1")


def test_a_revocation_list_does_not_forget(insurer, tmp_path, capsys):
    offer(insurer, counted(2), revocation_list(KID, 5, "r1"))
    update(insurer, tmp_path)
    offer(insurer, counted(2), revocation_list(KID, 4))
    assert update(insurer, tmp_path) == 1
    assert "number 4, older than 5" in capsys.readouterr().err
    assert known(insurer, tmp_path).keys[KID].revoked


def test_an_issuer_that_does_not_answer_does_not_hold_up_the_others(insurer, tmp_path, capsys):
    offer(insurer)
    sections = [
        {"url": url, "name": name, "keys": f"issuers/{name}.json"}
        for url, name in (("https://away.example", "Away"), (insurer.url("/shc"), "Here"))
    ]
    config = cast.config(tmp_path, issuers=sections)
    assert command.update(config, insurer.reach()) == 1
    assert (tmp_path / "issuers" / "Here.json").exists()
    assert not (tmp_path / "issuers" / "Away.json").exists()
    assert capsys.readouterr().err.startswith("Away: Its server has no public address")


def test_an_issuer_that_cannot_be_reached_is_said_so(insurer, tmp_path, capsys):
    config = configured(tmp_path, insurer.url("/shc"))
    assert command.update(config, insurer.reach(resolve=lambda _: [])) == 1
    assert "does not answer" in capsys.readouterr().err


def test_a_disk_that_cannot_be_written_leaves_no_scraps(insurer, tmp_path):
    (tmp_path / "issuers" / "example.json").mkdir(parents=True)
    (tmp_path / "issuers" / "example.json" / "x").touch()
    offer(insurer)
    with pytest.raises(OSError, match="directory"):
        update(insurer, tmp_path)
    assert [path.name for path in (tmp_path / "issuers").iterdir()] == ["example.json"]


# The commands and the doctor


def written(tmp_path: Path, issuer: str) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(
        f'[site]\nname = "Riverside"\ntimezone = "UTC"\n[server]\ndata = "{tmp_path}"\n'
        '[[services]]\nid = "a"\nletter = "A"\nname = { en = "A" }\n'
        f'[[desks]]\nid = "d"\nname = "D"\nservices = ["a"]\n{issuer}'
    )
    return path


SECTION = f'[[issuers]]\nurl = "{ISS}"\nname = "{NAME}"\nkeys = "issuers/example.json"\n'


def test_the_list_shows_what_is_here(tmp_path, capsys):
    path = written(tmp_path, SECTION)
    put_keys(tmp_path, counted(1, KEY, OTHER_KEY))
    put_list(tmp_path, "r1", "r2.5")
    assert main(["issuers", "list", "--config", str(path)]) == 0
    shown = capsys.readouterr().out
    assert f"{NAME}\n  {ISS}\n  2 keys, 2 cards revoked\n  1 revocation list missing" in shown
    put_list(tmp_path, kid=OTHER_KID)
    main(["issuers", "list", "--config", str(path)])
    assert "missing" not in capsys.readouterr().out


def test_without_issuers_the_command_says_how_to_add_one(tmp_path, capsys):
    assert main(["issuers", "update", "--config", str(written(tmp_path, ""))]) == 0
    assert "No issuer is configured" in capsys.readouterr().out


def test_an_update_asks_the_issuers_hosts_alone_and_never_one_inside(tmp_path):
    config = configured(tmp_path, "https://insurer.example:8443/shc")
    found = command.reach_of(config)
    assert (found.hosts, found.networks) == ({("insurer.example", 8443)}, ())


def test_an_update_that_gets_nothing_fails(tmp_path, capsys):
    config = configured(tmp_path, f"https://{'a' * 64}.example")
    assert command.update(config, command.reach_of(config)) == 1
    assert "does not answer" in capsys.readouterr().err


def test_a_scan_is_identified_with_the_issuers_files(tmp_path, capsys):
    path = written(tmp_path, SECTION)
    put_keys(tmp_path)
    assert main(["identify", "--config", str(path), card(payload(exp=None) | {"exp": 4e9})]) == 0
    assert json.loads(capsys.readouterr().out)["verified"] is True


def levels(config: Config, now: datetime) -> list[tuple[Level, str]]:
    return [(one.level, one.words) for one in examined(config, now)]


def test_the_doctor_says_what_is_missing_or_old(tmp_path):
    now, config = datetime.now(UTC), configured(tmp_path)
    assert levels(cast.config(tmp_path), now) == []
    assert levels(config, now)[0][0] is Level.WRONG
    put_keys(tmp_path, counted())
    assert levels(config, now) == [(Level.WRONG, f"A revocation list of {NAME} is missing or too old.")]
    put_list(tmp_path)
    assert levels(config, now) == [(Level.GOOD, f"Health cards of {NAME} can be verified.")]
    assert levels(config, now + timedelta(days=8))[0][0] is Level.NOTE
