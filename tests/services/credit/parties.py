"""The people of the money tests: shops Asha and Bina, wholesalers Everest and Himal, rice (exempt) and oil (13 %)."""

import datetime as dt
import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from core.actor import SYSTEM, Actor, ActorKind, Via
from core.catalog.models import VatClass
from core.catalog.service import ProductFacts, create_products
from core.credit import queries, service
from core.credit.kinds import PaymentMethod
from core.credit.models import Entry, LedgerAccount
from core.credit.policy import DeliveredLine
from core.money import Money, rupees
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Fulfillment, Order, short_codes
from core.outbox.models import Event
from core.parties.service import RetailerFacts, VendorFacts, create_retailer, create_vendor
from core.routing.models import Offer, OfferStatus, RoundCause, RoutingRound

# 22 November 2026, 10:00 in Kathmandu: 6 Mangsir 2083.
NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL)

_references = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Parties:
    asha: int
    bina: int
    everest: int
    himal: int
    rice: int
    oil: int


def days(count):
    return dt.timedelta(days=count)


def create_parties(session):
    """Everybody, without a limit yet."""
    asha, bina = (
        create_retailer(session, RetailerFacts(shop_name=name, pan="601234567"), actor=SYSTEM, now=NOW).id
        for name in ("Asha Kirana", "Bina Store")
    )
    everest, himal = (
        create_vendor(session, VendorFacts(business_name=name, pan="301234567"), actor=SYSTEM, now=NOW).id
        for name in ("Everest Traders", "Himal Suppliers")
    )
    rice, oil = create_products(
        session,
        [product("RICE", VatClass.EXEMPT), product("OIL", VatClass.STANDARD)],
        actor=SYSTEM,
        now=NOW,
    )
    return Parties(asha=asha, bina=bina, everest=everest, himal=himal, rice=rice.id, oil=oil.id)


def more_shops(session, count):
    return [
        create_retailer(session, RetailerFacts(shop_name=f"Shop {number}"), actor=SYSTEM, now=NOW).id
        for number in range(count)
    ]


def product(sku, vat_class):
    return ProductFacts(
        sku=sku,
        name=sku.title(),
        brand="Local",
        category="Grocery",
        unit="pkt",
        pack_size="1 kg",
        case_quantity=10,
        vat_class=vat_class,
    )


def vendor_actor(vendor_id):
    return Actor(kind=ActorKind.VENDOR, via=Via.WHATSAPP, vendor_id=vendor_id)


def retailer_actor(retailer_id):
    return Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP, retailer_id=retailer_id)


def place_order(session, retailer_id, terms=Terms.CREDIT):
    """A placed order as orders writes it; the money only needs it to exist."""
    order = Order(
        short_code=session.scalar(short_codes),
        retailer_id=retailer_id,
        status=OrderStatus.PLACED,
        terms=terms,
        opened_at=NOW,
        touched_at=NOW,
        placed_at=NOW,
        ceiling_minor=0,
    )
    session.add(order)
    session.flush()
    return order.id


def promise(session, order_id, vendor_id):
    """A fulfillment of the order by the vendor."""
    sequence = session.scalar(
        select(func.count()).select_from(RoutingRound).where(RoutingRound.order_id == order_id)
    )
    search = RoutingRound(
        order_id=order_id,
        sequence=sequence,
        cause=RoundCause.PLACED,
        settings_version=0,
        weights={},
        needed=[],
        outcome="offered",
        facts={},
        market={},
        actor="system",
        decided_at=NOW,
    )
    session.add(search)
    session.flush()
    offer = Offer(
        round_id=search.id,
        order_id=order_id,
        vendor_id=vendor_id,
        status=OfferStatus.ACCEPTED,
        opened_at=NOW,
        expires_at=NOW + days(1),
        answered_at=NOW,
    )
    session.add(offer)
    session.flush()
    fulfillment = Fulfillment(
        order_id=order_id, vendor_id=vendor_id, offer_id=offer.id, total_minor=0, accepted_at=NOW
    )
    session.add(fulfillment)
    session.flush()
    return fulfillment.id


def line(product_id, quantity, price, vat_basis_points=0):
    return DeliveredLine(
        product_id=product_id,
        description="goods",
        quantity=Decimal(quantity),
        unit_price=rupees(price),
        vat_basis_points=vat_basis_points,
    )


def delivery(session, parties, *, retailer, vendor, order_id, lines, on_credit=True, cash=service.NO_CASH):
    return service.Delivery(
        fulfillment_id=promise(session, order_id, vendor),
        order_id=order_id,
        retailer_id=retailer,
        vendor_id=vendor,
        lines=tuple(lines),
        on_credit=on_credit,
        cash=cash,
        commission_basis_points=200,
        terms_days=30,
    )


def deliver(session, parties, amount, *, retailer=None, vendor=None, at=NOW):
    """Sell *amount* rupees of rice on credit: hold, delivery, invoice."""
    retailer, vendor = retailer or parties.asha, vendor or parties.everest
    order_id = place_order(session, retailer)
    service.place_hold(session, order_id=order_id, retailer_id=retailer, amount=rupees(amount), now=at)
    goods = delivery(
        session,
        parties,
        retailer=retailer,
        vendor=vendor,
        order_id=order_id,
        lines=[line(parties.rice, 1, amount)],
    )
    return service.post_delivery(session, goods, actor=vendor_actor(vendor), now=at)


def deliver_for_cash(session, parties, amount, *, received, retailer=None, vendor=None, at=NOW):
    """Sell *amount* rupees of rice for cash."""
    retailer, vendor = retailer or parties.asha, vendor or parties.everest
    goods = delivery(
        session,
        parties,
        retailer=retailer,
        vendor=vendor,
        order_id=place_order(session, retailer, Terms.CASH),
        lines=[line(parties.rice, 1, amount)],
        on_credit=False,
        cash=service.ALL_CASH if received else service.NO_CASH,
    )
    return service.post_delivery(session, goods, actor=vendor_actor(vendor), now=at)


def pay(session, retailer_id, amount, *, method="esewa", reference=None, at=NOW, **more):
    number = next(_references)
    return service.record_payment(
        session,
        retailer_id=retailer_id,
        method=PaymentMethod(method),
        reference=reference or f"REF-{number}",
        amount=rupees(amount),
        idempotency_key=f"test-{number}",
        actor=ADMIN,
        now=at,
        **more,
    )


def balances(session):
    """Every account of the ledger that is not at zero, in rupees: debit positive."""
    rows = session.execute(
        select(LedgerAccount, func.sum(Entry.amount_minor))
        .join(Entry, Entry.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.id)
    )
    return {
        (str(account.kind), account.retailer_id or account.vendor_id or account.label): Money(
            int(amount)
        ).rupees
        for account, amount in rows
        if amount
    }


def owed(session, invoice):
    return queries.outstanding(session, [invoice.id])[invoice.id]


def events(session, name):
    return list(session.scalars(select(Event.payload).where(Event.name == name).order_by(Event.id)))


@contextmanager
def refused_by_database(session, because):
    """The database itself refuses what happens inside, its deferred checks included; nothing of it stays."""
    with pytest.raises(IntegrityError, match=because), session.begin_nested():  # noqa: PT012 - the caller's block is inside
        yield
        session.flush()
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def check_books(session):
    """The database's deferred checks run now instead of at the commit that a test never makes."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    assert queries.find_differences(session) == []
