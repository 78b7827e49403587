"""A member of staff answers instead of the bot, and hands the conversation back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.alerts import service as alerts
from core.alerts.kinds import AlertKind
from core.alerts.models import Alert
from core.audit.service import record_action
from core.messaging.errors import AlreadyTakenOver
from core.messaging.models import Conversation, InboundMessage
from core.messaging.service.inbound import lock_conversation, unread
from core.messaging.service.turns import close_turn
from core.refs import ConversationId


def take_over(
    session: Session, conversation_id: ConversationId, *, actor: Actor, now: dt.datetime
) -> Conversation:
    """Let a person answer instead of the bot. Raises NotFound, AlreadyTakenOver when another person does."""
    conversation = lock_conversation(session, conversation_id)
    if conversation.taken_over_at is not None and conversation.taken_over_by != actor.label:
        raise AlreadyTakenOver(by=conversation.taken_over_by, at=conversation.taken_over_at)
    if conversation.taken_over_at is None:
        conversation.taken_over_at = now
        conversation.taken_over_by = actor.label
        _end_alert(session, conversation_id, now=now)
        _audit(session, "conversation_taken_over", conversation_id, actor=actor, now=now)
    return conversation


def hand_back(
    session: Session, conversation_id: ConversationId, *, actor: Actor, now: dt.datetime
) -> Conversation:
    """Let the bot answer again, from the next message on: what came meanwhile was the person's to act on."""
    conversation = lock_conversation(session, conversation_id)
    if conversation.taken_over_at is None:
        return conversation
    messages = unread(session, conversation_id)
    if messages:
        close_turn(
            session,
            conversation,
            messages,
            state_after=conversation.state,
            slots=conversation.slots,
            steps=["taken_over"],
            now=now,
        )
    conversation.taken_over_at = conversation.taken_over_by = None
    seen_by_person(session, conversation_id)
    _audit(session, "conversation_handed_back", conversation_id, actor=actor, now=now)
    session.flush()
    return conversation


def answered_at_desk(
    session: Session, conversation_id: ConversationId, *, actor: Actor, now: dt.datetime
) -> None:
    """What waited for a person was acted on at the clerk's desk; the bot hears the answer, also in a chat that was taken over."""
    hand_back(session, conversation_id, actor=actor, now=now)
    seen_by_person(session, conversation_id)
    _end_alert(session, conversation_id, now=now)


def acknowledge_alert(
    session: Session, alert_id: int, *, note: str | None, actor: Actor, now: dt.datetime
) -> Alert:
    """End an alert. Of one that asked for a person, the messages need nobody any more. Raises NotFound, AlertNotOpen."""
    alert = alerts.acknowledge(session, alert_id, note=note, actor=actor, now=now)
    if alert.kind is AlertKind.PERSON_ASKED and alert.subject_kind == "conversation":
        seen_by_person(session, ConversationId(alert.subject_id))
    return alert


def seen_by_person(session: Session, conversation_id: ConversationId) -> None:
    """What was read and waited for a person waits no longer: it leaves the admins' list, and retention may empty it."""
    session.execute(
        update(InboundMessage)
        .where(
            InboundMessage.conversation_id == conversation_id,
            InboundMessage.needs_person,
            InboundMessage.handled_at.is_not(None),
        )
        .values(needs_person=False)
    )


def _end_alert(session: Session, conversation_id: ConversationId, *, now: dt.datetime) -> None:
    alerts.resolve(
        session, AlertKind.PERSON_ASKED, subject_kind="conversation", subject_ids=[conversation_id], now=now
    )


def _audit(session: Session, action: str, conversation_id: int, *, actor: Actor, now: dt.datetime) -> None:
    record_action(
        session, action, subject_kind="conversation", subject_id=conversation_id, actor=actor, now=now
    )
