"""What shops do: they order by their rhythm, in their own goods, and pay as is their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from core.credit import queries as credit_queries
from core.credit import service as credit
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.money import ZERO, Money
from core.orders import basket, placing
from core.orders.kinds import Terms
from core.orders.views import NewLine, Placed, Refused
from core.refs import VendorId
from core.seeds.city import seasons
from core.seeds.city.chance import Random
from core.seeds.city.natures import GROUPS, ShopNature
from core.seeds.city.orders import PlacedOrder, follow
from core.seeds.city.town import ADMIN, City, Shop
from core.seeds.reference import ReferenceProduct
from core.seeds.timeline import Timeline

# Shops write in the morning, before the first customers, or at noon.
WRITES_BETWEEN = (7.2, 16.0)
OF_ONE_GROUP = 0.6
# What a usual line comes to, in rupees, before the shop's size.
LINE_RUPEES = 1_600
CONFIRMED_AFTER = dt.timedelta(hours=2)


def order_goods(city: City, shop: Shop) -> Timeline:
    """Order now and then; at a festival more often and more."""
    number = 0
    for day in city.plan.dates:
        rng = city.chance.of("wants", shop.nature.number, day.isoformat())
        if rng.random() >= min(shop.nature.orders_a_week / 7 * seasons.demand(day), 1.0):
            continue
        wanted = _wanted(rng, shop.nature, city.products, day)
        yield (at := seasons.at(day, rng.uniform(*WRITES_BETWEEN)))
        number += 1
        order_id = _place(city, shop, wanted, now=at)
        if order_id is not None:
            placed = PlacedOrder(city=city, shop=shop, number=number, order_id=order_id, followed=set())
            follow(placed, now=at)


def pay(city: City, shop: Shop) -> Timeline:
    """Send money for what is owed, more or less of it."""
    rng = city.chance.of("pays", shop.nature.number)
    days = range(rng.randrange(1, 8), city.plan.days, shop.nature.pays_every_days)
    for number, day in enumerate(days):
        yield (at := seasons.at(city.plan.dates[day], rng.uniform(9, 17)))
        claim = _claim(city, shop, reference=f"S{shop.nature.number}N{number}", now=at)
        if claim is None:
            continue
        claim_id, payee = claim
        yield (at := at + CONFIRMED_AFTER)
        with city.database.transaction() as session:
            actor = ADMIN if payee is None else city.vendors[payee].actor
            credit.confirm_claim(session, claim_id, actor=actor, now=at)


def _place(city: City, shop: Shop, wanted: Mapping[str, Decimal], *, now: dt.datetime) -> int | None:
    """Fill the basket, look at it, say yes; for cash where credit is refused. None when nothing came of it."""
    lines = [NewLine(product_id=city.product_ids[sku], quantity=quantity) for sku, quantity in wanted.items()]
    with city.database.transaction() as session:
        draft = basket.add_lines(session, retailer_id=shop.id, lines=lines, actor=shop.actor, now=now)
    with city.database.transaction() as session:
        shown = basket.show(session, draft.id, now=now)
    terms = [Terms.CASH] if shop.nature.limit_rupees is None else [Terms.CREDIT, Terms.CASH]
    answer: Placed | Refused | None = None
    for one in terms:
        with city.database.transaction() as session:
            answer = placing.place(
                session, shown.order_id, version=shown.version, terms=one, actor=shop.actor, now=now
            )
        if isinstance(answer, Placed):
            return answer.order_id
        city.refused[answer.code] += 1
    with city.database.transaction() as session:
        basket.clear(session, retailer_id=shop.id, actor=shop.actor, now=now)
    return None


def _claim(city: City, shop: Shop, *, reference: str, now: dt.datetime) -> tuple[int, VendorId | None] | None:
    with city.database.transaction() as session:
        owed = credit_queries.standing(session, shop.id, now=now).owed
        amount = Money(round(owed.minor * shop.nature.pays_share))
        if amount <= ZERO:
            return None
        claim = credit.claim_payment(
            session,
            retailer_id=shop.id,
            method=PaymentMethod.ESEWA,
            reference=reference,
            amount=amount,
            actor=shop.actor,
            now=now,
        )
        if claim.status is not ClaimStatus.OPEN:
            return None
        return claim.id, None if claim.vendor_id is None else VendorId(claim.vendor_id)


def _wanted(
    rng: Random, shop: ShopNature, products: Mapping[str, ReferenceProduct], day: dt.date
) -> dict[str, Decimal]:
    """A basket: mostly of one group of goods, each line about what sells in some days."""
    group = rng.choices(GROUPS, shop.leans)[0] if rng.random() < OF_ONE_GROUP else frozenset().union(*GROUPS)
    goods = [products[sku] for sku in shop.usual if products[sku].facts.category in group]
    goods = goods or [products[sku] for sku in shop.usual]
    count = min(max(round(rng.gauss(shop.lines, 1.2)), 1), len(goods))
    size = shop.size * max(seasons.demand(day), 1.0) ** 0.5
    return {
        product.facts.sku: _quantity(rng, product, size)
        for product in rng.sample(sorted(goods, key=lambda product: product.facts.sku), count)
    }


def _quantity(rng: Random, product: ReferenceProduct, size: float) -> Decimal:
    """Whole cases where a case is not too much, else pieces."""
    price = float((product.facts.reference_price or Money(10_000)).rupees)
    pieces = LINE_RUPEES * size * rng.uniform(0.4, 1.8) / price
    case = product.facts.case_quantity
    if pieces >= case:
        return Decimal(round(pieces / case) * case)
    return Decimal(max(round(pieces), 1))
