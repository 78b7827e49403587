"""Which contents a provider keeps for us: made once per shape, found by our own name for them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.messaging.models import ContentShape


def find_content(session: Session, name: str) -> str | None:
    return session.scalar(select(ContentShape.provider_content_id).where(ContentShape.shape == name))


def remember_content(session: Session, name: str, provider_content_id: str, *, now: dt.datetime) -> None:
    """Keep it, over whatever was kept before."""
    statement = insert(ContentShape).values(
        shape=name, provider_content_id=provider_content_id, created_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["shape"], set_={"provider_content_id": statement.excluded.provider_content_id}
        )
    )


def delete_content(session: Session, name: str) -> None:
    session.execute(delete(ContentShape).where(ContentShape.shape == name))
