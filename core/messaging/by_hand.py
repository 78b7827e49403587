"""A person writes where the bot is silent."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import DomainError
from core.messaging import queries
from core.messaging.models import OutboundMessage
from core.messaging.outbound import queue_outbound
from core.messaging.service import lock_conversation
from core.messaging.window import is_window_open
from core.refs import ConversationId

SAY = "by_hand"


class NotTakenOver(DomainError):
    """Take the conversation over first, so that the bot and a person do not talk at once."""

    code = "not_taken_over"


class WindowClosed(DomainError):
    """The person wrote more than a day ago: WhatsApp takes our own words only within a day."""

    code = "window_closed"


class AlreadyWritten(DomainError):
    """The very same message was queued before."""

    code = "already_done"


def write(
    session: Session,
    conversation_id: ConversationId,
    text: str,
    *,
    language: str,
    cause: str,
    actor: Actor,
    now: dt.datetime,
) -> OutboundMessage:
    """Queue *text* as it is, once for its *cause*. Raises NotFound, NotTakenOver, WindowClosed, AlreadyWritten.

    It goes out only while the person wrote within the last day: words of our own are not an approved template.
    """
    conversation = lock_conversation(session, conversation_id)
    if conversation.taken_over_at is None:
        raise NotTakenOver(conversation_id=conversation_id)
    if not is_window_open(queries.last_inbound_at(session, conversation_id), now=now):
        raise WindowClosed(conversation_id=conversation_id)
    message = queue_outbound(
        session,
        conversation_id=conversation_id,
        say=SAY,
        language=language,
        body=text,
        content={"text": text, "written_by": actor.label},
        dedup_key=f"{SAY}:{cause}",
        now=now,
    )
    if message is None:
        raise AlreadyWritten(conversation_id=conversation_id)
    return message
