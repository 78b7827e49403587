"""Lists ask the database a fixed number of times, whatever the page holds."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from core.money import rupees
from core.orders import offers
from core.orders.kinds import OrderStatus
from tests.api.world import make_world
from tests.market import ADMIN

# In one request: the transaction's clock and the caller, then count, page, and what each row brings along.
MOST_STATEMENTS = 12


@contextmanager
def counted(engine):
    """The statements that run inside the block, without savepoints."""
    seen = []

    def see(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", see)


@pytest.fixture
def orders(market):
    """Twelve orders of three shops with two vendors, some with promised parts."""
    noodles, rice = market.product("NOODLES"), market.product("RICE")
    for vendor, price in ((market.wholesaler("Himal"), 20), (market.wholesaler("Ganga"), 21)):
        for product in (noodles, rice):
            market.sells(vendor, product, price=rupees(price))
    placed = []
    for name in ("Asha", "Bina", "Chandra"):
        shop = market.shop(name)
        placed += [market.place(shop, {noodles: 1, rice: 2}) for _ in range(4)]
    for order in placed[::2]:
        (offer,) = market.open_offers(order.order_id)
        market.do(offers.accept, offer.id, actor=ADMIN)
    return placed


def test_page_of_orders_costs_the_same_whatever_its_size(engine, admin, orders):
    counts = {}
    for limit in (1, 5, 12):
        with counted(engine) as seen:
            page = admin.get(f"/orders?limit={limit}").json
        assert (len(page["items"]), page["total"]) == (limit, 12)
        counts[limit] = len(seen)

    assert len(set(counts.values())) == 1, counts
    assert counts[1] <= 7


def test_no_list_asks_once_for_each_row(engine, admin, market, nobody):
    make_world(market)
    document = nobody.get("/openapi.json").json
    lists = [
        path.removeprefix("/api/v1")
        for path, methods in document["paths"].items()
        if "get" in methods
        and "{" not in path
        and any(parameter["name"] == "after" for parameter in methods["get"]["parameters"])
    ]
    assert len(lists) >= 18

    grows = {}
    for path in lists:
        counts = []
        for limit in (1, 100):
            with counted(engine) as seen:
                assert admin.get(f"{path}?limit={limit}").status_code == 200
            counts.append(len(seen))
        if counts[0] != counts[1] or counts[1] > MOST_STATEMENTS:
            grows[path] = counts
    assert grows == {}


def test_filters_of_orders_narrow_the_list(admin, orders, market):
    def ids(query):
        page = admin.get(f"/orders?limit=100&{query}").json
        assert page["total"] == len(page["items"])
        return {order["id"] for order in page["items"]}

    everything = {order.order_id for order in orders}
    accepted = {order.order_id for order in orders[::2]}
    assert ids(f"status={OrderStatus.ACCEPTED}") == accepted
    assert ids(f"status={OrderStatus.OFFERED}") == everything - accepted
    assert ids(f"short_code={orders[3].short_code}") == {orders[3].order_id}
    assert ids("placed_before=2026-11-23T00:00:00Z") == set()
    assert ids("placed_from=2026-11-23T00:00:00%2B05:45") == everything
    assert ids("terms=cash") == set()
