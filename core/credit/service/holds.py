"""Two-phase credit: reserve when an order is placed, capture what is delivered, release the rest. Resolved exactly once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.credit import policy
from core.credit.errors import AmountNotPositive, CreditRefused, HoldResolved, HoldTooSmall
from core.credit.kinds import HoldRefusal, HoldStatus
from core.credit.models import CreditAccount, CreditHold, HoldMovement
from core.credit.queries.balances import account_view
from core.credit.service.accounts import find_account_id, lock_account
from core.money import ZERO, Money
from core.settings import service as settings


def place_hold(
    session: Session, *, order_id: int, retailer_id: int, amount: Money, now: dt.datetime
) -> CreditHold:
    """Reserve credit for an order. Asking twice for one order returns the first hold.

    Locks the account. Raises CreditRefused with the reason, what is available and what is missing.
    """
    if amount <= ZERO:
        raise AmountNotPositive(amount=amount)
    if find_account_id(session, retailer_id) is None:
        raise CreditRefused(reason=HoldRefusal.NO_ACCOUNT, available=ZERO, asked=amount, shortfall=amount)
    account = lock_account(session, retailer_id, now=now)
    if hold := find_hold(session, order_id):
        return hold
    _refuse_or_pass(session, account, amount, now=now)
    hold = CreditHold(
        account_id=account.id,
        order_id=order_id,
        amount_minor=amount.minor,
        captured_minor=0,
        released_minor=0,
        status=HoldStatus.OPEN,
        placed_at=now,
    )
    session.add(hold)
    _change_held(account, amount, now=now)
    session.flush()
    return hold


def shrink_hold(session: Session, *, order_id: int, to: Money, cause: str, now: dt.datetime) -> None:
    """Keep no more than *to* reserved for what is still to come; the rest is released. An order for cash has no hold."""
    if found := _lock_hold(session, order_id, now=now):
        account, hold = found
        if _is_new(session, hold, cause) and to < open_part(hold):
            _release(session, account, hold, open_part(hold) - to, cause=cause, now=now)


def grow_hold(session: Session, *, order_id: int, to: Money, cause: str, now: dt.datetime) -> None:
    """Reserve *to* for what is still to come, after the retailer's yes.

    Raises CreditRefused as placing does, HoldResolved when the order has ended.
    """
    if found := _lock_hold(session, order_id, now=now):
        account, hold = found
        more = to - open_part(hold)
        if not _is_new(session, hold, cause) or more <= ZERO:
            return
        if hold.status is HoldStatus.RESOLVED:
            raise HoldResolved(order_id=order_id)
        _refuse_or_pass(session, account, more, now=now)
        hold.amount_minor += more.minor
        session.add(HoldMovement(hold_id=hold.id, cause=cause, grown_minor=more.minor, at=now))
        _change_held(account, more, now=now)
        session.flush()


def release_hold(session: Session, *, order_id: int, cause: str, now: dt.datetime) -> None:
    """Give back whatever is still reserved. Boring when the hold is resolved, or when the order was for cash."""
    if found := _lock_hold(session, order_id, now=now):
        account, hold = found
        if open_part(hold):
            _release(session, account, hold, open_part(hold), cause=cause, now=now)


def capture(session: Session, *, order_id: int, amount: Money, cause: str, now: dt.datetime) -> None:
    """Turn *amount* of the hold into debt; the caller posts that debt in the same transaction.

    Raises HoldTooSmall when the hold does not cover it: the exposure never grows at a delivery.
    """
    found = _lock_hold(session, order_id, now=now)
    if found is None or amount > open_part(found[1]):
        raise HoldTooSmall(order_id=order_id, needed=amount, held=open_part(found[1]) if found else ZERO)
    account, hold = found
    session.add(HoldMovement(hold_id=hold.id, cause=cause, captured_minor=amount.minor, at=now))
    hold.captured_minor += amount.minor
    _after_part(account, hold, amount, now=now)
    session.flush()


def open_part(hold: CreditHold) -> Money:
    return Money(hold.amount_minor - hold.captured_minor - hold.released_minor)


def find_hold(session: Session, order_id: int) -> CreditHold | None:
    return session.scalar(select(CreditHold).where(CreditHold.order_id == order_id))


def _lock_hold(
    session: Session, order_id: int, *, now: dt.datetime
) -> tuple[CreditAccount, CreditHold] | None:
    """The hold as it is once the account's lock is ours."""
    retailer_id = session.scalar(
        select(CreditAccount.retailer_id)
        .join(CreditHold, CreditHold.account_id == CreditAccount.id)
        .where(CreditHold.order_id == order_id)
    )
    if retailer_id is None:
        return None
    account = lock_account(session, retailer_id, now=now)
    hold = session.scalars(
        select(CreditHold).where(CreditHold.order_id == order_id).execution_options(populate_existing=True)
    ).one()
    return account, hold


def _refuse_or_pass(session: Session, account: CreditAccount, amount: Money, *, now: dt.datetime) -> None:
    view = account_view(session, account, now=now)
    rules = settings.current(session, policy.OverdueBlocking).values
    if reason := policy.decide_hold(view, amount, rules):
        raise CreditRefused(
            reason=reason,
            available=max(view.available, ZERO),
            asked=amount,
            shortfall=max(amount - view.available, ZERO),
        )


def _is_new(session: Session, hold: CreditHold, cause: str) -> bool:
    return not session.scalar(
        select(HoldMovement.id).where(HoldMovement.hold_id == hold.id, HoldMovement.cause == cause)
    )


def _release(
    session: Session,
    account: CreditAccount,
    hold: CreditHold,
    amount: Money,
    *,
    cause: str,
    now: dt.datetime,
) -> None:
    session.add(HoldMovement(hold_id=hold.id, cause=cause, released_minor=amount.minor, at=now))
    hold.released_minor += amount.minor
    _after_part(account, hold, amount, now=now)
    session.flush()


def _after_part(account: CreditAccount, hold: CreditHold, amount: Money, *, now: dt.datetime) -> None:
    if not open_part(hold):
        hold.status = HoldStatus.RESOLVED
        hold.resolved_at = now
    _change_held(account, -amount, now=now)


def _change_held(account: CreditAccount, by: Money, *, now: dt.datetime) -> None:
    account.held_minor += by.minor
    account.updated_at = now
