"""Who somebody says they are, and who is expected. Pure values.

A claim is data entry, from whatever source: it proves nothing by itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.identity.documents import HealthCard, Licence, Personal, TravelDocument


class Source(StrEnum):
    """Where a claim comes from: it decides how a name may have been cut."""

    TYPED = "typed"
    LICENCE = "licence"
    TRAVEL_DOCUMENT = "travel_document"
    HEALTH_CARD = "health_card"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claim(Personal):
    """What a person says, or a document says of them. `given_name` None: it was not asked for.

    `truncated` names the fields (`family_name`, `given_name`, `middle_name`) that the source cut.
    """

    family_name: str
    given_name: str | None = None
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None
    truncated: frozenset[str] = frozenset()
    source: Source = Source.TYPED

    @classmethod
    def typed(cls, family_name: str, birth_date: date | None, given_name: str | None = None) -> "Claim":
        """What a person typed at the kiosk."""
        return cls(family_name=family_name, given_name=given_name, birth_date=birth_date)

    @classmethod
    def of(cls, candidate: "Candidate", birth_date: date | None) -> "Claim":
        """Who holds this patient's letter: it says the name, they say the birth date."""
        return cls(
            family_name=candidate.family_name,
            given_name=candidate.given_name,
            middle_name=candidate.middle_name,
            suffix=candidate.suffix,
            birth_date=birth_date,
        )

    @classmethod
    def from_licence(cls, licence: Licence) -> "Claim":
        """What a licence says."""
        return cls(
            family_name=licence.family_name,
            given_name=licence.given_name,
            middle_name=licence.middle_name,
            suffix=licence.suffix,
            birth_date=licence.birth_date,
            truncated=licence.truncated,
            source=Source.LICENCE,
        )

    @classmethod
    def from_travel_document(cls, document: TravelDocument) -> "Claim":
        """What a machine-readable zone says: all given names are in one field."""
        return cls(
            family_name=document.family_name,
            given_name=document.given_name,
            birth_date=document.birth_date,
            truncated=document.truncated,
            source=Source.TRAVEL_DOCUMENT,
        )

    @classmethod
    def from_health_card(cls, card: HealthCard) -> "Claim":
        """What an insurance card says, whether verified or not: it is data entry either way."""
        return cls(
            family_name=card.family_name,
            given_name=card.given_name,
            birth_date=card.birth_date,
            source=Source.HEALTH_CARD,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Candidate(Personal):
    """An expected patient and the aware instant they are expected.

    `key` is the caller's own and tells people apart: two candidates of one key are one person with two slots.
    `previous_family_names` are those on record, e.g. before marriage.
    """

    key: object
    family_name: str
    given_name: str
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None
    slot: datetime
    previous_family_names: tuple[str, ...] = ()
