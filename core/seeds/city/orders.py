"""The life of one order in a city: what its vendors and its shop do until it has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, select

from core.catalog.errors import StockShort
from core.clock import business_date
from core.credit import service as credit
from core.orders import delivery, offers
from core.orders.models import FulfillmentLine, Order
from core.orders.outcomes import Question
from core.orders.views import Accepted, Refused
from core.routing.errors import OfferExpired, OfferNotOpen
from core.routing.models import Offer, OfferLine, OfferStatus
from core.seeds.city.chance import Random, hours
from core.seeds.city.town import City, Shop, Wholesaler
from core.seeds.city.vendors import answer_to_offer, hours_to_deliver
from core.seeds.timeline import Timeline

QUARTER = dt.timedelta(minutes=15)
NOT_BEFORE = dt.timedelta(minutes=1)
THINKS_ABOUT_DEARER = (0.1, 2.0)  # hours


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    offer_id: int
    vendor: Wholesaler
    lines: tuple[int, ...]
    opened_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class PlacedOrder:
    """An order and what of it is being followed already. `number` counts the shop's orders: chance is drawn by it."""

    city: City
    shop: Shop
    number: int
    order_id: int
    followed: set[int]

    def chance(self, question: str, vendor: Wholesaler) -> Random:
        return self.city.chance.of(question, self.shop.nature.number, self.number, vendor.nature.number)


def follow(order: PlacedOrder, *, now: dt.datetime) -> None:
    """Let whoever is asked something about the order begin to think about it."""
    asked, question = _what_is_asked(order)
    for offer in asked:
        if offer.offer_id not in order.followed:
            order.followed.add(offer.offer_id)
            order.city.agenda.start(_answer(order, offer))
    if question is Question.DEARER:
        order.city.agenda.start(_think_about_dearer(order, since=now))
    elif question is Question.PART:
        order.city.agenda.start(_take_part(order, since=now))


def _answer(order: PlacedOrder, asked: _Asked) -> Timeline:
    rng = order.chance("answer", asked.vendor)
    answer = answer_to_offer(order.city, asked.vendor, rng, asked.lines, now=asked.opened_at)
    if answer.at is None or answer.at >= asked.expires_at:
        # The job that closes offers runs every quarter of an hour.
        at = _next_quarter(asked.expires_at)
        yield at
        with order.city.database.transaction() as session:
            offers.lapse(session, order.order_id, now=at)
        follow(order, now=at)
        return
    at = max(answer.at, asked.opened_at + NOT_BEFORE)
    yield at
    has_all = not answer.lacks
    if answer.declines or len(answer.lacks) == len(asked.lines):
        _decline(order, asked, reason="busy" if has_all else "no_stock", now=at)
    else:
        _accept(order, asked, answer.lacks, now=at)
    follow(order, now=at)


def _accept(order: PlacedOrder, asked: _Asked, lacks: frozenset[int], *, now: dt.datetime) -> None:
    """Take what the vendor has. What somebody else took from its shelf meanwhile makes it decline."""
    try:
        with order.city.database.transaction() as session:
            quantities = _without(session.scalars(_lines(asked.offer_id)).all(), lacks) if lacks else None
            accepted = offers.accept(
                session, asked.offer_id, quantities=quantities, actor=asked.vendor.actor, now=now
            )
    except StockShort:
        _decline(order, asked, reason="no_stock", now=now)
    except (OfferNotOpen, OfferExpired):
        return
    else:
        if isinstance(accepted, Accepted):
            order.city.open_parcels[asked.vendor.id] += 1
            part = accepted.fulfillment.fulfillment_id
            order.city.agenda.start(_deliver(order, part, asked.vendor, since=now))


def _decline(order: PlacedOrder, asked: _Asked, *, reason: str, now: dt.datetime) -> None:
    try:
        with order.city.database.transaction() as session:
            offers.decline(session, asked.offer_id, reason=reason, actor=asked.vendor.actor, now=now)
    except (OfferNotOpen, OfferExpired):
        return


def _deliver(order: PlacedOrder, part: int, vendor: Wholesaler, *, since: dt.datetime) -> Timeline:
    """Hand the parcel over, or withdraw it before it has left."""
    city = order.city
    rng = order.chance("deliver", vendor)
    takes = hours(hours_to_deliver(city, vendor, rng, day=business_date(since)))
    if rng.random() < vendor.nature.withdraws:
        yield (at := since + takes / 2)
        with city.database.transaction() as session:
            offers.withdraw(session, part, reason="no_transport", actor=vendor.actor, now=at)
        city.open_parcels[vendor.id] -= 1
        follow(order, now=at)
        return
    yield (at := since + takes / 2)
    with city.database.transaction() as session:
        parcel = delivery.dispatch(session, part, actor=vendor.actor, now=at)
    yield (at := since + takes)
    with city.database.transaction() as session:
        rows = session.scalars(select(FulfillmentLine).where(FulfillmentLine.fulfillment_id == part)).all()
        delivery.deliver(
            session,
            vendor_id=vendor.id,
            code=parcel.delivery_code or "",
            fulfillment_id=part,
            short=_short(rng, vendor, rows),
            cash=credit.ALL_CASH,
            actor=vendor.actor,
            now=at,
        )
    city.open_parcels[vendor.id] -= 1


def _think_about_dearer(order: PlacedOrder, *, since: dt.datetime) -> Timeline:
    city, nature = order.city, order.shop.nature
    rng = city.chance.of("dearer", nature.number, order.number, since.isoformat())
    yield (at := since + hours(rng.uniform(*THINKS_ABOUT_DEARER)))
    with city.database.transaction() as session:
        if session.get_one(Order, order.order_id).asked != Question.DEARER:
            return
        yes = rng.random() < nature.takes_dearer
        answered = offers.answer_asked(session, order.order_id, yes=yes, actor=order.shop.actor, now=at)
        if isinstance(answered, Refused):
            offers.answer_asked(session, order.order_id, yes=False, actor=order.shop.actor, now=at)
    follow(order, now=at)


def _take_part(order: PlacedOrder, *, since: dt.datetime) -> Timeline:
    """A part is better than nothing."""
    yield (at := since + hours(0.5))
    with order.city.database.transaction() as session:
        if session.get_one(Order, order.order_id).asked == Question.PART:
            offers.answer_asked(session, order.order_id, yes=True, actor=order.shop.actor, now=at)


def _what_is_asked(order: PlacedOrder) -> tuple[Sequence[_Asked], Question | None]:
    with order.city.database.transaction() as session:
        question = session.get_one(Order, order.order_id).asked
        rows = session.execute(
            select(Offer, OfferLine.order_line_id)
            .join(OfferLine, OfferLine.offer_id == Offer.id)
            .where(Offer.order_id == order.order_id, Offer.status == OfferStatus.OPEN)
            .order_by(Offer.id, OfferLine.order_line_id)
        ).all()
    lines: dict[int, list[int]] = {}
    opened: dict[int, Offer] = {}
    for offer, order_line_id in rows:
        opened[offer.id] = offer
        lines.setdefault(offer.id, []).append(order_line_id)
    asked = [
        _Asked(
            offer_id=offer.id,
            vendor=order.city.vendors[offer.vendor_id],
            lines=tuple(lines[offer.id]),
            opened_at=offer.opened_at,
            expires_at=offer.expires_at,
        )
        for offer in opened.values()
    ]
    return asked, None if question is None else Question(question)


def _lines(offer_id: int) -> Select[OfferLine]:
    return select(OfferLine).where(OfferLine.offer_id == offer_id).order_by(OfferLine.order_line_id)


def _without(lines: Sequence[OfferLine], lacks: frozenset[int]) -> dict[int, Decimal]:
    return {line.order_line_id: line.quantity for line in lines if line.order_line_id not in lacks}


def _short(rng: Random, vendor: Wholesaler, lines: Sequence[FulfillmentLine]) -> dict[int, Decimal]:
    """What is missing at the door: less than half of a line, for each line by chance."""
    short = {}
    for line in lines:
        missing = (line.quantity * Decimal(round(rng.uniform(0.05, 0.4), 2))).to_integral_value()
        if rng.random() < vendor.nature.hands_over_short and missing:
            short[line.order_line_id] = missing
    return short


def _next_quarter(instant: dt.datetime) -> dt.datetime:
    """When the job runs that closes what is due at *instant*."""
    hour = instant.replace(minute=0, second=0, microsecond=0)
    return hour + -((hour - instant) // QUARTER) * QUARTER
