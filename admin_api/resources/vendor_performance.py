"""How vendors perform: now, in the past, against each other and against the market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field, field_validator
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Day, Given, Instant, RowId, Rupees, Text
from admin_api.paging import PageQuery, narrow, within
from admin_api.resources.performance_views import (
    ComparisonView,
    EventPage,
    PerformanceDashboard,
    PerformancePage,
    PerformanceView,
    PricePage,
    PriceView,
    RankingView,
    SlicePage,
    best_of,
    event_view,
    performance_view,
    slice_view,
    text_of,
)
from core.catalog.models import Listing, Product
from core.clock import business_date
from core.errors import NotFound
from core.parties import queries as parties
from core.parties.models import Approval, Vendor
from core.pricing import market
from core.refs import VendorId
from core.settings.service import current
from core.vendors import queries, service, standings
from core.vendors.models import ObservationKind, VendorObservation, VendorSnapshot
from core.vendors.periods import Period, slice_of
from core.vendors.policy import VendorSettings, price_score
from core.vendors.standings import Standing

blueprint = Blueprint("api_vendor_performance", __name__)

_MOST_COMPARED = 10
_RECENT = 10
_WEEKS = dt.timedelta(weeks=12)
_YEAR = dt.timedelta(days=365)
# With two vendors, the average tells each the other's price.
_FEWEST_FOR_AN_AVERAGE = 3


class PerformanceFilter(PageQuery):
    approval: Approval | None = None
    is_active: bool | None = None
    search: Text | None = Field(default=None, description="Part of the business name.")
    sort: Literal["id", "-id", "business_name", "-business_name"] = "id"


class PerformanceHistoryFilter(PageQuery):
    """`startDate` and `endDate` bound the first day of the slices; both count."""

    period: Period = Period.WEEK
    startDate: Day | None = None  # noqa: N815 - as the exports spell it
    endDate: Day | None = None  # noqa: N815
    sort: Literal["first_day", "-first_day"] = "-first_day"


class PerformanceEventFilter(PageQuery):
    kind: ObservationKind | None = None
    order_id: RowId | None = None
    at_from: Instant | None = None
    at_before: Instant | None = None
    sort: Literal["id", "-id"] = "-id"


class PriceFilter(PageQuery):
    is_available: bool | None = None
    sort: Literal["id", "-id"] = "id"


class TopQuery(Given):
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class ComparisonGiven(Given):
    vendor_ids: list[RowId] = Field(min_length=2, max_length=_MOST_COMPARED, examples=[[17, 18]])

    @field_validator("vendor_ids")
    @classmethod
    def _once_each(cls, vendor_ids: list[int]) -> list[int]:
        if len(set(vendor_ids)) != len(vendor_ids):
            raise ValueError("a vendor is named twice")
        return vendor_ids


@blueprint.get("/vendor-performance")
@endpoint(tag="vendor performance", roles=ADMIN_OR_VENDOR, answer=PerformancePage, query=PerformanceFilter)
def list_performance(call: Call, query: PerformanceFilter) -> PerformancePage:
    """Every vendor with its measures; a vendor sees itself."""
    wanted = narrow(
        select(Vendor),
        (Vendor.id, call.vendor_id),
        (Vendor.approval, query.approval),
        (Vendor.is_active, query.is_active),
    )
    if query.search is not None:
        wanted = wanted.where(Vendor.business_name.icontains(query.search, autoescape=True))
    found = paging.cut(
        call.session,
        wanted,
        key=Vendor.id,
        page=query,
        sorts={"business_name": Vendor.business_name},
        sort=query.sort,
    )
    known = standings.standings(call.session, [vendor.id for vendor in found.items], now=call.now)
    return PerformancePage(
        items=[performance_view(vendor, known[vendor.id]) for vendor in found.items],
        total=found.total,
        next=found.next,
    )


@blueprint.get("/vendor-performance/top-performers")
@endpoint(tag="vendor performance", roles=ADMIN, answer=RankingView, query=TopQuery)
def list_top_performers(call: Call, query: TopQuery) -> RankingView:
    """The best vendors by the score that routing uses: a long good record stands above one good delivery."""
    return RankingView(
        items=_views(call, standings.best(call.session, limit=query.limit, now=call.now)),
    )


@blueprint.get("/vendor-performance/needs-attention")
@endpoint(tag="vendor performance", roles=ADMIN, answer=PerformancePage, query=PageQuery)
def list_needing_attention(call: Call, query: PageQuery) -> PerformancePage:
    """Vendors whose measured reliability is below `attention_below` (60), worst first."""
    found = paging.cut_ranked(
        standings.needing_attention(call.session, now=call.now),
        rank=lambda one: (one.measures.reliability or Decimal(0), one.vendor_id),
        page=query,
    )
    return PerformancePage(items=_views(call, found.items), total=found.total, next=found.next)


@blueprint.post("/vendor-performance/compare")
@endpoint(tag="vendor performance", roles=ADMIN, answer=ComparisonView, body=ComparisonGiven)
def compare_vendors(call: Call, body: ComparisonGiven) -> ComparisonView:
    """Two to ten vendors side by side."""
    known = standings.standings(call.session, body.vendor_ids, now=call.now)
    for vendor_id in body.vendor_ids:
        if vendor_id not in known:
            raise NotFound(kind="vendors", id=vendor_id)
    asked = [known[vendor_id] for vendor_id in body.vendor_ids]
    return ComparisonView(items=_views(call, asked), best=best_of(asked))


@blueprint.get("/vendor-performance/<id:vendorId>")
@endpoint(tag="vendor performance", roles=ADMIN_OR_VENDOR, answer=PerformanceView)
def get_performance(call: Call, vendorId: int) -> PerformanceView:  # noqa: N803 - named by the contract
    """A vendor's measures over the last half year."""
    return _performance(call, _vendor(call, vendorId))


@blueprint.get("/vendor-performance/<id:vendorId>/dashboard")
@endpoint(tag="vendor performance", roles=ADMIN_OR_VENDOR, answer=PerformanceDashboard)
def get_performance_dashboard(call: Call, vendorId: int) -> PerformanceDashboard:  # noqa: N803
    """Now, the present day, week, month and quarter, and the weeks and months that a chart needs."""
    vendor = _vendor(call, vendorId)
    settings = current(call.session, VendorSettings).values
    today = business_date(call.now)
    present = standings.present_snapshots(call.session, vendor.id, today=today)

    def since(period: Period, span: dt.timedelta) -> Sequence[VendorSnapshot]:
        first = slice_of(period, today - span).first_day
        return standings.last_snapshots(call.session, vendor.id, period, since=first)

    recent = call.session.scalars(
        select(VendorObservation)
        .where(VendorObservation.vendor_id == vendor.id)
        .order_by(VendorObservation.at.desc(), VendorObservation.id.desc())
        .limit(_RECENT)
    )
    return PerformanceDashboard(
        performance=_performance(call, vendor),
        present={
            period.value: slice_view(present[period], settings) if period in present else None
            for period in Period
        },
        weeks=[slice_view(one, settings) for one in since(Period.WEEK, _WEEKS)],
        months=[slice_view(one, settings) for one in since(Period.MONTH, _YEAR)],
        recent=[event_view(row) for row in recent],
    )


@blueprint.get("/vendor-performance/<id:vendorId>/history")
@endpoint(tag="vendor performance", roles=ADMIN_OR_VENDOR, answer=SlicePage, query=PerformanceHistoryFilter)
def list_performance_history(call: Call, vendorId: int, query: PerformanceHistoryFilter) -> SlicePage:  # noqa: N803
    """The vendor's days, weeks, months or quarters. One in which nothing was observed is left out."""
    vendor = _vendor(call, vendorId)
    settings = current(call.session, VendorSettings).values
    wanted = select(VendorSnapshot).where(
        VendorSnapshot.vendor_id == vendor.id, VendorSnapshot.period == query.period
    )
    if query.startDate is not None:
        wanted = wanted.where(VendorSnapshot.first_day >= query.startDate)
    if query.endDate is not None:
        wanted = wanted.where(VendorSnapshot.first_day <= query.endDate)
    found = paging.cut(
        call.session,
        wanted,
        key=VendorSnapshot.id,
        page=query,
        sorts={"first_day": VendorSnapshot.first_day},
        sort=query.sort,
    )
    return SlicePage(
        items=[slice_view(row, settings) for row in found.items], total=found.total, next=found.next
    )


@blueprint.get("/vendor-performance/<id:vendorId>/events")
@endpoint(tag="vendor performance", roles=ADMIN_OR_VENDOR, answer=EventPage, query=PerformanceEventFilter)
def list_performance_events(call: Call, vendorId: int, query: PerformanceEventFilter) -> EventPage:  # noqa: N803
    """Each offer, answer, dispatch, delivery (late or on time) and withdrawal, newest first."""
    vendor = _vendor(call, vendorId)
    wanted = narrow(
        select(VendorObservation).where(VendorObservation.vendor_id == vendor.id),
        (VendorObservation.kind, query.kind),
        (VendorObservation.order_id, query.order_id),
    )
    wanted = within(wanted, VendorObservation.at, query.at_from, query.at_before)
    found = paging.cut(call.session, wanted, key=VendorObservation.id, page=query, sort=query.sort)
    return EventPage(items=[event_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.get("/vendor-performance/<id:vendorId>/pricing")
@endpoint(tag="vendor performance", roles=ADMIN_OR_VENDOR, answer=PricePage, query=PriceFilter)
def list_performance_pricing(call: Call, vendorId: int, query: PriceFilter) -> PricePage:  # noqa: N803
    """The vendor's listings against the market, as of now."""
    vendor = _vendor(call, vendorId)
    wanted = narrow(
        select(Listing).where(Listing.vendor_id == vendor.id), (Listing.is_available, query.is_available)
    )
    found = paging.cut(call.session, wanted, key=Listing.id, page=query, sort=query.sort)
    products = [listing.product_id for listing in found.items]
    named = call.session.execute(select(Product.id, Product.name).where(Product.id.in_(products)))
    names = {row.id: row.name for row in named}
    markets = market.markets(call.session, products)
    index = queries.price_indexes(call.session, [vendor.id]).get(vendor.id)
    return PricePage(
        items=[
            _price_view(call, listing, names[listing.product_id], markets.get(listing.product_id))
            for listing in found.items
        ],
        total=found.total,
        next=found.next,
        price_index=text_of(index),
    )


@blueprint.post("/vendor-performance/<id:vendorId>/recalculate")
@endpoint(
    tag="vendor performance",
    roles=ADMIN,
    answer=PerformanceView,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def recalculate_performance(call: Call, vendorId: int) -> PerformanceView:  # noqa: N803
    """Count the vendor's history again, prices included. It is done by itself every six hours and after each event."""
    vendor = _vendor(call, vendorId)
    service.recalculate(call.session, now=call.now, vendor_id=vendor.id)
    return _performance(call, vendor)


def _vendor(call: Call, vendor_id: int) -> Vendor:
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    return parties.get_vendor(call.session, VendorId(vendor_id))


def _performance(call: Call, vendor: Vendor) -> PerformanceView:
    return performance_view(vendor, standings.standings(call.session, [vendor.id], now=call.now)[vendor.id])


def _views(call: Call, found: Collection[Standing]) -> list[PerformanceView]:
    """In the order of *found*."""
    ids = [one.vendor_id for one in found]
    vendors = {row.id: row for row in call.session.scalars(select(Vendor).where(Vendor.id.in_(ids)))}
    return [performance_view(vendors[one.vendor_id], one) for one in found]


def _price_view(call: Call, listing: Listing, name: str, asked: market.ProductMarket | None) -> PriceView:
    vendors = 0 if asked is None else asked.vendors
    is_shown = asked is not None and (call.is_admin or vendors >= _FEWEST_FOR_AN_AVERAGE)
    ratio = Decimal(listing.price_minor) / asked.average.minor if asked is not None and is_shown else None
    return PriceView(
        listing_id=listing.id,
        product_id=listing.product_id,
        product_name=name,
        price=Rupees.of_minor(listing.price_minor),
        is_available=listing.is_available,
        vendors=vendors,
        market_average=Rupees.of(asked.average) if asked is not None and is_shown else None,
        ratio=text_of(ratio),
        points=None if ratio is None else text_of(price_score(ratio)),
    )
