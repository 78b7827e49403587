"""What was observed of a vendor: one row for each offer, answer, delivery and withdrawal. Scores are derived from these."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key
from core.vendors.periods import Period

# The mean of a vendor's prices ÷ the market's; None for a vendor that lists nothing. The score is made when it is read.
PRICE_RATIO = Numeric(16, 9)


class ObservationKind(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class VendorObservation(Base):
    __tablename__ = "vendor_observations"
    __table_args__ = (
        UniqueConstraint("kind", "offer_id"),
        Index(None, "vendor_id", "at"),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    kind: Mapped[ObservationKind] = mapped_column(one_of(ObservationKind))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    # Hours from offer to answer, or from acceptance to delivery; None where there is nothing to measure.
    hours: Mapped[Decimal | None] = mapped_column(Numeric(10, 3))
    # An override was chosen by an admin, so its acceptance says nothing about the vendor's speed.
    is_override: Mapped[bool] = mapped_column(default=False)
    at: Mapped[dt.datetime]


class VendorScorecard(Base):
    """What a vendor's history came to when it was last counted. Newer observations are added when it is read."""

    __tablename__ = "vendor_scorecards"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"), primary_key=True)
    answered_yes: Mapped[int]
    declined: Mapped[int]
    lapsed: Mapped[int]
    accepted: Mapped[int]
    delivered: Mapped[int]
    withdrawn: Mapped[int]
    delivery_hours: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    measured_deliveries: Mapped[int]
    price_ratio: Mapped[Decimal | None] = mapped_column(PRICE_RATIO)
    calculated_at: Mapped[dt.datetime]


class VendorSnapshot(Base):
    """The same for one day, week, month or quarter. A vendor without an observation in it has none."""

    __tablename__ = "vendor_snapshots"
    __table_args__ = (
        UniqueConstraint("vendor_id", "period", "first_day"),
        CheckConstraint(
            "first_day = date_trunc(period, first_day::timestamp)::date", name="begins_its_period"
        ),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    period: Mapped[Period] = mapped_column(one_of(Period))
    first_day: Mapped[dt.date]
    answered_yes: Mapped[int]
    declined: Mapped[int]
    lapsed: Mapped[int]
    accepted: Mapped[int]
    delivered: Mapped[int]
    withdrawn: Mapped[int]
    delivery_hours: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    measured_deliveries: Mapped[int]
    # As it was when the slice was last counted before its end.
    price_ratio: Mapped[Decimal | None] = mapped_column(PRICE_RATIO)
    calculated_at: Mapped[dt.datetime]
