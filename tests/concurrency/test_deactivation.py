"""Who is deactivated while he waits for a lock acts no more, and what he said a moment before is undone."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.actor import SYSTEM
from core.catalog import service as catalog
from core.catalog import stock
from core.catalog.models import Listing, Stock
from core.credit import service as credit
from core.credit.kinds import PaymentMethod
from core.credit.models import CreditAccount
from core.money import rupees
from core.orders import basket, delivery, offers, placing, stopping
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Fulfillment, Order
from core.orders.views import NewLine
from core.parties import queries, service
from core.parties.errors import PartyInactive, SignInRefused
from core.parties.models import Role
from core.parties.service import sign_ins
from core.parties.sign_in_models import SignIn
from core.pricing import service as pricing
from tests.market import ADMIN, Market
from tests.waiting import wait_for_locks

PASSWORD = "chiya ra biskut 7"


@pytest.fixture
def town(fresh_database):
    market = Market(fresh_database.database)
    market.asha, market.hari, market.noodles = market.shop(), market.wholesaler(), market.product()
    market.listing = market.sells(market.hari, market.noodles, price=rupees(20))
    return market


def basket_of(town):
    line = NewLine(product_id=town.noodles, quantity=Decimal(10))
    order = town.do(basket.add_lines, retailer_id=town.asha.id, lines=[line], actor=town.asha.owner)
    return order, town.do(basket.show, order.id).version


def to_place(town):
    order, version = basket_of(town)
    facts = {"version": version, "terms": Terms.CREDIT}
    return Order, lambda session, **who: placing.place(session, order.id, **facts, **who)


def to_fill_the_basket(town):
    basket_of(town)
    facts = {
        "retailer_id": town.asha.id,
        "lines": [NewLine(product_id=town.noodles, quantity=Decimal(1))],
    }
    return Order, lambda session, **who: basket.add_lines(session, **facts, **who)


def to_empty_the_basket(town):
    basket_of(town)
    return Order, lambda session, **who: basket.clear(session, retailer_id=town.asha.id, **who)


def to_claim(town):
    facts = {"retailer_id": town.asha.id, "method": PaymentMethod.ESEWA, "reference": "A1B2"}
    return CreditAccount, lambda session, **who: credit.claim_payment(
        session, **facts, amount=rupees(100), **who
    )


def to_confirm_a_claim(town):
    code = town.dispatch(
        town.hari, town.accept(town.hari, town.place(town.asha, {town.noodles: 10}).order_id)
    )
    with town.database.transaction() as session:
        secret = session.get_one(Fulfillment, code.fulfillment_id).delivery_code
    town.deliver(town.hari, secret)
    claim = town.do(
        credit.claim_payment,
        retailer_id=town.asha.id,
        method=PaymentMethod.CASH,
        reference=None,
        amount=rupees(100),
        payee=town.hari.id,
        actor=town.asha.owner,
    )
    return CreditAccount, lambda session, **who: credit.confirm_claim(session, claim.id, **who)


def to_count(town):
    facts = {"cause": "count", "reason": None}
    return Stock, lambda session, **who: stock.count(session, town.listing, Decimal(5), **facts, **who)


def to_reprice(town):
    return Listing, lambda session, **who: pricing.confirm_price(session, town.listing, rupees(21), **who)


def to_take_off_the_list(town):
    return Listing, lambda session, **who: catalog.set_available(
        session, town.listing, is_available=False, **who
    )


def to_accept(town):
    offer = town.offer_to(town.hari, town.place(town.asha, {town.noodles: 10}).order_id)
    return Order, lambda session, **who: offers.accept(session, offer.id, **who)


def to_dispatch(town):
    part = town.accept(town.hari, town.place(town.asha, {town.noodles: 10}).order_id).fulfillment
    return Order, lambda session, **who: delivery.dispatch(session, part.fulfillment_id, **who)


OF_SHOPS = [to_place, to_fill_the_basket, to_empty_the_basket, to_claim]
OF_VENDORS = [to_confirm_a_claim, to_count, to_reprice, to_take_off_the_list, to_accept, to_dispatch]


@pytest.mark.parametrize("begin", [*OF_SHOPS, *OF_VENDORS], ids=lambda begin: begin.__name__)
def test_who_is_deactivated_while_he_waits_for_the_lock_is_refused(town, begin):
    locked, act = begin(town)
    is_shop = begin in OF_SHOPS

    def turn():
        with town.database.transaction() as session:
            # As a turn does: who writes is known from its beginning.
            party = (
                queries.get_retailer(session, town.asha.id)
                if is_shop
                else queries.get_vendor(session, town.hari.id)
            )
            assert party.is_active
            act(session, actor=(town.asha if is_shop else town.hari).owner, now=town.now)

    with ThreadPoolExecutor(1) as pool:
        with town.database.transaction() as session:
            session.execute(select(locked).with_for_update(key_share=True))
            waiting = pool.submit(turn)
            wait_for_locks(town.database)
            if is_shop:
                town.do(service.deactivate_retailer, town.asha.id, reason="fraud", actor=ADMIN)
            else:
                town.do(service.deactivate_vendor, town.hari.id, reason="fraud", actor=ADMIN)
        with pytest.raises(PartyInactive):
            waiting.result(timeout=10)


def test_an_order_that_is_placed_while_its_shop_is_deactivated_is_canceled(town):
    order, version = basket_of(town)

    with ThreadPoolExecutor(1) as pool:
        with town.database.transaction() as session:
            placing.place(
                session, order.id, version=version, terms=Terms.CREDIT, actor=town.asha.owner, now=town.now
            )
            town.do(service.deactivate_retailer, town.asha.id, reason="fraud", actor=ADMIN)
            found = town.look(stopping.orders_of_retailer, town.asha.id)
            stopped = pool.submit(lambda: [town.do(stopping.stop_retailer, one) for one in found])
            wait_for_locks(town.database)
        stopped.result(timeout=10)

    assert town.order(order.id).status is OrderStatus.CANCELED
    assert town.standing(town.asha).held == rupees(0)
    assert town.open_offers(order.id) == []


def test_a_deactivated_shop_keeps_its_basket(town):
    order, _ = basket_of(town)

    town.do(service.deactivate_retailer, town.asha.id, reason="mistake", actor=ADMIN)
    town.do(stopping.stop_retailer, order.id)

    town.do(service.activate_retailer, town.asha.id, reason="mistake", actor=SYSTEM)
    assert town.look(basket.find_basket, town.asha.id).id == order.id


@pytest.mark.parametrize("ended", ["user", "vendor"])
def test_who_signs_in_while_he_is_deactivated_is_refused(town, ended):
    user = town.do(
        service.create_user,
        role=Role.VENDOR,
        name="Hari",
        email="hari@example.test",
        password=PASSWORD,
        vendor_id=town.hari.id,
        actor=SYSTEM,
    )
    facts = {"password": PASSWORD, "address": "192.0.2.1", "device": "phone", "lasts": dt.timedelta(days=1)}

    with ThreadPoolExecutor(1) as pool:
        with town.database.transaction() as session:
            if ended == "user":
                service.deactivate_user(session, user.id, actor=ADMIN, now=town.now)
            else:
                service.deactivate_vendor(session, town.hari.id, reason="fraud", actor=ADMIN, now=town.now)
            signing_in = pool.submit(town.do, sign_ins.sign_in, name="hari@example.test", **facts)
            wait_for_locks(town.database)
        answer = signing_in.result(timeout=10)

    assert isinstance(answer, SignInRefused)
    assert town.count(SignIn) == 0
