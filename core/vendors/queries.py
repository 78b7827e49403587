"""What is known of vendors, for many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FunctionFilter,
    Label,
    Select,
    and_,
    any_,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.catalog.models import Listing
from core.parties.models import Approval, Vendor
from core.parties.opening import Opening, week_of
from core.parties.queries import has_stopped
from core.settings.service import current
from core.vendors.models import ObservationKind, VendorObservation, VendorScorecard
from core.vendors.policy import Counts, VendorSettings, price_score, reliability_score, with_prior

# A scorecard that nobody renewed for so long is not used: the history is then counted afresh.
CARD_LIVES = dt.timedelta(days=1)


def reliability(session: Session, vendor_ids: Collection[int], *, now: dt.datetime) -> dict[int, Decimal]:
    """The score that routing uses for each vendor, the prior included: a vendor without history has 60.

    Every observation counts at once; prices count as of the last scorecard, or as of now where there is none.
    """
    settings = current(session, VendorSettings).values
    known = histories(session, vendor_ids, now=now, settings=settings)
    scores = _scores(session, known, settings)
    return {
        vendor_id: with_prior(scores[vendor_id], history.counts.orders, settings)
        for vendor_id, history in known.items()
    }


class VendorNow(NamedTuple):
    """A vendor as a decision about an order sees it. `reliability` is the score that routing uses."""

    vendor_id: int
    reliability: Decimal
    has_stopped: bool
    is_approved: bool
    is_active: bool
    latitude: Decimal | None
    longitude: Decimal | None
    province: str | None
    district: str | None
    municipality: str | None
    ward: int | None
    radius_km: Decimal
    minimum_order_minor: int
    opening: str  # for `opening_of`: few vendors have one of their own


def vendors_now(session: Session, vendor_ids: Collection[int], *, now: dt.datetime) -> dict[int, VendorNow]:
    """The vendors with whether they listen and how reliable they are, in one statement."""
    settings = current(session, VendorSettings).values
    histories = _histories(vendor_ids, settings, now=now)
    # Columns, not objects: a thousand vendors may be weighed, and somebody's order waits.
    beside = (
        has_stopped(),
        Vendor.approval == Approval.APPROVED,
        Vendor.is_active,
        Vendor.latitude,
        Vendor.longitude,
        Vendor.province,
        Vendor.district,
        Vendor.municipality,
        Vendor.ward,
        Vendor.service_radius_km,
        Vendor.minimum_order_minor,
        _OPENING,
    )
    rows = session.execute(histories.add_columns(*beside)).all()
    known = {row[0]: _history(row) for row in rows}
    scores = _scores(session, known, settings)
    return {
        row[0]: VendorNow(
            row[0],
            with_prior(scores[row[0]], known[row[0]].counts.orders, settings),
            *row[len(row) - len(beside) :],
        )
        for row in rows
    }


@lru_cache(maxsize=4096)
def opening_of(stored: str) -> Opening:
    """The opening of a vendor as `vendors_now` tells it: the same text gives the same object."""
    working_days, closed_days, opens, closes = (part.split(",") for part in stored.split("|"))
    return Opening(
        hours=week_of(tuple(map(int, opens)), tuple(map(int, closes))),
        working_days=frozenset(int(day) for day in working_days if day),
        closed_days=frozenset(dt.date.fromisoformat(day) for day in closed_days if day),
    )


def measured_scores(
    session: Session, vendor_ids: Collection[int], *, now: dt.datetime
) -> dict[int, Decimal | None]:
    """Each vendor's reliability as measured, for people to read: None for a vendor without history."""
    settings = current(session, VendorSettings).values
    return _scores(session, histories(session, vendor_ids, now=now, settings=settings), settings)


def _scores(
    session: Session, known: Mapping[int, History], settings: VendorSettings
) -> dict[int, Decimal | None]:
    indexes = indexes_of(session, known)
    return {
        vendor_id: reliability_score(history.counts, price_index=indexes.get(vendor_id), settings=settings)
        for vendor_id, history in known.items()
    }


def indexes_of(session: Session, known: Mapping[int, History]) -> dict[int, Decimal | None]:
    """The price index of each vendor: its scorecard's, or as of now where there is a history and no scorecard."""
    uncounted = [
        vendor_id for vendor_id, history in known.items() if history.counts.orders and not history.has_card
    ]
    as_of_card = {vendor_id: history.price_index for vendor_id, history in known.items()}
    return as_of_card | price_indexes(session, uncounted)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    counts: Counts
    # As of the scorecard; None where there is none, or nothing listed.
    price_index: Decimal | None
    has_card: bool


def histories(
    session: Session, vendor_ids: Collection[int] | None, *, now: dt.datetime, settings: VendorSettings
) -> dict[int, History]:
    """What was observed of each vendor: what its scorecard counted and what came after it, in one statement.

    None means every approved, active vendor.
    """
    rows = session.execute(_histories(vendor_ids, settings, now=now))
    return {row[0]: _history(row) for row in rows}


def _histories(
    vendor_ids: Collection[int] | None, settings: VendorSettings, *, now: dt.datetime
) -> Select[*tuple[Any, ...]]:
    card = VendorScorecard
    started = now - dt.timedelta(days=settings.history_days)
    # Lateral, so that each vendor's few newest rows are read by index however long the history is.
    newest = (
        select(*_COUNTED)
        .where(
            VendorObservation.vendor_id == Vendor.id,
            VendorObservation.at >= func.coalesce(card.calculated_at, started),
        )
        .correlate(Vendor, card)
        .lateral()
    )
    carded = (
        card.answered_yes,
        card.declined,
        card.lapsed,
        card.accepted,
        card.delivered,
        card.withdrawn,
        card.delivery_hours,
        card.measured_deliveries,
    )
    return (
        select(
            Vendor.id,
            card.vendor_id,
            card.price_ratio,
            *(func.coalesce(counted, 0) + newer for counted, newer in zip(carded, newest.c, strict=True)),
        )
        .outerjoin(card, and_(card.vendor_id == Vendor.id, card.calculated_at > now - CARD_LIVES))
        .join(newest, true())
        .where(_takes_orders() if vendor_ids is None else Vendor.id == any_(_ids(vendor_ids)))
    )


def _ids(vendor_ids: Collection[int]) -> ColumnElement[Any]:
    """One parameter, however many vendors there are."""
    return literal(list(vendor_ids), ARRAY(BigInteger))


def _takes_orders() -> ColumnElement[bool]:
    return and_(Vendor.is_active, Vendor.approval == Approval.APPROVED)


def _history(row: Sequence[Any]) -> History:
    card_id, price_ratio = row[1:3]
    return History(
        counts=_counts(row[3 : 3 + COUNTED]),
        price_index=None if price_ratio is None else price_score(price_ratio),
        has_card=card_id is not None,
    )


def price_indexes(session: Session, vendor_ids: Collection[int]) -> dict[int, Decimal]:
    """0–100 for each vendor: the mean of its prices ÷ the market's, over all that it lists now."""
    if not vendor_ids:
        return {}
    return {vendor_id: price_score(ratio) for vendor_id, ratio in session.execute(price_ratios(vendor_ids))}


def price_ratios(vendor_ids: Collection[int] | None) -> Select[int, Decimal]:
    """Selects each vendor that lists something with the mean of its prices ÷ the market's averages; None means all vendors.

    Every listing weighs the same, so that one sack of rice does not outweigh a shelf of biscuits.
    """
    market = (
        select(Listing.product_id, func.avg(Listing.price_minor).label("average"))
        .join(Vendor, Vendor.id == Listing.vendor_id)
        .where(Listing.is_available, _takes_orders())
        .group_by(Listing.product_id)
    )
    wanted = select(Listing.vendor_id, Listing.product_id, Listing.price_minor).where(Listing.is_available)
    if vendor_ids is not None:
        wanted = wanted.where(Listing.vendor_id.in_(vendor_ids))
        # Without this, one vendor's index would cost a look at every price of the market.
        market = market.where(
            Listing.product_id.in_(select(wanted.subquery().c.product_id)),
        )
    own, average = wanted.subquery(), market.subquery()
    return (
        select(own.c.vendor_id, func.avg(own.c.price_minor / average.c.average).label("ratio"))
        .join(average, average.c.product_id == own.c.product_id)
        .group_by(own.c.vendor_id)
    )


def withdrawn_offers(session: Session, offer_ids: Collection[int]) -> set[int]:
    """Those of the offers whose vendor accepted and then withdrew."""
    if not offer_ids:
        return set()
    return set(
        session.scalars(
            select(VendorObservation.offer_id).where(
                VendorObservation.kind == ObservationKind.WITHDRAWN, VendorObservation.offer_id.in_(offer_ids)
            )
        )
    )


def _count(condition: ColumnElement[bool]) -> FunctionFilter[int]:
    return func.count(VendorObservation.id).filter(condition)


# Four arrays in one text: the driver takes longer for them than for all else of a vendor.
_OPENING = func.concat_ws(
    "|",
    func.array_to_string(Vendor.working_days, ","),
    func.array_to_string(Vendor.closed_days, ","),
    func.array_to_string(Vendor.opens_minutes, ","),
    func.array_to_string(Vendor.closes_minutes, ","),
)
_OWN = VendorObservation.is_override.is_(False)
_MEASURED = and_(VendorObservation.kind == ObservationKind.DELIVERED, VendorObservation.hours.is_not(None))
# In the order of the fields of `Counts` and of the columns of scorecards and snapshots.
_COUNTED: tuple[ColumnElement[Any], ...] = (
    _count(and_(VendorObservation.kind == ObservationKind.ACCEPTED, _OWN)),
    _count(and_(VendorObservation.kind == ObservationKind.DECLINED, _OWN)),
    _count(and_(VendorObservation.kind == ObservationKind.LAPSED, _OWN)),
    _count(VendorObservation.kind == ObservationKind.ACCEPTED),
    _count(VendorObservation.kind == ObservationKind.DELIVERED),
    _count(VendorObservation.kind == ObservationKind.WITHDRAWN),
    func.coalesce(func.sum(VendorObservation.hours).filter(_MEASURED), 0),
    _count(_MEASURED),
)
COUNTED = len(_COUNTED)


def counted_columns() -> list[Label[Any]]:
    """What is counted of observations, under the names of the fields of `Counts`."""
    return [column.label(name) for column, name in zip(_COUNTED, Counts.__slots__, strict=True)]


def _counts(row: Sequence[Any]) -> Counts:
    return Counts(**dict(zip(Counts.__slots__, row, strict=True)))
