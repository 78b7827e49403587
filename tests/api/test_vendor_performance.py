"""How vendors perform, as admins and the vendors themselves read it."""

import datetime as dt
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from core.clock import KATHMANDU
from core.money import rupees
from core.orders import offers
from core.vendors.service import recalculate

# The clock only moves forward, so this Monday is one that no machine has seen.
MONDAY = dt.datetime(2030, 11, 25, 10, 0, tzinfo=KATHMANDU)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday(market):
    market.now = MONDAY


@pytest.fixture
def goods(market):
    return market.product("NOODLES")


@pytest.fixture
def shop(market):
    return market.shop()


@pytest.fixture
def himal(market, goods):
    vendor = market.wholesaler("Himal")
    market.sells(vendor, goods, price=rupees(20))
    return vendor


@pytest.fixture
def ganga(market):
    """Sells nothing that anybody wants."""
    vendor = market.wholesaler("Ganga")
    market.sells(vendor, market.product("RICE"), price=rupees(90))
    return vendor


@pytest.fixture
def mixed(market, admin, shop, himal, goods):
    """Four offers: delivered after 36 hours, withdrawn, declined, lapsed. It is Tuesday night."""
    first = market.place(shop, {goods: 1}).order_id
    accepted = market.accept(himal, first)
    withdrawn = market.accept(himal, market.place(shop, {goods: 1}).order_id)
    market.do(offers.withdraw, withdrawn.fulfillment.fulfillment_id, reason="no stock", actor=himal.owner)
    market.decline(himal, market.place(shop, {goods: 1}).order_id)
    late = market.place(shop, {goods: 1}).order_id
    market.now += 3 * HOUR
    market.do(offers.lapse, late)
    market.now = MONDAY + 36 * HOUR
    sent = market.dispatch(himal, accepted)
    market.deliver(himal, sent.delivery_code)
    set_clock(admin, market)
    return himal


def set_clock(admin, market):
    """Give the API the market's time."""
    answer = admin.put("/clock", {"to": market.now.astimezone(dt.UTC).isoformat()})
    assert answer.status_code == 200, answer.text


@contextmanager
def counted(engine):
    seen = []

    def see(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", see)


def test_measures_are_those_of_the_formula(admin, mixed):
    found = admin.get(f"/vendor-performance/{mixed.id}").json

    # Two of four offers taken; one of two delivered, after 36 hours: halfway between 30 and 42 of 48; one given back;
    # alone in the market, so its prices are the average: 80.
    assert found["measures"] == {
        "reliability": "58.000",
        "grade": "D",
        "acceptance_rate": "50.000",
        "completion_rate": "50.000",
        "cancellation_rate": "50.000",
        "speed": "75.000",
        "fulfillment_hours": "36.000",
        "price_index": "80.000",
        # 30 × 50 lost; acceptance loses 25 × 50, the price 10 × 20.
        "weakest": "completion",
        "counts": {
            "answered_yes": 2,
            "declined": 1,
            "lapsed": 1,
            "accepted": 2,
            "delivered": 1,
            "withdrawn": 1,
        },
    }
    # 25 × 50 + 30 × 50 + 20 × 75 + 15 × 50 + 10 × 80 = 5,800; with the prior of 60 worth ten orders: (600 + 4 × 58) ÷ 14.
    assert (found["is_new"], found["routing_score"]) == (False, "59.429")


def test_vendor_without_history_is_new_and_null(admin, ganga):
    found = admin.get(f"/vendor-performance/{ganga.id}").json

    assert (found["is_new"], found["routing_score"]) == (True, "60.000")
    measures = found["measures"]
    assert (measures["reliability"], measures["grade"], measures["weakest"]) == (None, None, None)
    dashboard = admin.get(f"/vendor-performance/{ganga.id}/dashboard").json
    assert dashboard["present"] == {"day": None, "week": None, "month": None, "quarter": None}
    assert (dashboard["weeks"], dashboard["recent"]) == ([], [])
    assert admin.get(f"/vendor-performance/{ganga.id}/history").json["items"] == []


def test_dashboard_shows_the_present_slices_and_what_happened_last(market, admin, mixed):
    market.do(recalculate)

    dashboard = admin.get(f"/vendor-performance/{mixed.id}/dashboard").json

    day, week = dashboard["present"]["day"], dashboard["present"]["week"]
    assert (day["first_day"], day["next_day"]) == ("2030-11-26", "2030-11-27")
    # On Tuesday only the delivery, whose acceptance was on Monday.
    assert (day["measures"]["counts"]["delivered"], day["measures"]["completion_rate"]) == (1, None)
    assert (week["first_day"], week["measures"]["reliability"]) == ("2030-11-25", "58.000")
    assert [one["first_day"] for one in dashboard["weeks"]] == ["2030-11-25"]
    assert [one["first_day"] for one in dashboard["months"]] == ["2030-11-01"]
    assert dashboard["recent"][0] | {"id": 0, "order_id": 0, "offer_id": 0, "at": ""} == {
        "id": 0,
        "kind": "delivered",
        "order_id": 0,
        "offer_id": 0,
        "hours": "36.000",
        "is_late": True,
        "is_override": False,
        "at": "",
    }


def test_history_is_paged_by_slices_and_bounded_by_days(market, admin, shop, himal, goods):
    for _ in range(5):
        market.decline(himal, market.place(shop, {goods: 1}).order_id)
        market.now += dt.timedelta(days=1)
    market.do(recalculate)
    path = f"/vendor-performance/{himal.id}/history?period=day"

    first = admin.get(f"{path}&limit=2").json
    second = admin.get(f"{path}&limit=2&after={first['next']}").json

    assert first["total"] == 5
    assert [one["first_day"] for one in first["items"] + second["items"]] == [
        "2030-11-29",
        "2030-11-28",
        "2030-11-27",
        "2030-11-26",
    ]
    bounded = admin.get(f"{path}&startDate=2030-11-26&endDate=2030-11-27&sort=first_day").json
    assert [one["first_day"] for one in bounded["items"]] == ["2030-11-26", "2030-11-27"]


def test_events_are_narrowed_by_kind(admin, mixed):
    everything = admin.get(f"/vendor-performance/{mixed.id}/events").json
    declined = admin.get(f"/vendor-performance/{mixed.id}/events?kind=declined").json

    # Four offers, two yes, a withdrawal, a no, a silence, and a parcel that was sent and handed over.
    assert everything["total"] == 11
    assert [row["kind"] for row in declined["items"]] == ["declined"]
    assert (declined["items"][0]["hours"], declined["items"][0]["is_late"]) == ("0.000", None)


def test_prices_stand_against_the_market_and_two_vendors_do_not_learn_each_others(
    market, admin, sign_in, himal, goods
):
    second = market.wholesaler("Second")
    market.sells(second, goods, price=rupees(22))
    path = f"/vendor-performance/{himal.id}/pricing"

    (row,) = admin.get(path).json["items"]
    (own,) = sign_in(himal).get(path).json["items"]
    market.sells(market.wholesaler("Third"), goods, price=rupees(24))
    (of_three,) = sign_in(himal).get(path).json["items"]

    # 20 of 21.
    assert (row["market_average"]["amount"], row["ratio"], row["vendors"]) == ("21.00", "0.952", 2)
    assert (own["market_average"], own["ratio"], own["points"]) == (None, None, None)
    # 20 of 22 is 0.909: 98.18.
    assert (of_three["market_average"]["amount"], of_three["points"]) == ("22.00", "98.182")


def test_comparison_keeps_the_order_and_names_the_best(admin, mixed, ganga):
    found = admin.post("/vendor-performance/compare", {"vendor_ids": [ganga.id, mixed.id]}).json

    assert [one["vendor_id"] for one in found["items"]] == [ganga.id, mixed.id]
    assert (found["best"]["reliability"], found["best"]["speed"]) == (mixed.id, mixed.id)


@pytest.mark.parametrize(
    ("vendor_ids", "status", "code"),
    [
        ([1], 422, "request_invalid"),
        ([1, 1], 422, "request_invalid"),
        (list(range(1, 12)), 422, "request_invalid"),
        ([999_998, 999_999], 404, "not_found"),
        ("all", 422, "request_invalid"),
    ],
)
def test_comparison_of_nothing_sensible_is_refused(admin, vendor_ids, status, code):
    answer = admin.post("/vendor-performance/compare", {"vendor_ids": vendor_ids})

    assert (answer.status_code, answer.json["code"]) == (status, code)


@pytest.mark.parametrize(
    "asked",
    [
        "history?period=year",
        "history?startDate=yesterday",
        "history?sort=reliability",
        "events?kind=rained",
        "events?at_from=2026-11-23",
        "pricing?limit=0",
        "pricing?after=nonsense",
    ],
)
def test_bad_questions_have_stable_codes(admin, himal, asked):
    answer = admin.get(f"/vendor-performance/{himal.id}/{asked}")

    assert answer.status_code == 422
    assert answer.json["code"] in {"request_invalid", "cursor_not_understood"}


@pytest.mark.parametrize(
    "cursor", ["nonsense", "W10", "WyJyYW5rIiwgIk5hTiIsIDFd", "WyJyYW5rIiwgIjEiLCAiMSJd"]
)
def test_forged_place_in_the_ranking_is_refused(admin, cursor):
    answer = admin.get(f"/vendor-performance/needs-attention?after={cursor}")

    assert (answer.status_code, answer.json["code"]) == (422, "cursor_not_understood")


def test_long_good_record_stands_above_one_good_delivery(market, admin, shop, goods, himal):
    for _ in range(3):
        done = market.dispatch(himal, market.accept(himal, market.place(shop, {goods: 1}).order_id))
        market.deliver(himal, done.delivery_code)
    newcomer = market.wholesaler("Newcomer")
    rice = market.product("RICE")
    market.sells(newcomer, rice, price=rupees(90))
    done = market.dispatch(newcomer, market.accept(newcomer, market.place(shop, {rice: 1}).order_id))
    market.deliver(newcomer, done.delivery_code)

    top = admin.get("/vendor-performance/top-performers").json["items"]

    assert [one["vendor_id"] for one in top] == [himal.id, newcomer.id]
    assert {one["measures"]["reliability"] for one in top} == {"98.000"}
    assert admin.get("/vendor-performance/top-performers?limit=1").json["items"] == top[:1]


def test_vendors_below_sixty_need_attention_worst_first(market, admin, shop, goods, mixed, ganga):
    silent = market.wholesaler("Silent")
    rice = market.product("RICE-2")
    market.sells(silent, rice, price=rupees(90))
    unanswered = market.place(shop, {rice: 1}).order_id
    market.now += 12 * HOUR
    set_clock(admin, market)
    market.do(offers.lapse, unanswered)

    first = admin.get("/vendor-performance/needs-attention?limit=1").json
    second = admin.get(f"/vendor-performance/needs-attention?limit=1&after={first['next']}").json

    # 25 × 0 + 10 × 80 over 35, and the 58 of `mixed`; Ganga is new and not bad.
    assert (first["total"], first["items"][0]["vendor_id"]) == (2, silent.id)
    assert first["items"][0]["measures"]["reliability"] == "22.857"
    assert (second["items"][0]["vendor_id"], second["next"]) == (mixed.id, None)

    version = admin.get("/settings/vendor_performance").json["version"]
    change = {"version": version, "values": {"attention_below": 58}, "reason": "fewer at a time"}
    assert admin.put("/settings/vendor_performance", change).status_code == 200
    assert admin.get("/vendor-performance/needs-attention").json["total"] == 1


def test_admin_counts_again_and_the_price_index_is_that_of_now(market, admin, mixed, goods):
    market.do(recalculate)
    market.sells(market.wholesaler("Cheap"), goods, price=rupees(16))
    before = admin.get(f"/vendor-performance/{mixed.id}").json["measures"]["price_index"]

    after = admin.post(f"/vendor-performance/{mixed.id}/recalculate").json["measures"]["price_index"]

    # 20 of 18 is 1.111: 60 − 1.667.
    assert (before, after) == ("80.000", "58.333")


def test_vendor_sees_itself_alone(sign_in, mixed, ganga):
    client = sign_in(mixed)

    page = client.get("/vendor-performance").json

    assert ([one["vendor_id"] for one in page["items"]], page["total"]) == ([mixed.id], 1)
    assert client.get(f"/vendor-performance/{ganga.id}/events").status_code == 404


def test_pages_cost_the_same_whatever_their_size(engine, market, admin, shop, goods):
    for number in range(6):
        vendor, own = market.wholesaler(f"V-{number}"), market.product(f"P-{number}")
        market.sells(vendor, goods, price=rupees(20 + number))
        market.sells(vendor, own, price=rupees(20))
        market.decline(vendor, market.place(shop, {own: 1}).order_id)
    market.do(recalculate)
    set_clock(admin, market)

    for path in (
        "/vendor-performance",
        "/vendor-performance/needs-attention",
        "/vendor-performance/top-performers",
        f"/vendor-performance/{vendor.id}/events",
        f"/vendor-performance/{vendor.id}/pricing",
    ):
        counts = set()
        for limit in (1, 5):
            with counted(engine) as seen:
                assert admin.get(f"{path}?limit={limit}").status_code == 200
            counts.add(len(seen))
        assert len(counts) == 1, path
