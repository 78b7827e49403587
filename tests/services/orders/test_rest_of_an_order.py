"""A part has come, the rest is with nobody: whatever is answered, or not, the order and its money come to an end."""

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.actor import SYSTEM
from core.catalog import service as catalog
from core.credit import service as credit
from core.errors import NotAllowed, NotFound
from core.money import ZERO, rupees
from core.orders import basket, checks, ending, offers, placing, queries, retrying
from core.orders.errors import AlreadyDone, QuestionChanged, TooLate, VendorLimitFull
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.views import NewLine, Placed, Refused
from core.parties import service as parties
from core.parties.models import Position
from core.routing.errors import OverrideRefused
from core.routing.models import Offer, OfferStatus, RoutingRound
from core.vendors.models import VendorObservation
from core.vendors.queries import measured_scores
from tests.market import ADMIN


@pytest.fixture
def half(market, deal):
    """Ten packets at Rs. 20 ordered, six of them handed over, four sought and with nobody."""
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    accepted = _accept_part(market, vendor, placed.order_id, 6)
    market.deliver(vendor, market.dispatch(vendor, accepted).delivery_code)
    assert (market.order(placed.order_id).status, market.order(placed.order_id).asked) == (
        OrderStatus.PLACED,
        "part",
    )
    return placed.order_id


def _accept_part(market, vendor, order_id, count):
    line = market.order(order_id).lines[0].line.order_line_id
    return market.accept(vendor, order_id, quantities={line: Decimal(count)})


@pytest.mark.parametrize("answer", ["yes", "no", "silence", "cancel"])
def test_a_delivered_part_ends_the_order_however_the_rest_is_answered(market, deal, half, answer):
    shop = deal[0]

    if answer == "silence":
        market.now += dt.timedelta(hours=4)
        market.do(offers.close_unanswered, half)
    elif answer == "cancel":
        market.do(ending.cancel, half, reason="retailer", actor=shop.owner)
    else:
        market.do(offers.answer_asked, half, yes=answer == "yes", actor=shop.owner)

    order = market.order(half)
    assert (order.status, order.asked) == (OrderStatus.DELIVERED, None)
    assert [(line.promised, line.unfulfilled) for line in order.lines] == [(Decimal(6), Decimal(4))]
    assert (market.standing(shop).held, market.standing(shop).posted) == (ZERO, rupees(120))
    assert market.look(checks.find_differences) == []


def test_silence_takes_the_part_after_four_hours_and_not_before(market, half):
    market.now += dt.timedelta(hours=3, minutes=59)
    market.do(offers.close_unanswered, half)
    assert market.do(offers.orders_with_late_questions) == []
    assert (market.order(half).status, market.order(half).asked) == (OrderStatus.PLACED, "part")

    market.now += dt.timedelta(minutes=1)

    assert market.do(offers.orders_with_late_questions) == [half]
    market.do(offers.close_unanswered, half)
    assert (market.order(half).status, market.order(half).asked) == (OrderStatus.DELIVERED, None)


def test_the_rest_may_be_sought_again_while_the_shop_is_asked(market, deal, half):
    shop, _, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))

    market.do(retrying.seek_again, half, actor=ADMIN)

    assert (market.order(half).status, market.order(half).asked) == (OrderStatus.OFFERED, None)
    market.accept(second, half)
    assert market.order(half).status is OrderStatus.ACCEPTED
    assert market.standing(shop).held == rupees(80)


def test_seeking_again_asks_nobody_for_what_is_offered_already(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    # Two so cheap that the agreed price would leave room to ask both.
    for number, price in enumerate((rupees(5), rupees(10))):
        market.sells(market.wholesaler(f"Cheap {number}"), noodles, price=price)
    market.decline(vendor, placed.order_id)
    asked = [offer.id for offer in market.open_offers(placed.order_id)]
    assert len(asked) == 1

    market.do(retrying.seek_again, placed.order_id, actor=ADMIN)

    assert [offer.id for offer in market.open_offers(placed.order_id)] == asked
    assert market.order(placed.order_id).status is OrderStatus.OFFERED


def test_seeking_again_in_vain_leaves_the_question_and_its_time(market, half):
    market.now += dt.timedelta(hours=3)
    market.do(retrying.seek_again, half, actor=ADMIN)
    market.now += dt.timedelta(hours=1)

    market.do(offers.close_unanswered, half)

    assert market.order(half).status is OrderStatus.DELIVERED


def test_cancel_ends_what_has_not_left_and_leaves_what_has(market, deal):
    shop, first, noodles = deal
    rice = market.product("RICE")
    second = market.wholesaler("Second")
    rice_at = market.sells(second, rice, price=rupees(50), stock_of=10)
    placed = market.place(shop, {noodles: 10, rice: 2})
    sent = market.dispatch(first, market.accept(first, placed.order_id))
    market.accept(second, placed.order_id)

    market.do(ending.cancel, placed.order_id, reason="retailer", actor=shop.owner)

    order = market.order(placed.order_id)
    assert order.status is OrderStatus.DISPATCHED
    assert [part.status for part in order.fulfillments] == [
        FulfillmentStatus.DISPATCHED,
        FulfillmentStatus.CANCELED,
    ]
    assert market.standing(shop).held == rupees(200)
    assert market.stock(rice_at) == (Decimal(10), Decimal(0))
    with pytest.raises(TooLate):
        market.do(ending.cancel, placed.order_id, reason="retailer", actor=shop.owner)
    market.deliver(first, sent.delivery_code)
    assert (market.standing(shop).held, market.standing(shop).posted) == (ZERO, rupees(200))


def test_the_question_about_a_dearer_vendor_closes_when_the_promised_part_is_withdrawn(market, deal):
    shop, cheap, noodles = deal
    dear = market.wholesaler("Dear")
    market.sells(dear, noodles, price=rupees(22))
    placed = market.place(shop, {noodles: 10})
    accepted = _accept_part(market, cheap, placed.order_id, 6)
    assert market.order(placed.order_id).asked_facts == {"rest_minor": 8_800}

    market.do(offers.withdraw, accepted.fulfillment.fulfillment_id, reason="truck", actor=cheap.owner)

    # The same question would be about four packets; now it is about ten.
    assert market.order(placed.order_id).asked_facts == {"rest_minor": 22_000}
    market.do(offers.answer_asked, placed.order_id, yes=True, actor=shop.owner)
    assert market.offer_to(dear, placed.order_id)
    assert market.standing(shop).held == rupees(220)


def test_a_yes_to_one_price_is_none_to_another_that_is_asked_by_now(market, deal):
    shop, cheap, noodles = deal
    market.sells(market.wholesaler("Dear"), noodles, price=rupees(22))
    placed = market.place(shop, {noodles: 10})
    accepted = _accept_part(market, cheap, placed.order_id, 6)
    seen = market.order(placed.order_id).asked_at
    market.now += dt.timedelta(minutes=1)
    market.do(offers.withdraw, accepted.fulfillment.fulfillment_id, reason="truck", actor=cheap.owner)

    with pytest.raises(QuestionChanged):
        market.do(offers.answer_asked, placed.order_id, yes=True, asked_at=seen, actor=shop.owner)

    now_asked = market.order(placed.order_id)
    assert (now_asked.asked, market.standing(shop).held) == ("dearer", rupees(200))
    market.do(offers.answer_asked, placed.order_id, yes=True, asked_at=now_asked.asked_at, actor=shop.owner)
    assert market.standing(shop).held == rupees(220)


@pytest.mark.parametrize("yes", [True, False])
def test_after_its_deadline_silence_has_decided_whenever_the_job_runs(market, deal, yes):
    shop, cheap, noodles = deal
    placed = market.place(shop, {noodles: 10})
    _accept_part(market, cheap, placed.order_id, 6)
    assert market.order(placed.order_id).asked == "part"
    market.now += dt.timedelta(hours=4)

    with pytest.raises(TooLate):
        market.do(offers.answer_asked, placed.order_id, yes=yes, actor=shop.owner)

    market.do(offers.close_unanswered, placed.order_id)
    assert market.order(placed.order_id).status is OrderStatus.ACCEPTED


def test_a_job_that_comes_late_does_not_end_a_question_that_was_asked_anew(market, deal):
    shop, cheap, noodles = deal
    market.sells(market.wholesaler("Dear"), noodles, price=rupees(22))
    placed = market.place(shop, {noodles: 10})
    accepted = market.accept(cheap, placed.order_id)
    market.now += dt.timedelta(hours=25)
    market.do(offers.withdraw, accepted.fulfillment.fulfillment_id, reason="truck", actor=cheap.owner)
    assert market.order(placed.order_id).asked == "dearer"

    market.do(offers.close_unanswered, placed.order_id)

    assert (market.order(placed.order_id).status, market.order(placed.order_id).asked) == (
        OrderStatus.PLACED,
        "dearer",
    )
    assert market.standing(shop).held == rupees(200)


def test_the_price_is_kept_for_a_day_from_the_yes_and_no_longer(market, deal):
    shop, cheap, noodles = deal
    market.sells(market.wholesaler("Dear"), noodles, price=rupees(22))
    placed = market.place(shop, {noodles: 10})
    market.now += dt.timedelta(hours=1)
    market.decline(cheap, placed.order_id)
    market.now += dt.timedelta(hours=22, minutes=59)
    assert market.do(offers.orders_with_late_questions) == []
    market.do(offers.close_unanswered, placed.order_id)
    assert market.order(placed.order_id).asked == "dearer"

    market.now += dt.timedelta(minutes=1)

    assert market.do(offers.orders_with_late_questions) == [placed.order_id]
    market.do(offers.close_unanswered, placed.order_id)
    order = market.order(placed.order_id)
    assert (order.status, order.end_reason) == (OrderStatus.UNFULFILLED, "dearer_unanswered")
    assert market.standing(shop).held == ZERO


def test_after_a_day_nobody_new_is_asked(market, deal):
    shop, _, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    market.now += dt.timedelta(hours=24)

    market.do(offers.lapse, placed.order_id)

    order = market.order(placed.order_id)
    assert (order.status, order.end_reason) == (OrderStatus.UNFULFILLED, "time_up")
    assert market.open_offers(placed.order_id) == []


def test_the_only_vendor_there_is_may_withdraw_and_the_order_ends_unfulfilled(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    accepted = market.accept(vendor, placed.order_id)

    market.do(offers.withdraw, accepted.fulfillment.fulfillment_id, reason="truck", actor=vendor.owner)

    order = market.order(placed.order_id)
    assert (order.status, order.end_reason) == (OrderStatus.UNFULFILLED, "no_vendor")
    assert market.stock(market.listing) == (Decimal(100), Decimal(0))
    assert market.standing(shop).held == ZERO
    moves = market.look(queries.transitions, placed.order_id)
    assert [move.to_status for move in moves if move.subject == "order"][-2:] == ["placed", "unfulfilled"]


def test_returned_goods_give_the_limit_with_their_vendor_back(market, deal):
    shop, vendor, noodles = deal
    _limit_with(market, shop, vendor, rupees(200))
    placed = market.place(shop, {noodles: 10})
    sent = market.dispatch(vendor, market.accept(vendor, placed.order_id))

    market.do(ending.mark_returned, sent.fulfillment_id, reason="shop_closed", actor=vendor.owner)

    again = market.place(shop, {noodles: 10})
    assert market.accept(vendor, again.order_id).fulfillment.total == rupees(200)
    assert market.look(checks.find_differences) == []


def test_of_two_parts_with_one_vendor_the_one_that_is_not_withdrawn_can_be_delivered(market, deal):
    shop, vendor, noodles = deal
    _limit_with(market, shop, vendor, rupees(200))
    placed = market.place(shop, {noodles: 10})
    first = _accept_part(market, vendor, placed.order_id, 6)
    market.do(offers.override, placed.order_id, vendor_id=vendor.id, reason="phoned", actor=ADMIN)
    second = market.accept(vendor, placed.order_id)

    market.do(offers.withdraw, first.fulfillment.fulfillment_id, reason="truck", actor=vendor.owner)

    market.do(offers.answer_asked, placed.order_id, yes=True, actor=shop.owner)
    done = market.deliver(vendor, market.dispatch(vendor, second).delivery_code)
    assert done.total == rupees(80)
    assert (market.standing(shop).held, market.standing(shop).posted) == (ZERO, rupees(80))
    assert market.look(checks.find_differences) == []


@pytest.fixture
def two_parts(market, deal):
    """Noodles for Rs. 200 promised by the first vendor, as much as the shop may owe it, and rice by a second."""
    shop, vendor, noodles = deal
    rice, second = market.product("RICE"), market.wholesaler("Second")
    market.sells(second, rice, price=rupees(50))
    _limit_with(market, shop, vendor, rupees(200))
    placed = market.place(shop, {noodles: 10, rice: 2})
    promised = market.accept(vendor, placed.order_id)
    market.other = second, market.accept(second, placed.order_id)
    return promised


def test_a_withdrawn_part_gives_the_limit_with_its_vendor_back_while_the_order_goes_on(
    market, deal, two_parts
):
    shop, vendor, noodles = deal
    part = two_parts.fulfillment

    market.do(offers.withdraw, part.fulfillment_id, reason="truck", actor=vendor.owner)

    assert market.order(part.order_id).asked == "part"
    again = market.place(shop, {noodles: 10})
    assert market.accept(vendor, again.order_id).fulfillment.total == rupees(200)
    assert market.look(checks.find_differences) == []


def test_a_returned_parcel_gives_the_limit_with_its_vendor_back_while_the_order_goes_on(
    market, deal, two_parts
):
    shop, vendor, noodles = deal
    sent = market.dispatch(vendor, two_parts)

    market.do(ending.mark_returned, sent.fulfillment_id, reason="shop_closed", actor=vendor.owner)

    again = market.place(shop, {noodles: 10})
    assert market.accept(vendor, again.order_id).fulfillment.total == rupees(200)
    assert market.look(checks.find_differences) == []


def test_what_came_back_pays_for_no_dearer_vendor_of_the_rest(market, deal):
    shop, vendor, noodles = deal
    rice, second, dear = market.product("RICE"), market.wholesaler("Second"), market.wholesaler("Dear")
    market.sells(second, rice, price=rupees(50))
    placed = market.place(shop, {noodles: 10, rice: 2})
    sent = market.dispatch(vendor, market.accept(vendor, placed.order_id))
    market.sells(dear, rice, price=rupees(120))

    market.do(ending.mark_returned, sent.fulfillment_id, reason="shop_closed", actor=vendor.owner)
    market.decline(second, placed.order_id)

    assert (market.order(placed.order_id).asked, market.open_offers(placed.order_id)) == ("dearer", [])
    assert market.standing(shop).held == rupees(100)


def test_a_canceled_part_gives_the_limit_with_its_vendor_back_while_another_is_on_its_way(
    market, deal, two_parts
):
    shop, vendor, noodles = deal
    market.dispatch(*market.other)

    market.do(ending.cancel, two_parts.fulfillment.order_id, reason="retailer", actor=shop.owner)

    again = market.place(shop, {noodles: 10})
    assert market.accept(vendor, again.order_id).fulfillment.total == rupees(200)
    assert market.look(checks.find_differences) == []


def test_what_came_short_gives_the_limit_with_its_vendor_back_while_the_order_goes_on(
    market, deal, two_parts
):
    shop, vendor, noodles = deal
    sent = market.dispatch(vendor, two_parts)

    market.deliver(vendor, sent.delivery_code, short={sent.lines[0].line.order_line_id: Decimal(4)})

    again = market.place(shop, {noodles: 4})
    assert market.accept(vendor, again.order_id).fulfillment.total == rupees(80)
    assert market.look(checks.find_differences) == []


def _limit_with(market, shop, vendor, limit):
    market.do(credit.limit_with_vendor, shop.id, vendor.id, limit=limit, reason="new", actor=ADMIN)


def test_a_vendor_who_accepts_beyond_the_limit_with_the_shop_is_out_of_it_and_the_next_is_asked(market, deal):
    shop, vendor, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    asked = market.offer_to(vendor, placed.order_id)
    _limit_with(market, shop, vendor, rupees(150))
    before = market.look(lambda s: measured_scores(s, [vendor.id], now=market.now))

    answer = market.accept(vendor, placed.order_id)

    assert isinstance(answer, VendorLimitFull)
    assert answer.facts["shortfall"] == rupees(50)
    assert market.look(lambda s: s.get_one(Offer, asked.id).status) is OfferStatus.CLOSED
    assert market.offer_to(second, placed.order_id).status is OfferStatus.OPEN
    assert market.order(placed.order_id).status is OrderStatus.OFFERED
    kinds = select(VendorObservation.kind).where(VendorObservation.vendor_id == vendor.id)
    assert market.look(lambda s: list(s.scalars(kinds))) == ["offered"]
    assert market.look(lambda s: measured_scores(s, [vendor.id], now=market.now)) == before
    causes = select(RoutingRound.cause).order_by(RoutingRound.id)
    assert market.look(lambda s: list(s.scalars(causes))) == ["placed", "limit_full"]
    assert market.standing(shop).held == rupees(200)
    assert market.accept(second, placed.order_id).fulfillment.total == rupees(200)
    assert market.look(checks.find_differences) == []


def test_an_order_whose_only_vendor_accepts_beyond_its_limit_ends_and_holds_nothing(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    _limit_with(market, shop, vendor, rupees(150))

    market.accept(vendor, placed.order_id)

    order = market.order(placed.order_id)
    assert (order.status, order.end_reason) == (OrderStatus.UNFULFILLED, "no_vendor")
    assert market.standing(shop).held == ZERO
    assert market.look(checks.find_differences) == []


def test_a_part_within_the_limit_is_accepted_and_the_rest_goes_on(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    _limit_with(market, shop, vendor, rupees(150))

    accepted = _accept_part(market, vendor, placed.order_id, 7)

    assert accepted.fulfillment.total == rupees(140)
    assert market.look(checks.find_differences) == []


@pytest.mark.parametrize("terms", [Terms.CREDIT, Terms.CASH])
def test_an_override_to_a_vendor_beyond_its_limit_says_so_and_changes_nothing(market, deal, terms):
    shop, vendor, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10}, terms=terms)
    (asked,) = market.open_offers(placed.order_id)
    other = second if asked.vendor_id == vendor.id else vendor
    _limit_with(market, shop, other, rupees(150))

    refused = pytest.raises(OverrideRefused) if terms is Terms.CREDIT else nullcontext()
    with refused as refusal:
        market.do(offers.override, placed.order_id, vendor_id=other.id, reason="phoned", actor=ADMIN)

    left = asked.vendor_id if terms is Terms.CREDIT else other.id
    assert [offer.vendor_id for offer in market.open_offers(placed.order_id)] == [left]
    if terms is Terms.CREDIT:
        assert refusal.value.facts["reason"] == "pair_limit_full"


def test_changing_an_order_keeps_what_lies_in_the_basket(market, deal):
    shop, _, noodles = deal
    placed = market.place(shop, {noodles: 10})
    market.do(
        basket.add_lines,
        retailer_id=shop.id,
        lines=[NewLine(product_id=noodles, quantity=Decimal(5))],
        actor=shop.owner,
    )

    reopened = market.do(ending.reopen_as_basket, placed.order_id, actor=shop.owner)

    assert [line.quantity for line in market.do(basket.show, reopened.id).lines] == [Decimal(15)]
    assert market.order(placed.order_id).status is OrderStatus.CANCELED


def test_an_order_of_which_a_part_is_promised_is_not_changed(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    _accept_part(market, vendor, placed.order_id, 6)

    with pytest.raises(TooLate):
        market.do(ending.reopen_as_basket, placed.order_id, actor=shop.owner)

    assert market.order(placed.order_id).status is OrderStatus.PLACED
    assert market.do(basket.open_basket, retailer_id=shop.id, actor=shop.owner).id != placed.order_id


def _waiting(market, shop, noodles, **limits):
    helper = market.helper(shop, **limits)
    line = NewLine(product_id=noodles, quantity=Decimal(10))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
    version = market.do(basket.show, order.id).version
    answer = market.do(placing.place, order.id, version=version, terms=Terms.CREDIT, actor=helper)
    return helper, order.id, answer


def test_an_owners_no_comes_too_late_once_another_has_said_yes(market, deal):
    shop, vendor, noodles = deal
    _, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))
    market.do(placing.approve_waiting, order_id, actor=shop.owner)

    with pytest.raises(TooLate):
        market.do(placing.refuse_waiting, order_id, actor=shop.owner)

    assert market.order(order_id).status is OrderStatus.OFFERED
    assert market.standing(shop).held == rupees(200)
    assert market.accept(vendor, order_id).fulfillment.total == rupees(200)


def test_an_owners_second_no_is_done_already(market, deal):
    shop, _, noodles = deal
    _, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))
    market.do(placing.refuse_waiting, order_id, actor=shop.owner)

    with pytest.raises(AlreadyDone):
        market.do(placing.refuse_waiting, order_id, actor=shop.owner)

    assert market.order(order_id).end_reason == "owner_refused"


@pytest.mark.parametrize("act", [placing.approve_waiting, placing.refuse_waiting])
def test_a_helper_answers_for_no_owner(market, deal, act):
    shop, _, noodles = deal
    helper, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))

    with pytest.raises(NotAllowed):
        market.do(act, order_id, actor=helper)

    assert market.order(order_id).status is OrderStatus.DRAFT
    assert market.standing(shop).held == ZERO


@pytest.mark.parametrize("act", [placing.approve_waiting, placing.refuse_waiting])
def test_who_owns_another_shop_is_no_owner_here(market, deal, act):
    shop, _, noodles = deal
    helper, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))
    market.do(
        parties.add_person,
        helper.contact_id,
        retailer_id=market.shop("Own Kirana").id,
        position=Position.OWNER,
        actor=ADMIN,
    )

    with pytest.raises(NotAllowed):
        market.do(act, order_id, actor=helper)

    assert market.order(order_id).status is OrderStatus.DRAFT
    assert market.standing(shop).held == ZERO


@pytest.mark.parametrize("act", [placing.approve_waiting, placing.refuse_waiting])
@pytest.mark.parametrize("who", ["another shop", "a vendor"])
def test_a_waiting_basket_does_not_exist_for_strangers(market, deal, act, who):
    shop, vendor, noodles = deal
    _, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))
    stranger = vendor if who == "a vendor" else market.shop("Other Kirana")

    with pytest.raises(NotFound):
        market.do(act, order_id, actor=stranger.owner)

    assert market.order(order_id).status is OrderStatus.DRAFT
    assert market.standing(shop).held == ZERO


@pytest.mark.parametrize("act", [placing.approve_waiting, placing.refuse_waiting])
def test_a_basket_that_waits_for_nobody_is_neither_approved_nor_refused(market, deal, act):
    shop, _, noodles = deal
    line = NewLine(product_id=noodles, quantity=Decimal(10))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)

    with pytest.raises(NotFound) if act is placing.refuse_waiting else nullcontext():
        assert isinstance(market.do(act, order.id, actor=shop.owner), Refused)

    assert market.order(order.id).status is OrderStatus.DRAFT
    assert market.standing(shop).held == ZERO


def test_an_owner_is_shown_a_price_that_rose_before_the_yes_counts(market, deal):
    shop, _, noodles = deal
    _, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))
    market.do(catalog.set_listing_price, market.listing, rupees(21), actor=ADMIN)

    first = market.do(placing.approve_waiting, order_id, actor=shop.owner)

    assert first == Refused(code="total_rose", facts={"shown_minor": 20_000, "total_minor": 21_000})
    assert (market.order(order_id).status, market.standing(shop).held) == (OrderStatus.DRAFT, ZERO)
    assert market.do(placing.approve_waiting, order_id, actor=shop.owner).total == rupees(210)


def test_an_owners_yes_places_nothing_for_a_shop_that_was_blocked_meanwhile(market, deal):
    shop, _, noodles = deal
    _, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))
    market.do(parties.block_retailer, shop.id, reason="late", actor=ADMIN)

    refused = market.do(placing.approve_waiting, order_id, actor=shop.owner)

    assert refused == Refused(code="orders_blocked", facts={"reason": "late"})
    assert (market.order(order_id).status, market.standing(shop).held) == (OrderStatus.DRAFT, ZERO)


def test_an_owner_who_says_nothing_for_a_day_has_said_no_and_not_before(market, deal):
    shop, _, noodles = deal
    _, order_id, _ = _waiting(market, shop, noodles, limit=rupees(100))
    market.now += dt.timedelta(hours=23, minutes=59)
    assert market.do(placing.drop_unanswered_baskets, actor=SYSTEM) == 0
    assert market.order(order_id).status is OrderStatus.DRAFT

    market.now += dt.timedelta(minutes=1)

    assert market.do(placing.drop_unanswered_baskets, actor=SYSTEM) == 1
    order = market.order(order_id)
    assert (order.status, order.end_reason) == (OrderStatus.CANCELED, "owner_silent")


def test_a_helpers_day_has_a_limit_of_its_own(market, deal):
    shop, _, noodles = deal
    _, _, first = _waiting(market, shop, noodles, limit=rupees(250), day_limit=rupees(300))
    assert isinstance(first, Placed)
    helper = market.helper(shop)  # another person, without limits: nothing of it counts
    line = NewLine(product_id=noodles, quantity=Decimal(10))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
    version = market.do(basket.show, order.id).version
    assert isinstance(
        market.do(placing.place, order.id, version=version, terms=Terms.CREDIT, actor=helper), Placed
    )


def test_two_orders_within_the_limit_may_pass_the_day(market, deal):
    shop, _, noodles = deal
    helper, _, first = _waiting(market, shop, noodles, limit=rupees(250), day_limit=rupees(300))
    line = NewLine(product_id=noodles, quantity=Decimal(10))

    def again():
        order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
        version = market.do(basket.show, order.id).version
        return market.do(placing.place, order.id, version=version, terms=Terms.CREDIT, actor=helper)

    second = again()

    assert isinstance(first, Placed)
    assert second == Refused(
        code="owner_must_approve",
        facts={"limit_minor": 30_000, "total_minor": 20_000, "spent_minor": 20_000},
    )
    assert market.standing(shop).held == rupees(200)
    market.now += dt.timedelta(days=1)
    assert isinstance(again(), Placed)


def test_a_helper_agrees_to_no_dearer_price_above_its_limit(market, deal):
    shop, cheap, noodles = deal
    dear = market.wholesaler("Dear")
    market.sells(dear, noodles, price=rupees(22))
    helper, order_id, placed = _waiting(market, shop, noodles, limit=rupees(210))
    assert isinstance(placed, Placed)
    market.decline(cheap, order_id)

    refused = market.do(offers.answer_asked, order_id, yes=True, actor=helper)

    assert refused == Refused(code="owner_must_approve", facts={"limit_minor": 21_000, "total_minor": 22_000})
    assert (market.order(order_id).asked, market.standing(shop).held) == ("dearer", rupees(200))
    market.do(offers.answer_asked, order_id, yes=True, actor=shop.owner)
    assert market.offer_to(dear, order_id)


def test_open_cash_orders_of_a_blocked_shop_count_together(market, deal):
    shop, vendor, noodles = deal
    market.sells(market.wholesaler("Second"), market.product("RICE"), price=rupees(1))
    market.do(parties.block_retailer, shop.id, reason="late", actor=ADMIN)
    rice = market.product("OIL")
    market.sells(vendor, rice, price=rupees(2_000), stock_of=100)
    first = market.place(shop, {rice: 10}, terms=Terms.CASH)
    assert isinstance(first, Placed)

    second = market.place(shop, {rice: 3}, terms=Terms.CASH)

    assert second == Refused(
        code="cash_limit",
        facts={"limit_minor": 2_500_000, "total_minor": 600_000, "open_minor": 2_000_000},
    )
    market.do(ending.cancel, first.order_id, reason="retailer", actor=shop.owner)
    assert isinstance(market.place(shop, {noodles: 1}, terms=Terms.CASH), Placed)


def test_offers_of_an_order_that_ends_close_with_it(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    offer = market.offer_to(vendor, placed.order_id)

    market.do(ending.cancel, placed.order_id, reason="retailer", actor=shop.owner)

    closed = market.look(lambda session: session.get_one(type(offer), offer.id))
    assert closed.status is OfferStatus.CLOSED
