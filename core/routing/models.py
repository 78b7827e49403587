"""Who was asked to deliver, and why: each round of the search, every candidate with its scores, every offer and answer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key
from core.db.packed import PackedJson


class OfferStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    UNDELIVERED = "undelivered"  # nobody there could be told in time; does not count against this one
    BEATEN = "beaten"  # another vendor was faster; does not count against this one
    CLOSED = "closed"  # the order ended before an answer


class RoundCause(StrEnum):
    PLACED = "placed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    UNDELIVERED = "undelivered"
    PART_ACCEPTED = "part_accepted"
    LIMIT_FULL = "limit_full"
    WITHDRAWN = "withdrawn"
    PRICE_AGREED = "price_agreed"
    OVERRIDE = "override"
    RETRY = "retry"


class RoutingRound(Base):
    """One search for vendors for what an order still needs, with everything the decision was made from."""

    __tablename__ = "routing_rounds"
    __table_args__ = (UniqueConstraint("order_id", "sequence"), Index(None, "decided_at"))

    id: Mapped[int] = primary_key()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    sequence: Mapped[int]
    cause: Mapped[RoundCause] = mapped_column(one_of(RoundCause))
    settings_version: Mapped[int]
    weights: Mapped[dict[str, Any]]
    # The lines still needed: order line id, product id and quantity of each.
    needed: Mapped[list[Any]]
    # A code and its facts; `templates/` words it for people.
    outcome: Mapped[str]
    facts: Mapped[dict[str, Any]]
    # The facts of every candidate and all that it sold (`documents.py`), read only where a decision is shown or replayed.
    market: Mapped[dict[str, Any]] = mapped_column(PackedJson, deferred=True)
    actor: Mapped[str]
    decided_at: Mapped[dt.datetime]


class RoutingCandidate(Base):
    """One vendor as the round saw it: scored and ranked, or excluded for a reason."""

    __tablename__ = "routing_candidates"
    __table_args__ = (UniqueConstraint("round_id", "vendor_id"), Index(None, "vendor_id"))

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = mapped_column(ForeignKey("routing_rounds.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    rank: Mapped[int | None]
    excluded_reason: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    availability: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    proximity: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    workload: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    price: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    reliability: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    fills_everything: Mapped[bool] = mapped_column(default=False)
    total_minor: Mapped[int | None]


class Offer(Base):
    """A proposal to one vendor for some lines of an order, open until its deadline. First accept wins."""

    __tablename__ = "offers"
    __table_args__ = (
        Index(
            "uq_offers_open_per_vendor",
            "order_id",
            "vendor_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_offers_open_expiry", "expires_at", postgresql_where=text("status = 'open'")),
        Index(None, "vendor_id", "status", "id"),
        Index(None, "order_id"),
        Index("ix_offers_accepted_at", "answered_at", postgresql_where=text("status = 'accepted'")),
        CheckConstraint("expires_at > opened_at", name="deadline_after_opening"),
        CheckConstraint("rings_at > opened_at AND rings_at < expires_at", name="rings_before_deadline"),
        CheckConstraint(
            "(status IN ('open', 'closed', 'beaten', 'undelivered')) OR answered_at IS NOT NULL",
            name="answered_has_time",
        ),
    )

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = mapped_column(ForeignKey("routing_rounds.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    status: Mapped[OfferStatus] = mapped_column(one_of(OfferStatus), default=OfferStatus.OPEN)
    is_override: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[dt.datetime]
    # When the vendor opens and is told; None where it was open, and told at once.
    rings_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str | None]
    decline_reason: Mapped[str | None]
    # When the vendor's goods would come, said with its yes.
    eta_at: Mapped[dt.datetime | None]

    @property
    def starts_at(self) -> dt.datetime:
        """When the vendor's time to answer began."""
        return self.rings_at or self.opened_at


class OfferLine(Base):
    __tablename__ = "offer_lines"
    __table_args__ = (
        UniqueConstraint("offer_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint("accepted_quantity BETWEEN 0 AND quantity", name="accepted_within_offered"),
    )

    id: Mapped[int] = primary_key()
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[Decimal]
    accepted_quantity: Mapped[Decimal] = mapped_column(default=Decimal(0))
    # The price at which the offer was made: no later change of prices touches it, nor does the vendor's taking less
    # than a tier needs, for it is the vendor who then gives less than was asked.
    unit_price_minor: Mapped[int]
    vat_basis_points: Mapped[int]
