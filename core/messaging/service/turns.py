"""The end of a turn: its messages are answered, and the conversation is in the state that the turn left it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import Executable, Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.messaging.models import Conversation, InboundMessage, Turn


def close_turn(
    session: Session,
    conversation: Conversation,
    messages: Sequence[InboundMessage],
    *,
    state_after: str,
    slots: Mapping[str, Any],
    steps: Sequence[Any],
    now: dt.datetime,
) -> int:
    """Record what a turn did with *messages*, mark them as read, and write the conversation's new state and slots.

    Returns the turn's id.
    """
    standing: dict[str, Any] = {
        "state": state_after,
        "slots": dict(slots),
        "address": conversation.address,
        "last_inbound_at": conversation.last_inbound_at,
    }
    for message in messages:
        standing["address"] = message.content.get("reply_to", standing["address"])
        standing["last_inbound_at"] = max(
            message.received_at, standing["last_inbound_at"] or message.received_at
        )
    session.flush()
    # One statement, because it ends every turn; the rows that the session knows are told what it wrote.
    turn_id = session.connection().scalar(
        _CLOSE_TURN,
        {
            "of_conversation": conversation.id,
            "state_before": conversation.state,
            "steps": list(steps),
            "now": now,
            "read": [message.id for message in messages],
            **{f"new_{name}": value for name, value in standing.items()},
        },
    )
    for name, value in standing.items():
        set_committed_value(conversation, name, value)
    for message in messages:
        set_committed_value(message, "handled_at", now)
        set_committed_value(message, "turn_id", turn_id)
    return int(turn_id)


def has_turned_since(session: Session, conversation_id: int, instant: dt.datetime) -> bool:
    """Whether another turn of this conversation was answered after *instant*."""
    later = select(Turn.id).where(Turn.conversation_id == conversation_id, Turn.at > instant)
    return session.scalar(later.limit(1)) is not None


def _close_turn() -> Executable:
    conversations = cast("Table", Conversation.__table__)
    turns, inbound = cast("Table", Turn.__table__), cast("Table", InboundMessage.__table__)
    turn = (
        insert(turns)
        .values(
            conversation_id=bindparam("of_conversation"),
            state_before=bindparam("state_before"),
            state_after=bindparam("new_state"),
            steps=bindparam("steps"),
            at=bindparam("now"),
        )
        .returning(turns.c.id)
        .cte("turn")
    )
    turn_id = select(turn.c.id).scalar_subquery()
    read = (
        update(inbound)
        .where(inbound.c.id.in_(bindparam("read", expanding=True)))
        .values(handled_at=bindparam("now"), turn_id=turn_id)
        .returning(inbound.c.id)
        .cte("read_messages")
    )
    names = ("state", "slots", "address", "last_inbound_at")
    return (
        update(conversations)
        .where(conversations.c.id == bindparam("of_conversation"))
        .values({name: bindparam(f"new_{name}", type_=conversations.c[name].type) for name in names})
        .add_cte(read)
        .returning(turn_id)
    )


_CLOSE_TURN: Final = _close_turn()
