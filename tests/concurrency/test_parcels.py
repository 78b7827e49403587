"""Everything that can happen to one promised part, at the same moment: one of them happens, and all agree on which."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from threading import Barrier, Thread
from typing import Any

import pytest

from core.errors import DomainError
from core.money import ZERO, rupees
from core.orders import checks, delivery, ending, offers
from core.orders.errors import AlreadyDone, CodeLocked, TooLate
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.orders.views import Delivered, WrongCode
from tests.market import Market
from tests.waiting import wait_for_locks

# What may be asked of a part before it leaves, and while it is on its way.
BEFORE = ("dispatch", "withdraw", "cancel")
UNDERWAY = ("deliver", "return", "cancel", "withdraw")
BECOMES = {
    "dispatch": FulfillmentStatus.DISPATCHED,
    "withdraw": FulfillmentStatus.WITHDRAWN,
    "cancel": FulfillmentStatus.CANCELED,
    "deliver": FulfillmentStatus.DELIVERED,
    "return": FulfillmentStatus.RETURNED,
}


@pytest.fixture
def market(fresh_database) -> Market:
    return Market(fresh_database.database)


@pytest.fixture
def part(market):
    """Ten packets at Rs. 20, promised by the one vendor there is."""
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    listing = market.sells(vendor, noodles, price=rupees(20), stock_of=100)
    accepted = market.accept(vendor, market.place(shop, {noodles: 10}).order_id).fulfillment
    return shop, vendor, listing, accepted


def acts_on(do: Callable[..., Any], shop, vendor, part, code) -> dict[str, Callable[[], Any]]:
    """What each of them does, in a transaction of its own or in the one that *do* keeps open."""
    return {
        "dispatch": lambda: do(delivery.dispatch, part.fulfillment_id, actor=vendor.owner),
        "withdraw": lambda: do(offers.withdraw, part.fulfillment_id, reason="truck", actor=vendor.owner),
        "cancel": lambda: do(ending.cancel, part.order_id, reason="retailer", actor=shop.owner),
        "deliver": lambda: do(delivery.deliver, vendor_id=vendor.id, code=code, actor=vendor.owner),
        "return": lambda: do(ending.mark_returned, part.fulfillment_id, reason="closed", actor=vendor.owner),
    }


def at_once(acts: list[Any]) -> list[Any]:
    """The answers, a refusal being one; anything else that is raised fails the test."""
    barrier, answers = Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        barrier.wait()
        try:
            answers[number] = acts[number]()
        except DomainError as refused:
            answers[number] = refused
        except BaseException as problem:  # noqa: BLE001 - the test looks at it
            answers[number] = problem

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [
        answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, DomainError)
    ] == []
    return answers


def while_others_wait(
    market: Market, first: str, everybody: tuple[str, ...], of: tuple[Any, ...]
) -> list[Any]:
    """*first* has acted and not committed yet when all the others come. Returns their answers."""
    with ThreadPoolExecutor(len(everybody)) as pool:
        with market.database.transaction() as session:
            acts_on(lambda act, *args, **facts: act(session, *args, now=market.now, **facts), *of)[first]()
            acts = acts_on(market.do, *of)
            others = [pool.submit(acts[name]) for name in everybody]
            wait_for_locks(market.database, len(everybody))
        return [other.exception(timeout=30) for other in others]


def settled(market: Market, shop, listing, order_id: int) -> None:
    """Goods, credit and order say the same, whoever was first."""
    order = market.order(order_id)
    (one,) = order.fulfillments
    on_hand, reserved = market.stock(listing)
    standing = market.standing(shop)
    expected = {
        FulfillmentStatus.DISPATCHED: (90, 0, rupees(200), ZERO, OrderStatus.DISPATCHED),
        FulfillmentStatus.DELIVERED: (90, 0, ZERO, rupees(200), OrderStatus.DELIVERED),
        FulfillmentStatus.WITHDRAWN: (100, 0, ZERO, ZERO, OrderStatus.UNFULFILLED),
        FulfillmentStatus.CANCELED: (100, 0, ZERO, ZERO, OrderStatus.CANCELED),
        FulfillmentStatus.RETURNED: (100, 0, ZERO, ZERO, OrderStatus.CANCELED),
    }[one.status]
    assert (on_hand, reserved, standing.held, standing.posted, order.status) == expected
    assert market.look(checks.find_differences) == []


@pytest.mark.parametrize("pair", list(combinations(BEFORE, 2)), ids=str)
def test_of_two_that_meet_before_the_goods_leave_one_happens(market, part, pair):
    shop, vendor, listing, promised = part
    acts = acts_on(market.do, shop, vendor, promised, code="00000")

    answers = at_once([acts[pair[0]], acts[pair[1]]] * 2)

    assert sum(not isinstance(answer, DomainError) for answer in answers) == 1
    settled(market, shop, listing, promised.order_id)


@pytest.mark.parametrize("pair", list(combinations(UNDERWAY, 2)), ids=str)
def test_of_two_that_meet_on_the_way_one_happens(market, part, pair):
    shop, vendor, listing, promised = part
    sent = market.do(delivery.dispatch, promised.fulfillment_id, actor=vendor.owner)
    acts = acts_on(market.do, shop, vendor, promised, code=sent.delivery_code)

    answers = at_once([acts[pair[0]], acts[pair[1]]] * 2)

    # Neither cancel nor withdraw takes back what has left.
    possible = {"deliver", "return"} & set(pair)
    assert sum(not isinstance(answer, DomainError) for answer in answers) == min(len(possible), 1)
    settled(market, shop, listing, promised.order_id)


@pytest.mark.parametrize("first", BEFORE)
def test_whoever_is_first_at_a_promised_part_has_it_and_the_others_are_told(market, part, first):
    shop, vendor, listing, promised = part

    answers = while_others_wait(market, first, BEFORE, (shop, vendor, promised, "00000"))

    assert {type(answer) for answer in answers} <= {AlreadyDone, TooLate}
    assert market.order(promised.order_id).fulfillments[0].status is BECOMES[first]
    settled(market, shop, listing, promised.order_id)


@pytest.mark.parametrize("first", ["deliver", "return"])
def test_whoever_is_first_at_a_parcel_has_it_and_the_others_are_told(market, part, first):
    shop, vendor, listing, promised = part
    sent = market.do(delivery.dispatch, promised.fulfillment_id, actor=vendor.owner)

    answers = while_others_wait(market, first, UNDERWAY, (shop, vendor, promised, sent.delivery_code))

    assert {type(answer) for answer in answers} <= {AlreadyDone, TooLate}
    assert market.order(promised.order_id).fulfillments[0].status is BECOMES[first]
    settled(market, shop, listing, promised.order_id)


def test_twenty_who_type_the_code_together_deliver_once(market, part):
    shop, vendor, listing, promised = part
    sent = market.do(delivery.dispatch, promised.fulfillment_id, actor=vendor.owner)
    acts = acts_on(market.do, shop, vendor, promised, code=sent.delivery_code)

    answers = at_once([acts["deliver"]] * 20)

    assert sum(isinstance(answer, Delivered) for answer in answers) == 1
    settled(market, shop, listing, promised.order_id)


def test_parcels_that_leave_together_never_share_a_code(market):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(1), stock_of=1_000)
    parts = [
        market.accept(vendor, market.place(shop, {noodles: 1}).order_id).fulfillment.fulfillment_id
        for _ in range(12)
    ]

    sent = at_once([lambda one=one: market.do(delivery.dispatch, one, actor=vendor.owner) for one in parts])

    assert len({parcel.delivery_code for parcel in sent}) == 12


@pytest.mark.parametrize("names_parcel", [True, False])
def test_of_eight_wrong_codes_at_once_five_are_judged_and_the_right_one_is_too_late(
    market, part, names_parcel
):
    shop, vendor, listing, promised = part
    sent = market.do(delivery.dispatch, promised.fulfillment_id, actor=vendor.owner)
    named = {"fulfillment_id": sent.fulfillment_id} if names_parcel else {}
    wrong = [code for number in range(9) if (code := f"0{number:04d}") != sent.delivery_code][:8]

    def type_in(code: str) -> Any:
        return market.do(delivery.deliver, vendor_id=vendor.id, code=code, actor=vendor.owner, **named)

    answers = at_once([lambda code=code: type_in(code) for code in wrong])

    judged = [answer for answer in answers if isinstance(answer, WrongCode)]
    assert sorted(answer.tries_left for answer in judged) == [0, 1, 2, 3, 4]
    assert sum(isinstance(answer, CodeLocked) for answer in answers) == 3
    with pytest.raises(CodeLocked):
        type_in(sent.delivery_code)
    settled(market, shop, listing, promised.order_id)


def test_wrong_codes_at_once_for_many_parcels_end_at_the_limit_of_the_day(market):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(1), stock_of=1_000)
    codes = set()
    for _ in range(2):
        accepted = market.accept(vendor, market.place(shop, {noodles: 1}).order_id)
        codes.add(market.dispatch(vendor, accepted).delivery_code)
    wrong = [code for number in range(30) if (code := f"0{number:04d}") not in codes][:24]

    answers = at_once(
        [
            lambda code=code: market.do(delivery.deliver, vendor_id=vendor.id, code=code, actor=vendor.owner)
            for code in wrong
        ]
    )

    assert sum(isinstance(answer, WrongCode) for answer in answers) == 20
    assert sum(isinstance(answer, CodeLocked) for answer in answers) == 4
