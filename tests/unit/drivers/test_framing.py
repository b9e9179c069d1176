import random
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.framing import Framer, Profile

AAMVA = (
    b"@\n\x1e\rANSI 636014040002DL00410278ZC03190008DLDAQD1234562 XYXYXYXY XYXYX\n"
    b"DCSLASTNAME\nDDEN\nDACFIRSTNAME\n"
    b"DBB08311977\nDBA08312027\rZCZCAY\n\r"
)


def frames(framer: Framer, *pieces: bytes) -> list[bytes]:
    """Pieces 10 ms apart, then silence."""
    found, at = [], 0.0
    for piece in pieces:
        found += framer.feed(piece, at)
        at += 0.01
    found += framer.idle(at + 1)
    return [frame.data for frame in found]


def test_a_licence_with_line_ends_inside_is_one_scan_and_byte_exact():
    assert frames(Framer(), *[AAMVA[n : n + 16] for n in range(0, len(AAMVA), 16)]) == [AAMVA]


def test_a_licence_is_one_scan_even_when_the_scanner_ends_with_a_carriage_return():
    assert frames(Framer(Profile(terminator=b"\r")), b"]L2" + AAMVA, b"\r") == [AAMVA]


def test_a_terminator_ends_a_short_scan_at_once_and_is_taken_off():
    framer = Framer(Profile(terminator=b"\r\n"))
    assert [frame.data for frame in framer.feed(b"B042\r\nB0", 0)] == [b"B042"]
    assert [frame.data for frame in framer.feed(b"43\r\n", 0)] == [b"B043"]
    assert not framer.busy


def test_without_a_terminator_the_scan_ends_only_when_the_line_is_silent():
    framer = Framer()
    assert framer.feed(b"B042\r", 1.0) == []
    assert framer.idle(1.08) == []
    assert [frame.data for frame in framer.idle(1.13)] == [b"B042\r"]
    assert framer.idle(9.0) == []


def test_the_symbology_prefix_is_split_off():
    framer = Framer()
    framer.feed(b"]Q1https://example.org", 0)
    (frame,) = framer.idle(1)
    assert (frame.symbology, frame.data) == ("]Q1", b"https://example.org")


def test_a_scanner_without_prefixes_may_send_brackets():
    assert frames(Framer(Profile(aim=False)), b"]Q1x") == [b"]Q1x"]


def test_between_stx_and_etx_only():
    framer = Framer(Profile(stx_etx=True, terminator=b"\r"))
    found = framer.feed(b"noise\x02B0", 0) + framer.feed(b"42\r\x03\x02B043\x03\xff", 0)
    assert [frame.data for frame in found] == [b"B042", b"B043"]
    framer.feed(b"noise", 1)
    assert framer.idle(2) == []
    framer.feed(b"\x02half", 3)
    assert [frame.data for frame in framer.idle(4)] == [b""]
    assert framer.dropped == 1


def test_what_is_too_long_is_one_failed_read_up_to_the_next_silence():
    framer = Framer()
    assert frames(framer, b"x" * 4000, b"x" * 200, b"tail") == [b""]
    assert framer.dropped == 1
    assert frames(framer, b"B042") == [b"B042"]


def test_what_is_too_long_is_a_failed_read_with_its_end_in_sight_too():
    framer = Framer(Profile(terminator=b"\r"))
    assert [frame.data for frame in framer.feed(b"x" * 5000 + b"\rB042\r", 0)] == [b"", b"B042"]
    assert framer.dropped == 1


def test_noise_is_not_a_scan():
    assert frames(Framer(), b"\r\n\x00") == []


@given(st.binary(min_size=1, max_size=600), st.lists(st.integers(0, 600), max_size=8))
def test_a_payload_survives_any_cutting(payload: bytes, cuts: list[int]):
    framer = Framer(Profile(aim=False))
    edges = sorted({0, len(payload), *(cut for cut in cuts if cut < len(payload))})
    found = frames(framer, *[payload[a:b] for a, b in pairwise(edges)])
    assert found in ([payload], [])
    assert found or framer.dropped


@given(
    st.lists(st.one_of(st.binary(max_size=50), st.none()), max_size=30),
    st.sampled_from([b"", b"\r", b"\r\n"]),
)
def test_no_stream_confuses_it_for_good(stream: list[bytes | None], terminator: bytes):
    framer, at = Framer(Profile(terminator=terminator)), 0.0
    for piece in stream:
        at += 0.05
        for frame in framer.feed(piece, at) if piece else framer.idle(at + 1):
            assert 0 < len(frame.data) <= 4096
    framer.idle(at + 10)
    assert frames(framer, b"B042") == [b"B042"]


def test_what_was_lost_on_the_way_is_one_failed_read_and_no_guess():
    framer = Framer(Profile(terminator=b"\r"))
    framer.feed(b"B04", 0)
    framer.spoil(0.01)
    framer.spoil(0.02)
    assert framer.busy
    assert framer.feed(b"2\rB043\r", 0.03) == []
    assert framer.idle(0.05) == []
    assert [frame.data for frame in framer.idle(1)] == [b""]
    assert framer.idle(2) == []
    assert framer.dropped == 1
    assert frames(framer, b"B042\r") == [b"B042"]


def test_a_magnetic_stripe_is_one_scan_with_its_line_ends():
    stripe = b"%B6360141234567890^DOE/JOHN?\r;6360141234567890=?\r"
    assert frames(Framer(Profile(terminator=b"\r")), stripe) == [stripe[:-1]]


@pytest.mark.parametrize(
    "lines",
    [
        [b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", b"L898902C36UTO7408122F1204159ZE184226B<<<<<10"],
        [
            b"I<UTOD231458907<<<<<<<<<<<<<<<",
            b"7408122F1204159UTO<<<<<<<<<<<6",
            b"ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        ],
    ],
)
def test_the_lines_of_a_passport_are_one_scan(lines: list[bytes]):
    sent = b"\r".join(lines) + b"\r"
    framer = Framer(Profile(terminator=b"\r"))
    assert frames(framer, *[sent[at : at + 1] for at in range(len(sent))]) == [sent[:-1]]


def test_a_booking_code_ends_at_its_terminator():
    code = b"CK1" + b"A" * 144
    assert [frame.data for frame in Framer(Profile(terminator=b"\r")).feed(code + b"\r", 0)] == [code]


def noise(seed: int, total: int) -> tuple[Framer, int]:
    """What a broken cable sends, in pieces of any length, with silences."""
    chance = random.Random(seed)
    framer = Framer(Profile(terminator=chance.choice([b"", b"\r", b"\r\n"]), stx_etx=chance.random() < 0.3))
    at, sent, longest = 0.0, 0, 0
    while sent < total:
        piece = chance.randbytes(chance.choice([1, 7, 64, 512]))
        found = framer.feed(piece, at)
        at += chance.choice([0.0, 0.001, 0.3])
        found += framer.idle(at)
        assert all(len(frame.data) <= 4096 for frame in found)
        sent += len(piece)
        longest = max(longest, len(framer._buffer))
    framer.idle(at + 10)
    return framer, longest


@pytest.mark.parametrize("total", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("seed", range(3))
def test_noise_costs_no_memory_and_leaves_nothing_behind(seed: int, total: int):
    tracemalloc.start()
    framer, longest = noise(seed, total)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert longest <= 4096
    assert peak < 1_000_000
    around = (b"\x02", b"\x03") if framer.profile.stx_etx else (b"", framer.profile.terminator)
    assert frames(framer, around[0] + b"B042" + around[1]) == [b"B042"]
