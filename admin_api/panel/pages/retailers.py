"""Shops: who waits for approval, what one owes and may owe, how it is judged and why, who its people are."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, request
from sqlalchemy import func, or_, select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, given, page, worded
from admin_api.panel.forms import amount, required
from admin_api.panel.lists import listed
from admin_api.panel.routes import act, show
from core.catalog.models import Product, ProductAlias
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service as credit_service
from core.credit.correction_models import CorrectionRequest
from core.credit.kinds import CorrectionStatus
from core.money import Money
from core.orders.models import Order
from core.parties import queries, service
from core.parties.models import Approval, Retailer
from core.refs import RetailerId
from core.risk.models import RiskAction
from core.risk.queries.kept import newest_credit_scores, newest_risk_scores
from core.risk.service import checking
from core.risk.service.actions import undo_cut

_LEDGER_DAYS = dt.timedelta(days=90)
_MOST = 20


def add(panel: Blueprint) -> None:
    show(panel, "/retailers", retailers)
    show(panel, "/retailers/<id:retailer_id>", retailer)
    show(panel, "/retailers/<id:retailer_id>/ledger", ledger)
    act(panel, "/retailers/<id:retailer_id>/approve", approve)
    act(panel, "/retailers/<id:retailer_id>/refuse", refuse)
    act(panel, "/retailers/<id:retailer_id>/limit", limit)
    act(panel, "/retailers/<id:retailer_id>/block", block)
    act(panel, "/retailers/<id:retailer_id>/unblock", unblock)
    act(panel, "/retailers/<id:retailer_id>/check", check)
    act(panel, "/risk-actions/<id:action_id>/undo", undo)
    act(panel, "/corrections/<id:request_id>/approve", approve_correction)
    act(panel, "/corrections/<id:request_id>/refuse", refuse_correction)


@page
def retailers(call: Call) -> Shown:
    wanted = select(Retailer)
    kind, words = request.args.get("show", ""), request.args.get("q", "").strip()[:100]
    if kind in set(Approval):
        wanted = wanted.where(Retailer.approval == Approval(kind))
    elif kind == "blocked":
        wanted = wanted.where(Retailer.blocked_at.is_not(None))
    if words:
        wanted = wanted.where(
            or_(
                Retailer.shop_name.icontains(words, autoescape=True),
                Retailer.owner_name.icontains(words, autoescape=True),
                Retailer.code == words.upper(),
            )
        )
    found = listed(call.session, wanted, key=Retailer.id)
    ids = [row.id for row in found.items]
    return Shown(
        template="retailers.html",
        facts={
            "found": found,
            "scores": newest_credit_scores(call.session, ids),
            "risks": newest_risk_scores(call.session, ids),
            "show": kind,
            "words": words,
        },
    )


@page
def retailer(call: Call, retailer_id: int) -> Shown:
    session = call.session
    shop = queries.get_retailer(session, RetailerId(retailer_id))
    actions = session.scalars(
        select(RiskAction)
        .where(RiskAction.retailer_id == retailer_id)
        .order_by(RiskAction.id.desc())
        .limit(_MOST)
    ).all()
    return Shown(
        template="retailer.html",
        facts={
            "shop": shop,
            "standing": credit.standing(session, retailer_id, now=call.now),
            "ageing": next(iter(credit.ageing(session, retailer_id, on=business_date(call.now))), None),
            "credit": newest_credit_scores(session, [retailer_id]).get(retailer_id),
            "risk": newest_risk_scores(session, [retailer_id]).get(retailer_id),
            "actions": actions,
            "people": queries.people_of_retailer(session, RetailerId(retailer_id)),
        },
    )


@page
def ledger(call: Call, retailer_id: int) -> Shown:
    """The last 90 days of the books, the last orders, the words that it taught us, and what waits for a second admin."""
    session, today = call.session, business_date(call.now)
    shop = queries.get_retailer(session, RetailerId(retailer_id))
    orders = session.scalars(
        select(Order)
        .where(Order.retailer_id == retailer_id, Order.placed_at.is_not(None))
        .order_by(Order.id.desc())
        .limit(_MOST)
    ).all()
    aliases = session.execute(
        select(ProductAlias.words, Product)
        .join(Product, Product.id == ProductAlias.product_id)
        .where(ProductAlias.retailer_id == retailer_id)
        .order_by(func.lower(ProductAlias.words))
        .limit(100)
    ).all()
    corrections = session.scalars(
        select(CorrectionRequest)
        .where(
            CorrectionRequest.retailer_id == retailer_id, CorrectionRequest.status == CorrectionStatus.OPEN
        )
        .order_by(CorrectionRequest.id)
    ).all()
    return Shown(
        template="retailer_ledger_part.html" if "HX-Request" in request.headers else "retailer_ledger.html",
        facts={
            "shop": shop,
            "statement": credit.statement(session, retailer_id, start=today - _LEDGER_DAYS, end=today),
            "orders": orders,
            "aliases": aliases,
            "corrections": corrections,
        },
    )


@action
def approve(call: Call, retailer_id: int) -> Done:
    """On credit if a limit is given, otherwise for cash only."""
    seen = Approval(given("seen")) if given("seen") in set(Approval) else None
    shop = service.approve_retailer(
        call.session, RetailerId(retailer_id), seen=seen, actor=call.actor, now=call.now
    )
    if not given("limit"):
        return Done(say="shop_approved_cash", facts={"shop": shop.shop_name})
    allowed = amount("limit")
    _set_limit(call, retailer_id, allowed, "approved")
    return Done(say="shop_approved", facts={"shop": shop.shop_name, "limit": worded(allowed)})


@action
def refuse(call: Call, retailer_id: int) -> Done:
    shop = service.refuse_retailer(
        call.session, RetailerId(retailer_id), reason=required("reason"), actor=call.actor, now=call.now
    )
    return Done(say="shop_refused", facts={"shop": shop.shop_name})


@action
def limit(call: Call, retailer_id: int) -> Done:
    """The limit before is offered as the undo: it is the same use case with the old number."""
    before = credit.standing(call.session, retailer_id, now=call.now).limit
    after = amount("limit")
    seen = amount("seen") if given("seen") else None
    _set_limit(call, retailer_id, after, required("reason"), seen=seen)
    undo_path = f"/admin/retailers/{retailer_id}/limit"
    return Done(
        say="limit_changed",
        facts={"before": worded(before), "after": worded(after)},
        undo=(
            undo_path,
            {"limit": str(before.rupees), "seen": str(after.rupees), "reason": "undone"},
        ),
    )


@action
def block(call: Call, retailer_id: int) -> Done:
    shop = service.block_retailer(
        call.session, RetailerId(retailer_id), reason=required("reason"), actor=call.actor, now=call.now
    )
    undo_path = f"/admin/retailers/{retailer_id}/unblock"
    return Done(say="shop_blocked", facts={"shop": shop.shop_name}, undo=(undo_path, {"reason": "undone"}))


@action
def unblock(call: Call, retailer_id: int) -> Done:
    shop = service.unblock_retailer(
        call.session, RetailerId(retailer_id), reason=required("reason"), actor=call.actor, now=call.now
    )
    return Done(say="shop_unblocked", facts={"shop": shop.shop_name})


@action
def check(call: Call, retailer_id: int) -> Done:
    queries.get_retailer(call.session, RetailerId(retailer_id))
    judged = checking.check(call.session, [retailer_id], now=call.now)
    return Done(say="shop_checked" if judged else "shop_not_judged")


@action
def undo(call: Call, action_id: int) -> Done:
    undo_cut(call.session, action_id, reason=required("reason"), actor=call.actor, now=call.now)
    return Done(say="cut_undone")


@action
def approve_correction(call: Call, request_id: int) -> Done:
    credit_service.approve_correction(call.session, request_id, approver=call.actor, now=call.now)
    return Done(say="correction_approved")


@action
def refuse_correction(call: Call, request_id: int) -> Done:
    credit_service.refuse_correction(
        call.session, request_id, reason=required("reason"), actor=call.actor, now=call.now
    )
    return Done(say="correction_refused")


def _set_limit(
    call: Call, retailer_id: int, allowed: Money, reason: str, *, seen: Money | None = None
) -> None:
    credit_service.change_limit(
        call.session, retailer_id, limit=allowed, reason=reason, seen=seen, actor=call.actor, now=call.now
    )
