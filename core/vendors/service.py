"""Write down what a vendor did, once for each kind and offer, and count it up now and then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.parties.models import Vendor
from core.settings.service import current
from core.vendors import queries
from core.vendors.models import ObservationKind, VendorObservation, VendorScorecard
from core.vendors.policy import VendorSettings


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


def recalculate(session: Session, *, now: dt.datetime, vendor_ids: Collection[int] | None = None) -> int:
    """Count the history of these vendors (or of all) into their scorecards. Returns how many.

    Repeating it is harmless. It keeps reads short and brings the price index up to date; no score waits for it.
    """
    asked = select(Vendor.id).order_by(Vendor.id)
    chosen = list(session.scalars(asked if vendor_ids is None else asked.where(Vendor.id.in_(vendor_ids))))
    if not chosen:
        return 0
    started = now - dt.timedelta(days=current(session, VendorSettings).values.history_days)
    counted = queries.counts(session, chosen, since=started, until=now)
    indexes = queries.price_indexes(session, chosen)
    cards = insert(VendorScorecard).values(
        [
            {
                "vendor_id": vendor_id,
                **asdict(counts),
                "price_index": indexes.get(vendor_id),
                "calculated_at": now,
            }
            for vendor_id, counts in counted.items()
        ]
    )
    fields = [column.name for column in VendorScorecard.__table__.columns if column.name != "vendor_id"]
    session.execute(
        cards.on_conflict_do_update(
            index_elements=["vendor_id"], set_={name: cards.excluded[name] for name in fields}
        )
    )
    return len(counted)
