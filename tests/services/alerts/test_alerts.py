import datetime as dt
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text

from core.actor import Actor, ActorKind, Via
from core.alerts import service as alerts
from core.alerts.causes import RAISED_BY, RESOLVED_BY, Cause
from core.alerts.errors import AlertNotOpen
from core.alerts.kinds import AlertKind, AlertState, Severity
from core.alerts.models import Alert
from core.errors import NotFound
from core.events import (
    ChequeTaken,
    ClaimContested,
    ClaimRejected,
    ClaimReplaced,
    ClaimWithdrawn,
    OrderUnfulfilled,
    PaymentClaimed,
    PaymentPosted,
    PersonAsked,
)
from core.messaging import service as messaging
from core.outbox import administration, claims
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.reactions import ACTS, REACTIONS
from core.refs import ConversationId, UserId

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.API, user_id=UserId(1))
LATE = Cause(kind=AlertKind.ORDER_UNFULFILLED, subject_kind="order", subject_id=7)


def all_alerts(session):
    session.expire_all()
    return session.scalars(select(Alert).order_by(Alert.id)).all()


def test_same_cause_is_one_open_alert_that_counts(session):
    first = alerts.raise_alert(session, LATE, now=NOW)
    worse = Cause(
        kind=LATE.kind,
        subject_kind="order",
        subject_id=7,
        severity=Severity.HIGH,
        facts={"reason": "silence"},
    )
    second = alerts.raise_alert(session, worse, now=LATER)

    (alert,) = all_alerts(session)
    assert (first, alert.times, alert.raised_at, alert.last_at) == (second, 2, NOW, LATER)
    assert (alert.severity, alert.facts, alert.state) == (
        Severity.HIGH,
        {"reason": "silence"},
        AlertState.OPEN,
    )


def test_acknowledged_alert_is_closed_for_good_and_the_cause_may_open_another(session):
    first = alerts.raise_alert(session, LATE, now=NOW)
    alerts.acknowledge(session, first, note="called", actor=ADMIN, now=LATER)
    with pytest.raises(AlertNotOpen):
        alerts.acknowledge(session, first, note="again", actor=ADMIN, now=LATER)
    with pytest.raises(NotFound):
        alerts.acknowledge(session, first + 99, note=None, actor=ADMIN, now=LATER)

    second = alerts.raise_alert(session, LATE, now=LATER)

    seen, fresh = all_alerts(session)
    assert (seen.id, seen.state, seen.note, seen.ended_by) == (
        first,
        AlertState.ACKNOWLEDGED,
        "called",
        "admin:1",
    )
    assert (fresh.id, fresh.state, fresh.times) == (second, AlertState.OPEN, 1)


def test_contested_claim_is_resolved_when_it_is_paid(session):
    alerts.follow(session, ClaimContested(claim_id=3, retailer_id=1), now=NOW)
    alerts.follow(session, PaymentPosted(payment_id=1, retailer_id=1, claim_id=4), now=LATER)
    (still_open,) = all_alerts(session)
    assert still_open.state is AlertState.OPEN

    alerts.follow(session, PaymentPosted(payment_id=2, retailer_id=1, claim_id=3), now=LATER)

    (alert,) = all_alerts(session)
    assert (alert.state, alert.ended_at) == (AlertState.RESOLVED, LATER)


def test_alert_expires_at_its_time_and_not_before(session):
    alerts.raise_alert(session, LATE, now=NOW, expires_at=LATER)
    alerts.expire_due(session, now=LATER - dt.timedelta(seconds=1))
    assert [alert.state for alert in all_alerts(session)] == [AlertState.OPEN]

    alerts.expire_due(session, now=LATER)

    assert [alert.state for alert in all_alerts(session)] == [AlertState.EXPIRED]


def test_every_event_of_the_tables_is_followed_by_the_job_that_reads_them():
    followed = {event for event, reactions in REACTIONS.items() if reactions[0].kind == "follow_alerts"}

    assert {*RAISED_BY, *RESOLVED_BY} == followed


def test_job_reads_the_event_from_its_arguments(session):
    event = OrderUnfulfilled(order_id=9, reason="no_vendor")

    ACTS["follow_alerts"](session, {**event.payload(), "event": event.name(), "event_id": 1}, NOW)

    (alert,) = all_alerts(session)
    assert (alert.kind, alert.subject_id, alert.facts) == (
        AlertKind.ORDER_UNFULFILLED,
        9,
        {"reason": "no_vendor"},
    )


def test_failed_turn_is_more_urgent_than_a_photo(session):
    alerts.follow(session, PersonAsked(conversation_id=1, reason="media"), now=NOW)
    alerts.follow(session, PersonAsked(conversation_id=2, reason="failed"), now=NOW)

    assert [alert.severity for alert in all_alerts(session)] == [Severity.MEDIUM, Severity.HIGH]


def test_conversation_taken_over_needs_nobody_else(session, market):
    recorded = market.do(
        messaging.record_inbound,
        contact_id=market.shop().owner.contact_id,
        channel="whatsapp",
        address="whatsapp:+9779841100001",
        provider_message_id="SM1",
        kind="text",
        text="namaste",
        choice_id=None,
        replied_to=None,
        content={},
        raw={},
    )
    conversation_id = ConversationId(recorded.conversation_id)
    market.do(alerts.follow, PersonAsked(conversation_id=conversation_id, reason="asked"))

    market.do(messaging.take_over, conversation_id, actor=ADMIN)

    (alert,) = all_alerts(session)
    assert alert.state is AlertState.RESOLVED


def test_job_given_up_is_an_alert_until_it_is_tried_again(session):
    job_id = add_job(session, "work", queue=Queue.ORDER_ROUTING, arguments={}, dedup_key="k", now=NOW)
    for hour in range(3):
        assert all_alerts(session) == []
        then = NOW + dt.timedelta(hours=hour)
        claim = claims.claim(session, Queue.ORDER_ROUTING, worker="here-1-77", now=then)
        claims.fail(session, claim, error="boom", now=then)

    (alert,) = all_alerts(session)
    assert (alert.kind, alert.subject_id, alert.facts) == (
        AlertKind.JOB_GIVEN_UP,
        job_id,
        {"kind": "work", "queue": "order-routing"},
    )
    administration.retry(session, Queue.ORDER_ROUTING, job_id, actor=ADMIN, now=LATER)
    assert [alert.state for alert in all_alerts(session)] == [AlertState.RESOLVED]


def test_ten_at_once_raise_one_alert_counted_ten_times(fresh_database):
    database, barrier = fresh_database.database, Barrier(10)

    def raise_it():
        barrier.wait()
        with database.transaction() as session:
            alerts.raise_alert(session, LATE, now=NOW)

    threads = [Thread(target=raise_it) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.transaction() as session:
        assert session.execute(text("SELECT times, state FROM alerts")).all() == [(10, "open")]


@pytest.mark.parametrize(
    "ending",
    [
        ClaimRejected(claim_id=5, retailer_id=1),
        ClaimReplaced(claim_id=5, retailer_id=1, vendor_id=None),
        ClaimWithdrawn(claim_id=5, retailer_id=1, vendor_id=None),
        ChequeTaken(payment_id=9, retailer_id=1, claim_id=5),
        PaymentPosted(payment_id=9, retailer_id=1, claim_id=5),
    ],
)
def test_a_claim_that_only_an_admin_may_answer_calls_one_until_it_is_answered(session, ending):
    alerts.follow(session, PaymentClaimed(claim_id=4, retailer_id=1, vendor_id=3), now=NOW)
    alerts.follow(session, PaymentClaimed(claim_id=5, retailer_id=1, vendor_id=None), now=NOW)
    (alert,) = all_alerts(session)
    assert (alert.kind, alert.subject_id, alert.state) == (AlertKind.CLAIM_FOR_ADMIN, 5, AlertState.OPEN)

    alerts.follow(session, ending, now=LATER)

    (alert,) = all_alerts(session)
    assert (alert.state, alert.ended_at) == (AlertState.RESOLVED, LATER)
