import dataclasses
import datetime as dt
import json
import logging
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import core.models  # noqa: F401 - the whole mapping
from bot import webhook
from bot.channels.twilio.signature import HEADER
from core.db.session import Database, make_engine
from core.messaging import service as messaging
from core.messaging.models import Conversation, InboundMessage, OutboundMessage, OutboundStatus
from core.messaging.statuses import outbox_ref
from core.outbox.models import Job, Queue
from core.parties.models import ChannelAddress, Contact

from .twilio_post import ACCOUNT, ASHA, FALLBACK, MESSAGES, PUBLIC_URL, STATUS, message, sid, signed

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
PAYLOADS = json.loads((Path(__file__).parents[1] / "data/twilio/messages.json").read_text("utf-8"))
WRITTEN = (Contact, ChannelAddress, Conversation, InboundMessage, Job)


def client_of(settings, database, *, now=NOW):
    app = Flask(__name__)
    ours = dataclasses.replace(settings, public_url=PUBLIC_URL, twilio=ACCOUNT)
    app.register_blueprint(webhook.blueprint(ours, database, now=lambda _session: now))
    return app.test_client()


@pytest.fixture
def post(settings, database):
    client = client_of(settings, database)

    def post(request, **changes):
        headers = request.headers | changes.pop("headers", {})
        return client.open(
            changes.pop("path", request.path),
            method=changes.pop("method", "POST"),
            data=changes.pop("body", request.body),
            headers={name: value for name, value in headers.items() if value is not None},
        )

    return post


def written(session: Session):
    return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in WRITTEN)


def test_message_is_stored_and_answered_with_empty_twiml(post, session):
    answer = post(signed(MESSAGES, message("chini 5 kg", ProfileName="Asha")))

    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    (stored,) = session.scalars(select(InboundMessage))
    (contact,) = session.scalars(select(Contact))
    (job,) = session.scalars(select(Job))
    assert (stored.provider_message_id, stored.text, stored.received_at) == (sid(1), "chini 5 kg", NOW)
    assert stored.raw["ProfileName"] == "Asha"
    assert (contact.name, contact.phone) == ("Asha", "+9779841000001")
    assert (job.kind, job.queue) == ("answer_conversation", Queue.ORDER_PROCESSING)
    assert job.arguments == {"conversation_id": stored.conversation_id}


def test_second_delivery_is_answered_and_does_nothing(post, session):
    post(signed(MESSAGES, message()))
    before = written(session)

    assert post(signed(MESSAGES, message("changed"))).status_code == 200

    assert written(session) == before
    assert session.scalars(select(InboundMessage.text)).one() == message()["Body"]


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        pytest.param({"Body": "chini 5 kg ra tel 2 carton"}, 1.5, id="free text waits"),
        pytest.param({"Body": "ho"}, 0, id="a yes does not"),
        pytest.param({"Body": "2"}, 0, id="a number does not"),
        pytest.param({"ButtonPayload": "t:yes", "ButtonText": "Yes"}, 0, id="a tap does not"),
        pytest.param({"Latitude": "27.7", "Longitude": "85.3"}, 0, id="a pin does not"),
    ],
)
def test_only_free_text_waits_for_more(post, session, fields, seconds):
    post(signed(MESSAGES, message(fields.get("Body", ""), **fields)))

    assert session.scalars(select(Job.due_at)).one() == NOW + dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_whatever_whatsapp_brings_is_kept(post, session, name):
    assert post(signed(MESSAGES, PAYLOADS[name])).status_code == 200

    stored = session.scalars(select(InboundMessage)).one()
    assert stored.raw.keys() == PAYLOADS[name].keys()


def test_person_without_a_phone_is_known_by_the_user_id(post, session):
    post(signed(MESSAGES, message(sender="whatsapp:NP.1349", number=1)))
    post(signed(MESSAGES, message(sender=ASHA, number=2, ExternalUserId="whatsapp:NP.1349")))

    assert session.scalar(select(func.count()).select_from(Contact)) == 1
    assert set(session.scalars(select(ChannelAddress.address))) == {ASHA, "whatsapp:NP.1349"}
    assert session.scalar(select(func.count()).select_from(Conversation)) == 1


def test_what_a_database_cannot_hold_is_replaced(post, session):
    post(signed(MESSAGES, message("sugar\x00 5")))

    assert session.scalars(select(InboundMessage.text)).one() == "sugar\ufffd 5"


@pytest.mark.parametrize("letter", ["x", "क", "🙏"])
def test_longest_message_with_the_most_pictures_fits(post, session, letter):
    media = {
        f"{name}{number}": value
        for number in range(10)
        for name, value in (
            (
                "MediaUrl",
                f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Messages/MM{'0' * 32}/Media/ME{number:032}",
            ),
            ("MediaContentType", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )
    }
    form = message(letter * 4_096, ProfileName="आशा " * 32, **media) | {"NumMedia": "10"}

    assert post(signed(MESSAGES, form)).status_code == 200
    assert session.scalars(select(InboundMessage.text)).one() == letter * 4_096


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({"headers": {HEADER: None}}, 403, id="unsigned"),
        pytest.param({"headers": {HEADER: "AAAA"}}, 403, id="wrongly signed"),
        pytest.param({"body": b"MessageSid=SM1&Body=other"}, 403, id="another body"),
        pytest.param({"path": f"{MESSAGES}?a=1"}, 403, id="another url"),
        pytest.param({"headers": {"Content-Type": "application/json"}}, 403, id="not a form"),
        pytest.param({"body": b"Body=" + b"x" * 70_000}, 413, id="too large"),
        pytest.param({"method": "GET"}, 405, id="not a post"),
    ],
)
def test_request_that_is_not_twilios_is_refused_and_nothing_is_written(post, session, changes, status):
    assert post(signed(MESSAGES, message()), **changes).status_code == status
    assert written(session) == 0


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param(message() | {"AccountSid": "AC" + "b" * 32}, 403, id="another account"),
        pytest.param(message() | {"MessageSid": "x"}, 400, id="no message id"),
        pytest.param(message() | {"From": "+9779841000001"}, 400, id="not from whatsapp"),
        pytest.param(message() | {"To": ""}, 400, id="to nobody"),
    ],
)
@pytest.mark.parametrize("path", [MESSAGES, FALLBACK])
def test_signed_but_unusable_form_is_refused_and_nothing_is_written(post, session, path, form, status):
    assert post(signed(path, form)).status_code == status
    assert written(session) == 0


def test_another_token_s_signature_is_refused(post, session):
    assert post(signed(MESSAGES, message(), token="54321")).status_code == 403
    assert written(session) == 0


def test_public_url_counts_and_not_the_host_that_a_proxy_names(post):
    request = signed(MESSAGES, message())

    answer = post(request, headers={"Host": "10.0.0.3:3000", "X-Forwarded-Host": "evil.example"})

    assert answer.status_code == 200


def test_what_cannot_be_stored_is_asked_for_again(settings, caplog):
    away = make_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", pooled=False)
    client = client_of(settings, Database(away))
    request = signed(MESSAGES, message("a secret of Asha's"))

    with caplog.at_level(logging.INFO):
        answer = client.post(request.path, data=request.body, headers=request.headers)

    assert answer.status_code == 503
    assert "secret" not in caplog.text


def test_database_that_hangs_is_not_waited_for_longer_than_twilio_waits(settings, fresh_database):
    impatient = make_engine(fresh_database.url, pooled=False, timeout_seconds=1)
    client = client_of(settings, Database(impatient))
    request = signed(MESSAGES, message())

    with fresh_database.engine.begin() as stuck:
        stuck.execute(text("LOCK TABLE channel_addresses"))
        answer = client.post(request.path, data=request.body, headers=request.headers)

    assert answer.status_code == 503


def test_fallback_only_stores(post, session):
    answer = post(signed(FALLBACK, message(ErrorCode="11200")))

    assert answer.status_code == 200
    assert session.scalars(select(InboundMessage.text)).one() == message()["Body"]
    assert session.scalars(select(Job)).all() == []


def test_fallback_after_a_stored_message_changes_nothing(post, session):
    post(signed(MESSAGES, message()))
    before = written(session)

    assert post(signed(FALLBACK, message())).status_code == 200
    assert written(session) == before


@pytest.fixture
def sent(post, session):
    """A message of ours that Twilio has taken as SM…99."""
    post(signed(MESSAGES, message()))
    conversation_id = session.scalars(select(Conversation.id)).one()
    queued = messaging.queue_outbound(
        session,
        conversation_id=conversation_id,
        say="menu",
        language="en",
        body="Hello",
        content={"text": "Hello", "template": {"name": "hello", "language": "en", "variables": []}},
        now=NOW,
    )
    messaging.claim_next(session, conversation_id, now=NOW)
    messaging.mark_sent(session, queued.id, attempt=1, provider_message_id=sid(99), now=NOW)
    session.commit()
    return queued


def status_of(word, *, number=99, **fields):
    return {
        "MessageSid": sid(number),
        "AccountSid": ACCOUNT.account_sid,
        "From": ACCOUNT.whatsapp_from,
        "To": ASHA,
        "MessageStatus": word,
        **fields,
    }


def test_statuses_move_a_message_only_forward(post, session, sent):
    answers = [post(signed(STATUS, status_of(word))) for word in ("read", "sent", "delivered", "read")]

    session.refresh(sent)
    assert {(answer.status_code, answer.data) for answer in answers} == {(204, b"")}
    assert sent.status is OutboundStatus.READ


def test_status_with_our_reference_settles_a_lost_send(post, session, sent):
    sent.status, sent.provider_message_id = OutboundStatus.UNKNOWN, None
    session.commit()

    path = f"{STATUS}?oid={outbox_ref(sent)}"
    assert post(signed(path, status_of("sent", number=7))).status_code == 204

    session.refresh(sent)
    assert (sent.status, sent.provider_message_id) == (OutboundStatus.SENT, sid(7))


def test_message_that_met_a_closed_window_goes_out_once_more_as_template(post, session, sent):
    for _ in range(2):
        post(signed(STATUS, status_of("failed", ErrorCode="63016")))

    session.refresh(sent)
    assert (sent.status, sent.provider_message_id) == (OutboundStatus.QUEUED, None)
    assert sent.content["by_template"] is True

    messaging.claim_next(session, sent.conversation_id, now=NOW)
    messaging.mark_sent(session, sent.id, attempt=2, provider_message_id=sid(100), now=NOW)
    session.commit()
    post(signed(STATUS, status_of("failed", number=100, ErrorCode="63016")))

    session.refresh(sent)
    assert (sent.status, sent.error_code) == (OutboundStatus.FAILED, "63016")


def test_person_who_opted_out_at_the_provider_is_opted_out(post, session, sent):
    post(signed(STATUS, status_of("failed", ErrorCode="21610")))

    assert session.scalars(select(Contact.opted_out_at)).one() == NOW


def test_status_of_nobodys_message_is_taken_and_moves_nothing(post, session, sent):
    assert post(signed(STATUS, status_of("read", number=5))).status_code == 204

    assert session.scalars(select(OutboundMessage.status)).one() is OutboundStatus.SENT


def test_unsigned_status_is_refused(post, session, sent):
    assert post(signed(STATUS, status_of("read")), headers={HEADER: None}).status_code == 403

    session.refresh(sent)
    assert sent.status is OutboundStatus.SENT


def test_simulator_signs_with_its_own_account_when_there_is_no_other(settings, database, session):
    app = Flask(__name__)
    app.register_blueprint(webhook.blueprint(settings, database, now=lambda _session: NOW))
    account = settings.webhook_account
    form = message() | {"AccountSid": account.account_sid, "To": account.whatsapp_from}

    for token, status in [(account.auth_token, 200), ("guessed", 403)]:
        request = signed(MESSAGES, form, token=token, url=settings.public_url)
        answer = app.test_client().post(request.path, data=request.body, headers=request.headers)
        assert answer.status_code == status
