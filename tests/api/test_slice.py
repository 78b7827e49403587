"""The first slice: orders and their story, baskets, credit accounts, claims, approval, the timetable and the clock."""

import pytest

from core.credit.service import NO_CASH
from core.money import rupees
from core.orders.kinds import Terms

LIMIT = {"limit": {"amount": "50000"}, "reason": "a good payer"}


@pytest.fixture
def deal(market):
    """A shop, a wholesaler, and noodles at Rs. 20."""
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20), stock_of=1_000)
    return shop, vendor, noodles


@pytest.fixture
def delivered(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 60})
    code = market.dispatch(vendor, market.accept(vendor, placed.order_id)).delivery_code
    market.deliver(vendor, code, cash=NO_CASH)
    return placed.order_id


def test_shop_sees_its_own_orders_and_an_admin_all(market, deal, admin, sign_in):
    asha, _, noodles = deal
    bina = market.shop("Bina Store")
    first, second = market.place(asha, {noodles: 2}), market.place(bina, {noodles: 3})

    def ids(client, path="/orders"):
        return [order["id"] for order in client.get(path).json["items"]]

    assert ids(admin) == [second.order_id, first.order_id]
    assert ids(admin, f"/orders?retailer_id={asha.id}&sort=placed_at") == [first.order_id]
    assert ids(sign_in(asha)) == [first.order_id]
    assert ids(sign_in(asha), f"/orders?retailer_id={bina.id}") == []
    assert sign_in(asha).get(f"/orders/{second.order_id}").status_code == 404


def test_drafts_are_listed_only_when_asked_for(market, deal, admin):
    shop, _, noodles = deal
    placed = market.place(shop, {noodles: 2})
    basket = _fill(market, shop, noodles)

    def ids(path):
        return [row["id"] for row in admin.get(path).json["items"]]

    assert ids("/orders") == [placed.order_id]
    assert ids("/orders?status=draft") == [basket.id]
    assert ids("/baskets") == [basket.id]


def test_basket_is_shown_with_todays_prices(market, deal, admin, sign_in):
    shop, _, noodles = deal
    basket = _fill(market, shop, noodles)

    shown = sign_in(shop).get(f"/baskets/{basket.id}").json

    assert (shown["version"], shown["total"]["amount"], shown["vendors"]) == (basket.version, "140.00", 1)
    assert shown["lines"][0]["unit_price"] == {"amount": "20.00", "currency": "NPR"}
    assert sign_in(market.shop("Bina Store")).get(f"/baskets/{basket.id}").status_code == 404


def test_pages_follow_each_other_without_gap_or_double(market, deal, admin):
    shop, _, noodles = deal
    placed = [market.place(shop, {noodles: 1}).order_id for _ in range(5)]

    for sort, wanted in (("id", placed), ("-placed_at", placed[::-1])):
        seen, path = [], f"/orders?limit=2&sort={sort}"
        while path:
            page = admin.get(path).json
            assert page["total"] == 5
            seen += [order["id"] for order in page["items"]]
            path = page["next"] and f"/orders?limit=2&sort={sort}&after={page['next']}"
        assert seen == wanted


def test_cursor_of_another_order_is_refused(market, deal, admin):
    shop, _, noodles = deal
    for _ in range(3):
        market.place(shop, {noodles: 1})
    following = admin.get("/orders?limit=1&sort=id").json["next"]

    answer = admin.get(f"/orders?limit=1&sort=-id&after={following}")

    assert (answer.status_code, answer.json["code"]) == (422, "cursor_not_understood")


def test_story_tells_an_admin_everything(delivered, admin):
    story = admin.get(f"/orders/{delivered}").json

    assert (story["status"], story["payment_status"]) == ("delivered", "unpaid")
    assert [row["to_status"] for row in story["transitions"] if row["subject"] == "order"] == [
        "draft",
        "placed",
        "offered",
        "accepted",
        "dispatched",
        "delivered",
    ][1:]
    assert story["lines"][0]["promised"] == "60.000"
    assert [offer["status"] for offer in story["offers"]] == ["accepted"]
    (decision,) = story["decisions"]
    assert decision["chosen_vendor_ids"] == [story["fulfillments"][0]["vendor_id"]]
    assert decision["candidates"][0]["scores"]["availability"] == "100.000"
    (hold,) = story["holds"]
    assert (hold["captured"]["amount"], hold["open"]["amount"], hold["status"]) == (
        "1200.00",
        "0.00",
        "resolved",
    )
    (invoice,) = story["invoices"]
    assert (invoice["total"]["amount"], invoice["outstanding"]["amount"]) == ("1200.00", "1200.00")
    assert story["messages"] == {"queued": 0, "sent": 0}


def test_story_shows_a_shop_its_code_and_not_how_vendors_were_chosen(market, deal, admin, sign_in):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 60})
    sent = market.dispatch(vendor, market.accept(vendor, placed.order_id))

    own = sign_in(shop).get(f"/orders/{placed.order_id}").json
    admins = admin.get(f"/orders/{placed.order_id}").json

    assert own["fulfillments"][0]["delivery_code"] == sent.delivery_code
    assert (own["offers"], own["decisions"], own["messages"]) == ([], [], None)
    assert admins["fulfillments"][0]["delivery_code"] is None


def test_credit_account_shows_what_is_owed_held_and_left(market, deal, delivered, admin, sign_in):
    shop, _, noodles = deal
    market.place(shop, {noodles: 10})
    (account,) = sign_in(shop).get("/credit-accounts").json["items"]

    amounts = {name: account[name]["amount"] for name in ("limit", "posted", "held", "available")}
    assert amounts == {"limit": "100000.00", "posted": "1200.00", "held": "200.00", "available": "98600.00"}
    standing = admin.get(f"/credit-accounts/{account['id']}").json
    assert (standing["next_due_amount"]["amount"], standing["overdue"]["amount"]) == ("1200.00", "0.00")
    holds = admin.get(f"/credit-accounts/{account['id']}/holds").json
    assert [(hold["open"]["amount"], hold["status"]) for hold in holds["items"]] == [
        ("200.00", "open"),
        ("0.00", "resolved"),
    ]
    other = sign_in(market.shop("Bina Store"))
    assert other.get(f"/credit-accounts/{account['id']}").status_code == 404
    assert other.get(f"/credit-accounts/{account['id']}/holds").status_code == 404


def test_claim_goes_from_the_shop_to_its_vendor_and_pays_the_invoice(market, deal, delivered, sign_in):
    shop, vendor, _ = deal
    asha, himal = sign_in(shop), sign_in(vendor)
    claim = {"method": "esewa", "reference": "ABC 123", "amount": {"amount": "1200"}}

    claimed = asha.post("/claims", claim, headers={"Idempotency-Key": "1"})
    assert (claimed.status_code, claimed.json["status"], claimed.json["vendor_id"]) == (
        201,
        "open",
        vendor.id,
    )
    assert [row["id"] for row in himal.get("/claims?status=open").json["items"]] == [claimed.json["id"]]

    path = f"/claims/{claimed.json['id']}"
    assert asha.post(f"{path}/confirm").status_code == 403
    assert sign_in(market.wholesaler("Other Traders")).post(f"{path}/confirm").status_code == 404
    paid = himal.post(f"{path}/confirm")
    assert (paid.status_code, paid.json["amount"]["amount"], paid.json["status"]) == (
        200,
        "1200.00",
        "posted",
    )
    assert himal.post(f"{path}/confirm").json == paid.json
    late = himal.post(f"{path}/reject", {"reason": "no money came"})
    assert (late.status_code, late.json["code"]) == (409, "claim_answered")
    assert asha.get(f"/orders/{delivered}").json["payment_status"] == "paid"


def test_rejected_claim_keeps_its_reason(market, deal, delivered, admin, sign_in):
    shop, _, _ = deal
    claim = {"method": "khalti", "reference": "K-1", "amount": {"amount": "5.50"}}
    claimed = sign_in(shop).post("/claims", claim).json

    rejected = admin.post(f"/claims/{claimed['id']}/reject", {"reason": "not there"})

    assert (rejected.json["status"], rejected.json["reject_reason"]) == ("rejected", "not there")
    again = sign_in(shop).post("/claims", claim | {"reference": None})
    assert (again.status_code, again.json["code"]) == (422, "reference_missing")


def test_shop_claims_for_itself_only(market, admin, sign_in):
    asha, bina = market.shop(), market.shop("Bina Store")
    claim = {"method": "cash", "amount": {"amount": "10"}, "retailer_id": bina.id}

    assert sign_in(asha).post("/claims", claim).status_code == 403
    assert admin.post("/claims", claim).json["retailer_id"] == bina.id
    assert admin.post("/claims", claim | {"retailer_id": 10_000}).status_code == 404


def test_onboarded_shop_is_approved_with_a_limit_and_orders_on_credit(market, admin, deal):
    _, _, noodles = deal
    shop = market.shop("Chandra Pasal", limit=None, approved=False)
    assert market.place(shop, {noodles: 1}).code == "not_approved"

    approved = admin.post(f"/retailers/{shop.id}/approve", {"credit_limit": {"amount": "50000"}})

    assert approved.json["approval"] == "approved"
    assert market.place(shop, {noodles: 1}).terms is Terms.CREDIT
    assert market.standing(shop).limit == rupees(50_000)
    late = admin.post(f"/retailers/{shop.id}/refuse", {"reason": "changed our mind"})
    assert (late.status_code, late.json["code"]) == (409, "already_approved")


def test_blocked_shop_orders_no_more_on_credit(market, deal, admin):
    shop, _, noodles = deal

    blocked = admin.post(f"/retailers/{shop.id}/block", {"reason": "old debt"})
    assert (blocked.json["block_reason"], market.place(shop, {noodles: 1}).code) == (
        "old debt",
        "orders_blocked",
    )

    assert admin.post(f"/retailers/{shop.id}/unblock", {"reason": "paid"}).json["blocked_at"] is None
    assert market.place(shop, {noodles: 1}).terms is Terms.CREDIT


def test_limit_is_changed_with_its_reason(market, admin):
    shop = market.shop()

    assert admin.put(f"/retailers/{shop.id}/limit", LIMIT).status_code == 204
    refused = admin.put(f"/retailers/{shop.id}/limit", LIMIT | {"limit": {"amount": "-1"}})

    assert (refused.status_code, refused.json["code"]) == (422, "amount_not_positive")
    assert refused.json["facts"] == {"amount": {"amount": "-1.00", "currency": "NPR"}}
    assert market.standing(shop).limit == rupees(50_000)


def test_shop_is_found_by_name_and_changed(market, admin, sign_in):
    shop = market.shop("Dipak & Sons")
    market.shop("Esha Store")

    (found,) = admin.get("/retailers?search=dipak").json["items"]
    changed = admin.patch(f"/retailers/{shop.id}", {"owner_name": "Dipak", "pan": "301234567"}).json

    assert found["id"] == shop.id
    assert (changed["shop_name"], changed["owner_name"], changed["pan"]) == (
        "Dipak & Sons",
        "Dipak",
        "301234567",
    )
    assert changed["address"]["latitude"] == "27.717200"
    assert admin.patch(f"/retailers/{shop.id}", {"pan": None}).json["pan"] is None
    assert sign_in(shop).get(f"/retailers/{shop.id}").json["shop_name"] == "Dipak & Sons"
    assert sign_in(shop).get(f"/retailers/{shop.id}/people").json["items"][0]["position"] == "owner"


def test_schedule_entry_runs_at_once(admin):
    started = admin.post("/schedule/lapse-offers/run")

    assert (started.status_code, started.json["name"]) == (202, "lapse-offers")
    entry = next(row for row in admin.get("/schedule").json["items"] if row["name"] == "lapse-offers")
    assert entry["last_due_at"] is not None


def test_clock_moves_forward_only(admin):
    before = admin.get("/clock").json["now"]

    moved = admin.put("/clock", {"advance_seconds": 7200})
    back = admin.put("/clock", {"to": before})

    assert moved.status_code == 200
    assert admin.get("/clock").json["now"] > moved.json["now"] > before
    assert (back.status_code, back.json["code"]) == (409, "clock_moves_forward_only")


def test_production_has_no_clock_to_move(settings, database, sign_in):
    from dataclasses import replace

    from core.config import Environment
    from tests.api.conftest import Client, make_app

    production = replace(settings, environment=Environment.PRODUCTION)
    asked = Client(make_app(production, database).test_client(), token=sign_in().token)

    assert asked.put("/clock", {"advance_seconds": 1}).status_code == 404


def _fill(market, shop, product):
    from decimal import Decimal

    from core.orders import basket
    from core.orders.views import NewLine

    lines = [NewLine(product_id=product, quantity=Decimal(7))]
    return market.do(basket.add_lines, retailer_id=shop.id, lines=lines, actor=shop.owner)


def test_a_limit_with_one_vendor_sends_what_is_beyond_it_elsewhere(market, deal, admin, sign_in):
    shop, vendor, noodles = deal
    other = market.wholesaler("Ganga Suppliers")
    market.sells(other, noodles, price=rupees(22))
    path = f"/retailers/{shop.id}/vendors/{vendor.id}/limit"
    limit = {"limit": {"amount": "150.00"}, "reason": "new to each other"}

    set_ = admin.put(path, limit)

    assert set_.status_code == 200
    assert (set_.json["limit"]["amount"], set_.json["vendor_id"]) == ("150.00", vendor.id)
    small, large = market.place(shop, {noodles: 5}), market.place(shop, {noodles: 10})
    assert market.offer_to(vendor, small.order_id)
    assert market.offer_to(other, large.order_id)
    assert admin.put(f"/retailers/{shop.id}/vendors/999999/limit", limit).status_code == 404
    assert admin.put(path, {"limit": {"amount": "-1.00"}, "reason": "x"}).status_code == 422
    assert sign_in(shop).put(path, limit).status_code == 403
