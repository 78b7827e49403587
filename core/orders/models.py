"""Orders from basket to receipt: lines, the fulfillments that vendors promised, every transition, and what was refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key
from core.orders.kinds import FulfillmentStatus, OrderStatus, ShortageStatus, Terms
from core.quantity import Said

# One counter gives both the short code that people type and the formal number KH-001001.
short_codes = Sequence("order_short_codes", start=1001, metadata=Base.metadata)


class Order(Base):
    """A basket while in draft, an order after the yes. One open basket per shop, shared by its people."""

    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "uq_orders_open_basket",
            "retailer_id",
            unique=True,
            postgresql_where=text("status = 'draft' AND awaiting_owner_since IS NULL"),
        ),
        Index(None, "retailer_id", "id"),
        Index(None, "status", "id"),
        Index("ix_orders_retailer_placed_at", "retailer_id", "placed_at"),
        Index(None, "placed_at"),
        CheckConstraint(
            "(status = 'draft') OR (terms IS NOT NULL) OR status = 'canceled'", name="placed_has_terms"
        ),
        CheckConstraint(
            "placed_at IS NULL OR (short_code IS NOT NULL AND ceiling_minor IS NOT NULL)",
            name="placed_has_number",
        ),
        CheckConstraint("status IN ('draft', 'canceled') OR placed_at IS NOT NULL", name="placed_has_time"),
        CheckConstraint("version > 0", name="version_is_positive"),
        # What waits for an answer waits in one state only: a flag that outlives it would be answered much later.
        CheckConstraint("awaiting_owner_since IS NULL OR status = 'draft'", name="owner_decides_in_draft"),
        CheckConstraint("asked IS NULL OR status = 'placed'", name="retailer_decides_in_placed"),
        CheckConstraint("asked IN ('dearer', 'part')", name="asked_is_known"),
        CheckConstraint(
            "(asked IS NULL) = (asked_at IS NULL) AND (asked IS NULL) = (asked_facts IS NULL)",
            name="question_is_whole",
        ),
    )

    id: Mapped[int] = primary_key()
    short_code: Mapped[int | None] = mapped_column(unique=True)
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    status: Mapped[OrderStatus] = mapped_column(one_of(OrderStatus), default=OrderStatus.DRAFT)
    # Grows with each change of the basket; a yes names the version it saw.
    version: Mapped[int] = mapped_column(default=1)
    terms: Mapped[Terms | None] = mapped_column(one_of(Terms))
    opened_at: Mapped[dt.datetime]
    touched_at: Mapped[dt.datetime]
    # A version above a helper's limit waits here for the owner; the shop's next line opens a new basket.
    awaiting_owner_since: Mapped[dt.datetime | None]
    # The total as last shown, and for which version and vendors.
    shown_total_minor: Mapped[int | None]
    shown_version: Mapped[int | None]
    # Product ids that nobody had then: a yes must not let a line drop that was shown as available.
    shown_missing: Mapped[list[Any] | None]
    # A copy of an earlier order ("same again", or "change"), for its history.
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    placed_at: Mapped[dt.datetime | None]
    placed_by: Mapped[str | None]
    # No vendor may make the order dearer than this without the retailer's yes.
    ceiling_minor: Mapped[int | None]
    ceiling_until: Mapped[dt.datetime | None]
    # Set while the retailer is asked something only they can decide: `dearer` or `part`.
    asked: Mapped[str | None]
    asked_at: Mapped[dt.datetime | None]
    asked_facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    ended_at: Mapped[dt.datetime | None]
    end_reason: Mapped[str | None]


class OrderLine(Base):
    """What was asked for. For each line: in live fulfillments + in open offers + unplaced + unfulfilled = quantity."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint(
            "promised_quantity >= 0 AND unfulfilled_quantity >= 0", name="parts_are_not_negative"
        ),
        CheckConstraint("promised_quantity + unfulfilled_quantity <= quantity", name="parts_within_ordered"),
        CheckConstraint(
            "(said_count IS NULL) = (said_unit IS NULL) AND said_count > 0", name="wording_is_whole"
        ),
    )

    id: Mapped[int] = primary_key()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    # The order in which lines were said; "line 2" in the chat counts by it.
    position: Mapped[int]
    quantity: Mapped[Decimal]
    # In live fulfillments; the database refuses more than was ordered, so two vendors cannot both win a line.
    promised_quantity: Mapped[Decimal] = mapped_column(default=Decimal(0))
    unfulfilled_quantity: Mapped[Decimal] = mapped_column(default=Decimal(0))
    source_text: Mapped[str | None]
    # How the shop counted `quantity` ("2 case"); null where it counted base pieces.
    said_count: Mapped[Decimal | None]
    said_unit: Mapped[str | None]
    added_by: Mapped[str]

    @property
    def said(self) -> Said | None:
        """How `quantity` was said, if it was not in base pieces."""
        if self.said_count is None or self.said_unit is None:
            return None
        return Said(count=self.said_count, unit=self.said_unit, pieces=self.quantity)

    @said.setter
    def said(self, said: Said | None) -> None:
        self.said_count = said.count if said else None
        self.said_unit = said.unit if said else None


class OrderTransition(Base):
    """Who moved the order, when, from what to what, why and by which channel."""

    __tablename__ = "order_transitions"
    __table_args__ = (
        UniqueConstraint("order_id", "sequence"),
        # An order is placed once, whatever the code believes.
        Index(
            "uq_order_transitions_placed_once",
            "order_id",
            unique=True,
            postgresql_where=text("from_status = 'draft' AND to_status = 'placed'"),
        ),
    )

    id: Mapped[int] = primary_key()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    sequence: Mapped[int]
    from_status: Mapped[OrderStatus | None] = mapped_column(one_of(OrderStatus, "from_status"))
    to_status: Mapped[OrderStatus] = mapped_column(one_of(OrderStatus, "to_status"))
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    actor: Mapped[str]
    via: Mapped[str]
    at: Mapped[dt.datetime]


class Fulfillment(Base):
    """What one vendor accepted to deliver of one order."""

    __tablename__ = "fulfillments"
    __table_args__ = (
        UniqueConstraint("offer_id"),
        Index(None, "order_id"),
        Index(None, "vendor_id", "status"),
        # By its form a code is never an order's number, which does not begin with 0.
        CheckConstraint("delivery_code ~ '^0[0-9]{4}$'", name="code_is_no_order_number"),
        # The vendor types the code alone, so no two of its parcels on the way may share one.
        Index(
            "uq_fulfillments_code_on_the_way",
            "vendor_id",
            "delivery_code",
            unique=True,
            postgresql_where=text("status = 'dispatched'"),
        ),
        CheckConstraint("(status = 'dispatched') <= (dispatched_at IS NOT NULL)", name="dispatched_has_time"),
        CheckConstraint("(status = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_time"),
        CheckConstraint("wrong_codes >= 0", name="wrong_codes_is_a_count"),
        CheckConstraint("code_sends >= 0", name="code_sends_is_a_count"),
        CheckConstraint("(code_sends > 0) = (code_sent_at IS NOT NULL)", name="code_sent_has_time"),
    )

    id: Mapped[int] = primary_key()
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    status: Mapped[FulfillmentStatus] = mapped_column(
        one_of(FulfillmentStatus), default=FulfillmentStatus.ACCEPTED
    )
    total_minor: Mapped[int]
    delivery_code: Mapped[str | None]
    wrong_codes: Mapped[int] = mapped_column(SmallInteger, default=0)
    # How often the shop was sent its code again because the vendor asked for that, and when last.
    code_sends: Mapped[int] = mapped_column(SmallInteger, default=0)
    code_sent_at: Mapped[dt.datetime | None]
    eta_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime]
    dispatched_at: Mapped[dt.datetime | None]
    delivered_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    end_reason: Mapped[str | None]


class WrongCodeCount(Base):
    """How many wrong delivery codes came from a vendor through one channel on one business day."""

    __tablename__ = "wrong_code_counts"
    __table_args__ = (CheckConstraint("wrong_codes > 0", name="wrong_codes_is_a_count"),)

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"), primary_key=True)
    via: Mapped[str] = mapped_column(primary_key=True)
    on_date: Mapped[dt.date] = mapped_column(primary_key=True)
    wrong_codes: Mapped[int]


class FulfillmentLine(Base):
    __tablename__ = "fulfillment_lines"
    __table_args__ = (
        UniqueConstraint("fulfillment_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint(
            "delivered_quantity IS NULL OR delivered_quantity BETWEEN 0 AND quantity",
            name="delivered_within_promised",
        ),
    )

    id: Mapped[int] = primary_key()
    fulfillment_id: Mapped[int] = mapped_column(ForeignKey("fulfillments.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[Decimal]
    delivered_quantity: Mapped[Decimal | None]
    unit_price_minor: Mapped[int]
    vat_basis_points: Mapped[int]


class FulfillmentTransition(Base):
    __tablename__ = "fulfillment_transitions"
    __table_args__ = (UniqueConstraint("fulfillment_id", "sequence"),)

    id: Mapped[int] = primary_key()
    fulfillment_id: Mapped[int] = mapped_column(ForeignKey("fulfillments.id"))
    sequence: Mapped[int]
    from_status: Mapped[FulfillmentStatus | None] = mapped_column(one_of(FulfillmentStatus, "from_status"))
    to_status: Mapped[FulfillmentStatus] = mapped_column(one_of(FulfillmentStatus, "to_status"))
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    actor: Mapped[str]
    via: Mapped[str]
    at: Mapped[dt.datetime]


class Shortage(Base):
    """What a shop reports short or damaged of one delivery. One waits for its answer at a time."""

    __tablename__ = "shortages"
    __table_args__ = (
        Index("uq_shortages_open", "fulfillment_id", unique=True, postgresql_where=text("status = 'open'")),
        CheckConstraint("(status = 'open') = (answered_at IS NULL)", name="answered_has_time"),
        CheckConstraint("(status = 'agreed') = (credited_minor IS NOT NULL)", name="agreed_has_amount"),
    )

    id: Mapped[int] = primary_key()
    fulfillment_id: Mapped[int] = mapped_column(ForeignKey("fulfillments.id"), index=True)
    status: Mapped[ShortageStatus] = mapped_column(one_of(ShortageStatus), default=ShortageStatus.OPEN)
    # As the shop wrote it ("2 ota futeko"), for the vendor and for the person who settles a quarrel.
    words: Mapped[str | None]
    reported_by: Mapped[str]
    reported_at: Mapped[dt.datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    credited_minor: Mapped[int | None]


class ShortageLine(Base):
    __tablename__ = "shortage_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_is_positive"),)

    shortage_id: Mapped[int] = mapped_column(ForeignKey("shortages.id"), primary_key=True)
    fulfillment_line_id: Mapped[int] = mapped_column(
        ForeignKey("fulfillment_lines.id"), primary_key=True, index=True
    )
    quantity: Mapped[Decimal]


class OrderRefusal(Base):
    """A yes that could not become an order, with its reason and the facts (for example the shortfall)."""

    __tablename__ = "order_refusals"
    __table_args__ = (Index(None, "retailer_id", "at"),)

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    basket_version: Mapped[int]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    actor: Mapped[str]
    at: Mapped[dt.datetime]
