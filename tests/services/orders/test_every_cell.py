"""Every cell of the tables of an order's life, tried through its use case: it happens, or is refused, as the table says.

Each standing is made once; each event then happens in a transaction that is undone.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from core.actor import SYSTEM
from core.catalog.models import Stock
from core.credit import queries as credit_queries
from core.credit.models import CreditHold
from core.errors import DomainError
from core.money import ZERO, rupees
from core.orders import basket, checks, delivery, ending, offers, placing, retrying
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import Fulfillment, FulfillmentTransition, Order, OrderLine, OrderTransition
from core.orders.outcomes import (
    OFFER,
    ORDER,
    PART,
    Answers,
    Becomes,
    Goods,
    OfferEvent,
    OrderEvent,
    PartBecomes,
    PartEvent,
    Refuses,
)
from core.orders.outcomes import Credit as CreditOf
from core.orders.views import NewLine, Refused
from core.routing.models import Offer, OfferStatus, RoutingRound
from core.routing.settings import RoutingSettings
from core.settings import service as settings
from tests.market import ADMIN, Market

F, S = FulfillmentStatus, OrderStatus
TABLES = (
    Order,
    OrderLine,
    OrderTransition,
    Fulfillment,
    FulfillmentTransition,
    Offer,
    RoutingRound,
    CreditHold,
)


class Undo(Exception):
    """Ends what was tried; nothing failed."""


@dataclass
class Scene:
    """Ten packets at Rs. 20, wanted by one shop; `vendor` is asked first, `late` sells them too once all stands."""

    market: Market
    order_id: int = 0
    part_id: int = 0
    offer_id: int = 0

    def __post_init__(self) -> None:
        market = self.market
        self.shop, self.vendor, self.noodles = market.shop(), market.wholesaler(), market.product()
        self.listing = market.sells(self.vendor, self.noodles, price=rupees(20), stock_of=100)

    def fill(self, actor: Any = None) -> int:
        line = NewLine(product_id=self.noodles, quantity=Decimal(10))
        actor = actor or self.shop.owner
        order = self.market.do(basket.add_lines, retailer_id=self.shop.id, lines=[line], actor=actor)
        self.order_id = order.id
        return self.market.do(basket.show, order.id).version

    def place(self) -> None:
        self.order_id = self.market.place(self.shop, {self.noodles: 10}).order_id
        found = [one for one in self.market.open_offers(self.order_id) if one.vendor_id == self.vendor.id]
        self.offer_id = found[0].id

    def accept(self, count: int = 10) -> None:
        line = self.market.order(self.order_id).lines[0].line.order_line_id
        answer = self.market.accept(self.vendor, self.order_id, quantities={line: Decimal(count)})
        self.part_id = answer.fulfillment.fulfillment_id

    def act(self, use_case: Callable[..., Any], **facts: Any) -> None:
        self.market.do(use_case, self.part_id, actor=self.vendor.owner, **facts)

    def send(self) -> None:
        self.act(delivery.dispatch)

    def hand_over(self) -> None:
        self.market.do(delivery.deliver_without_code, self.part_id, reason="phoned", actor=ADMIN)

    def sells_late(self, price: int = 20) -> None:
        self.late = self.market.wholesaler("Late")
        self.market.sells(self.late, self.noodles, price=rupees(price))


def a_basket(scene: Scene) -> None:
    scene.fill()


def a_basket_that_waits_for_the_owner(scene: Scene) -> None:
    helper = scene.market.helper(scene.shop, limit=rupees(1))
    version = scene.fill(helper)
    scene.market.do(placing.place, scene.order_id, version=version, terms=Terms.CREDIT, actor=helper)


def only_dearer_ones_are_left(scene: Scene) -> None:
    dear = scene.market.wholesaler("Dear")
    scene.market.sells(dear, scene.noodles, price=rupees(25))
    scene.place()
    scene.market.decline(scene.vendor, scene.order_id)


def a_part_is_promised(scene: Scene) -> None:
    scene.place()
    scene.accept(6)


def a_part_is_on_its_way(scene: Scene) -> None:
    a_part_is_promised(scene)
    scene.send()


def a_part_is_there(scene: Scene) -> None:
    a_part_is_on_its_way(scene)
    scene.hand_over()


def a_vendor_thinks(scene: Scene) -> None:
    scene.place()


def another_thinks_about_the_rest(scene: Scene) -> None:
    scene.place()
    scene.sells_late()
    scene.accept(6)


def another_thinks_while_a_part_is_on_its_way(scene: Scene) -> None:
    another_thinks_about_the_rest(scene)
    scene.send()


def all_is_promised(scene: Scene) -> None:
    scene.place()
    scene.accept()


def all_is_promised_and_a_part_on_its_way(scene: Scene) -> None:
    another_thinks_while_a_part_is_on_its_way(scene)
    scene.market.accept(scene.late, scene.order_id)


def all_is_on_its_way(scene: Scene) -> None:
    all_is_promised(scene)
    scene.send()


def all_is_there(scene: Scene) -> None:
    all_is_on_its_way(scene)
    scene.hand_over()


def it_was_received(scene: Scene) -> None:
    all_is_there(scene)
    scene.market.do(delivery.confirm_receipt, scene.order_id, actor=scene.shop.owner)


def it_was_canceled(scene: Scene) -> None:
    all_is_promised(scene)
    scene.market.do(ending.cancel, scene.order_id, reason="retailer", actor=scene.shop.owner)


def nobody_took_it(scene: Scene) -> None:
    scene.place()
    scene.market.decline(scene.vendor, scene.order_id)


def vendor_withdrew(scene: Scene) -> None:
    all_is_promised(scene)
    scene.act(offers.withdraw, reason="truck_broke")


def it_came_back(scene: Scene) -> None:
    all_is_on_its_way(scene)
    scene.act(ending.mark_returned, reason="closed")


def the_vendor_said_nothing(scene: Scene) -> None:
    scene.place()
    scene.market.now = scene.market.look(lambda session: session.get_one(Offer, scene.offer_id)).expires_at
    scene.market.do(offers.lapse, scene.order_id)


def nobody_there_could_be_told(scene: Scene) -> None:
    scene.place()
    scene.market.do(offers.close_undelivered, scene.offer_id)


def the_vendor_was_beaten(scene: Scene) -> None:
    rules = {"offers_at_once": 2}
    scene.market.do(settings.change, RoutingSettings, rules, seen_version=0, reason="festival", actor=SYSTEM)
    scene.sells_late()
    scene.place()
    scene.market.accept(scene.late, scene.order_id)


def the_offer_was_closed(scene: Scene) -> None:
    scene.place()
    scene.market.do(ending.cancel, scene.order_id, reason="retailer", actor=scene.shop.owner)


# What becomes of the order where its table allows more than one thing, or names an exception.
PART_ASKED = {OrderEvent.OVERRIDE: S.OFFERED, OrderEvent.SEEK_AGAIN: S.OFFERED, OrderEvent.CHANGE: "too_late"}
OUTCOMES: dict[Callable[[Scene], None], tuple[S, dict[OrderEvent, str]]] = {
    a_basket: (
        S.DRAFT,
        {
            OrderEvent.PLACE: S.OFFERED,
            OrderEvent.APPROVE: "already_placed",
            OrderEvent.REFUSE: "not_found",
            OrderEvent.OWNER_SILENT: "nothing",
            OrderEvent.CANCEL: S.CANCELED,
        },
    ),
    a_basket_that_waits_for_the_owner: (
        S.DRAFT,
        {
            OrderEvent.PLACE: "owner_must_approve",
            OrderEvent.APPROVE: S.OFFERED,
            OrderEvent.REFUSE: S.CANCELED,
            OrderEvent.OWNER_SILENT: S.CANCELED,
            OrderEvent.CANCEL: S.CANCELED,
        },
    ),
    only_dearer_ones_are_left: (
        S.PLACED,
        {
            OrderEvent.OVERRIDE: S.OFFERED,
            OrderEvent.SEEK_AGAIN: "too_late",
            OrderEvent.YES: S.OFFERED,
            OrderEvent.NO: S.UNFULFILLED,
            OrderEvent.SILENCE: S.UNFULFILLED,
            OrderEvent.CANCEL: S.CANCELED,
            OrderEvent.CHANGE: S.CANCELED,
        },
    ),
    a_part_is_promised: (
        S.PLACED,
        PART_ASKED
        | {
            OrderEvent.YES: S.ACCEPTED,
            OrderEvent.NO: S.CANCELED,
            OrderEvent.SILENCE: S.ACCEPTED,
            OrderEvent.CANCEL: S.CANCELED,
        },
    ),
    a_part_is_on_its_way: (
        S.PLACED,
        PART_ASKED
        | dict.fromkeys((OrderEvent.YES, OrderEvent.NO, OrderEvent.SILENCE, OrderEvent.CANCEL), S.DISPATCHED),
    ),
    a_part_is_there: (
        S.PLACED,
        PART_ASKED
        | dict.fromkeys((OrderEvent.YES, OrderEvent.NO, OrderEvent.SILENCE, OrderEvent.CANCEL), S.DELIVERED),
    ),
    a_vendor_thinks: (
        S.OFFERED,
        {
            OrderEvent.OVERRIDE: S.OFFERED,
            OrderEvent.SEEK_AGAIN: "nothing",
            OrderEvent.CANCEL: S.CANCELED,
            OrderEvent.CHANGE: S.CANCELED,
        },
    ),
    another_thinks_about_the_rest: (
        S.OFFERED,
        {
            OrderEvent.OVERRIDE: S.OFFERED,
            OrderEvent.SEEK_AGAIN: "nothing",
            OrderEvent.CANCEL: S.CANCELED,
            OrderEvent.CHANGE: "too_late",
        },
    ),
    another_thinks_while_a_part_is_on_its_way: (
        S.OFFERED,
        {
            OrderEvent.OVERRIDE: S.OFFERED,
            OrderEvent.SEEK_AGAIN: "nothing",
            OrderEvent.CANCEL: S.DISPATCHED,
            OrderEvent.CHANGE: "too_late",
        },
    ),
    all_is_promised: (S.ACCEPTED, {OrderEvent.CANCEL: S.CANCELED}),
    all_is_promised_and_a_part_on_its_way: (S.ACCEPTED, {OrderEvent.CANCEL: S.DISPATCHED}),
    all_is_on_its_way: (S.DISPATCHED, {}),
    all_is_there: (
        S.DELIVERED,
        {OrderEvent.CONFIRM_RECEIPT: S.COMPLETED, OrderEvent.RECEIPT_DUE: S.COMPLETED},
    ),
    it_was_received: (S.COMPLETED, {}),
    it_was_canceled: (S.CANCELED, {}),
    nobody_took_it: (S.UNFULFILLED, {}),
}
PARTS: dict[F, Callable[[Scene], None]] = {
    F.ACCEPTED: all_is_promised,
    F.DISPATCHED: all_is_on_its_way,
    F.DELIVERED: all_is_there,
    F.WITHDRAWN: vendor_withdrew,
    F.CANCELED: it_was_canceled,
    F.RETURNED: it_came_back,
}
OFFERS: dict[OfferStatus, Callable[[Scene], None]] = {
    OfferStatus.OPEN: a_vendor_thinks,
    OfferStatus.ACCEPTED: all_is_promised,
    OfferStatus.DECLINED: nobody_took_it,
    OfferStatus.LAPSED: the_vendor_said_nothing,
    OfferStatus.UNDELIVERED: nobody_there_could_be_told,
    OfferStatus.BEATEN: the_vendor_was_beaten,
    OfferStatus.CLOSED: the_offer_was_closed,
}
OPEN_OFFER_BECOMES = {
    OfferEvent.ACCEPT: OfferStatus.ACCEPTED,
    OfferEvent.DECLINE: OfferStatus.DECLINED,
    OfferEvent.DEADLINE: OfferStatus.LAPSED,
    OfferEvent.NOT_TOLD: OfferStatus.UNDELIVERED,
    OfferEvent.ORDER_ENDS: OfferStatus.CLOSED,
}
STOCK_AFTER = {
    Goods.RESERVED: (100, 10),
    Goods.TAKEN: (90, 0),
    Goods.GONE: (90, 0),
    Goods.RELEASED: (100, 0),
    Goods.PUT_BACK: (100, 0),
}
OWED_AFTER = {
    CreditOf.HELD: (rupees(200), ZERO),
    CreditOf.CAPTURED: (ZERO, rupees(200)),
    CreditOf.RELEASED: (ZERO, ZERO),
}


@pytest.mark.parametrize("stands", OUTCOMES, ids=lambda stands: stands.__name__)
def test_an_order_does_with_each_event_what_its_table_says(market, stands):
    scene = Scene(market)
    stands(scene)
    if not hasattr(scene, "late"):
        scene.sells_late()
    status, known = OUTCOMES[stands]
    assert market.order(scene.order_id).status is status

    found = {event: tried(scene, *happening(scene, event)) for event in OrderEvent}

    assert found == {event: known.get(event) or answer_of(ORDER[status][event]) for event in OrderEvent}
    allowed = {event: cell.states for event, cell in ORDER[status].items() if isinstance(cell, Becomes)}
    assert allowed.keys() == known.keys()
    assert {
        event for event in known if found[event] in set(S) and found[event] not in allowed[event]
    } == set()


@pytest.mark.parametrize("status", F)
def test_a_part_does_with_each_event_what_its_table_says(market, status):
    scene = Scene(market)
    PARTS[status](scene)
    scene.sells_late()
    events = [
        event
        for event in PartEvent
        # A part is canceled with its order, which is the table of the order where the part has ended.
        if event is not PartEvent.CANCEL or status is F.ACCEPTED
    ]

    found = {event: tried(scene, *happening_to_part(scene, event), look=part_stands) for event in events}

    assert found == {event: part_becomes(PART[status][event]) for event in events}


@pytest.mark.parametrize("status", OfferStatus)
def test_an_offer_does_with_each_event_what_its_table_says(market, status):
    scene = Scene(market)
    OFFERS[status](scene)
    assert market.look(offer_stands, scene) is status

    found = {
        event: tried(scene, *happening_to_offer(scene, event), look=offer_stands) for event in OfferEvent
    }

    # The order of a closed offer may have ended already; then there is nothing that could end once more.
    ended = {OfferEvent.ORDER_ENDS: found[OfferEvent.ORDER_ENDS]} if status is not OfferStatus.OPEN else {}
    assert (
        found == {event: OPEN_OFFER_BECOMES[event] for event in OfferEvent}
        if status is OfferStatus.OPEN
        else {event: answer_of(OFFER[status][event]) for event in OfferEvent} | ended
    )
    assert set(ended.values()) <= {status, "already_done", "too_late", "nothing"}


def tried(scene: Scene, use_case: Any, facts: dict[str, Any], hours: int = 0, *, look: Any = None) -> Any:
    """What the use case leads to: the code of the refusal, "nothing", or how the order stands. Then it is undone."""
    market, answers = scene.market, []

    def attempt(session: Any, *, now: dt.datetime) -> None:
        before = picture(session)
        answer = use_case(session, now=now + dt.timedelta(hours=hours), **facts)
        session.flush()
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        assert checks.find_differences(session) == []
        if isinstance(answer, Refused):
            assert picture(session) == before
            answers.append(answer.code)
        elif picture(session) == before:
            answers.append("nothing")
        else:
            answers.append((look or order_stands)(session, scene))
        raise Undo

    try:
        market.do(attempt)
    except Undo:
        return answers[0]
    except DomainError as refused:
        return refused.code


def picture(session: Any) -> list[Any]:
    session.flush()
    return [session.execute(select(table.__table__).order_by(table.__table__.c.id)).all() for table in TABLES]


def order_stands(session: Any, scene: Scene) -> S:
    return session.get_one(Order, scene.order_id).status


def part_stands(session: Any, scene: Scene) -> Any:
    part = session.get_one(Fulfillment, scene.part_id)
    standing = credit_queries.standing(session, scene.shop.id, now=scene.market.now)
    stock = session.get_one(Stock, scene.listing)
    return part.status, (stock.on_hand, stock.reserved), (standing.held, standing.posted)


def offer_stands(session: Any, scene: Scene) -> OfferStatus:
    return session.get_one(Offer, scene.offer_id).status


def answer_of(cell: Any) -> str:
    match cell:
        case Refuses(error=error):
            return error.code
        case Answers(code=code):
            return code
    raise AssertionError(f"{cell} leaves open what happens")


def part_becomes(cell: Any) -> Any:
    if isinstance(cell, PartBecomes):
        return cell.state, STOCK_AFTER[cell.goods], OWED_AFTER[cell.credit]
    return answer_of(cell)


def happening(scene: Scene, event: OrderEvent) -> tuple[Any, ...]:
    """The use case of the event, its facts, and how many hours pass before."""
    order, owner = {"order_id": scene.order_id}, {"actor": scene.shop.owner}
    version = scene.market.look(lambda session: session.get_one(Order, scene.order_id)).version
    late = {"vendor_id": scene.late.id, "reason": "asked by phone", "actor": ADMIN}
    return {
        OrderEvent.PLACE: (placing.place, order | owner | {"version": version, "terms": Terms.CREDIT}),
        OrderEvent.APPROVE: (placing.approve_waiting, order | owner),
        OrderEvent.REFUSE: (placing.refuse_waiting, order | owner),
        OrderEvent.OWNER_SILENT: (placing.drop_unanswered_baskets, {"actor": SYSTEM}, 24),
        OrderEvent.OVERRIDE: (offers.override, order | late),
        OrderEvent.SEEK_AGAIN: (retrying.seek_again, order | {"actor": ADMIN}),
        OrderEvent.YES: (offers.answer_asked, order | owner | {"yes": True}),
        OrderEvent.NO: (offers.answer_asked, order | owner | {"yes": False}),
        OrderEvent.SILENCE: (offers.close_unanswered, order, 24),
        OrderEvent.CANCEL: (ending.cancel, order | owner | {"reason": "retailer"}),
        OrderEvent.CHANGE: (ending.reopen_as_basket, order | owner),
        OrderEvent.CONFIRM_RECEIPT: (delivery.confirm_receipt, order | owner),
        OrderEvent.RECEIPT_DUE: (delivery.complete_due, {}, 48),
    }[event]


def happening_to_part(scene: Scene, event: PartEvent) -> tuple[Any, ...]:
    part, vendor = {"fulfillment_id": scene.part_id}, {"actor": scene.vendor.owner}
    order = {"order_id": scene.order_id, "actor": scene.shop.owner}
    return {
        PartEvent.DISPATCH: (delivery.dispatch, part | vendor),
        PartEvent.DELIVER: (delivery.deliver_without_code, part | {"reason": "phoned", "actor": ADMIN}),
        PartEvent.WITHDRAW: (offers.withdraw, part | vendor | {"reason": "truck_broke"}),
        PartEvent.RETURN: (ending.mark_returned, part | vendor | {"reason": "closed"}),
        PartEvent.CANCEL: (ending.cancel, order | {"reason": "retailer"}),
    }[event]


def happening_to_offer(scene: Scene, event: OfferEvent) -> tuple[Any, ...]:
    offer, order = {"offer_id": scene.offer_id, "actor": scene.vendor.owner}, {"order_id": scene.order_id}
    return {
        OfferEvent.ACCEPT: (offers.accept, offer),
        OfferEvent.DECLINE: (offers.decline, offer | {"reason": "no_stock"}),
        OfferEvent.DEADLINE: (offers.lapse, order, 24),
        OfferEvent.NOT_TOLD: (offers.close_undelivered, {"offer_id": scene.offer_id}),
        OfferEvent.ORDER_ENDS: (ending.cancel, order | {"reason": "retailer", "actor": scene.shop.owner}),
    }[event]
