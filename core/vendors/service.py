"""Write down what a vendor did, once for each kind and offer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.vendors.models import ObservationKind, VendorObservation


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
