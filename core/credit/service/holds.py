"""Two-phase credit: reserve when an order is placed, capture what is delivered, release the rest. Resolved exactly once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.credit import policy
from core.credit.errors import AmountNotPositive, CreditRefused, HoldTooSmall
from core.credit.kinds import HoldRefusal, HoldStatus
from core.credit.models import CreditAccount, CreditHold, HoldMovement
from core.credit.outcomes import HOLD, Hold, HoldEvent
from core.credit.policy import AccountView
from core.credit.queries.balances import account_view
from core.credit.service.accounts import is_locked, lock_account, lock_account_if_any, vendor_accounts
from core.money import ZERO, Money
from core.outcomes import changes, refusal_of
from core.settings import service as settings


def place_hold(
    session: Session, *, order_id: int, retailer_id: int, amount: Money, now: dt.datetime
) -> CreditHold:
    """Reserve credit for an order. Asking twice for one order returns the first hold.

    Locks the account. Raises CreditRefused with the reason, what is available and what is missing.
    """
    if amount <= ZERO:
        raise AmountNotPositive(amount=amount)
    account = lock_account_if_any(session, retailer_id)
    if account is None:
        raise CreditRefused(reason=HoldRefusal.NO_ACCOUNT, available=ZERO, asked=amount, shortfall=amount)
    hold = find_hold(session, order_id)
    if hold is not None and not changes(HOLD, Hold.of(hold.status), HoldEvent.PLACE):
        return hold
    _refuse_or_pass(session, account_view(session, account, now=now), amount)
    return _reserve(session, account, order_id, amount, now=now)


def hold_with_vendor(
    session: Session, *, order_id: int, retailer_id: int, vendor_id: int, amount: Money, now: dt.datetime
) -> None:
    """When a vendor accepts, reserve on the retailer's account with it as well; most pairs have none.

    Accepting more of one order adds to the hold. Raises CreditRefused when the pair's limit is too small.
    """
    lock_account(session, retailer_id, now=now)
    account = vendor_accounts(session, retailer_id).get(vendor_id)
    if account is None or amount <= ZERO:
        return
    # Only the limit: whether the shop is late was asked when the order was placed.
    view = replace(account_view(session, account, now=now), cash_due=ZERO, oldest_days_past_due=0)
    _refuse_or_pass(session, view, amount)
    if hold := find_hold(session, order_id, vendor_id=vendor_id):
        _grow(session, account, hold, amount, cause=f"accepted:{amount.minor}", now=now)
    else:
        _reserve(session, account, order_id, amount, now=now)


def shrink_hold(
    session: Session, *, order_id: int, to: Money, cause: str, now: dt.datetime, vendor_id: int | None = None
) -> None:
    """Keep no more than *to* reserved for what is still to come; the rest is released.

    On the platform's account, or on the one with *vendor_id*. Nothing happens without a hold: an order for cash has
    none, and most shops have no limit with single vendors.
    """
    if found := _lock_hold_for(session, HoldEvent.SHRINK, order_id, vendor_id=vendor_id, now=now):
        account, hold = found
        if to < open_part(hold):
            _release(session, account, hold, open_part(hold) - to, cause=cause, now=now)


def grow_hold(session: Session, *, order_id: int, to: Money, cause: str, now: dt.datetime) -> None:
    """Reserve *to* for what is still to come, after the retailer's yes.

    Raises CreditRefused as placing does, HoldResolved when the order has ended.
    """
    if found := _lock_hold(session, order_id, now=now):
        account, hold = found
        more = to - open_part(hold)
        if more <= ZERO:
            return
        if refused := refusal_of(HOLD, Hold.of(hold.status), HoldEvent.GROW):
            raise refused(order_id=order_id)
        _refuse_or_pass(session, account_view(session, account, now=now), more)
        _grow(session, account, hold, more, cause=cause, now=now)


def grow_hold_by_rounding(
    session: Session, *, order_id: int, to: Money, cause: str, now: dt.datetime
) -> None:
    """Reserve *to*, a few paisa more than before, because lines come in parts that are rounded each by itself.

    Nothing was ordered, so only the limit counts. Does nothing without a hold. Raises CreditRefused, HoldResolved.
    """
    if found := _lock_hold(session, order_id, now=now):
        account, hold = found
        more = to - open_part(hold)
        if more <= ZERO:
            return
        if refused := refusal_of(HOLD, Hold.of(hold.status), HoldEvent.GROW):
            raise refused(order_id=order_id)
        view = replace(account_view(session, account, now=now), cash_due=ZERO, oldest_days_past_due=0)
        _refuse_or_pass(session, view, more)
        _grow(session, account, hold, more, cause=cause, now=now)


def release_hold(session: Session, *, order_id: int, cause: str, now: dt.datetime) -> None:
    """Release whatever is still reserved. Does nothing when the hold is resolved or the order was for cash."""
    for vendor_id in (None, *_vendors_holding(session, order_id)):
        release_hold_with_vendor(session, order_id=order_id, vendor_id=vendor_id, cause=cause, now=now)


def release_hold_with_vendor(
    session: Session, *, order_id: int, vendor_id: int | None, cause: str, now: dt.datetime
) -> None:
    """Release what is reserved for the order on the account with one vendor, or with None on the platform's."""
    if found := _lock_hold_for(session, HoldEvent.RELEASE, order_id, vendor_id=vendor_id, now=now):
        account, hold = found
        _release(session, account, hold, open_part(hold), cause=cause, now=now)


def capture(
    session: Session, *, order_id: int, vendor_id: int, amount: Money, cause: str, now: dt.datetime
) -> None:
    """Turn *amount* of the hold into debt; the caller posts that debt in the same transaction.

    Raises HoldTooSmall when the hold does not cover it: the exposure never grows at a delivery.
    """
    found = _lock_hold(session, order_id, now=now)
    if refused := refusal_of(HOLD, Hold.of(found[1].status if found else None), HoldEvent.CAPTURE):
        raise refused(order_id=order_id, needed=amount, held=ZERO)
    if found is not None:
        _capture(session, *found, amount, cause=cause, now=now)
    if pair := _lock_hold(session, order_id, vendor_id=vendor_id, now=now):
        # A limit that was set between two parts of the order holds nothing for the first.
        held = min(amount, open_part(pair[1]))
        if held > ZERO:
            _capture(session, *pair, held, cause=cause, now=now)


def open_part(hold: CreditHold) -> Money:
    return Money(hold.amount_minor - hold.captured_minor - hold.released_minor)


def find_hold(session: Session, order_id: int, *, vendor_id: int | None = None) -> CreditHold | None:
    """The order's hold on the platform's account, or on the account with *vendor_id*."""
    return session.scalar(_hold(order_id, vendor_id))


def _hold(order_id: int, vendor_id: int | None) -> Select[CreditHold]:
    return (
        select(CreditHold)
        .join(CreditAccount, CreditAccount.id == CreditHold.account_id)
        .where(CreditHold.order_id == order_id, CreditAccount.vendor_id.is_not_distinct_from(vendor_id))
    )


def _vendors_holding(session: Session, order_id: int) -> list[int]:
    holding = (
        select(CreditAccount.vendor_id)
        .join(CreditHold, CreditHold.account_id == CreditAccount.id)
        .where(CreditHold.order_id == order_id, CreditAccount.vendor_id.is_not(None))
        .order_by(CreditAccount.vendor_id)
    )
    return [vendor_id for vendor_id in session.scalars(holding) if vendor_id is not None]


def _lock_hold(
    session: Session, order_id: int, *, vendor_id: int | None = None, now: dt.datetime
) -> tuple[CreditAccount, CreditHold] | None:
    """The hold and its account as they are once the retailer's lock is ours."""
    found = _read_hold(session, order_id, vendor_id)
    if found is None or is_locked(session, found[0].retailer_id):
        return found
    lock_account(session, found[0].retailer_id, now=now)
    return _read_hold(session, order_id, vendor_id)


def _lock_hold_for(
    session: Session, event: HoldEvent, order_id: int, *, vendor_id: int | None, now: dt.datetime
) -> tuple[CreditAccount, CreditHold] | None:
    """As `_lock_hold`; None as well where *event* changes nothing of the hold."""
    found = _lock_hold(session, order_id, vendor_id=vendor_id, now=now)
    return found if found and changes(HOLD, Hold.of(found[1].status), event) else None


def _read_hold(
    session: Session, order_id: int, vendor_id: int | None
) -> tuple[CreditAccount, CreditHold] | None:
    # Afresh, which must not undo changes that are not written yet.
    session.flush()
    found = session.execute(
        _hold(order_id, vendor_id).add_columns(CreditAccount).execution_options(populate_existing=True)
    ).one_or_none()
    return None if found is None else (found[1], found[0])


def _reserve(
    session: Session, account: CreditAccount, order_id: int, amount: Money, *, now: dt.datetime
) -> CreditHold:
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


def _refuse_or_pass(session: Session, view: AccountView, amount: Money) -> None:
    rules = settings.current(session, policy.OverdueBlocking).values
    if reason := policy.decide_hold(view, amount, rules):
        raise CreditRefused(
            reason=reason,
            available=max(view.available, ZERO),
            asked=amount,
            shortfall=max(amount - view.available, ZERO),
        )


def _grow(
    session: Session, account: CreditAccount, hold: CreditHold, more: Money, *, cause: str, now: dt.datetime
) -> None:
    """A resolved hold with a vendor that withdrew opens again when the vendor is chosen again."""
    _note(session, hold, cause, HoldMovement(grown_minor=more.minor, at=now))
    hold.amount_minor += more.minor
    hold.status, hold.resolved_at = HoldStatus.OPEN, None
    _change_held(account, more, now=now)
    session.flush()


def _release(
    session: Session,
    account: CreditAccount,
    hold: CreditHold,
    amount: Money,
    *,
    cause: str,
    now: dt.datetime,
) -> None:
    _note(session, hold, cause, HoldMovement(released_minor=amount.minor, at=now))
    hold.released_minor += amount.minor
    _after_part(account, hold, amount, now=now)
    session.flush()


def _capture(
    session: Session,
    account: CreditAccount,
    hold: CreditHold,
    amount: Money,
    *,
    cause: str,
    now: dt.datetime,
) -> None:
    if amount > open_part(hold):
        raise HoldTooSmall(order_id=hold.order_id, needed=amount, held=open_part(hold))
    # Plain, without `_note`: a fulfillment that is captured twice must hit the unique constraint.
    session.add(HoldMovement(hold_id=hold.id, cause=cause, captured_minor=amount.minor, at=now))
    hold.captured_minor += amount.minor
    _after_part(account, hold, amount, now=now)
    session.flush()


def _note(session: Session, hold: CreditHold, cause: str, movement: HoldMovement) -> None:
    """Write the movement under its cause. An order may grow, shrink and grow again to the same amount: then it counts."""
    times = session.scalar(
        select(func.count())
        .select_from(HoldMovement)
        .where(HoldMovement.hold_id == hold.id, HoldMovement.cause.startswith(cause, autoescape=True))
    )
    movement.hold_id = hold.id
    movement.cause = f"{cause}#{times + 1}" if times else cause
    session.add(movement)


def _after_part(account: CreditAccount, hold: CreditHold, amount: Money, *, now: dt.datetime) -> None:
    if not open_part(hold):
        hold.status = HoldStatus.RESOLVED
        hold.resolved_at = now
    _change_held(account, -amount, now=now)


def _change_held(account: CreditAccount, by: Money, *, now: dt.datetime) -> None:
    account.held_minor += by.minor
    account.updated_at = now
