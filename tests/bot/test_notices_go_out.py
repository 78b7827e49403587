"""An answer never waits behind a notice, and no notice behind another."""

from itertools import product

import pytest

import core.models  # noqa: F401 - the whole mapping
from bot.channels.types import Failure, Later, SendRefused, Sent, Unknown
from core import events
from core.messaging.models import OutboundStatus

from .office import Office

S = OutboundStatus
UNAPPROVED = SendRefused(code=None, failure=Failure.CONFIG, permanent=False, detail="not approved")
BUSY = Later(code=20429, failure=Failure.BUSY, retry_after_seconds=5)
LIMIT = Later(code=63018, failure=Failure.BUSY, retry_after_seconds=6 * 3600)
GONE = SendRefused(code=63024, failure=Failure.BAD_RECIPIENT, permanent=True)
YES = [{"id": "t:yes", "title": "Accept", "description": ""}]


@pytest.fixture
def office(database, session):
    return Office(database, session)


@pytest.fixture
def silent(office):
    """Somebody who wrote two days ago."""
    office.pass_time(days=2)
    return office


@pytest.mark.parametrize("trouble", [UNAPPROVED, BUSY, LIMIT, GONE, Unknown(reason="ReadTimeout")])
def test_answer_goes_out_at_once_whatever_became_of_a_notice(silent, trouble):
    silent.provider.script = [trouble]
    silent.notify("A new order")
    silent.work()
    silent.receive()
    silent.queue("Namaste")

    silent.work()

    assert silent.provider.texts[:2] == ["A new order", "Namaste"]


def test_notice_that_must_wait_holds_back_no_other(silent):
    silent.provider.script = [UNAPPROVED]
    silent.notify("first", offer=1)
    silent.notify("second", offer=2)

    silent.work()

    assert silent.provider.texts == ["first", "second"]
    assert silent.statuses() == [S.LATER, S.SENT]


def test_what_waited_is_told_in_one_text_when_the_person_writes(silent):
    silent.provider.script = [UNAPPROVED] * 3
    silent.notify("You are approved", offer=1)
    silent.notify("Rs. 500 received", offer=2)
    offer = silent.notify("A new order", offer=3, content={"buttons": YES})
    silent.work()
    silent.provider.sends.clear()

    silent.write()
    silent.queue("Namaste")
    silent.work()
    silent.pass_time(seconds=2)
    silent.work()

    assert silent.provider.texts == ["Namaste", "You are approved\n\nRs. 500 received\n\nA new order"]
    message = silent.provider.sends[-1][1]
    assert (message.template, [button.title for button in message.buttons]) == (None, ["Accept"])
    assert silent.statuses() == [S.CANCELED, S.CANCELED, S.SENT, S.SENT]
    assert [silent.find(offer - 2).carried_by, silent.find(offer - 1).carried_by] == [offer, offer]


def test_two_questions_are_never_in_one_message(silent):
    silent.provider.script = [UNAPPROVED] * 2
    silent.notify("first order", offer=1, content={"buttons": YES})
    silent.notify("second order", offer=2, content={"buttons": YES})
    silent.work()
    silent.provider.sends.clear()

    silent.write()
    silent.work()

    assert silent.provider.texts == ["first order", "second order"]


def test_what_would_be_too_long_for_one_message_goes_out_in_two(silent):
    silent.provider.script = [UNAPPROVED] * 3
    texts = ["a" * 700, "b" * 700, "c" * 700]
    for number, body in enumerate(texts):
        silent.notify(body, offer=number)
    silent.work()
    silent.provider.sends.clear()

    silent.write()
    silent.work()

    assert silent.provider.texts == ["\n\n".join(texts[:2]), texts[2]]


def test_notice_without_a_template_waits_until_the_person_writes(silent):
    silent.notify("Rs. 500 received", template=None)

    silent.work()
    assert (silent.provider.texts, silent.statuses()) == ([], [S.LATER])
    silent.write()
    silent.work()

    assert (silent.provider.texts, silent.statuses()) == (["Rs. 500 received"], [S.SENT])


def test_notice_that_the_template_could_not_take_out_goes_as_text_when_the_person_writes(office):
    closed = SendRefused(code=63016, failure=Failure.WINDOW_CLOSED, permanent=True)
    office.provider.script = [closed, UNAPPROVED]
    office.notify("A new order")
    office.work()
    assert [message.template is not None for _, message, _ in office.provider.sends] == [False, True]

    office.write()
    office.work()

    assert office.provider.sends[-1][1].template is None
    assert office.statuses() == [S.SENT]


def test_notice_that_lost_its_meaning_is_dropped_with_the_reason(silent):
    silent.provider.script = [UNAPPROVED] * 2
    lapsed, open_ = silent.notify("lapsed", offer=1), silent.notify("open", offer=2)
    silent.work()
    silent.provider.sends.clear()

    silent.over[1] = "offer_lapsed"
    silent.write()
    silent.work()

    assert silent.provider.texts == ["open"]
    assert (silent.find(lapsed).status, silent.find(lapsed).error_code) == (S.CANCELED, "offer_lapsed")
    assert silent.find(open_).status is S.SENT


def test_notice_is_not_told_after_three_days(silent):
    silent.provider.script = [UNAPPROVED] * 50
    old = silent.notify("A new order")
    for _ in range(20):
        silent.work()
        silent.pass_time(hours=6)

    assert (silent.find(old).status, silent.find(old).error_code) == (S.CANCELED, "too_old")


def test_undelivered_notice_is_a_fact_after_ten_minutes_and_only_once(silent):
    silent.provider.script = [UNAPPROVED, GONE]
    event_id = silent.happen(events.OfferOpened(offer_id=5, order_id=7, vendor_id=3))
    silent.notify("to the owner", event_id=event_id)
    silent.notify("to the helper", event_id=event_id)
    silent.work()

    silent.pass_time(minutes=9)
    silent.sweep()
    assert silent.recorded(events.NoticeUndelivered) == []
    silent.pass_time(minutes=1)
    silent.sweep()
    silent.sweep()

    assert silent.recorded(events.NoticeUndelivered) == [
        {
            "cause": "OfferOpened",
            "cause_id": event_id,
            "reason": "63024",
            "offer_id": 5,
            "order_id": 7,
            "vendor_id": 3,
            "retailer_id": None,
        }
    ]


def test_notice_that_reached_one_of_two_people_is_not_undelivered(silent):
    silent.provider.script = [GONE]
    event_id = silent.happen(events.OfferOpened(offer_id=5, order_id=7, vendor_id=3))
    silent.notify("to the owner", event_id=event_id)
    silent.notify("to the helper", event_id=event_id)
    silent.work()

    silent.pass_time(minutes=11)
    silent.sweep()

    assert silent.recorded(events.NoticeUndelivered) == []


OUTCOMES = {
    "sent": lambda: Sent(provider_message_id=""),
    "busy": lambda: BUSY,
    "limit": lambda: LIMIT,
    "unapproved": lambda: UNAPPROVED,
    "gone": lambda: GONE,
    "unknown": lambda: Unknown(reason="HTTP 500"),
}


@pytest.mark.parametrize(("first", "second"), list(product(OUTCOMES, OUTCOMES)))
def test_whatever_the_provider_says_answers_keep_their_order_and_nothing_goes_twice(silent, first, second):
    outcomes = [OUTCOMES[first](), OUTCOMES[second]()]
    silent.provider.script = [one for one in outcomes if not isinstance(one, Sent)]
    silent.notify("notice 1", offer=1)
    silent.notify("notice 2", offer=2)
    silent.work()
    silent.write()
    silent.queue("answer 1")
    silent.queue("answer 2")
    silent.work()
    answers = [text for text in silent.provider.texts if text.startswith("answer")]

    for _ in range(3):
        silent.pass_time(hours=7)
        silent.sweep()
        silent.work()

    assert answers == ["answer 1", "answer 2"]
    statuses = silent.statuses()
    assert statuses[2:] == [S.SENT, S.SENT]
    assert set(statuses[:2]) <= {S.SENT, S.FAILED, S.CANCELED}
    refs = [ref for _, _, ref in silent.provider.sends]
    assert len(refs) == len(set(refs))
