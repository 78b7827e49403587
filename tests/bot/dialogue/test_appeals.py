"""A shop objects to its score or a block: a person looks, and the answer comes into the chat."""

import pytest
from sqlalchemy import select

from core.actor import Actor, ActorKind, Via
from core.alerts.kinds import AlertKind, AlertState
from core.alerts.models import Alert
from core.refs import UserId
from core.risk.errors import AppealAnsweredBefore
from core.risk.models import RiskAppeal
from core.risk.service import appeals
from tests.bot.stage import address_of

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.API, user_id=UserId(1))


def alerts(stage):
    with stage.database.transaction() as session:
        return [alert.state for alert in session.scalars(select(Alert).where(Alert.kind == AlertKind.APPEAL))]


def test_an_objection_goes_to_a_person_once_and_the_answer_is_told(stage):
    (first,) = stage.write("asha", "mero score galat cha, mangsir ma tireko thiye")
    (second,) = stage.write("asha", "appeal cheque ta clear bhako ho")
    assert ("passed this on" in first.message.text, "added that" in second.message.text) == (True, True)
    assert alerts(stage) == [AlertState.OPEN]

    with stage.database.transaction() as session:
        (made,) = session.scalars(select(RiskAppeal))
        assert "mangsir ma tireko" in made.words
        assert "cheque ta clear" in made.words
        appeals.answer_appeal(
            session, made.id, answer="The cheque was counted late.", actor=ADMIN, now=stage.now
        )
    (told,) = stage.follow()

    assert (told.to, "The cheque was counted late." in told.message.text) == (address_of("asha"), True)
    assert alerts(stage) == [AlertState.RESOLVED]
    with stage.database.transaction() as session, pytest.raises(AppealAnsweredBefore):
        appeals.answer_appeal(session, made.id, answer="Again.", actor=ADMIN, now=stage.now)


@pytest.mark.parametrize(
    "words", ["score milena", "my score is wrong", "स्कोर मिलेन", "mero credit galat block bhayo", "appeal"]
)
def test_many_words_object(stage, words):
    stage.write("asha", words)

    assert alerts(stage) == [AlertState.OPEN]


@pytest.mark.parametrize("words", ["mero score kati", "kina block bhayo?", "wai wai galat aayo"])
def test_a_question_or_wrong_goods_are_no_objection(stage, words):
    stage.write("asha", words)

    assert alerts(stage) == []
