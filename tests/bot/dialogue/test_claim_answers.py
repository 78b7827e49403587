"""What a wholesaler answers to the list of payments that wait for its word."""

import pytest

from bot.dialogue.reading.claim_answers import ListedClaim, read_claim_answers
from core.money import rupees

LISTED = [
    ListedClaim(claim_id=11, shop_name="Asha Kirana", amount=rupees(500), reference_key="kt77z1"),
    ListedClaim(claim_id=12, shop_name="Maya Kirana Pasal", amount=rupees(2000), reference_key=None),
    ListedClaim(claim_id=13, shop_name="Bina Store", amount=rupees(12500), reference_key="5kd92"),
]


@pytest.mark.parametrize(
    ("words", "received", "missing"),
    [
        ("1 ra 3 aayo", {11, 13}, set()),
        ("1,3 aayo 2 aayena", {11, 13}, {12}),
        ("1, 3 aayo, 2 aayena", {11, 13}, {12}),
        ("१ र ३ आयो, २ आएन", {11, 13}, {12}),
        ("1 cha 2 chaina", {11}, {12}),
        ("received 1 and 3", {11, 13}, set()),
        ("1 not received 2 not received 3 received", {13}, {11, 12}),
        ("2 haven't received", set(), {12}),
        ("sabai aayo", {11, 12, 13}, set()),
        ("all received", {11, 12, 13}, set()),
        ("asha ko aayo, maya ko aayena", {11}, {12}),
        ("2000 wala aayo", {12}, set()),
        ("12,500 aayo baki aayena", {13}, {11, 12}),
        ("KT77Z1 bhetyo, arko chaina", {11}, {12, 13}),
        ("bina bata 12500 aayo", {13}, set()),
        ("1 aayo\n2 aayo\n3 aayena", {11, 12}, {13}),
    ],
)
def test_each_claim_is_judged_by_its_number_amount_reference_or_shop(words, received, missing):
    read = read_claim_answers(words, LISTED)

    assert (set(read.received), set(read.missing), read.left) == (received, missing, ())


def test_what_is_not_understood_is_kept_beside_what_is():
    read = read_claim_answers("1 aayo, 2 aayena, 3 herdai chu", LISTED)

    assert (read.received, read.missing, read.left) == ((11,), (12,), ("3 herdai chu",))


@pytest.mark.parametrize(
    "words", ["1 aayo?", "chini 95", "kirana ko aayo", "4 aayo", "700 aayo", "aayo", "namaste", "1 ra 2", ""]
)
def test_nothing_is_judged_without_a_claim_and_a_word_for_it(words):
    assert read_claim_answers(words, LISTED) is None
