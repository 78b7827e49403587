"""What is the same behind every route: problems, keys, budgets, headers."""

import json

import pytest

from admin_api.limiter import Budgets
from core.money import rupees
from core.parties.models import Retailer
from tests.api.conftest import Client, make_app

SHOP = {"shop_name": "Asha Kirana"}


@pytest.mark.parametrize(
    ("method", "path", "facts", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "not_found"),
        ("GET", "/orders/0", {}, 404, "not_found"),
        ("GET", f"/orders/{2**63}", {}, 404, "not_found"),
        ("GET", "/orders/99", {}, 404, "not_found"),
        ("DELETE", "/orders", {}, 405, "method_not_allowed"),
        ("POST", "/retailers", {"data": "{", "content_type": "application/json"}, 400, "bad_request"),
        (
            "POST",
            "/retailers",
            {"data": "[" * 100_000, "content_type": "application/json"},
            400,
            "bad_request",
        ),
        ("POST", "/retailers", {"data": "x=1", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ("POST", "/retailers", {"json": []}, 422, "request_invalid"),
        ("POST", "/retailers", {"json": {"shop_name": "A" * 1_100_000}}, 413, "body_too_large"),
        ("POST", "/retailers", {"json": SHOP | {"is_admin": True}}, 422, "request_invalid"),
        ("POST", "/retailers", {"json": SHOP | {"owner_name": "a\x00b"}}, 422, "request_invalid"),
        ("GET", "/orders?limit=101", {}, 422, "request_invalid"),
        ("GET", "/orders?limit=1&limit=2", {}, 422, "request_invalid"),
        ("GET", "/orders?sort=password_hash", {}, 422, "request_invalid"),
        ("GET", "/orders?colour=red", {}, 422, "request_invalid"),
        ("GET", "/orders?after=rubbish", {}, 422, "cursor_not_understood"),
        ("POST", "/schedule/tea-time/run", {}, 404, "not_found"),
    ],
)
def test_what_goes_wrong_is_a_problem_with_a_code(admin, method, path, facts, status, code):
    answer = admin.ask(method, path, **facts)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status


@pytest.mark.parametrize(
    "value", ['"abc"', "[]", "1.5", "true", "null", '{"at": "2026-01-01"}', '{"x": 1}', str(10**30)]
)
def test_cursor_with_a_value_that_the_column_cannot_hold_is_refused(admin, market, value):
    import base64

    market.shop()
    for sort in ("limit", "-id"):
        cursor = base64.urlsafe_b64encode(f'["{sort}", {value}, 1]'.encode()).decode()
        answer = admin.get(f"/credit-accounts?sort={sort}&after={cursor}")

        assert (answer.status_code, answer.json["code"]) == (422, "cursor_not_understood")


def test_address_is_the_callers_behind_a_proxy_of_ours_and_nobody_elses_word(settings, database, sign_in):
    from dataclasses import replace

    def answers(app_settings):
        asked = Client(make_app(app_settings, database, budgets=Budgets(sign_ins=1)).test_client())
        wrong = {"email": "a@example.test", "password": "wrong"}
        return [
            asked.post("/auth/login", wrong, headers={"X-Forwarded-For": address}).status_code
            for address in ("203.0.113.1", "203.0.113.2")
        ]

    assert answers(replace(settings, trusted_proxies=1)) == [401, 401]
    assert answers(settings) == [401, 429]


def test_problem_names_each_field_and_never_repeats_its_value(nobody):
    answer = nobody.post("/auth/login", {"email": "no address", "password": "hunter2", "remember": 1})

    assert answer.json["errors"] == [
        {
            "field": "email",
            "code": "string_pattern_mismatch",
            "message": "String should match pattern '^[^@\\s\\x00]+@[^@\\s\\x00]+$'",
        },
        {"field": "remember", "code": "extra_forbidden", "message": "Extra inputs are not permitted"},
    ]
    assert "hunter2" not in answer.text


def test_unexpected_error_is_a_problem_that_tells_nothing(app, admin, monkeypatch):
    from admin_api.resources import orders

    def fail(*_args, **_facts):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(orders, "summaries", fail)

    answer = admin.get("/orders")

    assert (answer.status_code, answer.json["code"]) == (500, "unexpected")
    assert "secret" not in answer.text


def test_other_doors_of_the_app_keep_their_own_errors(app):
    answer = app.test_client().get("/nowhere")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_same_key_and_body_is_done_once_and_answered_alike(admin, session):
    first, second = (admin.post("/retailers", SHOP, headers={"Idempotency-Key": "shop-1"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert session.query(Retailer).count() == 1


def test_same_key_with_another_body_is_refused(admin, session):
    admin.post("/retailers", SHOP, headers={"Idempotency-Key": "shop-1"})

    other = admin.post("/retailers", {"shop_name": "Bina Store"}, headers={"Idempotency-Key": "shop-1"})

    assert (other.status_code, other.json["code"]) == (409, "idempotency_key_reused")
    assert session.query(Retailer).count() == 1


def test_key_of_another_user_is_another_key(admin, sign_in, session):
    other = sign_in()

    assert admin.post("/retailers", SHOP, headers={"Idempotency-Key": "1"}).status_code == 201
    assert other.post("/retailers", SHOP, headers={"Idempotency-Key": "1"}).status_code == 201
    assert session.query(Retailer).count() == 2


def test_refused_request_leaves_its_key_free(admin, market):
    shop = market.shop(approved=False)
    headers = {"Idempotency-Key": "one"}

    refused = admin.put(f"/retailers/{shop.id + 1}/limit", _limit("5"), headers=headers)
    done = admin.put(f"/retailers/{shop.id}/limit", _limit("5"), headers=headers)

    assert (refused.status_code, done.status_code) == (404, 204)


@pytest.mark.parametrize("key", ["with space", "k" * 201])
def test_key_that_is_none_is_refused(admin, key):
    answer = admin.post("/retailers", SHOP, headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_malformed")


def test_stale_etag_stops_the_second_admin(admin, sign_in, market):
    shop = market.shop()
    path = f"/retailers/{shop.id}"
    seen = admin.get(path).headers["ETag"]

    first = admin.patch(path, {"terms_days": 45}, headers={"If-Match": seen})
    second = sign_in().patch(path, {"terms_days": 7}, headers={"If-Match": seen})

    assert (first.status_code, second.status_code) == (200, 412)
    assert (second.json["code"], second.json["facts"]) == (
        "changed_meanwhile",
        {"etag": first.headers["ETag"]},
    )
    assert admin.get(path).json["terms_days"] == 45


def test_etag_that_is_still_good_saves_the_body(admin, market):
    path = f"/retailers/{market.shop().id}"
    seen = admin.get(path).headers["ETag"]

    again = admin.get(path, headers={"If-None-Match": seen})

    assert (again.status_code, again.data) == (304, b"")


def test_user_above_the_budget_waits(settings, database, sign_in):
    app = make_app(settings, database, budgets=Budgets(user=2))
    asked = Client(app.test_client(), token=sign_in().token)

    answers = [asked.get("/auth/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json["code"] == "too_many_requests"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 61


def test_api_serves_and_still_counts_when_redis_is_away(settings, database, sign_in):
    from dataclasses import replace

    lonely = replace(settings, redis_url="redis://127.0.0.1:1/0")
    asked = Client(make_app(lonely, database, budgets=Budgets(user=2)).test_client(), token=sign_in().token)

    assert [asked.get("/auth/me").status_code for _ in range(3)] == [200, 200, 429]
    health = asked.get("/health")
    assert (health.status_code, health.json) == (200, {"live": True, "ready": True})
    admin = Client(make_app(lonely, database).test_client(), token=sign_in().token)
    assert admin.get("/health/details").json["redis"] is False


def test_health_says_when_the_database_is_away(settings, redis_url):
    from core.db.session import Database, make_engine

    nowhere = Database(make_engine("postgresql+psycopg://127.0.0.1:1/none", pooled=False))
    asked = Client(make_app(settings, nowhere).test_client())

    health, other = asked.get("/health"), asked.post("/auth/login", {"email": "a@b.c", "password": "x"})

    assert (health.status_code, health.json["live"], health.json["ready"]) == (503, True, False)
    assert (other.status_code, other.json["code"]) == (503, "unavailable")
    assert other.headers["Retry-After"] == "5"


def test_every_answer_carries_security_headers(nobody):
    headers = nobody.get("/health").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "Access-Control-Allow-Origin" not in headers


def test_configured_origin_may_read_and_others_may_not(settings, database):
    from dataclasses import replace

    allowed = replace(settings, cors_origins=frozenset({"https://panel.example.com"}))
    asked = Client(make_app(allowed, database).test_client())

    def preflight(origin):
        return asked.ask("OPTIONS", "/orders", headers={"Origin": origin}).headers

    assert (
        preflight("https://panel.example.com")["Access-Control-Allow-Origin"] == "https://panel.example.com"
    )
    assert "Access-Control-Allow-Origin" not in preflight("https://evil.example.com")


def test_docs_page_takes_nothing_from_elsewhere(nobody):
    page = nobody.get("/docs")

    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "<script" not in page.text
    assert "/api/v1/orders/{order_id}" in page.text


def test_money_is_text_and_never_a_number(admin, market):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees("20.05"))
    market.place(shop, {noodles: 3})

    (order,) = json.loads(admin.get("/orders").text, parse_float=pytest.fail)["items"]

    assert order["total"] == {"amount": "60.15", "currency": "NPR"}


def _limit(amount):
    return {"limit": {"amount": amount}, "reason": "a good payer"}
