"""The ledger: postings and entries, statements, ageing, settlements, and the check that it all agrees."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint, Response
from pydantic import Field
from sqlalchemy import select

from admin_api import paging
from admin_api.attachments import PDF, attachment
from admin_api.endpoints import ADMIN, ADMIN_OR_RETAILER, ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Day, Given, Instant, Reason, ReasonGiven, Reference, RowId, Rupees, View
from admin_api.paging import PageQuery, PageView, narrow, within
from admin_api.problems import Problem, json_safe
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service
from core.credit.kinds import LedgerAccountKind, PaymentMethod, PostingKind
from core.credit.models import Entry, LedgerAccount, Posting
from core.credit.queries import DifferenceUnit, Statement
from core.errors import NotFound
from core.orders import checks
from core.parties import queries as parties
from core.refs import RetailerId, VendorId
from core.reports.documents import place_of, write_statement

blueprint = Blueprint("api_ledger", __name__)

LONGEST_PERIOD = dt.timedelta(days=3 * 366)


class PostingFilter(PageQuery):
    kind: PostingKind | None = None
    retailer_id: RowId | None = None
    vendor_id: RowId | None = None
    at_from: Instant | None = None
    at_before: Instant | None = None
    sort: Literal["id", "-id"] = "-id"


class EntryOut(View):
    """Exactly one of debit and credit is above zero."""

    account: LedgerAccountKind
    label: str | None
    retailer_id: int | None
    vendor_id: int | None
    invoice_id: int | None
    debit: Rupees
    credit: Rupees


class PostingOut(View):
    """One balanced set of entries. It never changes; a correction is another posting that reverses it."""

    id: RowId
    kind: PostingKind
    reverses_id: int | None
    memo: dict[str, Any]
    actor: str
    approved_by: str | None
    at: dt.datetime
    entries: list[EntryOut]


class PostingPage(PageView):
    items: list[PostingOut]


class Period(Given):
    """Both days are included. By default, the last thirty days."""

    start: Day | None = None
    end: Day | None = None


class StatementLineOut(View):
    posting_id: int
    at: dt.datetime
    kind: PostingKind
    facts: dict[str, Any]
    debit: Rupees
    credit: Rupees
    balance: Rupees


class StatementOut(View):
    """A retailer's balance is what it owes; a vendor's is negative while we owe it money."""

    start: dt.date
    end: dt.date
    opening: Rupees
    debits: Rupees
    credits: Rupees
    closing: Rupees
    lines: list[StatementLineOut]


class SettlementOut(View):
    start: dt.date
    end: dt.date
    opening: Rupees = Field(description="What was owed before `start`.")
    delivered: Rupees = Field(description="After commission.")
    commission: Rupees = Field(description="On what was delivered.")
    returned: Rupees
    received: Rupees
    paid: Rupees
    other: Rupees
    owed: Rupees = Field(description="Since the beginning; negative if the vendor owes us.")


class SettledGiven(Given):
    """A payment that was made to the vendor outside the system."""

    amount: Rupees
    method: PaymentMethod
    reference: Reference
    is_confirmed: bool = Field(
        default=False, description="Take more than the vendor is owed, which is held back else."
    )


class DiscountGiven(Given):
    amount: Rupees
    reason: Reason


class PostedOut(View):
    posting_id: int


class AgeingQuery(Given):
    retailer_id: RowId | None = None
    on: Day | None = Field(default=None, description="As it was when this day ended; by default today.")


class AgeingRow(View):
    retailer_id: int
    buckets: dict[str, Rupees]
    total: Rupees
    oldest_days_past_due: int


class AgeingOut(View):
    """Debt by days past due, oldest first."""

    on: dt.date
    items: list[AgeingRow]


class DifferenceOut(View):
    checked: str
    subject_id: int
    unit: DifferenceUnit = Field(description="Of both values: rupees, or base units of the product.")
    cached: str = Field(description="What is stored, a decimal.", examples=["1234.50"])
    actual: str = Field(description="What it should be, a decimal.", examples=["1200.00"])


class DifferencesOut(View):
    """Where the books and their caches disagree. Empty unless something is wrong."""

    items: list[DifferenceOut]


@blueprint.get("/ledger")
@endpoint(tag="ledger", roles=ADMIN, answer=PostingPage, query=PostingFilter)
def list_postings(call: Call, query: PostingFilter) -> PostingPage:
    """Postings, newest first. Filter by kind, time, shop or vendor."""
    wanted = select(Posting)
    wanted = narrow(wanted, (Posting.kind, query.kind))
    wanted = within(wanted, Posting.at, query.at_from, query.at_before)
    for column, owner in (
        (LedgerAccount.retailer_id, query.retailer_id),
        (LedgerAccount.vendor_id, query.vendor_id),
    ):
        if owner is not None:
            theirs = (
                select(Entry.posting_id)
                .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
                .where(column == owner)
            )
            wanted = wanted.where(Posting.id.in_(theirs))
    found = paging.cut(call.session, wanted, key=Posting.id, page=query, sort=query.sort)
    return PostingPage(items=_postings(call, found.items), total=found.total, next=found.next)


@blueprint.get("/ledger/<id:posting_id>")
@endpoint(tag="ledger", roles=ADMIN, answer=PostingOut)
def get_posting(call: Call, posting_id: int) -> PostingOut:
    """One posting with its entries."""
    posting = call.session.get(Posting, posting_id)
    if posting is None:
        raise NotFound(kind="postings", id=posting_id)
    return _postings(call, [posting])[0]


@blueprint.get("/ledger/differences")
@endpoint(tag="ledger", roles=ADMIN, answer=DifferencesOut)
def find_differences(call: Call) -> DifferencesOut:
    """Run the nightly check now: the books, their caches, and what ended orders may have left open."""
    return DifferencesOut(
        items=[
            DifferenceOut(
                checked=found.checked,
                subject_id=found.subject_id,
                unit=found.unit,
                cached=found.facts["cached"],
                actual=found.facts["actual"],
            )
            for found in checks.find_differences(call.session)
        ]
    )


@blueprint.get("/ledger/ageing")
@endpoint(tag="ledger", roles=ADMIN_OR_RETAILER, answer=AgeingOut, query=AgeingQuery)
def get_ageing(call: Call, query: AgeingQuery) -> AgeingOut:
    """Open debt by age, now or at the end of a past day. A shop sees its own."""
    today = business_date(call.now)
    day = query.on or today
    if day > today:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "period_not_possible",
            title="What will be owed on a day to come isn't known.",
        )
    owner = call.retailer_id if call.retailer_id is not None else query.retailer_id
    rows = credit.ageing(call.session, owner, on=day)
    return AgeingOut(
        on=day,
        items=[
            AgeingRow(
                retailer_id=row.retailer_id,
                buckets={str(bucket): Rupees.of(amount) for bucket, amount in row.buckets.items()},
                total=Rupees.of(row.total),
                oldest_days_past_due=row.oldest_days_past_due,
            )
            for row in rows
            if query.retailer_id in {None, row.retailer_id}
        ],
    )


@blueprint.get("/retailers/<id:retailer_id>/statement")
@endpoint(tag="ledger", roles=ADMIN_OR_RETAILER, answer=StatementOut, query=Period)
def get_retailer_statement(call: Call, retailer_id: int, query: Period) -> StatementOut:
    """What a shop bought and paid in a period."""
    call.must_own(retailer_id=retailer_id, kind="retailers", row_id=retailer_id)
    parties.get_retailer(call.session, RetailerId(retailer_id))
    start, end = _period(call, query)
    return _statement(credit.statement(call.session, retailer_id, start=start, end=end))


@blueprint.get("/retailers/<id:retailer_id>/statement/pdf")
@endpoint(tag="ledger", roles=ADMIN_OR_RETAILER, raw_answer=(PDF,), query=Period, is_heavy=True)
def print_retailer_statement(call: Call, retailer_id: int, query: Period) -> Response:
    """The same statement to print."""
    call.must_own(retailer_id=retailer_id, kind="retailers", row_id=retailer_id)
    retailer = parties.get_retailer(call.session, RetailerId(retailer_id))
    start, end = _period(call, query)
    found = credit.statement(call.session, retailer_id, start=start, end=end)
    return _printed(call, found, name=retailer.shop_name, place=place_of(retailer), code=retailer.code)


@blueprint.get("/vendors/<id:vendor_id>/statement")
@endpoint(tag="ledger", roles=ADMIN_OR_VENDOR, answer=StatementOut, query=Period)
def get_vendor_statement(call: Call, vendor_id: int, query: Period) -> StatementOut:
    """What we owe a vendor from a period, and what it received."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    parties.get_vendor(call.session, VendorId(vendor_id))
    start, end = _period(call, query)
    return _statement(credit.vendor_statement(call.session, vendor_id, start=start, end=end))


@blueprint.get("/vendors/<id:vendor_id>/statement/pdf")
@endpoint(tag="ledger", roles=ADMIN_OR_VENDOR, raw_answer=(PDF,), query=Period, is_heavy=True)
def print_vendor_statement(call: Call, vendor_id: int, query: Period) -> Response:
    """The same statement to print."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    vendor = parties.get_vendor(call.session, VendorId(vendor_id))
    start, end = _period(call, query)
    found = credit.vendor_statement(call.session, vendor_id, start=start, end=end)
    return _printed(call, found, name=vendor.business_name, place=place_of(vendor), code=vendor.code)


@blueprint.get("/vendors/<id:vendor_id>/settlement")
@endpoint(tag="ledger", roles=ADMIN_OR_VENDOR, answer=SettlementOut, query=Period)
def get_settlement(call: Call, vendor_id: int, query: Period) -> SettlementOut:
    """What was delivered, less commission, returns, and what the vendor has already received."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    parties.get_vendor(call.session, VendorId(vendor_id))
    start, end = _period(call, query)
    found = credit.settlement(call.session, vendor_id, start=start, end=end)
    return SettlementOut(
        start=start,
        end=end,
        opening=Rupees.of(found.opening),
        delivered=Rupees.of(found.delivered),
        commission=Rupees.of(found.commission),
        returned=Rupees.of(found.returned),
        received=Rupees.of(found.received),
        paid=Rupees.of(found.paid),
        other=Rupees.of(found.other),
        owed=Rupees.of(found.owed),
    )


@blueprint.post("/vendors/<id:vendor_id>/settlements")
@endpoint(
    tag="ledger",
    roles=ADMIN,
    answer=PostedOut,
    status=HTTPStatus.CREATED,
    body=SettledGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def settle_vendor(call: Call, vendor_id: int, body: SettledGiven) -> PostedOut:
    """Record that the vendor was paid."""
    parties.get_vendor(call.session, VendorId(vendor_id))
    posting_id = service.settle_vendor(
        call.session,
        vendor_id,
        amount=body.amount.money,
        method=body.method,
        reference=body.reference,
        is_confirmed=body.is_confirmed,
        idempotency_key=call.cause,
        approver=call.actor,
        now=call.now,
    )
    return PostedOut(posting_id=posting_id)


@blueprint.post("/ledger/<id:posting_id>/reverse")
@endpoint(
    tag="ledger",
    roles=ADMIN,
    answer=PostedOut,
    status=HTTPStatus.CREATED,
    body=ReasonGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def reverse_posting(call: Call, posting_id: int, body: ReasonGiven) -> PostedOut:
    """Take back a wrong write-off or settlement, once, by its mirror image."""
    reversal_id = service.reverse_posting(
        call.session,
        posting_id,
        reason=body.reason,
        idempotency_key=call.cause,
        approver=call.actor,
        now=call.now,
    )
    return PostedOut(posting_id=reversal_id)


@blueprint.post("/retailers/<id:retailer_id>/discounts")
@endpoint(
    tag="ledger",
    roles=ADMIN,
    answer=PostedOut,
    status=HTTPStatus.CREATED,
    body=DiscountGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def allow_discount(call: Call, retailer_id: int, body: DiscountGiven) -> PostedOut:
    """Reduce a shop's debt at our own cost, the oldest invoice first. Above what one admin may, ask with `POST /corrections`."""
    parties.get_retailer(call.session, RetailerId(retailer_id))
    posting_id = service.allow_discount(
        call.session,
        retailer_id,
        amount=body.amount.money,
        reason=body.reason,
        idempotency_key=call.cause,
        approver=call.actor,
        now=call.now,
    )
    return PostedOut(posting_id=posting_id)


def _postings(call: Call, postings: list[Posting]) -> list[PostingOut]:
    entries: dict[int, list[EntryOut]] = {posting.id: [] for posting in postings}
    rows = call.session.execute(
        select(Entry, LedgerAccount)
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(Entry.posting_id.in_(entries))
        .order_by(Entry.id)
    )
    for entry, account in rows:
        entries[entry.posting_id].append(
            EntryOut(
                account=account.kind,
                label=account.label,
                retailer_id=account.retailer_id,
                vendor_id=account.vendor_id,
                invoice_id=entry.invoice_id,
                debit=Rupees.of_minor(max(entry.amount_minor, 0)),
                credit=Rupees.of_minor(max(-entry.amount_minor, 0)),
            )
        )
    return [
        PostingOut(
            id=posting.id,
            kind=posting.kind,
            reverses_id=posting.reverses_id,
            memo=json_safe(posting.memo),
            actor=posting.actor,
            approved_by=posting.approved_by,
            at=posting.at,
            entries=entries[posting.id],
        )
        for posting in postings
    ]


def _period(call: Call, query: Period) -> tuple[dt.date, dt.date]:
    end = query.end or business_date(call.now)
    start = query.start or end - dt.timedelta(days=30)
    if not dt.timedelta() <= end - start <= LONGEST_PERIOD:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "period_not_possible",
            title="A period must end after it starts and cover at most three years.",
        )
    return start, end


def _printed(call: Call, found: Statement, *, name: str, place: str, code: str) -> Response:
    return attachment(
        lambda file: write_statement(found, file, name=name, place=place, made_at=call.now),
        media_type=PDF,
        name=f"statement-{code}-{found.end}.pdf",
    )


def _statement(found: Statement) -> StatementOut:
    return StatementOut(
        start=found.start,
        end=found.end,
        opening=Rupees.of(found.opening),
        debits=Rupees.of(found.debits),
        credits=Rupees.of(found.credits),
        closing=Rupees.of(found.closing),
        lines=[
            StatementLineOut(
                posting_id=line.posting_id,
                at=line.at,
                kind=line.kind,
                facts=json_safe(line.facts),
                debit=Rupees.of(line.debit),
                credit=Rupees.of(line.credit),
                balance=Rupees.of(line.balance),
            )
            for line in found.lines
        ],
    )
