"""Money: credit accounts and their holds, the double-entry ledger, invoices, payments and what people claim to have paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from core.credit.kinds import (
    ClaimStatus,
    HoldStatus,
    LedgerAccountKind,
    PaymentMethod,
    PaymentStatus,
    PostingKind,
    Series,
)
from core.db.base import Base, one_of, primary_key
from core.quantity import Said

__all__ = [
    "ClaimStatus",
    "CreditAccount",
    "CreditHold",
    "CreditNoteRow",
    "Entry",
    "HoldMovement",
    "HoldStatus",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "LedgerAccount",
    "LedgerAccountKind",
    "OpenDebt",
    "Payment",
    "PaymentApplication",
    "PaymentClaim",
    "PaymentMethod",
    "PaymentStatus",
    "Posting",
    "PostingKind",
    "Series",
]

# What `core.identity.reference_key` makes: a key of another form could stand beside the same reference.
_KEY_IS_PLAIN = (
    r"reference_key !~ '[A-Z\s\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]'"
    " AND reference_key IS NFKC NORMALIZED"
)

# `core.identity.SIGNS`, in an order that never changes: an index is used only by the expression it was made with.
_SIGNS = "'-/.#:'"
_BARE_KEY = f"translate(reference_key, {_SIGNS}, '')"


def bare_column(key: InstrumentedAttribute[str | None]) -> ColumnElement[str]:
    """A key of a reference without its signs, in the words of the indexes: `core.identity.bare_key`."""
    return func.translate(key, literal_column(_SIGNS), literal_column("''"))


class CreditAccount(Base):
    """A retailer's limit on the platform, or with one vendor. Exposure = posted debt + open holds.

    `posted_minor` and `held_minor` are caches of the ledger and the open holds, checked every night. A trigger refuses
    to raise `held_minor` beyond the limit, whatever the code believes.
    """

    __tablename__ = "credit_accounts"
    __table_args__ = (
        UniqueConstraint("retailer_id", "vendor_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("limit_minor >= 0", name="limit_is_not_negative"),
        CheckConstraint("held_minor >= 0", name="held_is_not_negative"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    limit_minor: Mapped[int]
    posted_minor: Mapped[int] = mapped_column(default=0)
    held_minor: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[dt.datetime]

    @property
    def available_minor(self) -> int:
        return self.limit_minor - self.posted_minor - self.held_minor


class CreditHold(Base):
    """Credit reserved for one order on one account. Captured at delivery, the rest released; resolved exactly once."""

    __tablename__ = "credit_holds"
    __table_args__ = (
        UniqueConstraint("order_id", "account_id"),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint(
            "captured_minor >= 0 AND released_minor >= 0 AND captured_minor + released_minor <= amount_minor",
            name="parts_within_amount",
        ),
        CheckConstraint(
            "(status = 'resolved') = (captured_minor + released_minor = amount_minor)",
            name="resolved_when_nothing_is_left",
        ),
        Index("ix_credit_holds_open", "account_id", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[int] = primary_key()
    account_id: Mapped[int] = mapped_column(ForeignKey("credit_accounts.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    # Grows only with the retailer's yes; shrinking is a release.
    amount_minor: Mapped[int]
    captured_minor: Mapped[int] = mapped_column(default=0)
    released_minor: Mapped[int] = mapped_column(default=0)
    status: Mapped[HoldStatus] = mapped_column(one_of(HoldStatus), default=HoldStatus.OPEN)
    placed_at: Mapped[dt.datetime]
    resolved_at: Mapped[dt.datetime | None]


class HoldMovement(Base):
    """A capture or release of a hold, once per cause (`fulfillment:7`, `order:3 canceled`)."""

    __tablename__ = "hold_movements"
    __table_args__ = (UniqueConstraint("hold_id", "cause"),)

    id: Mapped[int] = primary_key()
    hold_id: Mapped[int] = mapped_column(ForeignKey("credit_holds.id"))
    cause: Mapped[str]
    captured_minor: Mapped[int] = mapped_column(default=0)
    released_minor: Mapped[int] = mapped_column(default=0)
    grown_minor: Mapped[int] = mapped_column(default=0)
    at: Mapped[dt.datetime]


class LedgerAccount(Base):
    """One account of the ledger: a retailer's, a vendor's or our own."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("kind", "retailer_id", "vendor_id", "label", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "(kind IN ('receivable', 'cash_due', 'prepayment')) = (retailer_id IS NOT NULL)"
            " AND (kind = 'payable') = (vendor_id IS NOT NULL)",
            name="owner_fits_kind",
        ),
        Index(None, "retailer_id"),
        Index(None, "vendor_id"),
    )

    id: Mapped[int] = primary_key()
    kind: Mapped[LedgerAccountKind] = mapped_column(one_of(LedgerAccountKind))
    retailer_id: Mapped[int | None] = mapped_column(ForeignKey("retailers.id"))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    # Tells bank accounts apart by payment method.
    label: Mapped[str | None]


class Posting(Base):
    """One balanced set of entries. Append-only: a correction is another posting that reverses this one."""

    __tablename__ = "postings"
    __table_args__ = (
        Index(
            "ix_postings_credit_notes",
            text("(memo -> 'invoice_id')"),
            postgresql_where=text("kind = 'credit_note'"),
        ),
    )

    id: Mapped[int] = primary_key()
    # Chosen by whoever starts it, for example `delivery:fulfillment:7`; the second time changes nothing.
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PostingKind] = mapped_column(one_of(PostingKind))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("postings.id"), unique=True)
    memo: Mapped[dict[str, Any]]
    actor: Mapped[str]
    approved_by: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(index=True)


class Entry(Base):
    """Debit positive, credit negative. A deferred trigger refuses a posting whose entries do not sum to zero."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount_is_not_zero"),
        Index(None, "account_id", "id"),
        Index(None, "posting_id"),
        Index(None, "invoice_id"),
    )

    id: Mapped[int] = primary_key()
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount_minor: Mapped[int]
    # Set on receivable and cash_due entries: what is still owed on an invoice is the sum of its entries.
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))


class OpenDebt(Base):
    """What is owed on an invoice now. A trigger on the entries keeps it; a row of nothing is deleted.

    Negative when more was credited than owed, which the nightly check reports.
    """

    __tablename__ = "open_debts"
    __table_args__ = (Index(None, "retailer_id"), Index(None, "vendor_id"))

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), primary_key=True, autoincrement=False)
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    amount_minor: Mapped[int]


class InvoiceCounter(Base):
    """The last serial of a vendor's series in a Nepali fiscal year; locked while the next is taken, so numbers have no gaps."""

    __tablename__ = "invoice_counters"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"), primary_key=True)
    fiscal_year: Mapped[str] = mapped_column(primary_key=True)
    series: Mapped[Series] = mapped_column(one_of(Series), primary_key=True)
    last_serial: Mapped[int]


class Invoice(Base):
    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("vendor_id", "fiscal_year", "serial"),
        Index(None, "retailer_id", "due_on"),
        Index(None, "issued_at"),
        CheckConstraint("total_minor = taxable_minor + exempt_minor + vat_minor", name="total_adds_up"),
        CheckConstraint("serial > 0", name="serial_is_positive"),
        CheckConstraint(
            "(paper_number IS NULL) = (serial IS NOT NULL) AND (paper_number IS NULL) = (fulfillment_id IS NOT NULL)"
            " AND (paper_number IS NULL) = (order_id IS NOT NULL)",
            name="delivered_or_brought",
        ),
        CheckConstraint("(paper_number IS NULL) = (paper_key IS NULL)", name="paper_number_has_key"),
        # A bill on paper is brought once, however its number is typed.
        Index(
            "uq_invoices_brought",
            "retailer_id",
            "vendor_id",
            "paper_key",
            unique=True,
            postgresql_where=text("paper_number IS NOT NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    # A bill that was brought from paper has neither, and its own number instead of a serial.
    fulfillment_id: Mapped[int | None] = mapped_column(ForeignKey("fulfillments.id"), unique=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    fiscal_year: Mapped[str]
    serial: Mapped[int | None]
    paper_number: Mapped[str | None]
    # By which its number is compared, as references are.
    paper_key: Mapped[str | None]
    on_credit: Mapped[bool]
    taxable_minor: Mapped[int]
    exempt_minor: Mapped[int]
    vat_minor: Mapped[int]
    total_minor: Mapped[int]
    # As agreed on the day of delivery, so that a credit note takes back the same share.
    commission_basis_points: Mapped[int]
    issued_at: Mapped[dt.datetime]
    issued_on_bs: Mapped[str]
    due_on: Mapped[dt.date]
    vendor_pan: Mapped[str | None]
    retailer_pan: Mapped[str | None]

    @property
    def number(self) -> str:
        return self.paper_number or f"{self.fiscal_year}-{self.serial:05d}"


class InvoiceLine(Base):
    __tablename__ = "invoice_lines"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint(
            "(said_count IS NULL) = (said_unit IS NULL) AND said_count > 0", name="wording_is_whole"
        ),
    )

    id: Mapped[int] = primary_key()
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    description: Mapped[str]
    quantity: Mapped[Decimal]
    # How the shop counted `quantity` ("2 case"); null where it counted base pieces.
    said_count: Mapped[Decimal | None]
    said_unit: Mapped[str | None]
    unit_price_minor: Mapped[int]
    net_minor: Mapped[int]
    vat_minor: Mapped[int]

    @property
    def said(self) -> Said | None:
        """How `quantity` was said, if it was not in base pieces."""
        if self.said_count is None or self.said_unit is None:
            return None
        return Said(count=self.said_count, unit=self.said_unit, pieces=self.quantity)


class CreditNoteRow(Base):
    """A credit note as the tax office counts it: numbered in a series of its own. Its posting has the lines."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        UniqueConstraint("vendor_id", "fiscal_year", "serial"),
        CheckConstraint("total_minor = taxable_minor + exempt_minor + vat_minor", name="total_adds_up"),
        CheckConstraint("serial > 0", name="serial_is_positive"),
    )

    id: Mapped[int] = primary_key()
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), unique=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    fiscal_year: Mapped[str]
    serial: Mapped[int]
    taxable_minor: Mapped[int]
    exempt_minor: Mapped[int]
    vat_minor: Mapped[int]
    total_minor: Mapped[int]
    reason: Mapped[str]
    issued_at: Mapped[dt.datetime]
    issued_on_bs: Mapped[str]

    @property
    def number(self) -> str:
        return f"CN-{self.fiscal_year}-{self.serial:05d}"


class Payment(Base):
    """Money that the payee confirmed. A cheque waits for clearance before it is posted."""

    __tablename__ = "payments"
    __table_args__ = (
        # Compared by its key. Cash needs no reference.
        Index(
            "uq_payments_method_reference",
            "method",
            "reference_key",
            unique=True,
            postgresql_where=text("reference_key IS NOT NULL AND status <> 'bounced'"),
        ),
        Index("ix_payments_bare_reference", "method", text(_BARE_KEY)),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("method = 'cash' OR reference_key IS NOT NULL", name="reference_unless_cash"),
        CheckConstraint(_KEY_IS_PLAIN, name="reference_key_is_plain"),
        Index(None, "retailer_id", "received_at"),
        Index(None, "received_at"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    # Who received the money; None when it came to the platform.
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    method: Mapped[PaymentMethod] = mapped_column(one_of(PaymentMethod))
    reference: Mapped[str | None]
    reference_key: Mapped[str | None]
    amount_minor: Mapped[int]
    # The invoice it is to pay before the oldest; kept because a cheque is applied only when it clears.
    named_invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    status: Mapped[PaymentStatus] = mapped_column(one_of(PaymentStatus))
    received_at: Mapped[dt.datetime]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("postings.id"), unique=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    confirmed_by: Mapped[str]


class VendorSettlement(Base):
    """That a vendor was paid. Its reference pays once; it is free again when the posting was reversed."""

    __tablename__ = "vendor_settlements"
    __table_args__ = (
        Index(
            "uq_vendor_settlements_method_reference",
            "method",
            "reference_key",
            unique=True,
            postgresql_where=text("reference_key IS NOT NULL AND reversed_at IS NULL"),
        ),
        CheckConstraint("method = 'cash' OR reference_key IS NOT NULL", name="reference_unless_cash"),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    method: Mapped[PaymentMethod] = mapped_column(one_of(PaymentMethod))
    reference_key: Mapped[str | None]
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), unique=True)
    reversed_at: Mapped[dt.datetime | None]


class PaymentApplication(Base):
    """The part of a payment that pays one invoice, at once or later out of what was paid ahead.

    It counts as long as the payment is posted; those of a bounced cheque stay as history.
    """

    __tablename__ = "payment_applications"
    __table_args__ = (
        UniqueConstraint("posting_id", "payment_id", "invoice_id"),
        Index(None, "payment_id"),
        Index(None, "invoice_id"),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    )

    id: Mapped[int] = primary_key()
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    amount_minor: Mapped[int]


class PaymentClaim(Base):
    """What a retailer says was paid. Only a confirmed claim becomes a payment."""

    __tablename__ = "payment_claims"
    __table_args__ = (
        Index(
            "uq_payment_claims_live_reference",
            "method",
            "reference_key",
            unique=True,
            postgresql_where=text("reference_key IS NOT NULL AND status IN ('open', 'confirmed')"),
        ),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("method = 'cash' OR reference_key IS NOT NULL", name="reference_unless_cash"),
        CheckConstraint(_KEY_IS_PLAIN, name="reference_key_is_plain"),
        CheckConstraint("replaced_by_id IS NULL OR status = 'replaced'", name="only_replaced_has_another"),
        Index("ix_payment_claims_open", "retailer_id", postgresql_where=text("status = 'open'")),
        Index("ix_payment_claims_bare_reference", "method", text(_BARE_KEY)),
        Index(None, "vendor_id", "status"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"), index=True)
    # Who is asked: the vendor that the shop named, else the one whose invoice it would pay first. None: an admin.
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    # Whom the shop says it paid, where it said so. That vendor has the money, even if an admin has to confirm it.
    named_vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    method: Mapped[PaymentMethod] = mapped_column(one_of(PaymentMethod))
    reference: Mapped[str | None]
    reference_key: Mapped[str | None]
    amount_minor: Mapped[int]
    status: Mapped[ClaimStatus] = mapped_column(one_of(ClaimStatus), default=ClaimStatus.OPEN)
    claimed_by: Mapped[str]
    claimed_at: Mapped[dt.datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    reject_reason: Mapped[str | None]
    # The claim that a correction put in this one's place.
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("payment_claims.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), unique=True)
