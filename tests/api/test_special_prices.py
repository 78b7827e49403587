"""Tiers and price lists through the API: who writes them, who sees what, and what a basket then costs."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import business_date
from core.money import rupees
from core.orders import basket
from core.orders.views import NewLine
from tests.market import MONDAY

YESTERDAY, TODAY, TOMORROW = (
    (business_date(MONDAY) + dt.timedelta(days=days)).isoformat() for days in (-1, 0, 1)
)


@pytest.fixture
def deal(market):
    """Asha and Bina may buy noodles from Himal at Rs. 20; Ganga sells nothing yet."""
    asha, bina = market.shop("Asha Kirana"), market.shop("Bina Store")
    himal, ganga = market.wholesaler("Himal Traders"), market.wholesaler("Ganga Suppliers")
    noodles = market.product()
    listing = market.sells(himal, noodles, price=rupees(20))
    return asha, bina, himal, ganga, noodles, listing


def amount(value):
    return {"amount": value}


def tiers(*steps, **facts):
    return {
        "items": [{"from_quantity": quantity, "price": amount(price)} for quantity, price in steps]
    } | facts


def own_prices(listing, price, **facts):
    return {"lines": [{"listing_id": listing, "price": amount(price)}]} | facts


def steps(answer):
    assert answer.status_code == 200, answer.text
    return [(item["from_quantity"], item["price"]["amount"]) for item in answer.json["items"]]


def code(answer):
    return answer.status_code, answer.json["code"]


def test_a_vendor_writes_tiers_and_a_basket_follows(market, deal, sign_in):
    asha, _, himal, ganga, noodles, listing = deal
    path = f"/listings/{listing}/tiers"

    written = sign_in(himal).put(path, tiers(("50", "18"), ("12", "19.50")))

    assert steps(written) == [("12.000", "19.50"), ("50.000", "18.00")]
    assert steps(sign_in(asha).get(path)) == steps(written)
    line = NewLine(product_id=noodles, quantity=Decimal(60))
    draft = market.do(basket.add_lines, retailer_id=asha.id, lines=[line], actor=asha.owner)
    shown = sign_in(asha).get(f"/baskets/{draft.id}").json
    assert (shown["lines"][0]["unit_price"]["amount"], shown["total"]["amount"]) == ("18.00", "1080.00")
    assert sign_in(ganga).get(path).status_code == 404
    assert sign_in(ganga).put(path, tiers()).status_code == 404
    assert sign_in(asha).put(path, tiers()).status_code == 403
    assert steps(sign_in(himal).put(path, tiers())) == []


def test_tiers_are_checked_held_and_not_overwritten_unseen(deal, sign_in):
    *_, himal, _, _, listing = deal
    vendor, path = sign_in(himal), f"/listings/{listing}/tiers"
    seen = vendor.get(path).headers["ETag"]

    assert code(vendor.put(path, tiers(("12", "20")))) == (422, "tiers_refused")
    assert code(vendor.put(path, tiers(("12", "9")))) == (409, "price_change_held")
    assert steps(vendor.get(path)) == []

    matched = {"If-Match": seen}
    assert steps(vendor.put(path, tiers(("12", "9"), is_confirmed=True), headers=matched)) == [
        ("12.000", "9.00")
    ]
    assert code(vendor.put(path, tiers(), headers=matched)) == (412, "changed_meanwhile")


def test_history_says_who_changed_which_special_price(deal, admin, sign_in):
    asha, _, himal, ganga, _, listing = deal
    sign_in(himal).put(f"/listings/{listing}/tiers", tiers(("12", "19")))
    admin.post("/price-lists", own_prices(listing, "17", vendor_id=himal.id, retailer_id=asha.id))
    path = f"/listings/{listing}/special-price-changes"

    own, tier = sign_in(himal).get(path).json["items"]

    assert (own["retailer_id"], own["starts_on"], own["ends_on"], own["new"]["amount"]) == (
        asha.id,
        TODAY,
        None,
        "17.00",
    )
    assert (tier["from_quantity"], tier["old"], tier["new"]["amount"]) == ("12.000", None, "19.00")
    assert own["actor"].startswith("admin:")
    assert sign_in(ganga).get(path).status_code == 404
    assert sign_in(asha).get(path).status_code == 403


def test_an_own_price_is_one_shops_and_hides_the_tiers_from_it(market, deal, sign_in):
    asha, bina, himal, _, noodles, listing = deal
    vendor = sign_in(himal)
    vendor.put(f"/listings/{listing}/tiers", tiers(("12", "19")))

    made = vendor.post("/price-lists", own_prices(listing, "17", retailer_id=asha.id, ends_on=TOMORROW))

    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/api/v1/price-lists/{made.json['id']}"
    assert (made.json["starts_on"], made.json["ends_on"]) == (TODAY, TOMORROW)
    assert made.json["lines"] == [
        {"listing_id": listing, "product_id": noodles, "price": {"amount": "17.00", "currency": "NPR"}}
    ]
    seen = {shop.id: sign_in(shop).get(f"/listings/{listing}/tiers").json for shop in (asha, bina)}
    assert (seen[asha.id]["price"]["amount"], seen[asha.id]["basis"], seen[asha.id]["items"]) == (
        "17.00",
        "own",
        [],
    )
    assert (seen[bina.id]["price"]["amount"], seen[bina.id]["basis"], len(seen[bina.id]["items"])) == (
        "20.00",
        "listing",
        1,
    )


def test_everybody_sees_their_own_price_lists_only(deal, admin, sign_in):
    asha, bina, himal, ganga, _, listing = deal
    vendor = sign_in(himal)
    ashas, binas = (
        vendor.post("/price-lists", own_prices(listing, "18", retailer_id=shop.id)).json["id"]
        for shop in (asha, bina)
    )

    def ids(who, query=""):
        return [row["id"] for row in who.get(f"/price-lists{query}").json["items"]]

    assert ids(admin) == ids(vendor) == [ashas, binas]
    assert (ids(sign_in(asha)), ids(sign_in(bina)), ids(sign_in(ganga))) == ([ashas], [binas], [])
    assert ids(sign_in(asha), f"?retailer_id={bina.id}") == []
    assert ids(admin, f"?retailer_id={bina.id}&listing_id={listing}&on={TODAY}") == [binas]
    assert ids(admin, f"?on={YESTERDAY}") == []
    assert admin.get("/price-lists").json["items"][0]["listings"] == 1
    assert sign_in(asha).get(f"/price-lists/{ashas}").json["retailer_id"] == asha.id
    for stranger in (sign_in(bina), sign_in(ganga)):
        assert stranger.get(f"/price-lists/{ashas}").status_code == 404
    assert sign_in(asha).put(f"/price-lists/{ashas}", own_prices(listing, "17")).status_code == 403
    assert sign_in(ganga).put(f"/price-lists/{ashas}", own_prices(listing, "17")).status_code == 404
    assert sign_in(ganga).ask("DELETE", f"/price-lists/{ashas}").status_code == 404


def test_a_vendor_agrees_for_its_own_listings_only(deal, sign_in):
    asha, _, himal, ganga, _, listing = deal

    by_name = sign_in(ganga).post(
        "/price-lists", own_prices(listing, "18", retailer_id=asha.id, vendor_id=himal.id)
    )
    by_listing = sign_in(ganga).post("/price-lists", own_prices(listing, "18", retailer_id=asha.id))

    assert (by_name.status_code, by_listing.status_code) == (403, 404)


def test_a_price_list_is_changed_and_ended(deal, sign_in):
    asha, _, himal, _, _, listing = deal
    vendor = sign_in(himal)
    made = vendor.post("/price-lists", own_prices(listing, "18", retailer_id=asha.id))
    path = f"/price-lists/{made.json['id']}"

    twice = vendor.post("/price-lists", own_prices(listing, "17", retailer_id=asha.id))
    assert code(twice) == (409, "price_lists_overlap")
    assert code(vendor.put(path, own_prices(listing, "5"))) == (409, "price_change_held")
    changed = vendor.put(path, own_prices(listing, "5", is_confirmed=True, ends_on=TOMORROW))
    assert (changed.json["lines"][0]["price"]["amount"], changed.json["ends_on"]) == ("5.00", TOMORROW)
    stale = {"If-Match": '"stale"'}
    assert code(vendor.put(path, own_prices(listing, "6"), headers=stale)) == (412, "changed_meanwhile")

    assert code(vendor.ask("DELETE", path)) == (409, "price_change_held")
    assert vendor.ask("DELETE", f"{path}?is_confirmed=true").status_code == 204
    # It began today, so it has not applied on any whole day and nothing of it is left.
    assert vendor.get(path).status_code == 404


@pytest.mark.parametrize(
    ("_case", "change"),
    [
        ("a day that is no day", {"starts_on": "soon"}),
        ("a day beyond all plans", {"ends_on": "9999-12-31"}),
        ("no prices", {"lines": []}),
        ("a field nobody knows", {"discount": 5}),
    ],
)
def test_a_malformed_list_is_refused(deal, sign_in, _case, change):
    asha, _, himal, _, _, listing = deal
    body = own_prices(listing, "18", retailer_id=asha.id) | change

    assert code(sign_in(himal).post("/price-lists", body)) == (422, "request_invalid")


def test_a_listing_twice_in_a_list_is_refused(deal, sign_in):
    asha, _, himal, _, _, listing = deal
    body = own_prices(listing, "18", retailer_id=asha.id)

    assert code(sign_in(himal).post("/price-lists", body | {"lines": body["lines"] * 2})) == (
        422,
        "request_invalid",
    )
