"""When a conversation is answered: the quiet time, the job that runs the engine, rate limits, and failures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy.orm import Session

from bot.channels.types import InboundKind
from bot.dialogue.reading.words import short_answer
from core.actor import SYSTEM
from core.db.clock import business_now
from core.db.session import is_connection_lost
from core.events import PersonAsked
from core.jobs.handlers import Arguments, FailedAt, Handler
from core.messaging import queries
from core.messaging import service as messaging
from core.messaging.models import Conversation, InboundMessage
from core.messaging.service import Unread
from core.outbox import queries as outbox
from core.outbox.service import record
from core.refs import ConversationId

# People often split one thought into several messages.
QUIET_TIME: Final = dt.timedelta(seconds=1.5)
LONGEST_WAIT: Final = dt.timedelta(seconds=5)
MOST_TRIES: Final = 3
# What one turn reads at once; the rest is the next turn's.
MOST_AT_ONCE: Final = 100
MOST_CHARACTERS: Final = 8_000
# After a turn that reached these limits, so that other people's turns get most of the worker's time.
PAUSE_AFTER_FULL_TURN: Final = dt.timedelta(seconds=5)
# Every answer costs money and time. A person above these limits gets one answer for all, after a wait.
PER_MINUTE: Final = 30
PER_DAY: Final = 1_000
ONE_MINUTE: Final = dt.timedelta(minutes=1)
ONE_DAY: Final = dt.timedelta(days=1)
SLOW_ANSWERS: Final = dt.timedelta(minutes=15)
# Stored without a job (by the fallback address, or by a version that crashed in between).
OVERLOOKED_AFTER: Final = dt.timedelta(seconds=10)


class Engine(Protocol):
    """The dialogue, as the job sees it."""

    def take_turn(
        self,
        session: Session,
        conversation: Conversation,
        unread: Sequence[InboundMessage],
        *,
        now: dt.datetime,
    ) -> None:
        """Answer what waits, once."""
        ...

    def say_unexpected(
        self, session: Session, conversation: Conversation, *, since: dt.datetime, now: dt.datetime
    ) -> None:
        """Tell the person that something failed, unless they were told after *since*."""
        ...

    def hand_to_person(
        self,
        session: Session,
        conversation: Conversation,
        messages: Sequence[InboundMessage],
        *,
        now: dt.datetime,
    ) -> None:
        """Give up answering these messages."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadMessage:
    kind: str
    text: str
    received_at: dt.datetime


def answer_at(messages: Sequence[UnreadMessage]) -> dt.datetime:
    """When to answer these messages: free text after a quiet time, everything else at once."""
    first, last = messages[0].received_at, messages[-1].received_at
    if any(not _is_free_text(message) for message in messages):
        return last
    return min(last + QUIET_TIME, first + LONGEST_WAIT)


def answering(engine: Engine) -> Handler:
    """The handler of `answer_conversation`.

    Messages are read together. After a failure they are read one by one, so that the good ones are answered and only
    the one that fails three times goes to a person.
    """

    def answer(session: Session, arguments: Arguments, now: dt.datetime) -> None:
        conversation = messaging.lock_conversation(session, ConversationId(arguments["conversation_id"]))
        waiting = messaging.look_at_unread(
            session,
            ConversationId(conversation.id),
            at_most=MOST_AT_ONCE,
            nth=(PER_MINUTE + 1, PER_DAY + 1),
        )
        if waiting.messages:
            _answer(session, engine, conversation, waiting, now=now)

    def note_failure(session: Session, arguments: Arguments, error: Exception, now: dt.datetime) -> None:
        if is_connection_lost(error):
            # Says nothing about the messages. They are read again, and given up together with the job.
            return
        conversation = messaging.lock_conversation(session, ConversationId(arguments["conversation_id"]))
        unread = messaging.unread(session, ConversationId(conversation.id))
        at = error.row_ids if isinstance(error, FailedAt) else frozenset()
        if tried := [message for message in unread if message.id in at]:
            _note_failure(session, engine, conversation, tried, has_others=len(unread) > 1, now=now)

    return Handler(act=answer, after_failure=note_failure)


def _answer(
    session: Session,
    engine: Engine,
    conversation: Conversation,
    waiting: Unread,
    *,
    now: dt.datetime,
) -> None:
    conversation_id, unread = ConversationId(conversation.id), waiting.messages
    chosen = to_read_now(unread)
    due_at = _answer_at(session, conversation_id, waiting, now=now)
    if any(message.attempts >= MOST_TRIES for message in chosen):
        engine.say_unexpected(session, conversation, since=chosen[0].received_at, now=now)
        engine.hand_to_person(session, conversation, chosen, now=now)
    elif due_at > now:
        messaging.schedule_answer(session, conversation_id, now=now, due_at=due_at)
        return
    else:
        try:
            engine.take_turn(session, conversation, chosen, now=now)
        except Exception as problem:
            raise FailedAt([message.id for message in chosen]) from problem
    if waiting.notices_wait:
        # What the person wrote has opened the window, whatever became of the answer.
        messaging.release(session, conversation_id, now=now)
    if len(chosen) < len(unread) or len(unread) == MOST_AT_ONCE:
        is_full = all(message.attempts == 0 for message in unread)
        rest_at = business_now(session) + PAUSE_AFTER_FULL_TURN if is_full else now
        messaging.schedule_answer(session, conversation_id, now=now, due_at=rest_at)


def _note_failure(
    session: Session,
    engine: Engine,
    conversation: Conversation,
    tried: Sequence[InboundMessage],
    *,
    has_others: bool,
    now: dt.datetime,
) -> None:
    for message in tried:
        message.attempts += 1
    engine.say_unexpected(session, conversation, since=tried[0].received_at, now=now)
    if all(message.attempts >= MOST_TRIES for message in tried):
        engine.hand_to_person(session, conversation, tried, now=now)
    if has_others:
        # The others do not wait until this one is tried again.
        messaging.schedule_answer(session, ConversationId(conversation.id), now=now)


def to_read_now(unread: Sequence[InboundMessage]) -> list[InboundMessage]:
    """What this turn reads: as much as its limits allow; after a failure, the one message that was tried least."""
    if any(message.attempts for message in unread):
        return [min(unread, key=lambda message: (message.attempts, message.id))]
    chosen: list[InboundMessage] = []
    characters = 0
    for message in unread:
        characters += len(message.text)
        if chosen and characters > MOST_CHARACTERS:
            break
        chosen.append(message)
    return chosen


def _answer_at(
    session: Session, conversation_id: ConversationId, waiting: Unread, *, now: dt.datetime
) -> dt.datetime:
    """When to answer. Somebody above the rate limit waits, and is reported to the admins."""
    unread = waiting.messages
    due_at = answer_at([UnreadMessage(kind=m.kind, text=m.text, received_at=m.received_at) for m in unread])
    minute, day = waiting.nth_newest_at[PER_MINUTE + 1], waiting.nth_newest_at[PER_DAY + 1]
    until = beyond_budget_until(minute, day, first=unread[0].received_at)
    if until is None or until <= now:
        return due_at
    if not any(message.needs_person for message in unread):
        unread[0].needs_person = True
        record(session, PersonAsked(conversation_id=conversation_id, reason="flood"), actor=SYSTEM, now=now)
    return max(due_at, until)


def beyond_budget_until(
    minute: dt.datetime | None, day: dt.datetime | None, *, first: dt.datetime
) -> dt.datetime | None:
    """Until when the answer waits for a person above a rate limit; None within both limits.

    *minute* and *day* are the times of the messages that are one too many; *first* is that of the oldest unread one.
    """
    if day is not None and first - day < ONE_DAY:
        return first + SLOW_ANSWERS
    if minute is not None and first - minute < ONE_MINUTE:
        return first + ONE_MINUTE
    return None


def sweep_unread(session: Session, *, now: dt.datetime) -> None:
    """Schedule answers for messages without a job. Give up messages whose job was given up after killing workers."""
    waiting = queries.unread_since(session, before=now - OVERLOOKED_AFTER)
    if not waiting:
        return
    open_keys = outbox.open_keys(session, messaging.ANSWER)
    for conversation_id, since in waiting.items():
        key = messaging.conversation_key(conversation_id)
        if key in open_keys:
            continue
        if outbox.was_given_up(session, messaging.ANSWER, key, since=since):
            messaging.give_up_unread(session, conversation_id, attempts=MOST_TRIES)
        messaging.schedule_answer(session, conversation_id, now=now)


def _is_free_text(message: UnreadMessage) -> bool:
    return message.kind == InboundKind.TEXT and short_answer(message.text) is None
