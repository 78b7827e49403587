"""An answer never waits behind a notice, and no notice behind another."""

from itertools import product

import pytest

import core.models  # noqa: F401 - the whole mapping
from bot import sending
from bot.channels.types import (
    DeliveryStatus,
    Failure,
    Later,
    SendRefused,
    Sent,
    StatusUpdate,
    Unknown,
)
from core import events
from core.db.clock import business_now
from core.messaging.models import OutboundStatus

from .office import TEMPLATE, Office

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


CLOSED = SendRefused(code=63016, failure=Failure.WINDOW_CLOSED, permanent=True)
OPTED_OUT = SendRefused(code=21610, failure=Failure.OPTED_OUT, permanent=True)
LOST = Unknown(reason="ReadTimeout")


def gathered(office, *, template=TEMPLATE):
    """Two notices that left in the text of a third, which was sent and not yet reported; their events."""
    happened = [
        office.happen(events.OfferOpened(offer_id=number, order_id=7, vendor_id=3)) for number in (1, 2, 3)
    ]
    for number, event_id in enumerate(happened, start=1):
        office.notify(f"notice {number}", event_id=event_id, template=template)
    office.work()
    assert office.provider.texts == ["notice 1\n\nnotice 2\n\nnotice 3"]
    office.provider.sends.clear()
    return happened


def report(office, status, code):
    (ref,) = [f"{message_id}-1" for message_id in office.sent_ids()]
    with office.database.transaction() as session:
        update = StatusUpdate(
            provider_message_id=f"SM-{ref}", status=status, outbox_ref=ref, error_code=code, raw={}
        )
        sending.receive_status(session, update, now=business_now(session))


@pytest.mark.parametrize("is_reported", [False, True], ids=["answered", "reported"])
def test_what_was_gathered_goes_by_its_own_template_where_the_window_was_closed(office, is_reported):
    office.provider.script = [] if is_reported else [CLOSED]
    if is_reported:
        gathered(office)
        report(office, DeliveryStatus.UNDELIVERED, 63016)
    else:
        for number in (1, 2, 3):
            office.notify(f"notice {number}", offer=number)

    office.work()

    told = [message.text for _, message, _ in office.provider.sends if message.template]
    assert told == ["notice 1", "notice 2", "notice 3"]
    assert office.statuses() == [S.SENT] * 3


def test_what_was_gathered_and_has_no_template_waits_until_the_person_writes(office):
    gathered(office, template=None)
    report(office, DeliveryStatus.UNDELIVERED, 63016)

    office.work()
    assert (office.provider.texts, office.statuses()) == ([], [S.LATER] * 3)
    office.write()
    office.work()

    assert office.provider.texts == ["notice 1\n\nnotice 2\n\nnotice 3"]
    assert office.statuses() == [S.CANCELED, S.CANCELED, S.SENT]


@pytest.mark.parametrize(
    "trouble", [BUSY, LIMIT, UNAPPROVED, LOST], ids=["busy", "limit", "operator", "lost"]
)
def test_what_was_gathered_is_said_once_when_its_carrier_is_sent_again(office, trouble):
    office.provider.script = [trouble]
    for number in (1, 2, 3):
        office.notify(f"notice {number}", offer=number)
    office.work()
    assert len(office.provider.sends) == 1
    office.provider.sends.clear()

    office.over[1] = "offer_lapsed"
    office.pass_time(hours=7)
    office.work()

    assert office.provider.texts == ["notice 2\n\nnotice 3"]
    assert office.statuses() == [S.CANCELED, S.CANCELED, S.SENT]


def test_later_notice_joins_those_whose_carrier_failed(office):
    office.provider.script = [BUSY]
    office.notify("notice 1", offer=1)
    second = office.notify("notice 2", offer=2)
    office.work()
    third = office.notify("notice 3", offer=3)
    office.provider.script = [BUSY]
    office.pass_time(seconds=6)
    office.work()

    office.pass_time(seconds=6)
    office.work()

    assert office.provider.texts[-1] == "notice 1\n\nnotice 2\n\nnotice 3"
    assert office.find(second).carried_by == third


@pytest.mark.parametrize(
    ("script", "sends"), [([GONE] * 9, 3), ([OPTED_OUT] * 9, 3), ([LOST] * 9, 2), ([BUSY] * 99, 8)]
)
def test_what_was_gathered_is_counted_undelivered_when_it_fails_for_good(office, script, sends):
    office.provider.script = script
    happened = [
        office.happen(events.OfferOpened(offer_id=number, order_id=7, vendor_id=3)) for number in (1, 2, 3)
    ]
    for event_id in happened:
        office.notify("A new order", event_id=event_id)

    for _ in range(30):
        office.work()
        office.pass_time(seconds=40)
        office.sweep()

    assert sorted(event["cause_id"] for event in office.recorded(events.NoticeUndelivered)) == happened
    assert office.statuses() == [S.FAILED] * 3
    assert len(office.provider.sends) == sends


def test_what_was_gathered_into_a_text_that_was_read_is_not_undelivered(office):
    gathered(office)
    report(office, DeliveryStatus.READ, None)

    office.pass_time(minutes=11)
    office.sweep()

    assert office.recorded(events.NoticeUndelivered) == []


def test_notice_that_goes_by_its_template_takes_no_other_with_it(office):
    office.provider.script = [CLOSED, UNAPPROVED]
    office.notify("notice 1", offer=1)
    office.work()
    office.provider.sends.clear()

    office.notify("notice 2", offer=2)
    office.pass_time(minutes=16)
    office.work()

    assert sorted(office.provider.texts) == ["notice 1", "notice 2"]
    assert office.statuses() == [S.SENT, S.SENT]


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
