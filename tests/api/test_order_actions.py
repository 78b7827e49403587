"""An order through the API from the first line to the last paisa, and the ways in which it ends earlier."""

from __future__ import annotations

import pytest

from core.money import rupees


@pytest.fixture
def deal(market):
    """A shop, two wholesalers, and noodles that the first sells cheaper."""
    shop, noodles = market.shop(), market.product()
    himal, ganga = market.wholesaler("Himal Traders"), market.wholesaler("Ganga Suppliers")
    market.sells(himal, noodles, price=rupees(20), stock_of=100)
    market.sells(ganga, noodles, price=rupees(21), stock_of=100)
    return shop, himal, ganga, noodles


def order_of(shop, product, quantity=60, **more):
    return {"retailer_id": shop.id, "lines": [{"product_id": product, "quantity": quantity}], **more}


def test_admin_places_for_a_shop_and_everybody_does_their_part(deal, admin, sign_in):
    shop, vendor, _, noodles = deal
    asha, himal = sign_in(shop), sign_in(vendor)

    placed = admin.post("/orders", order_of(shop, noodles), headers={"Idempotency-Key": "1"})
    assert (placed.status_code, placed.json["status"], placed.json["total"]["amount"]) == (
        201,
        "offered",
        "1200.00",
    )
    order = placed.headers["Location"].removeprefix("/api/v1")

    (offer,) = himal.get(f"/order-routing/vendor/{vendor.id}/pending").json["items"]
    accepted = himal.post(f"/order-routing/accept/{offer['id']}", {"eta_at": "2026-11-24T10:00:00+05:45"})
    assert (accepted.json["is_part"], accepted.json["fulfillment"]["status"]) == (False, "accepted")
    part = f"/fulfillments/{accepted.json['fulfillment']['id']}"
    sent = himal.post(f"{part}/dispatch", {})
    assert (sent.json["status"], sent.json["delivery_code"]) == ("dispatched", None)

    code = asha.get(order).json["fulfillments"][0]["delivery_code"]
    wrong = himal.post(f"{part}/deliver", {"code": "0000" if code != "0000" else "0001"})
    assert (wrong.status_code, wrong.json["code"], wrong.json["facts"]) == (
        422,
        "wrong_code",
        {"tries_left": 4},
    )
    line = sent.json["lines"][0]["order_line_id"]
    half = himal.post(
        f"{part}/deliver", {"code": code, "short": [{"order_line_id": line, "quantity": "0.5"}]}
    )
    assert (half.status_code, half.json["code"]) == (422, "quantity_not_whole")
    done = himal.post(f"{part}/deliver", {"code": code, "short": [{"order_line_id": line, "quantity": "2"}]})
    assert (done.status_code, done.json["invoice"]["total"]["amount"]) == (200, "1160.00")
    assert asha.post(f"{order}/receipt").json["status"] == "completed"

    early = asha.post(f"{order}/cancel", {"reason": "too much"})
    assert (early.status_code, early.json["code"]) == (409, "too_late")
    assert himal.get("/invoices").json["items"][0]["outstanding"]["amount"] == "1160.00"


def test_acceptance_beyond_the_limit_with_the_vendor_is_refused_and_the_next_is_asked(deal, admin, sign_in):
    shop, himal, _, noodles = deal
    placed = admin.post("/orders", order_of(shop, noodles))
    (offer,) = sign_in(himal).get(f"/order-routing/vendor/{himal.id}/pending").json["items"]
    limit = {"limit": {"amount": "1000"}, "reason": "test"}
    assert admin.put(f"/retailers/{shop.id}/vendors/{himal.id}/limit", limit).status_code == 200

    refused = sign_in(himal).post(f"/order-routing/accept/{offer['id']}", {})

    assert (refused.status_code, refused.json["code"]) == (409, "vendor_limit_full")
    assert refused.json["facts"]["shortfall"] == {"amount": "200.00", "currency": "NPR"}
    order = admin.get(f"/orders/{placed.json['id']}").json
    assert (order["status"], order["fulfillments"]) == ("placed", [])
    again = sign_in(himal).post(f"/order-routing/accept/{offer['id']}", {})
    assert (again.status_code, again.json["code"]) == (409, "offer_not_open")
    override = {"vendor_id": himal.id, "reason": "phoned"}
    forced = admin.post(f"/order-routing/override/{placed.json['id']}", override)
    assert (forced.status_code, forced.json["facts"]["reason"]) == (422, "pair_limit_full")


def test_same_order_sent_twice_is_placed_once(deal, admin):
    shop, _, _, noodles = deal
    headers = {"Idempotency-Key": "once"}

    first, second = (admin.post("/orders", order_of(shop, noodles), headers=headers) for _ in range(2))

    assert first.json["id"] == second.json["id"]
    assert admin.get("/orders").json["total"] == 1


def test_order_above_the_limit_is_refused_kept_and_stays_as_basket(deal, market, admin):
    shop, _, _, noodles = deal
    admin.put(f"/retailers/{shop.id}/limit", {"limit": {"amount": "1000"}, "reason": "test"})

    refused = admin.post("/orders", order_of(shop, noodles))

    assert (refused.status_code, refused.json["code"]) == (422, "credit_refused")
    assert refused.json["facts"]["reason"] == "limit_exceeded"
    assert refused.json["facts"]["shortfall"] == {"amount": "200.00", "currency": "NPR"}
    (kept,) = admin.get("/refusals").json["items"]
    assert (kept["code"], kept["retailer_id"]) == ("credit_refused", shop.id)
    (basket,) = admin.get("/baskets").json["items"]
    again = admin.post("/orders", order_of(shop, noodles))
    assert (again.status_code, again.json["code"]) == (409, "basket_not_empty")
    cash = admin.post(f"/baskets/{basket['id']}/place", {"version": basket["version"], "terms": "cash"})
    assert (cash.status_code, cash.json["terms"]) == (201, "cash")


def test_order_that_would_cost_more_than_expected_changes_nothing(deal, admin):
    shop, _, _, noodles = deal

    answer = admin.post("/orders", order_of(shop, noodles, expected_total={"amount": "1199.99"}))

    assert (answer.status_code, answer.json["code"]) == (409, "total_rose")
    assert (admin.get("/orders").json["total"], admin.get("/baskets").json["total"]) == (0, 0)


def test_basket_is_filled_changed_and_placed_by_its_version(deal, sign_in):
    shop, _, _, noodles = deal
    asha = sign_in(shop)

    filled = asha.post("/baskets", {"lines": [{"product_id": noodles, "quantity": 10}]}).json
    changed = asha.put(f"/baskets/{filled['id']}/lines/{noodles}", {"quantity": "12"}).json
    assert (changed["total"]["amount"], changed["lines"][0]["quantity"]) == ("240.00", "12.000")

    stale = asha.post(f"/baskets/{filled['id']}/place", {"version": filled["version"]})
    assert (stale.status_code, stale.json["code"]) == (409, "basket_changed")
    placed = asha.post(f"/baskets/{filled['id']}/place", {"version": changed["version"]})
    assert (placed.status_code, placed.json["id"]) == (201, filled["id"])
    twice = asha.post(f"/baskets/{filled['id']}/place", {"version": changed["version"]})
    assert (twice.status_code, twice.json["code"]) == (409, "already_placed")


def test_placed_order_goes_back_into_the_basket_and_out_again(deal, sign_in):
    shop, _, _, noodles = deal
    asha = sign_in(shop)
    placed = asha.post("/orders", order_of(shop, noodles, 5)).json

    reopened = asha.post(f"/orders/{placed['id']}/reopen").json

    assert [line["quantity"] for line in reopened["lines"]] == ["5.000"]
    assert asha.get(f"/orders/{placed['id']}").json["status"] == "canceled"
    assert asha.ask("DELETE", f"/baskets/{reopened['id']}/lines").status_code == 204
    again = asha.post("/baskets/same-again", {}).json
    assert [line["quantity"] for line in again["lines"]] == ["5.000"]


def test_declined_offer_goes_to_the_next_and_the_decision_is_explained(deal, admin, sign_in):
    shop, himal, ganga, noodles = deal
    (listing,) = admin.get(f"/listings?vendor_id={ganga.id}").json["items"]
    admin.put(f"/listings/{listing['id']}/price", {"price": {"amount": "20"}})
    order = admin.post("/orders", order_of(shop, noodles, 10)).json
    offer = order["offers"][0]

    declined = sign_in(himal).post(f"/order-routing/reject/{offer['id']}", {"reason": "no_stock"})

    assert (declined.json["status"], declined.json["decline_reason"]) == ("declined", "no_stock")
    routing = admin.get(f"/order-routing/order/{order['id']}").json
    assert [row["vendor_id"] for row in routing["offers"]] == [himal.id, ganga.id]
    excluded = {row["vendor_id"]: row["excluded_reason"] for row in routing["decisions"][1]["candidates"]}
    assert excluded == {himal.id: "declined", ganga.id: None}
    late = sign_in(himal).post(f"/order-routing/accept/{offer['id']}", {})
    assert (late.status_code, late.json["code"]) == (409, "offer_not_open")


def test_admin_overrides_and_asks_what_other_weights_would_have_done(deal, admin):
    shop, himal, ganga, noodles = deal
    order = admin.post("/orders", order_of(shop, noodles, 10)).json
    decision = order["decisions"][0]
    assert decision["chosen_vendor_ids"] == [himal.id]

    other = admin.post(f"/order-routing/what-if/{decision['round_id']}", {"weights": {"price": 0}}).json
    forced = admin.post(
        f"/order-routing/override/{order['id']}", {"vendor_id": ganga.id, "reason": "asked by phone"}
    )
    unknown = admin.post(f"/order-routing/what-if/{decision['round_id']}", {"weights": {"luck": 1}})

    assert (other["chosen_then"], other["weights"]["price"]) == ([himal.id], 0)
    assert (unknown.status_code, unknown.json["code"]) == (422, "weights_refused")
    many = admin.post("/order-routing/what-if", {"weights": {"price": 0}}).json
    assert (many["orders"], many["moved"]) == (1, 0)
    (share,) = many["vendors"]
    assert (share["vendor_id"], share["orders_after"], share["share_after"]) == (himal.id, 1, "100.00")
    backwards = {"weights": {"price": 0}, "starts_on": "2026-11-23", "ends_on": "2026-11-22"}
    assert admin.post("/order-routing/what-if", backwards).status_code == 422
    # Dearer than what the shop agreed to: it is asked first.
    assert (forced.status_code, forced.json["status"]) == (200, "placed")
    asked = admin.get(f"/orders/{order['id']}").json
    assert asked["asked"] == "dearer"
    again = admin.post(f"/order-routing/route/{order['id']}")
    assert (again.status_code, again.json["code"]) == (409, "too_late")
    agreed = admin.post(f"/orders/{order['id']}/answer", {"yes": True, "asked_at": asked["asked_at"]})
    assert (agreed.status_code, agreed.json["status"]) == (200, "offered")


def test_vendor_takes_a_part_withdraws_it_and_goods_come_back(deal, admin, sign_in, market):
    shop, himal, _, noodles = deal
    vendor = sign_in(himal)
    order = admin.post("/orders", order_of(shop, noodles, 10)).json
    line = order["lines"][0]["order_line_id"]

    part = vendor.post(
        f"/order-routing/accept/{order['offers'][0]['id']}",
        {"lines": [{"order_line_id": line, "quantity": 4}]},
    ).json
    assert part["is_part"] is True
    assert vendor.get("/stock").json["items"][0]["reserved"] == "4.000"

    withdrawn = vendor.post(f"/fulfillments/{part['fulfillment']['id']}/withdraw", {"reason": "truck broke"})

    assert withdrawn.json["status"] == "withdrawn"
    assert vendor.get("/stock").json["items"][0]["reserved"] == "0.000"


def test_returned_goods_are_listed_and_on_hand_again(deal, market, admin, sign_in):
    shop, himal, _, noodles = deal
    vendor = sign_in(himal)
    placed = market.place(shop, {noodles: 10})
    part = market.dispatch(himal, market.accept(himal, placed.order_id)).fulfillment_id

    back = vendor.post(f"/fulfillments/{part}/return", {"reason": "nobody there"})

    assert back.json["status"] == "returned"
    assert [row["id"] for row in admin.get("/returns").json["items"]] == [part]
    assert vendor.get("/stock").json["items"][0]["on_hand"] == "100.000"
    assert admin.get(f"/orders/{placed.order_id}").json["status"] == "canceled"


def test_admin_states_a_delivery_without_the_code(deal, market, admin):
    shop, himal, _, noodles = deal
    placed = market.place(shop, {noodles: 10})
    part = market.dispatch(himal, market.accept(himal, placed.order_id)).fulfillment_id

    done = admin.post(
        f"/fulfillments/{part}/state-delivered", {"reason": "five wrong codes", "cash_received": False}
    )

    assert (done.status_code, done.json["fulfillment"]["status"]) == (200, "delivered")
