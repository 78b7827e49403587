"""The VAT sales book, read back from both of its files."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from core.catalog.models import VatClass
from core.clock import days_of_bs_month
from core.credit import service as credit
from core.credit.models import Invoice
from core.money import rupees
from tests.market import ADMIN


@pytest.fixture
def books(market):
    """One vendor with a bill of exempt and taxed goods, of which some came back; another with a bill of its own."""
    shop = market.shop("Asha & Sons")
    himal, ganga = market.wholesaler("Himal Traders"), market.wholesaler("Ganga Suppliers")
    rice, oil = market.product("RICE"), market.product("OIL", vat=VatClass.STANDARD)
    soap = market.product("SOAP", vat=VatClass.STANDARD)
    market.sells(himal, rice, price=rupees("100.00"))
    market.sells(himal, oil, price=rupees("33.33"))
    market.sells(ganga, soap, price=rupees("10.00"))
    for vendor, goods in ((himal, {rice: 3, oil: 7}), (ganga, {soap: 1})):
        placed = market.place(shop, goods)
        parcel = market.dispatch(vendor, market.accept(vendor, placed.order_id))
        market.deliver(vendor, parcel.delivery_code)
    invoice = market.look(lambda session: session.query(Invoice).filter_by(vendor_id=himal.id).one())
    oil_line = market.look(lambda session: _position_of(session, invoice.id, oil))
    market.do(
        credit.credit_note,
        invoice.id,
        lines={oil_line: Decimal(2)},
        reason="leaked",
        idempotency_key="n1",
        approver=ADMIN,
    )
    return himal


def _position_of(session, invoice_id, product_id):
    from core.credit.models import InvoiceLine

    return session.query(InvoiceLine).filter_by(invoice_id=invoice_id, product_id=product_id).one().position


def read(answer, kind):
    assert answer.status_code == 200, answer.text
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bills_and_returns_are_there_with_their_sums(admin, books, kind):
    heading, bill, note, sums = read(
        admin.get(f"/vendors/{books.id}/sales-register?month=2083-08&format={kind}&language=en"), kind
    )

    assert heading[:4] == ["Date (BS)", "Bill no.", "Buyer", "Buyer's PAN"]
    # 7 × 33.33 with 13 %; two of them came back.
    assert [Decimal(str(cell)) for cell in bill[4:8]] == [
        Decimal("533.31"),
        Decimal("300.00"),
        Decimal("233.31"),
        Decimal("30.33"),
    ]
    assert [Decimal(str(cell)) for cell in note[4:8]] == [
        Decimal("-66.66"),
        Decimal("0.00"),
        Decimal("-66.66"),
        Decimal("-8.67"),
    ]
    assert bill[:3] == ["2083-08-07", "2083/84-00001", "Asha & Sons"]
    assert (bill[8], note[8]) == ("", "2083/84-00001")
    assert [Decimal(str(cell)) for cell in sums[4:8]] == [
        Decimal("466.65"),
        Decimal("300.00"),
        Decimal("166.65"),
        Decimal("21.66"),
    ]


def test_headings_are_the_tax_offices_and_another_month_is_empty(admin, books):
    heading, sums = read(admin.get(f"/vendors/{books.id}/sales-register?month=2083-07&format=csv"), "csv")

    assert heading[0] == "मिति"
    assert sums[4:8] == ["0.00"] * 4


def test_without_a_month_it_is_the_present_one(admin, books, market):
    admin.put("/clock", {"to": market.now.astimezone(dt.UTC).isoformat()})
    present = read(admin.get(f"/vendors/{books.id}/sales-register?format=csv"), "csv")

    assert len(present) == 4


def test_a_vendor_sees_its_own_book_only(sign_in, market, books):
    other = market.wholesaler("Everest")
    path = f"/vendors/{books.id}/sales-register?month=2083-08"

    assert sign_in(books).get(path).status_code == 200
    assert sign_in(other).get(path).status_code == 404
    assert sign_in(market.shop("Bina")).get(path).status_code == 403


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2083-13", "request_invalid"),
        ("2083-8", "request_invalid"),
        ("2026-11-01", "request_invalid"),
        ("2999-01", "period_not_possible"),
    ],
)
def test_a_month_that_is_none_is_refused(admin, market, month, code):
    answer = admin.get(f"/vendors/{market.wholesaler().id}/sales-register?month={month}")

    assert (answer.status_code, answer.json["code"]) == (422, code)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2083-04", "2026-07-17", "2026-08-16"),
        ("2083-08", "2026-11-17", "2026-12-15"),
        ("2082-12", "2026-03-15", "2026-04-13"),
    ],
)
def test_days_of_months(month, first, last):
    start, end = days_of_bs_month(month)

    assert (str(start), str(end)) == (first, last)
