"""The second opinion names what may be shown, and can never move anything."""

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.second_opinion import second_opinion
from core.intake.acts.types import MOVING, ActKind
from core.intake.reading import Role


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "message", ["paid", "accept", "deliver it", "cancel", "cash", "xyz", "", "5 kg", "हो"]
)
def test_no_opinion_is_ever_about_something_that_moves(message: str, role: Role) -> None:
    assert second_opinion(message, role=role) not in MOVING


def test_a_question_that_no_rule_knows_is_probably_about_something() -> None:
    (act,) = read_acts("still waiting for my goods", role=Role.RETAILER)

    assert (act.kind, act.is_certain, act.moves) == (ActKind.STATUS, False, False)


def test_words_that_may_be_goods_stay_for_the_order_reader() -> None:
    assert [act.kind for act in read_acts("some wheel powder", role=Role.RETAILER)] == [ActKind.UNREAD]
