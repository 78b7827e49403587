"""The database itself refuses an order that ends and leaves something open, and the nightly check would show it."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.money import rupees
from core.orders import checks
from tests.market import Market


@pytest.fixture
def market(fresh_database):
    return Market(fresh_database.database)


@pytest.fixture
def placed(market):
    """An order with an open offer and a hold, and one whose goods are on the way."""
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    open_order = market.place(shop, {noodles: 1}).order_id
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 2}).order_id))
    return open_order, sent.order_id, sent.fulfillment_id


def change(market, statement, **values):
    market.look(lambda session: session.execute(text(statement), values))


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE orders SET status = 'canceled' WHERE id = :offered", "orders_leave_nothing_open"),
        ("UPDATE orders SET status = 'canceled' WHERE id = :sent", "orders_leave_nothing_open"),
        (
            "UPDATE orders SET awaiting_owner_since = now() WHERE id = :offered",
            "ck_orders_owner_decides_in_draft",
        ),
        (
            "UPDATE orders SET asked = 'part', asked_at = now(), asked_facts = '{}' WHERE id = :offered",
            "ck_orders_retailer_decides_in_placed",
        ),
        (
            "UPDATE fulfillments SET delivery_code = '1042' WHERE id = :part",
            "ck_fulfillments_code_is_no_order_number",
        ),
    ],
)
def test_the_database_refuses(market, placed, statement, constraint):
    offered, sent, part = placed

    with pytest.raises(IntegrityError, match=constraint):
        change(market, statement, offered=offered, sent=sent, part=part)

    assert market.order(offered).status == "offered"
    assert market.look(checks.find_differences) == []


def test_goods_cannot_be_promised_without_being_reserved(market, placed):
    shop, vendor, noodles = market.shop("Other"), market.wholesaler("Other"), market.product("RICE")
    listing = market.sells(vendor, noodles, price=rupees(20))
    market.accept(vendor, market.place(shop, {noodles: 3}).order_id)

    with pytest.raises(IntegrityError, match="has not reserved what its vendor promised"):
        change(
            market,
            "UPDATE fulfillments SET status = 'canceled', ended_at = now() WHERE vendor_id = :vendor",
            vendor=vendor.id,
        )

    assert market.stock(listing)[1] == 3


def test_what_came_past_the_database_all_the_same_is_shown(market, placed):
    offered, sent, _ = placed

    def past_the_triggers(session):
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text("UPDATE orders SET status = 'canceled' WHERE id IN (:a, :b)"), {"a": offered, "b": sent}
        )

    market.look(past_the_triggers)

    found = {(one.checked, one.subject_id) for one in market.look(checks.find_differences)}
    assert found == {
        ("open_hold", offered),
        ("open_offer", offered),
        ("open_hold", sent),
        ("open_part", sent),
    }


def test_a_promise_that_no_part_keeps_is_shown_in_pieces(market, placed):
    _, sent, _ = placed
    line = market.order(sent).lines[0].line.order_line_id

    def past_the_triggers(session):
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text("UPDATE order_lines SET promised_quantity = promised_quantity - 2 WHERE id = :id"),
            {"id": line},
        )

    market.look(past_the_triggers)

    (found,) = market.look(checks.find_differences)
    assert (found.checked, found.subject_id) == ("promised", line)
    assert found.facts["unit"] == "quantity"
    assert Decimal(found.facts["actual"]) - Decimal(found.facts["cached"]) == 2
