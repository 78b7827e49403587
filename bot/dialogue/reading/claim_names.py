"""Which of the listed claims a word names: by its place in the list, its sum, its reference, its shop or somebody there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.identity import reference_key
from core.money import Money, rupees

SUM = re.compile(r"\d{1,3}(?:,\d{2,3})+|\d+(?:\.\d{1,2})?")
_LIST_OF_NUMBERS = re.compile(r"\d{1,2}(?:,\d{1,2})+")
_SPAN_OF_NUMBERS = re.compile(r"(\d{1,2})[-–](\d{1,2})")
_AFTER_REF = re.compile(r"ref[-:#]?([0-9a-z-]+)$", re.IGNORECASE)
_ORDINALS = (
    {"first", "1st", "pahilo", "pailo", "pahila", "paila", "पहिलो", "पहिला"},
    {"second", "2nd", "dosro", "doshro", "दोस्रो", "दोश्रो"},
    {"third", "3rd", "tesro", "teshro", "तेस्रो", "तेश्रो"},
    {"fourth", "4th", "chautho", "चौथो"},
    {"fifth", "5th", "pachau", "pachaun", "pachoun", "panchau", "पाँचौं", "पाचौं"},
)
_OF_IT = ("ko", "को")
_SHORTEST_NAME = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedClaim:
    """A claim as the list showed it; its number is its place, from 1."""

    claim_id: int
    retailer_id: int
    shop_name: str
    # Names of the shop's people.
    people: tuple[str, ...] = ()
    amount: Money
    reference_key: str | None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(word for name in (self.shop_name, *self.people) for word in name.casefold().split())


class NamedBy(StrEnum):
    PLACE = "place"
    SUM = "sum"
    REFERENCE = "reference"
    SHOP = "shop"


def named(
    word: str, listed: Sequence[ListedClaim], *, has_numbers: bool
) -> tuple[NamedBy, tuple[int, ...]] | None:
    """The claims that the word names and by what. None when it names none, or could be one of several."""
    if numbers := _places(word):
        is_in_list = has_numbers and all(0 < number <= len(listed) for number in numbers)
        return (NamedBy.PLACE, tuple(listed[n - 1].claim_id for n in numbers)) if is_in_list else None
    if SUM.fullmatch(word):
        return _by_number(word, listed, has_numbers=has_numbers)
    key = reference_key(word)
    bare = _AFTER_REF.match(word)
    fitting = [claim for claim in listed if key is not None and claim.reference_key == key]
    # "REF500" for the reference 500.
    fitting = fitting or [
        claim for claim in listed if bare is not None and claim.reference_key == reference_key(bare[1])
    ]
    if len(fitting) == 1:
        return NamedBy.REFERENCE, (fitting[0].claim_id,)
    of_shop = [claim for claim in listed if is_name(word, listed) and word.casefold() in claim.names]
    return (NamedBy.SHOP, (of_shop[0].claim_id,)) if len(of_shop) == 1 else None


def is_name(word: str, listed: Sequence[ListedClaim]) -> bool:
    """Whether the word names one of these shops and no other of the list."""
    said = word.casefold()
    if len(said) < _SHORTEST_NAME:
        return False
    return len({claim.retailer_id for claim in listed if said in claim.names}) == 1


def claims_of_named_shop(listed: Sequence[ListedClaim], words: Sequence[str]) -> list[ListedClaim]:
    """The claims of the one shop that the words name."""
    shops = {
        claim.retailer_id
        for word in words
        if is_name(word, listed)
        for claim in listed
        if word.casefold() in claim.names
    }
    return [claim for claim in listed if len(shops) == 1 and claim.retailer_id in shops]


def is_its_sum(word: str, claim: ListedClaim) -> bool:
    return bool(SUM.fullmatch(word)) and rupees(word.replace(",", "")) == claim.amount


def _places(word: str) -> list[int]:
    """The places that "1,3", "2-4", "tesro" or "pahiloko" name."""
    if _LIST_OF_NUMBERS.fullmatch(word):
        return [int(number) for number in word.split(",")]
    if spanned := _SPAN_OF_NUMBERS.fullmatch(word):
        return list(range(int(spanned[1]), int(spanned[2]) + 1))
    said = word.casefold()
    whole = next((said.removesuffix(ending) for ending in _OF_IT if said.endswith(ending)), said)
    return [place for place, names in enumerate(_ORDINALS, start=1) if {said, whole} & names]


def _by_number(
    word: str, listed: Sequence[ListedClaim], *, has_numbers: bool
) -> tuple[NamedBy, tuple[int, ...]] | None:
    """A place in the list, else the one claim of that amount, else the one with that reference."""
    if has_numbers and word.isdigit() and 0 < int(word) <= len(listed):
        return NamedBy.PLACE, (listed[int(word) - 1].claim_id,)
    if not has_numbers and len(listed) == 1:
        return None
    amount = rupees(word.replace(",", ""))
    if of_sum := [claim for claim in listed if claim.amount == amount]:
        return (NamedBy.SUM, (of_sum[0].claim_id,)) if len(of_sum) == 1 else None
    of_reference = [claim for claim in listed if claim.reference_key == reference_key(word)]
    return (NamedBy.REFERENCE, (of_reference[0].claim_id,)) if len(of_reference) == 1 else None
