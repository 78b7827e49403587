"""Payment claims by shops, and the payee's answers."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Literal

from flask import Blueprint
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_RETAILER, ADMIN_OR_VENDOR, EVERYBODY, Call, endpoint
from admin_api.fields import Given, ReasonGiven, Reference, RowId, Rupees, View
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.resources.payment_views import PaymentView, payment_view
from core.credit import queries as credit
from core.credit import service
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.credit.models import PaymentClaim
from core.errors import NotAllowed
from core.parties import queries as parties
from core.refs import RetailerId

blueprint = Blueprint("api_claims", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]


class ClaimFilter(PageQuery):
    status: ClaimStatus | None = None
    retailer_id: RowId | None = None
    vendor_id: RowId | None = None
    method: PaymentMethod | None = None
    sort: Literal["id", "-id"] = "-id"


class ClaimGiven(Given):
    """`retailer_id` is for admins, who enter a claim for a shop. Every method but cash needs a reference.

    `payee` is the vendor that was paid, if the shop knows it.
    """

    retailer_id: RowId | None = None
    method: PaymentMethod
    reference: Reference | None = None
    amount: Rupees
    payee: RowId | None = None
    corrects: RowId | None = None


class ClaimView(View):
    """`vendor_id` is who is asked to confirm it; null means an admin.

    That is the payee that the shop named (`named_vendor_id`), else the vendor whose invoice it would pay first.
    """

    id: RowId
    retailer_id: int
    vendor_id: int | None
    named_vendor_id: int | None
    method: PaymentMethod
    reference: str | None
    amount: Rupees
    status: ClaimStatus
    claimed_by: str
    claimed_at: dt.datetime
    answered_by: str | None
    answered_at: dt.datetime | None
    reject_reason: str | None
    payment_id: int | None


class ClaimPage(PageView):
    items: list[ClaimView]


def claim_view(claim: PaymentClaim) -> ClaimView:
    return ClaimView(
        id=claim.id,
        retailer_id=claim.retailer_id,
        vendor_id=claim.vendor_id,
        named_vendor_id=claim.named_vendor_id,
        method=claim.method,
        reference=claim.reference,
        amount=Rupees.of_minor(claim.amount_minor),
        status=claim.status,
        claimed_by=claim.claimed_by,
        claimed_at=claim.claimed_at,
        answered_by=claim.answered_by,
        answered_at=claim.answered_at,
        reject_reason=claim.reject_reason,
        payment_id=claim.payment_id,
    )


@blueprint.get("/claims")
@endpoint(tag="claims", roles=EVERYBODY, answer=ClaimPage, query=ClaimFilter)
def list_claims(call: Call, query: ClaimFilter) -> ClaimPage:
    """Claims, newest first. A shop sees its own, a vendor those it has to answer."""
    wanted = select(PaymentClaim)
    wanted = narrow(
        wanted,
        (PaymentClaim.retailer_id, call.retailer_id),
        (PaymentClaim.vendor_id, call.vendor_id),
        (PaymentClaim.status, query.status),
        (PaymentClaim.retailer_id, query.retailer_id),
        (PaymentClaim.vendor_id, query.vendor_id),
        (PaymentClaim.method, query.method),
    )
    found = paging.cut(call.session, wanted, key=PaymentClaim.id, page=query, sort=query.sort)
    return ClaimPage(items=[claim_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/claims")
@endpoint(
    tag="claims",
    roles=ADMIN_OR_RETAILER,
    answer=ClaimView,
    status=HTTPStatus.CREATED,
    body=ClaimGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND],
)
def create_claim(call: Call, body: ClaimGiven) -> ClaimView:
    """Claim a payment. `contested` means that another shop used the reference first."""
    retailer_id = call.retailer_id if call.retailer_id is not None else body.retailer_id
    if retailer_id is None or body.retailer_id not in {None, retailer_id}:
        raise NotAllowed(field="retailer_id")
    parties.get_retailer(call.session, RetailerId(retailer_id))
    claim = service.claim_payment(
        call.session,
        retailer_id=retailer_id,
        method=body.method,
        reference=body.reference,
        amount=body.amount.money,
        payee=body.payee,
        corrects=body.corrects,
        actor=call.actor,
        now=call.now,
    )
    call.headers["Location"] = f"/api/v1/claims/{claim.id}"
    return claim_view(claim)


@blueprint.get("/claims/<id:claim_id>")
@endpoint(tag="claims", roles=EVERYBODY, answer=ClaimView)
def get_claim(call: Call, claim_id: int) -> ClaimView:
    """One claim."""
    return claim_view(credit.get_claim(call.session, claim_id, actor=call.actor))


@blueprint.post("/claims/<id:claim_id>/confirm")
@endpoint(tag="claims", roles=ADMIN_OR_VENDOR, answer=PaymentView, is_keyed=True, refusals=_CONFLICT)
def confirm_claim(call: Call, claim_id: int) -> PaymentView:
    """Confirm that the money arrived, and post the payment. Confirming again returns the same payment."""
    return payment_view(service.confirm_claim(call.session, claim_id, actor=call.actor, now=call.now))


@blueprint.post("/claims/<id:claim_id>/withdraw")
@endpoint(tag="claims", roles=ADMIN_OR_RETAILER, answer=ClaimView, is_keyed=True, refusals=_CONFLICT)
def withdraw_claim(call: Call, claim_id: int) -> ClaimView:
    """Take the claim back before anybody answered it. The vendor that was asked is told."""
    return claim_view(service.withdraw_claim(call.session, claim_id, actor=call.actor, now=call.now))


@blueprint.post("/claims/<id:claim_id>/reject")
@endpoint(
    tag="claims", roles=ADMIN_OR_VENDOR, answer=ClaimView, body=ReasonGiven, is_keyed=True, refusals=_CONFLICT
)
def reject_claim(call: Call, claim_id: int, body: ReasonGiven) -> ClaimView:
    """Reject the claim because the money didn't arrive. The shop is told why."""
    claim = service.reject_claim(call.session, claim_id, reason=body.reason, actor=call.actor, now=call.now)
    return claim_view(claim)
