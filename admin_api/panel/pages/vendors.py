"""Wholesalers: who waits for approval, how one performs over time, its offers, prices against the market, and settlement."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, request
from sqlalchemy import or_, select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, page
from admin_api.panel.forms import required
from admin_api.panel.lists import listed
from admin_api.panel.routes import act, show
from core.catalog.models import Listing, Product, Stock
from core.clock import business_date
from core.credit import queries as credit
from core.orders.models import Order
from core.parties import queries, service
from core.parties.models import Approval, Vendor
from core.pricing import market
from core.refs import VendorId
from core.routing.models import Offer
from core.settings.service import current
from core.vendors import standings
from core.vendors.periods import Period, slice_of
from core.vendors.policy import VendorSettings

_WEEKS = dt.timedelta(weeks=12)
_SETTLED_DAYS = dt.timedelta(days=30)
_MOST = 20


def add(panel: Blueprint) -> None:
    show(panel, "/vendors", vendors)
    show(panel, "/vendors/<id:vendor_id>", vendor)
    show(panel, "/vendors/<id:vendor_id>/prices", prices)
    act(panel, "/vendors/<id:vendor_id>/approve", approve)
    act(panel, "/vendors/<id:vendor_id>/refuse", refuse)
    act(panel, "/vendors/<id:vendor_id>/activate", activate)
    act(panel, "/vendors/<id:vendor_id>/deactivate", deactivate)


@page
def vendors(call: Call) -> Shown:
    wanted = select(Vendor)
    kind, words = request.args.get("show", ""), request.args.get("q", "").strip()[:100]
    if kind in set(Approval):
        wanted = wanted.where(Vendor.approval == Approval(kind))
    if words:
        wanted = wanted.where(
            or_(Vendor.business_name.icontains(words, autoescape=True), Vendor.code == words.upper())
        )
    found = listed(call.session, wanted, key=Vendor.id)
    known = standings.standings(call.session, [row.id for row in found.items], now=call.now)
    return Shown(
        template="vendors.html", facts={"found": found, "known": known, "show": kind, "words": words}
    )


@page
def vendor(call: Call, vendor_id: int) -> Shown:
    session, today = call.session, business_date(call.now)
    row = queries.get_vendor(session, VendorId(vendor_id))
    settings = current(session, VendorSettings).values
    weeks = standings.last_snapshots(
        session, vendor_id, Period.WEEK, since=slice_of(Period.WEEK, today - _WEEKS).first_day
    )
    offers = session.execute(
        select(Offer, Order.short_code)
        .join(Order, Order.id == Offer.order_id)
        .where(Offer.vendor_id == vendor_id)
        .order_by(Offer.id.desc())
        .limit(_MOST)
    ).all()
    return Shown(
        template="vendor.html",
        facts={
            "vendor": row,
            "standing": standings.standings(session, [vendor_id], now=call.now).get(vendor_id),
            "weeks": [(one.first_day, standings.measure_snapshot(one, settings)) for one in weeks],
            "offers": offers,
            "settlement": credit.settlement(session, vendor_id, start=today - _SETTLED_DAYS, end=today),
        },
    )


@page
def prices(call: Call, vendor_id: int) -> Shown:
    session = call.session
    row = queries.get_vendor(session, VendorId(vendor_id))
    found = listed(session, select(Listing).where(Listing.vendor_id == vendor_id), key=Listing.id, sort="id")
    products = {listing.product_id for listing in found.items}
    named = {one.id: one for one in session.scalars(select(Product).where(Product.id.in_(products)))}
    ids = [listing.id for listing in found.items]
    stock = {one.listing_id: one for one in session.scalars(select(Stock).where(Stock.listing_id.in_(ids)))}
    return Shown(
        template="vendor_prices.html",
        facts={
            "vendor": row,
            "found": found,
            "products": named,
            "stock": stock,
            "markets": market.markets(session, products),
            "people": queries.people_of_vendor(session, VendorId(vendor_id)),
        },
    )


@action
def approve(call: Call, vendor_id: int) -> Done:
    row = service.approve_vendor(call.session, VendorId(vendor_id), actor=call.actor, now=call.now)
    return Done(say="vendor_approved", facts={"vendor": row.business_name})


@action
def refuse(call: Call, vendor_id: int) -> Done:
    row = service.refuse_vendor(
        call.session, VendorId(vendor_id), reason=required("reason"), actor=call.actor, now=call.now
    )
    return Done(say="vendor_refused", facts={"vendor": row.business_name})


@action
def activate(call: Call, vendor_id: int) -> Done:
    row = service.activate_vendor(
        call.session, VendorId(vendor_id), reason=required("reason"), actor=call.actor, now=call.now
    )
    return Done(say="vendor_activated", facts={"vendor": row.business_name})


@action
def deactivate(call: Call, vendor_id: int) -> Done:
    row = service.deactivate_vendor(
        call.session, VendorId(vendor_id), reason=required("reason"), actor=call.actor, now=call.now
    )
    undo_path = f"/admin/vendors/{vendor_id}/activate"
    return Done(
        say="vendor_deactivated",
        facts={"vendor": row.business_name},
        undo=(undo_path, {"reason": "undone"}),
    )
