"""Questions that wait for an answer: opened, found by the token of a button, closed once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.messaging.models import Conversation, Prompt
from core.refs import ContactId, ConversationId

PROMPTS_LIVE: Final = dt.timedelta(hours=24)

# 72 bits: short enough for a button's id beside the choice, too long to guess.
_TOKEN_BYTES: Final = 9


def open_prompt(
    session: Session,
    *,
    conversation_id: ConversationId,
    kind: str,
    subject_id: int,
    facts: Mapping[str, Any],
    now: dt.datetime,
    expires_in: dt.timedelta = PROMPTS_LIVE,
    kinds_replaced: Collection[str] = (),
) -> Prompt:
    """Open a prompt. It replaces open ones of this kind, or of *kinds_replaced*, about this subject in the conversation.

    One statement does both.
    """
    session.flush()
    replaced = (
        update(Prompt)
        .where(
            Prompt.conversation_id == conversation_id,
            Prompt.kind.in_({kind, *kinds_replaced}),
            Prompt.subject_id == subject_id,
            Prompt.closed_at.is_(None),
        )
        .values(closed_at=now, outcome="replaced")
        .returning(Prompt.id)
        .cte("replaced")
    )
    asked: dict[InstrumentedAttribute[Any], Any] = {
        Prompt.conversation_id: conversation_id,
        Prompt.token: secrets.token_urlsafe(_TOKEN_BYTES),
        Prompt.kind: kind,
        Prompt.subject_id: subject_id,
        Prompt.facts: dict(facts),
        Prompt.opened_at: now,
        Prompt.expires_at: now + expires_in,
    }
    # Counting the replaced ones lets them be closed before the new one is added.
    closed_first = select(func.count().label("count")).select_from(replaced).subquery()
    row = select(*(literal(value, column.type) for column, value in asked.items())).select_from(closed_first)
    opened = insert(Prompt).from_select(list(asked), row).returning(Prompt)
    prompt = session.scalars(opened).one()
    for known in session.identity_map.values():
        if isinstance(known, Prompt) and known.subject_id == subject_id and known is not prompt:
            session.expire(known, ["closed_at", "outcome"])
    return prompt


def open_prompts(session: Session, conversation_id: ConversationId, *, now: dt.datetime) -> list[Prompt]:
    """The questions that may still be answered, oldest first."""
    return list(
        session.scalars(
            select(Prompt)
            .where(
                Prompt.conversation_id == conversation_id,
                Prompt.closed_at.is_(None),
                Prompt.expires_at > now,
            )
            .order_by(Prompt.id)
        )
    )


def find_prompt(session: Session, conversation_id: ConversationId, token: str) -> Prompt | None:
    """The question that a button belongs to, open or closed; a token from another conversation finds nothing."""
    return session.scalar(
        select(Prompt).where(Prompt.conversation_id == conversation_id, Prompt.token == token)
    )


def close_prompt(session: Session, prompt: Prompt, outcome: str, *, now: dt.datetime) -> None:
    """Close a prompt. The first outcome stands."""
    if prompt.closed_at is None:
        prompt.closed_at = now
        prompt.outcome = outcome
        session.flush()


def void_prompts(
    session: Session,
    *,
    kind: str,
    subject_id: int,
    still_asked: Callable[[Prompt], bool] = lambda _prompt: False,
    now: dt.datetime,
) -> None:
    """Close the prompts about a subject in all conversations: there is nothing left to decide.

    Those stay that are *still_asked*, because they are about more, or were asked anew.
    """
    where = (Prompt.kind == kind, Prompt.subject_id == subject_id)
    _close_open(session, where, outcome="void", still_asked=still_asked, now=now)


def void_all_prompts(session: Session, contact_ids: Collection[ContactId], *, now: dt.datetime) -> None:
    """Close every question that these people have been asked: they may answer none of them any more."""
    theirs = select(Conversation.id).where(Conversation.contact_id.in_(contact_ids))
    _close_open(session, (Prompt.conversation_id.in_(theirs),), outcome="void", now=now)


def _close_open(
    session: Session,
    where: Iterable[Any],
    *,
    outcome: str,
    still_asked: Callable[[Prompt], bool] = lambda _prompt: False,
    now: dt.datetime,
) -> None:
    for prompt in session.scalars(
        select(Prompt).where(*where, Prompt.closed_at.is_(None)).order_by(Prompt.id).with_for_update()
    ):
        if not still_asked(prompt):
            prompt.closed_at = now
            prompt.outcome = outcome
    session.flush()
