"""What the API tells of vendors' performance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from admin_api.fields import RowId, Rupees, View
from admin_api.paging import PageView
from core.parties.models import Vendor
from core.vendors.models import ObservationKind, VendorObservation, VendorSnapshot
from core.vendors.periods import Period, slice_of
from core.vendors.policy import Counts, Part, VendorSettings, is_late, mean_hours
from core.vendors.standings import Measures, Standing, measure_snapshot

# Plain text: common client generators would make "A+" and "A" one name.
GradeText = Annotated[str, Field(examples=["A+"], description="A+, A, B, C, D or F.")]
PerCent = Annotated[str, Field(examples=["82.500"])]
Hours = Annotated[str, Field(examples=["26.250"])]


class CountsView(View):
    """What was observed. `answered_yes` leaves out offers that an admin forced; `accepted` counts them."""

    answered_yes: int
    declined: int
    lapsed: int
    accepted: int
    delivered: int
    withdrawn: int


class MeasuresView(View):
    """In per cent. Each is null where nothing was observed yet; `weakest` costs the most points."""

    reliability: PerCent | None
    grade: GradeText | None
    acceptance_rate: PerCent | None
    completion_rate: PerCent | None
    cancellation_rate: PerCent | None
    speed: PerCent | None
    fulfillment_hours: Hours | None
    price_index: PerCent | None
    weakest: Part | None
    counts: CountsView


class PerformanceView(View):
    """A vendor's last half year. `is_new` means no history: `reliability` is null and routing uses a prior."""

    vendor_id: RowId
    business_name: str
    is_new: bool
    routing_score: PerCent
    measures: MeasuresView


class PerformancePage(PageView):
    items: list[PerformanceView]


class RankingView(View):
    items: list[PerformanceView]


class ComparisonView(View):
    """The vendors in the order they were asked for; `best` names the one with the most points in each part."""

    items: list[PerformanceView]
    best: dict[str, RowId | None]


class SliceView(View):
    """One day, week, month or quarter: `first_day` belongs to it, `next_day` doesn't."""

    period: Period
    first_day: dt.date
    next_day: dt.date
    measures: MeasuresView
    calculated_at: dt.datetime


class SlicePage(PageView):
    items: list[SliceView]


class EventView(View):
    """`hours` is from offer to answer, or from acceptance to dispatch or delivery; `is_late` is null for what can't be."""

    id: RowId
    kind: ObservationKind
    order_id: RowId
    offer_id: RowId
    hours: Hours | None
    is_late: bool | None
    is_override: bool
    at: dt.datetime


class EventPage(PageView):
    items: list[EventView]


class PriceView(View):
    """A listing against the market, per base piece before VAT.

    `market_average` and `ratio` are null for a vendor while fewer than three sell the product: they would name a price.
    """

    listing_id: RowId
    product_id: RowId
    product_name: str
    price: Rupees
    is_available: bool
    vendors: int
    market_average: Rupees | None
    ratio: Annotated[str, Field(examples=["0.975"])] | None
    points: PerCent | None


class PricePage(PageView):
    """`price_index` is the mean of all available listings."""

    price_index: PerCent | None
    items: list[PriceView]


class PerformanceDashboard(View):
    """`present` has the slices that today belongs to; a slice in which nothing was observed is null or absent."""

    performance: PerformanceView
    present: dict[str, SliceView | None]
    weeks: list[SliceView]
    months: list[SliceView]
    recent: list[EventView]


def performance_view(vendor: Vendor, standing: Standing) -> PerformanceView:
    return PerformanceView(
        vendor_id=vendor.id,
        business_name=vendor.business_name,
        is_new=standing.measures.reliability is None,
        routing_score=f"{standing.routing_score:.3f}",
        measures=measures_view(standing.measures),
    )


def measures_view(measures: Measures) -> MeasuresView:
    parts = measures.parts
    return MeasuresView(
        reliability=text_of(measures.reliability),
        grade=measures.grade,
        acceptance_rate=text_of(parts.acceptance),
        completion_rate=text_of(parts.completion),
        cancellation_rate=text_of(parts.cancellation),
        speed=text_of(parts.speed),
        fulfillment_hours=text_of(mean_hours(measures.counts)),
        price_index=text_of(parts.price_index),
        weakest=measures.weakest,
        counts=counts_view(measures.counts),
    )


def counts_view(counts: Counts) -> CountsView:
    return CountsView(**{name: getattr(counts, name) for name in CountsView.model_fields})


def slice_view(snapshot: VendorSnapshot, settings: VendorSettings) -> SliceView:
    whole = slice_of(snapshot.period, snapshot.first_day)
    return SliceView(
        period=snapshot.period,
        first_day=whole.first_day,
        next_day=whole.next_day,
        measures=measures_view(measure_snapshot(snapshot, settings)),
        calculated_at=snapshot.calculated_at,
    )


def event_view(row: VendorObservation) -> EventView:
    is_delivery = row.kind is ObservationKind.DELIVERED
    return EventView(
        id=row.id,
        kind=row.kind,
        order_id=row.order_id,
        offer_id=row.offer_id,
        hours=text_of(row.hours),
        is_late=is_late(row.hours) if is_delivery and row.hours is not None else None,
        is_override=row.is_override,
        at=row.at,
    )


def best_of(standings: Sequence[Standing]) -> dict[str, RowId | None]:
    """Who has the most points in each part, and in all; of equals the first. None where nobody was measured."""

    def leader(points: dict[int, Decimal | None]) -> int | None:
        known = {vendor_id: value for vendor_id, value in points.items() if value is not None}
        return max(known, key=lambda vendor_id: known[vendor_id], default=None)

    measured = {one.vendor_id: one.measures for one in standings}
    parts = {vendor_id: measures.parts for vendor_id, measures in measured.items()}
    return {
        "reliability": leader({key: one.reliability for key, one in measured.items()}),
        Part.ACCEPTANCE: leader({key: one.acceptance for key, one in parts.items()}),
        Part.COMPLETION: leader({key: one.completion for key, one in parts.items()}),
        Part.SPEED: leader({key: one.speed for key, one in parts.items()}),
        Part.CANCELLATION: leader(
            {key: None if one.cancellation is None else -one.cancellation for key, one in parts.items()}
        ),
        Part.PRICE: leader({key: one.price_index for key, one in parts.items()}),
    }


def text_of(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.3f}"
