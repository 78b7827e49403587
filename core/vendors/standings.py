"""How vendors stand: their measures, scores and grades, now and in the slices of time that were counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core.settings.service import current
from core.vendors import queries
from core.vendors.models import VendorSnapshot
from core.vendors.periods import Period, slice_of
from core.vendors.policy import (
    Counts,
    Grade,
    Part,
    ReliabilityParts,
    VendorSettings,
    grade,
    performance,
    price_score,
    reliability_score,
    weakest,
    with_prior,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """What some counts come to. `reliability`, `grade` and `weakest` are None without history."""

    counts: Counts
    parts: ReliabilityParts
    reliability: Decimal | None
    grade: Grade | None
    weakest: Part | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A vendor's last half year. `routing_score` includes the prior, so it is never None."""

    vendor_id: int
    measures: Measures
    routing_score: Decimal


def standings(
    session: Session, vendor_ids: Collection[int] | None, *, now: dt.datetime
) -> dict[int, Standing]:
    """How each vendor stands now, in at most three statements; None means every approved, active vendor."""
    settings = current(session, VendorSettings).values
    known = queries.histories(session, vendor_ids, now=now, settings=settings)
    indexes = queries.indexes_of(session, known)
    found = {}
    for vendor_id, history in known.items():
        measures = measure(history.counts, price_index=indexes.get(vendor_id), settings=settings)
        found[vendor_id] = Standing(
            vendor_id=vendor_id,
            measures=measures,
            routing_score=with_prior(measures.reliability, history.counts.orders, settings),
        )
    return found


def best(session: Session, *, limit: int, now: dt.datetime) -> list[Standing]:
    """The vendors with the highest routing scores that have a history.

    By the routing score, because one good delivery is less than a hundred.
    """
    measured = [one for one in standings(session, None, now=now).values() if one.measures.grade]
    return sorted(measured, key=lambda one: (-one.routing_score, one.vendor_id))[:limit]


def needing_attention(session: Session, *, now: dt.datetime) -> list[Standing]:
    """All vendors whose measured reliability is below the setting's, worst first."""
    below = current(session, VendorSettings).values.attention_below
    scored = [
        (one.measures.reliability, one)
        for one in standings(session, None, now=now).values()
        if one.measures.reliability is not None
    ]
    found = [(score, one) for score, one in scored if score < below]
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].vendor_id))]


def measure(counts: Counts, *, price_index: Decimal | None, settings: VendorSettings) -> Measures:
    parts = performance(counts, price_index=price_index)
    score = reliability_score(counts, price_index=price_index, settings=settings)
    return Measures(
        counts=counts,
        parts=parts,
        reliability=score,
        grade=None if score is None else grade(score),
        weakest=None if score is None else weakest(parts, settings),
    )


def measure_snapshot(snapshot: VendorSnapshot, settings: VendorSettings) -> Measures:
    """The measures of one slice, by today's weights."""
    counts = Counts(**{name: getattr(snapshot, name) for name in Counts.__slots__})
    index = None if snapshot.price_ratio is None else price_score(snapshot.price_ratio)
    return measure(counts, price_index=index, settings=settings)


def present_snapshots(session: Session, vendor_id: int, *, today: dt.date) -> dict[Period, VendorSnapshot]:
    """The snapshots of the day, week, month and quarter of *today*; a slice without an observation is absent."""
    slices = [(period, slice_of(period, today).first_day) for period in Period]
    rows = session.scalars(
        select(VendorSnapshot).where(
            VendorSnapshot.vendor_id == vendor_id,
            tuple_(VendorSnapshot.period, VendorSnapshot.first_day).in_(slices),
        )
    )
    return {row.period: row for row in rows}


def last_snapshots(
    session: Session, vendor_id: int, period: Period, *, since: dt.date
) -> Sequence[VendorSnapshot]:
    """The vendor's snapshots of *period* whose slices begin at *since* or later, oldest first."""
    return session.scalars(
        select(VendorSnapshot)
        .where(
            VendorSnapshot.vendor_id == vendor_id,
            VendorSnapshot.period == period,
            VendorSnapshot.first_day >= since,
        )
        .order_by(VendorSnapshot.first_day)
    ).all()
