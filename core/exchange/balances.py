"""Old paper debt as a sheet: one row for each bill that a shop still owes a vendor. A bill that was brought stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, cast, exists, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core.clock import business_date
from core.credit.errors import AmountNotPositive, BillNumberRefused, DaysOfBillImpossible
from core.credit.models import Invoice
from core.credit.service import lock_accounts
from core.credit.service.old_debt import OldBill, bring_balance, check_bill, clean_number, find_near
from core.exchange import staging
from core.exchange.cells import Cell, CellRefused, Plain, day, price, show_number, text_of
from core.exchange.importing import Change, ImportContext, OwnVendor
from core.exchange.sheets import Column, Facts, Sheet
from core.exchange.staging import STAGED, StagedRow, lower_fact, targets
from core.identity import reference_key, spoken_number
from core.money import Money, rupees
from core.parties.models import Retailer, Vendor

NAME: Final = "balances"
LONGEST_NUMBER: Final = 40
_parse_text: Final = text_of(most=LONGEST_NUMBER)


def _number(cell: Cell) -> Plain:
    try:
        return clean_number(str(_parse_text(cell)))
    except BillNumberRefused as refused:
        raise CellRefused("bill_number_refused") from refused


def _key(number: str) -> str:
    return reference_key(number) or ""


SHEET: Final = Sheet(
    columns=(
        Column(name="retailer", parse=text_of(most=40), is_key=True),
        Column(name="vendor", parse=text_of(most=40), is_key=True),
        Column(name="number", parse=_number, is_key=True, fold=_key),
        Column(name="amount", parse=price(Decimal("0.01")), show=show_number, is_needed_for_new=True),
        Column(name="billed_on", parse=day, is_needed_for_new=True),
        Column(name="due_on", parse=day, is_needed_for_new=True),
    )
)
_PLACE_OF_NUMBER: Final = [key.name for key in SHEET.keys].index("number")
DEFAULTS: Final[Mapping[str, Plain]] = {}


def export(_own_vendor: OwnVendor | None) -> Select[Any]:
    return (
        select(*Invoice.__table__.columns, Retailer.code.label("retailer"), Vendor.code.label("vendor"))
        .join(Retailer, Retailer.id == Invoice.retailer_id)
        .join(Vendor, Vendor.id == Invoice.vendor_id)
        .where(Invoice.paper_number.is_not(None))
        .order_by(Retailer.code, Invoice.id)
    )


def plain(found: Any) -> Facts:
    return {
        "retailer": found.retailer,
        "vendor": found.vendor,
        "number": found.paper_number,
        "amount": f"{Money(found.total_minor).rupees:.2f}",
        "billed_on": business_date(found.issued_at).isoformat(),
        "due_on": found.due_on.isoformat(),
    }


def resolve(session: Session, context: ImportContext) -> None:
    for model, name in ((Retailer, "retailer"), (Vendor, "vendor")):
        unknown = ~exists().where(func.lower(model.code) == lower_fact(name))
        for number in staging.numbers_where(session, unknown):
            if name == "retailer":
                context.errors.add(number, name, "retailer_unknown")
            else:
                context.errors.add(number, name, "vendor_unknown")
        staging.drop_where(session, unknown)
    session.execute(
        update(STAGED)
        .values(target_id=Invoice.id)
        .where(
            # Staged as it is compared.
            Invoice.paper_key == cast(STAGED.c.key, JSONB)[_PLACE_OF_NUMBER].astext,
            Invoice.retailer_id == Retailer.id,
            func.lower(Retailer.code) == lower_fact("retailer"),
            Invoice.vendor_id == Vendor.id,
            func.lower(Vendor.code) == lower_fact("vendor"),
        )
    )
    if not context.dry_run:
        # Before the first batch: later ones name shops whose accounts come before those of the first.
        named = session.scalars(
            select(Retailer.id).join(STAGED, func.lower(Retailer.code) == lower_fact("retailer"))
        )
        lock_accounts(session, set(named), now=context.now)


def look(session: Session, rows: Sequence[StagedRow], *, lock: bool) -> dict[int, Facts]:  # noqa: ARG001 - invoices never change
    found = session.execute(export(None).where(Invoice.id.in_(targets(rows))))
    return {row.id: plain(row) for row in found}


def check(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    for change in changes:
        if change.before is not None:
            context.errors.add(
                change.row.number, "number", "bill_brought_before", amount=change.before["amount"]
            )
            continue
        try:
            check_bill(_bill(change.after, vendor_id=0), today=business_date(context.now))
        except AmountNotPositive:
            context.errors.add(change.row.number, "amount", "amount_not_positive")
        except DaysOfBillImpossible:
            context.errors.add(change.row.number, "billed_on", "days_of_bill_impossible")
    if not context.confirmed_new:
        _hold_near(session, changes, context)


def _hold_near(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    """A bill that looks like one in the books, or like another of the file, is held until somebody says that it is new."""
    retailers, vendors = _ids_of(session, changes)
    of_file = context.notes.setdefault("bills", {})
    for change in (one for one in changes if one.row.number not in context.errors.rows):
        retailer_id = retailers[str(change.after["retailer"]).lower()]
        bill = _bill(change.after, vendor_id=vendors[str(change.after["vendor"]).lower()])
        facts = (retailer_id, bill.vendor_id, bill.billed_on, bill.amount.minor, spoken_number(bill.number))
        number = of_file.get(facts)
        if number is None and (near := find_near(session, retailer_id, bill)):
            number = near.number
        if number is not None:
            context.errors.add(change.row.number, "number", "bill_looks_brought", number=number)
        of_file.setdefault(facts, bill.number)


def write(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    """Bill by bill, each under its shop's lock."""
    retailers, vendors = _ids_of(session, changes)
    named = [
        (
            retailers[str(change.after["retailer"]).lower()],
            _bill(change.after, vendor_id=vendors[str(change.after["vendor"]).lower()]),
        )
        for change in changes
    ]
    for retailer_id, bill in named:
        bring_balance(
            session,
            retailer_id,
            bill,
            approver=context.actor,
            now=context.now,
            # Looked at before, with the other rows of the file.
            is_confirmed_new=context.confirmed_new,
        )


def finish(_session: Session, _context: ImportContext) -> None:
    """Each bill is done by itself."""


def _bill(said: Mapping[str, Plain], *, vendor_id: int) -> OldBill:
    return OldBill(
        vendor_id=vendor_id,
        number=str(said["number"]),
        amount=rupees(str(said["amount"])),
        billed_on=dt.date.fromisoformat(str(said["billed_on"])),
        due_on=dt.date.fromisoformat(str(said["due_on"])),
    )


def _ids_of(session: Session, changes: Sequence[Change]) -> tuple[dict[str, int], dict[str, int]]:
    """The shops and vendors that the rows name, by their codes."""
    return (
        _ids(session, Retailer, {str(change.after["retailer"]) for change in changes}),
        _ids(session, Vendor, {str(change.after["vendor"]) for change in changes}),
    )


def _ids(session: Session, model: type[Retailer | Vendor], codes: set[str]) -> dict[str, int]:
    rows = session.execute(
        select(func.lower(model.code), model.id).where(
            func.lower(model.code).in_([code.lower() for code in codes])
        )
    )
    return {row[0]: row[1] for row in rows}
