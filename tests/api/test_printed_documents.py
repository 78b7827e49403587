"""Bills and statements to print: what they say, and who may have them."""

import io

import pytest
from pypdf import PdfReader

from core.catalog.models import VatClass
from core.credit.kinds import PostingKind
from core.credit.models import Invoice
from core.money import rupees
from core.orders.kinds import Terms
from core.parties.models import Language
from core.reports.headings import words


@pytest.fixture
def billed(market, database):
    """Soap for 113.00 with VAT and noodles for 200.00, delivered on credit."""
    shop, vendor, noodles = market.shop("श्री गणेश किराना"), market.wholesaler(), market.product()
    soap = market.product("SOAP-1", vat=VatClass.STANDARD)
    market.sells(vendor, noodles, price=rupees(20))
    market.sells(vendor, soap, price=rupees(10))
    placed = market.place(shop, {noodles: 10, soap: 10}, terms=Terms.CREDIT)
    parcel = market.dispatch(vendor, market.accept(vendor, placed.order_id))
    market.deliver(vendor, parcel.delivery_code)
    with database.transaction() as session:
        return shop, vendor, session.query(Invoice).one()


def text_of(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_a_bill_says_what_the_tax_office_asks_for(billed, admin):
    _shop, _vendor, invoice = billed
    answer = admin.get(f"/invoices/{invoice.id}/pdf")
    text = text_of(answer)

    for said in (invoice.number, invoice.issued_on_bs, "2026-11-23", "100.00", "200.00", "13.00", "313.00"):
        assert said in text, said
    assert "Rupees three hundred thirteen only" in text
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="invoice-{invoice.number.replace("/", "-")}.pdf"'
    )


def test_a_statement_ends_with_what_is_owed(billed, admin, sign_in):
    shop, vendor, invoice = billed
    own = text_of(sign_in(shop).get(f"/retailers/{shop.id}/statement/pdf?start=2026-11-01&end=2026-11-30"))
    theirs = text_of(
        sign_in(vendor).get(f"/vendors/{vendor.id}/statement/pdf?start=2026-11-01&end=2026-11-30")
    )

    assert invoice.number in own
    assert "Closing balance" in own
    assert "313.00" in own
    # 2 % commission on 300.00 before VAT.
    assert "-307.00" in theirs


def test_others_get_neither(billed, sign_in, market):
    shop, vendor, invoice = billed
    other = sign_in(market.shop("Bina Pasal"))

    assert other.get(f"/invoices/{invoice.id}/pdf").status_code == 404
    assert other.get(f"/retailers/{shop.id}/statement/pdf").status_code == 404
    assert sign_in(market.wholesaler("Other")).get(f"/vendors/{vendor.id}/statement/pdf").status_code == 404


def test_a_credit_note_is_listed_and_printed_under_its_own_number(billed, admin):
    _shop, _vendor, invoice = billed
    admin.post(
        f"/invoices/{invoice.id}/credit-notes",
        {"lines": [{"position": 1, "quantity": "2"}], "reason": "torn"},
    )

    (note,) = admin.get(f"/invoices/{invoice.id}/credit-notes").json["items"]
    text = text_of(admin.get(f"/credit-notes/{note['id']}/pdf"))

    assert note["number"].startswith("CN-")
    for said in ("CREDIT NOTE", note["number"], invoice.number, "torn", note["total"]["amount"]):
        assert said in text, said


@pytest.mark.parametrize("language", list(Language))
def test_every_kind_of_posting_has_its_word_on_a_statement(language):
    assert set(words(language)["postings"]) == set(PostingKind)
