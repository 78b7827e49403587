"""A small bazaar around Ratna Park: a shop, its order, and whichever vendors a test needs."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import event

from core.actor import Actor, ActorKind, Via
from core.catalog.models import Listing, Product, Stock, VatClass
from core.money import rupees
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Order, OrderLine
from core.parties.models import Approval, Retailer, Vendor
from core.pricing.models import PriceTier
from core.routing import service as routing
from core.routing.models import RoundCause

# A Sunday morning in Kathmandu.
NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
SHOP = (Decimal("27.706000"), Decimal("85.314000"))


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def admin():
    return Actor(kind=ActorKind.ADMIN, via=Via.PANEL)


@pytest.fixture
def vendor_actor():
    return Actor(kind=ActorKind.VENDOR, via=Via.WHATSAPP)


@pytest.fixture
def retailer_actor():
    return Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP)


class Bazaar:
    """Builds rows with sensible values; a test names only what matters to it."""

    def __init__(self, session):
        self.session = session
        self.count = 0
        self.shop = self._add(
            Retailer(
                code="R-1",
                shop_name="Asha Kirana",
                approval=Approval.APPROVED,
                approved_at=NOW,
                created_at=NOW,
                latitude=SHOP[0],
                longitude=SHOP[1],
            )
        )

    def product(self, *, vat=VatClass.EXEMPT):
        number = self._next()
        return self._add(
            Product(
                sku=f"SKU-{number}",
                name=f"Product {number}",
                brand="",
                category="staples",
                unit="pcs",
                pack_size="1",
                case_quantity=1,
                vat_class=vat,
                short_label=f"Product {number}",
                created_at=NOW,
                updated_at=NOW,
            )
        )

    def vendor(self, **values):
        number = self._next()
        approved = values.pop("is_approved", True)
        row = Vendor(
            **{
                "code": f"V-{number}",
                "business_name": f"Vendor {number}",
                "approval": Approval.APPROVED if approved else Approval.APPLIED,
                "approved_at": NOW if approved else None,
                "created_at": NOW,
                "latitude": SHOP[0],
                "longitude": SHOP[1],
                **values,
            }
        )
        return self._add(row)

    def lists(self, vendor, product, *, price, stock=1000, minimum=0, pack=1):
        listing = self._add(
            Listing(
                vendor_id=vendor.id,
                product_id=product.id,
                price_minor=rupees(price).minor,
                minimum_quantity=Decimal(minimum),
                pack_multiple=Decimal(pack),
                updated_at=NOW,
            )
        )
        self._add(Stock(listing_id=listing.id, on_hand=Decimal(stock)))
        return listing

    def tiers(self, listing, **prices):
        """Tiers by quantity: `from_10=90`."""
        for quantity, price in prices.items():
            self._add(
                PriceTier(
                    listing_id=listing.id,
                    from_quantity=Decimal(quantity.removeprefix("from_")),
                    price_minor=rupees(price).minor,
                )
            )

    def order(self, wanted):
        """A placed order for {product: quantity}; returns it with the needs of its lines."""
        number = self._next()
        order = self._add(
            Order(
                retailer_id=self.shop.id,
                status=OrderStatus.PLACED,
                terms=Terms.CASH,
                short_code=1000 + number,
                ceiling_minor=0,
                opened_at=NOW,
                touched_at=NOW,
                placed_at=NOW,
            )
        )
        needs = []
        for position, (product, quantity) in enumerate(wanted.items(), start=1):
            line = self._add(
                OrderLine(
                    order_id=order.id,
                    product_id=product.id,
                    position=position,
                    quantity=Decimal(quantity),
                    added_by="retailer",
                )
            )
            needs.append(
                routing.Need(product_id=product.id, quantity=Decimal(quantity), order_line_id=line.id)
            )
        return order, needs

    def decide(self, order, needs, **values):
        return routing.decide(
            self.session,
            order_id=order.id,
            retailer_id=self.shop.id,
            needs=needs,
            **{
                "cause": RoundCause.PLACED,
                "ceiling": None,
                "workloads": {},
                "actor": Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP),
                "now": NOW,
                **values,
            },
        )

    def _next(self):
        self.count += 1
        return self.count

    def _add(self, row):
        self.session.add(row)
        self.session.flush()
        return row


@pytest.fixture
def bazaar(session):
    return Bazaar(session)


@pytest.fixture
def statements(session):
    """The statements sent from now on, by their first word."""
    seen = []
    connection = session.connection()

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)
