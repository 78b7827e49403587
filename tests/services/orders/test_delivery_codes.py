"""Who says the code has the goods in hand: whose parcel it is, how often one may guess, and what came of the cash."""

import datetime as dt
from decimal import Decimal

import pytest

from core.actor import SYSTEM, Actor, Via
from core.credit import service as credit
from core.credit.errors import AmountTooLarge
from core.credit.models import Invoice, Payment, Posting
from core.errors import NotAllowed, NotFound
from core.events import DeliveryCodeExhausted
from core.money import ZERO, rupees
from core.orders import codes, delivery, queries
from core.orders.codes import is_code
from core.orders.errors import AlreadyDone, CashNotStated, CodeLocked
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.settings import OrderSettings
from core.orders.views import Refused, WrongCode
from core.outbox.models import Event
from core.settings import service as settings
from tests.market import ADMIN


def _sent(market, shop, vendor, noodles, *, count=10, **facts):
    return market.dispatch(
        vendor, market.accept(vendor, market.place(shop, {noodles: count}, **facts).order_id)
    )


def _wrong(*codes):
    return next(code for number in range(10_000) if (code := f"0{number:04d}") not in codes)


def test_a_code_is_five_digits_and_never_an_orders_number(market, deal):
    shop, vendor, noodles = deal
    sent = _sent(market, shop, vendor, noodles)

    assert is_code(sent.delivery_code)
    assert not is_code(str(sent.short_code))
    assert [is_code(text) for text in ("04821", "14821", "4821", "048211", "०४८२१", "0482a")] == [
        True,
        False,
        False,
        False,
        False,
        False,
    ]


def test_a_new_code_is_none_of_this_vendors_that_is_on_its_way_or_was_within_a_month(
    market, deal, monkeypatch
):
    shop, vendor, noodles = deal
    monkeypatch.setattr(codes, "_CODES", 3)
    sent = [_sent(market, shop, vendor, noodles, count=1) for _ in range(2)]
    market.deliver(vendor, sent[0].delivery_code)

    # Ten draws: what may not come again comes in none of them.
    (only_left,) = {"00000", "00001", "00002"} - {parcel.delivery_code for parcel in sent}
    assert {market.look(codes.new_code, vendor.id, now=market.now) for _ in range(10)} == {only_left}
    other = market.wholesaler("Himal Traders")
    drawn = {market.look(codes.new_code, other.id, now=market.now) for _ in range(60)}
    assert drawn == {"00000", "00001", "00002"}

    month = market.now + dt.timedelta(days=30)
    assert {market.look(codes.new_code, vendor.id, now=month) for _ in range(10)} == {only_left}
    later = month + dt.timedelta(seconds=1)
    drawn = {market.look(codes.new_code, vendor.id, now=later) for _ in range(60)}
    assert drawn == {sent[0].delivery_code, only_left}


def test_a_code_that_comes_again_after_a_month_is_that_of_the_parcel_on_its_way(market, deal, monkeypatch):
    shop, vendor, noodles = deal
    monkeypatch.setattr(codes, "_CODES", 1)
    market.deliver(vendor, _sent(market, shop, vendor, noodles, count=1).delivery_code)
    market.now += dt.timedelta(days=31)
    again = _sent(market, shop, vendor, noodles, count=2)
    assert again.delivery_code == "00000"

    done = market.deliver(vendor, again.delivery_code)

    assert done.fulfillment.fulfillment_id == again.fulfillment_id


def test_the_last_try_of_the_day_calls_an_admin_also_when_each_parcel_was_named(market, deal):
    shop, vendor, noodles = deal
    parcels = [_sent(market, shop, vendor, noodles, count=1) for _ in range(5)]
    wrong = _wrong(*(parcel.delivery_code for parcel in parcels))

    for parcel in parcels:
        for _ in range(4):
            market.deliver(vendor, wrong, fulfillment_id=parcel.fulfillment_id)

    assert market.count(Event, Event.name == DeliveryCodeExhausted.name()) == 5
    with pytest.raises(CodeLocked):
        market.deliver(vendor, parcels[0].delivery_code)


def test_when_every_code_was_used_lately_one_that_is_not_on_its_way_comes_again(market, deal, monkeypatch):
    shop, vendor, noodles = deal
    monkeypatch.setattr(codes, "_CODES", 2)
    sent = [_sent(market, shop, vendor, noodles, count=1) for _ in range(2)]
    market.deliver(vendor, sent[0].delivery_code)

    drawn = {market.look(codes.new_code, vendor.id, now=market.now) for _ in range(10)}

    assert drawn == {sent[0].delivery_code}


def test_the_fifty_first_parcel_on_its_way_is_found_by_its_code(market, deal):
    shop, vendor, noodles = deal
    sent = [_sent(market, shop, vendor, noodles, count=1) for _ in range(51)]
    assert len({parcel.delivery_code for parcel in sent}) == 51

    done = market.deliver(vendor, sent[-1].delivery_code)

    assert done.fulfillment.fulfillment_id == sent[-1].fulfillment_id


def test_the_right_code_sent_twice_is_done_already_and_counts_against_nothing(market, deal):
    shop, vendor, noodles = deal
    first, second = _sent(market, shop, vendor, noodles), _sent(market, shop, vendor, noodles)
    market.deliver(vendor, first.delivery_code)

    for _ in range(6):
        with pytest.raises(AlreadyDone):
            market.deliver(vendor, first.delivery_code)

    assert market.count(Invoice) == 1
    assert market.deliver(vendor, second.delivery_code).total == rupees(200)


@pytest.mark.parametrize("names_parcel", [True, False])
def test_after_five_wrong_codes_the_right_one_is_answered_like_any_other(market, deal, names_parcel):
    shop, vendor, noodles = deal
    sent = _sent(market, shop, vendor, noodles)
    named = {"fulfillment_id": sent.fulfillment_id} if names_parcel else {}
    wrong = _wrong(sent.delivery_code)
    answers = [market.deliver(vendor, wrong, **named) for _ in range(5)]
    assert answers == [WrongCode(tries_left=left) for left in (4, 3, 2, 1, 0)]
    assert market.count(Event, Event.name == DeliveryCodeExhausted.name()) == 1

    refusals = []
    for code in (wrong, sent.delivery_code):
        with pytest.raises(CodeLocked) as locked:
            market.deliver(vendor, code, **named)
        refusals.append(locked.value.facts)

    assert refusals[0] == refusals[1]
    part = market.look(queries.fulfillment_view, sent.fulfillment_id)
    assert (part.status, market.count(Posting)) == (FulfillmentStatus.DISPATCHED, 0)
    done = market.do(delivery.deliver_without_code, sent.fulfillment_id, reason="phoned", actor=ADMIN)
    assert done.total == rupees(200)


def test_a_wrong_code_among_several_parcels_locks_none_of_them(market, deal):
    shop, vendor, noodles = deal
    parcels = [_sent(market, shop, vendor, noodles, count=1) for _ in range(3)]
    wrong = _wrong(*(parcel.delivery_code for parcel in parcels))
    for _ in range(6):
        assert isinstance(market.deliver(vendor, wrong), WrongCode)

    assert (
        market.deliver(vendor, parcels[1].delivery_code).fulfillment.fulfillment_id
        == parcels[1].fulfillment_id
    )


def test_a_locked_parcels_code_is_wrong_among_others(market, deal):
    shop, vendor, noodles = deal
    locked, other = (_sent(market, shop, vendor, noodles, count=1) for _ in range(2))
    wrong = _wrong(locked.delivery_code, other.delivery_code)
    for _ in range(5):
        market.deliver(vendor, wrong, fulfillment_id=locked.fulfillment_id)

    answers = [market.deliver(vendor, code) for code in (locked.delivery_code, wrong)]

    assert [type(answer) for answer in answers] == [WrongCode, WrongCode]
    part = market.look(queries.fulfillment_view, locked.fulfillment_id)
    assert part.status is FulfillmentStatus.DISPATCHED


def test_tries_are_counted_by_vendor_door_and_day(market, deal):
    shop, vendor, noodles = deal
    parcels = [_sent(market, shop, vendor, noodles, count=1) for _ in range(2)]
    market.do(
        settings.change,
        OrderSettings,
        {"wrong_codes_per_day": 2},
        seen_version=0,
        reason="careful",
        actor=ADMIN,
    )
    wrong = _wrong(*(parcel.delivery_code for parcel in parcels))
    assert [market.deliver(vendor, wrong).tries_left for _ in range(2)] == [1, 0]
    assert market.count(Event, Event.name == DeliveryCodeExhausted.name()) == len(parcels)

    for code in (wrong, parcels[0].delivery_code):
        with pytest.raises(CodeLocked):
            market.deliver(vendor, code)
        with pytest.raises(CodeLocked):
            market.deliver(vendor, code, fulfillment_id=parcels[0].fulfillment_id)

    other_door = Actor(kind=vendor.owner.kind, via=Via.API, vendor_id=vendor.id)
    market.do(delivery.deliver, vendor_id=vendor.id, code=parcels[0].delivery_code, actor=other_door)
    market.now = market.now.replace(day=market.now.day + 1)
    market.deliver(vendor, parcels[1].delivery_code)
    assert market.count(Invoice) == 2


def test_a_strangers_code_is_no_parcel_of_ours(market, deal):
    shop, vendor, noodles = deal
    other = market.wholesaler("Second")
    sent = _sent(market, shop, vendor, noodles)
    market.sells(other, market.product("RICE"), price=rupees(1))

    with pytest.raises(NotFound):
        market.deliver(other, sent.delivery_code)
    with pytest.raises(NotFound):
        market.deliver(other, sent.delivery_code, fulfillment_id=sent.fulfillment_id)
    assert market.count(Invoice) == 0


def test_a_code_alone_never_says_that_cash_was_paid(market, deal):
    shop, vendor, noodles = deal
    sent = _sent(market, shop, vendor, noodles, terms=Terms.CASH)

    with pytest.raises(CashNotStated) as refused:
        market.deliver(vendor, sent.delivery_code)

    assert refused.value.facts["total"] == rupees(200)
    assert (market.count(Invoice), market.count(Payment)) == (0, 0)
    part = market.look(queries.fulfillment_view, sent.fulfillment_id)
    assert part.status is FulfillmentStatus.DISPATCHED


@pytest.mark.parametrize(
    ("cash", "taken", "due"),
    [
        pytest.param(credit.ALL_CASH, rupees(200), ZERO, id="all"),
        pytest.param(credit.part_of_cash(rupees(150)), rupees(150), rupees(50), id="a part"),
        pytest.param(credit.part_of_cash(rupees(200)), rupees(200), ZERO, id="a part that is all"),
        pytest.param(credit.NO_CASH, ZERO, rupees(200), id="none"),
    ],
)
def test_what_did_not_come_in_cash_is_owed_and_stops_further_orders(market, deal, cash, taken, due):
    shop, vendor, noodles = deal
    sent = _sent(market, shop, vendor, noodles, terms=Terms.CASH)

    done = market.deliver(vendor, sent.delivery_code, cash=cash)

    assert (done.cash_taken, done.cash_due, done.cash_received) == (taken, due, not due)
    assert (market.standing(shop).cash_due, market.standing(shop).prepaid) == (due, ZERO)
    again = market.place(shop, {noodles: 1})
    if due:
        assert again == Refused(code="cash_due", facts={"due_minor": due.minor})
    else:
        assert again.status is OrderStatus.OFFERED


def test_more_cash_than_the_bill_is_refused_and_nothing_is_delivered(market, deal):
    shop, vendor, noodles = deal
    sent = _sent(market, shop, vendor, noodles, terms=Terms.CASH)

    with pytest.raises(AmountTooLarge):
        market.deliver(vendor, sent.delivery_code, cash=credit.part_of_cash(rupees(201)))

    assert (market.count(Invoice), market.count(Payment)) == (0, 0)


def test_of_a_short_parcel_the_cash_is_what_the_bill_comes_to(market, deal):
    shop, vendor, noodles = deal
    sent = _sent(market, shop, vendor, noodles, terms=Terms.CASH)
    line = sent.lines[0].line.order_line_id

    done = market.deliver(vendor, sent.delivery_code, short={line: Decimal(4)}, cash=credit.ALL_CASH)

    assert (done.total, done.cash_taken, market.standing(shop).cash_due) == (rupees(120), rupees(120), ZERO)


@pytest.mark.parametrize("who", ["vendor", "shop", "system"])
def test_only_an_admin_hands_over_without_the_code(market, deal, who):
    shop, vendor, noodles = deal
    sent = _sent(market, shop, vendor, noodles)
    actor = {"vendor": vendor.owner, "shop": shop.owner, "system": SYSTEM}[who]

    with pytest.raises(NotAllowed):
        market.do(delivery.deliver_without_code, sent.fulfillment_id, reason="phoned", actor=actor)

    assert market.order(sent.order_id).fulfillments[0].status is FulfillmentStatus.DISPATCHED
    assert market.standing(shop).posted == ZERO
