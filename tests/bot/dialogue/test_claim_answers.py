"""What a wholesaler answers to the list of payments that wait for its word."""

from itertools import product

import pytest

from bot.dialogue.reading.claim_answers import ListedClaim, read_claim_answers
from bot.dialogue.reading.claim_words import STEMS, Said, said_by
from core.intake.acts.verbs import Tense, forms
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


# Every way in which money is said to have come, or not to have come, generated: stems × tenses × spellings × denials × places.

_REGULAR = sorted(
    {
        (form, denies)
        for stem, conjugation in STEMS
        for form, tense, denies in forms(stem, conjugation)
        if tense is Tense.PAST and said_by(form) is not None
    }
)
_WHOLE = [form for form, denies in _REGULAR if not denies and said_by(form) is Said.CAME]
_FUSED = [form for form, denies in _REGULAR if denies]
_PARTICIPLES = [form for form, denies in _REGULAR if said_by(form) is Said.HAVING_COME] + [
    "aako", "aa'ko", "आको", "आएको", "पाएको", "भेटेको", "भेटिएको", "मिलेको", "पुगेको", "receive bhako", "clear bhaeko", "aa ko", "aaye ko",
]  # fmt: skip
_NOT_BEHIND = [
    "chaina", "chhaina", "xaina", "chainan", "chhainan", "छैन", "छैनन्", "hoina", "haina", "होइन", "CHAINA", "nahi",
]  # fmt: skip
_NOT_BEFORE = ["not", "never", "haven't", "havent", "hasn't", "didn't", "not yet", "have not", "nahi"]
_IN_ENGLISH = ["received", "recieved", "got", "come", "came", "arrived"]
_DENIED = [
    *_FUSED,
    *(f"{participle} {no}" for participle, no in product(_PARTICIPLES, _NOT_BEHIND)),
    *(f"{participle} {small} chaina" for participle, small in product(_PARTICIPLES[:9], ("pani", "ta", "ni"))),
    *(f"{no} {verb}" for no, verb in product(_NOT_BEFORE, _IN_ENGLISH)),
    "ajhai aako chaina", "ahile samma aako chaina", "अझै आएको छैन", "आएन", "पाइएन", "भेटिएन", "मिलेन", "पुगेन", "not yet", "missing", "छैन", "chaina",
    "aaya nahi", "mila nahi", "nahi mila", "receive bhayena", "❌", "no", "हैन",
]  # fmt: skip
_CAME = [
    *_WHOLE,
    *(participle for participle in _PARTICIPLES if not participle.endswith(" ko")),
    *(f"{participle} {yes}" for participle, yes in product(_PARTICIPLES, ("cha", "chha", "xa", "छ"))),
    "आयो", "पाएँ", "पाइयो", "भेटियो", "मिल्यो", "पुग्यो", "received", "came", "mil gaya", "✅", "yes", "हो", "ho aayo", "receive bhayo", "clear bhayo",
]  # fmt: skip
# With {} for what is said, and which of claims 11, 12, 13 it is said of. What is said of the others stands in the text.
_PLACES = [
    ("2 {}", {12}, set(), set()),
    ("{}: 2", {12}, set(), set()),
    ("1 aayo, 2 {}", {12}, {11}, set()),
    ("2 {}, 1 aayo", {12}, {11}, set()),
    ("1 aayo, 2 {}, 3 aako chaina", {12}, {11}, {13}),
    ("1 aayena, 2 {}", {12}, set(), {11}),
    ("1 aayena, aru {}", {12, 13}, set(), {11}),
    ("1 aayo, aru {}", {12, 13}, {11}, set()),
    ("pailako paisa aayo, aru {}", {12, 13}, {11}, set()),
    ("aru {}, pahilo aayo", {12, 13}, {11}, set()),
    ("२ {} ३ आयो", {12}, {13}, set()),
    ("maya ko paisa {}; 1 aako chaina", {12}, set(), {11}),
    ("2 ra 3 {}\n1 aayo", {12, 13}, {11}, set()),
    ("sabai {}", {11, 12, 13}, set(), set()),
    ("KT77Z1 {}, 12,500 aayo", {11}, {13}, set()),
    ("hoina, 2 {}", {12}, set(), set()),
    ("huncha 2 {}", {12}, set(), set()),
    ("1 aako chaina 2 {} 3 aayo", {12}, {13}, {11}),
]
# At the side of these words a denial could be of either; then nothing is read, which is safe.
_MUST_BE_READ = ("2 {}", "1 aayo, 2 {}", "2 {}, 1 aayo", "aru {}, pahilo aayo", "pailako paisa aayo, aru {}")


@pytest.mark.parametrize(("place", "about", "others", "denied"), _PLACES)
def test_a_denied_claim_is_never_received_and_one_that_came_never_rejected(place, about, others, denied):
    """In every spelling and place the verdict is the one that was said, or none."""
    wrong, unread = [], []
    for said, came in [*((words, True) for words in _CAME), *((words, False) for words in _DENIED)]:
        text = place.format(said)
        read = read_claim_answers(text, LISTED)
        received = set() if read is None else set(read.received)
        missing = set() if read is None else set(read.missing)
        may_be_received = others | (about if came else set())
        may_be_missing = denied | (set() if came else about)
        if not (received <= may_be_received and missing <= may_be_missing):
            wrong.append((text, received, missing))
        if not about <= received | missing:
            unread.append(text)

    assert wrong == []
    assert place not in _MUST_BE_READ or unread == []


@pytest.mark.parametrize(
    ("words", "received", "missing"),
    [
        ("first one received second not yet", {11}, {12}),
        ("haven't received 1 yet", set(), {11}),
        ("Received:\n1\n3\nNot received:\n2", {11, 13}, {12}),
        ("received 1, 3, not 2", {11, 13}, {12}),
        ("ref no KT77Z1 aayo", {11}, set()),
        ("1 no ko aayo 2 no ko aayena", {11}, {12}),
        ("no. 1 aayo, no. 2 aayena", {11}, {12}),
        ("yes 1 no 2", {11}, {12}),
        ("1 yes 2 no 3 yes", {11, 13}, {12}),
        ("1 ra 2 duitai aayo", {11, 12}, set()),
        ("asha ko sabai aayo", {11}, set()),
        ("2 aayena, sabai aayo", {11, 13}, {12}),
        ("sabai aayo, 2 bahek", {11, 13}, {12}),
        ("aru aayo, 1 herdai chu", {12, 13}, set()),
        ("1 aayo, baki cha", {11}, set()),
        ("3 bhetiyeko chaina aru sabai aayo", {11, 12}, {13}),
    ],
)
def test_what_stands_around_a_verdict_keeps_it(words, received, missing):
    read = read_claim_answers(words, LISTED)

    assert (set(read.received), set(read.missing)) == (received, missing)


@pytest.mark.parametrize(
    "words",
    [
        "1 aayo hoina",
        "2 nai aaya",
        "ok 1 aayena 2",
        "duitai aayo",
        "kehi aayo",
        "2 baki cha",
        "none missing",
        "not missing 1",
        "2 ma 12500 aayo",
        "asha ko 2000 aayo",
        "1 aayo chaina 2",
        "2 aauna baki cha",
        "2 aayo, 2 aayena",
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(words):
    assert read_claim_answers(words, LISTED) is None
