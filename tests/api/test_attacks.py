"""What attackers try on the API, one test for each kind of attack."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy import select

import wsgi
from admin_api.limiter import Budgets
from core.actor import SYSTEM
from core.clock import system_now
from core.config import Environment, TwilioAccount
from core.outbox import service as outbox
from core.parties import service as parties
from core.parties.models import Retailer, Role, User
from core.parties.sign_in_models import EndReason, SignIn
from core.reports.printed import bills_of, sign_link
from tests.api.conftest import MANY, PASSWORD, Client, make_app

ACCOUNT = TwilioAccount(
    account_sid="AC" + "0" * 32, auth_token="f" * 32, whatsapp_from="whatsapp:+14155238886"
)


def refreshed(client):
    return client.post("/auth/refresh", {"refresh_token": client.refresh_token})


def test_a_deactivated_user_is_signed_out_for_ever(session, admin, sign_in):
    user = sign_in()
    user_id = user.user["id"]

    admin.post(f"/users/{user_id}/deactivate")
    admin.post(f"/users/{user_id}/activate")

    assert user.get("/auth/me").status_code == 401
    assert refreshed(user).status_code == 401
    ended = session.scalars(select(SignIn.end_reason).where(SignIn.user_id == user_id)).all()
    assert ended == [EndReason.DEACTIVATED]
    assert user.post("/auth/login", {"email": user.user["email"], "password": PASSWORD}).status_code == 200


def test_users_of_a_deactivated_vendor_are_out_and_stay_out_until_they_sign_in_again(market, admin, sign_in):
    himal = market.wholesaler()
    vendor = sign_in(himal)
    login = {"email": vendor.user["email"], "password": PASSWORD}

    admin.post(f"/vendors/{himal.id}/deactivate", {"reason": "fraud"})

    assert vendor.get("/auth/me").status_code == 401
    assert refreshed(vendor).status_code == 401
    assert vendor.post("/auth/login", login).status_code == 401

    admin.post(f"/vendors/{himal.id}/activate", {"reason": "cleared"})
    assert vendor.get("/auth/me").status_code == 401
    assert vendor.post("/auth/login", login).status_code == 200


@pytest.mark.parametrize(
    "password",
    [
        "12345678",
        "password1",
        "PASSWORD123",
        "qwertyui",
        "87654321",
        "aaaaaaaaaa",
        "nepal@123",
        "asmita@example.test",
    ],
)
def test_a_password_that_everybody_tries_first_is_refused(session, admin, password):
    before = session.scalars(select(User.id)).all()
    given = {"name": "Asmita", "email": "asmita@example.test", "password": password, "role": "admin"}

    refused = admin.post("/users", given)

    assert (refused.status_code, refused.json["code"]) == (422, "password_too_common")
    assert session.scalars(select(User.id)).all() == before
    changed = admin.put("/auth/password", {"current_password": PASSWORD, "new_password": password})
    if "@example" not in password:
        assert changed.json["code"] == "password_too_common"


EXPOSED = pytest.mark.parametrize(
    "exposed",
    [
        {"environment": Environment.DEVELOPMENT, "twilio": ACCOUNT},
        {"environment": Environment.DEVELOPMENT, "bind": "0.0.0.0"},  # noqa: S104
        {"environment": Environment.DEVELOPMENT, "bind": "192.168.1.7"},
        {"environment": Environment.DEVELOPMENT, "public_url": "https://bot.example.com"},
    ],
)
SIMULATOR = [
    "/simulator/",
    "/simulator/cast",
    "/simulator/phones?address=whatsapp:%2B9779801000001",
    "/simulator/books",
]
TUNNELS = pytest.mark.parametrize(
    "passed_on",
    [
        {"Host": "7f3a.ngrok.app"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-Host": "7f3a.ngrok.app"},
        {"Forwarded": "for=203.0.113.9"},
        {"CF-Connecting-IP": "203.0.113.9"},
    ],
)


@pytest.fixture
def wired_app(database):
    """The whole application, as the web process builds it."""

    def build(settings):
        return wsgi.create_app(settings, database).test_client()

    yield build
    outbox.wire(reactions={}, ring=lambda _queue: None)


@EXPOSED
def test_where_strangers_can_come_in_there_is_no_simulator(settings, wired_app, exposed):
    private = wired_app(replace(settings, environment=Environment.DEVELOPMENT))
    open_to_all = wired_app(replace(settings, **exposed))

    assert private.get("/simulator/").status_code == 200
    assert private.get("/").location == "/simulator"
    assert [open_to_all.get(path).status_code for path in SIMULATOR] == [404] * len(SIMULATOR)
    assert open_to_all.post("/simulator/phones/whatsapp:1/messages", json={"text": "hi"}).status_code == 404
    assert open_to_all.get("/").location == "/api/v1/docs"


@TUNNELS
def test_through_a_tunnel_there_is_no_simulator_no_clock_and_no_demo_login(
    settings, wired_app, market, passed_on
):
    market.do(
        parties.create_user,
        role=Role.ADMIN,
        name="Admin",
        email="admin@khaacho.com",
        password="admin123",
        actor=SYSTEM,
    )
    login = {"email": "admin@khaacho.com", "password": "admin123"}
    asked = wired_app(replace(settings, environment=Environment.DEVELOPMENT))
    token = asked.post("/api/v1/auth/login", json=login).json["access_token"]
    signed_in = {"Authorization": f"Bearer {token}"}

    shown = [asked.get(path, headers=passed_on).status_code for path in SIMULATOR]
    clock = [
        asked.get("/api/v1/clock", headers={**signed_in, **more}).status_code for more in ({}, passed_on)
    ]
    refused = asked.post("/api/v1/auth/login", json=login, headers=passed_on)

    assert shown == [404] * len(SIMULATOR)
    assert clock == [200, 404]
    assert refused.status_code == 401


@EXPOSED
def test_what_strangers_can_reach_takes_no_demo_login_and_moves_no_clock(settings, database, market, exposed):
    market.do(
        parties.create_user,
        role=Role.ADMIN,
        name="Admin",
        email="admin@khaacho.com",
        password="admin123",
        actor=SYSTEM,
    )
    login = {"email": "admin@khaacho.com", "password": "admin123"}
    private = Client(make_app(settings, database).test_client())
    open_to_all = Client(make_app(replace(settings, **exposed), database).test_client())

    signed_in = private.post("/auth/login", login)
    refused = open_to_all.post("/auth/login", login)

    assert (signed_in.status_code, refused.status_code) == (200, 401)
    token = {"Authorization": f"Bearer {signed_in.json['access_token']}"}
    assert private.ask("GET", "/clock", headers=token).status_code == 200
    assert open_to_all.ask("PUT", "/clock", json={"advance_seconds": 1}, headers=token).status_code == 404


def test_a_flood_from_one_address_closes_neither_health_nor_sign_in(settings, database, sign_in):
    email = sign_in().user["email"]
    budgets = Budgets(address=3, sign_ins=3, address_sign_ins=50)
    asked = Client(make_app(settings, database, budgets=budgets).test_client())

    flood = [asked.get("/orders").status_code for _ in range(10)]
    guesses = [
        asked.post("/auth/login", {"email": "x@y.zz", "password": "wrong"}).status_code for _ in range(5)
    ]

    assert flood[-1] == 429
    assert guesses[-1] == 429
    assert asked.get("/health").status_code == 200
    assert asked.post("/auth/login", {"email": email, "password": PASSWORD}).status_code == 200


def test_a_proxy_that_is_not_configured_is_said_loudly_and_once(settings, database, caplog):
    asked = Client(make_app(settings, database).test_client())

    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            asked.get("/health", headers={"X-Forwarded-For": "203.0.113.9"})

    assert [record.message for record in caplog.records if "TRUSTED_PROXIES" in record.message] != []
    assert len([record for record in caplog.records if "TRUSTED_PROXIES" in record.message]) == 1


def test_health_tells_a_stranger_whether_it_is_live_and_ready_and_no_more(nobody, admin, sign_in, market):
    assert nobody.get("/health").json == {"live": True, "ready": True}
    assert nobody.get("/health/details").status_code == 401
    assert sign_in(market.shop()).get("/health/details").status_code == 403
    assert admin.get("/health/details").json["failed_jobs"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/products", {"name": "Rara\x00"}),
        ("/products", {"name\x00": "Rara"}),
        ("/settings/order", {"values": [{"deep": ["\x00"]}]}),
        ("/retailers", {"shop_name": "Kiran\ud800"}),
    ],
)
def test_what_no_database_keeps_is_refused_wherever_it_stands(admin, path, body):
    refused = admin.post(path, body) if path != "/settings/order" else admin.put(path, body)

    assert (refused.status_code, refused.json["code"]) == (422, "request_invalid")


def test_a_mapping_for_a_sheet_that_has_no_name_is_refused(admin, market):
    vendor = market.wholesaler()
    mapping = {"columns": {"Item Code": "sku", "Rate": "price"}, "sheet": "\x00"}

    refused = admin.put(f"/vendors/{vendor.id}/import-mappings/listings", mapping)

    assert (refused.status_code, refused.json["code"]) == (422, "request_invalid")


@pytest.mark.parametrize("shop_name", ["Кhаасhо", "Khaaacho team", "Order 1072 canceled"])
def test_no_shop_is_named_and_placed_like_us(session, admin, shop_name):
    before = session.scalars(select(Retailer.id)).all()

    refused = [
        admin.post("/retailers", {"shop_name": name, "address": {"area": area}})
        for name, area in ((shop_name, "Patan"), ("Kiran Store", shop_name))
    ]

    assert [(one.status_code, one.json["code"]) for one in refused] == [(422, "name_refused")] * 2
    assert session.scalars(select(Retailer.id)).all() == before


def test_users_and_links_of_one_shop_share_its_heavy_answers(settings, database, market, sign_in):
    shop, other = market.shop("Asha Kirana"), market.shop("Bina Store")
    first, second, bina, admin = sign_in(shop), sign_in(shop), sign_in(other), sign_in()
    app = make_app(settings, database, budgets=replace(MANY, documents=3, link=100))
    for user in (first, second, bina, admin):
        user.http = app.test_client()
    now = system_now()
    bills = bills_of(shop.id, (), language="en")
    link = sign_link(bills.to_json(), secret=settings.jwt_secret, now=now)

    asked = [user.get(f"/retailers/{shop.id}/statement/pdf").status_code for user in (first, second, first)]
    refused = [
        second.get(f"/retailers/{shop.id}/statement/pdf").status_code,
        Client(app.test_client()).get(f"/files/{link}/x.pdf").status_code,
    ]

    assert (asked, refused) == ([200] * 3, [429] * 2)
    assert bina.get(f"/retailers/{other.id}/statement/pdf").status_code == 200
    assert admin.get(f"/retailers/{shop.id}/statement/pdf").status_code == 200


def test_users_of_one_wholesaler_share_its_heavy_answers(settings, database, market, sign_in):
    vendor, other = market.wholesaler(), market.wholesaler("Everest Trade")
    first, second, everest = sign_in(vendor), sign_in(vendor), sign_in(other)
    app = make_app(settings, database, budgets=replace(MANY, documents=3))
    for user in (first, second, everest):
        user.http = app.test_client()

    def asked(user, who):
        return user.get(f"/vendors/{who.id}/statement/pdf").status_code

    assert [asked(user, vendor) for user in (first, second, first)] == [200] * 3
    assert asked(second, vendor) == 429
    assert asked(everest, other) == 200
