"""The same request many times at once, over real transactions: one effect, one answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from core.actor import SYSTEM
from core.db.session import Database
from core.money import rupees
from core.orders.models import Order
from core.parties import service as parties
from core.parties.models import Role
from core.parties.sign_in_models import SignIn, SignInFailures
from tests.api.conftest import PASSWORD, Client, make_app, signed_in
from tests.market import Market

DUPLICATES = 8


@pytest.fixture
def market(fresh_database):
    return Market(fresh_database.database)


@pytest.fixture
def app(settings, fresh_database, market):
    market.do(
        parties.create_user,
        role=Role.ADMIN,
        name="Admin",
        email="admin@example.test",
        password=PASSWORD,
        actor=SYSTEM,
    )
    return make_app(replace(settings, database_url=fresh_database.url), fresh_database.database)


def at_once(ask, count=DUPLICATES):
    """Ask so many times together; the answers."""
    barrier = threading.Barrier(count)

    def one(number):
        barrier.wait()
        return ask(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def count_of(database: Database, column, *where):
    with database.transaction() as session:
        return session.scalar(select(func.count(column)).where(*where))


def test_duplicates_with_one_key_place_one_order_and_get_one_answer(app, market):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    token = signed_in(app, "admin@example.test").token
    body = {"retailer_id": shop.id, "lines": [{"product_id": noodles, "quantity": 5}]}

    answers = at_once(
        lambda _: Client(app.test_client(), token=token).post(
            "/orders", body, headers={"Idempotency-Key": "k"}
        )
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert count_of(market.database, Order.id) == 1
    assert market.standing(shop).held == rupees(100)


def test_refresh_token_sent_twice_at_once_is_used_once(app, market):
    token = signed_in(app, "admin@example.test").refresh_token

    answers = at_once(
        lambda _: Client(app.test_client()).post("/auth/refresh", {"refresh_token": token}), count=4
    )

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    assert count_of(market.database, SignIn.id, SignIn.ended_at.is_(None)) == 0


def test_guesses_at_once_are_counted_like_guesses_in_a_row(app, market):
    wrong = {"email": "admin@example.test", "password": "wrong"}

    answers = at_once(lambda _: Client(app.test_client()).post("/auth/login", wrong))

    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * (DUPLICATES - 5)
    assert count_of(market.database, SignInFailures.name_hash, SignInFailures.failures == 5) == 2


def test_only_who_brought_an_old_bill_is_told_that_it_is_new(app, market):
    asked, shop, vendor = signed_in(app, "admin@example.test"), market.shop(), market.wholesaler()

    def bring(_number):
        client = Client(app.test_client(), token=asked.token)
        bill = {"vendor_id": vendor.id, "number": "217", "amount": {"amount": "100.00"}}
        days = {"billed_on": "2026-07-01", "due_on": "2026-08-15"}
        return client.post(f"/retailers/{shop.id}/old-bills", bill | days)

    answers = at_once(bring)

    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json["is_new"] for answer in answers) == [False] * (DUPLICATES - 1) + [True]
    assert len({answer.json["invoice_id"] for answer in answers}) == 1
    assert {answer.json["owed"]["amount"] for answer in answers} == {"100.00"}
