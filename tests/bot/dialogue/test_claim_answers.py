"""What a wholesaler answers to the list of payments that wait for its word."""

import pytest

from bot.dialogue.reading.claim_answers import ListedClaim, read_claim_answers
from core.money import rupees

LISTED = [
    ListedClaim(
        claim_id=11, retailer_id=1, shop_name="Asha Kirana", amount=rupees(500), reference_key="kt77z1"
    ),
    ListedClaim(
        claim_id=12,
        retailer_id=2,
        shop_name="Maya Kirana Pasal",
        people=("Sunita Rai",),
        amount=rupees(2000),
        reference_key=None,
    ),
    ListedClaim(
        claim_id=13, retailer_id=3, shop_name="Bina Store", amount=rupees(12500), reference_key="5kd92"
    ),
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
        ("sunita ko aayo", {12}, set()),
        ("2 bahek sabai aayo", {11, 13}, {12}),
        ("all except 2 came", {11, 13}, {12}),
        ("sabai aayo 2 bahek", {11, 13}, {12}),
        ("kehi aayena", set(), {11, 12, 13}),
        ("none came", set(), {11, 12, 13}),
        ("1-2 aayo 3 aayena", {11, 12}, {13}),
        ("pahilo ra tesro aayo", {11, 13}, set()),
        ("ref-KT77Z1 pugyo, aru pugena", {11}, {12, 13}),
        ("1 ✅ 2 ❌", {11}, {12}),
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


def test_a_clause_with_another_sum_judges_nothing():
    read = read_claim_answers("1 aayo 400 matra, 2 aayo", LISTED)

    assert (read.received, read.missing, read.left) == ((12,), (), ("1 aayo 400 matra",))


@pytest.mark.parametrize(
    ("words", "received"),
    [
        ("asha ko duitai aayo", {11, 14}),
        ("asha ko sabai aayo", {11, 14}),
        ("asha ko 500 aayo", {11}),
        ("asha ko aayo", None),
    ],
)
def test_a_name_of_several_claims_names_them_only_with_both_or_all(words, received):
    again = ListedClaim(
        claim_id=14, retailer_id=1, shop_name="Asha Kirana", amount=rupees(300), reference_key="zz1"
    )

    read = read_claim_answers(words, [*LISTED, again])

    assert (None if read is None else set(read.received)) == received


@pytest.mark.parametrize(
    ("words", "received", "missing"),
    [
        ("asha ko aayo", {11}, set()),
        ("KT77Z1 bhetyo", {11}, set()),
        ("asha ko 500 aayena", set(), {11}),
        ("asha bata 500 aayo", {11}, set()),
    ],
)
def test_a_claim_by_itself_is_named_by_its_shop_or_reference(words, received, missing):
    read = read_claim_answers(words, LISTED[:1], has_numbers=False)

    assert (set(read.received), set(read.missing)) == (received, missing)


@pytest.mark.parametrize("words", ["1 aayo", "500 aayo", "sabai aayo", "maya ko aayo", "asha ko 400 aayo"])
def test_a_claim_by_itself_has_no_number(words):
    assert read_claim_answers(words, LISTED[:1], has_numbers=False) is None
