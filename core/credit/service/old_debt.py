"""Old paper debt: what a shop owed a vendor before either came here, entered bill by bill under the paper's own number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.clock import KATHMANDU, bikram_sambat, business_date, fiscal_year
from core.credit.errors import (
    AmountNotPositive,
    BillBroughtBefore,
    BillLooksBrought,
    BillNumberRefused,
    DaysOfBillImpossible,
)
from core.credit.kinds import PostingKind
from core.credit.models import Invoice
from core.credit.service import ledger, payments
from core.credit.service.accounts import lock_account
from core.errors import NotAllowed
from core.identity import reference_key, spoken_number, turns_lines
from core.money import ZERO, Money
from core.parties.naming import clean_reference
from core.parties.queries import get_retailer, get_vendor
from core.refs import RetailerId, VendorId


@dataclass(frozen=True, kw_only=True, slots=True)
class OldBill:
    """One bill on paper, as far as it is still owed."""

    vendor_id: int
    number: str
    amount: Money
    billed_on: dt.date
    due_on: dt.date


@dataclass(frozen=True, kw_only=True, slots=True)
class Brought:
    """`is_new` only for whoever made it."""

    invoice: Invoice
    is_new: bool


def bring_balance(
    session: Session,
    retailer_id: int,
    bill: OldBill,
    *,
    approver: Actor,
    now: dt.datetime,
    is_confirmed_new: bool = False,
) -> Brought:
    """Owe the bill here from now on, aged by its own due date. The same bill again changes nothing, however typed.

    It earns no commission, stands in no VAT book (it was declared on paper), and may exceed the limit, which stops only
    what is ordered next. Raises NotFound, NotAllowed, BillNumberRefused, AmountNotPositive, DaysOfBillImpossible,
    BillBroughtBefore where the number was brought with other facts, and, unless somebody looked (*is_confirmed_new*),
    BillLooksBrought where a bill of that day and amount has a number that people would call the same.
    """
    if approver.kind is not ActorKind.ADMIN:
        raise NotAllowed(action="bring_balance")
    retailer = get_retailer(session, RetailerId(retailer_id))
    vendor = get_vendor(session, VendorId(bill.vendor_id))
    check_bill(bill, today=business_date(now))
    number = clean_number(bill.number)
    key = reference_key(number)
    # The lock is what makes the second of two equal requests find the first.
    lock_account(session, retailer_id, now=now)
    if before := _find_brought(session, retailer_id, bill.vendor_id, key):
        if said_by(before) != bill_facts(bill):
            raise BillBroughtBefore(number=before.number, amount=Money(before.total_minor))
        return Brought(invoice=before, is_new=False)
    if not is_confirmed_new and (near := find_near(session, retailer_id, bill)):
        raise BillLooksBrought(number=near.number, amount=bill.amount, invoice_id=near.id)
    invoice = Invoice(
        vendor_id=bill.vendor_id,
        retailer_id=retailer_id,
        paper_number=number,
        paper_key=key,
        fiscal_year=fiscal_year(bill.billed_on),
        on_credit=True,
        taxable_minor=0,
        exempt_minor=bill.amount.minor,
        vat_minor=0,
        total_minor=bill.amount.minor,
        commission_basis_points=0,
        issued_at=dt.datetime.combine(bill.billed_on, dt.time(), KATHMANDU),
        issued_on_bs=bikram_sambat(bill.billed_on),
        due_on=bill.due_on,
        vendor_pan=vendor.pan,
        retailer_pan=retailer.pan,
    )
    session.add(invoice)
    session.flush()
    cause = f"brought:{invoice.id}"
    ledger.post(
        session,
        cause,
        kind=PostingKind.BROUGHT,
        lines=[
            ledger.debit(ledger.receivable(retailer_id), bill.amount, invoice.id),
            ledger.credit(ledger.payable(bill.vendor_id), bill.amount),
        ],
        memo={
            "invoice_id": invoice.id,
            "invoice": number,
            "billed_on": bill.billed_on.isoformat(),
            "due_on": bill.due_on.isoformat(),
        },
        actor=approver,
        approved_by=approver,
        now=now,
    )
    payments.use_prepayment(session, retailer_id, cause=cause, actor=approver, now=now)
    return Brought(invoice=invoice, is_new=True)


def check_bill(bill: OldBill, *, today: dt.date) -> None:
    """Raises AmountNotPositive, DaysOfBillImpossible."""
    if bill.amount <= ZERO:
        raise AmountNotPositive(amount=bill.amount)
    if not bill.billed_on <= min(bill.due_on, today):
        raise DaysOfBillImpossible(billed_on=bill.billed_on.isoformat(), due_on=bill.due_on.isoformat())


def clean_number(typed: str) -> str:
    """The number as it is kept and shown: in the letters that it is read as. Raises BillNumberRefused."""
    number = None if any(turns_lines(character) for character in typed) else clean_reference(typed)
    if reference_key(number) is None or number is None:
        raise BillNumberRefused
    return number


def _find_brought(session: Session, retailer_id: int, vendor_id: int, key: str | None) -> Invoice | None:
    return session.scalar(
        select(Invoice).where(
            Invoice.retailer_id == retailer_id,
            Invoice.vendor_id == vendor_id,
            Invoice.paper_key == key,
        )
    )


def find_near(session: Session, retailer_id: int, bill: OldBill) -> Invoice | None:
    """A bill of that shop, vendor, day and amount whose number people would call the same."""
    alike = session.scalars(
        select(Invoice)
        .where(
            Invoice.retailer_id == retailer_id,
            Invoice.vendor_id == bill.vendor_id,
            Invoice.paper_number.is_not(None),
            Invoice.total_minor == bill.amount.minor,
            Invoice.issued_at == dt.datetime.combine(bill.billed_on, dt.time(), KATHMANDU),
        )
        .order_by(Invoice.id)
    )
    spoken = spoken_number(bill.number)
    return next((one for one in alike if spoken_number(one.number) == spoken), None)


def said_by(invoice: Invoice) -> tuple[int, dt.date, dt.date]:
    return invoice.total_minor, business_date(invoice.issued_at), invoice.due_on


def bill_facts(bill: OldBill) -> tuple[int, dt.date, dt.date]:
    return bill.amount.minor, bill.billed_on, bill.due_on
