"""What one admin may not give up alone another approves, over the API."""

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.credit.models import Invoice, Posting
from core.money import rupees
from core.orders.kinds import Terms


@pytest.fixture
def bill(market):
    """A bill of 40,000 that a shop owes."""
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(400))
    placed = market.place(shop, {noodles: 100}, terms=Terms.CREDIT)
    parcel = market.dispatch(vendor, market.accept(vendor, placed.order_id))
    market.deliver(vendor, parcel.delivery_code)
    return market.look(lambda session: session.scalars(select(Invoice)).one())


def amount(value):
    return {"amount": {"amount": value}, "reason": "the roof leaked"}


def owed(admin, bill):
    return admin.get(f"/invoices/{bill.id}").json["outstanding"]["amount"]


def ask(admin, bill, value="15000.00", **headers):
    answer = admin.post("/corrections", {"invoice_id": bill.id, **amount(value)}, headers=headers)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_small_amounts_are_one_admins_business_until_they_come_to_much_in_a_day(admin, sign_in, bill):
    path = f"/invoices/{bill.id}/write-offs"

    assert admin.post(path, amount("6000.00")).status_code == 201
    refused = admin.post(path, amount("4000.01"))
    discount = admin.post(f"/retailers/{bill.retailer_id}/discounts", amount("4000.01"))
    rest = admin.post(f"/retailers/{bill.retailer_id}/discounts", amount("4000.00"))
    others = sign_in().post(path, amount("10000.00"))

    assert (refused.status_code, refused.json["code"]) == (409, "approval_needed")
    assert (discount.status_code, discount.json["code"]) == (409, "approval_needed")
    assert (rest.status_code, others.status_code) == (201, 201)
    assert owed(admin, bill) == "20000.00"


def test_what_was_taken_back_does_not_count(admin, bill, session):
    path = f"/invoices/{bill.id}/write-offs"
    admin.post(path, amount("9000.00"))
    posting = session.scalars(select(Posting.id).where(Posting.kind == "write_off")).one()
    admin.post(f"/ledger/{posting}/reverse", {"reason": "the wrong shop"})

    assert admin.post(path, amount("9000.00")).status_code == 201


def test_a_second_admin_posts_what_the_first_asked_for_and_both_are_kept(admin, sign_in, bill, session):
    asked = ask(admin, bill)
    assert (asked["status"], asked["posting_id"], owed(admin, bill)) == ("open", None, "40000.00")

    own = admin.post(f"/corrections/{asked['id']}/approve")
    second = sign_in()
    done = second.post(f"/corrections/{asked['id']}/approve")
    again = second.post(f"/corrections/{asked['id']}/approve")

    assert (own.status_code, own.json["code"]) == (409, "second_person_needed")
    assert (done.status_code, done.json["status"]) == (200, "approved")
    assert (again.status_code, again.json["code"]) == (409, "correction_answered")
    assert owed(admin, bill) == "25000.00"
    posting = session.get(Posting, done.json["posting_id"])
    assert (posting.actor, posting.approved_by) == (f"admin:{admin.user['id']}", f"admin:{second.user['id']}")
    kept = session.execute(
        select(AuditEntry.action, AuditEntry.actor)
        .where(AuditEntry.subject_kind == "correction_request")
        .order_by(AuditEntry.id)
    ).all()
    assert kept == [("correction_asked", posting.actor), ("correction_approved", posting.approved_by)]


def test_a_discount_is_asked_for_by_shop(admin, sign_in, bill):
    asked = admin.post("/corrections", {"retailer_id": bill.retailer_id, **amount("50000.00")}).json
    done = sign_in().post(f"/corrections/{asked['id']}/approve")

    assert (done.json["kind"], done.json["status"]) == ("discount", "approved")
    # What was more than owed is paid ahead.
    assert owed(admin, bill) == "0.00"


def test_who_asked_may_take_it_back_and_nothing_was_posted(admin, sign_in, bill):
    asked = ask(admin, bill)
    refused = admin.post(f"/corrections/{asked['id']}/refuse", {"reason": "found the money"})
    late = sign_in().post(f"/corrections/{asked['id']}/approve")

    assert (refused.json["status"], refused.json["refuse_reason"]) == ("refused", "found the money")
    assert (late.status_code, late.json["code"]) == (409, "correction_answered")
    assert owed(admin, bill) == "40000.00"
    assert admin.get("/corrections?status=open").json["items"] == []


def test_more_than_is_owed_by_then_stays_open(admin, sign_in, bill):
    asked = ask(admin, bill, "40000.00")
    admin.post(f"/invoices/{bill.id}/write-offs", amount("1.00"))
    refused = sign_in().post(f"/corrections/{asked['id']}/approve")

    assert (refused.status_code, refused.json["code"]) == (422, "amount_too_large")
    assert admin.get(f"/corrections/{asked['id']}").json["status"] == "open"
    assert owed(admin, bill) == "39999.00"


@pytest.mark.parametrize("body", [{}, {"invoice_id": 1, "retailer_id": 1}])
def test_a_correction_is_of_one_thing(admin, body):
    assert admin.post("/corrections", body | amount("1.00")).status_code == 422
    gone = admin.post("/corrections", {"invoice_id": 99999, **amount("1.00")})
    assert (gone.status_code, gone.json["code"]) == (404, "not_found")


def test_the_same_request_again_asks_once(admin, bill):
    key = {"Idempotency-Key": "w1"}

    assert ask(admin, bill, **key) == ask(admin, bill, **key)
    assert admin.get("/corrections").json["total"] == 1


def test_the_limit_is_a_setting(admin, bill):
    changed = admin.put(
        "/settings/corrections", {"version": 0, "values": {"alone_up_to_minor": 100}, "reason": "audit"}
    )
    assert changed.status_code == 200, changed.json
    assert admin.post(f"/invoices/{bill.id}/write-offs", amount("1.01")).json["code"] == "approval_needed"
