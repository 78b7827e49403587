"""Price history, the market, volatility, trends, the cheapest vendors, and price alerts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field, model_validator
from sqlalchemy import func, select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Day, Given, Instant, QuantityOut, RowId, Rupees, View, quantity_text
from admin_api.paging import PageQuery, PageView, narrow, within
from admin_api.resources.alerts import AlertPage, alert_view
from core.alerts.kinds import AlertKind, AlertState, Severity
from core.alerts.models import Alert
from core.catalog import queries as catalog
from core.catalog.models import Product
from core.clock import business_date
from core.money import Money
from core.pricing import market
from core.pricing.intelligence import (
    Direction,
    IntelligenceSettings,
    VolatilityBand,
    band_of,
    trend,
    volatility,
)
from core.pricing.models import MarketDay, PriceChange
from core.refs import ProductId
from core.settings.service import current
from core.vendors import queries as vendors
from core.vendors.policy import grade

blueprint = Blueprint("api_price_intelligence", __name__)

PRICE_ALERTS = (AlertKind.PRICE_RISE, AlertKind.PRICE_FALL)
_LONGEST_DAYS = 366
_TOP = 10
_WEEK = dt.timedelta(days=7)

# Plain text: common client generators would make "A+" and "A" one name.
GradeText = Annotated[str, Field(examples=["A+"], description="A+, A, B, C, D or F.")]
PerCent = Annotated[str, Field(examples=["12.500"])]


class HistoryFilter(PageQuery):
    vendor_id: RowId | None = None
    at_from: Instant | None = None
    at_before: Instant | None = None
    sort: Literal["id", "-id"] = "-id"


class PriceChangeView(View):
    """`old` is null for a vendor's first price; `market_average` is that of the time of the change."""

    id: RowId
    vendor_id: int
    product_id: int
    old: Rupees | None
    new: Rupees
    change_per_cent: PerCent | None
    market_average: Rupees | None
    actor: str
    at: dt.datetime


class PriceChangePage(PageView):
    items: list[PriceChangeView]


class MarketView(View):
    """Prices of one base piece, before VAT, over the vendors that sell it now; null if nobody does."""

    product_id: RowId
    average: Rupees | None
    median: Rupees | None
    lowest: Rupees | None
    highest: Rupees | None
    spread: Rupees | None
    vendors: int
    cheapest_vendor_id: int | None


class VolatilityView(View):
    """`score` is 0–100 over the daily averages of the window; null until there are two days to compare."""

    product_id: RowId
    score: PerCent | None
    band: VolatilityBand | None
    days: int
    window_days: int


class RecommendationQuery(Given):
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class RecommendedVendor(View):
    """`saving` is how much less a piece costs than the market average; negative if it costs more.

    `reliability` and `grade` are null for a vendor without history.
    """

    vendor_id: RowId
    business_name: str
    price: Rupees
    available: QuantityOut
    saving: Rupees
    saving_per_cent: PerCent
    reliability: PerCent | None
    grade: GradeText | None


class RecommendationView(View):
    """Vendors that have the product, cheapest first."""

    product_id: RowId
    market_average: Rupees | None
    vendors: list[RecommendedVendor]


class TrendQuery(Given):
    """Business days. By default, the last thirty."""

    startDate: Day | None = None  # noqa: N815 - named by the contract
    endDate: Day | None = None  # noqa: N815

    @model_validator(mode="after")
    def _in_order(self) -> TrendQuery:
        if self.startDate and self.endDate:
            if self.startDate > self.endDate:
                raise ValueError("startDate is after endDate")
            if (self.endDate - self.startDate).days > _LONGEST_DAYS:
                raise ValueError(f"a trend covers at most {_LONGEST_DAYS} days")
        return self


class MarketDayView(View):
    day: dt.date
    average: Rupees
    lowest: Rupees
    highest: Rupees
    vendors: int


class TrendView(View):
    """`slope_per_day` is in rupees, by a robust fit; `strength` is its change in 30 days, in per cent of the price."""

    product_id: RowId
    start: dt.date
    end: dt.date
    direction: Direction | None
    slope_per_day: str | None
    strength: PerCent | None
    days: list[MarketDayView]


class PriceAlertFilter(PageQuery):
    kind: Literal[AlertKind.PRICE_RISE, AlertKind.PRICE_FALL] | None = None
    severity: Severity | None = None
    state: AlertState | None = AlertState.OPEN
    sort: Literal["id", "-id"] = "-id"


class VolatileProduct(View):
    product_id: RowId
    name: str
    score: PerCent
    band: VolatilityBand
    average: Rupees


class DashboardView(View):
    """`changes` are the largest of the last seven days; `bands` counts the products of the newest market day."""

    day: dt.date | None
    open_alerts: dict[str, int]
    bands: dict[str, int]
    most_volatile: list[VolatileProduct]
    changes: list[PriceChangeView]


@blueprint.get("/price-intelligence/history/<id:productId>")
@endpoint(tag="price intelligence", roles=ADMIN, answer=PriceChangePage, query=HistoryFilter)
def list_history(call: Call, productId: int, query: HistoryFilter) -> PriceChangePage:  # noqa: N803
    """Every change of the product's price, newest first."""
    catalog.get_product(call.session, ProductId(productId))
    wanted = select(PriceChange).where(PriceChange.product_id == productId)
    wanted = narrow(wanted, (PriceChange.vendor_id, query.vendor_id))
    wanted = within(wanted, PriceChange.at, query.at_from, query.at_before)
    found = paging.cut(call.session, wanted, key=PriceChange.id, page=query, sort=query.sort)
    return PriceChangePage(
        items=[_change_view(row) for row in found.items], total=found.total, next=found.next
    )


@blueprint.get("/price-intelligence/market-average/<id:productId>")
@endpoint(tag="price intelligence", roles=ADMIN, answer=MarketView)
def get_market(call: Call, productId: int) -> MarketView:  # noqa: N803
    """The product's current market prices."""
    catalog.get_product(call.session, ProductId(productId))
    found = market.markets(call.session, [productId]).get(productId)
    if found is None:
        return MarketView(
            product_id=productId,
            average=None,
            median=None,
            lowest=None,
            highest=None,
            spread=None,
            vendors=0,
            cheapest_vendor_id=None,
        )
    return MarketView(
        product_id=productId,
        average=Rupees.of(found.average),
        median=Rupees.of(found.median),
        lowest=Rupees.of(found.lowest),
        highest=Rupees.of(found.highest),
        spread=Rupees.of(found.spread),
        vendors=found.vendors,
        cheapest_vendor_id=found.cheapest_vendor_id,
    )


@blueprint.get("/price-intelligence/volatility/<id:productId>")
@endpoint(tag="price intelligence", roles=ADMIN, answer=VolatilityView)
def get_volatility(call: Call, productId: int) -> VolatilityView:  # noqa: N803
    """How much the product's daily market average moves."""
    catalog.get_product(call.session, ProductId(productId))
    rules = current(call.session, IntelligenceSettings).values
    today = business_date(call.now)
    start = today - dt.timedelta(days=rules.volatility_days - 1)
    days = market.market_days(call.session, productId, start=start, end=today)
    score = volatility([day.average_minor for day in days], rules)
    return VolatilityView(
        product_id=productId,
        score=_text(score),
        band=None if score is None else band_of(score, rules),
        days=len(days),
        window_days=rules.volatility_days,
    )


@blueprint.get("/price-intelligence/recommendations/<id:productId>")
@endpoint(tag="price intelligence", roles=ADMIN, answer=RecommendationView, query=RecommendationQuery)
def get_recommendations(call: Call, productId: int, query: RecommendationQuery) -> RecommendationView:  # noqa: N803
    """The cheapest vendors that have the product, with their reliability."""
    catalog.get_product(call.session, ProductId(productId))
    found = market.cheapest(call.session, productId, limit=query.limit)
    asked = market.markets(call.session, [productId]).get(productId)
    scores = vendors.measured_scores(call.session, [one.vendor_id for one in found], now=call.now)
    return RecommendationView(
        product_id=productId,
        market_average=None if asked is None else Rupees.of(asked.average),
        vendors=[
            _recommended(one, asked.average, scores.get(one.vendor_id)) for one in found if asked is not None
        ],
    )


@blueprint.get("/price-intelligence/trends/<id:productId>")
@endpoint(tag="price intelligence", roles=ADMIN, answer=TrendView, query=TrendQuery)
def get_trend(call: Call, productId: int, query: TrendQuery) -> TrendView:  # noqa: N803
    """The product's market day by day, and its trend."""
    catalog.get_product(call.session, ProductId(productId))
    rules = current(call.session, IntelligenceSettings).values
    end = query.endDate or business_date(call.now)
    start = query.startDate or end - dt.timedelta(days=29)
    days = market.market_days(call.session, productId, start=start, end=end)
    way = trend([(day.day, day.average_minor) for day in days], rules)
    return TrendView(
        product_id=productId,
        start=start,
        end=end,
        direction=None if way is None else way.direction,
        slope_per_day=None if way is None else f"{way.slope_minor_per_day / 100:.5f}",
        strength=None if way is None else _text(way.strength),
        days=[
            MarketDayView(
                day=day.day,
                average=Rupees.of_minor(day.average_minor),
                lowest=Rupees.of_minor(day.lowest_minor),
                highest=Rupees.of_minor(day.highest_minor),
                vendors=day.vendors,
            )
            for day in days
        ],
    )


@blueprint.get("/price-intelligence/alerts")
@endpoint(tag="price intelligence", roles=ADMIN, answer=AlertPage, query=PriceAlertFilter)
def list_price_alerts(call: Call, query: PriceAlertFilter) -> AlertPage:
    """Large price changes that nobody has acknowledged yet; use `/alerts/{alert_id}/acknowledge`."""
    kinds = PRICE_ALERTS if query.kind is None else (query.kind,)
    wanted = select(Alert).where(Alert.kind.in_(kinds))
    wanted = narrow(wanted, (Alert.severity, query.severity), (Alert.state, query.state))
    found = paging.cut(call.session, wanted, key=Alert.id, page=query, sort=query.sort)
    return AlertPage(items=[alert_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.get("/price-intelligence/dashboard")
@endpoint(tag="price intelligence", roles=ADMIN, answer=DashboardView)
def get_dashboard(call: Call) -> DashboardView:
    """Open alerts, how volatile the market is, and the largest changes of the week."""
    rules = current(call.session, IntelligenceSettings).values
    day = call.session.scalar(select(func.max(MarketDay.day)))
    rows = call.session.execute(
        select(MarketDay.product_id, Product.name, MarketDay.volatility, MarketDay.average_minor)
        .join(Product, Product.id == MarketDay.product_id)
        .where(MarketDay.day == day, MarketDay.volatility.is_not(None))
        .order_by(MarketDay.volatility.desc(), MarketDay.product_id)
    ).all()
    bands = dict.fromkeys(VolatilityBand, 0)
    for row in rows:
        bands[band_of(row.volatility, rules)] += 1
    alerts = call.session.execute(
        select(Alert.severity, func.count())
        .where(Alert.kind.in_(PRICE_ALERTS), Alert.state == AlertState.OPEN)
        .group_by(Alert.severity)
    )
    moved = func.abs(PriceChange.new_minor - PriceChange.old_minor) * 1.0 / PriceChange.old_minor
    changes = call.session.scalars(
        select(PriceChange)
        .where(PriceChange.at > call.now - _WEEK, PriceChange.old_minor.is_not(None))
        .order_by(moved.desc(), PriceChange.id.desc())
        .limit(_TOP)
    )
    return DashboardView(
        day=day,
        open_alerts={severity.value: count for severity, count in alerts},
        bands={band.value: count for band, count in bands.items()},
        most_volatile=[
            VolatileProduct(
                product_id=row.product_id,
                name=row.name,
                score=f"{row.volatility:.3f}",
                band=band_of(row.volatility, rules),
                average=Rupees.of_minor(row.average_minor),
            )
            for row in rows[:_TOP]
        ],
        changes=[_change_view(row) for row in changes],
    )


def _change_view(row: PriceChange) -> PriceChangeView:
    moved = None
    if row.old_minor is not None:
        moved = f"{Decimal(100 * (row.new_minor - row.old_minor)) / row.old_minor:.3f}"
    return PriceChangeView(
        id=row.id,
        vendor_id=row.vendor_id,
        product_id=row.product_id,
        old=None if row.old_minor is None else Rupees.of_minor(row.old_minor),
        new=Rupees.of_minor(row.new_minor),
        change_per_cent=moved,
        market_average=None
        if row.market_average_minor is None
        else Rupees.of_minor(row.market_average_minor),
        actor=row.actor,
        at=row.at,
    )


def _recommended(offered: market.Offered, average: Money, score: Decimal | None) -> RecommendedVendor:
    saving = average - offered.price
    return RecommendedVendor(
        vendor_id=offered.vendor_id,
        business_name=offered.business_name,
        price=Rupees.of(offered.price),
        available=quantity_text(offered.available),
        saving=Rupees.of(saving),
        saving_per_cent=f"{Decimal(100 * saving.minor) / average.minor:.3f}",
        reliability=_text(score),
        grade=None if score is None else grade(score),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.3f}"
