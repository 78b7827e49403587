"""Write down what a vendor did, once for each kind and offer, and count it up now and then."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from sqlalchemy import Date, case, func, literal, literal_column, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import SYSTEM
from core.clock import KATHMANDU, business_date
from core.events import VendorWeekEnded
from core.outbox.service import record_all
from core.parties.models import Vendor
from core.settings.service import current
from core.vendors import queries
from core.vendors.models import ObservationKind, VendorObservation, VendorScorecard, VendorSnapshot
from core.vendors.periods import Period, slice_before, slice_of
from core.vendors.policy import Counts, VendorSettings

_COUNTS: Final = Counts.__slots__
# Longer than any transaction that writes an observation: one that was in flight at the last count is counted now.
_OVERLAP: Final = dt.timedelta(hours=1)


def observe(
    session: Session,
    kind: ObservationKind,
    *,
    vendor_id: int,
    offer_id: int,
    order_id: int,
    hours: Decimal | None = None,
    is_override: bool = False,
    now: dt.datetime,
) -> None:
    """Record one observation. The second of the same kind for the same offer changes nothing."""
    session.execute(
        insert(VendorObservation)
        .values(
            kind=kind,
            vendor_id=vendor_id,
            offer_id=offer_id,
            order_id=order_id,
            hours=hours,
            is_override=is_override,
            at=now,
        )
        .on_conflict_do_nothing(index_elements=["kind", "offer_id"])
    )


def recalculate(session: Session, *, now: dt.datetime, vendor_id: int | None = None) -> None:
    """Count the history of this vendor (or of all) into its scorecard and snapshots.

    One statement for the scorecards and one for each period, however many vendors there are. Repeating it is harmless.
    No score waits for it: it keeps reads short, and brings the price index and the snapshots up to date.
    """
    since = _counted_until(session, vendor_id)
    _write_scorecards(session, vendor_id, now=now)
    for period in Period:
        _write_snapshots(session, period, vendor_id, since=since, now=now)


def end_week(session: Session, *, now: dt.datetime) -> None:
    """Record for each active vendor that the week before this one is over, if anything was observed in it."""
    week = slice_before(slice_of(Period.WEEK, business_date(now)))
    rows = session.execute(
        select(VendorSnapshot.vendor_id, VendorSnapshot.id)
        .join(Vendor, Vendor.id == VendorSnapshot.vendor_id)
        .where(
            VendorSnapshot.period == week.period,
            VendorSnapshot.first_day == week.first_day,
            Vendor.is_active,
        )
        .order_by(VendorSnapshot.vendor_id)
    )
    events = [VendorWeekEnded(vendor_id=row.vendor_id, snapshot_id=row.id) for row in rows]
    record_all(session, events, actor=SYSTEM, now=now)


def _counted_until(session: Session, vendor_id: int | None) -> dt.datetime | None:
    """When everything was counted last; None if it never was.

    Every run over all vendors renews all scorecards, so the oldest tells of the last such run.
    """
    oldest = select(func.min(VendorScorecard.calculated_at))
    if vendor_id is not None:
        oldest = oldest.where(VendorScorecard.vendor_id == vendor_id)
    counted_at = session.scalar(oldest)
    return None if counted_at is None else counted_at - _OVERLAP


def _write_scorecards(session: Session, vendor_id: int | None, *, now: dt.datetime) -> None:
    started = now - dt.timedelta(days=current(session, VendorSettings).values.history_days)
    observed = select(VendorObservation.vendor_id, *queries.counted_columns()).where(
        VendorObservation.at >= started, VendorObservation.at < now
    )
    vendors = select(Vendor.id)
    if vendor_id is not None:
        observed = observed.where(VendorObservation.vendor_id == vendor_id)
        vendors = vendors.where(Vendor.id == vendor_id)
    counted = observed.group_by(VendorObservation.vendor_id).subquery()
    prices = queries.price_ratios(None if vendor_id is None else [vendor_id]).subquery()
    source = (
        vendors.add_columns(
            *(func.coalesce(counted.c[name], 0) for name in _COUNTS), prices.c.ratio, literal(now)
        )
        .outerjoin(counted, counted.c.vendor_id == Vendor.id)
        .outerjoin(prices, prices.c.vendor_id == Vendor.id)
        .order_by(Vendor.id)
    )
    cards = insert(VendorScorecard).from_select(
        ["vendor_id", *_COUNTS, "price_ratio", "calculated_at"], source
    )
    renewed = {name: cards.excluded[name] for name in (*_COUNTS, "price_ratio", "calculated_at")}
    session.execute(
        cards.on_conflict_do_update(
            index_elements=["vendor_id"],
            set_=renewed,
            # A run that began earlier and ends later knows less.
            where=VendorScorecard.calculated_at <= cards.excluded.calculated_at,
        )
    )


def _write_snapshots(
    session: Session, period: Period, vendor_id: int | None, *, since: dt.datetime | None, now: dt.datetime
) -> None:
    """Count each slice of *period* from the one of *since* to the present one. Reads the scorecards' prices.

    The prices of a slice are those of its last count before its end. A slice that is counted for the first time long
    after its end has none: nobody knows any more how they compared.
    """
    present = slice_of(period, business_date(now))
    local = func.timezone(KATHMANDU.key, VendorObservation.at)
    # Literal, because PostgreSQL takes two parameters in SELECT and GROUP BY for two different expressions.
    first_day = cast_to(func.date_trunc(literal_column(f"'{period.value}'"), local), Date)
    observed = select(
        VendorObservation.vendor_id, first_day.label("first_day"), *queries.counted_columns()
    ).where(VendorObservation.at < present.ends_at)
    if since is not None:
        first = slice_of(period, business_date(since))
        observed = observed.where(VendorObservation.at >= first.starts_at)
    if vendor_id is not None:
        observed = observed.where(VendorObservation.vendor_id == vendor_id)
    counted = observed.group_by(VendorObservation.vendor_id, first_day).subquery()
    is_recent = counted.c.first_day >= slice_before(present).first_day
    source = (
        select(
            counted.c.vendor_id,
            literal(period, VendorSnapshot.period.type),
            counted.c.first_day,
            *(counted.c[name] for name in _COUNTS),
            case((is_recent, VendorScorecard.price_ratio)),
            literal(now),
        )
        .outerjoin(VendorScorecard, VendorScorecard.vendor_id == counted.c.vendor_id)
        .order_by(counted.c.vendor_id, counted.c.first_day)
    )
    fields = ["vendor_id", "period", "first_day", *_COUNTS, "price_ratio", "calculated_at"]
    snapshots = insert(VendorSnapshot).from_select(fields, source)
    new = snapshots.excluded
    renewed = {name: new[name] for name in (*_COUNTS, "calculated_at")}
    kept_price = func.coalesce(VendorSnapshot.price_ratio, new.price_ratio)
    session.execute(
        snapshots.on_conflict_do_update(
            index_elements=["vendor_id", "period", "first_day"],
            set_=renewed
            | {"price_ratio": case((new.first_day == present.first_day, new.price_ratio), else_=kept_price)},
            where=VendorSnapshot.calculated_at <= new.calculated_at,
        )
    )
