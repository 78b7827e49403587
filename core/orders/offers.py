"""Vendors' answers: accept whole or in part, decline, too late, withdraw; an admin's override; the retailer's decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor, ActorKind
from core.catalog import queries as catalog
from core.catalog import stock
from core.catalog.errors import StockShort
from core.credit import service as credit
from core.credit.errors import CreditRefused
from core.db.locks import LockRank, lock
from core.errors import NotFound
from core.events import FulfillmentWithdrawn, OfferAccepted
from core.money import Money, total
from core.orders import ending, limits, moves, progress, queries
from core.orders.access import check_event, check_part_event, lock_fulfillment, lock_order, question_of
from core.orders.errors import QuestionChanged, TooLate, VendorLimitFull
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import Fulfillment, FulfillmentLine, Order, OrderLine
from core.orders.outcomes import QUESTION, OrderEvent, PartEvent, Question, QuestionEvent
from core.orders.parts import (
    fulfillments_of,
    look_at_parts,
    open_work,
    promised_total,
    undelivered_total,
)
from core.orders.settings import OrderSettings
from core.orders.views import Accepted, Noted, Refused
from core.outbox.service import record
from core.outcomes import changes, refusal_of
from core.parties.naming import clean_reason
from core.parties.queries import check_active
from core.pricing.policy import price_line
from core.refs import ListingId, ProductId
from core.routing import queries as routing_queries
from core.routing import service as routing
from core.routing.errors import OverrideRefused
from core.routing.models import Offer, OfferLine, OfferStatus, RoundCause
from core.settings import service as settings
from core.vendors import service as vendors
from core.vendors.models import ObservationKind


def accept(
    session: Session,
    offer_id: int,
    *,
    quantities: dict[int, Decimal] | None = None,
    eta_at: dt.datetime | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Accepted | Noted | VendorLimitFull:
    """Accept the offer, whole or the *quantities* in base pieces by order line. What is left goes to the next best vendor.

    A part is only noted while another vendor who was asked together may still take everything. Beyond what the shop
    may owe this vendor nothing is promised: the offer closes, counts against nobody, and the next best is asked; that
    refusal is returned, so that this stays. Raises OfferNotOpen, OfferExpired, AnswerRefused (routing), StockShort and
    QuantityNotWhole (catalog); then nothing changed.
    """
    order = _lock_order_of(session, offer_id, actor)
    _refuse_fractional(session, quantities or {})
    try:
        with session.begin_nested():
            return _accept(session, order, offer_id, quantities, eta_at=eta_at, actor=actor, now=now)
    except CreditRefused as refusal:
        vendor_id = routing_queries.get_offer(session, offer_id).vendor_id
        routing.close_offers(session, order.id, vendor_id=vendor_id, status=OfferStatus.CLOSED, now=now)
        _go_on(session, order, cause=RoundCause.LIMIT_FULL, now=now)
        return VendorLimitFull(
            offer_id=offer_id, order_id=order.id, short_code=order.short_code, shortfall=refusal.shortfall
        )


def _accept(
    session: Session,
    order: Order,
    offer_id: int,
    quantities: dict[int, Decimal] | None,
    *,
    eta_at: dt.datetime | None,
    actor: Actor,
    now: dt.datetime,
) -> Accepted | Noted:
    offer = routing.accept_offer(
        session, offer_id, quantities=quantities, eta_at=eta_at, actor=actor, now=now
    )
    if offer.status is OfferStatus.OPEN:
        return Noted(offer_id=offer.id, order_id=order.id, until=offer.expires_at)
    fulfillment = _promise(session, order, offer, actor=actor, now=now)
    progress.seek_vendors(session, order, cause=RoundCause.PART_ACCEPTED, actor=SYSTEM, now=now)
    _set_aside(session, order, [fulfillment], actor=actor, now=now)
    return Accepted(
        fulfillment=queries.fulfillment_view(session, fulfillment.id),
        is_part=any(line.accepted_quantity < line.quantity for line in _offer_lines(session, offer)),
    )


def _refuse_fractional(session: Session, quantities: Mapping[int, Decimal]) -> None:
    if all(much == much.to_integral_value() for much in quantities.values()):
        return
    lines = session.execute(select(OrderLine.id, OrderLine.product_id).where(OrderLine.id.in_(quantities)))
    catalog.check_quantities(session, {ProductId(row.product_id): quantities[row.id] for row in lines})


def decline(session: Session, offer_id: int, *, reason: str | None, actor: Actor, now: dt.datetime) -> Order:
    """Refuse the offer; the order goes to the next best vendor. Raises OfferNotOpen, OfferExpired."""
    order = _lock_order_of(session, offer_id, actor)
    given = None if reason is None else clean_reason(reason)
    routing.decline_offer(session, offer_id, reason=given, actor=actor, now=now)
    _go_on(session, order, cause=RoundCause.DECLINED, now=now)
    return order


def note_decline_reason(session: Session, offer_id: int, *, vendor_id: int, reason: str) -> bool:
    """Keep why the vendor declined, said after its no. False for an offer that it didn't decline."""
    return routing.note_decline_reason(session, offer_id, vendor_id=vendor_id, reason=clean_reason(reason))


def lapse(session: Session, order_id: int, *, now: dt.datetime) -> int:
    """Close the order's offers whose deadline has passed, weigh the parts that were noted, and seek on.

    Returns how many offers lapsed.
    """
    order = lock_order(session, order_id, SYSTEM)
    late = [offer for offer in routing_queries.open_offers(session, order_id) if offer.expires_at <= now]
    lapsed = [routing.lapse_offer(session, offer.id, now=now) for offer in late]
    if late:
        _go_on(session, order, cause=RoundCause.LAPSED, now=now)
    return sum(offer.status is OfferStatus.LAPSED for offer in lapsed)


def close_undelivered(session: Session, offer_id: int, *, now: dt.datetime) -> None:
    """Close an offer that nobody at the vendor could be told of, and seek on. One that was answered stays as it is."""
    order = lock_order(session, routing_queries.get_offer(session, offer_id).order_id, SYSTEM)
    if routing.close_undelivered(session, offer_id, now=now):
        _go_on(session, order, cause=RoundCause.UNDELIVERED, now=now)


def take_back(session: Session, order: Order, vendor_id: int, *, reason: str, now: dt.datetime) -> None:
    """Ask others for all that a vendor was asked for of a locked order, or has promised and not sent: in one search.

    Several things of the order move, so all of it is locked (`locking.lock_whole`). An offer that closes counts against
    nobody.
    """
    closed = routing.close_offers(session, order.id, vendor_id=vendor_id, status=OfferStatus.CLOSED, now=now)
    promised = [
        part
        for part in fulfillments_of(session, order.id)
        if part.vendor_id == vendor_id and part.status is FulfillmentStatus.ACCEPTED
    ]
    freed = [
        (part, _give_up(session, order, part, reason=reason, actor=SYSTEM, now=now)) for part in promised
    ]
    if closed or promised:
        _go_on(session, order, cause=RoundCause.WITHDRAWN if promised else RoundCause.UNDELIVERED, now=now)
    if promised:
        progress.shrink_hold_with_vendor(session, order, vendor_id, now=now)
    for part, lines in freed:
        _release(session, part, lines, actor=SYSTEM, now=now)


def withdraw(session: Session, fulfillment_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> Order:
    """Withdraw an accepted part before dispatch: its stock is released and other vendors are sought.

    Raises NotFound, PartyInactive, TooLate.
    """
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    check_part_event(order, fulfillment, PartEvent.WITHDRAW)
    lines = _give_up(session, order, fulfillment, reason=clean_reason(reason), actor=actor, now=now)
    progress.seek_vendors(session, order, cause=RoundCause.WITHDRAWN, actor=SYSTEM, now=now)
    progress.shrink_hold_with_vendor(session, order, fulfillment.vendor_id, now=now)
    _release(session, fulfillment, lines, actor=actor, now=now)
    return order


def _give_up(
    session: Session, order: Order, fulfillment: Fulfillment, *, reason: str, actor: Actor, now: dt.datetime
) -> list[FulfillmentLine]:
    """End a promised part. Its lines are sought again, and their stock is the caller's to release."""
    moves.move_fulfillment(
        session, fulfillment, FulfillmentStatus.WITHDRAWN, actor=actor, now=now, reason=reason
    )
    lines = ending.free_lines(session, fulfillment)
    vendors.observe(
        session,
        ObservationKind.WITHDRAWN,
        vendor_id=fulfillment.vendor_id,
        offer_id=fulfillment.offer_id,
        order_id=order.id,
        now=now,
    )
    record(
        session,
        FulfillmentWithdrawn(
            fulfillment_id=fulfillment.id, order_id=order.id, vendor_id=fulfillment.vendor_id, reason=reason
        ),
        actor=actor,
        now=now,
    )
    # The search that the withdrawal makes necessary has a day of its own, under the price that was agreed.
    hours = settings.current(session, OrderSettings).values.ceiling_hours
    order.ceiling_until = now + dt.timedelta(hours=hours)
    return lines


def _release(
    session: Session,
    fulfillment: Fulfillment,
    lines: Sequence[FulfillmentLine],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    stock.release(
        session,
        {ListingId(line.listing_id): line.quantity for line in lines},
        cause=f"fulfillment:{fulfillment.id}",
        actor=actor,
        now=now,
    )


def override(
    session: Session, order_id: int, *, vendor_id: int, reason: str, actor: Actor, now: dt.datetime
) -> Order:
    """An admin chooses the vendor, who is then asked alone. Above the ceiling the retailer is asked first.

    Raises TooLate, and OverrideRefused (routing) when that vendor cannot be asked at all.
    """
    order = lock_order(session, order_id, actor)
    check_event(order, OrderEvent.OVERRIDE)
    routing.close_offers(session, order.id, status=OfferStatus.CLOSED, now=now)
    parts = look_at_parts(session, order)
    room = parts.room_under(Money(order.ceiling_minor or 0))
    decision = routing.override(
        session,
        order_id=order.id,
        retailer_id=order.retailer_id,
        needs=parts.unplaced(),
        vendor_id=vendor_id,
        reason=reason,
        ceiling=room,
        spare=progress.spare_for_roundings(session, order),
        workloads=open_work(session),
        on_credit=order.terms is Terms.CREDIT,
        actor=actor,
        now=now,
    )
    progress.cover_roundings(session, order, parts, above=decision.total - room, now=now)
    progress.follow_decision(
        session, order, decision, actor=actor, now=now, end_reason="override", reason="override"
    )
    return order


def answer_asked(
    session: Session,
    order_id: int,
    *,
    yes: bool,
    asked_at: dt.datetime | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Order | Refused:
    """The retailer's answer to `dearer` or `part`, as it was asked at *asked_at*; None for whatever is asked now.

    Raises NothingAsked when the order waits for none, QuestionChanged when another is asked by now, TooLate after its
    deadline, when silence decides. A yes to dearer vendors raises the ceiling and the hold; credit that does not suffice is a refusal and the
    question stays open.
    """
    order = lock_order(session, order_id, actor)
    check_event(order, OrderEvent.YES if yes else OrderEvent.NO)
    question, facts = question_of(order), order.asked_facts or {}
    if refused := refusal_of(QUESTION, question, QuestionEvent.YES if yes else QuestionEvent.NO):
        raise refused(order_id=order.id, short_code=order.short_code, status=order.status)
    if asked_at is not None and asked_at != order.asked_at:
        raise QuestionChanged(order_id=order.id, short_code=order.short_code, status=order.status)
    deadline = _answer_deadline(session, order)
    if deadline is not None and now >= deadline:
        raise TooLate(order_id=order.id, short_code=order.short_code, status=order.status)
    if question is Question.DEARER and yes:
        return _agree_to_dearer(session, order, facts, actor=actor, now=now)
    if question is Question.PART and not yes:
        return ending.cancel_rest(session, order, reason="part_refused", actor=actor, now=now)
    progress.give_up_rest(session, order, now=now)
    reason = "part_taken" if question is Question.PART else "dearer_refused"
    progress.settle(session, order, actor=actor, now=now, ended_as=OrderStatus.UNFULFILLED, reason=reason)
    return order


def close_unanswered(session: Session, order_id: int, *, now: dt.datetime) -> None:
    """Close a question that the retailer did not answer in time: a part is taken, a dearer rest is given up."""
    order = lock_order(session, order_id, SYSTEM)
    deadline = _answer_deadline(session, order)
    is_asked = changes(QUESTION, question_of(order), QuestionEvent.SILENCE)
    if not is_asked or deadline is None or now < deadline:
        # Answered meanwhile, or asked anew since the job was added: silence has decided nothing yet.
        return
    reason = "part_taken_by_silence" if order.asked == Question.PART else "dearer_unanswered"
    progress.give_up_rest(session, order, now=now)
    progress.settle(session, order, actor=SYSTEM, now=now, ended_as=OrderStatus.UNFULFILLED, reason=reason)


def orders_with_late_questions(session: Session, *, now: dt.datetime) -> list[int]:
    """Orders whose retailer did not answer in time: 4 hours for a part, for a dearer rest until the ceiling ends."""
    hours = settings.current(session, OrderSettings).values
    asked_before = now - dt.timedelta(hours=hours.part_answer_hours)
    return list(
        session.scalars(
            select(Order.id)
            .where(
                ((Order.asked == Question.PART) & (Order.asked_at <= asked_before))
                | ((Order.asked == Question.DEARER) & (Order.ceiling_until <= now))
            )
            .order_by(Order.id)
        )
    )


def _answer_deadline(session: Session, order: Order) -> dt.datetime | None:
    """Until when the retailer's answer is waited for; None when nothing is asked."""
    if order.asked == Question.PART and order.asked_at is not None:
        hours = settings.current(session, OrderSettings).values.part_answer_hours
        return order.asked_at + dt.timedelta(hours=hours)
    return order.ceiling_until if order.asked == Question.DEARER else None


def _agree_to_dearer(
    session: Session, order: Order, facts: dict[str, Any], *, actor: Actor, now: dt.datetime
) -> Order | Refused:
    rest = Money(int(facts["rest_minor"]))
    ceiling = promised_total(session, order.id) + rest
    refused = limits.refusal_of_dearer(session, order, ceiling, actor=actor, now=now)
    if refused is not None:
        return refused
    if order.terms is Terms.CREDIT:
        still_to_come = undelivered_total(session, order.id) + rest
        try:
            cause = f"dearer:{ceiling.minor}"
            credit.grow_hold(session, order_id=order.id, to=still_to_come, cause=cause, now=now)
        except CreditRefused as refusal:
            return Refused(code="credit_refused", facts=refusal.facts)
    hours = settings.current(session, OrderSettings).values.ceiling_hours
    order.ceiling_minor, order.ceiling_until = ceiling.minor, now + dt.timedelta(hours=hours)
    if (chosen := facts.get("vendor_id")) is None or not _ask_chosen(
        session, order, chosen, actor=actor, now=now
    ):
        progress.seek_vendors(session, order, cause=RoundCause.PRICE_AGREED, actor=actor, now=now)
    return order


def _ask_chosen(session: Session, order: Order, vendor_id: int, *, actor: Actor, now: dt.datetime) -> bool:
    """Ask the vendor of an admin's override, to whose price the retailer agreed. False when it can't be asked any more."""
    parts = look_at_parts(session, order)
    room = parts.room_under(Money(order.ceiling_minor or 0))
    try:
        decision = routing.carry_out_override(
            session,
            order_id=order.id,
            retailer_id=order.retailer_id,
            needs=parts.unplaced(),
            vendor_id=vendor_id,
            ceiling=room,
            spare=progress.spare_for_roundings(session, order),
            workloads=open_work(session),
            on_credit=order.terms is Terms.CREDIT,
            actor=actor,
            now=now,
        )
    except OverrideRefused:
        return False
    progress.cover_roundings(session, order, parts, above=decision.total - room, now=now)
    progress.follow_decision(
        session, order, decision, actor=actor, now=now, end_reason="override", reason="override"
    )
    return True


def _go_on(session: Session, order: Order, *, cause: RoundCause, now: dt.datetime) -> None:
    """After a no or a silence: take the parts that were noted once nobody can take everything any more, and seek on."""
    try:
        with session.begin_nested():
            winners = routing.settle_partials(session, order.id, now=now)
            taken = [_promise(session, order, winner, actor=SYSTEM, now=now) for winner in winners]
            if winners:
                _cover_noted_parts(session, order, now=now)
            progress.seek_vendors(session, order, cause=cause, actor=SYSTEM, now=now)
            _set_aside(session, order, taken, actor=SYSTEM, now=now)
    except (StockShort, CreditRefused):
        # A noted part was sold meanwhile, or its vendor's own limit was used up: none of the parts stands, and the search goes on without them.
        routing.close_offers(session, order.id, only_answered=True, status=OfferStatus.BEATEN, now=now)
        progress.seek_vendors(session, order, cause=cause, actor=SYSTEM, now=now)


def _cover_noted_parts(session: Session, order: Order, *, now: dt.datetime) -> None:
    parts = look_at_parts(session, order)
    progress.cover_roundings(
        session, order, parts, above=parts.promised - Money(order.ceiling_minor or 0), now=now
    )


def _promise(
    session: Session,
    order: Order,
    offer: Offer,
    *,
    actor: Actor,
    now: dt.datetime,
) -> Fulfillment:
    lines = [line for line in _offer_lines(session, offer) if line.accepted_quantity]
    prices = [
        price_line(Money(line.unit_price_minor), line.accepted_quantity, line.vat_basis_points)
        for line in lines
    ]
    fulfillment = Fulfillment(
        order_id=order.id,
        vendor_id=offer.vendor_id,
        offer_id=offer.id,
        status=FulfillmentStatus.ACCEPTED,
        total_minor=total(price.total for price in prices).minor,
        eta_at=offer.eta_at,
        accepted_at=now,
    )
    session.add(fulfillment)
    session.flush()
    for line in lines:
        session.add(
            FulfillmentLine(
                fulfillment_id=fulfillment.id,
                order_line_id=line.order_line_id,
                listing_id=line.listing_id,
                product_id=line.product_id,
                quantity=line.accepted_quantity,
                unit_price_minor=line.unit_price_minor,
                vat_basis_points=line.vat_basis_points,
            )
        )
        session.get_one(OrderLine, line.order_line_id).promised_quantity += line.accepted_quantity
    moves.note_fulfillment(session, fulfillment, None, actor=actor, now=now, facts={"offer_id": offer.id})
    record(
        session,
        OfferAccepted(
            offer_id=offer.id, order_id=order.id, vendor_id=offer.vendor_id, fulfillment_id=fulfillment.id
        ),
        actor=actor,
        now=now,
    )
    return fulfillment


def _set_aside(
    session: Session, order: Order, taken: Sequence[Fulfillment], *, actor: Actor, now: dt.datetime
) -> None:
    """Hold what the vendors' own limits for this shop ask for, then the promised goods, all in one order of locks."""
    if order.terms is Terms.CREDIT:
        for fulfillment in taken:
            credit.hold_with_vendor(
                session,
                order_id=order.id,
                retailer_id=order.retailer_id,
                vendor_id=fulfillment.vendor_id,
                amount=Money(fulfillment.total_minor),
                now=now,
            )
    ids = [fulfillment.id for fulfillment in taken]
    lines = session.scalars(select(FulfillmentLine).where(FulfillmentLine.fulfillment_id.in_(ids)))
    goods = {ListingId(line.listing_id): line.quantity for line in lines}
    if goods:
        cause = "fulfillment:" + ",".join(str(fulfillment_id) for fulfillment_id in ids)
        stock.reserve(session, goods, cause=cause, actor=actor, now=now)


def _offer_lines(session: Session, offer: Offer) -> list[OfferLine]:
    return list(routing_queries.offer_lines(session, [offer.id])[offer.id])


def _lock_order_of(session: Session, offer_id: int, actor: Actor) -> Order:
    """The offer's order under its lock, for the vendor who was asked, or an admin. Raises NotFound."""
    offer = session.get(Offer, offer_id)
    is_asked = offer is not None and actor.kind is ActorKind.VENDOR and actor.vendor_id == offer.vendor_id
    if offer is None or not (is_asked or actor.kind is ActorKind.ADMIN):
        raise NotFound(kind="offer", id=offer_id)
    order = lock(session, Order, offer.order_id, LockRank.ORDER)
    # After the wait for the lock: who was deactivated meanwhile acts no more.
    check_active(session, actor)
    return order
