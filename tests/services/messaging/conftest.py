import datetime as dt
import itertools

import pytest

import core.models  # noqa: F401 - messages refer to orders, whose table must be known
from core.messaging import service as messaging
from core.parties import service as parties

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
ASHA = "whatsapp:+9779841000001"


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def asha(session):
    return parties.contact_for(session, channel="whatsapp", addresses=[ASHA], profile_name="Asha", now=NOW).id


@pytest.fixture
def write(session, asha):
    """Have a person's message stored; another address or time on request."""
    numbers = itertools.count(1)

    def store(
        text="namaste", *, sid=None, contact_id=asha, address=ASHA, now=NOW, session=session, **content
    ):
        return messaging.record_inbound(
            session,
            contact_id=contact_id,
            channel="whatsapp",
            address=address,
            provider_message_id=sid or f"SM{next(numbers):032x}",
            kind="text",
            text=text,
            choice_id=None,
            replied_to=None,
            content=content,
            raw={"Body": text},
            now=now,
        )

    return store


@pytest.fixture
def conversation(session, write, now):
    """Asha's conversation, with nothing unread."""
    recorded = write()
    conversation = messaging.lock_conversation(session, recorded.conversation_id)
    unread = messaging.unread(session, conversation.id)
    messaging.close_turn(session, conversation, unread, state_after="shop", slots={}, steps=[], now=now)
    return conversation


@pytest.fixture
def queue(session, conversation, now):
    """Queue a message of ours."""

    def queue(body="Hello", *, now=now, **facts):
        return messaging.queue_outbound(
            session,
            conversation_id=conversation.id,
            say="menu",
            language="en",
            body=body,
            content={"text": body},
            now=now,
            **facts,
        )

    return queue
