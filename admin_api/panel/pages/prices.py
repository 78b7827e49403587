"""Prices: the goods with their market, and one product's history, volatility and who sells it."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, request
from sqlalchemy import or_, select

from admin_api.endpoints import Call
from admin_api.panel.doors import Shown, page
from admin_api.panel.lists import listed
from admin_api.panel.routes import show
from core.alerts.kinds import AlertState
from core.alerts.models import Alert
from core.catalog import queries as catalog
from core.catalog.models import Product
from core.clock import business_date
from core.parties.models import Vendor
from core.pricing import market
from core.pricing.models import PriceChange
from core.refs import ProductId

_CHART_DAYS = dt.timedelta(days=90)
_MOST = 25


def add(panel: Blueprint) -> None:
    show(panel, "/prices", prices)
    show(panel, "/prices/<id:product_id>", price)


@page
def prices(call: Call) -> Shown:
    wanted, words = select(Product), request.args.get("q", "").strip()[:100]
    if words:
        wanted = wanted.where(
            or_(
                Product.name.icontains(words, autoescape=True),
                Product.name_ne.icontains(words, autoescape=True),
                Product.sku == words.upper(),
            )
        )
    found = listed(call.session, wanted, key=Product.id, sort="id")
    return Shown(
        template="prices.html",
        facts={
            "found": found,
            "markets": market.markets(call.session, [row.id for row in found.items]),
            "words": words,
        },
    )


@page
def price(call: Call, product_id: int) -> Shown:
    session, today = call.session, business_date(call.now)
    product = catalog.get_product(session, ProductId(product_id))
    changes = session.execute(
        select(PriceChange, Vendor)
        .join(Vendor, Vendor.id == PriceChange.vendor_id)
        .where(PriceChange.product_id == product_id)
        .order_by(PriceChange.id.desc())
        .limit(_MOST)
    ).all()
    alerts = session.scalars(
        select(Alert)
        .where(
            Alert.subject_kind == "product",
            Alert.subject_id == product_id,
            Alert.state == AlertState.OPEN,
        )
        .order_by(Alert.id)
    ).all()
    return Shown(
        template="price.html",
        facts={
            "product": product,
            "asked": market.markets(session, [product_id]).get(product_id),
            "days": market.market_days(session, product_id, start=today - _CHART_DAYS, end=today),
            "sellers": market.cheapest(session, product_id, limit=_MOST),
            "changes": changes,
            "alerts": alerts,
        },
    )
