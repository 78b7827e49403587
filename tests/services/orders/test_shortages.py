"""What a shop reports short comes off its bill once the vendor agrees: in time, once, and never more than came."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.credit import queries as credit_queries
from core.credit import service as credit
from core.credit.models import Posting
from core.errors import NotFound
from core.money import ZERO, rupees
from core.orders import delivery, shortages
from core.orders.errors import ShortageAnswered, ShortageOpen, ShortageTooLate, ShortMoreThanPromised
from core.orders.kinds import OrderStatus, ShortageStatus, Terms
from core.orders.models import Shortage
from tests.market import ADMIN


@pytest.fixture
def handed_over(market, deal):
    """Sixty packets at Rs. 20, handed over on credit."""
    shop, vendor, noodles = deal
    return _deliver(market, shop, vendor, noodles)


def _deliver(market, shop, vendor, noodles, **facts):
    placed = market.place(shop, {noodles: 60}, **facts)
    sent = market.dispatch(vendor, market.accept(vendor, placed.order_id))
    return market.deliver(vendor, sent.delivery_code, cash=credit.ALL_CASH).fulfillment


def _line(parcel):
    return parcel.lines[0].line.order_line_id


def _report(market, parcel, shop, quantity=5):
    short = {_line(parcel): Decimal(quantity)}
    return market.do(
        shortages.report, parcel.fulfillment_id, short=short, words="5 futeko", actor=shop.owner
    ).id


def test_what_the_vendor_agrees_to_comes_off_the_bill_once(market, deal, handed_over):
    shop, vendor, _noodles = deal
    shortage_id = _report(market, handed_over, shop)
    assert market.look(shortages.open_shortages_of_vendor, vendor.id) == [shortage_id]
    assert market.look(shortages.shortage_view, shortage_id).worth == rupees(100)

    amount = market.do(shortages.agree, shortage_id, actor=vendor.owner)

    assert amount == rupees(100)
    assert market.standing(shop).posted == rupees(1_100)
    with pytest.raises(ShortageAnswered):
        market.do(shortages.agree, shortage_id, actor=vendor.owner)
    with pytest.raises(ShortageAnswered):
        market.do(shortages.refuse, shortage_id, actor=ADMIN)
    notes = market.look(lambda s: s.scalars(select(Posting.kind).where(Posting.kind == "credit_note")).all())
    assert len(notes) == 1
    assert not market.look(credit_queries.find_differences)


def test_of_a_paid_cash_order_it_stays_with_the_shop_as_paid_ahead(market, deal):
    shop, vendor, noodles = deal
    parcel = _deliver(market, shop, vendor, noodles, terms=Terms.CASH)

    market.do(shortages.agree, _report(market, parcel, shop), actor=ADMIN)

    assert market.standing(shop).prepaid == rupees(100)


def test_a_refusal_changes_no_money_and_lets_the_shop_report_again(market, deal, handed_over):
    shop, vendor, _noodles = deal

    market.do(shortages.refuse, _report(market, handed_over, shop), actor=vendor.owner)

    assert market.standing(shop).posted == rupees(1_200)
    assert _report(market, handed_over, shop, quantity=2)


def test_one_report_of_a_delivery_waits_at_a_time(market, deal, handed_over):
    shop, _vendor, _noodles = deal
    _report(market, handed_over, shop)

    with pytest.raises(ShortageOpen):
        _report(market, handed_over, shop, quantity=1)

    assert market.count(Shortage) == 1


def test_no_more_is_short_than_came_also_over_several_reports(market, deal, handed_over):
    shop, vendor, _noodles = deal
    for quantity in (0, 61):
        with pytest.raises(ShortMoreThanPromised):
            _report(market, handed_over, shop, quantity=quantity)
    market.do(shortages.agree, _report(market, handed_over, shop, quantity=58), actor=vendor.owner)

    with pytest.raises(ShortMoreThanPromised):
        _report(market, handed_over, shop, quantity=3)

    assert market.count(Shortage, Shortage.status == ShortageStatus.AGREED) == 1


def test_after_48_hours_it_is_too_late(market, deal, handed_over):
    shop, _vendor, _noodles = deal
    market.now = handed_over.delivered_at + dt.timedelta(hours=48)
    assert market.look(shortages.reportable_orders, shop.id, now=market.now)
    market.now += dt.timedelta(seconds=1)

    with pytest.raises(ShortageTooLate):
        _report(market, handed_over, shop)

    assert market.look(shortages.reportable_orders, shop.id, now=market.now) == []


def test_others_neither_report_nor_answer(market, deal, handed_over):
    shop, _vendor, _noodles = deal
    stranger, other = market.shop("Maya Store"), market.wholesaler("Other Traders")
    with pytest.raises(NotFound):
        _report(market, handed_over, stranger)
    shortage_id = _report(market, handed_over, shop)

    for answer in (shortages.agree, shortages.refuse):
        with pytest.raises(NotFound):
            market.do(answer, shortage_id, actor=other.owner)
    with pytest.raises(NotFound):
        market.look(shortages.shortage_view, shortage_id, vendor_id=other.id)

    assert market.standing(shop).posted == rupees(1_200)


def test_an_order_with_an_open_report_is_not_completed_by_silence(market, deal, handed_over):
    shop, vendor, _noodles = deal
    shortage_id = _report(market, handed_over, shop)
    market.now = handed_over.delivered_at + dt.timedelta(hours=49)
    assert market.do(delivery.complete_due) == 0

    market.do(shortages.agree, shortage_id, actor=vendor.owner)

    assert market.do(delivery.complete_due) == 1
    assert market.order(handed_over.order_id).status is OrderStatus.COMPLETED
    assert market.standing(shop).held == ZERO
