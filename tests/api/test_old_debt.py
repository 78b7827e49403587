"""Old paper debt is brought in once, aged by its paper, in the books and on the statement."""

import pytest

from core.actor import SYSTEM
from core.credit import service as credit
from core.money import rupees
from core.orders.kinds import Terms

BILL = {"number": "217", "amount": {"amount": "4200.50"}, "billed_on": "2026-07-01", "due_on": "2026-08-15"}
HEADING = "retailer,vendor,number,amount,billed_on,due_on\n"


@pytest.fixture
def asha(market):
    return market.shop("Asha Kirana")


@pytest.fixture
def himal(market):
    return market.wholesaler("Himal Traders")


@pytest.fixture
def code_of(admin):
    def code(kind, row_id):
        return admin.get(f"/{kind}/{row_id}").json["code"]

    return code


def bring(admin, shop, vendor, query="", **facts):
    return admin.post(f"/retailers/{shop.id}/old-bills{query}", {"vendor_id": vendor.id, **BILL, **facts})


def send(admin, text, query=""):
    return admin.post(f"/old-bills/import{query}", data=(HEADING + text).encode(), content_type="text/csv")


def owed_by_age(admin, shop):
    rows = admin.get(f"/ledger/ageing?retailer_id={shop.id}").json["items"]
    return {age: sums["amount"] for row in rows for age, sums in row["buckets"].items()}


def test_an_old_bill_is_owed_aged_and_on_both_statements(admin, asha, himal):
    brought = bring(admin, asha, himal)

    assert (brought.status_code, brought.json["is_new"], brought.json["owed"]["amount"]) == (
        200,
        True,
        "4200.50",
    )
    # Due on 15 August, and it is 23 November.
    assert brought.json["days_past_due"] == 100
    assert "4200.50" in owed_by_age(admin, asha).values()
    for path, closing in (("retailers", "4200.50"), ("vendors", "-4200.50")):
        owner = asha if path == "retailers" else himal
        statement = admin.get(f"/{path}/{owner.id}/statement").json
        assert [line["kind"] for line in statement["lines"]] == ["brought"]
        assert statement["closing"]["amount"] == closing
    assert admin.get("/ledger/differences").json["items"] == []


def test_the_same_bill_again_changes_nothing_and_another_amount_is_refused(admin, asha, himal):
    first = bring(admin, asha, himal)

    again = bring(admin, asha, himal)
    other = bring(admin, asha, himal, amount={"amount": "4200.51"})

    assert (again.json["is_new"], again.json["invoice_id"]) == (False, first.json["invoice_id"])
    assert again.json["owed"]["amount"] == "4200.50"
    assert (other.status_code, other.json["code"]) == (409, "bill_brought_before")


@pytest.mark.parametrize(
    ("_case", "number"),
    [
        ("case", "p-217"),
        ("without width", "P-2\u200b17"),
        ("full width", "Ｐ－２１７"),
        ("spaces", "P- 2 17"),
        ("hyphen of typesetters", "P‐217"),
        ("Cyrillic", "Р-217"),
        ("Nepali digits", "P-२१७"),
    ],
)
def test_the_same_number_in_another_spelling_is_the_same_bill(admin, asha, himal, code_of, _case, number):
    first = bring(admin, asha, himal, number="P-217")

    again = bring(admin, asha, himal, number=number)
    row = f"{code_of('retailers', asha.id)},{code_of('vendors', himal.id)},{number},4200.50,2026-07-01,2026-08-15\n"
    sent = send(admin, row).json

    assert (again.json["is_new"], again.json["invoice_id"]) == (False, first.json["invoice_id"])
    assert (again.json["number"], again.json["owed"]["amount"]) == ("P-217", "4200.50")
    assert (sent["created"], sent["unchanged"]) == (0, 1)


NEAR = [
    "No. Q-17",
    "#Q-17",
    "Q/17",
    "Q.17",
    "Q_17",
    "Q-017",
    "Q 17",
    "bill no Q-17.",
    "q–17/",
    "Q-l7",
    "बिल नं Q-१७",
]


@pytest.mark.parametrize("number", NEAR)
def test_a_bill_that_looks_like_one_in_the_books_is_asked_about_by_call_and_by_file(
    admin, asha, himal, code_of, number
):
    first = bring(admin, asha, himal, number="Q-17").json
    row = f"{code_of('retailers', asha.id)},{code_of('vendors', himal.id)},{number},4200.50,2026-07-01,2026-08-15\n"

    asked = [
        bring(admin, asha, himal, number=number),
        bring(admin, asha, himal, query="?dry_run=true", number=number),
    ]
    in_file = [send(admin, row, query).json for query in ("", "?dry_run=true")]

    assert [(one.status_code, one.json["code"]) for one in asked] == [(409, "bill_looks_brought")] * 2
    assert [[error["code"] for error in one["errors"]] for one in in_file] == [["bill_looks_brought"]] * 2
    assert len(admin.get("/invoices").json["items"]) == 1

    meant = bring(admin, asha, himal, number=number, confirmed_new=True).json

    assert (meant["is_new"], meant["invoice_id"] != first["invoice_id"]) == (True, True)
    assert meant["owed"]["amount"] == "8401.00"
    # Both are in the books now, and each again changes nothing.
    assert bring(admin, asha, himal, number=number).json["is_new"] is False
    assert send(admin, row).json["unchanged"] == 1


def test_a_file_with_nearly_one_number_twice_is_held_and_written_when_it_is_meant(
    admin, asha, himal, code_of
):
    shop, vendor = code_of("retailers", asha.id), code_of("vendors", himal.id)
    rows = "".join(f"{shop},{vendor},{number},10,2026-07-01,2026-08-15\n" for number in ("Q-17", "Q/17"))

    held = send(admin, rows).json
    meant = send(admin, rows, "?confirmed_new=true").json

    assert [(error["field"], error["code"]) for error in held["errors"]] == [
        ("rows.3.number", "bill_looks_brought")
    ]
    assert meant["created"] == 2


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        ("Q-18", {}),
        ("17", {}),
        ("R-17", {}),
        ("Q-1/7", {}),
        ("Q/17", {"amount": {"amount": "4200.51"}}),
        ("Q/17", {"billed_on": "2026-07-02"}),
    ],
)
def test_another_number_day_or_amount_is_another_bill(admin, asha, himal, number, facts):
    bring(admin, asha, himal, number="Q-17")

    assert bring(admin, asha, himal, **{"number": number, **facts}).json["is_new"] is True


@pytest.mark.parametrize("number", ["\u202e123", "12\n3", "12\x1b3", "***", "Khaacho paid", "\u200b", "ไทย1"])
def test_a_number_that_speaks_for_us_or_turns_its_line_is_refused(admin, asha, himal, number):
    refused = bring(admin, asha, himal, number=number)

    assert (refused.status_code, refused.json["code"]) == (422, "bill_number_refused")
    assert admin.get("/invoices").json["items"] == []


def test_one_file_that_spells_a_number_twice_brings_it_once(admin, asha, himal, code_of):
    shop, vendor = code_of("retailers", asha.id), code_of("vendors", himal.id)
    row = f"{shop},{vendor},{{}},10,2026-07-01,2026-08-15\n"

    refused = send(admin, row.format("P-1") + row.format("Ｐ-1"))

    assert [error["code"] for error in refused.json["errors"]] == ["row_repeated"]


def test_a_dry_run_says_what_would_be_owed_and_writes_nothing(admin, asha, himal):
    tried = bring(admin, asha, himal, query="?dry_run=true")

    assert (tried.json["dry_run"], tried.json["owed"]["amount"], tried.json["invoice_id"]) == (
        True, "4200.50", None,
    )  # fmt: skip
    assert admin.get("/invoices").json["items"] == []
    assert admin.get(f"/retailers/{asha.id}/statement").json["lines"] == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount": {"amount": "0.00"}}, "amount_not_positive"),
        ({"billed_on": "2026-12-01", "due_on": "2026-12-02"}, "days_of_bill_impossible"),
        ({"billed_on": "2026-08-16"}, "days_of_bill_impossible"),
    ],
)
def test_an_impossible_bill_is_refused(admin, asha, himal, facts, code):
    refused = bring(admin, asha, himal, **facts)

    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert admin.get("/invoices").json["items"] == []


def test_a_payment_pays_the_old_bill_first(admin, asha, himal):
    invoice_id = bring(admin, asha, himal).json["invoice_id"]
    paid = admin.post(
        "/payments",
        {"retailer_id": asha.id, "method": "esewa", "reference": "E1", "amount": {"amount": "4200.50"}},
    )

    assert paid.status_code == 201
    assert admin.get(f"/invoices/{invoice_id}").json["payment_status"] == "paid"
    assert admin.get(f"/invoices/{invoice_id}/pdf").status_code == 200


def test_it_is_in_no_vat_book_and_takes_no_number(admin, market, asha, himal):
    bring(admin, asha, himal)
    goods = market.product()
    market.sells(himal, goods, price=rupees(20))
    placed = market.place(asha, {goods: 5}, terms=Terms.CASH)
    sent = market.dispatch(himal, market.accept(himal, placed.order_id))
    market.deliver(himal, sent.delivery_code, cash=credit.ALL_CASH)

    numbers = [invoice["number"] for invoice in admin.get("/invoices").json["items"]]
    assert numbers == ["2083/84-00001", "217"]


def test_a_file_brings_many_once_and_all_or_none(admin, market, asha, himal, code_of):
    shop, vendor = code_of("retailers", asha.id), code_of("vendors", himal.id)
    good = f"{shop},{vendor},217,4200.50,2026-07-01,2026-08-15\n{shop},{vendor},218,99.50,2026-07-02,2026-08-16\n"

    tried = send(admin, good, "?dry_run=true").json
    wrong = send(
        admin, good + f"{shop},{vendor},219,5,2026-07-01,01/08/2026\nX,{vendor},1,5,2026-07-01,2026-08-01\n"
    )
    assert (tried["created"], tried["error_count"], owed_by_age(admin, asha)) == (2, 0, {})
    assert (wrong.status_code, owed_by_age(admin, asha)) == (422, {})
    assert {error["code"] for error in wrong.json["errors"]} == {"day_malformed", "retailer_unknown"}

    first, again = send(admin, good).json, send(admin, good.replace(shop, shop.lower())).json
    changed = send(admin, good.replace("99.50", "98.50"))

    assert (first["created"], again["created"], again["unchanged"]) == (2, 0, 2)
    assert "4300.00" in owed_by_age(admin, asha).values()
    assert [error["code"] for error in changed.json["errors"]] == ["bill_brought_before"]
    assert "218" in admin.get("/old-bills/export").text
    assert admin.get("/ledger/differences").json["items"] == []


def test_a_file_names_shops_in_any_order_whenever_their_accounts_were_opened(admin, market, himal, code_of):
    # The first shop on file gets its account last.
    first, second = market.shop("Asha Kirana", limit=None), market.shop("Sunita Store", limit=None)
    for shop in (second, first):
        market.do(credit.open_account, shop.id, limit=rupees(9_000), actor=SYSTEM)
    vendor = code_of("vendors", himal.id)
    rows = [
        f"{code_of('retailers', shop.id)},{vendor},{number},10,2026-07-01,2026-08-15\n"
        for number, shop in enumerate([first, second, first])
    ]

    sent = send(admin, "".join(rows))

    assert (sent.status_code, sent.json["created"]) == (200, 3)
