"""Retailers: creating, approving, refusing, blocking, and their credit limit. A shop sees itself."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import or_, select

from admin_api import paging
from admin_api.endpoints import ADMIN, ADMIN_OR_RETAILER, Call, endpoint
from admin_api.fields import Given, Pan, Reason, ReasonGiven, RowId, Rupees, Text, View
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.resources.addresses import AddressGiven, AddressView, address_of, address_view
from admin_api.resources.credit_accounts import CreditAccountView, account_view
from core.credit import service as credit
from core.db.locks import LockRank, lock
from core.parties import queries, service
from core.parties.models import Approval, Language, Retailer
from core.parties.service import RetailerFacts
from core.refs import RetailerId, VendorId

blueprint = Blueprint("api_retailers", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]
_REFUSED = [HTTPStatus.UNPROCESSABLE_ENTITY]


class RetailerFilter(PageQuery):
    approval: Approval | None = None
    is_blocked: bool | None = None
    introduced_by_vendor_id: RowId | None = None
    search: Text | None = Field(
        default=None, description="Part of the shop's or owner's name, or the whole code."
    )
    sort: Literal["id", "-id", "shop_name", "-shop_name", "created_at", "-created_at"] = "id"


class RetailerGiven(Given):
    shop_name: Text = Field(examples=["Asha Kirana"])
    owner_name: Text | None = None
    pan: Pan | None = None
    language: Language = Language.ENGLISH
    terms_days: int = Field(default=30, ge=0, le=365)
    address: AddressGiven = Field(default_factory=AddressGiven)


class RetailerChange(Given):
    """Only the given fields change."""

    shop_name: Text | None = Field(default=None, examples=["Asha Kirana"])
    owner_name: Text | None = None
    pan: Pan | None = None
    language: Language | None = None
    terms_days: int | None = Field(default=None, ge=0, le=365)
    address: AddressGiven | None = None


class ApprovalGiven(Given):
    """`credit_limit` also opens the shop's credit account."""

    credit_limit: Rupees | None = None
    reason: Reason | None = None


class LimitGiven(Given):
    limit: Rupees
    reason: Reason


class RetailerView(View):
    id: RowId
    code: str = Field(examples=["R-0001"])
    shop_name: str
    owner_name: str | None
    pan: str | None
    language: Language
    approval: Approval
    approved_at: dt.datetime | None
    blocked_at: dt.datetime | None
    block_reason: str | None
    terms_days: int
    introduced_by_vendor_id: int | None = Field(description="The wholesaler by whose link the shop came.")
    address: AddressView
    created_at: dt.datetime


class RetailerPage(PageView):
    items: list[RetailerView]


def retailer_view(retailer: Retailer) -> RetailerView:
    return RetailerView(
        id=retailer.id,
        code=retailer.code,
        shop_name=retailer.shop_name,
        owner_name=retailer.owner_name,
        pan=retailer.pan,
        language=retailer.language,
        approval=retailer.approval,
        approved_at=retailer.approved_at,
        blocked_at=retailer.blocked_at,
        block_reason=retailer.block_reason,
        terms_days=retailer.terms_days,
        introduced_by_vendor_id=retailer.introduced_by_id,
        address=address_view(retailer),
        created_at=retailer.created_at,
    )


@blueprint.get("/retailers")
@endpoint(tag="retailers", roles=ADMIN, answer=RetailerPage, query=RetailerFilter)
def list_retailers(call: Call, query: RetailerFilter) -> RetailerPage:
    """Shops. Filter by approval, block, name, or the wholesaler who brought them."""
    wanted = select(Retailer)
    wanted = narrow(
        wanted,
        (Retailer.approval, query.approval),
        (Retailer.introduced_by_id, query.introduced_by_vendor_id),
    )
    if query.is_blocked is not None:
        wanted = wanted.where(
            Retailer.blocked_at.is_not(None) if query.is_blocked else Retailer.blocked_at.is_(None)
        )
    if query.search:
        wanted = wanted.where(
            or_(
                Retailer.shop_name.icontains(query.search, autoescape=True),
                Retailer.owner_name.icontains(query.search, autoescape=True),
                Retailer.code == query.search.upper(),
            )
        )
    sorts = {"shop_name": Retailer.shop_name, "created_at": Retailer.created_at}
    found = paging.cut(call.session, wanted, key=Retailer.id, page=query, sorts=sorts, sort=query.sort)
    return RetailerPage(items=[retailer_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/retailers")
@endpoint(
    tag="retailers",
    roles=ADMIN,
    answer=RetailerView,
    status=HTTPStatus.CREATED,
    body=RetailerGiven,
    is_keyed=True,
)
def create_retailer(call: Call, body: RetailerGiven) -> RetailerView:
    """Create a shop. It waits for approval, like one that applied by chat."""
    facts = RetailerFacts(
        shop_name=body.shop_name,
        owner_name=body.owner_name,
        pan=body.pan,
        language=body.language,
        terms_days=body.terms_days,
        address=body.address.address(),
    )
    retailer = service.create_retailer(call.session, facts, actor=call.actor, now=call.now)
    call.headers["Location"] = f"/api/v1/retailers/{retailer.id}"
    return retailer_view(retailer)


@blueprint.get("/retailers/<id:retailer_id>")
@endpoint(tag="retailers", roles=ADMIN_OR_RETAILER, answer=RetailerView, has_etag=True)
def get_retailer(call: Call, retailer_id: int) -> RetailerView:
    """One shop."""
    call.must_own(retailer_id=retailer_id, kind="retailers", row_id=retailer_id)
    return retailer_view(queries.get_retailer(call.session, RetailerId(retailer_id)))


@blueprint.patch("/retailers/<id:retailer_id>")
@endpoint(
    tag="retailers",
    roles=ADMIN,
    answer=RetailerView,
    body=RetailerChange,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
)
def change_retailer(call: Call, retailer_id: int, body: RetailerChange) -> RetailerView:
    """Change a shop's details or terms."""
    retailer = lock(call.session, Retailer, retailer_id, LockRank.RETAILER)
    call.must_match(retailer_view(retailer))
    present: dict[str, Any] = {
        "shop_name": retailer.shop_name,
        "owner_name": retailer.owner_name,
        "pan": retailer.pan,
        "language": retailer.language,
        "terms_days": retailer.terms_days,
    }
    changed = body.model_dump(exclude_unset=True, exclude={"address"})
    required = ("shop_name", "language", "terms_days")
    kept = {name: value for name, value in changed.items() if value is not None or name not in required}
    address = body.address.address() if body.address else address_of(retailer)
    facts = RetailerFacts(**(present | kept), address=address)
    return retailer_view(
        service.update_retailer(call.session, RetailerId(retailer_id), facts, actor=call.actor, now=call.now)
    )


@blueprint.post("/retailers/<id:retailer_id>/approve")
@endpoint(tag="retailers", roles=ADMIN, answer=RetailerView, body=ApprovalGiven, is_keyed=True)
def approve_retailer(call: Call, retailer_id: int, body: ApprovalGiven) -> RetailerView:
    """Approve a shop: on credit if you give a limit, otherwise for cash only."""
    retailer = service.approve_retailer(call.session, RetailerId(retailer_id), actor=call.actor, now=call.now)
    if body.credit_limit:
        credit.change_limit(
            call.session,
            retailer_id,
            limit=body.credit_limit.money,
            reason=body.reason or "approved",
            actor=call.actor,
            now=call.now,
        )
    return retailer_view(retailer)


@blueprint.post("/retailers/<id:retailer_id>/refuse")
@endpoint(
    tag="retailers", roles=ADMIN, answer=RetailerView, body=ReasonGiven, is_keyed=True, refusals=_CONFLICT
)
def refuse_retailer(call: Call, retailer_id: int, body: ReasonGiven) -> RetailerView:
    """Refuse an application. The shop is told."""
    refused = service.refuse_retailer(
        call.session, RetailerId(retailer_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return retailer_view(refused)


@blueprint.post("/retailers/<id:retailer_id>/block")
@endpoint(tag="retailers", roles=ADMIN, answer=RetailerView, body=ReasonGiven, is_keyed=True)
def block_retailer(call: Call, retailer_id: int, body: ReasonGiven) -> RetailerView:
    """Block orders on credit. Payments and small cash orders go on."""
    blocked = service.block_retailer(
        call.session, RetailerId(retailer_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return retailer_view(blocked)


@blueprint.post("/retailers/<id:retailer_id>/unblock")
@endpoint(tag="retailers", roles=ADMIN, answer=RetailerView, body=ReasonGiven, is_keyed=True)
def unblock_retailer(call: Call, retailer_id: int, body: ReasonGiven) -> RetailerView:
    """Lift a block."""
    free = service.unblock_retailer(
        call.session, RetailerId(retailer_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return retailer_view(free)


@blueprint.post("/retailers/<id:retailer_id>/deactivate")
@endpoint(tag="retailers", roles=ADMIN, answer=RetailerView, body=ReasonGiven, is_keyed=True)
def deactivate_retailer(call: Call, retailer_id: int, body: ReasonGiven) -> RetailerView:
    """Deactivate the shop: nobody can act for it, in the chat or here. It still owes what it owes."""
    idle = service.deactivate_retailer(
        call.session, RetailerId(retailer_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return retailer_view(idle)


@blueprint.post("/retailers/<id:retailer_id>/activate")
@endpoint(tag="retailers", roles=ADMIN, answer=RetailerView, body=ReasonGiven, is_keyed=True)
def activate_retailer(call: Call, retailer_id: int, body: ReasonGiven) -> RetailerView:
    """Let the shop's people act for it again."""
    active = service.activate_retailer(
        call.session, RetailerId(retailer_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return retailer_view(active)


@blueprint.put("/retailers/<id:retailer_id>/limit")
@endpoint(tag="retailers", roles=ADMIN, body=LimitGiven, is_keyed=True, refusals=_REFUSED)
def set_retailer_limit(call: Call, retailer_id: int, body: LimitGiven) -> None:
    """Set the credit limit. A limit below the exposure only stops new orders."""
    queries.get_retailer(call.session, RetailerId(retailer_id))
    credit.change_limit(
        call.session,
        retailer_id,
        limit=body.limit.money,
        reason=body.reason,
        actor=call.actor,
        now=call.now,
    )


@blueprint.put("/retailers/<id:retailer_id>/vendors/<id:vendor_id>/limit")
@endpoint(
    tag="retailers",
    roles=ADMIN,
    answer=CreditAccountView,
    body=LimitGiven,
    is_keyed=True,
    refusals=_REFUSED,
)
def set_limit_with_vendor(
    call: Call, retailer_id: int, vendor_id: int, body: LimitGiven
) -> CreditAccountView:
    """Limit what the shop may owe for one vendor's goods, within its credit limit. Binds what the vendor accepts from now on."""
    queries.get_retailer(call.session, RetailerId(retailer_id))
    queries.get_vendor(call.session, VendorId(vendor_id))
    account = credit.limit_with_vendor(
        call.session,
        retailer_id,
        vendor_id,
        limit=body.limit.money,
        reason=body.reason,
        actor=call.actor,
        now=call.now,
    )
    return account_view(account)
