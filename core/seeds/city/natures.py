"""Who lives in a city: what each vendor and shop is like. Hidden from the product, which sees only what they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.seeds.city.chance import Chance, Random, typical
from core.seeds.reference import ReferenceProduct

# The bazaars of the valley around which wholesalers and shops lie: latitude, longitude, share of the trade.
BAZAARS = (
    (27.7085, 85.3110, 0.26),  # Asan
    (27.6990, 85.2990, 0.20),  # Kalimati
    (27.7350, 85.3020, 0.12),  # Balaju
    (27.6790, 85.3490, 0.14),  # Koteshwor
    (27.6670, 85.3240, 0.16),  # Lagankhel
    (27.6720, 85.4280, 0.12),  # Bhaktapur
)
STAPLES = frozenset({"Rice", "Pulses", "Flour", "Oil & Ghee", "Sugar & Salt", "Spices"})
SNACKS = frozenset({"Noodles", "Biscuits", "Snacks", "Confectionery", "Beverages", "Tea & Coffee", "Dairy"})
CARE = frozenset(
    {"Soap", "Oral Care", "Hair Care", "Personal Care", "Detergent & Cleaning", "Household"},
)
GROUPS = (STAPLES, SNACKS, CARE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorNature:
    """Chances are 0–1. `care` (0–1) is behind most of them; prices and places have little to do with it."""

    number: int
    place: Point
    radius_km: Decimal
    categories: frozenset[str]
    # Of the goods of its categories.
    lists_share: float
    care: float
    # Its prices, measured by the trade's.
    price_level: float
    # How much of the festival's rise it passes on.
    festival_share: float
    answer_minutes: float
    stays_silent: float
    declines: float
    # That a listed line is not in the store when it is looked for.
    lacks: float
    withdraws: float
    hands_over_short: float
    delivery_hours: float
    # So many parcels at once take no longer than one.
    capacity: int
    stock_level: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopNature:
    number: int
    place: Point
    orders_a_week: float
    # Its trade by group of goods, in the order of `GROUPS`.
    leans: tuple[float, ...]
    lines: float
    size: float
    limit_rupees: int | None
    pays_every_days: int
    pays_share: float
    takes_dearer: float
    usual: tuple[str, ...]


def vendor_nature(chance: Chance, number: int) -> VendorNature:
    rng = chance.of("vendor", number)
    care = rng.betavariate(3.2, 1.6)
    slack = 1 - care
    is_general = rng.random() < 0.6
    categories = frozenset().union(*GROUPS) if is_general else rng.choice(GROUPS)
    return VendorNature(
        number=number,
        place=_place(rng, 0.008),
        radius_km=Decimal(rng.choice([4, 6, 8, 10, 14])),
        categories=categories,
        lists_share=rng.uniform(0.6, 0.9) if is_general else rng.uniform(0.8, 0.98),
        care=care,
        price_level=1 + rng.gauss(0, 0.035) + 0.02 * (care - 0.65),
        festival_share=rng.uniform(0.3, 1.4),
        answer_minutes=typical(rng, 12 + 40 * slack, 0.5),
        stays_silent=0.01 + 0.30 * slack**1.5,
        declines=0.01 + 0.16 * slack,
        lacks=0.005 + 0.10 * slack,
        withdraws=0.003 + 0.16 * slack**1.5,
        hands_over_short=0.004 + 0.10 * slack**1.5,
        delivery_hours=typical(rng, 5 + 60 * slack**1.6, 0.3),
        capacity=rng.choice([6, 10, 16, 24]),
        stock_level=rng.uniform(0.5, 1.5),
    )


def shop_nature(chance: Chance, number: int, products: Sequence[ReferenceProduct]) -> ShopNature:
    rng = chance.of("shop", number)
    leans = tuple(rng.uniform(0.3, 1.5) for _ in GROUPS)
    is_late = rng.random() < 0.15
    return ShopNature(
        number=number,
        place=_place(rng, 0.018),
        orders_a_week=min(max(typical(rng, 1.2, 0.4), 0.4), 3.0),
        leans=leans,
        lines=rng.uniform(2.5, 6.5),
        size=typical(rng, 0.7, 0.4),
        limit_rupees=None if rng.random() < 0.12 else rng.choice([60_000, 100_000, 150_000, 250_000]),
        pays_every_days=rng.choice([7, 10, 14, 21]),
        pays_share=rng.uniform(0.3, 0.6) if is_late else rng.uniform(0.8, 1.0),
        takes_dearer=rng.uniform(0.3, 0.9),
        usual=_usual(rng, products, leans),
    )


def _usual(rng: Random, products: Sequence[ReferenceProduct], leans: Sequence[float]) -> tuple[str, ...]:
    """The SKUs that a shop always sells: about forty, more of what it leans to."""
    kept = []
    for product in products:
        lean = next(
            lean for group, lean in zip(GROUPS, leans, strict=True) if product.facts.category in group
        )
        if rng.random() < 0.22 * lean:
            kept.append(product.facts.sku)
    return tuple(kept) or (products[0].facts.sku,)


def _place(rng: Random, spread: float) -> Point:
    """Somewhere around one of the bazaars; *spread* in degrees, about 100 km each."""
    [(latitude, longitude, _)] = rng.choices(BAZAARS, [share for *_, share in BAZAARS])
    return Point(
        latitude=Decimal(f"{latitude + rng.gauss(0, spread):.6f}"),
        longitude=Decimal(f"{longitude + rng.gauss(0, spread):.6f}"),
    )
