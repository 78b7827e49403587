"""Offers as their vendor sees them: lines with the offered price, the total, the deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.errors import NotFound
from core.money import Money, total
from core.orders import queries as orders
from core.orders.kinds import Terms
from core.parties import queries as parties
from core.pricing.policy import LinePrice, price_line
from core.quantity import Said
from core.refs import ListingId, ProductId, RetailerId
from core.routing import queries as routing
from core.routing.models import Offer, OfferStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferLineView:
    order_line_id: int
    listing_id: ListingId
    sku: str
    name: str
    name_ne: str | None
    short_label: str
    unit: str
    quantity: Decimal
    # How the shop said `quantity`, if not in base pieces.
    said: Said | None
    unit_price: Money
    price: LinePrice


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferView:
    offer_id: int
    order_id: int
    short_code: int
    status: OfferStatus
    shop_name: str
    area: str | None
    terms: Terms
    expires_at: dt.datetime
    lines: tuple[OfferLineView, ...]

    @property
    def total(self) -> Money:
        return total(line.price.total for line in self.lines)


def offer_view(session: Session, offer_id: int, *, vendor_id: int) -> OfferView:
    """The offer, for its vendor. Raises NotFound for any other."""
    offer = routing.get_offer(session, offer_id)
    if offer.vendor_id != vendor_id:
        raise NotFound(kind="offers", id=offer_id)
    return offer_views(session, [offer])[0]


def open_offers(session: Session, vendor_id: int, *, now: dt.datetime) -> list[OfferView]:
    """The vendor's open offers, most urgent first."""
    return offer_views(session, routing.offers_of_vendor(session, vendor_id, open_at=now))


def offer_views(session: Session, offers: Sequence[Offer]) -> list[OfferView]:
    lines = routing.offer_lines(session, [offer.id for offer in offers])
    products = catalog.products_by_ids(
        session, {ProductId(line.product_id) for some in lines.values() for line in some}
    )
    said = orders.said_in_lines(session, [line.order_line_id for some in lines.values() for line in some])
    views = []
    for offer in offers:
        order = orders.get_order(session, offer.order_id)
        retailer = parties.get_retailer(session, RetailerId(order.retailer_id))
        views.append(
            OfferView(
                offer_id=offer.id,
                order_id=order.id,
                short_code=order.short_code or 0,
                status=offer.status,
                shop_name=retailer.shop_name,
                area=retailer.area or retailer.municipality,
                terms=order.terms or Terms.CREDIT,
                expires_at=offer.expires_at,
                lines=tuple(
                    OfferLineView(
                        order_line_id=line.order_line_id,
                        listing_id=ListingId(line.listing_id),
                        sku=products[ProductId(line.product_id)].sku,
                        name=products[ProductId(line.product_id)].name,
                        name_ne=products[ProductId(line.product_id)].name_ne,
                        short_label=products[ProductId(line.product_id)].short_label,
                        unit=products[ProductId(line.product_id)].unit,
                        quantity=line.quantity,
                        said=said[line.order_line_id].of(line.quantity)
                        if line.order_line_id in said
                        else None,
                        unit_price=Money(line.unit_price_minor),
                        price=price_line(Money(line.unit_price_minor), line.quantity, line.vat_basis_points),
                    )
                    for line in lines[offer.id]
                ),
            )
        )
    return views
