"""One order from the basket to the receipt: status, stock, credit and ledger move together."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.catalog import service as catalog
from core.catalog import stock
from core.catalog.errors import StockShort
from core.catalog.models import VatClass
from core.credit import queries as credit_queries
from core.credit import service as credit
from core.credit.models import CreditHold, HoldStatus, Invoice, Posting
from core.errors import NotFound
from core.money import ZERO, rupees
from core.orders import basket, delivery, ending, offers, queries
from core.orders.errors import AlreadyDone, TooLate
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import Fulfillment
from core.orders.views import Refused, WrongCode
from core.routing import queries as routing_queries
from core.routing.errors import OfferExpired, OfferNotOpen
from core.routing.models import Offer, RoundCause
from tests.market import ADMIN


def test_order_on_credit_goes_from_basket_to_receipt(market, deal):
    shop, vendor, noodles = deal

    placed = market.place(shop, {noodles: 60})
    assert (placed.status, placed.total) == (OrderStatus.OFFERED, rupees(1_200))
    assert (market.standing(shop).held, market.standing(shop).posted) == (rupees(1_200), ZERO)

    accepted = market.accept(vendor, placed.order_id)
    assert not accepted.is_part
    assert market.stock(market.listing) == (Decimal(100), Decimal(60))

    sent = market.dispatch(vendor, accepted)
    assert market.stock(market.listing) == (Decimal(40), Decimal(0))

    done = market.deliver(vendor, sent.delivery_code)
    assert done.total == rupees(1_200)
    assert (market.standing(shop).held, market.standing(shop).posted) == (ZERO, rupees(1_200))
    hold = market.look(lambda session: session.scalars(select(CreditHold)).one())
    assert (hold.status, hold.captured_minor) == (HoldStatus.RESOLVED, 120_000)

    market.do(delivery.confirm_receipt, placed.order_id, actor=shop.owner)
    moves = market.look(queries.transitions, placed.order_id)
    assert [(move.to_status, move.reason) for move in moves if move.subject == "order"] == [
        ("placed", None),
        ("offered", None),
        ("accepted", None),
        ("dispatched", None),
        ("delivered", None),
        ("completed", "confirmed"),
    ]
    assert not market.look(credit_queries.find_differences)


def test_vat_is_added_to_goods_that_bear_it(market):
    shop, vendor = market.shop(), market.wholesaler()
    rice, soap = market.product("RICE"), market.product("SOAP", vat=VatClass.STANDARD)
    market.sells(vendor, rice, price=rupees(100))
    market.sells(vendor, soap, price=rupees(50))

    placed = market.place(shop, {rice: 1, soap: 3})

    assert placed.total == rupees("269.50")


def test_cash_order_takes_no_hold_and_is_paid_with_the_code(market, deal):
    _, vendor, noodles = deal
    new_shop = market.shop("Gita Stores", limit=None)

    placed = market.place(new_shop, {noodles: 10}, terms=Terms.CASH)
    sent = market.dispatch(vendor, market.accept(vendor, placed.order_id))
    done = market.deliver(vendor, sent.delivery_code, cash=credit.ALL_CASH)

    assert done.cash_received
    assert market.count(CreditHold) == 0
    standing = market.standing(new_shop)
    assert (standing.posted, standing.cash_due) == (ZERO, ZERO)


def test_cash_that_was_not_handed_over_stops_further_orders(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10}, terms=Terms.CASH)
    sent = market.dispatch(vendor, market.accept(vendor, placed.order_id))
    market.deliver(vendor, sent.delivery_code, cash=credit.NO_CASH)

    again = market.place(shop, {noodles: 1}, terms=Terms.CREDIT)

    assert again == Refused(code="cash_due", facts={"due_minor": 20_000})


def test_declined_offer_goes_to_the_next_best_vendor(market, deal):
    shop, first, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    (asked,) = market.open_offers(placed.order_id)
    vendors = {first.id: first, second.id: second}

    market.decline(vendors.pop(asked.vendor_id), placed.order_id)

    (left,) = vendors.values()
    assert market.offer_to(left, placed.order_id)
    assert market.order(placed.order_id).status is OrderStatus.OFFERED


def test_when_everybody_declines_the_order_is_unfulfilled_and_the_credit_free_again(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})

    market.decline(vendor, placed.order_id)

    assert market.order(placed.order_id).status is OrderStatus.UNFULFILLED
    assert market.standing(shop).held == ZERO


def test_offer_that_nobody_answers_lapses_and_a_late_yes_is_refused(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    offer = market.offer_to(vendor, placed.order_id)
    market.now += dt.timedelta(hours=2)

    with pytest.raises(OfferExpired):
        market.do(offers.accept, offer.id, actor=vendor.owner)
    assert market.do(offers.lapse, placed.order_id) == 1
    with pytest.raises(OfferNotOpen):
        market.do(offers.accept, offer.id, actor=vendor.owner)

    assert market.order(placed.order_id).status is OrderStatus.UNFULFILLED
    assert market.do(offers.lapse, placed.order_id) == 0


def test_dearer_vendor_is_asked_only_after_the_retailers_yes(market, deal):
    shop, cheap, noodles = deal
    dear = market.wholesaler("Dear")
    market.sells(dear, noodles, price=rupees(22))
    placed = market.place(shop, {noodles: 10})

    market.decline(cheap, placed.order_id)

    waiting = market.order(placed.order_id)
    assert (waiting.status, waiting.asked) == (OrderStatus.PLACED, "dearer")
    assert market.open_offers(placed.order_id) == []

    market.do(offers.answer_asked, placed.order_id, yes=True, actor=shop.owner)

    assert market.offer_to(dear, placed.order_id)
    assert market.standing(shop).held == rupees(220)


@pytest.mark.parametrize("silent", [pytest.param(False, id="no"), pytest.param(True, id="silence for a day")])
def test_no_or_silence_to_a_dearer_vendor_ends_the_order(market, deal, silent):
    shop, cheap, noodles = deal
    market.sells(market.wholesaler("Dear"), noodles, price=rupees(22))
    placed = market.place(shop, {noodles: 10})
    market.decline(cheap, placed.order_id)

    if silent:
        assert market.do(offers.orders_with_late_questions) == []
        market.now += dt.timedelta(hours=24)
        assert market.do(offers.orders_with_late_questions) == [placed.order_id]
        market.do(offers.close_unanswered, placed.order_id)
    else:
        market.do(offers.answer_asked, placed.order_id, yes=False, actor=shop.owner)

    assert market.order(placed.order_id).status is OrderStatus.UNFULFILLED
    assert market.standing(shop).held == ZERO


def test_part_goes_to_the_retailer_when_nobody_takes_the_rest(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    line = market.order(placed.order_id).lines[0].line.order_line_id

    accepted = market.accept(vendor, placed.order_id, quantities={line: Decimal(6)})

    assert accepted.is_part
    waiting = market.order(placed.order_id)
    assert (waiting.status, waiting.asked) == (OrderStatus.PLACED, "part")

    market.do(offers.answer_asked, placed.order_id, yes=True, actor=shop.owner)

    taken = market.order(placed.order_id)
    assert (taken.status, taken.total) == (OrderStatus.ACCEPTED, rupees(120))
    assert [(line.promised, line.unfulfilled) for line in taken.lines] == [(Decimal(6), Decimal(4))]
    assert market.standing(shop).held == rupees(120)


def test_refused_part_cancels_the_whole_order_and_frees_the_goods(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    line = market.order(placed.order_id).lines[0].line.order_line_id
    market.accept(vendor, placed.order_id, quantities={line: Decimal(6)})

    market.do(offers.answer_asked, placed.order_id, yes=False, actor=shop.owner)

    assert market.order(placed.order_id).status is OrderStatus.CANCELED
    assert market.stock(market.listing) == (Decimal(100), Decimal(0))
    assert market.standing(shop).held == ZERO


def test_rest_of_a_part_goes_to_the_next_vendor(market, deal):
    shop, first, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    line = market.order(placed.order_id).lines[0].line.order_line_id
    (asked,) = market.open_offers(placed.order_id)
    one, other = (first, second) if asked.vendor_id == first.id else (second, first)

    market.accept(one, placed.order_id, quantities={line: Decimal(6)})
    market.accept(other, placed.order_id)

    order = market.order(placed.order_id)
    assert order.status is OrderStatus.ACCEPTED
    assert sorted(part.total.minor for part in order.fulfillments) == [8_000, 12_000]
    assert market.standing(shop).held == rupees(200)


def test_line_split_over_vendors_is_offered_once(market, deal):
    shop, first, noodles = deal
    second, third = market.wholesaler("Second"), market.wholesaler("Third")
    market.sells(second, noodles, price=rupees(20), stock_of=100)
    market.sells(third, noodles, price=rupees(20), stock_of=100)
    placed = market.place(shop, {noodles: 250})
    asked = market.open_offers(placed.order_id)
    vendors = {first.id: first, second.id: second, third.id: third}

    for offer in asked:
        market.accept(vendors[offer.vendor_id], placed.order_id)
        assert len(market.open_offers(placed.order_id)) <= len(asked) - 1

    order = market.order(placed.order_id)
    assert order.status is OrderStatus.ACCEPTED
    assert sorted(part.total.minor for part in order.fulfillments) == [100_000, 200_000, 200_000]
    assert market.standing(shop).held == rupees(5_000)


def test_vendor_that_withdraws_is_not_asked_again(market, deal):
    shop, first, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    (asked,) = market.open_offers(placed.order_id)
    one, other = (first, second) if asked.vendor_id == first.id else (second, first)
    accepted = market.accept(one, placed.order_id)

    market.do(offers.withdraw, accepted.fulfillment.fulfillment_id, reason="truck_broke", actor=one.owner)

    assert market.offer_to(other, placed.order_id)
    assert market.order(placed.order_id).status is OrderStatus.OFFERED
    market.decline(other, placed.order_id)
    assert market.order(placed.order_id).status is OrderStatus.UNFULFILLED


def test_stock_that_went_meanwhile_refuses_the_acceptance(market, deal):
    shop, vendor, noodles = deal
    one, two = market.place(shop, {noodles: 60}), market.place(shop, {noodles: 60})
    market.accept(vendor, one.order_id)

    with pytest.raises(StockShort):
        market.accept(vendor, two.order_id)

    assert market.order(two.order_id).status is OrderStatus.OFFERED
    assert market.stock(market.listing) == (Decimal(100), Decimal(60))


def test_short_delivery_is_invoiced_for_what_was_handed_over(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    accepted = market.accept(vendor, placed.order_id)
    sent = market.dispatch(vendor, accepted)
    line = accepted.fulfillment.lines[0].line.order_line_id

    done = market.deliver(vendor, sent.delivery_code, short={line: Decimal(3)})

    assert done.total == rupees(140)
    assert market.look(lambda session: session.scalars(select(Invoice)).one()).total_minor == 14_000
    assert (market.standing(shop).held, market.standing(shop).posted) == (ZERO, rupees(140))
    assert market.stock(market.listing) == (Decimal(93), Decimal(0))


def test_wrong_codes_are_counted_and_nothing_is_delivered(market, deal):
    shop, vendor, noodles = deal
    accepted = market.accept(vendor, market.place(shop, {noodles: 10}).order_id)
    sent = market.dispatch(vendor, accepted)
    wrong = f"0{(int(sent.delivery_code) + 1) % 10_000:04d}"

    answers = [market.deliver(vendor, wrong) for _ in range(5)]

    assert answers == [WrongCode(tries_left=left) for left in (4, 3, 2, 1, 0)]
    part = market.look(queries.fulfillment_view, accepted.fulfillment.fulfillment_id)
    assert part.status is FulfillmentStatus.DISPATCHED
    assert market.count(Posting) == 0


def test_delivering_twice_is_answered_as_done_and_posts_once(market, deal):
    shop, vendor, noodles = deal
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 10}).order_id))
    market.deliver(vendor, sent.delivery_code)

    with pytest.raises(AlreadyDone):
        market.deliver(vendor, sent.delivery_code)

    assert market.count(Invoice) == 1


def test_goods_returned_whole_are_on_hand_again_and_cost_nothing(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    sent = market.dispatch(vendor, market.accept(vendor, placed.order_id))

    market.do(ending.mark_returned, sent.fulfillment_id, reason="shop_closed", actor=vendor.owner)

    assert market.order(placed.order_id).status is OrderStatus.CANCELED
    assert market.stock(market.listing) == (Decimal(100), Decimal(0))
    assert market.standing(shop).held == ZERO


def test_order_can_be_canceled_until_goods_have_left(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    accepted = market.accept(vendor, placed.order_id)
    market.dispatch(vendor, accepted)

    with pytest.raises(TooLate):
        market.do(ending.cancel, placed.order_id, reason="changed_mind", actor=shop.owner)

    assert market.order(placed.order_id).status is OrderStatus.DISPATCHED


def test_changing_an_order_cancels_it_and_puts_its_lines_into_the_basket(market, deal):
    shop, _, noodles = deal
    placed = market.place(shop, {noodles: 10})

    reopened = market.do(ending.reopen_as_basket, placed.order_id, actor=shop.owner)

    assert market.order(placed.order_id).status is OrderStatus.CANCELED
    view = market.do(basket.show, reopened.id)
    assert [line.quantity for line in view.lines] == [Decimal(10)]
    assert market.standing(shop).held == ZERO


def test_delivered_order_completes_by_itself_after_two_days(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    market.deliver(vendor, market.dispatch(vendor, market.accept(vendor, placed.order_id)).delivery_code)

    market.now += dt.timedelta(hours=47)
    assert market.do(delivery.complete_due) == 0
    market.now += dt.timedelta(hours=1)
    assert market.do(delivery.complete_due) == 1

    assert market.order(placed.order_id).status is OrderStatus.COMPLETED


def test_same_again_names_what_costs_more_now(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    market.deliver(vendor, market.dispatch(vendor, market.accept(vendor, placed.order_id)).delivery_code)
    market.do(catalog.set_listing_price, market.listing, rupees(21), actor=ADMIN)

    again = market.do(basket.same_again, retailer_id=shop.id, actor=shop.owner)
    twice = market.do(basket.same_again, retailer_id=shop.id, actor=shop.owner)

    assert [(change.then, change.now) for change in again.prices] == [(rupees(20), rupees(21))]
    assert [line.quantity for line in twice.basket.lines] == [Decimal(10)]


HOSTILE = "*Khaacho*: paid\nin full\u202e"
CLEAN = "Khaacho : paid in full"


def test_whatever_reason_is_given_it_is_kept_as_a_note(market, deal):
    shop, vendor, noodles = deal
    declined = market.place(shop, {noodles: 10})
    market.decline(vendor, declined.order_id, reason=HOSTILE)
    promised = market.place(shop, {noodles: 10})
    part = market.accept(vendor, promised.order_id).fulfillment.fulfillment_id
    market.do(offers.withdraw, part, reason=HOSTILE, actor=vendor.owner)
    canceled = market.place(shop, {noodles: 10})
    market.do(ending.cancel, canceled.order_id, reason=HOSTILE, actor=shop.owner)

    assert market.look(lambda s: s.scalars(select(Offer.decline_reason).order_by(Offer.id)).first()) == CLEAN
    assert market.look(lambda s: s.get(Fulfillment, part).end_reason) == CLEAN
    assert market.order(canceled.order_id).end_reason == CLEAN


def test_override_asks_the_admins_vendor_alone(market, deal):
    shop, first, noodles = deal
    second = market.wholesaler("Second")
    market.sells(second, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    (asked,) = market.open_offers(placed.order_id)
    other = second if asked.vendor_id == first.id else first

    market.do(offers.override, placed.order_id, vendor_id=other.id, reason="asked by phone", actor=ADMIN)

    (now_asked,) = market.open_offers(placed.order_id)
    assert (now_asked.vendor_id, now_asked.is_override) == (other.id, True)


@pytest.fixture
def dearer_choice(market, deal):
    """The shop is asked for the dearer vendor that an admin chose; the cheap one is still there."""
    shop, _first, noodles = deal
    dear, dearest = market.wholesaler("Dear"), market.wholesaler("Dearest")
    market.sells(dear, noodles, price=rupees(22))
    listing = market.sells(dearest, noodles, price=rupees(23))
    placed = market.place(shop, {noodles: 10})
    market.do(offers.override, placed.order_id, vendor_id=dearest.id, reason="the owner asked", actor=ADMIN)
    assert market.open_offers(placed.order_id) == []
    return shop, placed, dearest, listing


def test_yes_to_an_override_above_the_ceiling_asks_the_vendor_that_was_chosen(market, dearer_choice):
    shop, placed, dearest, _listing = dearer_choice

    market.do(offers.answer_asked, placed.order_id, yes=True, actor=shop.owner)

    (asked,) = market.open_offers(placed.order_id)
    assert (asked.vendor_id, asked.is_override) == (dearest.id, True)
    assert market.accept(dearest, placed.order_id).fulfillment.total == rupees(230)
    assert market.standing(shop).held == rupees(230)
    overrides = select(AuditEntry.actor).where(AuditEntry.action == "routing.override")
    assert market.look(lambda session: list(session.scalars(overrides))) == [ADMIN.label]


def test_yes_to_an_override_whose_vendor_has_sold_out_meanwhile_asks_the_next_best(market, dearer_choice):
    shop, placed, dearest, listing = dearer_choice
    market.do(stock.count, listing, Decimal(0), cause="count:empty", reason="sold", actor=ADMIN)

    market.do(offers.answer_asked, placed.order_id, yes=True, actor=shop.owner)

    (asked,) = market.open_offers(placed.order_id)
    assert (asked.vendor_id == dearest.id, asked.is_override) == (False, False)


def test_no_to_an_override_ends_the_order_and_asks_nobody(market, dearer_choice):
    shop, placed, _dearest, _listing = dearer_choice

    market.do(offers.answer_asked, placed.order_id, yes=False, actor=shop.owner)

    assert market.open_offers(placed.order_id) == []
    assert market.order(placed.order_id).status is OrderStatus.UNFULFILLED
    assert market.standing(shop).held == ZERO


def test_another_shop_sees_no_order_at_all(market, deal):
    shop, _, noodles = deal
    placed = market.place(shop, {noodles: 10})
    stranger = market.shop("Stranger")

    with pytest.raises(NotFound):
        market.do(ending.cancel, placed.order_id, reason="malice", actor=stranger.owner)
    with pytest.raises(NotFound):
        market.look(queries.find_by_short_code, placed.short_code, retailer_id=stranger.id)


def test_every_round_is_kept_with_its_cause(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    market.decline(vendor, placed.order_id)

    rounds = market.look(routing_queries.decisions, placed.order_id)

    assert [(round_.cause, round_.explanation) for round_ in rounds] == [
        (RoundCause.PLACED, "one_vendor"),
        (RoundCause.DECLINED, "nobody"),
    ]
