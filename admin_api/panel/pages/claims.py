"""Payment claims: what a shop says it paid, what that would settle, and the payee's answer in one click."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, page, worded
from admin_api.panel.forms import required
from admin_api.panel.lists import chosen, listed
from admin_api.panel.routes import act, show
from core.credit import queries as credit
from core.credit import service
from core.credit.kinds import ClaimStatus, PaymentStatus
from core.credit.models import PaymentClaim
from core.parties import queries as parties
from core.parties.models import Retailer
from core.refs import RetailerId, VendorId


def add(panel: Blueprint) -> None:
    show(panel, "/claims", claims)
    show(panel, "/claims/<id:claim_id>", claim)
    act(panel, "/claims/<id:claim_id>/confirm", confirm)
    act(panel, "/claims/<id:claim_id>/reject", reject)


@page
def claims(call: Call) -> Shown:
    session = call.session
    status = chosen("show", ClaimStatus)
    wanted = select(PaymentClaim)
    if status is not None:
        wanted = wanted.where(PaymentClaim.status == status)
    found = listed(session, wanted, key=PaymentClaim.id)
    shops = {row.retailer_id for row in found.items}
    payees = {VendorId(row.vendor_id) for row in found.items if row.vendor_id is not None}
    return Shown(
        template="claims.html",
        facts={
            "found": found,
            "shops": {row.id: row for row in session.scalars(select(Retailer).where(Retailer.id.in_(shops)))},
            "payees": parties.vendors_by_ids(session, payees),
            "show": status or "",
            "statuses": list(ClaimStatus),
        },
    )


@page
def claim(call: Call, claim_id: int) -> Shown:
    session = call.session
    row = credit.get_claim(session, claim_id, actor=call.actor)
    payees = [] if row.vendor_id is None else [VendorId(row.vendor_id)]
    return Shown(
        template="claim.html",
        facts={
            "claim": row,
            "shop": parties.get_retailer(session, RetailerId(row.retailer_id)),
            "payee": parties.vendors_by_ids(session, payees).get(VendorId(row.vendor_id or 0)),
            "standing": credit.standing(session, row.retailer_id, now=call.now),
            "invoices": credit.open_invoices(session, row.retailer_id),
        },
    )


@action
def confirm(call: Call, claim_id: int) -> Done:
    before = credit.get_claim(call.session, claim_id, actor=call.actor)
    owed = credit.standing(call.session, before.retailer_id, now=call.now).owed
    payment = service.confirm_claim(call.session, claim_id, actor=call.actor, now=call.now)
    if payment.status is PaymentStatus.AWAITING_CLEARANCE:
        return Done(say="cheque_taken")
    call.session.flush()
    left = credit.standing(call.session, before.retailer_id, now=call.now).owed
    return Done(say="claim_confirmed", facts={"before": worded(owed), "after": worded(left)})


@action
def reject(call: Call, claim_id: int) -> Done:
    service.reject_claim(call.session, claim_id, reason=required("reason"), actor=call.actor, now=call.now)
    return Done(say="claim_rejected")
