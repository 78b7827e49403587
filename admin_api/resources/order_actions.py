"""Orders through the API: placing one for a shop, canceling, answering, confirming receipt."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus

from flask import Blueprint
from pydantic import Field

from admin_api.endpoints import ADMIN_OR_RETAILER, Call, endpoint
from admin_api.fields import Given, LongText, Reason, RowId, Rupees, SomeQuantity
from admin_api.problems import Problem
from admin_api.resources.baskets import BasketOut, basket_out
from admin_api.resources.orders import OrderDetails, order_details
from core.catalog import queries as catalog
from core.errors import NotAllowed, NotFound
from core.orders import basket, delivery, ending, offers, placing
from core.orders.kinds import Terms
from core.orders.views import NewLine, Placed, Refused
from core.parties import queries as parties
from core.refs import ProductId, RetailerId

blueprint = Blueprint("api_order_actions", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]
# Codes that mean the basket or the order has changed (409); the others mean it can't be placed like that (422).
_CHANGED = frozenset(
    {"already_placed", "basket_changed", "basket_empty", "lines_missing", "owner_must_approve", "total_rose"}
)


class OrderLineGiven(Given):
    product_id: RowId
    quantity: SomeQuantity = Field(description="In base pieces.")
    said: LongText | None = Field(default=None, description="The words that the line was read from.")


class OrderGiven(Given):
    """An order for a shop whose basket is empty. It is refused if it costs more than `expected_total`."""

    retailer_id: RowId
    lines: list[OrderLineGiven] = Field(min_length=1, max_length=200)
    terms: Terms = Terms.CREDIT
    expected_total: Rupees | None = None


class PlaceGiven(Given):
    """Orders the basket in the version that you saw."""

    version: int = Field(ge=1, le=2**31)
    terms: Terms = Terms.CREDIT


class CancelGiven(Given):
    reason: Reason


class AnswerGiven(Given):
    """`yes` accepts dearer vendors, or the part that is promised.

    `asked_at` is the order's, as it was shown: a yes to one price is none to another that is asked by now.
    """

    yes: bool
    asked_at: dt.datetime


def refused_problem(refused: Refused) -> Problem:
    """The problem for an order that wasn't placed. Return it, don't raise it: the refusal must be kept."""
    status = HTTPStatus.CONFLICT if refused.code in _CHANGED else HTTPStatus.UNPROCESSABLE_ENTITY
    return Problem(status, refused.code, title="The order wasn't placed.", facts=refused.facts)


@blueprint.post("/orders")
@endpoint(
    tag="orders",
    roles=ADMIN_OR_RETAILER,
    answer=OrderDetails,
    status=HTTPStatus.CREATED,
    body=OrderGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT],
)
def place_order(call: Call, body: OrderGiven) -> OrderDetails | Problem:
    """Place an order, also on behalf of a shop. If it is refused, its lines stay in the shop's basket."""
    call.must_own(retailer_id=body.retailer_id, kind="retailers", row_id=body.retailer_id)
    parties.get_retailer(call.session, RetailerId(body.retailer_id))
    order = basket.open_basket(call.session, retailer_id=body.retailer_id, actor=call.actor, now=call.now)
    if basket.lines_of(call.session, order.id):
        raise Problem(
            HTTPStatus.CONFLICT,
            "basket_not_empty",
            title="The shop already has a basket. Place it or clear it first.",
            facts={"basket_id": order.id, "version": order.version},
        )
    add_lines(call, body.retailer_id, body.lines)
    view = basket.show(call.session, order.id, now=call.now)
    if body.expected_total and view.total > body.expected_total.money:
        raise Problem(
            HTTPStatus.CONFLICT,
            "total_rose",
            title="The order would cost more than `expected_total`.",
            facts={"expected": body.expected_total.money, "total": view.total},
        )
    return _place(call, order.id, version=view.version, terms=body.terms)


@blueprint.post("/baskets/<id:basket_id>/place")
@endpoint(
    tag="baskets",
    roles=ADMIN_OR_RETAILER,
    answer=OrderDetails,
    status=HTTPStatus.CREATED,
    body=PlaceGiven,
    is_keyed=True,
)
def place_basket(call: Call, basket_id: int, body: PlaceGiven) -> OrderDetails | Problem:
    """Order a basket as it was shown. If it has become dearer, it is shown again and the order is refused."""
    return _place(call, basket_id, version=body.version, terms=body.terms)


@blueprint.post("/orders/<id:order_id>/cancel")
@endpoint(
    tag="orders",
    roles=ADMIN_OR_RETAILER,
    answer=OrderDetails,
    body=CancelGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def cancel_order(call: Call, order_id: int, body: CancelGiven) -> OrderDetails:
    """Cancel what hasn't left yet. A part that is on its way goes on, and the order with it."""
    ending.cancel(call.session, order_id, reason=body.reason, actor=call.actor, now=call.now)
    return order_details(call, order_id)


@blueprint.post("/orders/<id:order_id>/reopen")
@endpoint(tag="orders", roles=ADMIN_OR_RETAILER, answer=BasketOut, is_keyed=True, refusals=_CONFLICT)
def reopen_order(call: Call, order_id: int) -> BasketOut:
    """Reopen a placed order that no vendor has accepted: cancel it and put its lines back into the basket."""
    reopened = ending.reopen_as_basket(call.session, order_id, actor=call.actor, now=call.now)
    return basket_out(basket.show(call.session, reopened.id, now=call.now))


@blueprint.post("/orders/<id:order_id>/answer")
@endpoint(
    tag="orders",
    roles=ADMIN_OR_RETAILER,
    answer=OrderDetails,
    body=AnswerGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def answer_order(call: Call, order_id: int, body: AnswerGiven) -> OrderDetails | Problem:
    """Answer what only the retailer can decide: whether dearer vendors, or just a part, will do.

    `question_changed` means that it was asked anew since, and `too_late` that silence decides.
    """
    answered = offers.answer_asked(
        call.session, order_id, yes=body.yes, asked_at=body.asked_at, actor=call.actor, now=call.now
    )
    return refused_problem(answered) if isinstance(answered, Refused) else order_details(call, order_id)


@blueprint.post("/orders/<id:order_id>/receipt")
@endpoint(tag="orders", roles=ADMIN_OR_RETAILER, answer=OrderDetails, is_keyed=True, refusals=_CONFLICT)
def confirm_receipt(call: Call, order_id: int) -> OrderDetails:
    """Confirm that everything arrived. The order is complete."""
    delivery.confirm_receipt(call.session, order_id, actor=call.actor, now=call.now)
    return order_details(call, order_id)


def add_lines(call: Call, retailer_id: int, lines: list[OrderLineGiven]) -> None:
    """Add the lines to the basket. Raises NotFound for an inactive product."""
    known = catalog.products_by_ids(call.session, [ProductId(line.product_id) for line in lines])
    for line in lines:
        product = known.get(ProductId(line.product_id))
        if product is None or not product.is_active:
            raise NotFound(kind="products", id=line.product_id)
    if len(known) < len(lines):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "product_named_twice",
            title="Each product may be in one line only.",
        )
    basket.add_lines(
        call.session,
        retailer_id=retailer_id,
        lines=[
            NewLine(product_id=line.product_id, quantity=line.quantity, source_text=line.said)
            for line in lines
        ],
        actor=call.actor,
        now=call.now,
    )


def own_retailer(call: Call, asked: int | None) -> int:
    """The caller's own shop, or the one that an admin names. Raises NotAllowed."""
    retailer_id = call.retailer_id if call.retailer_id is not None else asked
    if retailer_id is None or asked not in {None, retailer_id}:
        raise NotAllowed(field="retailer_id")
    return retailer_id


def _place(call: Call, order_id: int, *, version: int, terms: Terms) -> OrderDetails | Problem:
    placed = placing.place(
        call.session, order_id, version=version, terms=terms, actor=call.actor, now=call.now
    )
    return placed_details(call, placed)


def placed_details(call: Call, placed: Placed | Refused) -> OrderDetails | Problem:
    if isinstance(placed, Refused):
        return refused_problem(placed)
    call.headers["Location"] = f"/api/v1/orders/{placed.order_id}"
    return order_details(call, placed.order_id)
