"""The four reports: right to the paisa, the same in every format, harmless to a spreadsheet."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import update

from core.catalog.models import VatClass
from core.credit.policy import ALL_CASH
from core.money import lakhs, rupees
from core.orders import ending
from core.orders.kinds import Terms
from core.parties.models import Retailer
from core.reports.columns import COLUMNS
from core.reports.kinds import CellKind, ReportKind
from core.risk.service import checking

REPORTS = [kind.value for kind in ReportKind]
PERIOD = "startDate=2026-11-01&endDate=2027-01-31"


def buy(market, shop, vendor, goods, *, terms=Terms.CREDIT):
    placed = market.place(shop, goods, terms=terms)
    parcel = market.dispatch(vendor, market.accept(vendor, placed.order_id))
    facts = {} if terms is Terms.CREDIT else {"cash": ALL_CASH}
    market.deliver(vendor, parcel.delivery_code, **facts)


def pay(admin, shop, amount, reference):
    paid = admin.post(
        "/payments",
        {
            "retailer_id": shop.id,
            "method": "esewa",
            "reference": reference,
            "amount": {"amount": amount},
        },
    )
    assert paid.status_code == 201, paid.json


def move(market, admin, days):
    market.now += dt.timedelta(days=days)
    assert admin.put("/clock", {"to": market.now.astimezone(dt.UTC).isoformat()}).status_code == 200


@pytest.fixture
def town(market, admin, database):
    """Asha pays one bill in time and one late; Bina's name is a formula, and she owes for two months' goods.

    Asha: 10 × 20 = 200.00 on 23 November (due 23 December), paid that day; 100.00 + 13 % VAT = 113.00 on 24 November (due 24
    December), paid on 13 January. Bina: 600.00 on 24 November, never paid; on 2 December one order canceled, one of 40.00 for cash.
    """
    asha, bina = market.shop(), market.shop("किराना")
    with database.transaction() as session:
        # No door takes such a name today; a spreadsheet must not be the one to find out.
        session.execute(
            update(Retailer).where(Retailer.id == bina.id).values(shop_name="=HYPERLINK(1) किराना")
        )
    vendor, noodles, soap = (
        market.wholesaler(),
        market.product(),
        market.product("SOAP-1", vat=VatClass.STANDARD),
    )
    market.sells(vendor, noodles, price=rupees(20))
    market.sells(vendor, soap, price=rupees(10))
    buy(market, asha, vendor, {noodles: 10})
    pay(admin, asha, "200.00", "A1")
    move(market, admin, 1)
    buy(market, asha, vendor, {soap: 10})
    buy(market, bina, vendor, {noodles: 30})
    move(market, admin, 8)
    given_up = market.place(bina, {noodles: 1})
    market.do(ending.cancel, given_up.order_id, actor=bina.owner, reason="changed_mind")
    buy(market, bina, vendor, {noodles: 2}, terms=Terms.CASH)
    move(market, admin, 42)
    pay(admin, asha, "113.00", "A2")
    move(market, admin, 17)
    market.do(checking.check, [asha.id, bina.id])
    return asha, bina


def on_paper(amount):
    whole, paisa = f"{amount:.2f}".split(".")
    return f"{lakhs(int(whole))}.{paisa}"


def rows_of(admin, report, query=PERIOD):
    answer = admin.get(f"/financial-export/{report}?{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


def test_credit_summary(town, admin):
    asha, bina = rows_of(admin, "credit-summary")["rows"]

    assert asha["payments"]["amount"] == "313.00"
    assert (asha["outstanding"]["amount"], asha["available_credit"]["amount"], asha["utilisation"]) == (
        "0.00",
        "100000.00",
        "0.00",
    )
    # 200.00 of 313.00 were paid in time.
    assert (asha["on_time_rate"], asha["oldest_days_overdue"]) == ("63.90", 0)
    assert (bina["outstanding"]["amount"], bina["available_credit"]["amount"]) == ("600.00", "99400.00")
    # Due on 24 December; today is 30 January.
    assert (bina["utilisation"], bina["oldest_days_overdue"], bina["on_time_rate"]) == ("0.60", 37, "0.00")
    assert (bina["risk_level"], bina["credit_tier"]) == ("medium", "very_poor")


def test_purchase_volume(town, admin):
    found = rows_of(admin, "purchase-volume")
    asha, bina, later = found["rows"]

    assert (asha["month"], asha["orders"], asha["value"]["amount"], asha["average_order"]["amount"]) == (
        "2026-11",
        2,
        "313.00",
        "156.50",
    )
    assert asha["by_product"] == [
        {"sku": "WW-CHK-75", "quantity": "10.000", "value": {"amount": "200.00", "currency": "NPR"}},
        {"sku": "SOAP-1", "quantity": "10.000", "value": {"amount": "113.00", "currency": "NPR"}},
    ]
    assert (bina["month"], bina["orders"], bina["on_credit"]["amount"]) == ("2026-11", 1, "600.00")
    assert (later["month"], later["orders"], later["orders_canceled"], later["orders_delivered"]) == (
        "2026-12",
        2,
        1,
        1,
    )
    assert (later["value"]["amount"], later["on_credit"]["amount"]) == ("40.00", "0.00")
    assert (found["totals"]["orders"], found["totals"]["value"]["amount"]) == (5, "953.00")


def test_purchases_by_nepali_months(town, admin):
    months = [row["month"] for row in rows_of(admin, "purchase-volume", f"{PERIOD}&calendar=bs")["rows"]]

    # 23 November and 2 December 2026 are 7 and 16 Mangsir 2083.
    assert months == ["2083-08", "2083-08"]


def test_payment_discipline(town, admin):
    asha, bina = rows_of(admin, "payment-discipline")["rows"]

    counts = ("due_invoices", "on_time", "late", "unpaid")
    assert [asha[name] for name in counts] == [2, 1, 1, 0]
    # Paid on 13 January instead of 24 December, and a day of nothing.
    assert (asha["mean_delay_days"], asha["discipline_score"]) == ("10.00", "63.90")
    assert [bina[name] for name in counts] == [1, 0, 0, 1]
    assert (bina["mean_delay_days"], bina["discipline_score"]) == ("37.00", "0.00")


def test_outstanding_liability_on_any_day(town, admin):
    asha, bina = town
    (now,) = rows_of(admin, "outstanding-liability")["rows"]
    then = rows_of(admin, "outstanding-liability", "endDate=2027-01-12")["rows"]
    before = rows_of(admin, "outstanding-liability", "endDate=2026-11-24")

    assert (now["retailer_id"], now["outstanding"]["amount"], now["days_31_60"]["amount"]) == (
        bina.id,
        "600.00",
        "600.00",
    )
    # The day before Asha's second payment both were 19 days late.
    assert [(row["retailer_id"], row["days_1_30"]["amount"]) for row in then] == [
        (bina.id, "600.00"),
        (asha.id, "113.00"),
    ]
    assert (before["totals"]["current"]["amount"], before["totals"]["rows"]) == ("713.00", 2)


def test_one_retailer_alone(town, admin):
    asha, _bina = town
    for report in REPORTS:
        ids = {row["retailer_id"] for row in rows_of(admin, report, f"{PERIOD}&retailerId={asha.id}")["rows"]}
        assert ids <= {asha.id}, report


@pytest.mark.parametrize("report", REPORTS)
def test_all_formats_agree(report, town, admin):
    found = rows_of(admin, report)
    columns = COLUMNS[ReportKind(report)]

    written = admin.get(f"/financial-export/{report}?{PERIOD}&format=csv")
    heading, *rows, totals = csv.reader(io.StringIO(written.data.decode("utf-8-sig")))
    book = admin.get(f"/financial-export/{report}?{PERIOD}&format=xlsx")
    sheet = list(load_workbook(io.BytesIO(book.data)).active.iter_rows(min_row=5, values_only=True))
    pages = admin.get(f"/financial-export/{report}?{PERIOD}&format=pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pages.data)).pages)

    assert heading == [column.name for column in columns]
    assert len(rows) == len(sheet) - 1 == found["totals"]["rows"]
    for place, column in enumerate(columns):
        if column.has_total:
            total = found["totals"][column.name]
            exact = Decimal(total["amount"] if column.kind is CellKind.MONEY else total)
            assert Decimal(totals[place]) == exact, column.name
            assert round(Decimal(str(sheet[-1][place])), 2) == exact, column.name
            assert sum(Decimal(row[place] or 0) for row in rows) == exact, column.name
            if column.on_paper:
                assert (on_paper(exact) if column.kind is CellKind.MONEY else str(exact)) in text, column.name
    for row, typed in zip(rows, sheet, strict=False):
        assert [value for value in typed if isinstance(value, str) and value.startswith("=")] == []
        assert [value for value in row if value.startswith(("=", "+", "@"))] == []


def test_a_workbook_has_typed_cells_and_keeps_its_headings_in_view(town, admin):
    book = admin.get(f"/financial-export/credit-summary?{PERIOD}&format=xlsx&language=ne")
    sheet = load_workbook(io.BytesIO(book.data)).active

    assert sheet.freeze_panes == "E5"
    assert sheet["D4"].value == "पसल"
    assert sheet["D6"].value.startswith("'=HYPERLINK")
    assert (sheet["F5"].value, sheet["F5"].data_type) == (100000, "n")


def test_a_pdf_of_many_rows_carries_its_sums(town, market, admin):
    for number in range(60):
        market.shop(f"Shop {number}")
    pages = admin.get("/financial-export/credit-summary?format=pdf")
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pages.data)).pages]

    assert len(texts) == 3
    assert ["Carried forward" in text for text in texts] == [True, True, False]
    assert ["Brought forward" in text for text in texts] == [False, True, True]
    assert all(f"Page {number} of 3" in text for number, text in enumerate(texts, 1))
    assert "Total (62 rows)" in texts[-1]


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("format_", ["json", "csv", "xlsx", "pdf"])
def test_nothing_to_report(report, format_, admin):
    answer = admin.get(f"/financial-export/{report}?format={format_}")

    assert answer.status_code == 200
    assert answer.data


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("startDate=2026-11-02&endDate=2026-11-01", 422, "period_backwards"),
        ("startDate=2000-01-01&endDate=2026-11-01", 422, "period_too_long"),
        ("period=2083/85", 422, "period_not_understood"),
        ("period=2083-13", 422, "period_not_understood"),
        ("period=2083-05&startDate=2026-11-01", 422, "request_invalid"),
        ("format=docx", 422, "request_invalid"),
        ("startDate=1.11.2026", 422, "request_invalid"),
        ("retailerId=999999", 404, "not_found"),
        ("until=2026-11-01", 422, "request_invalid"),
    ],
)
@pytest.mark.parametrize("report", REPORTS)
def test_bad_questions_have_stable_codes(report, query, status, code, admin):
    answer = admin.get(f"/financial-export/{report}?{query}")

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_only_admins_export(market, sign_in):
    for other in (market.shop(), market.wholesaler()):
        assert sign_in(other).get("/financial-export/credit-summary").status_code == 403
