import datetime as dt
from itertools import permutations, product

import pytest
from sqlalchemy import select

from core.messaging import outbound, queries
from core.messaging import service as messaging
from core.messaging.models import OutboundStatus, StatusReport
from core.messaging.statuses import outbox_ref
from core.outbox.models import Job

from .conftest import NOW

LATER = NOW + dt.timedelta(minutes=5)
S = OutboundStatus


@pytest.fixture
def claim(session, conversation):
    def claim(now=NOW):
        claimed = messaging.claim_next(session, conversation.id, now=now)
        return claimed.message if isinstance(claimed, outbound.Claimed) else None

    return claim


@pytest.fixture
def report(session):
    def report(status, *, sid="SM1", ref=None, code=None, word=None):
        return messaging.apply_status(
            session,
            provider_message_id=sid,
            outbox_ref=ref,
            reported=word or (status or "new").lower(),
            status=status,
            error_code=code,
            now=NOW,
        )

    return report


def status(session, message):
    session.refresh(message)
    return message.status


def sent(session, claim, queue, sid="SM1"):
    queue()
    message = claim()
    messaging.mark_sent(session, message.id, attempt=1, provider_message_id=sid, now=NOW)
    return message


def test_message_is_queued_with_a_job(session, conversation, queue):
    message = queue("Namaste")

    (job,) = session.scalars(select(Job).where(Job.kind == "send_message"))
    assert (message.status, message.body, message.send_after) == (S.QUEUED, "Namaste", NOW)
    assert (job.queue, job.arguments) == ("whatsapp", {"conversation_id": conversation.id})


def test_messages_of_a_conversation_are_sent_by_one_job_for_answers_and_one_for_notices(session, queue):
    for words in ("one", "two"):
        queue(words)
        queue(words, is_notice=True, event_id=None, dedup_key=words)

    assert sorted(session.scalars(select(Job.kind))) == ["send_message", "send_notices"]


def test_cause_that_has_its_message_gets_no_second_one(queue):
    assert queue("first", dedup_key="event:1") is not None
    assert queue("again", dedup_key="event:1") is None


def test_turn_that_has_its_message_gets_no_second_one(session, conversation, queue):
    turn_id = messaging.close_turn(session, conversation, [], state_after="shop", slots={}, steps=[], now=NOW)

    assert queue("first", turn_id=turn_id) is not None
    assert queue("again", turn_id=turn_id) is None


def test_messages_of_a_conversation_leave_in_order(session, claim, queue):
    first, second = queue("one"), queue("two")

    assert claim() is first
    messaging.mark_sent(session, first.id, attempt=1, provider_message_id="SM1", now=NOW)
    assert claim() is second
    assert status(session, first) is S.SENT


def test_message_that_waits_for_its_next_try_is_not_overtaken(session, claim, queue):
    first = queue("one")
    queue("two")
    claim()
    messaging.mark_refused(session, first.id, attempt=1, error_code="20429")
    session.refresh(first)
    soon = NOW + dt.timedelta(seconds=5)
    messaging.send_again(session, first, now=NOW, send_after=soon, status=S.LATER)

    assert messaging.claim_next(session, first.conversation_id, now=NOW) == soon
    assert claim(soon) is first
    assert first.attempts == 2


def test_answer_that_must_wait_long_is_overtaken(session, claim, queue):
    first, second = queue("one"), queue("two")
    claim()
    messaging.mark_refused(session, first.id, attempt=1, error_code="63018")
    session.refresh(first)
    messaging.send_again(session, first, now=NOW, send_after=LATER, status=S.LATER)

    assert claim() is second
    assert claim(LATER) is first


def test_message_for_tomorrow_holds_nothing_back(claim, queue):
    queue("reminder", send_after=LATER)
    second = queue("answer")

    assert claim() is second


def test_message_left_by_a_dead_sender_is_unknown_and_does_not_go_out_again(session, claim, queue):
    first, second = queue("one"), queue("two")
    claim()

    assert claim() is second
    assert (status(session, first), first.error_code) == (S.UNKNOWN, "sender_died")
    (settle,) = session.scalars(select(Job).where(Job.kind == "settle_message"))
    assert (settle.arguments, settle.due_at) == ({"message_id": first.id}, NOW + dt.timedelta(seconds=5))


@pytest.mark.parametrize("order", list(permutations([S.SENT, S.DELIVERED, S.READ])))
def test_reports_in_any_order_end_in_read(session, claim, queue, report, order):
    message = sent(session, claim, queue)

    for _, reported in product(range(2), order):
        report(reported)

    assert status(session, message) is S.READ
    assert len(session.scalars(select(StatusReport)).all()) == 3


def test_proof_of_arrival_outranks_a_failure_and_a_failure_outranks_sent(session, claim, queue, report):
    message = sent(session, claim, queue)

    assert report(S.FAILED, code="63003").status is S.FAILED
    assert report(S.SENT) is None
    assert (status(session, message), message.error_code) == (S.FAILED, "63003")
    assert report(S.DELIVERED).status is S.DELIVERED
    assert (status(session, message), message.error_code) == (S.DELIVERED, None)


def test_new_word_is_kept_and_moves_nothing(session, claim, queue, report):
    message = sent(session, claim, queue)

    assert report(None, word="teleported") is None

    assert status(session, message) is S.SENT
    assert [kept.status for kept in session.scalars(select(StatusReport))] == ["teleported"]


def test_report_with_our_reference_settles_a_send_whose_answer_was_lost(session, claim, queue, report):
    queue()
    message = claim()
    messaging.mark_unknown(session, message.id, attempt=1, error_code="ReadTimeout", now=NOW)

    report(S.SENT, sid="SM9", ref=outbox_ref(message))

    assert (status(session, message), message.provider_message_id) == (S.SENT, "SM9")
    assert queries.oldest_undelivered(session, now=LATER) is None


def test_report_that_is_faster_than_our_own_note_stands(session, claim, queue, report):
    queue()
    message = claim()

    report(S.DELIVERED, sid="SM9", ref=outbox_ref(message))
    messaging.mark_sent(session, message.id, attempt=1, provider_message_id="SM9", now=NOW)

    assert status(session, message) is S.DELIVERED


def test_report_about_an_earlier_attempt_does_not_touch_the_next(session, claim, queue, report):
    queue()
    message = claim()
    first_ref = outbox_ref(message)
    messaging.mark_unknown(session, message.id, attempt=1, error_code="ReadTimeout", now=NOW)
    session.refresh(message)
    messaging.send_again(session, message, now=NOW)
    claim()

    assert report(S.FAILED, sid="SM8", ref=first_ref, code="63003") is None
    assert status(session, message) is S.SENDING


@pytest.mark.parametrize("ref", ["", "1", "x-1", "1-1'; --", "99999999999999999999-1"])
def test_strange_reference_names_nothing(session, claim, queue, report, ref):
    queue()
    message = claim()

    assert report(S.SENT, ref=ref) is None
    assert status(session, message) is S.SENDING


def test_late_note_about_an_attempt_that_was_settled_changes_nothing(session, claim, queue, report):
    queue()
    message = claim()
    report(S.READ, sid="SM9", ref=outbox_ref(message))

    messaging.mark_refused(session, message.id, attempt=1, error_code="21211")

    assert status(session, message) is S.READ


def test_split_message_leaves_in_parts_before_what_is_queued_from_then_on(session, claim, queue):
    queue("long")
    message = claim()
    outbound.split(
        session,
        message,
        [("part 1", {"text": "part 1"}), ("part 2", {"text": "part 2"}), ("part 3", {"text": "part 3"})],
        send_rest_after=NOW + dt.timedelta(seconds=10),
    )
    session.flush()
    queue("after")
    messaging.mark_sent(session, message.id, attempt=1, provider_message_id="part 1", now=NOW)

    assert claim() is None
    bodies = []
    while found := claim(LATER):
        bodies.append(found.body)
        messaging.mark_sent(session, found.id, attempt=1, provider_message_id=found.body, now=NOW)
    assert (status(session, message), message.body) == (S.SENT, "part 1")
    assert bodies == ["part 2", "part 3", "after"]
