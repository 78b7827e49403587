"""A row that somebody holds for long: who asks is soon told to try again, and nobody else waits for it."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from admin_api.rooms import Rooms
from core.actor import SYSTEM
from core.credit.models import PaymentClaim
from core.db.session import Database, make_engine
from core.parties import service as parties
from core.parties.models import Role
from tests.api.conftest import PASSWORD, Client, make_app, signed_in
from tests.market import Market

CLAIM = {
    "method": "esewa",
    "reference": "HELD-1",
    "amount": {"amount": "100.00", "currency": "NPR"},
}


@pytest.fixture
def market(fresh_database):
    return Market(fresh_database.database)


@pytest.fixture
def shop(market):
    made = market.shop()
    market.do(
        parties.create_user,
        role=Role.RETAILER,
        name="Shop",
        email="shop@example.test",
        password=PASSWORD,
        retailer_id=made.id,
        actor=SYSTEM,
    )
    return made


@pytest.fixture
def app(settings, fresh_database, shop):
    """The API as `wsgi` makes it, with a shorter wait."""
    url = fresh_database.url
    hasty = Database(make_engine(url, timeout_seconds=8, lock_seconds=1))
    yield make_app(replace(settings, database_url=url), hasty, rooms=Rooms.of_threads(8))
    hasty.sessions.kw["bind"].dispose()


@pytest.fixture
def held(fresh_database, shop):
    with fresh_database.engine.begin() as holder:
        holder.execute(
            text("SELECT id FROM credit_accounts WHERE retailer_id = :shop FOR UPDATE"), {"shop": shop.id}
        )
        yield holder


def test_a_held_row_is_waited_for_only_shortly_and_the_same_request_succeeds_later(app, shop, fresh_database):
    asked = signed_in(app, "shop@example.test")

    with fresh_database.engine.begin() as holder:
        holder.execute(text("SELECT id FROM credit_accounts FOR UPDATE"))
        began = time.monotonic()
        refused = asked.post("/claims", CLAIM, headers={"Idempotency-Key": "k1"})
        took = time.monotonic() - began
    again = asked.post("/claims", CLAIM, headers={"Idempotency-Key": "k1"})

    assert (refused.status_code, refused.json["code"]) == (503, "busy")
    assert int(refused.headers["Retry-After"]) >= 1
    assert took < 4
    assert again.status_code == 201
    with fresh_database.database.transaction() as session:
        assert session.query(PaymentClaim).count() == 1


def test_the_waiting_requests_of_one_user_leave_room_for_others(app, held):
    asked = signed_in(app, "shop@example.test")

    def claim(number):
        client = Client(app.test_client(), token=asked.token)
        return client.post("/claims", {**CLAIM, "reference": f"HELD-{number}"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(claim, range(8)))

    codes = sorted(answer.json["code"] for answer in answers)
    assert codes.count("busy") >= 4
    assert codes.count("too_many_at_once") >= 1
    assert set(codes) == {"busy", "too_many_at_once"}
    assert all("Retry-After" in answer.headers for answer in answers)


def test_an_admin_s_page_says_that_it_is_busy(app, market, fresh_database, shop):
    market.do(
        parties.create_user,
        role=Role.ADMIN,
        name="Admin",
        email="admin@example.test",
        password=PASSWORD,
        actor=SYSTEM,
    )
    browser = app.test_client()
    sign_in = browser.get("/admin/sign-in").text
    csrf = sign_in.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    browser.post("/admin/sign-in", data={"csrf": csrf, "name": "admin@example.test", "password": PASSWORD})

    with fresh_database.engine.begin() as holder:
        holder.execute(text("LOCK TABLE retailers"))
        page = browser.get("/admin/retailers")

    assert page.status_code == 503
    assert "Try again in a few seconds" in page.text
