"""Filling a basket through the API, and the owner's answer to a helper's basket."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint
from pydantic import Field

from admin_api.endpoints import ADMIN_OR_RETAILER, Call, endpoint
from admin_api.fields import Given, Quantity, RowId
from admin_api.problems import Problem
from admin_api.resources.baskets import BasketOut, basket_out, own_basket
from admin_api.resources.order_actions import OrderLineGiven, add_lines, own_retailer, placed_details
from admin_api.resources.orders import OrderDetails
from core.errors import NotFound
from core.orders import basket, placing, queries
from core.parties import queries as parties
from core.refs import RetailerId

blueprint = Blueprint("api_basket_actions", __name__)


class LinesGiven(Given):
    """`retailer_id` is for admins. A product already in the basket grows by the new quantity."""

    retailer_id: RowId | None = None
    lines: list[OrderLineGiven] = Field(min_length=1, max_length=200)


class OwnerGiven(Given):
    """`retailer_id` is for admins."""

    retailer_id: RowId | None = None


class QuantityGiven(Given):
    """Zero removes the line."""

    quantity: Quantity


@blueprint.post("/baskets")
@endpoint(
    tag="baskets",
    roles=ADMIN_OR_RETAILER,
    answer=BasketOut,
    body=LinesGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND],
)
def fill_basket(call: Call, body: LinesGiven) -> BasketOut:
    """Add lines to the shop's basket, the same one that the chat shows."""
    retailer_id = own_retailer(call, body.retailer_id)
    parties.get_retailer(call.session, RetailerId(retailer_id))
    add_lines(call, retailer_id, body.lines)
    return _shown(call, retailer_id)


@blueprint.post("/baskets/same-again")
@endpoint(
    tag="baskets",
    roles=ADMIN_OR_RETAILER,
    answer=BasketOut,
    body=OwnerGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND],
)
def same_again(call: Call, body: OwnerGiven) -> BasketOut:
    """Put the lines of the shop's last order into the basket."""
    retailer_id = own_retailer(call, body.retailer_id)
    parties.get_retailer(call.session, RetailerId(retailer_id))
    again = basket.same_again(call.session, retailer_id=retailer_id, actor=call.actor, now=call.now)
    return basket_out(again.basket)


@blueprint.put("/baskets/<id:basket_id>/lines/<id:product_id>")
@endpoint(tag="baskets", roles=ADMIN_OR_RETAILER, answer=BasketOut, body=QuantityGiven, is_keyed=True)
def set_basket_line(call: Call, basket_id: int, product_id: int, body: QuantityGiven) -> BasketOut:
    """Set one line's quantity; zero removes it."""
    retailer_id = _owner_of_open(call, basket_id)
    basket.set_quantity(
        call.session,
        retailer_id=retailer_id,
        product_id=product_id,
        wanted=body.quantity,
        actor=call.actor,
        now=call.now,
    )
    return _shown(call, retailer_id)


@blueprint.delete("/baskets/<id:basket_id>/lines")
@endpoint(tag="baskets", roles=ADMIN_OR_RETAILER)
def clear_basket(call: Call, basket_id: int) -> None:
    """Empty the basket."""
    retailer_id = _owner_of_open(call, basket_id)
    basket.clear(call.session, retailer_id=retailer_id, actor=call.actor, now=call.now)


@blueprint.post("/baskets/<id:basket_id>/show")
@endpoint(tag="baskets", roles=ADMIN_OR_RETAILER, answer=BasketOut)
def show_basket(call: Call, basket_id: int) -> BasketOut:
    """Price the basket and remember the total as shown; a dearer price at the yes is then refused."""
    return basket_out(basket.show(call.session, own_basket(call, basket_id).id, now=call.now))


@blueprint.post("/baskets/<id:basket_id>/approve")
@endpoint(
    tag="baskets", roles=ADMIN_OR_RETAILER, answer=OrderDetails, is_keyed=True, refusals=[HTTPStatus.CONFLICT]
)
def approve_basket(call: Call, basket_id: int) -> OrderDetails | Problem:
    """Approve a helper's basket that is above the helper's limit, as the owner."""
    placed = placing.approve_waiting(call.session, basket_id, actor=call.actor, now=call.now)
    return placed_details(call, placed)


@blueprint.post("/baskets/<id:basket_id>/refuse")
@endpoint(tag="baskets", roles=ADMIN_OR_RETAILER, is_keyed=True, refusals=[HTTPStatus.CONFLICT])
def refuse_basket(call: Call, basket_id: int) -> None:
    """Refuse a helper's basket, as the owner. The basket ends."""
    placing.refuse_waiting(call.session, basket_id, actor=call.actor, now=call.now)


def _owner_of_open(call: Call, basket_id: int) -> int:
    """The shop whose open basket this is. Raises NotFound."""
    order = queries.get_order(call.session, basket_id, retailer_id=call.retailer_id)
    found = basket.find_basket(call.session, order.retailer_id)
    if found is None or found.id != basket_id:
        raise NotFound(kind="basket", id=basket_id)
    return order.retailer_id


def _shown(call: Call, retailer_id: int) -> BasketOut:
    found = basket.find_basket(call.session, retailer_id)
    if found is None:
        raise NotFound(kind="basket", id=retailer_id)
    return basket_out(basket.show(call.session, found.id, now=call.now))
