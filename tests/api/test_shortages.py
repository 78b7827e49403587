"""What a shop reports short, answered through the API by the vendor concerned and by nobody else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.money import rupees
from core.orders import shortages


@pytest.fixture
def reported(market):
    """Five of sixty packets at Rs. 20 are missing, says the shop."""
    shop, vendor, noodles = market.shop(), market.wholesaler("Himal Traders"), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 60}).order_id))
    parcel = market.deliver(vendor, sent.delivery_code).fulfillment
    report = market.do(
        shortages.report,
        parcel.fulfillment_id,
        short={parcel.lines[0].line.order_line_id: Decimal(5)},
        words="5 futeko",
        actor=shop.owner,
    )
    return shop, vendor, report.id


def test_vendor_agrees_to_a_report_once_and_the_bill_is_lowered(reported, sign_in):
    shop, vendor, shortage_id = reported
    asha, himal = sign_in(shop), sign_in(vendor)
    (waiting,) = himal.get("/shortages?status=open").json["items"]
    assert (waiting["id"], waiting["words"], waiting["worth"]["amount"]) == (
        shortage_id,
        "5 futeko",
        "100.00",
    )
    assert [(line["quantity"], line["short"]) for line in waiting["lines"]] == [("60.000", "5.000")]

    agreed = himal.post(f"/shortages/{shortage_id}/agree")

    assert (agreed.status_code, agreed.json["status"]) == (200, "agreed")
    assert asha.get(f"/shortages/{shortage_id}").json == agreed.json
    assert asha.get("/invoices").json["items"][0]["outstanding"]["amount"] == "1100.00"
    assert himal.get("/shortages?status=open").json["total"] == 0
    again = himal.post(f"/shortages/{shortage_id}/refuse", {"reason": "counted twice"})
    assert (again.status_code, again.json["code"]) == (409, "shortage_answered")


def test_refusal_leaves_the_bill_and_its_reason_is_in_the_audit(reported, admin):
    _, _, shortage_id = reported

    refused = admin.post(f"/shortages/{shortage_id}/refuse", {"reason": "the driver counted"})

    assert (refused.status_code, refused.json["status"]) == (200, "refused")
    assert admin.get("/invoices").json["items"][0]["outstanding"]["amount"] == "1200.00"
    (entry,) = [row for row in admin.get("/audit").json["items"] if row["action"] == "shortage_refused"]
    assert (entry["subject_id"], entry["reason"]) == (shortage_id, "the driver counted")


def test_stranger_is_answered_as_if_there_were_no_report(reported, market, admin, sign_in):
    _, _, shortage_id = reported
    other = sign_in(market.wholesaler("Ganga Suppliers"))

    def refusals(row_id):
        answers = (
            other.get(f"/shortages/{row_id}"),
            other.post(f"/shortages/{row_id}/agree"),
            other.post(f"/shortages/{row_id}/refuse", {"reason": "not mine"}),
        )
        return [(answer.status_code, answer.json["code"], answer.json["facts"]) for answer in answers]

    assert refusals(shortage_id) == [(404, "not_found", {"kind": "shortage", "id": shortage_id})] * 3
    missing = shortage_id + 1
    assert refusals(missing) == [(404, "not_found", {"kind": "shortage", "id": missing})] * 3
    assert other.get("/shortages").json["total"] == 0
    assert admin.get(f"/shortages/{shortage_id}").json["status"] == "open"
