"""From a basket to an order: the yes, its price check, the hold, and the first vendor asked. Or a refusal, kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor, ActorKind
from core.credit import queries as credit_queries
from core.credit import service as credit
from core.credit.errors import CreditRefused
from core.errors import NotAllowed, NotFound
from core.events import OrderPlaced, OwnerApprovalAsked, WaitingBasketEnded
from core.money import Money
from core.orders import basket, limits, moves, progress
from core.orders.access import check_event, lock_order
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Order, OrderLine, OrderRefusal, short_codes
from core.orders.outcomes import ORDER, PLACED_BEFORE, OrderEvent
from core.orders.settings import OrderSettings
from core.orders.views import BasketView, Placed, Refused
from core.outbox.service import record
from core.outcomes import changes, states_changed_by
from core.parties import queries as parties
from core.parties.models import Approval, Position
from core.refs import RetailerId
from core.routing.models import RoundCause
from core.settings import service as settings

# Refusals that say the basket is not what the yes was for. The chat shows it again; the books need no row.
_SHOW_AGAIN = frozenset(
    {"basket_changed", "basket_empty", "already_placed", "total_rose", "lines_missing", "owner_must_approve"}
)


def place(
    session: Session,
    order_id: int,
    *,
    version: int,
    terms: Terms,
    actor: Actor,
    now: dt.datetime,
) -> Placed | Refused:
    """Turn version *version* of the basket into an order, hold its credit and ask the first vendor.

    Saying yes twice gives one order: the second time finds it placed. Above a limit of the helper who says it the
    owner is asked. A refusal changes nothing but the refusals themselves and what was shown.
    """
    order = lock_order(session, order_id, actor)
    if not changes(ORDER, order.status, OrderEvent.PLACE):
        return _placed_before(order)
    if order.awaiting_owner_since is not None:
        return Refused(code="owner_must_approve", facts={"since": order.awaiting_owner_since})
    if order.version != version:
        return Refused(code="basket_changed", facts={"version": order.version})
    priced = basket.priced(session, order, terms=terms, now=now)
    view = priced.view
    refused = _price_refusal(session, order, view, now=now) or _party_refusal(
        session, order, view, terms, now=now
    )
    if refused:
        return _keep(session, order, refused, actor=actor, now=now)
    above = limits.refusal_of_helper(session, order, view.total, actor=actor, now=now)
    if above is not None:
        return _ask_owner(session, order, above, terms, actor=actor, now=now)
    return _place(session, order, priced, terms, actor=actor, now=now)


def approve_waiting(session: Session, order_id: int, *, actor: Actor, now: dt.datetime) -> Placed | Refused:
    """Approve a helper's basket as the shop's owner. Prices are checked as for any yes; a rise is shown to the owner first.

    Raises NotFound, PartyInactive, and NotAllowed to anybody but an owner.
    """
    order = lock_order(session, order_id, actor)
    _owners_only(session, order, actor)
    is_waiting = order.awaiting_owner_since is not None and changes(ORDER, order.status, OrderEvent.APPROVE)
    if not is_waiting or order.terms is None:
        return _placed_before(order)
    priced = basket.priced(session, order, terms=order.terms, now=now)
    view = priced.view
    refused = _price_refusal(session, order, view, now=now) or _party_refusal(
        session, order, view, order.terms, now=now
    )
    if refused:
        return _keep(session, order, refused, actor=actor, now=now)
    return _place(session, order, priced, order.terms, actor=actor, now=now)


def refuse_waiting(
    session: Session, order_id: int, *, takes_over: bool = False, actor: Actor, now: dt.datetime
) -> None:
    """Refuse a helper's basket as the shop's owner: it is canceled, and the helper is told.

    *takes_over* says that the owner orders the goods himself. Raises NotAllowed to anybody but an owner, AlreadyDone when it was canceled, TooLate once it is an order.
    """
    order = lock_order(session, order_id, actor)
    _owners_only(session, order, actor)
    check_event(order, OrderEvent.REFUSE)
    if order.awaiting_owner_since is None:
        raise NotFound(kind="waiting_basket", id=order_id)
    moves.move(session, order, OrderStatus.CANCELED, reason="owner_refused", actor=actor, now=now)
    ended = WaitingBasketEnded(order_id=order.id, how="taken_over" if takes_over else "refused")
    record(session, ended, actor=actor, now=now)


def drop_unanswered_baskets(session: Session, *, actor: Actor, now: dt.datetime) -> int:
    """Cancel baskets that waited for the owner for `owner_answer_hours` (24). Returns how many."""
    waited = dt.timedelta(hours=settings.current(session, OrderSettings).values.owner_answer_hours)
    late = session.scalars(
        select(Order)
        .where(
            Order.status.in_(states_changed_by(ORDER, OrderEvent.OWNER_SILENT)),
            Order.awaiting_owner_since <= now - waited,
        )
        .order_by(Order.id)
        .with_for_update(skip_locked=True)
    ).all()
    for order in late:
        moves.move(session, order, OrderStatus.CANCELED, reason="owner_silent", actor=actor, now=now)
        record(session, WaitingBasketEnded(order_id=order.id, how="silent"), actor=actor, now=now)
    return len(late)


def _placed_before(order: Order) -> Refused:
    return Refused(code=PLACED_BEFORE.code, facts={"short_code": order.short_code, "status": order.status})


def _place(
    session: Session, order: Order, priced: basket.Priced, terms: Terms, *, actor: Actor, now: dt.datetime
) -> Placed | Refused:
    view = priced.view
    if terms is Terms.CREDIT:
        try:
            credit.place_hold(
                session, order_id=order.id, retailer_id=order.retailer_id, amount=view.total, now=now
            )
        except CreditRefused as refusal:
            return _keep(
                session, order, Refused(code="credit_refused", facts=refusal.facts), actor=actor, now=now
            )
    shown = Money(order.shown_total_minor or view.total.minor)
    hours = settings.current(session, OrderSettings).values.ceiling_hours
    short_code = session.scalar(select(short_codes.next_value()))
    _leave_out_missing(session, order, view)
    order.terms, order.short_code = terms, short_code
    order.placed_at, order.placed_by = now, actor.label
    order.ceiling_minor, order.ceiling_until = view.total.minor, now + dt.timedelta(hours=hours)
    facts = {"version": order.version, "total_minor": view.total.minor, "terms": terms}
    moves.move(session, order, OrderStatus.PLACED, actor=actor, now=now, facts=facts)
    record(session, OrderPlaced(order_id=order.id), actor=actor, now=now)
    # The market that the yes was held against decides who is asked, too.
    decision = progress.seek_vendors(
        session, order, cause=RoundCause.PLACED, market=priced.market, actor=SYSTEM, now=now
    )
    if short_code is None:
        raise AssertionError("a placed order has a short code")
    waiting = None if decision is None else decision.rings
    return Placed(
        order_id=order.id,
        short_code=short_code,
        total=view.total,
        terms=terms,
        status=order.status,
        saved=shown - view.total,
        rings_at=None if waiting is None else waiting.rings_at,
        answer_by=None if waiting is None else waiting.expires_at,
    )


def _price_refusal(session: Session, order: Order, view: BasketView, *, now: dt.datetime) -> Refused | None:
    """The yes was for the basket as it was shown: dearer, or without a line that was there, it is asked again."""
    if view.is_empty:
        return Refused(code="basket_empty", facts={})
    if not view.is_placeable:
        return Refused(code="nothing_available", facts={"lines": len(view.lines)})
    refused = _differs_from_shown(order, view)
    if refused is not None:
        basket.show(session, order.id, now=now)
    return refused


def _differs_from_shown(order: Order, view: BasketView) -> Refused | None:
    """What is worse for the shop than in the basket that was shown last. A drop of the total is not."""
    shown = order.shown_total_minor
    if order.shown_version != order.version or shown is None:
        return Refused(code="basket_changed", facts={"version": order.version})
    known = order.shown_missing or []
    missing = [line.product_id for line in view.lines if line.short_by and line.product_id not in known]
    facts: dict[str, Any] = {"total_minor": view.total.minor}
    if missing:
        return Refused(code="lines_missing", facts={"product_ids": missing, **facts})
    if view.total.minor > shown:
        return Refused(code="total_rose", facts={"shown_minor": shown, **facts})
    return None


def _party_refusal(
    session: Session, order: Order, view: BasketView, terms: Terms, *, now: dt.datetime
) -> Refused | None:
    """Whether this shop may order on these terms at all. Its limit is judged under the lock, when the hold is placed."""
    retailer = parties.get_retailer(session, RetailerId(order.retailer_id))
    if retailer.approval is not Approval.APPROVED:
        return Refused(code="not_approved", facts={"approval": retailer.approval})
    standing = credit_queries.standing(session, retailer.id, now=now)
    if standing.cash_due:
        return Refused(code="cash_due", facts={"due_minor": standing.cash_due.minor})
    is_blocked = retailer.blocked_at is not None
    if terms is Terms.CREDIT:
        return Refused(code="orders_blocked", facts={"reason": retailer.block_reason}) if is_blocked else None
    return limits.refusal_of_cash(session, order, view.total, terms=terms, now=now)


def _ask_owner(
    session: Session,
    order: Order,
    above: Refused,
    terms: Terms,
    *,
    actor: Actor,
    now: dt.datetime,
) -> Refused:
    """Let the basket wait for the owner. It holds no credit meanwhile, and the shop's next line opens a new basket."""
    if actor.contact_id is None:
        raise NotAllowed(reason="a helper is a contact")
    order.awaiting_owner_since, order.terms = now, terms
    session.flush()
    record(session, OwnerApprovalAsked(order_id=order.id, contact_id=actor.contact_id), actor=actor, now=now)
    return above


def _owners_only(session: Session, order: Order, actor: Actor) -> None:
    if actor.kind is ActorKind.RETAILER and actor.contact_id is not None:
        positions = {
            m.position
            for m in parties.memberships(session, actor.contact_id)
            if m.retailer_id == order.retailer_id
        }
        if Position.OWNER not in positions:
            raise NotAllowed(reason="owners_only")


def _leave_out_missing(session: Session, order: Order, view: BasketView) -> None:
    """What the basket named as not to be had was not ordered from anybody: it counts as unfulfilled from the start."""
    short = {line.product_id: line.short_by for line in view.lines if line.short_by}
    if not short:
        return
    for line in session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)):
        if line.product_id in short:
            line.unfulfilled_quantity = short[line.product_id]


def _keep(session: Session, order: Order, refused: Refused, *, actor: Actor, now: dt.datetime) -> Refused:
    if refused.code not in _SHOW_AGAIN:
        session.add(
            OrderRefusal(
                retailer_id=order.retailer_id,
                order_id=order.id,
                basket_version=order.version,
                code=refused.code,
                facts=_as_json(refused.facts),
                actor=actor.label,
                at=now,
            )
        )
        session.flush()
    return refused


def _as_json(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value.minor if isinstance(value, Money) else value for key, value in facts.items()}
