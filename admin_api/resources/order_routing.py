"""Order routing: rounds, offers, answers, overrides, and what other weights would have chosen."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Blueprint
from pydantic import Field, field_validator, model_validator

from admin_api.endpoints import ADMIN, ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import (
    Day,
    Given,
    Instant,
    LongText,
    Quantity,
    QuantityOut,
    Reason,
    RowId,
    Rupees,
    View,
    once,
    quantity_text,
)
from admin_api.problems import json_safe
from admin_api.resources.order_views import FulfillmentOut, fulfillment_out
from admin_api.resources.routing_views import (
    DecisionOut,
    OfferOut,
    ScoresOut,
    decision_out,
    offer_out,
)
from core.clock import business_date
from core.orders import offers, queries, retrying
from core.orders.errors import VendorLimitFull
from core.orders.kinds import OrderStatus
from core.orders.views import Accepted
from core.parties import queries as parties
from core.refs import VendorId
from core.routing import queries as routing
from core.routing import service as routing_service
from core.routing.policy.planning import PlanPart
from core.routing.policy.ranking import Candidate
from core.routing.service import ManyReplays, Replay
from core.routing.service.replaying import DAYS_REPLAYED, share_of

blueprint = Blueprint("api_order_routing", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]


class AcceptedLine(Given):
    order_line_id: RowId
    quantity: Quantity


class AcceptGiven(Given):
    """Without `lines`, the whole offer is accepted; with them, only the lines that are listed."""

    lines: list[AcceptedLine] | None = Field(default=None, min_length=1, max_length=200)
    eta_at: Instant | None = None

    @field_validator("lines")
    @classmethod
    def _each_line_once(cls, lines: list[AcceptedLine] | None) -> list[AcceptedLine] | None:
        once(lines, by="order_line_id")
        return lines


class RejectGiven(Given):
    reason: LongText = Field(examples=["no_stock"])


class OverrideGiven(Given):
    vendor_id: RowId
    reason: Reason


class WhatIfGiven(Given):
    """Weights that are left out keep their value of that time. Only their proportion counts."""

    weights: dict[str, int] = Field(min_length=1, max_length=5, examples=[{"price": 60, "proximity": 10}])


class ManyReplaysGiven(WhatIfGiven):
    """Both days count; without them, the last 30 days."""

    starts_on: Day | None = None
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ManyReplaysGiven:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on is before starts_on")
        return self


class RoutingOut(View):
    """Everything that was decided about an order's vendors."""

    order_id: RowId
    status: OrderStatus
    decisions: list[DecisionOut]
    offers: list[OfferOut]


class PendingOut(View):
    """Offers that the vendor may still answer, most urgent first."""

    items: list[OfferOut]


class AnswerOut(View):
    """`fulfillment` is null while a partial acceptance is only noted, because another vendor may take everything."""

    offer: OfferOut
    fulfillment: FulfillmentOut | None
    is_part: bool


class RankedOut(View):
    vendor_id: int
    rank: int | None
    excluded_reason: str | None
    score: str = Field(examples=["87.250"])
    scores: ScoresOut | None
    fills_everything: bool


class PartLineOut(View):
    product_id: int
    listing_id: int
    quantity: QuantityOut
    unit_price: Rupees


class PartOut(View):
    vendor_id: int
    lines: list[PartLineOut]
    total: Rupees


class WhatIfOut(View):
    """The ranking and the plan with other weights, and the vendors that were chosen at the time."""

    round_id: int
    weights: dict[str, int]
    ranking: list[RankedOut]
    parts: list[PartOut]
    missing: list[dict[str, Any]]
    total: Rupees
    chosen: list[int]
    chosen_then: list[int]
    is_different: bool


class VendorShareOut(View):
    """What a vendor would be asked for, VAT included. A share is of the total over all vendors, in per cent."""

    vendor_id: int
    orders_before: int
    orders_after: int
    total_before: Rupees
    total_after: Rupees
    share_before: str = Field(examples=["41.50"])
    share_after: str = Field(examples=["38.00"])


class ManyReplaysOut(View):
    """How the first decisions of the orders of some days would have moved.

    `before` is planned with the weights of then, `after` with those that were given, both from what was known at the time.
    `moved` orders would have gone to other vendors.
    """

    starts_on: dt.date
    ends_on: dt.date
    orders: int
    moved: int
    total_before: Rupees
    total_after: Rupees
    vendors: list[VendorShareOut]


@blueprint.post("/order-routing/route/<id:orderId>")
@endpoint(tag="order-routing", roles=ADMIN, answer=RoutingOut, is_keyed=True, refusals=_CONFLICT)
def route_order(call: Call, orderId: int) -> RoutingOut:  # noqa: N803 - spelled as in the path
    """Look for vendors again, for whatever isn't on offer yet."""
    retrying.seek_again(call.session, orderId, actor=call.actor, now=call.now)
    return _routing(call, orderId)


@blueprint.get("/order-routing/order/<id:orderId>")
@endpoint(tag="order-routing", roles=ADMIN, answer=RoutingOut)
def get_order_routing(call: Call, orderId: int) -> RoutingOut:  # noqa: N803
    """Every round with its candidates, scores and reasons, and every offer with its answer."""
    return _routing(call, orderId)


@blueprint.post("/order-routing/accept/<id:routingId>")
@endpoint(
    tag="order-routing",
    roles=ADMIN_OR_VENDOR,
    answer=AnswerOut,
    body=AcceptGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def accept_offer(call: Call, routingId: int, body: AcceptGiven) -> AnswerOut | VendorLimitFull:  # noqa: N803
    """Accept an offer, in whole or in part, before its deadline. The first full acceptance wins.

    What is beyond the shop's credit limit with this vendor is refused as `vendor_limit_full`: the offer is closed then,
    which counts against nobody, and others are asked.
    """
    quantities: dict[int, Decimal] | None = None
    if body.lines is not None:
        quantities = {line.order_line_id: line.quantity for line in body.lines}
    taken = offers.accept(
        call.session, routingId, quantities=quantities, eta_at=body.eta_at, actor=call.actor, now=call.now
    )
    if isinstance(taken, VendorLimitFull):
        return taken
    if isinstance(taken, Accepted):
        promise = fulfillment_out(taken.fulfillment, shows_code=False)
        return AnswerOut(offer=_offer(call, routingId), fulfillment=promise, is_part=taken.is_part)
    return AnswerOut(offer=_offer(call, routingId), fulfillment=None, is_part=True)


@blueprint.post("/order-routing/reject/<id:routingId>")
@endpoint(
    tag="order-routing",
    roles=ADMIN_OR_VENDOR,
    answer=OfferOut,
    body=RejectGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def reject_offer(call: Call, routingId: int, body: RejectGiven) -> OfferOut:  # noqa: N803
    """Decline an offer; the next best vendor is asked."""
    offers.decline(call.session, routingId, reason=body.reason, actor=call.actor, now=call.now)
    return _offer(call, routingId)


@blueprint.post("/order-routing/override/<id:orderId>")
@endpoint(
    tag="order-routing",
    roles=ADMIN,
    answer=RoutingOut,
    body=OverrideGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def override_routing(call: Call, orderId: int, body: OverrideGiven) -> RoutingOut:  # noqa: N803
    """Offer the order to this vendor alone, whatever its rank. Open offers close; the reason is kept."""
    parties.get_vendor(call.session, VendorId(body.vendor_id))
    offers.override(
        call.session,
        orderId,
        vendor_id=body.vendor_id,
        reason=body.reason,
        actor=call.actor,
        now=call.now,
    )
    return _routing(call, orderId)


@blueprint.get("/order-routing/vendor/<id:vendorId>/pending")
@endpoint(tag="order-routing", roles=ADMIN_OR_VENDOR, answer=PendingOut)
def list_pending_offers(call: Call, vendorId: int) -> PendingOut:  # noqa: N803
    """The vendor's open offers, most urgent first."""
    call.must_own(vendor_id=vendorId, kind="vendors", row_id=vendorId)
    parties.get_vendor(call.session, VendorId(vendorId))
    found = routing.offers_of_vendor(call.session, vendorId, open_at=call.now)
    lines = routing.offer_lines(call.session, [offer.id for offer in found])
    return PendingOut(items=[offer_out(offer, lines[offer.id]) for offer in found])


@blueprint.post("/order-routing/what-if/<id:roundId>")
@endpoint(tag="order-routing", roles=ADMIN, answer=WhatIfOut, body=WhatIfGiven)
def what_if(call: Call, roundId: int, body: WhatIfGiven) -> WhatIfOut:  # noqa: N803
    """Replay a decision with other weights, from what was known at the time. Changes nothing."""
    return _replay(routing_service.what_if(call.session, roundId, body.weights))


@blueprint.post("/order-routing/what-if")
@endpoint(tag="order-routing", roles=ADMIN, answer=ManyReplaysOut, body=ManyReplaysGiven, is_heavy=True)
def what_if_over(call: Call, body: ManyReplaysGiven) -> ManyReplaysOut:
    """Replay the decisions of some days with other weights: orders that move, price, shares. Changes nothing.

    More than 1,000 decisions, or 20,000 vendors weighed in them, are `too_many_decisions`: ask for fewer days.
    """
    ends_on = body.ends_on or business_date(call.now)
    starts_on = body.starts_on or ends_on - dt.timedelta(days=DAYS_REPLAYED - 1)
    return _many(
        routing_service.what_if_over(call.session, body.weights, starts_on=starts_on, ends_on=ends_on)
    )


def _routing(call: Call, order_id: int) -> RoutingOut:
    order = queries.get_order(call.session, order_id)
    found = routing.offers_of_order(call.session, order_id)
    lines = routing.offer_lines(call.session, [offer.id for offer in found])
    return RoutingOut(
        order_id=order_id,
        status=order.status,
        decisions=[decision_out(decision) for decision in routing.decisions(call.session, order_id)],
        offers=[offer_out(offer, lines[offer.id]) for offer in found],
    )


def _offer(call: Call, offer_id: int) -> OfferOut:
    offer = routing.get_offer(call.session, offer_id)
    return offer_out(offer, routing.offer_lines(call.session, [offer_id])[offer_id])


def _replay(replay: Replay) -> WhatIfOut:
    return WhatIfOut(
        round_id=replay.round_id,
        weights=replay.weights,
        ranking=[_ranked(candidate) for candidate in replay.ranking],
        parts=[_part(part) for part in replay.plan.parts],
        missing=[
            json_safe({"product_id": gap.product_id, "quantity": gap.quantity, "reason": gap.reason})
            for gap in replay.plan.missing
        ],
        total=Rupees.of(replay.plan.total),
        chosen=list(replay.chosen),
        chosen_then=list(replay.chosen_then),
        is_different=replay.is_different,
    )


def _many(replays: ManyReplays) -> ManyReplaysOut:
    return ManyReplaysOut(
        starts_on=replays.starts_on,
        ends_on=replays.ends_on,
        orders=replays.orders,
        moved=replays.moved,
        total_before=Rupees.of(replays.total_before),
        total_after=Rupees.of(replays.total_after),
        vendors=[
            VendorShareOut(
                vendor_id=share.vendor_id,
                orders_before=share.orders_before,
                orders_after=share.orders_after,
                total_before=Rupees.of(share.total_before),
                total_after=Rupees.of(share.total_after),
                share_before=str(share_of(share.total_before, replays.total_before)),
                share_after=str(share_of(share.total_after, replays.total_after)),
            )
            for share in replays.vendors
        ],
    )


def _ranked(candidate: Candidate) -> RankedOut:
    scores = candidate.scores
    return RankedOut(
        vendor_id=candidate.vendor.vendor_id,
        rank=candidate.rank,
        excluded_reason=candidate.exclusion,
        score=str(candidate.score),
        scores=None
        if scores is None
        else ScoresOut(
            availability=str(scores.availability),
            proximity=str(scores.proximity),
            workload=str(scores.workload),
            price=str(scores.price),
            reliability=str(scores.reliability),
        ),
        fills_everything=candidate.fills_everything,
    )


def _part(part: PlanPart) -> PartOut:
    return PartOut(
        vendor_id=part.vendor_id,
        lines=[
            PartLineOut(
                product_id=line.product_id,
                listing_id=line.listing_id,
                quantity=quantity_text(line.quantity),
                unit_price=Rupees.of(line.unit_price),
            )
            for line in part.lines
        ],
        total=Rupees.of(part.total),
    )
