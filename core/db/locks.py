"""Row locks, always taken in one order, so that two transactions can wait for each other but never in a ring."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TypeVar

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from core.db.base import Base
from core.errors import NotFound

Row = TypeVar("Row", bound=Base)

_TAKEN = "khaacho.locks"


class LockRank(IntEnum):
    """Lower ranks are locked first. A number is never reused."""

    CONVERSATION = 10
    CONTACT = 12
    RETAILER = 15
    VENDOR = 17
    ORDER = 20
    FULFILLMENT = 30
    CREDIT_ACCOUNT = 40
    INVOICE_COUNTER = 45
    STOCK = 50


class LockOrderError(RuntimeError):
    """A lock was asked for after one of a higher rank: a programming error that could deadlock."""


def lock(session: Session, model: type[Row], row_id: int, rank: LockRank) -> Row:
    """The row, locked until the transaction ends and freshly read. Raises NotFound."""
    _keep_order(session, rank, [row_id])
    # Not the strongest lock: rows that only refer to this one may be added meanwhile, such as the next message.
    row = session.get(model, row_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise NotFound(kind=model.__tablename__, id=row_id)
    return row


def lock_all(session: Session, model: type[Row], row_ids: Sequence[int], rank: LockRank) -> dict[int, Row]:
    """The rows by id, locked in the order of their ids. Rows that do not exist are left out."""
    if not row_ids:
        return {}
    _keep_order(session, rank, row_ids)
    key = model.__table__.c[next(iter(model.__table__.primary_key)).name]
    rows = session.scalars(
        select(model)
        .where(key.in_(row_ids))
        .order_by(key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {getattr(row, key.name): row for row in rows}


def _keep_order(session: Session, rank: LockRank, row_ids: Sequence[int]) -> None:
    taken: set[tuple[int, int]] = session.info.setdefault(_TAKEN, set())
    new = {(rank.value, row_id) for row_id in row_ids} - taken
    if new and taken and max(taken) > min(new):
        raise LockOrderError(f"{rank.name} {min(new)[1]} asked for after {max(taken)}")
    taken |= new


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_TAKEN, None)
