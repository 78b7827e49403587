"""What somebody of the shop may agree to: a helper's limits for an order and for a day, cash from a shop that is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.clock import start_of_business_day
from core.credit import queries as credit_queries
from core.credit import service as credit
from core.credit.kinds import HoldRefusal
from core.credit.policy import AccountView, OverdueBlocking, decide_hold
from core.money import ZERO, Money
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Order
from core.orders.settings import OrderSettings
from core.orders.transitions import ENDED_WITHOUT_DELIVERY, OPEN
from core.orders.views import Refused
from core.parties import queries as parties
from core.parties.models import Position
from core.refs import RetailerId
from core.settings import service as settings

_COSTS_NOTHING = ENDED_WITHOUT_DELIVERY | {OrderStatus.DRAFT}


@dataclass(frozen=True, kw_only=True, slots=True)
class HelperLimits:
    order: Money | None
    day: Money | None


def find_helper_limits(session: Session, retailer_id: int, actor: Actor) -> HelperLimits | None:
    """The limits of a person who is only a helper of the shop. None for everybody else: they agree to any total."""
    if actor.kind is not ActorKind.RETAILER or actor.contact_id is None:
        return None
    own = [one for one in parties.memberships(session, actor.contact_id) if one.retailer_id == retailer_id]
    if not own or any(one.position is Position.OWNER for one in own):
        return None
    return HelperLimits(order=_money(own[0].order_limit_minor), day=_money(own[0].day_limit_minor))


def refusal_of_helper(
    session: Session, order: Order, total: Money, *, actor: Actor, now: dt.datetime
) -> Refused | None:
    """`owner_must_approve` when the order would pass a limit of the helper who says yes, the dearer yes included."""
    limits = find_helper_limits(session, order.retailer_id, actor)
    if limits is None:
        return None
    if limits.order is not None and total > limits.order:
        facts = {"limit_minor": limits.order.minor, "total_minor": total.minor}
        return Refused(code="owner_must_approve", facts=facts)
    if limits.day is None:
        return None
    # Two orders of one helper at the same moment count each other.
    credit.lock_account(session, order.retailer_id, now=now)
    spent = _spent_today(session, order, actor, now=now)
    if spent + total > limits.day:
        facts = {"limit_minor": limits.day.minor, "total_minor": total.minor, "spent_minor": spent.minor}
        return Refused(code="owner_must_approve", facts=facts)
    return None


def refusal_of_cash(
    session: Session, order: Order, total: Money, *, terms: Terms | None, now: dt.datetime
) -> Refused | None:
    """`cash_limit` when a late or blocked shop would have more to pay in cash than the setting allows.

    All its open cash orders count together, each with what it may still cost.
    """
    if terms is not Terms.CASH:
        return None
    credit.lock_account(session, order.retailer_id, now=now)
    retailer = parties.get_retailer(session, RetailerId(order.retailer_id))
    standing = credit_queries.standing(session, order.retailer_id, now=now)
    limit = Money(settings.current(session, OrderSettings).values.cash_limit_minor)
    is_bound = retailer.blocked_at is not None or bool(standing.overdue)
    underway = _open_cash(session, order.retailer_id, beside=order.id)
    if not is_bound or underway + total <= limit:
        return None
    facts = {"limit_minor": limit.minor, "total_minor": total.minor, "open_minor": underway.minor}
    return Refused(code="cash_limit", facts=facts)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTerms:
    """On which terms a shop could order so much now, and what stands in the way of the others.

    `why_no_credit` is a `HoldRefusal`, or "blocked". `cash_room` is what may be ordered for cash while the shop is late or
    blocked; None when nothing bounds it.
    """

    on_credit: bool
    in_cash: bool
    why_no_credit: str | None
    cash_room: Money | None
    standing: credit_queries.Standing


def open_terms(session: Session, retailer_id: int, total: Money, *, now: dt.datetime) -> OpenTerms:
    """What would be refused if the shop said yes now. Nothing is locked: the yes itself is judged again."""
    retailer = parties.get_retailer(session, RetailerId(retailer_id))
    standing = credit_queries.standing(session, retailer_id, now=now)
    is_blocked = retailer.blocked_at is not None
    account = AccountView(
        limit=standing.limit,
        posted=standing.posted,
        held=standing.held,
        cash_due=standing.cash_due,
        oldest_days_past_due=standing.oldest_days_past_due,
    )
    why: str | None = decide_hold(account, total, settings.current(session, OverdueBlocking).values)
    if is_blocked and why in (None, HoldRefusal.LIMIT_EXCEEDED):
        why = "blocked"
    room = None
    if is_blocked or standing.overdue:
        limit = Money(settings.current(session, OrderSettings).values.cash_limit_minor)
        room = max(limit - _open_cash(session, retailer_id), ZERO)
    return OpenTerms(
        on_credit=why is None,
        in_cash=not standing.cash_due and (room is None or total <= room),
        why_no_credit=why,
        cash_room=room,
        standing=standing,
    )


def refusal_of_dearer(
    session: Session, order: Order, ceiling: Money, *, actor: Actor, now: dt.datetime
) -> Refused | None:
    """Whatever a yes to the basket would have been refused for is refused for a yes to a higher price as well."""
    return refusal_of_helper(session, order, ceiling, actor=actor, now=now) or refusal_of_cash(
        session, order, ceiling, terms=order.terms, now=now
    )


def _spent_today(session: Session, order: Order, actor: Actor, *, now: dt.datetime) -> Money:
    """What the helper agreed to today beside this order, as far as it is delivered or still to come."""
    since = start_of_business_day(now)
    spent = session.scalar(
        select(func.sum(Order.ceiling_minor)).where(
            Order.retailer_id == order.retailer_id,
            Order.id != order.id,
            Order.placed_by == actor.label,
            Order.placed_at >= since,
            Order.status.not_in(_COSTS_NOTHING),
        )
    )
    return Money(int(spent or 0))


def _open_cash(session: Session, retailer_id: int, *, beside: int | None = None) -> Money:
    """What the shop's open cash orders may still cost, without the order *beside* which they are counted."""
    theirs = select(func.sum(Order.ceiling_minor)).where(
        Order.retailer_id == retailer_id, Order.terms == Terms.CASH, Order.status.in_(OPEN)
    )
    underway = session.scalar(theirs if beside is None else theirs.where(Order.id != beside))
    return Money(int(underway or 0))


def _money(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor)
