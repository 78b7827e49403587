"""An admin looks at what prices do."""

import datetime as dt

from core.money import rupees
from core.pricing import service
from core.pricing.service.watching import look_at_markets


def test_month_of_prices_is_told_as_market_volatility_and_trend(market, admin):
    vendor, noodles = market.wholesaler(), market.product()
    listing = market.sells(vendor, noodles, price=rupees(20))
    for price in ("20", "21", "22"):
        market.do(service.change_price, listing, rupees(price), actor=vendor.owner)
        market.do(look_at_markets, product_ids=[noodles])
        market.now += dt.timedelta(days=1)
    admin.put("/clock", {"to": market.now.astimezone(dt.UTC).isoformat()})

    asked = admin.get(f"/price-intelligence/market-average/{noodles}").json
    moved = admin.get(f"/price-intelligence/volatility/{noodles}").json
    way = admin.get(f"/price-intelligence/trends/{noodles}").json

    assert (asked["average"]["amount"], asked["vendors"], asked["cheapest_vendor_id"]) == (
        "22.00",
        1,
        vendor.id,
    )
    # Mean 2,100, deviations ±100 and 0: √(20,000 ÷ 3) = 81.650, × 500 ÷ 2,100 = 19.440.
    assert (moved["score"], moved["band"], moved["days"]) == ("19.440", "stable", 3)
    # A rupee a day on 21: 30 ÷ 21.
    assert (way["direction"], way["slope_per_day"], way["strength"]) == ("rising", "1.00000", "142.857")
    assert [day["average"]["amount"] for day in way["days"]] == ["20.00", "21.00", "22.00"]
    history = admin.get(f"/price-intelligence/history/{noodles}?limit=1").json
    assert (history["total"], history["items"][0]["change_per_cent"]) == (2, "4.762")


def test_recommendation_says_what_is_saved_and_who_is_new(market, admin):
    noodles = market.product()
    himal, ganga = market.wholesaler("Himal"), market.wholesaler("Ganga")
    market.sells(himal, noodles, price=rupees(24))
    market.sells(ganga, noodles, price=rupees(20))

    answer = admin.get(f"/price-intelligence/recommendations/{noodles}").json

    assert answer["market_average"]["amount"] == "22.00"
    assert [
        (row["vendor_id"], row["saving"]["amount"], row["saving_per_cent"], row["grade"])
        for row in answer["vendors"]
    ] == [(ganga.id, "2.00", "9.091", None), (himal.id, "-2.00", "-9.091", None)]


def test_large_change_waits_until_somebody_has_looked(market, admin):
    vendor = market.wholesaler()
    listing = market.sells(vendor, market.product(), price=rupees(20))
    market.do(service.change_price, listing, rupees("25"), actor=vendor.owner)

    (alert,) = admin.get("/price-intelligence/alerts").json["items"]
    assert (alert["kind"], alert["severity"]) == ("price_rise", "medium")
    assert admin.get("/price-intelligence/dashboard").json["open_alerts"] == {"medium": 1}
    admin.post(f"/alerts/{alert['id']}/acknowledge", {"note": "season"})

    assert admin.get("/price-intelligence/alerts").json["items"] == []
    (seen,) = admin.get("/price-intelligence/alerts?state=acknowledged").json["items"]
    assert seen["note"] == "season"


def test_product_without_offers_has_no_figures_and_an_unknown_one_is_not_found(market, admin):
    noodles = market.product()

    assert admin.get(f"/price-intelligence/market-average/{noodles}").json["average"] is None
    assert admin.get(f"/price-intelligence/volatility/{noodles}").json["score"] is None
    assert admin.get(f"/price-intelligence/trends/{noodles}").json["direction"] is None
    assert admin.get("/price-intelligence/volatility/999999").json["code"] == "not_found"
    backwards = admin.get(f"/price-intelligence/trends/{noodles}?startDate=2026-11-09&endDate=2026-11-01")
    assert (backwards.status_code, backwards.json["code"]) == (422, "request_invalid")
