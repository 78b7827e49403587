"""People, goods, money, chats, numbers and jobs, as admins keep them."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind
from core.messaging.models import InboundMessage
from core.money import rupees
from core.outbox.models import Job, JobStatus, Queue
from tests.api.conftest import PASSWORD, signed_in
from tests.api.world import make_world

PRODUCT = {
    "sku": "TOK-ALU-1",
    "name": "Tokla Tea",
    "brand": "Tokla",
    "category": "Tea",
    "unit": "pkt",
    "pack_size": "500 g",
    "case_quantity": 20,
    "vat_class": "standard",
}


@pytest.fixture
def world(market):
    return make_world(market)


def test_user_is_made_changed_shut_out_and_let_in(app, admin, market):
    shop = market.shop()
    given = {"role": "retailer", "name": "Asha", "email": "asha@example.test", "retailer_id": shop.id}

    made = admin.post("/users", given | {"password": PASSWORD})
    taken = admin.post("/users", given | {"password": PASSWORD})
    unfit = admin.post("/users", given | {"password": PASSWORD, "role": "admin"})
    assert (made.status_code, taken.json["code"], unfit.json["code"]) == (
        201,
        "user_name_taken",
        "party_does_not_fit",
    )
    assert "password" not in made.text

    path = f"/users/{made.json['id']}"
    assert admin.patch(path, {"phone": "9841000077"}).json["phone"] == "+9779841000077"
    nameless = admin.patch(path, {"phone": None, "email": None})
    assert (nameless.status_code, nameless.json["code"]) == (422, "user_name_missing")
    inside = signed_in(app, "asha@example.test")
    assert admin.put(f"{path}/password", {"password": "another password"}).status_code == 204
    assert inside.get("/auth/me").status_code == 401
    assert admin.post(f"{path}/deactivate").json["is_active"] is False
    assert admin.post(f"{path}/activate").json["is_active"] is True
    assert signed_in(app, "asha@example.test", "another password").user["id"] == made.json["id"]


def test_admin_cannot_shut_themselves_out(admin):
    answer = admin.post(f"/users/{admin.user['id']}/deactivate")

    assert (answer.status_code, answer.json["code"]) == (409, "not_yourself")


def test_vendor_is_entered_approved_and_changed(admin):
    made = admin.post("/vendors", {"business_name": "Himal Traders", "working_days": [1, 2]}).json
    path = f"/vendors/{made['id']}"
    assert (made["approval"], made["service_radius_km"], made["working_days"]) == ("applied", "50.00", [1, 2])

    assert admin.post(f"{path}/approve").json["approval"] == "approved"
    changed = admin.patch(path, {"service_radius_km": "12.5", "minimum_order": {"amount": "500"}}).json
    assert (changed["service_radius_km"], changed["minimum_order"]["amount"]) == ("12.50", "500.00")
    assert changed["working_days"] == [1, 2]
    assert admin.post(f"{path}/deactivate", {"reason": "asked to stop"}).json["is_active"] is False
    assert admin.post(f"{path}/close", {"day": "2026-11-24"}).json["closed_days"] == ["2026-11-24"]
    assert admin.post(f"{path}/refuse", {"reason": "late"}).json["code"] == "already_approved"


def test_vendor_keeps_its_own_hours_and_nobody_elses(admin, market, sign_in):
    vendor, other = market.wholesaler(), market.wholesaler("Other Traders")
    himal = sign_in(vendor)
    path = f"/vendors/{vendor.id}"
    assert himal.get(path).json["opening_hours"][0] == {"weekday": 1, "opens": "07:00", "closes": "20:00"}

    night = himal.post(f"{path}/hours", {"opens": "18:00", "closes": "02:00", "weekdays": [6]}).json
    assert night["opening_hours"][5:6] == [{"weekday": 6, "opens": "18:00", "closes": "02:00"}]
    assert night["opening_hours"][4]["opens"] == "07:00"
    closed = himal.post(f"{path}/working-day", {"weekday": 6, "is_open": False}).json
    assert [shift["weekday"] for shift in closed["opening_hours"]] == [1, 2, 3, 4, 5, 7]
    all_week = admin.post(f"{path}/hours", {"opens": "06:30", "closes": "21:00"}).json
    assert {shift["opens"] for shift in all_week["opening_hours"]} == {"06:30"}

    assert himal.post(f"/vendors/{other.id}/hours", {"opens": "06:00", "closes": "21:00"}).status_code == 404
    assert himal.post(f"{path}/hours", {"opens": "25:00", "closes": "21:00"}).status_code == 422


def test_product_is_added_changed_named_and_removed(admin):
    made = admin.post("/products", PRODUCT)
    path = f"/products/{made.json['id']}"
    assert (made.status_code, made.json["short_label"] != "") == (201, True)
    assert admin.post("/products", PRODUCT).json["code"] == "sku_taken"

    changed = admin.patch(path, {"name_ne": "टोक्ला चिया", "reference_price": {"amount": "310"}}).json
    assert (changed["name_ne"], changed["reference_price"]["amount"]) == ("टोक्ला चिया", "310.00")
    (alias,) = admin.post(f"{path}/aliases", {"words": "Tokla  CHIYA"}).json["items"]
    assert (alias["words"], alias["source"]) == ("tokla chiya", "admin")
    assert admin.ask("DELETE", f"{path}/aliases/{alias['id']}").status_code == 204
    assert admin.get(f"{path}/aliases").json["items"] == []
    assert admin.ask("DELETE", path).status_code == 204
    assert admin.get("/products?is_active=true").json["total"] == 0


def test_vendor_keeps_its_listing_and_a_large_price_change_waits(market, sign_in):
    vendor, noodles = market.wholesaler(), market.product()
    himal = sign_in(vendor)
    made = himal.post("/listings", {"product_id": noodles, "price": {"amount": "20"}}).json
    path = f"/listings/{made['id']}"

    held = himal.put(f"{path}/price", {"price": {"amount": "31"}})
    assert (held.status_code, held.json["code"]) == (409, "price_change_held")
    assert held.json["facts"]["old"] == {"amount": "20.00", "currency": "NPR"}
    assert himal.get(path).json["price"]["amount"] == "20.00"
    taken = himal.put(f"{path}/price", {"price": {"amount": "31"}, "is_confirmed": True})
    assert taken.json["price"]["amount"] == "31.00"

    counted = himal.put(f"/stock/{made['id']}", {"on_hand": "40.5", "reason": "counted"}).json
    assert (counted["on_hand"], counted["available"]) == ("40.500", "40.500")
    (movement,) = himal.get(f"/stock/{made['id']}/movements").json["items"]
    assert (movement["kind"], movement["on_hand_change"]) == ("counted", "40.500")
    terms = himal.patch(path, {"minimum_quantity": 6, "is_available": False}).json
    assert (terms["minimum_quantity"], terms["is_available"], terms["pack_multiple"]) == (
        "6.000",
        False,
        "1.000",
    )


def test_count_below_what_is_promised_is_refused(market, admin):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    listing = market.sells(vendor, noodles, price=rupees(20), stock_of=10)
    market.accept(vendor, market.place(shop, {noodles: 8}).order_id)

    answer = admin.put(f"/stock/{listing}", {"on_hand": 7, "reason": "counted"})

    assert (answer.status_code, answer.json["code"]) == (409, "stock_below_promised")
    assert answer.json["facts"] == {"promised": {str(listing): "8.000"}}


def test_payment_pays_the_invoice_and_shows_in_books_and_statement(market, admin, sign_in):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 60})
    market.deliver(vendor, market.dispatch(vendor, market.accept(vendor, placed.order_id)).delivery_code)
    admin.put("/clock", {"to": "2026-11-23T08:00:00Z"})
    (invoice,) = admin.get("/invoices").json["items"]
    money = {
        "retailer_id": shop.id,
        "method": "bank_transfer",
        "reference": "NIC 1",
        "amount": {"amount": "700"},
    }

    paid = admin.post("/payments", money, headers={"Idempotency-Key": "p1"})
    again = admin.post("/payments", money)

    assert (paid.status_code, again.json["code"]) == (201, "reference_taken")
    assert admin.get(f"/payments/{paid.json['id']}").json["paid"] == [
        {
            "invoice_id": invoice["id"],
            "number": invoice["number"],
            "amount": {"amount": "700.00", "currency": "NPR"},
        }
    ]
    posting = admin.get(f"/ledger/{paid.json['posting_id']}").json
    assert [
        (row["account"], row["debit"]["amount"], row["credit"]["amount"]) for row in posting["entries"]
    ] == [
        ("bank", "700.00", "0.00"),
        ("receivable", "0.00", "700.00"),
    ]
    statement = sign_in(shop).get(f"/retailers/{shop.id}/statement?start=2026-11-01&end=2026-11-30").json
    assert [row["balance"]["amount"] for row in statement["lines"]] == ["1200.00", "500.00"]
    note = sign_in(vendor).post(
        f"/invoices/{invoice['id']}/credit-notes",
        {"lines": [{"position": 1, "quantity": 5}], "reason": "damaged"},
    )
    assert (note.status_code, note.json["amount"]["amount"]) == (201, "100.00")
    off = admin.post(
        f"/invoices/{invoice['id']}/write-offs", {"amount": {"amount": "400"}, "reason": "closed"}
    )
    assert off.json["invoice"]["payment_status"] == "paid"
    assert admin.get("/ledger/differences").json["items"] == []
    assert admin.get("/ledger/ageing").json["items"] == []
    settlement = sign_in(vendor).get(f"/vendors/{vendor.id}/settlement?start=2026-11-01&end=2026-11-30").json
    assert settlement["delivered"]["amount"] == "1176.00"


def test_debts_are_aged_as_on_a_past_day_and_never_on_one_to_come(market, admin, sign_in):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 60})
    market.deliver(vendor, market.dispatch(vendor, market.accept(vendor, placed.order_id)).delivery_code)
    admin.put("/clock", {"to": (market.now + dt.timedelta(days=40)).astimezone(dt.UTC).isoformat()})
    owner = sign_in(shop)

    (now,) = owner.get("/ledger/ageing").json["items"]
    (then,) = owner.get("/ledger/ageing?on=2026-11-23").json["items"]
    before = owner.get("/ledger/ageing?on=2026-11-22").json
    ahead = owner.get("/ledger/ageing?on=2027-03-01")

    assert (now["oldest_days_past_due"], now["buckets"]["1-30"]["amount"]) == (10, "1200.00")
    assert (then["oldest_days_past_due"], then["buckets"]["current"]["amount"]) == (0, "1200.00")
    assert (before["on"], before["items"]) == ("2026-11-22", [])
    assert (ahead.status_code, ahead.json["code"]) == (422, "period_not_possible")


def test_cheque_is_posted_when_it_clears_and_owed_again_when_it_bounces(market, admin):
    shop = market.shop()
    cheque = {"retailer_id": shop.id, "method": "cheque", "reference": "77", "amount": {"amount": "10"}}
    path = f"/payments/{admin.post('/payments', cheque).json['id']}"

    assert admin.get(path).json["status"] == "awaiting_clearance"
    assert admin.post(f"{path}/clear").json["status"] == "posted"
    assert admin.post(f"{path}/bounce", {"reason": "no funds"}).json["status"] == "bounced"
    assert admin.post(f"{path}/clear").json["code"] == "cheque_not_open"


def test_cheque_that_bounces_after_it_cleared_is_reversed_with_the_reason_and_its_invoice_owed_again(
    market, admin, sign_in
):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 60})
    market.deliver(vendor, market.dispatch(vendor, market.accept(vendor, placed.order_id)).delivery_code)
    admin.put("/clock", {"to": "2026-11-23T08:00:00Z"})
    (invoice,) = admin.get("/invoices").json["items"]
    cheque = {
        "retailer_id": shop.id,
        "method": "cheque",
        "reference": "88",
        "amount": {"amount": "1200"},
    }
    path = f"/payments/{admin.post('/payments', cheque).json['id']}"
    cleared = admin.post(f"{path}/clear").json
    assert admin.get(f"/invoices/{invoice['id']}").json["payment_status"] == "paid"

    bounced = admin.post(f"{path}/bounce", {"reason": "no funds"})
    again = admin.post(f"{path}/bounce", {"reason": "no funds"})

    assert (bounced.status_code, bounced.json["status"], again.json["status"]) == (200, "bounced", "bounced")
    assert admin.get(f"/invoices/{invoice['id']}").json["outstanding"]["amount"] == "1200.00"
    (reversal,) = admin.get("/ledger?kind=reversal").json["items"]
    assert (reversal["reverses_id"], reversal["memo"]["reason"]) == (cleared["posting_id"], "no funds")
    assert [
        (row["account"], row["debit"]["amount"], row["credit"]["amount"]) for row in reversal["entries"]
    ] == [("receivable", "1200.00", "0.00"), ("bank", "0.00", "1200.00")]
    statement = sign_in(shop).get(f"/retailers/{shop.id}/statement?start=2026-11-01&end=2026-11-30").json
    assert [row["balance"]["amount"] for row in statement["lines"]] == ["1200.00", "0.00", "1200.00"]
    assert admin.get("/ledger/differences").json["items"] == []


def test_conversation_is_taken_over_written_in_and_handed_back(world, admin, sign_in):
    path = f"/conversations/{world.ids['conversation_id']}"
    (inbound,) = admin.get(f"{path}/inbound").json["items"]
    assert (inbound["text"], inbound["handled_at"]) == ("namaste", None)

    early = admin.post(f"{path}/messages", {"text": "Hello"})
    assert (early.status_code, early.json["code"]) == (409, "not_taken_over")
    assert admin.post(f"{path}/take-over").json["taken_over_at"] is not None
    assert sign_in().post(f"{path}/take-over").json["code"] == "already_taken_over"
    written = admin.post(f"{path}/messages", {"text": "Hello"}, headers={"Idempotency-Key": "m"})
    assert (written.status_code, written.json["body"], written.json["say"]) == (201, "Hello", "by_hand")
    both = admin.get(f"{path}/messages").json
    assert {(row["by"], row["text"], row["state"]) for row in both["items"]} == {
        ("person", "namaste", "unread"),
        ("us", "Hello", "queued"),
    }
    first = admin.get(f"{path}/messages?limit=1").json
    second = admin.get(f"{path}/messages?limit=1&after={first['next']}").json
    assert first["items"] + second["items"] == both["items"]
    assert (second["total"], second["next"]) == (2, None)
    assert admin.post(f"{path}/hand-back").json["taken_over_at"] is None
    assert admin.get("/conversations?is_unread=true").json["total"] == 0


def test_helper_is_named_limited_and_removed_but_not_the_last_owner(market, admin):
    shop = market.shop()
    path = f"/retailers/{shop.id}/people"

    owner, helper = admin.post(
        path, {"phone": "9841000055", "name": "Bina", "order_limit": {"amount": "5000"}}
    ).json["items"]

    assert (helper["position"], helper["order_limit"]["amount"]) == ("helper", "5000.00")
    assert admin.post(path, {"phone": "12"}).json["code"] in {"phone_not_understood", "request_invalid"}
    assert admin.ask("DELETE", f"{path}/{owner['contact_id']}").json["code"] == "last_owner"
    assert admin.ask("DELETE", f"{path}/{helper['contact_id']}").status_code == 204
    assert [row["contact_id"] for row in admin.get(path).json["items"]] == [owner["contact_id"]]


def test_two_contacts_with_one_phone_are_joined(market, admin):
    from core.parties import service as parties

    def contact(address):
        return market.do(
            parties.contact_for,
            channel="whatsapp",
            addresses=[address],
            profile_name="Asha",
            phone="+9779841000044",
        ).id

    one, two = contact("whatsapp:+9779841000044"), contact("whatsapp:NP.1349")
    assert admin.get("/contacts/split").json["items"] == [
        {"phone": "+9779841000044", "contact_ids": [one, two]}
    ]

    joined = admin.post(f"/contacts/{one}/join", {"other_id": two}).json

    assert [row["address"] for row in joined["addresses"]] == ["whatsapp:+9779841000044", "whatsapp:NP.1349"]
    assert admin.get("/contacts/split").json["items"] == []


def test_settings_change_by_version_and_refuse_nonsense(admin, sign_in):
    before = admin.get("/settings/order_routing").json
    assert (before["version"], before["values"]["offer_minutes"]) == (0, 120)
    change = {"version": 0, "values": {"offer_minutes": 90}, "reason": "winter"}

    assert admin.put("/settings/order_routing", change).json["version"] == 1
    stale = sign_in().put("/settings/order_routing", change)
    assert (stale.status_code, stale.json["code"]) == (409, "settings_changed_meanwhile")
    for nonsense in ({"price_weight": 99}, {"colour": 1}, {"offer_minutes": "90"}, {"offer_minutes": -1}):
        refused = admin.put("/settings/order_routing", change | {"version": 1, "values": nonsense})
        assert (refused.status_code, refused.json["code"]) == (422, "settings_refused"), nonsense
    (version,) = admin.get("/settings/order_routing/versions").json["items"]
    assert (version["version"], version["reason"]) == (1, "winter")
    assert admin.get("/settings/tea").status_code == 404


def test_failed_job_is_tried_again_dropped_and_cleaned(world, admin, session):
    path = f"/queues/order-routing/jobs/{world.ids['jobId']}"
    job = session.get(Job, world.ids["jobId"])
    job.status, job.error, job.attempts, job.finished_at = JobStatus.FAILED, "boom", 3, job.created_at
    session.commit()

    (stats,) = [
        row for row in admin.get("/queues/stats").json["items"] if row["queue"] == Queue.ORDER_ROUTING
    ]
    assert stats["failed"] == 1
    assert admin.get("/queues/order-routing/jobs?status=failed").json["items"][0]["error"] == "boom"
    again = admin.post(f"{path}/retry").json
    assert (again["status"], again["attempts"]) == ("pending", 0)
    assert admin.ask("DELETE", path).status_code == 204
    assert admin.get(path).status_code == 404
    assert admin.post("/queues/order-routing/clean", {"status": "failed"}).json == {"dropped": 0}
    assert admin.get("/queues/tea/stats").status_code == 404


def test_a_queue_is_paused_and_goes_on(admin):
    reason = {"reason": "the provider refuses our messages"}
    paused = admin.post("/queues/report-generation/pause", reason)
    assert (paused.status_code, paused.json["reason"]) == (200, reason["reason"])
    assert admin.get("/queues/report-generation/stats").json["pause"] == paused.json
    assert admin.post("/queues/report-generation/pause", {}).status_code == 422
    assert admin.post("/queues/tea/pause", reason).status_code == 404

    assert admin.post("/queues/report-generation/resume").status_code == 204
    assert admin.get("/queues/report-generation/stats").json["pause"] is None
    refused = admin.post("/queues/whatsapp/pause", reason)
    assert (refused.status_code, refused.json["code"]) == (409, "queue_not_pausable")


def test_what_admins_do_is_in_the_audit(admin, market):
    shop = market.shop()
    admin.post(f"/retailers/{shop.id}/block", {"reason": "old debt"})

    (entry,) = admin.get("/audit?action=retailer_blocked").json["items"]

    assert (entry["actor"], entry["via"], entry["subject_id"], entry["reason"]) == (
        f"admin:{admin.user['id']}",
        "api",
        shop.id,
        "old debt",
    )


@pytest.mark.parametrize("door", ["hand-back", "acknowledge"])
def test_what_a_person_has_seen_to_leaves_the_list_of_those_that_need_one(
    world, market, session, admin, door
):
    conversation_id = world.ids["conversation_id"]
    message = session.scalars(
        select(InboundMessage).where(InboundMessage.conversation_id == conversation_id)
    ).one()
    message.needs_person, message.handled_at = True, market.now
    cause = Cause(kind=AlertKind.PERSON_ASKED, subject_kind="conversation", subject_id=conversation_id)
    alert_id = alerts.raise_alert(session, cause, now=market.now)
    session.flush()
    assert admin.get("/conversations?needs_person=true").json["total"] == 1

    if door == "hand-back":
        admin.post(f"/conversations/{conversation_id}/take-over")
        admin.post(f"/conversations/{conversation_id}/hand-back")
    else:
        assert admin.post(f"/alerts/{alert_id}/acknowledge", {"note": "called"}).status_code == 200

    assert admin.get("/conversations?needs_person=true").json["total"] == 0
