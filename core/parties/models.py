"""The people: retailers, vendors, those who act for them, how a channel names them, and who may sign in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    Sequence,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key
from core.parties.opening import USUAL_HOURS, WEEK, Opening, week_of

retailer_codes = Sequence("retailer_codes", metadata=Base.metadata)
vendor_codes = Sequence("vendor_codes", metadata=Base.metadata)


class Language(StrEnum):
    ENGLISH = "en"
    NEPALI = "ne"


class Approval(StrEnum):
    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"


class Role(StrEnum):
    ADMIN = "admin"
    VENDOR = "vendor"
    RETAILER = "retailer"


class Position(StrEnum):
    OWNER = "owner"
    HELPER = "helper"


class Located:
    """An address as Nepal writes it, with a point when somebody sent a pin."""

    province: Mapped[str | None]
    district: Mapped[str | None]
    municipality: Mapped[str | None]
    ward: Mapped[int | None]
    area: Mapped[str | None]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))


class Retailer(Located, Base):
    __tablename__ = "retailers"
    __table_args__ = (
        Index("uq_retailers_code_lower", func.lower(text("code")), unique=True),
        CheckConstraint("terms_days BETWEEN 0 AND 365", name="terms_within_a_year"),
        CheckConstraint("(approval = 'approved') = (approved_at IS NOT NULL)", name="approved_has_time"),
    )

    id: Mapped[int] = primary_key()
    code: Mapped[str]
    shop_name: Mapped[str]
    owner_name: Mapped[str | None]
    pan: Mapped[str | None]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.ENGLISH)
    approval: Mapped[Approval] = mapped_column(one_of(Approval), default=Approval.APPLIED)
    approved_at: Mapped[dt.datetime | None]
    blocked_at: Mapped[dt.datetime | None]
    block_reason: Mapped[str | None]
    # A shop that is blocked may pay and order for cash; one that is not active can do nothing.
    is_active: Mapped[bool] = mapped_column(default=True)
    terms_days: Mapped[int] = mapped_column(default=30)
    # The wholesaler by whose link the shop came; the first one stands.
    introduced_by_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"), index=True)
    created_at: Mapped[dt.datetime]


class Vendor(Located, Base):
    __tablename__ = "vendors"
    __table_args__ = (
        Index("uq_vendors_code_lower", func.lower(text("code")), unique=True),
        CheckConstraint("commission_basis_points BETWEEN 0 AND 10000", name="commission_is_a_share"),
        CheckConstraint("service_radius_km > 0", name="radius_is_positive"),
        CheckConstraint("(approval = 'approved') = (approved_at IS NOT NULL)", name="approved_has_time"),
        CheckConstraint(
            "cardinality(opens_minutes) = 7 AND cardinality(closes_minutes) = 7", name="week_of_hours"
        ),
    )

    id: Mapped[int] = primary_key()
    code: Mapped[str]
    business_name: Mapped[str]
    pan: Mapped[str | None]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.ENGLISH)
    approval: Mapped[Approval] = mapped_column(one_of(Approval), default=Approval.APPLIED)
    approved_at: Mapped[dt.datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    service_radius_km: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(50))
    # ISO weekdays, 1 = Monday … 7 = Sunday. Nepal's usual week is Sunday to Friday.
    working_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=lambda: [7, 1, 2, 3, 4, 5])
    # Days without new offers, beside the weekly ones.
    closed_days: Mapped[list[dt.date]] = mapped_column(ARRAY(Date), default=list)
    # The shift of each weekday from Monday on, in minutes after its midnight; one that closes past 1440 ends on the next day.
    opens_minutes: Mapped[list[int]] = mapped_column(
        ARRAY(SmallInteger), default=lambda: [USUAL_HOURS.opens] * WEEK
    )
    closes_minutes: Mapped[list[int]] = mapped_column(
        ARRAY(SmallInteger), default=lambda: [USUAL_HOURS.closes] * WEEK
    )
    minimum_order_minor: Mapped[int] = mapped_column(default=0)
    commission_basis_points: Mapped[int] = mapped_column(default=200)
    created_at: Mapped[dt.datetime]

    @property
    def opening(self) -> Opening:
        return Opening(
            hours=week_of(tuple(self.opens_minutes), tuple(self.closes_minutes)),
            working_days=frozenset(self.working_days),
            closed_days=frozenset(self.closed_days),
        )


class User(Base):
    """Somebody who can sign in. At least one of e-mail and phone names them."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email_lower", func.lower(text("email")), unique=True),
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="has_a_name"),
        CheckConstraint(
            "(role = 'admin' AND retailer_id IS NULL AND vendor_id IS NULL)"
            " OR (role = 'vendor' AND vendor_id IS NOT NULL AND retailer_id IS NULL)"
            " OR (role = 'retailer' AND retailer_id IS NOT NULL AND vendor_id IS NULL)",
            name="role_has_its_party",
        ),
    )

    id: Mapped[int] = primary_key()
    email: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[Role] = mapped_column(one_of(Role))
    is_active: Mapped[bool] = mapped_column(default=True)
    retailer_id: Mapped[int | None] = mapped_column(ForeignKey("retailers.id"), index=True)
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"), index=True)
    created_at: Mapped[dt.datetime]


class Contact(Base):
    """A person who writes to us. The phone is a fact about them, never their key."""

    __tablename__ = "contacts"

    id: Mapped[int] = primary_key()
    name: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(index=True)
    language: Mapped[Language | None] = mapped_column(one_of(Language))
    opted_out_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]


class Membership(Base):
    """A contact acting for one retailer or one vendor.

    A helper has a limit for each order and one for each day; above either the owner approves.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("(retailer_id IS NULL) <> (vendor_id IS NULL)", name="one_party"),
        UniqueConstraint("contact_id", "retailer_id"),
        UniqueConstraint("contact_id", "vendor_id"),
    )

    id: Mapped[int] = primary_key()
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    retailer_id: Mapped[int | None] = mapped_column(ForeignKey("retailers.id"), index=True)
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"), index=True)
    position: Mapped[Position] = mapped_column(one_of(Position), default=Position.OWNER)
    order_limit_minor: Mapped[int | None]
    day_limit_minor: Mapped[int | None]
    # Whether a helper sees what the shop owes; its owners always do.
    sees_debt: Mapped[bool] = mapped_column(default=False)


class ChannelAddress(Base):
    """One name that a channel has for a contact: `whatsapp:+977…` or a business-scoped user id."""

    __tablename__ = "channel_addresses"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[int] = primary_key()
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    channel: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[dt.datetime]
