"""Orders: the list, and the whole story of one: how it was said, who was asked and why, what was delivered and posted."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, request
from sqlalchemy import select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, page
from admin_api.panel.forms import required, whole
from admin_api.panel.lists import listed
from admin_api.panel.pages.media import media_of
from admin_api.panel.routes import act, show
from admin_api.panel.stories import books_of, order_with_shop, story_of
from core.clock import business_date
from core.credit import queries as credit
from core.errors import DomainError
from core.orders import delivery, ending, offers, retrying
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.orders.models import Order
from core.orders.summaries import summaries
from core.orders.transitions import ENDED, OPEN, SOUGHT
from core.parties import queries as parties
from core.parties.models import Vendor
from core.refs import VendorId, order_number
from core.routing import queries as routing
from core.routing import service as routing_service
from core.routing.policy.scores import SCORE_PARTS
from core.routing.service.replaying import DAYS_REPLAYED, share_of

_FILTERS = {
    "open": OPEN,
    "sought": SOUGHT,
    "on_the_way": {OrderStatus.DISPATCHED},
    "delivered": {OrderStatus.DELIVERED, OrderStatus.COMPLETED},
    "lost": {OrderStatus.UNFULFILLED, OrderStatus.CANCELED},
}


def add(panel: Blueprint) -> None:
    show(panel, "/orders", orders)
    show(panel, "/orders/<id:order_id>", order)
    show(panel, "/orders/<id:order_id>/routing", order_routing)
    show(panel, "/orders/<id:order_id>/books", order_books)
    show(panel, "/routing/<id:round_id>/what-if", what_if)
    show(panel, "/routing/what-if", what_if_over)
    act(panel, "/orders/<id:order_id>/cancel", cancel)
    act(panel, "/orders/<id:order_id>/seek", seek)
    act(panel, "/orders/<id:order_id>/override", override)
    act(panel, "/orders/<id:order_id>/receive", receive)
    act(panel, "/offers/<id:offer_id>/accept", accept)
    act(panel, "/offers/<id:offer_id>/decline", decline)
    act(panel, "/parcels/<id:fulfillment_id>/dispatch", dispatch)
    act(panel, "/parcels/<id:fulfillment_id>/deliver", deliver)


@page
def orders(call: Call) -> Shown:
    wanted = select(Order).where(Order.placed_at.is_not(None))
    kind = request.args.get("show", "")
    if kind in _FILTERS:
        wanted = wanted.where(Order.status.in_(_FILTERS[kind]))
    found = listed(call.session, wanted, key=Order.id)
    return Shown(
        template="orders.html",
        facts={
            "found": found,
            "rows": summaries(call.session, found.items),
            "filters": list(_FILTERS),
            "show": kind,
        },
    )


@page
def order(call: Call, order_id: int) -> Shown:
    story = story_of(call.session, order_id)
    now = story.order
    return Shown(
        template="order.html",
        facts={
            "story": story,
            "media_of": media_of,
            "may_seek": now.status in SOUGHT and now.asked is None,
            "may_override": now.status in SOUGHT,
            "may_cancel": now.status in OPEN,
            "may_receive": now.status is OrderStatus.DELIVERED,
            "is_ended": now.status in ENDED,
            "on_the_way": FulfillmentStatus.DISPATCHED,
        },
    )


@page
def order_routing(call: Call, order_id: int) -> Shown:
    found, shop = order_with_shop(call.session, order_id)
    decisions = routing.decisions(call.session, order_id)
    ids = {one.vendor_id for decision in decisions for one in decision.candidates}
    return Shown(
        template=_part("order_routing"),
        facts={
            "order": found,
            "shop": shop,
            "decisions": decisions,
            "vendors": parties.vendors_by_ids(call.session, {VendorId(one) for one in ids}),
            "parts": SCORE_PARTS,
        },
    )


@page
def order_books(call: Call, order_id: int) -> Shown:
    found, shop = order_with_shop(call.session, order_id)
    books = books_of(call.session, order_id)
    owed = credit.outstanding(call.session, [invoice.id for invoice, _ in books.invoices])
    return Shown(
        template=_part("order_books"), facts={"order": found, "shop": shop, "books": books, "owed": owed}
    )


@page
def what_if_over(call: Call) -> Shown:
    """How the last 30 days' orders would have gone with the weights of the rule's form; nothing is changed."""
    given = {name: request.args.get(f"{name}_weight", "") for name in SCORE_PARTS}
    weights = {name: int(value) for name, value in given.items() if value.isascii() and value.isdigit()}
    today = business_date(call.now)
    replays = routing_service.what_if_over(
        call.session,
        {name: min(weight, 1000) for name, weight in weights.items()},
        starts_on=today - dt.timedelta(days=DAYS_REPLAYED - 1),
        ends_on=today,
    )
    ids = {VendorId(share.vendor_id) for share in replays.vendors}
    return Shown(
        template="what_if_over.html",
        facts={
            "replays": replays,
            "vendors": parties.vendors_by_ids(call.session, ids),
            "share_of": share_of,
            "days": DAYS_REPLAYED,
        },
    )


@page
def what_if(call: Call, round_id: int) -> Shown:
    """What other weights would have chosen; nothing is changed."""
    given = {name: request.args.get(name, "") for name in SCORE_PARTS}
    weights = {name: int(value) for name, value in given.items() if value.isascii() and value.isdigit()}
    replay = routing_service.what_if(call.session, round_id, {n: min(w, 1000) for n, w in weights.items()})
    ids = {VendorId(one.vendor.vendor_id) for one in replay.ranking} | {
        VendorId(v) for v in replay.chosen_then
    }
    return Shown(
        template="what_if.html",
        facts={"replay": replay, "vendors": parties.vendors_by_ids(call.session, ids), "parts": SCORE_PARTS},
    )


@action
def cancel(call: Call, order_id: int) -> Done:
    reason = required("reason")
    found = ending.cancel(call.session, order_id, reason=reason, actor=call.actor, now=call.now)
    return Done(say="order_canceled", facts={"number": _number(found)})


@action
def seek(call: Call, order_id: int) -> Done:
    found = retrying.seek_again(call.session, order_id, actor=call.actor, now=call.now)
    return Done(say="sought_again", facts={"number": _number(found)})


@action
def override(call: Call, order_id: int) -> Done:
    """The vendor by its code, as people know it."""
    vendor = call.session.scalar(select(Vendor).where(Vendor.code == required("vendor").upper()))
    vendor_id = vendor.id if vendor else whole("vendor")
    vendor = parties.get_vendor(call.session, VendorId(vendor_id))
    found = offers.override(
        call.session,
        order_id,
        vendor_id=vendor_id,
        reason=required("reason"),
        actor=call.actor,
        now=call.now,
    )
    say = "overridden" if found.asked is None else "overridden_dearer"
    return Done(say=say, facts={"number": _number(found), "vendor": vendor.business_name})


@action
def receive(call: Call, order_id: int) -> Done:
    found = delivery.confirm_receipt(call.session, order_id, actor=call.actor, now=call.now)
    return Done(say="received", facts={"number": _number(found)})


@action
def accept(call: Call, offer_id: int) -> Done | DomainError:
    taken = offers.accept(call.session, offer_id, actor=call.actor, now=call.now)
    return taken if isinstance(taken, DomainError) else Done(say="offer_accepted")


@action
def decline(call: Call, offer_id: int) -> Done:
    offers.decline(call.session, offer_id, reason=required("reason"), actor=call.actor, now=call.now)
    return Done(say="offer_declined")


@action
def dispatch(call: Call, fulfillment_id: int) -> Done:
    delivery.dispatch(call.session, fulfillment_id, actor=call.actor, now=call.now)
    return Done(say="dispatched")


@action
def deliver(call: Call, fulfillment_id: int) -> Done:
    done = delivery.deliver_without_code(
        call.session, fulfillment_id, reason=required("reason"), actor=call.actor, now=call.now
    )
    return Done(say="delivered", facts={"invoice": done.invoice_number})


def _number(found: Order) -> str:
    return order_number(found.short_code) if found.short_code else str(found.id)


def _part(name: str) -> str:
    """The fragment for htmx, the whole page for everybody else."""
    return f"{name}_part.html" if "HX-Request" in request.headers else f"{name}.html"
