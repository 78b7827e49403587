"""An order in parts: what vendors promised of it, what they are asked for, and what is still to be placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.money import Money, total
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment, Order, OrderLine
from core.orders.transitions import LIVE, TO_COME
from core.pricing.policy import price_line
from core.quantity import ZERO_QUANTITY
from core.routing import queries as routing_queries
from core.routing import service as routing
from core.routing.models import OfferLine


def fulfillments_of(session: Session, order_id: int) -> list[Fulfillment]:
    return list(
        session.scalars(select(Fulfillment).where(Fulfillment.order_id == order_id).order_by(Fulfillment.id))
    )


def promised_total(session: Session, order_id: int) -> Money:
    """What the live fulfillments of the order come to."""
    return Money(sum(part.total_minor for part in fulfillments_of(session, order_id) if part.status in LIVE))


def undelivered_total(session: Session, order_id: int) -> Money:
    """What is promised and not yet handed over: as much as the hold still has to cover."""
    parts = fulfillments_of(session, order_id)
    return Money(sum(part.total_minor for part in parts if part.status in TO_COME))


def delivered_total(fulfillments: Iterable[Fulfillment]) -> Money:
    """What was handed over and billed."""
    return Money(sum(part.total_minor for part in fulfillments if part.status is FulfillmentStatus.DELIVERED))


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderParts:
    """An order's lines, what vendors promised of them and what they are asked for: read together, under its lock."""

    lines: Sequence[OrderLine]
    fulfillments: Sequence[Fulfillment]
    has_open_offer: bool
    offered: Sequence[OfferLine]

    @property
    def live(self) -> list[Fulfillment]:
        return [part for part in self.fulfillments if part.status in LIVE]

    @property
    def promised(self) -> Money:
        """What the live fulfillments come to."""
        return Money(sum(part.total_minor for part in self.live))

    @property
    def delivered(self) -> Money:
        return delivered_total(self.fulfillments)

    def unplaced(self) -> list[routing.Need]:
        """What nobody has promised, given up or been asked for: ordered − promised − unfulfilled − in open offers."""
        # Of vendors that were asked together for the same goods each counts: nothing is sought while one of them thinks.
        in_offers: dict[int, Decimal] = defaultdict(Decimal)
        for offered in self.offered:
            in_offers[offered.order_line_id] += offered.quantity
        needs = []
        for line in self.lines:
            rest = line.quantity - line.promised_quantity - line.unfulfilled_quantity - in_offers[line.id]
            if rest > ZERO_QUANTITY:
                needs.append(
                    routing.Need(
                        product_id=line.product_id,
                        quantity=rest,
                        order_line_id=line.id,
                        is_part=rest < line.quantity,
                    )
                )
        return needs

    def room_under(self, ceiling: Money) -> Money:
        """What the rest may cost: the ceiling less what is promised and what open offers come to."""
        offered = total(
            price_line(Money(line.unit_price_minor), line.quantity, line.vat_basis_points).total
            for line in self.offered
        )
        return ceiling - self.promised - offered


def look_at_parts(session: Session, order: Order) -> OrderParts:
    """The parts of the order as they are now. The caller holds the order's lock."""
    lines = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    ).all()
    has_open_offer, offered = routing_queries.open_offer_lines(session, order.id)
    return OrderParts(
        lines=lines,
        fulfillments=fulfillments_of(session, order.id),
        has_open_offer=has_open_offer,
        offered=offered,
    )


def unplaced(session: Session, order: Order) -> list[routing.Need]:
    """What nobody has promised, given up or been asked for."""
    return look_at_parts(session, order).unplaced()


def open_work(session: Session) -> dict[int, int]:
    """How many fulfillments each vendor still has to deliver."""
    rows = session.execute(
        select(Fulfillment.vendor_id, func.count())
        .where(Fulfillment.status.in_(TO_COME))
        .group_by(Fulfillment.vendor_id)
    )
    return dict(rows.all())
