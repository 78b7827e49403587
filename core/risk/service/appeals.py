"""A shop that finds its score or a block wrong says so in the chat; a person looks and answers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.db.locks import LockRank, lock
from core.errors import NotFound
from core.events import AppealAnswered, AppealMade
from core.outbox.service import record
from core.parties.models import Retailer
from core.parties.naming import clean_note
from core.risk.errors import AppealAnsweredBefore
from core.risk.models import RiskAppeal

LONGEST_WORDS = 2_000


def appeal(
    session: Session, retailer_id: int, *, words: str, score: int | None, actor: Actor, now: dt.datetime
) -> RiskAppeal:
    """Pass on what the shop says. While one is open, more words are added to it, and nobody is called a second time."""
    lock(session, Retailer, retailer_id, LockRank.RETAILER)
    said = clean_note(words, longest=LONGEST_WORDS) or "?"
    waiting = session.scalar(
        select(RiskAppeal).where(RiskAppeal.retailer_id == retailer_id, RiskAppeal.answered_at.is_(None))
    )
    if waiting is not None:
        waiting.words = f"{waiting.words}\n{said}"[:LONGEST_WORDS]
        return waiting
    made = RiskAppeal(retailer_id=retailer_id, words=said, score=score, actor=actor.label, at=now)
    session.add(made)
    session.flush()
    record(session, AppealMade(appeal_id=made.id, retailer_id=retailer_id), actor=actor, now=now)
    return made


def answer_appeal(
    session: Session, appeal_id: int, *, answer: str, actor: Actor, now: dt.datetime
) -> RiskAppeal:
    """Tell the shop what came of it, once. Raises NotFound, AppealAnsweredBefore."""
    made = session.get(RiskAppeal, appeal_id, with_for_update=True)
    if made is None:
        raise NotFound(kind="appeals", id=appeal_id)
    if made.answered_at is not None:
        raise AppealAnsweredBefore(answer=made.answer)
    made.answer, made.answered_at, made.answered_by = answer, now, actor.label
    record_action(
        session,
        "appeal_answered",
        subject_kind="appeal",
        subject_id=made.id,
        actor=actor,
        now=now,
        after={"answer": answer},
    )
    record(session, AppealAnswered(appeal_id=made.id, retailer_id=made.retailer_id), actor=actor, now=now)
    return made
