"""Answers kept by the key of their request, so that a request sent twice is done once and answered alike.

The key's row is written in the transaction of what it stands for: a duplicate request waits at the unique constraint until that
transaction ends, then finds the answer, or nothing when it was rolled back, and does the work itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db.base import Base, primary_key
from core.errors import DomainError


class IdempotentRequest(Base):
    """What a keyed request was answered. Without a status it is being worked on, in the transaction that wrote it."""

    __tablename__ = "idempotent_requests"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[str | None]
    media_type: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(index=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredResponse:
    """The answer that the first request with this key got."""

    status: int
    body: str
    media_type: str


class KeyReused(DomainError):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"


def begin(
    session: Session, *, user_id: int, key: str, request_hash: str, now: dt.datetime
) -> StoredResponse | None:
    """The answer given before, or None: then do the work and call `keep`. Raises KeyReused for another request."""
    is_first = session.scalar(
        insert(IdempotentRequest)
        .values(user_id=user_id, key=key, request_hash=request_hash, at=now)
        .on_conflict_do_nothing()
        .returning(IdempotentRequest.id)
    )
    if is_first is not None:
        return None
    row = session.scalars(
        select(IdempotentRequest).where(IdempotentRequest.user_id == user_id, IdempotentRequest.key == key)
    ).one()
    if row.request_hash != request_hash:
        raise KeyReused
    return StoredResponse(status=row.status or 500, body=row.body or "", media_type=row.media_type or "")


def store(session: Session, *, user_id: int, key: str, answer: StoredResponse) -> None:
    row = session.scalars(
        select(IdempotentRequest).where(IdempotentRequest.user_id == user_id, IdempotentRequest.key == key)
    ).one()
    row.status, row.body, row.media_type = answer.status, answer.body, answer.media_type
    session.flush()


def delete_old(session: Session, *, before: dt.datetime) -> int:
    """Drop answers that nobody will ask for again. Returns how many."""
    gone = session.scalars(
        delete(IdempotentRequest).where(IdempotentRequest.at < before).returning(IdempotentRequest.id)
    ).all()
    return len(gone)
