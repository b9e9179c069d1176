from drivers.scanners.watching import AWAY_S, MOST, Watch


def watched(*frames: tuple[float, str]) -> list[tuple[float, str]]:
    """What is reported, and when, of frames that each show the codes in a word ("ab": two codes)."""
    watch: Watch[str] = Watch()
    return [(at, code) for at, codes in frames for code in watch.see(codes, at)]


def test_one_frame_is_not_enough():
    assert watched((0.0, "a"), (0.1, "b"), (0.2, "c")) == []


def test_two_frames_agree():
    assert watched((0.0, "a"), (0.1, "a")) == [(0.1, "a")]


def test_a_blink_between_them_does_no_harm():
    assert watched((0.0, "a"), (0.1, ""), (0.2, "a")) == [(0.2, "a")]


def test_a_code_that_stays_is_reported_once():
    assert watched(*((frame / 10, "a") for frame in range(100))) == [(0.1, "a")]


def test_a_code_that_was_away_counts_again():
    back = 0.1 + AWAY_S + 0.01
    assert watched((0.0, "a"), (0.1, "a"), (back, "a"), (back + 0.1, "a")) == [
        (0.1, "a"),
        (back + 0.1, "a"),
    ]


def test_two_glimpses_too_far_apart_do_not_agree():
    assert watched((0.0, "a"), (AWAY_S + 0.1, "a")) == []


def test_several_codes_are_each_reported():
    assert watched((0.0, "ab"), (0.1, "abc"), (0.2, "cba")) == [(0.1, "a"), (0.1, "b"), (0.2, "c")]


def test_what_does_not_move_stays_in_view():
    watch: Watch[str] = Watch()
    watch.see("a", 0.0)
    assert watch.see("a", 0.1) == ["a"]
    for tenth in range(2, 60):
        watch.still(tenth / 10)
    assert watch.see("a", 6.0) == []


def test_a_code_seen_once_asks_for_the_next_frame():
    watch: Watch[str] = Watch()
    assert not watch.is_waiting
    watch.see("a", 0.0)
    assert watch.is_waiting
    watch.see("a", 0.1)
    assert not watch.is_waiting


def test_a_sheet_full_of_codes_is_not_remembered_without_end():
    watch: Watch[int] = Watch()
    watch.see(range(10 * MOST), 0.0)
    assert len(watch.see(range(10 * MOST), 0.1)) == MOST
