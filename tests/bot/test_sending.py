import datetime as dt

import pytest
from sqlalchemy import select

import core.models  # noqa: F401 - the whole mapping
from bot import sending
from bot.channels.console import ConsoleSender
from bot.channels.types import (
    DeliveryStatus,
    Failure,
    Later,
    SendRefused,
    StatusUpdate,
    Unknown,
)
from core.actor import SYSTEM
from core.db.clock import business_now
from core.events import PersonAsked
from core.jobs import schedule
from core.messaging import queries
from core.messaging import service as messaging
from core.messaging.models import InboundMessage, OutboundMessage, OutboundStatus
from core.outbox.models import Event, Job
from core.parties.models import Contact

from .office import ASHA, TEMPLATE, Office

BUSY = Later(code=20429, failure=Failure.BUSY, retry_after_seconds=5)
S = OutboundStatus


@pytest.fixture
def office(database, session):
    return Office(database, session)


def test_queued_messages_go_out_in_order_with_a_reference(office):
    first, second = office.queue("one"), office.queue("two")

    office.work()

    assert office.provider.texts == ["one", "two"]
    assert [(to, ref) for to, _, ref in office.provider.sends] == [
        (ASHA, f"{first}-1"),
        (ASHA, f"{second}-1"),
    ]
    sent = office.find(first)
    assert (sent.status, sent.provider_message_id, sent.attempts) == (S.SENT, f"SM-{first}-1", 1)
    assert office.work() == 0


def test_buttons_are_kept(office):
    buttons = [{"id": "t:yes", "title": "Yes", "description": ""}]
    office.queue("Order?", content={"buttons": buttons})

    office.work()

    ((_, message, _),) = office.provider.sends
    assert [button.title for button in message.buttons] == ["Yes"]


def test_busy_provider_is_tried_again_and_nothing_overtakes(office):
    office.provider.script = [BUSY]
    office.queue("one")
    office.queue("two")

    office.work()
    assert office.provider.texts == ["one"]
    assert office.statuses() == [S.LATER, S.QUEUED]
    office.pass_time(seconds=6)
    office.work()

    assert office.provider.texts == ["one", "one", "two"]
    assert office.statuses() == [S.SENT, S.SENT]


def test_provider_that_stays_busy_is_not_asked_for_ever(office):
    office.provider.script = [BUSY] * 50
    office.queue()

    for _ in range(20):
        office.work()
        office.pass_time(seconds=6)

    assert len(office.provider.sends) == sending.MOST_TRIES
    assert office.statuses() == [S.FAILED]


def test_permanent_refusal_ends_the_message_and_lets_the_next_go(office):
    office.provider.script = [SendRefused(code=63024, failure=Failure.BAD_RECIPIENT, permanent=True)]
    refused = office.queue("one")
    office.queue("two")

    office.work()

    assert office.statuses() == [S.FAILED, S.SENT]
    assert office.find(refused).error_code == "63024"


def test_refusal_that_an_operator_can_mend_waits_for_one(office):
    office.provider.script = [SendRefused(code=20003, failure=Failure.CONFIG, permanent=False)]
    office.queue()

    office.work()
    assert office.statuses() == [S.LATER]
    office.pass_time(minutes=15, seconds=1)
    office.work()

    assert office.statuses() == [S.SENT]


def test_person_who_opted_out_at_the_provider_is_opted_out_here(office):
    office.provider.script = [SendRefused(code=21610, failure=Failure.OPTED_OUT, permanent=True)]
    office.queue()

    office.work()

    assert office.session.scalars(select(Contact.opted_out_at)).one() is not None


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ([SendRefused(code=63024, failure=Failure.BAD_RECIPIENT, permanent=True)], ["unanswered"]),
        ([SendRefused(code=63016, failure=Failure.WINDOW_CLOSED, permanent=True)], ["unanswered"]),
        ([BUSY] * 50, ["unanswered"]),
        ([SendRefused(code=63013, failure=Failure.OUR_BUG, permanent=True)], ["unanswered"]),
        ([SendRefused(code=21610, failure=Failure.OPTED_OUT, permanent=True)], []),
    ],
)
def test_an_answer_that_failed_for_good_calls_a_person(office, session, script, asked):
    office.provider.script = script
    office.queue()

    for _ in range(8):
        office.work()
        office.pass_time(seconds=6)

    assert office.statuses() == [S.FAILED]
    events = session.scalars(select(Event).where(Event.name == PersonAsked.name())).all()
    assert [event.payload["reason"] for event in events] == asked


def test_an_answer_that_cannot_be_sent_at_all_calls_a_person(office):
    unreadable = office.queue("x", content={"buttons": [{"nope": 1}]})
    office.work()
    office.pass_time(hours=25)
    closed = office.queue("Good morning")
    office.work()

    assert [office.find(one).error_code for one in (unreadable, closed)] == ["unreadable", "window_closed"]
    assert [asked["reason"] for asked in office.recorded(PersonAsked)] == ["unanswered"] * 2


def test_an_answer_of_which_nobody_knows_whether_it_went_out_calls_a_person(office):
    office.provider.script = [Unknown(reason="HTTP 500")] * 3
    message_id = office.queue("Your code is 01234")
    office.work()
    for _ in range(8):
        office.pass_time(minutes=3)
        office.sweep()
        office.work()

    assert (office.find(message_id).status, office.find(message_id).error_code) == (S.FAILED, "unknown")
    assert [asked["reason"] for asked in office.recorded(PersonAsked)] == ["unanswered"]


def test_template_goes_out_when_the_window_has_closed(office):
    office.pass_time(hours=24)
    office.queue(template=TEMPLATE)

    office.work()

    ((_, message, _),) = office.provider.sends
    assert message.template is not None
    assert (message.template.name, message.template.variables) == ("order_offered", ("1042",))


def test_window_is_judged_when_the_message_goes_out(office):
    office.queue(template=TEMPLATE)
    office.pass_time(hours=24)
    office.receive()

    office.work()

    ((_, message, _),) = office.provider.sends
    assert message.template is None


def test_free_text_without_a_template_is_not_sent_outside_the_window(office):
    office.pass_time(hours=24)
    closed = office.queue("Good morning")

    office.work()

    assert office.provider.sends == []
    assert (office.find(closed).status, office.find(closed).error_code) == (S.FAILED, "window_closed")


def test_closed_window_by_meta_s_clock_leads_to_the_template_once(office):
    closed = SendRefused(code=63016, failure=Failure.WINDOW_CLOSED, permanent=True)
    office.provider.script = [closed, closed]
    office.queue(template=TEMPLATE)

    office.work()

    assert [message.template is not None for _, message, _ in office.provider.sends] == [False, True]
    assert office.statuses() == [S.FAILED]


def test_unreadable_row_does_not_hold_back_those_after_it(office):
    unreadable = office.queue("", content={"text": " "})
    office.queue("two")

    office.work()

    assert office.provider.texts == ["two"]
    assert office.find(unreadable).error_code == "unreadable"


def test_text_too_long_for_one_message_goes_out_whole_in_two(office):
    lines = [f"line {number:03d} of a long basket" for number in range(80)]
    office.queue("\n".join(lines))

    office.work()
    assert len(office.provider.sends) == 1
    office.queue("after")
    office.pass_time(seconds=11)
    office.work()

    *parts, after = office.provider.texts
    assert "\n".join(parts).splitlines() == lines
    assert after == "after"


def test_lost_answer_is_settled_by_the_status_callback_and_not_sent_again(office):
    office.provider.script = [Unknown(reason="ReadTimeout")]
    lost = office.queue()
    office.work()
    with office.database.transaction() as session:
        update = StatusUpdate(
            provider_message_id="SM9", status=DeliveryStatus.DELIVERED, outbox_ref=f"{lost}-1"
        )
        sending.receive_status(session, update, now=business_now(session))

    office.pass_time(minutes=5)
    office.sweep()
    office.work()

    assert len(office.provider.sends) == 1
    assert (office.find(lost).status, office.find(lost).provider_message_id) == (S.DELIVERED, "SM9")


def test_lost_answer_is_settled_by_the_provider_s_history(office):
    office.queue("before")
    office.work()
    office.provider.script = [Unknown(reason="HTTP 500, code 20500")]
    lost = office.queue("lost")
    office.work()
    office.provider.has = StatusUpdate(provider_message_id="SM9", status=DeliveryStatus.SENT)

    office.pass_time(seconds=91)
    office.work()

    assert office.provider.looked_for == [(ASHA, "lost", {f"SM-{lost - 1}-1"})]
    assert (office.find(lost).status, office.find(lost).provider_message_id) == (S.SENT, "SM9")
    assert len(office.provider.sends) == 2


def test_lost_template_is_looked_for_as_it_reads(office):
    office.pass_time(hours=24)
    office.provider.script = [Unknown(reason="ReadTimeout")]
    office.queue("Offer", template=TEMPLATE)
    office.work()

    office.pass_time(seconds=91)
    office.work()

    looked_for = [text for _, text, _ in office.provider.looked_for]
    assert looked_for == ["Offer", "A new order 1042 waits for your answer, until this evening."]


def test_lost_answer_that_nobody_knows_of_leads_to_one_more_try_only(office):
    office.provider.script = [Unknown(reason="ReadTimeout"), Unknown(reason="ReadTimeout")]
    lost = office.queue()

    for _ in range(6):
        office.work()
        office.pass_time(seconds=91)
        office.sweep()

    assert [ref for _, _, ref in office.provider.sends] == [f"{lost}-1", f"{lost}-2"]
    assert (office.find(lost).status, office.find(lost).error_code) == (S.FAILED, "unknown")


def test_unknown_message_holds_nothing_back(office):
    office.provider.script = [Unknown(reason="ReadTimeout")]
    office.queue("one")
    office.queue("two")

    office.work()

    assert office.statuses() == [S.UNKNOWN, S.SENT]


def left_by_a_dead_sender(office):
    message_id = office.queue()
    with office.database.transaction() as session:
        messaging.claim_next(session, office.conversation_id, now=business_now(session))
    office.work()
    assert office.statuses() == [S.UNKNOWN]
    return message_id


def test_message_of_a_dead_sender_that_the_provider_lists_late_is_not_sent_again(office):
    message_id = left_by_a_dead_sender(office)
    for _ in range(4):
        office.pass_time(seconds=6)
        office.work()
    assert len(office.provider.looked_for) == 4

    office.provider.has = StatusUpdate(provider_message_id="SM9", status=DeliveryStatus.SENT)
    office.pass_time(seconds=6)
    office.work()

    assert office.provider.sends == []
    assert (office.find(message_id).status, office.find(message_id).provider_message_id) == (S.SENT, "SM9")


def test_message_of_a_dead_sender_that_the_provider_never_lists_is_sent_again_after_half_a_minute(office):
    message_id = left_by_a_dead_sender(office)
    for _ in range(4):
        office.pass_time(seconds=6)
        office.work()
    assert office.provider.sends == []

    office.pass_time(seconds=6.1)
    office.work()

    assert [ref for _, _, ref in office.provider.sends] == [f"{message_id}-2"]
    assert office.statuses() == [S.SENT]


def test_status_callback_settles_the_message_of_a_dead_sender(office):
    message_id = left_by_a_dead_sender(office)
    with office.database.transaction() as session:
        update = StatusUpdate(
            provider_message_id="SM9", status=DeliveryStatus.SENT, outbox_ref=f"{message_id}-1"
        )
        sending.receive_status(session, update, now=business_now(session))

    office.pass_time(seconds=40)
    office.work()

    assert (office.provider.sends, office.provider.looked_for) == ([], [])
    assert office.find(message_id).provider_message_id == "SM9"


def test_message_that_died_with_its_sender_long_ago_is_sent_again_as_soon_as_the_provider_does_not_list_it(
    office,
):
    message_id = office.queue()
    with office.database.transaction() as session:
        messaging.claim_next(session, office.conversation_id, now=business_now(session))
    office.pass_time(minutes=10)
    office.work()
    office.pass_time(seconds=6)

    office.work()

    assert [ref for _, _, ref in office.provider.sends] == [f"{message_id}-2"]


def test_message_without_a_job_is_found_by_the_sweep(office):
    office.queue()
    with office.database.transaction() as session:
        for job in session.scalars(select(Job)):
            session.delete(job)
    office.pass_time(seconds=11)

    office.sweep()
    office.work()

    assert office.statuses() == [S.SENT]


def test_message_for_later_goes_out_at_its_time(office):
    with office.database.transaction() as session:
        send_after = business_now(session) + dt.timedelta(hours=2)
    office.queue("reminder", send_after=send_after)
    office.queue("answer")

    office.work()
    assert office.provider.texts == ["answer"]
    office.pass_time(hours=2)
    office.work()

    assert office.provider.texts == ["answer", "reminder"]


def test_simulator_takes_everything_at_once(office):
    office.provider = ConsoleSender()
    message_id = office.queue()

    office.work()

    assert office.find(message_id).status is S.SENT
    assert office.find(message_id).provider_message_id.startswith("SM")


def test_oldest_undelivered_message_is_known(office):
    office.queue()
    waiting = office.session.scalars(select(OutboundMessage.send_after)).one()
    later = waiting + dt.timedelta(minutes=1)

    assert queries.oldest_undelivered(office.session, now=later) == waiting
    office.work()
    assert queries.oldest_undelivered(office.session, now=later) is None


def test_messages_that_never_reached_us_are_fetched_once(office):
    missed = office.inbound()
    office.provider.inbound = [missed]

    office.reconcile()
    office.reconcile()

    office.session.expire_all()
    stored = office.session.scalars(
        select(InboundMessage.provider_message_id).order_by(InboundMessage.id)
    ).all()
    assert stored[1:] == [missed.provider_message_id]
    jobs = office.session.scalars(select(Job.kind)).all()
    assert jobs == ["answer_conversation"]


def test_outage_of_the_provider_is_asked_about_afterwards(office):
    with office.database.transaction() as session:
        now = business_now(session)
        schedule.run_now(session, "reconcile-provider", actor=SYSTEM, now=now)
    office.work()
    office.pass_time(hours=5)

    office.reconcile()
    office.pass_time(days=9)
    office.reconcile()

    first, after_five_hours, after_days = (
        round(ago.total_seconds() / 3600) for ago in office.provider.asked_since
    )
    assert (first, after_five_hours, after_days) == (1, 6, 24)


def test_end_of_a_message_that_no_callback_told_is_fetched(office):
    message_id = office.queue()
    office.work()
    sid = office.find(message_id).provider_message_id
    office.provider.ends[sid] = StatusUpdate(provider_message_id=sid, status=DeliveryStatus.READ)
    office.reconcile()
    assert office.statuses() == [S.SENT]

    office.pass_time(minutes=16)
    office.reconcile()

    assert office.statuses() == [S.READ]


def test_phones_that_are_off_hide_no_message_behind_them(office, session):
    for number in range(3):
        office.queue(f"Message {number}")
        office.work()
        office.pass_time(seconds=6)
    span = {"after": business_now(session) - dt.timedelta(hours=24), "before": business_now(session)}

    asked = {sid for _ in range(60) for sid in queries.sent_and_silent(session, **span, at_most=2)}

    assert len(asked) == 3
