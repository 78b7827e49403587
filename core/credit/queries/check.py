"""The nightly check of whether the cached balances agree with the ledger and the holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.credit.kinds import HoldStatus, LedgerAccountKind
from core.credit.models import (
    CreditAccount,
    CreditHold,
    Entry,
    HoldMovement,
    Invoice,
    LedgerAccount,
    OpenDebt,
    Payment,
    PaymentApplication,
)
from core.money import ZERO, Money


class LedgerCheck(StrEnum):
    """What is compared, and whose id a difference names."""

    POSTED = "posted"  # credit account: the cache and its receivable entries
    HELD = "held"  # credit account: the cache and its open holds
    HOLD_PARTS = "hold_parts"  # hold: captured and released, and its movements
    POSTING = "posting"  # posting: nothing, and the sum of its entries
    INVOICE = "invoice"  # invoice: owed less than nothing
    OPEN_DEBT = "open_debt"  # invoice: what is kept as open, and its entries
    PAYMENT = "payment"  # payment: its amount, and more than that applied
    RECEIVABLE = "receivable"  # retailer: the account, and the sum over its invoices


class DifferenceUnit(StrEnum):
    RUPEES = "NPR"
    QUANTITY = "quantity"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What is stored, and what it should be: both in rupees, or both quantities in base units of the product."""

    checked: StrEnum
    subject_id: int
    cached: Money | Decimal
    actual: Money | Decimal

    @property
    def unit(self) -> DifferenceUnit:
        return DifferenceUnit.RUPEES if isinstance(self.cached, Money) else DifferenceUnit.QUANTITY

    @property
    def facts(self) -> dict[str, str]:
        """For the audit and the alert: the unit, and both values as decimal texts."""
        return {"unit": self.unit, "cached": _decimal(self.cached), "actual": _decimal(self.actual)}


def find_differences(session: Session, *, account_ids: Collection[int] | None = None) -> list[Difference]:
    """Everything that does not agree; an empty list when all is well. Each check is one statement over all rows.

    With *account_ids*, only the cached balances of these credit accounts are compared.
    """
    caches = [*_posted(session, account_ids), *_held(session, account_ids)]
    if account_ids is not None:
        return caches
    return [
        *caches,
        *_hold_parts(session),
        *_postings(session),
        *_invoices(session),
        *_open_debts(session),
        *_payments(session),
        *_receivables(session),
    ]


def _posted(session: Session, account_ids: Collection[int] | None) -> list[Difference]:
    """An account with one vendor caches the debt on that vendor's invoices, the platform's account all of it."""
    debts = (
        select(LedgerAccount.retailer_id, Invoice.vendor_id, Entry.amount_minor)
        .join(Entry, Entry.account_id == LedgerAccount.id)
        .outerjoin(Invoice, Invoice.id == Entry.invoice_id)
        .where(LedgerAccount.kind == LedgerAccountKind.RECEIVABLE)
        .subquery()
    )
    sums = (
        select(CreditAccount.id.label("account_id"), func.sum(debts.c.amount_minor).label("amount"))
        .join(
            debts,
            (debts.c.retailer_id == CreditAccount.retailer_id)
            & (CreditAccount.vendor_id.is_(None) | (CreditAccount.vendor_id == debts.c.vendor_id)),
        )
        .group_by(CreditAccount.id)
    )
    return _compare_cache(session, LedgerCheck.POSTED, CreditAccount.posted_minor, sums, account_ids)


def _held(session: Session, account_ids: Collection[int] | None) -> list[Difference]:
    left = CreditHold.amount_minor - CreditHold.captured_minor - CreditHold.released_minor
    sums = (
        select(CreditHold.account_id, func.sum(left).label("amount"))
        .where(CreditHold.status == HoldStatus.OPEN)
        .group_by(CreditHold.account_id)
    )
    return _compare_cache(session, LedgerCheck.HELD, CreditAccount.held_minor, sums, account_ids)


def _compare_cache(
    session: Session,
    checked: LedgerCheck,
    cached: InstrumentedAttribute[int],
    sums: Select[int, int],
    account_ids: Collection[int] | None,
) -> list[Difference]:
    found = sums.subquery()
    actual = func.coalesce(found.c.amount, 0)
    differing = (
        select(CreditAccount.id, cached, actual)
        .outerjoin(found, found.c.account_id == CreditAccount.id)
        .where(cached != actual)
        .order_by(CreditAccount.id)
    )
    if account_ids is not None:
        differing = differing.where(CreditAccount.id.in_(account_ids))
    return [
        _difference(checked, account_id, was, should)
        for account_id, was, should in session.execute(differing)
    ]


def _hold_parts(session: Session) -> list[Difference]:
    parts = CreditHold.captured_minor + CreditHold.released_minor
    moved = func.coalesce(func.sum(HoldMovement.captured_minor + HoldMovement.released_minor), 0)
    rows = session.execute(
        select(CreditHold.id, parts, moved)
        .outerjoin(HoldMovement, HoldMovement.hold_id == CreditHold.id)
        .group_by(CreditHold.id)
        .having(parts != moved)
        .order_by(CreditHold.id)
    )
    return [_difference(LedgerCheck.HOLD_PARTS, *row) for row in rows]


def _postings(session: Session) -> list[Difference]:
    summed = func.sum(Entry.amount_minor)
    rows = session.execute(
        select(Entry.posting_id, summed)
        .group_by(Entry.posting_id)
        .having(summed != 0)
        .order_by(Entry.posting_id)
    )
    return [_difference(LedgerCheck.POSTING, posting_id, 0, off) for posting_id, off in rows]


def _invoices(session: Session) -> list[Difference]:
    rows = session.execute(
        select(OpenDebt.invoice_id, OpenDebt.amount_minor)
        .where(OpenDebt.amount_minor < 0)
        .order_by(OpenDebt.invoice_id)
    )
    return [_difference(LedgerCheck.INVOICE, invoice_id, 0, owed) for invoice_id, owed in rows]


def _open_debts(session: Session) -> list[Difference]:
    sums = (
        select(Entry.invoice_id, func.sum(Entry.amount_minor).label("amount"))
        .where(Entry.invoice_id.is_not(None))
        .group_by(Entry.invoice_id)
        .subquery()
    )
    kept, actual = func.coalesce(OpenDebt.amount_minor, 0), func.coalesce(sums.c.amount, 0)
    rows = session.execute(
        select(func.coalesce(OpenDebt.invoice_id, sums.c.invoice_id), kept, actual)
        .join_from(OpenDebt, sums, OpenDebt.invoice_id == sums.c.invoice_id, full=True)
        .where(kept != actual)
        .order_by(func.coalesce(OpenDebt.invoice_id, sums.c.invoice_id))
    )
    return [_difference(LedgerCheck.OPEN_DEBT, *row) for row in rows]


def _payments(session: Session) -> list[Difference]:
    applied = func.sum(PaymentApplication.amount_minor)
    rows = session.execute(
        select(Payment.id, Payment.amount_minor, applied)
        .join(PaymentApplication, PaymentApplication.payment_id == Payment.id)
        .group_by(Payment.id)
        .having(applied > Payment.amount_minor)
        .order_by(Payment.id)
    )
    return [_difference(LedgerCheck.PAYMENT, *row) for row in rows]


def _receivables(session: Session) -> list[Difference]:
    """Debt that belongs to no invoice could never be paid."""
    rows = session.execute(
        select(LedgerAccount.retailer_id, func.sum(Entry.amount_minor))
        .join(Entry, Entry.account_id == LedgerAccount.id)
        .where(
            LedgerAccount.kind.in_([LedgerAccountKind.RECEIVABLE, LedgerAccountKind.CASH_DUE]),
            Entry.invoice_id.is_(None),
        )
        .group_by(LedgerAccount.retailer_id)
        .order_by(LedgerAccount.retailer_id)
    )
    return [
        _difference(LedgerCheck.RECEIVABLE, retailer_id, 0, loose)
        for retailer_id, loose in rows
        if retailer_id is not None and Money(int(loose)) != ZERO
    ]


def _difference(checked: LedgerCheck, subject_id: int, cached: int, actual: int) -> Difference:
    return Difference(
        checked=checked, subject_id=subject_id, cached=Money(int(cached)), actual=Money(int(actual))
    )


def _decimal(value: Money | Decimal) -> str:
    return f"{value.rupees:.2f}" if isinstance(value, Money) else f"{value:.3f}"
