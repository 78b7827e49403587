"""An admin looks at scores, tries rules, and takes back what risk control did."""

import datetime as dt
from decimal import Decimal

import pytest

from core.money import rupees
from core.orders.kinds import Terms


@pytest.fixture
def late(market, admin):
    """A shop with three bills, each paid five days after its day; the clock of the API stands after them."""
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    for _ in range(3):
        placed = market.place(shop, {noodles: 10}, terms=Terms.CREDIT)
        accepted = market.accept(vendor, placed.order_id)
        parcel = market.dispatch(vendor, accepted)
        market.deliver(vendor, parcel.delivery_code)
        market.now += dt.timedelta(hours=1)
    market.now += dt.timedelta(days=35)
    admin.put("/clock", {"to": market.now.astimezone(dt.UTC).isoformat()})
    for number in range(3):
        paid = admin.post(
            "/payments",
            {
                "retailer_id": shop.id,
                "method": "esewa",
                "reference": f"R{number}",
                "amount": {"amount": "200.00"},
            },
        )
        assert paid.status_code == 201, paid.json
    return shop


def test_scores_come_with_their_parts_and_reasons(late, admin):
    found = admin.get(f"/risk-control/retailers/{late.id}/score").json

    assert found["credit"]["parts"]["payment_timeliness"] == "0.0000"
    assert found["credit"]["reasons"][0] == {"code": "pays_late", "facts": {"per_cent": 0, "days": 5}}
    assert found["credit"]["raises"][0]["points"] == 240
    # 50 × 5/30 + 50 × 3/3 = 58.33 of 40 per cent; nothing else.
    assert (found["risk"]["parts"]["payment_delay"], found["risk"]["score"]) == ("58.33", "23.33")
    assert (found["is_credit_stopped"], found["oldest_days_past_due"]) == (False, 0)
    assert Decimal(found["credit"]["parts"]["credit_utilisation"]) == 1


def test_a_check_cuts_the_limit_and_an_undo_gives_it_back(late, admin):
    before = admin.get(f"/retailers/{late.id}").json

    admin.post(f"/risk-control/check/{late.id}")
    admin.post(f"/risk-control/check/{late.id}")

    (cut,) = admin.get(f"/risk-control/retailers/{late.id}/actions").json["items"]
    assert (cut["kind"], cut["before"]["amount"], cut["after"]["amount"]) == (
        "limit_cut",
        "100000.00",
        "75000.00",
    )
    undone = admin.post(f"/risk-control/actions/{cut['id']}/undo", {"reason": "the bank was closed"})
    assert (undone.status_code, undone.json["end_reason"]) == (200, "the bank was closed")
    again = admin.post(f"/risk-control/actions/{cut['id']}/undo", {"reason": "again"})
    assert (again.status_code, again.json["code"]) == (409, "risk_action_ended")
    assert admin.get(f"/retailers/{late.id}").json == before
    kept = admin.get(f"/risk-control/retailers/{late.id}/score-history").json
    assert kept["items"][0]["reasons"][0]["code"] == "pays_late"


def test_the_six_rules_can_be_read_tried_and_changed(late, admin):
    rules = admin.get("/risk-control/rules").json["items"]
    assert {rule["category"] for rule in rules} == {
        "payment_delay_threshold",
        "credit_overdue_blocking",
        "high_risk_thresholds",
        "unusual_order_detection",
        "credit_limit_rules",
        "risk_score_weights",
    }

    milder = {"values": {"consecutive_delays": 4}}
    tried = admin.post("/risk-control/rules/payment_delay_threshold/dry-run", milder).json
    assert (tried["hit"], tried["would_hit"], tried["no_longer_hit"]) == (1, 0, [late.id])

    changed = admin.put(
        "/risk-control/rules/payment_delay_threshold", {**milder, "version": 0, "reason": "festival"}
    )
    assert (changed.status_code, changed.json["version"]) == (200, 1)
    admin.post(f"/risk-control/check/{late.id}")
    assert admin.get(f"/risk-control/retailers/{late.id}/actions").json["items"] == []


@pytest.mark.parametrize(
    ("category", "values", "status"),
    [
        ("payment_delay_threshold", {"consecutive_delays": 0}, 422),
        ("payment_delay_threshold", {"consecutive_delays": "3"}, 422),
        ("payment_delay_threshold", {"nonsense": 3}, 422),
        ("risk_score_weights", {"payment_delay": 50}, 422),
        ("high_risk_thresholds", {"critical_from": 40}, 422),
        ("credit_overdue_blocking", {"warn_after_days": 31}, 422),
        ("order_routing", {"offer_minutes": 30}, 404),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_its_change_and_its_dry_run(admin, category, values, status):
    tried = admin.post(f"/risk-control/rules/{category}/dry-run", {"values": values})
    changed = admin.put(f"/risk-control/rules/{category}", {"values": values, "version": 0, "reason": "x"})

    assert (tried.status_code, changed.status_code) == (status, status)
    assert all(rule["version"] == 0 for rule in admin.get("/risk-control/rules").json["items"])


def test_a_shop_that_is_not_approved_has_no_scores(market, admin):
    shop = market.shop(approved=False, limit=None)

    answer = admin.get(f"/risk-control/retailers/{shop.id}/score")

    assert (answer.status_code, answer.json["code"]) == (409, "retailer_not_judged")
    assert admin.get("/risk-control/retailers/999999/score").json["code"] == "not_found"
    assert admin.post("/risk-control/actions/999999/undo", {"reason": "x"}).json["code"] == "not_found"


def test_a_festivals_days_can_be_put_right(admin):
    dashain = {"name": "Dashain", "bs_year": 2083, "first_day": "2026-10-12", "last_day": "2026-10-27"}

    first = admin.put("/risk-control/festivals", dashain).json
    again = admin.put("/risk-control/festivals", dashain).json

    assert first["id"] == again["id"]
    listed = admin.get("/risk-control/festivals").json["items"]
    assert [row["first_day"] for row in listed if row["id"] == first["id"]] == ["2026-10-12"]
    backwards = admin.put("/risk-control/festivals", {**dashain, "last_day": "2026-10-01"})
    endless = admin.put("/risk-control/festivals", {**dashain, "last_day": "2027-10-01"})
    assert (backwards.status_code, endless.status_code) == (422, 422)
