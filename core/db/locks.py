"""Row locks, always taken in one order, so that two transactions can wait for each other but never in a ring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, TypeVar

from sqlalchemy import Select, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.orm.util import identity_key

from core.db.base import Base
from core.errors import NotFound

Row = TypeVar("Row", bound=Base)

_TAKEN = "khaacho.locks"
_NEW = "khaacho.new"
_HELD = "khaacho.held"


class LockRank(IntEnum):
    """Lower ranks are locked first. A number is never reused."""

    CONVERSATION = 10
    CONTACT = 12
    RETAILER = 15
    VENDOR = 17
    ORDER = 20
    FULFILLMENT = 30
    CORRECTION_REQUEST = 35
    CREDIT_ACCOUNT = 40
    INVOICE_COUNTER = 45
    STOCK = 50


# The rows of a transaction's locks, by rank and id.
Locks = dict[tuple[int, int], type[Base]]


class LockOrderError(RuntimeError):
    """A lock was asked for after one of a higher rank, which could deadlock. Nothing may be kept of the transaction.

    `needed` are the locks that it had and the ones that it asked for: `lock_ahead` takes them in order, before the work
    is done again.
    """

    def __init__(self, message: str, needed: Mapping[tuple[int, int], type[Base]]) -> None:
        super().__init__(message)
        self.needed = dict(needed)


def lock_order_error(error: BaseException | None) -> LockOrderError | None:
    """The `LockOrderError` that *error* is or comes from."""
    while error is not None and not isinstance(error, LockOrderError):
        error = error.__cause__
    return error


def lock_ahead(session: Session, needed: Mapping[tuple[int, int], type[Base]]) -> None:
    """Take these locks, in order, before any other. Rows that do not exist any more are left out."""
    for rank in sorted({rank for rank, _ in needed}):
        rows = {row_id: model for (of_rank, row_id), model in needed.items() if of_rank == rank}
        for model in set(rows.values()):
            lock_all(session, model, [row_id for row_id in rows if rows[row_id] is model], LockRank(rank))


def lock(session: Session, model: type[Row], row_id: int, rank: LockRank) -> Row:
    """The row, locked until the transaction ends and freshly read. Raises NotFound.

    A row that is locked already is not read again: nobody else can have changed it.
    """
    known: Row | None = _held(session).get((model, row_id))
    if known is not None and _is_known(session, known):
        return known
    _keep_order(session, model, rank, [row_id])
    # Not the strongest lock: rows that only refer to this one may be added meanwhile, such as the next message.
    row = session.get(model, row_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise NotFound(kind=model.__tablename__, id=row_id)
    _held(session)[model, row_id] = row
    return row


def find_held(session: Session, model: type[Row], is_wanted: Callable[[Row], bool]) -> Row | None:
    """A row that is locked already and that *is_wanted*; nothing is read."""
    locked: list[Row] = [row for (held_model, _), row in _held(session).items() if held_model is model]
    return next((row for row in locked if _is_known(session, row) and is_wanted(row)), None)


def lock_found(session: Session, wanted: Select[Row], rank: LockRank) -> Row | None:
    """The one row that *wanted* finds, locked until the transaction ends and freshly read; None when it finds none.

    PostgreSQL looks again after waiting for the lock: what another changed meanwhile so that it does not fit any more
    is not found.
    """
    row: Row | None = session.scalar(
        wanted.with_for_update(key_share=True).execution_options(populate_existing=True),
    )
    if row is None:
        return None
    (row_id,) = identity_key(instance=row)[1]
    _keep_order(session, type(row), rank, [row_id])
    _held(session)[type(row), row_id] = row
    return row


def lock_all(session: Session, model: type[Row], row_ids: Sequence[int], rank: LockRank) -> dict[int, Row]:
    """The rows by id, locked in the order of their ids. Rows that do not exist are left out."""
    if not row_ids:
        return {}
    _keep_order(session, model, rank, row_ids)
    key = model.__table__.c[next(iter(model.__table__.primary_key)).name]
    rows = session.scalars(
        select(model)
        .where(key.in_(row_ids))
        .order_by(key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {getattr(row, key.name): row for row in rows}


def _keep_order(session: Session, model: type[Base], rank: LockRank, row_ids: Sequence[int]) -> None:
    taken: Locks = session.info.setdefault(_TAKEN, {})
    own: set[tuple[int, int]] = session.info.get(_NEW, set())
    new = {(rank.value, row_id) for row_id in row_ids} - taken.keys() - own
    asked = taken | dict.fromkeys(new, model)
    if new and taken and max(taken) > min(new):
        raise LockOrderError(f"{rank.name} {min(new)[1]} asked for after {max(taken)}", asked)
    session.info[_TAKEN] = asked


def _is_known(session: Session, row: Base) -> bool:
    return row in session and not inspect(row).expired_attributes


def hold_new(session: Session, row: Base, rank: LockRank) -> None:
    """Count a row that this transaction has inserted as locked. Nobody else sees it yet or can wait for it, so it has no place in the order."""
    (row_id,) = identity_key(instance=row)[1]
    session.info.setdefault(_NEW, set()).add((rank.value, row_id))
    _held(session)[type(row), row_id] = row


def _held(session: Session) -> dict[tuple[type[Any], int], Any]:
    """The locked rows that the session knows as they are, by model and id."""
    held: dict[tuple[type[Any], int], Any] = session.info.setdefault(_HELD, {})
    return held


@event.listens_for(Session, "after_transaction_create")
def _remember_taken(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info[_TAKEN, transaction] = dict(session.info.get(_TAKEN, {}))


@event.listens_for(Session, "after_soft_rollback")
def _forget_held(session: Session, transaction: SessionTransaction) -> None:
    # PostgreSQL gives back the locks that were taken since the savepoint.
    session.info.pop(_HELD, None)
    before = session.info.get((_TAKEN, transaction))
    if before is not None:
        session.info[_TAKEN] = before


@event.listens_for(Session, "do_orm_execute")
def _forget_changed(state: ORMExecuteState) -> None:
    # Statements may change rows behind the session's back.
    if not state.is_select and not state.is_insert:
        state.session.info.pop(_HELD, None)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    session.info.pop((_TAKEN, transaction), None)
    if transaction.parent is None:
        session.info.pop(_TAKEN, None)
        session.info.pop(_NEW, None)
        session.info.pop(_HELD, None)
