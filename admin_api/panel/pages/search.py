"""One field that finds orders, shops, wholesalers, people and products: one statement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from sqlalchemy import String, func, literal, or_, select, union_all

from admin_api.endpoints import Call
from admin_api.panel.doors import Shown, page
from admin_api.panel.routes import show
from core.catalog.models import Product
from core.messaging.models import Conversation
from core.orders.models import Order
from core.parties.models import Contact, Retailer, Vendor

_EACH = 6
_SHORTEST = 2
_LARGEST_CODE = 2**62
_LATIN = str.maketrans("०१२३४५६७८९", "0123456789")


def add(panel: Blueprint) -> None:
    show(panel, "/search", search)


@page
def search(call: Call) -> Shown:
    words = request.args.get("q", "").strip()[:100]
    found = list(call.session.execute(_looked_for(words))) if len(words) >= _SHORTEST else []
    is_part = "HX-Request" in request.headers
    return Shown(
        template="search_part.html" if is_part else "search.html", facts={"words": words, "found": found}
    )


def _looked_for(words: str) -> Any:
    none = literal("")

    def part(room: str, row_id: Any, title: Any, detail: Any) -> Any:
        return select(
            literal(room).label("room"),
            row_id.label("id"),
            title.label("title"),
            func.coalesce(detail, none).label("detail"),
        ).limit(_EACH)

    digits = words.translate(_LATIN).upper().removeprefix("KH-").removeprefix("#").lstrip("0")
    parts = [
        part("retailers", Retailer.id, Retailer.shop_name, Retailer.code).where(
            or_(
                Retailer.shop_name.icontains(words, autoescape=True),
                Retailer.owner_name.icontains(words, autoescape=True),
                Retailer.code == words.upper(),
            )
        ),
        part("vendors", Vendor.id, Vendor.business_name, Vendor.code).where(
            or_(Vendor.business_name.icontains(words, autoescape=True), Vendor.code == words.upper())
        ),
        part("prices", Product.id, Product.name, Product.sku).where(
            or_(
                Product.name.icontains(words, autoescape=True),
                Product.name_ne.icontains(words, autoescape=True),
                Product.sku == words.upper(),
            )
        ),
        part("conversations", Conversation.id, func.coalesce(Contact.name, Contact.phone, ""), Contact.phone)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            or_(
                Contact.name.icontains(words, autoescape=True),
                Contact.phone.icontains(words.translate(_LATIN), autoescape=True),
            )
        ),
    ]
    if digits.isascii() and digits.isdigit() and int(digits) < _LARGEST_CODE:
        order = (
            part("orders", Order.id, Order.short_code.cast(String), Retailer.shop_name)
            .join(Retailer, Retailer.id == Order.retailer_id)
            .where(Order.short_code == int(digits))
        )
        parts.insert(0, order)
    return union_all(*parts)
