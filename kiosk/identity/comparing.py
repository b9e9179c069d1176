"""Compare the names of a claim and of an expected patient. Pure."""

from collections.abc import Iterable

from kiosk.identity.claims import Candidate, Claim, Source
from kiosk.identity.folding import forms, same, suffix_of, without_suffix, words
from kiosk.identity.truncation import is_aamva_cut_of, is_mrz_cut_of

# Editions before 2009 have no truncation flags; their names have room for 35 characters or more.
_FULL = 35


def same_family_name(one: str, other: str) -> bool:
    """Whether two family names are one, suffixes aside."""
    return same(without_suffix(one)[0], without_suffix(other)[0])


def family_agrees(claim: Claim, candidate: Candidate) -> bool:
    """The family name is that on record, a previous one on record, or what the document cut from one."""
    on_record = (candidate.family_name, *candidate.previous_family_names)
    return any(
        same_family_name(claim.family_name, name) or _is_cut(claim, "family_name", claim.family_name, name)
        for name in on_record
    )


def family_is_near(claim: Claim, candidate: Candidate) -> bool:
    """They share a word of the family name (SMITH, SMITH-JONES), or family and given name are swapped."""
    on_record = _word_forms((candidate.family_name, *candidate.previous_family_names))
    if not _word_forms([claim.family_name]).isdisjoint(on_record):
        return True
    return same(claim.family_name, candidate.given_name)


def _word_forms(names: Iterable[str]) -> set[str]:
    return {form for name in names for word in words(name) if len(word) > 2 for form in forms(word)}


def given_agrees(claim: Claim, candidate: Candidate) -> bool | None:
    """The given names agree as far as both have them, the first is the same. None: it was not asked for."""
    if claim.given_name is None:
        return None
    claimed, recorded = words(claim.given_name), words(candidate.given_name)
    if not claimed and not recorded:
        return True
    if same(claim.given_name, candidate.given_name):
        return True
    claimed += words(claim.middle_name)
    recorded += words(candidate.middle_name)
    if same(" ".join(claimed), " ".join(recorded)) or _in_step(claimed, recorded):
        return bool(words(claim.given_name)) and bool(words(candidate.given_name))
    return any(
        _is_cut(claim, "given_name", claim.given_name, name)
        for name in (candidate.given_name, " ".join(recorded))
    )


def _in_step(one: list[str], other: list[str]) -> bool:
    """The first names are the same, the next the same or an initial of each other, as far as both go."""
    if not one or not other or not same(one[0], other[0]):
        return False
    return all(_same_or_initial(*pair) for pair in zip(one[1:], other[1:], strict=False))


def _same_or_initial(one: str, other: str) -> bool:
    if same(one, other):
        return True
    short, long = sorted((one.rstrip("."), other.rstrip(".")), key=len)
    return len(short) == 1 and any(form.startswith(short.upper()) for form in forms(long))


def contradicts(claim: Claim, candidate: Candidate) -> bool:
    """The middle names or the suffixes say that these are two people. One that is missing says nothing."""
    suffixes = {
        suffix_of(suffix) or without_suffix(family)[1]
        for family, suffix in (
            (claim.family_name, claim.suffix),
            (candidate.family_name, candidate.suffix),
        )
    }
    if len(suffixes - {""}) > 1:
        return True
    if not same(claim.given_name or "", candidate.given_name):
        return False  # given_agrees has compared the middle names with the given names
    claimed, recorded = words(claim.middle_name), words(candidate.middle_name)
    if all(_same_or_initial(*pair) for pair in zip(claimed, recorded, strict=False)):
        return False
    joined_differ = not same(claim.middle_name, candidate.middle_name)
    return joined_differ and not _is_cut(claim, "middle_name", claim.middle_name, candidate.middle_name)


def _is_cut(claim: Claim, field: str, printed: str, full: str) -> bool:
    if claim.source is Source.LICENCE and (field in claim.truncated or len(printed) >= _FULL):
        return is_aamva_cut_of(printed, full)
    if claim.source is Source.TRAVEL_DOCUMENT and field == "given_name" and field in claim.truncated:
        return is_mrz_cut_of(printed, full)
    return False
