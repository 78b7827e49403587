"""What follows a price change: an alert when it is large, and a fresh look at the product's market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind, Severity
from core.catalog.models import Product
from core.clock import business_date
from core.money import Money
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.pricing.intelligence import IntelligenceSettings, size_of_change, volatility
from core.pricing.market import daily_averages, markets
from core.pricing.models import MarketDay
from core.settings.service import current

LOOK_AT_MARKETS: Final = "look_at_markets"
# How many products one statement, and one job, looks at.
SLICE: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One row of price history as it was just written. `old` is None for a first price."""

    price_change_id: int
    vendor_id: int
    product_id: int
    old: Money | None
    new: Money


def follow_changes(session: Session, changes: Sequence[Changed], *, now: dt.datetime) -> None:
    """Alert to large changes, one alert for each, and have the markets of these products looked at again."""
    if not changes:
        return
    rules = current(session, IntelligenceSettings).values
    expires_at = now + dt.timedelta(days=rules.alert_lives_days)
    causes = [cause for change in changes if (cause := _cause_of(change, rules)) is not None]
    alerts.raise_alerts(session, causes, now=now, expires_at=expires_at)
    products = sorted({change.product_id for change in changes})
    for start in range(0, len(products), SLICE):
        _ask_for_a_look(session, products[start : start + SLICE], now=now)


def look_at_markets(session: Session, *, now: dt.datetime, product_ids: Sequence[int]) -> int:
    """Write today's market row of each product, with its volatility, in three statements. Returns how many.

    Looking again on the same day replaces the row; a product that nobody offers keeps the rows of earlier days.
    """
    found = markets(session, product_ids)
    if not found:
        return 0
    rules = current(session, IntelligenceSettings).values
    today = business_date(now)
    earlier = daily_averages(
        session, found, after=today - dt.timedelta(days=rules.volatility_days), before=today
    )
    rows = [
        {
            "product_id": market.product_id,
            "day": today,
            "average_minor": market.average.minor,
            "median_minor": market.median.minor,
            "lowest_minor": market.lowest.minor,
            "highest_minor": market.highest.minor,
            "vendors": market.vendors,
            "cheapest_vendor_id": market.cheapest_vendor_id,
            "volatility": volatility([*earlier.get(market.product_id, ()), market.average.minor], rules),
            "calculated_at": now,
        }
        for _, market in sorted(found.items())
    ]
    days = insert(MarketDay)
    fields = [column.name for column in MarketDay.__table__.columns if not column.primary_key]
    session.execute(
        days.on_conflict_do_update(
            index_elements=["product_id", "day"],
            set_={name: days.excluded[name] for name in fields},
            # A look that began earlier and ends later knows less.
            where=MarketDay.calculated_at <= days.excluded.calculated_at,
        ),
        rows,
    )
    return len(rows)


def ask_for_all_markets(session: Session, *, now: dt.datetime) -> None:
    """One job for each slice of products, so that none runs long."""
    products = session.scalars(select(Product.id).where(Product.is_active).order_by(Product.id)).all()
    for start in range(0, len(products), SLICE):
        _ask_for_a_look(session, products[start : start + SLICE], now=now)


def _cause_of(change: Changed, rules: IntelligenceSettings) -> Cause | None:
    if change.old is None or (size := size_of_change(change.old, change.new, rules)) is None:
        return None
    return Cause(
        kind=AlertKind.PRICE_RISE if change.new > change.old else AlertKind.PRICE_FALL,
        subject_kind="price_change",
        subject_id=change.price_change_id,
        severity=Severity(size.value),
        facts={
            "vendor_id": change.vendor_id,
            "product_id": change.product_id,
            "old_minor": change.old.minor,
            "new_minor": change.new.minor,
        },
    )


def _ask_for_a_look(session: Session, product_ids: Sequence[int], *, now: dt.datetime) -> None:
    add_job(
        session,
        LOOK_AT_MARKETS,
        queue=Queue.ORDER_PROCESSING,
        arguments={"product_ids": list(product_ids)},
        # The same products asked for twice are looked at once.
        dedup_key=f"products:{product_ids[0]}" if len(product_ids) == 1 else None,
        now=now,
    )
