"""A small market for tests, made by the real use cases: shops, wholesalers, goods, stock and credit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import func, select

from core.actor import SYSTEM, Actor, ActorKind, Via
from core.catalog import service as catalog
from core.catalog import stock
from core.catalog.models import Stock, VatClass
from core.clock import KATHMANDU
from core.credit import queries as credit_queries
from core.credit import service as credit
from core.db.base import Base
from core.db.session import Database
from core.money import Money, rupees
from core.orders import basket, delivery, offers, placing, queries
from core.orders.errors import VendorLimitFull
from core.orders.kinds import Terms
from core.orders.views import (
    Accepted,
    Delivered,
    FulfillmentView,
    NewLine,
    Noted,
    OrderView,
    Placed,
    Refused,
    WrongCode,
)
from core.parties import service as parties
from core.parties.address import Address
from core.parties.models import Position
from core.refs import ContactId, ListingId, ProductId, RetailerId, VendorId
from core.routing import queries as routing_queries
from core.routing.models import Offer

Answer = TypeVar("Answer")

# A Monday morning in Kathmandu: every vendor of a usual week works.
MONDAY = dt.datetime(2026, 11, 23, 10, 0, tzinfo=KATHMANDU)
EVERY_DAY = frozenset(range(1, 8))
LIMIT = rupees(100_000)


@dataclass(frozen=True, kw_only=True)
class Shop:
    id: RetailerId
    owner: Actor


@dataclass(frozen=True, kw_only=True)
class Wholesaler:
    id: VendorId
    owner: Actor


@dataclass
class Market:
    """Builds what a test names. Everything is at one place, so that price and stock decide who is asked.

    Each step is a transaction of its own, as it is behind the real doors.
    """

    database: Database
    now: dt.datetime = MONDAY
    _phones: int = 9_841_100_000

    def do(self, act: Callable[..., Answer], *args: Any, **facts: Any) -> Answer:
        """Run one use case at the market's time, in a transaction of its own."""
        with self.database.transaction() as session:
            return act(session, *args, now=self.now, **facts)

    def look(self, read: Callable[..., Answer], *args: Any, **facts: Any) -> Answer:
        """Run one query."""
        with self.database.transaction() as session:
            return read(session, *args, **facts)

    def shop(self, name: str = "Asha Kirana", *, limit: Money | None = LIMIT, approved: bool = True) -> Shop:
        facts = parties.RetailerFacts(shop_name=name, address=_here())
        retailer = RetailerId(self.do(parties.create_retailer, facts, actor=SYSTEM).id)
        if approved:
            self.do(parties.approve_retailer, retailer, actor=SYSTEM)
        if limit is not None:
            self.do(credit.open_account, retailer, limit=limit, actor=SYSTEM)
        contact = self._person(f"{name} owner", retailer_id=retailer, position=Position.OWNER)
        return Shop(id=retailer, owner=_acts(ActorKind.RETAILER, contact, retailer_id=retailer))

    def helper(self, shop: Shop, *, limit: Money | None = None, day_limit: Money | None = None) -> Actor:
        contact = self._person(
            "Helper",
            retailer_id=shop.id,
            position=Position.HELPER,
            order_limit=limit,
            day_limit=day_limit,
        )
        return _acts(ActorKind.RETAILER, contact, retailer_id=shop.id)

    def wholesaler(self, name: str = "Himal Traders") -> Wholesaler:
        facts = parties.VendorFacts(business_name=name, address=_here(), working_days=EVERY_DAY)
        vendor = VendorId(self.do(parties.create_vendor, facts, actor=SYSTEM).id)
        self.do(parties.approve_vendor, vendor, actor=SYSTEM)
        contact = self._person(f"{name} owner", vendor_id=vendor, position=Position.OWNER)
        return Wholesaler(id=vendor, owner=_acts(ActorKind.VENDOR, contact, vendor_id=vendor))

    def product(self, sku: str = "WW-CHK-75", *, vat: VatClass = VatClass.EXEMPT) -> ProductId:
        facts = catalog.ProductFacts(
            sku=sku,
            name=f"{sku} Noodles",
            brand=sku,
            category="Noodles",
            unit="pkt",
            pack_size="75 g",
            case_quantity=30,
            vat_class=vat,
        )
        return ProductId(self.do(catalog.create_product, facts, actor=SYSTEM).id)

    def sells(
        self, vendor: Wholesaler, product: ProductId, *, price: Money, stock_of: int = 1_000
    ) -> ListingId:
        facts = catalog.ListingFacts(vendor_id=vendor.id, product_id=product, price=price)
        listing = ListingId(self.do(catalog.create_listing, facts, actor=SYSTEM).id)
        cause = f"count:{listing}:first"
        self.do(stock.count, listing, Decimal(stock_of), cause=cause, reason="opening", actor=SYSTEM)
        return listing

    def place(
        self, shop: Shop, wanted: Mapping[ProductId, int], *, terms: Terms = Terms.CREDIT, **facts: Any
    ) -> Placed | Refused:
        """Fill the basket, look at it, say yes."""
        lines = [NewLine(product_id=product, quantity=Decimal(count)) for product, count in wanted.items()]
        order = self.do(basket.add_lines, retailer_id=shop.id, lines=lines, actor=shop.owner)
        view = self.do(basket.show, order.id)
        return self.do(placing.place, order.id, version=view.version, terms=terms, actor=shop.owner, **facts)

    def accept(self, vendor: Wholesaler, order_id: int, **facts: Any) -> Accepted | Noted | VendorLimitFull:
        """The vendor's open offer for the order, accepted."""
        return self.do(offers.accept, self.offer_to(vendor, order_id).id, actor=vendor.owner, **facts)

    def decline(self, vendor: Wholesaler, order_id: int, *, reason: str = "no_stock") -> None:
        self.do(offers.decline, self.offer_to(vendor, order_id).id, reason=reason, actor=vendor.owner)

    def dispatch(self, vendor: Wholesaler, accepted: Accepted) -> FulfillmentView:
        return self.do(delivery.dispatch, accepted.fulfillment.fulfillment_id, actor=vendor.owner)

    def deliver(self, vendor: Wholesaler, code: str | None, **facts: Any) -> Delivered | WrongCode:
        return self.do(delivery.deliver, vendor_id=vendor.id, code=code, actor=vendor.owner, **facts)

    def offer_to(self, vendor: Wholesaler, order_id: int) -> Offer:
        (offer,) = [offer for offer in self.open_offers(order_id) if offer.vendor_id == vendor.id]
        return offer

    def count(self, table: type[Base], *conditions: Any) -> int:
        """How many rows there are."""
        return self.look(
            lambda session: session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
        )

    def open_offers(self, order_id: int) -> list[Offer]:
        return self.look(routing_queries.open_offers, order_id)

    def order(self, order_id: int) -> OrderView:
        return self.look(queries.order_view, order_id)

    def standing(self, shop: Shop) -> credit_queries.Standing:
        return self.do(credit_queries.standing, shop.id)

    def stock(self, listing: ListingId) -> tuple[Decimal, Decimal]:
        """On hand and reserved."""
        row = self.look(lambda session: session.get_one(Stock, listing))
        return row.on_hand, row.reserved

    def _person(self, name: str, **membership: Any) -> ContactId:
        self._phones += 1
        phone = f"+977{self._phones}"
        contact = ContactId(
            self.do(
                parties.contact_for,
                channel="whatsapp",
                addresses=[f"whatsapp:{phone}"],
                profile_name=name,
                phone=phone,
            ).id
        )
        self.do(parties.add_person, contact, actor=SYSTEM, **membership)
        return contact


def _acts(kind: ActorKind, contact: ContactId, **party: Any) -> Actor:
    return Actor(kind=kind, via=Via.WHATSAPP, contact_id=contact, **party)


def _here() -> Address:
    return Address(
        district="Kathmandu",
        municipality="Kathmandu",
        ward=1,
        latitude=Decimal("27.7172"),
        longitude=Decimal("85.3240"),
    )


ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.API)
