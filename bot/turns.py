"""When and how often a conversation is answered: the quiet time, the job that runs the engine, and what follows a failure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy.orm import Session

from bot.channels.types import InboundKind
from bot.dialogue.reading.words import short_answer
from core.jobs.handlers import Arguments, Handler
from core.messaging import queries
from core.messaging import service as messaging
from core.outbox import queries as outbox
from core.refs import ConversationId

# People write in several messages what they mean as one.
QUIET_TIME: Final = dt.timedelta(seconds=1.5)
LONGEST_WAIT: Final = dt.timedelta(seconds=5)
MOST_TRIES: Final = 3
# Stored without a job (by the fallback address, or by a version that crashed in between).
OVERLOOKED_AFTER: Final = dt.timedelta(seconds=10)


class Engine(Protocol):
    """The dialogue, as the job sees it."""

    def take_turn(self, session: Session, conversation_id: ConversationId, *, now: dt.datetime) -> None:
        """Answer what waits, once."""
        ...

    def say_unexpected(
        self, session: Session, conversation_id: ConversationId, *, is_last_try: bool, now: dt.datetime
    ) -> None:
        """Tell the person that something failed, once; hand the messages to a person after the last try."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadMessage:
    kind: str
    text: str
    received_at: dt.datetime


def answer_at(messages: Sequence[UnreadMessage]) -> dt.datetime:
    """When these messages are to be answered: free text when nothing new has come for a while, all else at once."""
    first, last = messages[0].received_at, messages[-1].received_at
    if any(not _is_free_text(message) for message in messages):
        return last
    return min(last + QUIET_TIME, first + LONGEST_WAIT)


def answering(engine: Engine) -> Handler:
    """The handler of `answer_conversation`."""

    def answer(session: Session, arguments: Arguments, now: dt.datetime) -> None:
        conversation_id = ConversationId(arguments["conversation_id"])
        unread = messaging.unread(session, conversation_id)
        if not unread:
            return
        if max(message.attempts for message in unread) >= MOST_TRIES:
            engine.say_unexpected(session, conversation_id, is_last_try=True, now=now)
            return
        due_at = answer_at(
            [UnreadMessage(kind=m.kind, text=m.text, received_at=m.received_at) for m in unread]
        )
        if due_at > now:
            messaging.ring_conversation(session, conversation_id, now=now, due_at=due_at)
        else:
            engine.take_turn(session, conversation_id, now=now)

    def count_failure(session: Session, arguments: Arguments, _attempt: int, now: dt.datetime) -> None:
        conversation_id = ConversationId(arguments["conversation_id"])
        messaging.lock_conversation(session, conversation_id)
        unread = messaging.unread(session, conversation_id)
        for message in unread:
            message.attempts += 1
        tries = max((message.attempts for message in unread), default=0)
        engine.say_unexpected(session, conversation_id, is_last_try=tries >= MOST_TRIES, now=now)

    return Handler(act=answer, after_failure=count_failure)


def sweep_unread(session: Session, *, now: dt.datetime) -> None:
    """Have answered what was stored without a job, and hand on what killed its workers until its job was given up."""
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
        messaging.ring_conversation(session, conversation_id, now=now)


def _is_free_text(message: UnreadMessage) -> bool:
    return message.kind == InboundKind.TEXT and short_answer(message.text) is None
