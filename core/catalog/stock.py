"""What vendors have, movement by movement. Goods are reserved at acceptance and leave at dispatch.

Every use case locks the rows in the order of their ids, and does nothing for a listing that already moved for the same
cause: a repeated job or click moves goods once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.catalog.errors import StockBelowPromised, StockNotReserved, StockShort
from core.catalog.models import MovementKind, Stock, StockMovement
from core.db.locks import LockRank, lock_all
from core.errors import NotFound
from core.parties.queries import check_active
from core.quantity import ZERO_QUANTITY, quantity
from core.refs import ListingId

Amounts = Mapping[ListingId, Decimal]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    on_hand: Decimal
    reserved: Decimal


def lock_stock(session: Session, listing_ids: Collection[ListingId]) -> None:
    """Lock all that several causes will move in one transaction, before the first of them: rows go in the order of ids."""
    lock_all(session, Stock, list(listing_ids), LockRank.STOCK)


def count(
    session: Session,
    listing_id: ListingId,
    on_hand: Decimal,
    *,
    cause: str,
    reason: str | None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Set what is on hand to what the vendor counted, in base pieces. Raises StockBelowPromised, PartyInactive."""
    count_all(session, {listing_id: on_hand}, cause=cause, reason=reason, actor=actor, now=now)


def count_all(
    session: Session,
    counted: Amounts,
    *,
    cause: str,
    reason: str | None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Set what is on hand of several listings, all or none. Raises StockBelowPromised, PartyInactive."""
    exact = {listing_id: quantity(on_hand) for listing_id, on_hand in counted.items()}
    rows = _lock_unmoved(session, exact, MovementKind.COUNTED, cause=cause)
    check_active(session, actor)
    promised = {
        listing_id: row.reserved for listing_id, row in rows.items() if exact[listing_id] < row.reserved
    }
    if promised:
        raise StockBelowPromised(promised=promised)
    changes = {
        listing_id: _Change(on_hand=exact[listing_id] - row.on_hand, reserved=ZERO_QUANTITY)
        for listing_id, row in rows.items()
    }
    _move(session, rows, changes, MovementKind.COUNTED, cause=cause, reason=reason, actor=actor, now=now)


def reserve(
    session: Session,
    wanted: Amounts,
    *,
    cause: str,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
) -> None:
    """Reserve goods for an order. Raises StockShort with what is available where that is not enough; then nothing has changed."""
    _move_each(
        session,
        wanted,
        MovementKind.RESERVED,
        check=_check_available,
        cause=cause,
        reason=reason,
        actor=actor,
        now=now,
    )


def release(
    session: Session,
    amounts: Amounts,
    *,
    cause: str,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
) -> None:
    """Release reserved goods, so that other orders can have them. Raises StockNotReserved."""
    _move_each(
        session,
        amounts,
        MovementKind.RELEASED,
        check=_check_reserved,
        cause=cause,
        reason=reason,
        actor=actor,
        now=now,
    )


def take(
    session: Session,
    amounts: Amounts,
    *,
    cause: str,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
) -> None:
    """Take reserved goods off the stock when they are dispatched. Raises StockNotReserved."""
    _move_each(
        session,
        amounts,
        MovementKind.DISPATCHED,
        check=_check_reserved,
        cause=cause,
        reason=reason,
        actor=actor,
        now=now,
    )


def put_back(
    session: Session,
    amounts: Amounts,
    *,
    cause: str,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
) -> None:
    """Put dispatched goods that came back on hand again."""
    _move_each(
        session, amounts, MovementKind.RETURNED, check=None, cause=cause, reason=reason, actor=actor, now=now
    )


# What one piece moved does to what is on hand and to what is reserved.
_EFFECTS: Final[Mapping[MovementKind, _Change]] = {
    MovementKind.RESERVED: _Change(on_hand=Decimal(0), reserved=Decimal(1)),
    MovementKind.RELEASED: _Change(on_hand=Decimal(0), reserved=Decimal(-1)),
    MovementKind.DISPATCHED: _Change(on_hand=Decimal(-1), reserved=Decimal(-1)),
    MovementKind.RETURNED: _Change(on_hand=Decimal(1), reserved=Decimal(0)),
}


def _move_each(
    session: Session,
    amounts: Amounts,
    kind: MovementKind,
    *,
    check: Callable[[Mapping[ListingId, Stock], Amounts], None] | None,
    cause: str,
    reason: str | None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Move what has not moved for this cause yet, once *check* lets all of it pass."""
    exact = _some(amounts)
    rows = _lock_unmoved(session, exact, kind, cause=cause)
    if check is not None:
        check(rows, exact)
    effect = _EFFECTS[kind]
    changes = {
        listing_id: _Change(
            on_hand=effect.on_hand * exact[listing_id], reserved=effect.reserved * exact[listing_id]
        )
        for listing_id in rows
    }
    _move(session, rows, changes, kind, cause=cause, reason=reason, actor=actor, now=now)


def _some(amounts: Amounts) -> dict[ListingId, Decimal]:
    """Exact amounts, without those of nothing."""
    exact = {listing_id: quantity(amount) for listing_id, amount in amounts.items()}
    return {listing_id: amount for listing_id, amount in exact.items() if amount}


def _lock_unmoved(
    session: Session, amounts: Amounts, kind: MovementKind, *, cause: str
) -> dict[ListingId, Stock]:
    """The locked rows of those listings that did not move for this cause yet. Raises NotFound."""
    rows = lock_all(session, Stock, list(amounts), LockRank.STOCK)
    if unknown := sorted(set(amounts) - set(rows)):
        raise NotFound(kind="stock", id=unknown)
    moved = set(
        session.scalars(
            select(StockMovement.listing_id).where(
                StockMovement.listing_id.in_(rows), StockMovement.kind == kind, StockMovement.cause == cause
            )
        )
    )
    return {ListingId(listing_id): row for listing_id, row in rows.items() if listing_id not in moved}


def _check_available(rows: Mapping[ListingId, Stock], amounts: Amounts) -> None:
    available = {listing_id: row.on_hand - row.reserved for listing_id, row in rows.items()}
    short = {listing_id: there for listing_id, there in available.items() if there < amounts[listing_id]}
    if short:
        raise StockShort(short=short)


def _check_reserved(rows: Mapping[ListingId, Stock], amounts: Amounts) -> None:
    reserved = {
        listing_id: row.reserved for listing_id, row in rows.items() if row.reserved < amounts[listing_id]
    }
    if reserved:
        raise StockNotReserved(reserved=reserved)


def _move(
    session: Session,
    rows: Mapping[ListingId, Stock],
    changes: Mapping[ListingId, _Change],
    kind: MovementKind,
    *,
    cause: str,
    reason: str | None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    for listing_id, row in rows.items():
        row.on_hand += changes[listing_id].on_hand
        row.reserved += changes[listing_id].reserved
    session.add_all(
        StockMovement(
            listing_id=listing_id,
            kind=kind,
            on_hand_change=change.on_hand,
            reserved_change=change.reserved,
            cause=cause,
            reason=reason,
            actor=actor.label,
            at=now,
        )
        for listing_id, change in changes.items()
    )
    session.flush()
