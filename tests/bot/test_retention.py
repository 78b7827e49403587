"""A webhook as Twilio sent it is kept for a month; what it said stays in the conversation."""

import datetime as dt

from sqlalchemy import func, select

from bot import sending
from bot.channels.twilio.inbound import parse_status
from core.messaging.models import InboundMessage, StatusReport
from core.outbox import service as outbox
from core.outbox.models import Queue


def receive_status(stage, arrived):
    account = stage.settings.webhook_account
    form = {
        "MessageSid": arrived.sid,
        "MessageStatus": "delivered",
        "AccountSid": account.account_sid,
        "From": account.whatsapp_from,
        "To": arrived.to,
    }
    with stage.database.transaction() as session:
        update = parse_status(form, account_sid=account.account_sid, outbox_ref=None)
        sending.receive_status(session, update, now=stage.now)


def retain(stage, *, after):
    stage.wait(after)
    with stage.database.transaction() as session:
        outbox.add_job(
            session,
            "apply_retention",
            queue=Queue.ORDER_PROCESSING,
            arguments={},
            dedup_key="retention",
            now=stage.now,
        )
    stage.follow()


def kept(stage):
    with stage.database.transaction() as session:
        messages = session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()
        reports = session.scalar(select(func.count()).select_from(StatusReport))
        return [(message.text, bool(message.raw)) for message in messages], reports


def test_raw_webhooks_and_status_reports_are_emptied_after_thirty_days_and_the_words_stay(stage):
    (answer,) = stage.write("asha", "namaste")
    receive_status(stage, answer)

    retain(stage, after=dt.timedelta(days=29))
    assert kept(stage) == ([("namaste", True)], 1)

    retain(stage, after=dt.timedelta(days=2))
    assert kept(stage) == ([("namaste", False)], 0)


def test_a_redelivery_of_an_emptied_webhook_is_still_known(stage):
    form = stage.deliver("asha", Body="namaste", MessageType="text")
    stage.follow()
    retain(stage, after=dt.timedelta(days=31))

    stage.repeat(form)

    assert stage.follow() == []
    assert kept(stage)[0] == [("namaste", False)]
