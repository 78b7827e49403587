"""What is denied, asked, planned, conditional, wished, still due or told by others moves nothing; what is done or commanded does."""

from collections import Counter

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.types import MOVING, Act, ActKind
from core.intake.reading import Role
from tests.unit.intake.acts.generated import Sentence, sentences

EACH = 8  # the whole grammar is read by `make fuzz-acts`
# A denial may be an act of its own: "paisa aayena" rejects a claim, "1001 hudaina" declines an offer, "order napathaunus" gives up an order.
ACTS_OF_DENIAL = frozenset({ActKind.REJECT_PAYMENT, ActKind.DECLINE, ActKind.CANCEL})


def moving(sentence: Sentence) -> list[Act]:
    return [act for act in read_acts(sentence.text, role=sentence.role) if act.moves and act.kind in MOVING]


@pytest.fixture(scope="module")
def generated() -> list[Sentence]:
    return list(sentences())[::EACH]


def test_no_sentence_that_is_not_affirmed_moves_anything(generated: list[Sentence]) -> None:
    others = [sentence for sentence in generated if not sentence.may_move]

    moved = [
        sentence
        for sentence in others
        if [act for act in moving(sentence) if sentence.mood != "denied" or act.kind not in ACTS_OF_DENIAL]
    ]

    assert len(others) >= 5_000
    assert set(Counter(sentence.language for sentence in others)) == {"en", "ne", "ne-Latn", "hi"}
    assert moved == []


def test_ordinary_wordings_of_what_is_done_or_commanded_do_move(generated: list[Sentence]) -> None:
    affirmed = [sentence for sentence in generated if sentence.may_move]

    understood = [sentence for sentence in affirmed if moving(sentence)]

    assert len(understood) >= 0.97 * len(affirmed)


@pytest.mark.parametrize(
    ("message", "role"),
    [
        ("paid 5²00 esewa ref A1", Role.RETAILER),
        ("paid 5000² esewa ref A12", Role.RETAILER),
        ("paid ²000 esewa", Role.RETAILER),
        ("₅₀₀₀ paid esewa", Role.RETAILER),
        ("5000¹ tireko", Role.RETAILER),
        ("1042² accept", Role.VENDOR),
        ("accept ¹042", Role.VENDOR),
        ("1042 pathaye, 1043² pathaye", Role.VENDOR),
        ("paisa aayo 5000³", Role.VENDOR),
        ("1042 delivered 04821²", Role.VENDOR),
    ],
)
def test_no_raised_figure_moves_money_or_goods(message: str, role: Role) -> None:
    assert not any(act.moves for act in read_acts(message, role=role))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "message",
    [
        "",
        " ",
        "\n",
        "?",
        "!!!!",
        "\u200b",
        "\x00",
        "9" * 5000,
        "1," * 3000,
        "- " * 1000,
        "हो" * 4000,
        "a" * 16_000,
        "04821 " * 2000,
        "1001 pathaye, " * 1000,
        "ref " * 4000,
    ],
)
def test_any_text_is_read_without_an_error_and_every_act_quotes_the_message(message: str, role: Role) -> None:
    for act in read_acts(message, role=role):
        assert act.text == message[act.start : act.end]
