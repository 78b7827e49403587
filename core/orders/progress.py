"""Bring an order forward: seek vendors for what is unplaced, ask its retailer, and let its status and hold follow its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor
from core.credit import queries as credit_queries
from core.credit import service as credit
from core.events import OrderAccepted, OrderCanceled, OrderUnfulfilled, QuestionEnded, RetailerAsked
from core.money import ZERO, Money
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Fulfillment, Order
from core.orders.moves import close_question, end_question, move
from core.orders.outcomes import Question
from core.orders.parts import OrderParts, delivered_total, fulfillments_of, look_at_parts, open_work
from core.orders.transitions import SOUGHT, TO_COME, roll_up, steps_between
from core.outbox.service import record
from core.quantity import ZERO_QUANTITY
from core.routing import queries as routing_queries
from core.routing import service as routing
from core.routing.models import RoundCause

# Far more than the roundings of any order; each plan may use a paisa for each of its own.
MOST_ROUNDINGS = Money(100)


def seek_vendors(
    session: Session,
    order: Order,
    *,
    cause: RoundCause,
    actor: Actor,
    now: dt.datetime,
    market: routing.Market | None = None,
) -> routing.Decision | None:
    """Offer what is unplaced to the next best vendors; ask the retailer or end the order when that is not possible.

    Returns the decision; None when there was nothing to decide.

    The search lasts as long as the ceiling: nobody new is asked after `ceiling_until`. *market* is what this
    transaction has read for the order's goods, if it has.
    """
    parts = look_at_parts(session, order)
    needs = parts.unplaced()
    is_over = order.ceiling_until is not None and now >= order.ceiling_until
    decision = None
    if needs and not is_over:
        room = parts.room_under(Money(order.ceiling_minor or 0))
        decision = routing.decide(
            session,
            order_id=order.id,
            retailer_id=order.retailer_id,
            needs=needs,
            cause=cause,
            ceiling=room,
            # What the shop agrees to now is the price of this very plan.
            spare=ZERO if cause is RoundCause.PLACED else spare_for_roundings(session, order),
            workloads=open_work(session) if market is None else {},
            market=market,
            on_credit=order.terms is Terms.CREDIT,
            actor=actor,
            now=now,
        )
        has_open_offer, offered = routing_queries.open_offer_lines(session, order.id)
        parts = replace(parts, has_open_offer=has_open_offer, offered=offered)
        cover_roundings(session, order, parts, above=decision.total - room, now=now)
    _follow(
        session,
        order,
        parts,
        decision,
        actor=actor,
        now=now,
        end_reason="time_up" if is_over else "no_vendor",
        reason=None,
    )
    return decision


def spare_for_roundings(session: Session, order: Order) -> Money:
    """How many paisa more than agreed the parts of the order's lines may come to, being rounded each by itself.

    On credit, no more than is left of the limit: the hold has to cover what is billed.
    """
    if order.terms is not Terms.CREDIT:
        return MOST_ROUNDINGS
    return min(MOST_ROUNDINGS, credit_queries.available(session, order.retailer_id))


def cover_roundings(
    session: Session, order: Order, parts: OrderParts, *, above: Money, now: dt.datetime
) -> None:
    """Raise the ceiling, and the hold with it, by what the roundings of parts add to the agreed price; mostly nothing."""
    if above <= ZERO:
        return
    ceiling = (order.ceiling_minor or 0) + above.minor
    order.ceiling_minor = ceiling
    session.flush()
    if order.terms is Terms.CREDIT:
        to = Money(ceiling) - parts.delivered
        cause = f"roundings:{ceiling}"
        credit.grow_hold_by_rounding(session, order_id=order.id, to=to, cause=cause, now=now)


def follow_decision(
    session: Session,
    order: Order,
    decision: routing.Decision | None,
    *,
    actor: Actor,
    now: dt.datetime,
    end_reason: str,
    reason: str | None = None,
) -> None:
    """Bring the order to where the decision leaves it: offered, waiting for its retailer's word, or ended.

    While a vendor still thinks nothing is decided: what that vendor leaves is sought again with the answer. An
    earlier question was about other goods or another price, so it closes; asked again word for word, it goes on.
    """
    parts = look_at_parts(session, order)
    _follow(session, order, parts, decision, actor=actor, now=now, end_reason=end_reason, reason=reason)


def _follow(
    session: Session,
    order: Order,
    parts: OrderParts,
    decision: routing.Decision | None,
    *,
    actor: Actor,
    now: dt.datetime,
    end_reason: str,
    reason: str | None,
) -> None:
    earlier = _Question.of(order)
    question = _next_question(parts, decision)
    close_question(order)
    if question is None and not parts.has_open_offer:
        _give_up_rest(parts)
    _settle(
        session,
        order,
        parts,
        actor=actor,
        now=now,
        ended_as=OrderStatus.UNFULFILLED,
        reason=reason,
        end_reason=end_reason,
    )
    if question is not None:
        _ask(session, order, question, earlier=earlier, now=now)
    elif earlier.name is not None:
        record(session, QuestionEnded(order_id=order.id), actor=SYSTEM, now=now)


def _next_question(
    parts: OrderParts, decision: routing.Decision | None
) -> tuple[Question, dict[str, Any]] | None:
    """What only the retailer can decide now, with the amounts it is about."""
    if parts.has_open_offer or not parts.unplaced():
        return None
    if decision is not None and decision.cheapest_total is not None:
        chosen = decision.chosen_by_admin
        of_admin = {} if chosen is None else {"vendor_id": chosen}
        return Question.DEARER, {"rest_minor": decision.cheapest_total.minor, **of_admin}
    if parts.live:
        return Question.PART, {"promised_minor": parts.promised.minor}
    return None


def give_up_rest(session: Session, order: Order, *, now: dt.datetime) -> None:
    """Count everything that is still unplaced as unfulfilled."""
    _give_up_rest(look_at_parts(session, order))
    end_question(session, order, now=now)
    session.flush()


def _give_up_rest(parts: OrderParts) -> None:
    rest = {need.order_line_id: need.quantity for need in parts.unplaced()}
    for line in parts.lines:
        line.unfulfilled_quantity += rest.get(line.id, ZERO_QUANTITY)


def settle(
    session: Session,
    order: Order,
    *,
    actor: Actor,
    now: dt.datetime,
    ended_as: OrderStatus,
    reason: str | None = None,
    end_reason: str | None = None,
) -> None:
    """Bring the order's status and its hold in line with its parts; with no live part it ends as *ended_as*.

    *reason* is why it moves; *end_reason* only tells why it ended, should it.
    """
    parts = look_at_parts(session, order)
    _settle(
        session,
        order,
        parts,
        actor=actor,
        now=now,
        ended_as=ended_as,
        reason=reason,
        end_reason=end_reason,
    )


def _settle(
    session: Session,
    order: Order,
    parts: OrderParts,
    *,
    actor: Actor,
    now: dt.datetime,
    ended_as: OrderStatus,
    reason: str | None,
    end_reason: str | None,
) -> None:
    has_unplaced = bool(parts.unplaced())
    status = roll_up(
        [part.status for part in parts.fulfillments],
        has_open_offer=parts.has_open_offer,
        has_unplaced=has_unplaced,
    )
    if status is None:
        _end(session, order, ended_as, actor=actor, now=now, reason=end_reason or reason or "no_vendor")
        return
    if not parts.has_open_offer and not has_unplaced:
        order.ceiling_minor = min(order.ceiling_minor or 0, parts.promised.minor)
    _shrink_hold(session, order, parts.fulfillments, now=now)
    if status is not order.status:
        _follow_parts(session, order, parts, status, actor=actor, now=now, reason=reason)


def _follow_parts(
    session: Session,
    order: Order,
    parts: OrderParts,
    status: OrderStatus,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str | None,
) -> None:
    """Take the order to where its parts are. Once nothing is to come its hold ends."""
    was_sought = order.status in SOUGHT
    for step in steps_between(order.status, status):
        move(session, order, step, actor=actor, now=now, reason=reason)
    if status is OrderStatus.DELIVERED and order.terms is Terms.CREDIT:
        credit.release_hold(session, order_id=order.id, cause="order:delivered", now=now)
    if was_sought and status not in SOUGHT:
        accepted = OrderAccepted(order_id=order.id, total_minor=parts.promised.minor)
        record(session, accepted, actor=actor, now=now)


def _end(
    session: Session, order: Order, ended_as: OrderStatus, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    # When the only vendor withdraws, the order is sought again before it ends: it passes `placed`.
    *between, last = steps_between(order.status, ended_as)
    for step in between:
        move(session, order, step, actor=actor, now=now)
    move(session, order, last, actor=actor, now=now, reason=reason)
    if order.terms is Terms.CREDIT:
        credit.release_hold(session, order_id=order.id, cause=f"order:{ended_as}", now=now)
    event = (
        OrderUnfulfilled(order_id=order.id, reason=reason)
        if ended_as is OrderStatus.UNFULFILLED
        else OrderCanceled(order_id=order.id, reason=reason, by=actor.kind)
    )
    record(session, event, actor=actor, now=now)


def _shrink_hold(
    session: Session, order: Order, fulfillments: Sequence[Fulfillment], *, now: dt.datetime
) -> None:
    """Hold no more credit than the order may still cost: its ceiling less what was delivered."""
    session.flush()
    if order.terms is Terms.CREDIT:
        to = max(Money(order.ceiling_minor or 0) - delivered_total(fulfillments), ZERO)
        credit.shrink_hold(session, order_id=order.id, to=to, cause=f"settled:{to.minor}", now=now)


def shrink_hold_with_vendor(session: Session, order: Order, vendor_id: int, *, now: dt.datetime) -> None:
    """Hold on the account with this vendor what its parts of the order still come to; most pairs have no account."""
    if order.terms is Terms.CREDIT:
        to_come = sum(
            part.total_minor
            for part in fulfillments_of(session, order.id)
            if part.vendor_id == vendor_id and part.status in TO_COME
        )
        credit.shrink_hold(
            session,
            order_id=order.id,
            vendor_id=vendor_id,
            to=Money(to_come),
            cause=f"settled:{to_come}",
            now=now,
        )


@dataclass(frozen=True, slots=True)
class _Question:
    name: str | None
    facts: dict[str, Any] | None
    at: dt.datetime | None

    @classmethod
    def of(cls, order: Order) -> _Question:
        return cls(order.asked, order.asked_facts, order.asked_at)


def _ask(
    session: Session,
    order: Order,
    question: tuple[Question, dict[str, Any]],
    *,
    earlier: _Question,
    now: dt.datetime,
) -> None:
    order.asked, order.asked_facts = question[0].value, question[1]
    is_repeated = (earlier.name, earlier.facts) == question
    order.asked_at = earlier.at if is_repeated else now
    session.flush()
    if not is_repeated:
        event = RetailerAsked(
            order_id=order.id, question=question[0].value, rest_minor=question[1].get("rest_minor")
        )
        record(session, event, actor=SYSTEM, now=now)
