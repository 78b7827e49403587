"""Old paper debt brought in: bill by bill, or as a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from flask import Blueprint, Response
from pydantic import Field, StringConstraints

from admin_api.attachments import CSV, XLSX
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Day, Given, RowId, Rupees, View
from admin_api.resources.exchange import (
    ExportQuery,
    ImportQuery,
    ImportView,
    export_kind,
    import_kind,
)
from core.clock import business_date
from core.credit import queries as credit
from core.credit.policy import days_past_due
from core.credit.service.old_debt import OldBill, bring_balance
from core.exchange import balances
from core.exchange.files import MOST_BYTES

blueprint = Blueprint("api_old_debt", __name__)


class OldBillGiven(Given):
    """One bill on paper, as far as it is still owed."""

    vendor_id: RowId
    number: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=balances.LONGEST_NUMBER)
    ] = Field(
        description="As it stands on the paper: one vendor's number is brought once for a shop, however it is typed.",
        examples=["217"],
    )
    amount: Rupees
    billed_on: Day
    due_on: Day = Field(description="By the paper. Its age is counted from here.")
    confirmed_new: bool = Field(
        default=False,
        description="Somebody looked: it is another bill than the one of `bill_looks_brought`, of that day and amount and with a"
        " number that people would call the same.",
    )


class BillsQuery(ImportQuery):
    confirmed_new: bool = Field(
        default=False,
        description="Bring rows that are `bill_looks_brought` otherwise: all of them are other bills.",
    )


class BroughtOut(View):
    """With `dry_run` nothing is written, and `invoice_id` is null unless the bill was brought before."""

    dry_run: bool
    is_new: bool
    invoice_id: int | None
    number: str
    owed_before: Rupees
    owed: Rupees = Field(description="By the shop in all, with this bill.")
    days_past_due: int


@blueprint.post("/retailers/<id:retailer_id>/old-bills")
@endpoint(
    tag="ledger",
    roles=ADMIN,
    answer=BroughtOut,
    query=ImportQuery,
    body=OldBillGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def bring_old_bill(call: Call, retailer_id: int, query: ImportQuery, body: OldBillGiven) -> BroughtOut:
    """Bring in what a shop owed on paper. The same bill again changes nothing; with other facts it is refused.

    So is one that looks like a bill in the books, until it is said to be new.
    """
    bill = OldBill(
        vendor_id=body.vendor_id,
        number=body.number,
        amount=body.amount.money,
        billed_on=body.billed_on,
        due_on=body.due_on,
    )
    before = credit.standing(call.session, retailer_id, now=call.now).owed
    attempt = call.session.begin_nested()
    brought = bring_balance(
        call.session,
        retailer_id,
        bill,
        approver=call.actor,
        now=call.now,
        is_confirmed_new=body.confirmed_new,
    )
    after = credit.standing(call.session, retailer_id, now=call.now).owed
    invoice_id = brought.invoice.id if not (query.dry_run and brought.is_new) else None
    number = str(brought.invoice.paper_number)
    if query.dry_run:
        attempt.rollback()
    else:
        attempt.commit()
    return BroughtOut(
        dry_run=query.dry_run,
        is_new=brought.is_new,
        invoice_id=invoice_id,
        number=number,
        # Read before the lock: somebody else may have brought it meanwhile.
        owed_before=Rupees.of(before if brought.is_new else after),
        owed=Rupees.of(after),
        days_past_due=days_past_due(bill.due_on, business_date(call.now)),
    )


@blueprint.post("/old-bills/import")
@endpoint(
    tag="ledger",
    roles=ADMIN,
    answer=ImportView,
    query=BillsQuery,
    raw_body=(CSV, XLSX),
    largest_body=MOST_BYTES,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def import_old_bills(call: Call, query: BillsQuery) -> ImportView:
    """Bring in many bills from a file, all or none; days as text, `2026-05-01`. A file sent again changes nothing."""
    return import_kind(call, balances, dry_run=query.dry_run, confirmed_new=query.confirmed_new)


@blueprint.get("/old-bills/export")
@endpoint(tag="ledger", roles=ADMIN, query=ExportQuery, raw_answer=(CSV, XLSX), is_heavy=True)
def export_old_bills(call: Call, query: ExportQuery) -> Response:
    """All bills that were brought in, in the columns of an import."""
    return export_kind(call, balances, query.format)
