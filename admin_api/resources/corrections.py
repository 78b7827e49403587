"""Write-offs and discounts that one admin asks for and another approves."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint
from pydantic import model_validator
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Given, Reason, ReasonGiven, RowId, Rupees, View
from admin_api.paging import PageQuery, PageView, narrow
from core.credit import service
from core.credit.correction_models import CorrectionRequest
from core.credit.kinds import CorrectionKind, CorrectionStatus
from core.errors import NotFound

blueprint = Blueprint("api_corrections", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]


class CorrectionFilter(PageQuery):
    status: CorrectionStatus | None = None
    retailer_id: RowId | None = None
    sort: Literal["id", "-id"] = "-id"


class CorrectionGiven(Given):
    """A part of one invoice (`invoice_id`), or of all that a shop owes, the oldest first (`retailer_id`)."""

    invoice_id: RowId | None = None
    retailer_id: RowId | None = None
    amount: Rupees
    reason: Reason

    @model_validator(mode="after")
    def _one_of_both(self) -> CorrectionGiven:
        if (self.invoice_id is None) == (self.retailer_id is None):
            raise ValueError("give invoice_id or retailer_id")
        return self


class CorrectionOut(View):
    """`posting_id` is there once it was approved."""

    id: RowId
    kind: CorrectionKind
    status: CorrectionStatus
    retailer_id: int
    invoice_id: int | None
    amount: Rupees
    reason: str
    asked_by: int
    asked_at: dt.datetime
    answered_by: int | None
    answered_at: dt.datetime | None
    refuse_reason: str | None
    posting_id: int | None


class CorrectionPage(PageView):
    items: list[CorrectionOut]


@blueprint.get("/corrections")
@endpoint(tag="corrections", roles=ADMIN, answer=CorrectionPage, query=CorrectionFilter)
def list_corrections(call: Call, query: CorrectionFilter) -> CorrectionPage:
    """What admins asked others to approve, newest first; `status=open` waits."""
    wanted = narrow(
        select(CorrectionRequest),
        (CorrectionRequest.status, query.status),
        (CorrectionRequest.retailer_id, query.retailer_id),
    )
    found = paging.cut(call.session, wanted, key=CorrectionRequest.id, page=query, sort=query.sort)
    return CorrectionPage(items=[_out(row) for row in found.items], total=found.total, next=found.next)


@blueprint.get("/corrections/<id:correction_id>")
@endpoint(tag="corrections", roles=ADMIN, answer=CorrectionOut)
def get_correction(call: Call, correction_id: int) -> CorrectionOut:
    """One correction."""
    row = call.session.get(CorrectionRequest, correction_id)
    if row is None:
        raise NotFound(kind="correction_requests", id=correction_id)
    return _out(row)


@blueprint.post("/corrections")
@endpoint(
    tag="corrections",
    roles=ADMIN,
    answer=CorrectionOut,
    status=HTTPStatus.CREATED,
    body=CorrectionGiven,
    is_keyed=True,
)
def ask_correction(call: Call, body: CorrectionGiven) -> CorrectionOut:
    """Ask for a write-off or a discount. Nothing is posted until another admin approves."""
    facts: dict[str, Any] = {
        "amount": body.amount.money,
        "reason": body.reason,
        "idempotency_key": call.cause,
        "asker": call.actor,
        "now": call.now,
    }
    if body.invoice_id is not None:
        return _out(service.ask_write_off(call.session, body.invoice_id, **facts))
    return _out(service.ask_discount(call.session, body.retailer_id or 0, **facts))


@blueprint.post("/corrections/<id:correction_id>/approve")
@endpoint(tag="corrections", roles=ADMIN, answer=CorrectionOut, is_keyed=True, refusals=_CONFLICT)
def approve_correction(call: Call, correction_id: int) -> CorrectionOut:
    """Approve and post what another admin asked for."""
    return _out(service.approve_correction(call.session, correction_id, approver=call.actor, now=call.now))


@blueprint.post("/corrections/<id:correction_id>/refuse")
@endpoint(
    tag="corrections", roles=ADMIN, answer=CorrectionOut, body=ReasonGiven, is_keyed=True, refusals=_CONFLICT
)
def refuse_correction(call: Call, correction_id: int, body: ReasonGiven) -> CorrectionOut:
    """Refuse it, or take back what you asked for."""
    return _out(
        service.refuse_correction(
            call.session, correction_id, reason=body.reason, actor=call.actor, now=call.now
        )
    )


def _out(row: CorrectionRequest) -> CorrectionOut:
    return CorrectionOut(
        id=row.id,
        kind=row.kind,
        status=row.status,
        retailer_id=row.retailer_id,
        invoice_id=row.invoice_id,
        amount=Rupees.of_minor(row.amount_minor),
        reason=row.reason,
        asked_by=row.asked_by_id,
        asked_at=row.asked_at,
        answered_by=row.answered_by_id,
        answered_at=row.answered_at,
        refuse_reason=row.refuse_reason,
        posting_id=row.posting_id,
    )
