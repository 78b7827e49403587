"""Builds a city's market by the use cases of an admin: vendors with goods and stock, shops with their limits."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind, Via
from core.catalog import queries as catalog
from core.catalog import service as goods
from core.catalog import stock
from core.catalog.service import ListingFacts
from core.clock import business_date
from core.credit import service as credit
from core.db.session import Database
from core.money import ZERO, Money, rupees
from core.parties import service as parties
from core.parties.address import Address
from core.parties.models import Position
from core.parties.service import RetailerFacts, VendorFacts
from core.refs import ContactId, ListingId, ProductId, RetailerId, VendorId
from core.seeds import reference
from core.seeds.city import seasons
from core.seeds.city.chance import Chance
from core.seeds.city.natures import Point, ShopNature, VendorNature, shop_nature, vendor_nature
from core.seeds.listings import printed
from core.seeds.people import CHANNEL
from core.seeds.reference import ReferenceProduct
from core.seeds.timeline import Agenda

SEEDER = Actor(kind=ActorKind.SYSTEM, via=Via.COMMAND)
ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL)
# So many orders' worth of the trade's usual stock.
LEAST_STOCK = Decimal(10)


@dataclass(frozen=True, kw_only=True, slots=True)
class CityPlan:
    """How large a city is and how long it is watched. Dashain falls into the usual three months."""

    seed: int
    vendors: int = 200
    retailers: int = 2_000
    starts_on: dt.date = dt.date(2026, 9, 1)
    days: int = 91

    def scaled(self, scale: float) -> CityPlan:
        """A city with a part of the people: vendors and shops in the same proportion, at least ten of each."""
        return CityPlan(
            seed=self.seed,
            vendors=max(10, round(self.vendors * scale)),
            retailers=max(10, round(self.retailers * scale)),
            starts_on=self.starts_on,
            days=self.days,
        )

    @property
    def dates(self) -> list[dt.date]:
        return [self.starts_on + dt.timedelta(days=number) for number in range(self.days)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """A vendor's listing as the vendor knows it: what it is of, and how full the store is after a delivery."""

    listing_id: ListingId
    product: ReferenceProduct
    full: Decimal
    # What the vendor asks for the product, measured by what it asks for others.
    lean: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Wholesaler:
    id: VendorId
    actor: Actor
    nature: VendorNature
    shelves: tuple[Shelf, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    id: RetailerId
    actor: Actor
    nature: ShopNature


@dataclass(kw_only=True)
class City:
    """A market with the people in it, and what they are doing."""

    plan: CityPlan
    database: Database
    chance: Chance
    products: Mapping[str, ReferenceProduct]
    product_ids: Mapping[str, ProductId]
    vendors: Mapping[int, Wholesaler]
    shops: Sequence[Shop]
    agenda: Agenda = field(default_factory=Agenda)
    # What each vendor has promised and not handed over.
    open_parcels: Counter[int] = field(default_factory=Counter)
    # Why a basket that was wanted became no order, by the refusal's code.
    refused: Counter[str] = field(default_factory=Counter)


def build(database: Database, plan: CityPlan) -> City:
    """The city on its first day, in a database that has nothing but its tables."""
    chance = Chance(plan.seed)
    now = seasons.at(plan.starts_on, 0)
    products = {product.facts.sku: product for product in reference.read_products()}
    with database.transaction() as session:
        reference.seed_reference(session, actor=SEEDER, now=now)
        ids = {sku: ProductId(row.id) for sku, row in catalog.products_by_skus(session, products).items()}
    phones = itertools.count(9_800_000_001)
    vendors: dict[int, Wholesaler] = {}
    for number in range(1, plan.vendors + 1):
        nature = vendor_nature(chance, number)
        with database.transaction() as session:
            vendor = _vendor(session, chance, nature, products, ids, next(phones), now=now)
        vendors[vendor.id] = vendor
    shops = []
    for number in range(1, plan.retailers + 1):
        shop = shop_nature(chance, number, list(products.values()))
        with database.transaction() as session:
            shops.append(_shop(session, shop, next(phones), now=now))
    return City(
        plan=plan,
        database=database,
        chance=chance,
        products=products,
        product_ids=ids,
        vendors=vendors,
        shops=shops,
    )


def price_on(vendor: VendorNature, shelf_lean: float, product: ReferenceProduct, day: dt.date) -> Money:
    """What the vendor means to ask on *day*, before chance: the trade's price, its own level, the festival."""
    usual = (product.facts.reference_price or ZERO).rupees
    rise = seasons.price_rise(day, product.facts.category) * vendor.festival_share
    return printed(usual * Decimal(round(vendor.price_level * shelf_lean * (1 + rise), 4)))


def _vendor(
    session: Session,
    chance: Chance,
    nature: VendorNature,
    products: Mapping[str, ReferenceProduct],
    ids: Mapping[str, ProductId],
    phone: int,
    *,
    now: dt.datetime,
) -> Wholesaler:
    facts = VendorFacts(
        business_name=f"Wholesaler {nature.number}",
        address=_address(nature.place),
        service_radius_km=nature.radius_km,
        working_days=frozenset(range(1, 8)) if nature.number % 3 else frozenset({7, 1, 2, 3, 4, 5}),
    )
    vendor_id = VendorId(parties.create_vendor(session, facts, actor=SEEDER, now=now).id)
    parties.approve_vendor(session, vendor_id, actor=SEEDER, now=now)
    for day in sorted(seasons.CLOSED):
        parties.close_vendor_for_day(session, vendor_id, day=day, actor=SEEDER, now=now)
    contact = _owner(session, f"Owner V{nature.number}", phone, vendor_id=vendor_id, now=now)
    actor = Actor(kind=ActorKind.VENDOR, via=Via.WHATSAPP, contact_id=contact, vendor_id=vendor_id)
    return Wholesaler(
        id=vendor_id,
        actor=actor,
        nature=nature,
        shelves=_shelves(session, chance, nature, vendor_id, actor, products, ids, now=now),
    )


def _shelves(
    session: Session,
    chance: Chance,
    nature: VendorNature,
    vendor_id: VendorId,
    actor: Actor,
    products: Mapping[str, ReferenceProduct],
    ids: Mapping[str, ProductId],
    *,
    now: dt.datetime,
) -> tuple[Shelf, ...]:
    rng = chance.of("shelves", nature.number)
    listed = [
        (product, 1 + rng.gauss(0, 0.025), LEAST_STOCK + product.usual_stock * Decimal(round(full, 3)))
        for product in products.values()
        if product.facts.category in nature.categories
        and rng.random() < nature.lists_share
        and (full := nature.stock_level * rng.uniform(0.3, 1.2))
    ]
    listings = goods.create_listings(
        session,
        [
            ListingFacts(
                vendor_id=vendor_id,
                product_id=ids[product.facts.sku],
                price=price_on(nature, lean, product, business_date(now)),
            )
            for product, lean, _ in listed
        ],
        now=now,
    )
    shelves = tuple(
        Shelf(
            listing_id=ListingId(listing.id),
            product=product,
            full=full.quantize(Decimal(1)),
            lean=lean,
        )
        for listing, (product, lean, full) in zip(listings, listed, strict=True)
    )
    counted = {shelf.listing_id: shelf.full for shelf in shelves}
    stock.count_all(session, counted, cause="count:opening", reason="opening count", actor=actor, now=now)
    return shelves


def _shop(session: Session, nature: ShopNature, phone: int, *, now: dt.datetime) -> Shop:
    facts = RetailerFacts(shop_name=f"Kirana {nature.number}", address=_address(nature.place))
    retailer_id = RetailerId(parties.create_retailer(session, facts, actor=SEEDER, now=now).id)
    parties.approve_retailer(session, retailer_id, actor=SEEDER, now=now)
    if nature.limit_rupees is not None:
        limit = rupees(nature.limit_rupees)
        credit.open_account(session, retailer_id, limit=limit, actor=SEEDER, now=now)
    contact = _owner(session, f"Owner R{nature.number}", phone, retailer_id=retailer_id, now=now)
    actor = Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP, contact_id=contact, retailer_id=retailer_id)
    return Shop(id=retailer_id, actor=actor, nature=nature)


def _owner(
    session: Session,
    name: str,
    phone: int,
    *,
    now: dt.datetime,
    retailer_id: RetailerId | None = None,
    vendor_id: VendorId | None = None,
) -> ContactId:
    contact = parties.contact_for(
        session,
        channel=CHANNEL,
        addresses=[f"{CHANNEL}:+977{phone}"],
        profile_name=name,
        phone=f"+977{phone}",
        now=now,
    )
    contact_id = ContactId(contact.id)
    parties.add_person(
        session,
        contact_id,
        position=Position.OWNER,
        retailer_id=retailer_id,
        vendor_id=vendor_id,
        actor=SEEDER,
        now=now,
    )
    return contact_id


def _address(place: Point) -> Address:
    return Address(
        province="Bagmati", district="Kathmandu", latitude=place.latitude, longitude=place.longitude
    )
