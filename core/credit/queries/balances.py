"""What a retailer owes, has reserved and may still use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.clock import business_date
from core.credit import policy
from core.credit.kinds import LedgerAccountKind, PaidState
from core.credit.models import CreditAccount, Entry, Invoice, LedgerAccount, OpenDebt
from core.credit.policy import AccountView, OpenInvoice
from core.money import ZERO, Money, total


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a retailer stands today. `available` is never below zero here."""

    limit: Money
    posted: Money
    held: Money
    available: Money
    cash_due: Money
    prepaid: Money
    overdue: Money
    oldest_days_past_due: int
    # The next day on which something not yet late falls due, and how much.
    next_due_on: dt.date | None
    next_due_amount: Money

    @property
    def owed(self) -> Money:
        """Everything the retailer would have to pay to owe nothing."""
        return self.posted + self.cash_due


def standing(session: Session, retailer_id: int, *, now: dt.datetime) -> Standing:
    """Where the retailer stands on the platform's account, and in cash."""
    prepaid_minor = _entries_of(LedgerAccountKind.PREPAYMENT, retailer_id).scalar_subquery()
    found = session.execute(
        select(CreditAccount, prepaid_minor).where(
            CreditAccount.retailer_id == retailer_id, CreditAccount.vendor_id.is_(None)
        )
    ).one_or_none()
    account, prepaid_now = (None, None) if found is None else found
    today = business_date(now)
    open_now = open_invoices(session, retailer_id)
    late = [invoice for invoice in open_now if policy.days_past_due(invoice.due_on, today)]
    next_due_on = min((invoice.due_on for invoice in open_now if invoice not in late), default=None)
    limit, posted, held = _amounts(account)
    return Standing(
        limit=limit,
        posted=posted,
        held=held,
        available=max(limit - posted - held, ZERO),
        cash_due=_owed(invoice for invoice in open_now if not invoice.on_credit),
        prepaid=prepaid(session, retailer_id) if found is None else -Money(int(prepaid_now or 0)),
        overdue=_owed(late),
        oldest_days_past_due=_oldest(open_now, today),
        next_due_on=next_due_on,
        next_due_amount=_owed(invoice for invoice in open_now if invoice.due_on == next_due_on),
    )


def cash_due(session: Session, retailer_id: int) -> Money:
    """Cash on delivery that was not handed over: it stops every further order."""
    return _balance(session, LedgerAccountKind.CASH_DUE, retailer_id)


def prepaid(session: Session, retailer_id: int) -> Money:
    """What the retailer has paid ahead and is not applied yet."""
    return -_balance(session, LedgerAccountKind.PREPAYMENT, retailer_id)


def open_invoices(session: Session, retailer_id: int) -> list[OpenInvoice]:
    """The invoices with something owed, the oldest first."""
    rows = session.execute(
        open_debts().where(OpenDebt.retailer_id == retailer_id).order_by(Invoice.issued_at, Invoice.id)
    )
    return [_open_invoice(invoice, owed) for invoice, owed in rows]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedByShop:
    """What one shop owes for one vendor's goods, and since when the oldest bill is due."""

    retailer_id: int
    owed: Money
    oldest_due_on: dt.date


def owed_for_vendor(session: Session, vendor_id: int) -> list[OwedByShop]:
    """The shops with open bills for this vendor's goods, the largest debt first."""
    rows = session.execute(open_debts().where(OpenDebt.vendor_id == vendor_id).order_by(Invoice.id))
    shops: dict[int, list[tuple[Invoice, Money]]] = {}
    for invoice, owed in rows:
        shops.setdefault(invoice.retailer_id, []).append((invoice, Money(owed)))
    found = [
        OwedByShop(
            retailer_id=retailer_id,
            owed=total(owed for _invoice, owed in bills),
            oldest_due_on=min(invoice.due_on for invoice, _owed in bills),
        )
        for retailer_id, bills in shops.items()
    ]
    return sorted(found, key=lambda shop: (-shop.owed.minor, shop.retailer_id))


def available(session: Session, retailer_id: int) -> Money:
    """What is left of the shop's limit on the platform's account; nothing without an account."""
    account = session.scalar(
        select(CreditAccount).where(
            CreditAccount.retailer_id == retailer_id, CreditAccount.vendor_id.is_(None)
        )
    )
    return ZERO if account is None else max(Money(account.available_minor), ZERO)


def outstanding(session: Session, invoice_ids: Iterable[int]) -> dict[int, Money]:
    """What is still owed on each of these invoices."""
    rows = session.execute(
        select(Invoice.id, func.coalesce(OpenDebt.amount_minor, 0))
        .outerjoin(OpenDebt, OpenDebt.invoice_id == Invoice.id)
        .where(Invoice.id.in_(list(invoice_ids)))
    )
    return {invoice_id: Money(owed) for invoice_id, owed in rows}


def paid_state_of_order(session: Session, order_id: int, *, today: dt.date) -> PaidState | None:
    """The payment status of an order over all of its invoices. None before the first delivery."""
    rows = session.execute(
        select(Invoice.total_minor, Invoice.due_on, func.coalesce(OpenDebt.amount_minor, 0))
        .outerjoin(OpenDebt, OpenDebt.invoice_id == Invoice.id)
        .where(Invoice.order_id == order_id)
    ).all()
    if not rows:
        return None
    return policy.paid_state(
        billed=total(Money(billed) for billed, _due_on, _owed in rows),
        outstanding=total(Money(owed) for _billed, _due_on, owed in rows),
        due_on=min((due_on for _billed, due_on, owed in rows if owed), default=today),
        today=today,
    )


def paid_state_of_invoice(session: Session, invoice: Invoice, *, today: dt.date) -> PaidState:
    return policy.paid_state(
        billed=Money(invoice.total_minor),
        outstanding=outstanding(session, [invoice.id])[invoice.id],
        due_on=invoice.due_on,
        today=today,
    )


def account_view(session: Session, account: CreditAccount, *, now: dt.datetime) -> AccountView:
    """The account as decisions want it; read it under the account's lock to decide."""
    open_now = open_invoices(session, account.retailer_id)
    return AccountView(
        limit=Money(account.limit_minor),
        posted=Money(account.posted_minor),
        held=Money(account.held_minor),
        cash_due=_owed(invoice for invoice in open_now if not invoice.on_credit),
        oldest_days_past_due=_oldest(open_now, business_date(now)),
    )


def open_debts() -> Select[Invoice, int]:
    """Each invoice on which something is owed, with how much; the caller narrows it."""
    return (
        select(Invoice, OpenDebt.amount_minor)
        .join(OpenDebt, OpenDebt.invoice_id == Invoice.id)
        .where(OpenDebt.amount_minor > 0)
    )


def _amounts(account: CreditAccount | None) -> tuple[Money, Money, Money]:
    """Limit, posted debt and open holds; a retailer without an account has none of them."""
    if account is None:
        return ZERO, ZERO, ZERO
    return Money(account.limit_minor), Money(account.posted_minor), Money(account.held_minor)


def _open_invoice(invoice: Invoice, owed: int) -> OpenInvoice:
    return OpenInvoice(
        invoice_id=invoice.id,
        vendor_id=invoice.vendor_id,
        number=invoice.number,
        order_id=invoice.order_id,
        on_credit=invoice.on_credit,
        issued_at=invoice.issued_at,
        due_on=invoice.due_on,
        total=Money(invoice.total_minor),
        outstanding=Money(owed),
    )


def _owed(invoices: Iterable[OpenInvoice]) -> Money:
    return total(invoice.outstanding for invoice in invoices)


def _oldest(invoices: Iterable[OpenInvoice], today: dt.date) -> int:
    return max((policy.days_past_due(invoice.due_on, today) for invoice in invoices), default=0)


def _balance(session: Session, kind: LedgerAccountKind, retailer_id: int) -> Money:
    found = session.scalar(_entries_of(kind, retailer_id))
    return Money(int(found or 0))


def _entries_of(kind: LedgerAccountKind, retailer_id: int) -> Select[Any]:
    return (
        select(func.sum(Entry.amount_minor))
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(LedgerAccount.kind == kind, LedgerAccount.retailer_id == retailer_id)
    )
