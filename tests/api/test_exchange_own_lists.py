"""A wholesaler's own price list: looked at, mapped once, imported; and workbooks that mean something else than they show."""

import io
import json

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from core.catalog.models import Listing, Product
from core.exchange.models import ImportMapping
from core.parties import queries as parties
from tests.api.sheets import (
    CSV,
    NOODLES,
    PRODUCTS,
    STOCK,
    SUGAR,
    XLSX,
    counts,
    csv_of,
    errors,
    send,
    workbook,
    xlsx_of,
)


@pytest.fixture
def himal(market):
    return market.wholesaler()


@pytest.fixture
def vendor(himal, sign_in):
    return sign_in(himal)


@pytest.fixture
def goods(market):
    return [market.product("WW-CHK-75"), market.product("SUG-1")]


def price_list():
    """A cover sheet, then the rates under two lines of title, with columns that are nobody's business."""
    book = Workbook()
    book.active.title = "Cover"
    book.active.append(["Himal Traders", "Kalimati"])
    rates = book.create_sheet("Rates 2083")
    for row in (
        ["Himal Traders wholesale rates"],
        ["valid from 1 Mangsir"],
        ["S.N.", "Particulars", "Item Code", "MRP", "Rate"],
        [1, "Wai Wai", "ww-chk-75", 25, 20.5],
        [2, "Sugar", "SUG-1", 110, 98],
    ):
        rates.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def look(client, vendor_id, body, kind="listings", media_type=XLSX):
    path = f"/vendors/{vendor_id}/import-mappings/{kind}/columns"
    return client.post(path, data=body, content_type=media_type)


def test_a_list_with_a_title_and_own_columns_on_the_second_sheet_is_mapped_once_and_imported(
    session, vendor, himal, goods
):
    found = look(vendor, himal.id, price_list()).json["sheets"][0]

    assert (found["sheet"], found["heading_row"], found["missing"]) == ("Rates 2083", 3, [])
    assert [(c["letter"], c["title"], c["guess"], c["samples"]) for c in found["columns"]][2:] == [
        ("C", "Item Code", "sku", ["ww-chk-75", "SUG-1"]),
        ("D", "MRP", None, ["25", "110"]),
        ("E", "Rate", "price", ["20.5", "98"]),
    ]
    assert session.scalars(select(Listing)).all() == []

    refused = send(vendor, "listings", price_list(), media_type=XLSX)
    assert (refused.status_code, refused.json["code"]) == (422, "heading_refused")

    kept = vendor.put(
        f"/vendors/{himal.id}/import-mappings/listings",
        {"sheet": "Rates 2083", "columns": {"Item Code": "sku", "Rate": "price"}},
    )
    assert kept.json["columns"] == {"item code": "sku", "rate": "price"}

    tried = send(vendor, "listings", price_list(), query="?dry_run=true", media_type=XLSX)
    assert counts(tried) == (2, 2, 0, 0, 0)
    assert counts(send(vendor, "listings", price_list(), media_type=XLSX)) == (2, 2, 0, 0, 0)
    rows = session.scalars(select(Listing).order_by(Listing.id)).all()
    assert [(row.vendor_id, row.product_id, row.price_minor) for row in rows] == [
        (himal.id, goods[0], 2_050),
        (himal.id, goods[1], 9_800),
    ]


def test_a_file_with_our_own_heading_is_read_as_ever_though_a_mapping_is_kept(session, vendor, himal, goods):
    vendor.put(f"/vendors/{himal.id}/import-mappings/listings", {"columns": {"Code": "sku", "Rate": "price"}})

    assert counts(send(vendor, "listings", csv_of("sku,price", "SUG-1,98"))) == (1, 1, 0, 0, 0)


def test_an_admin_imports_a_vendors_own_list_by_that_vendors_mapping(session, admin, himal, goods):
    admin.put(
        f"/vendors/{himal.id}/import-mappings/stock", {"columns": {"Code": "sku", "Balance": "on_hand"}}
    )
    admin_list = csv_of("sku,price", "SUG-1,98")
    assert counts(send(admin, "listings", admin_list, query=f"?vendor_id={himal.id}")) == (1, 1, 0, 0, 0)

    body = csv_of("Himal Traders,", "Code,Name,Balance", "sug-1,Sugar,40")

    assert counts(send(admin, "stock", body, query=f"?vendor_id={himal.id}")) == (1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"Rate": "price"}, {"missing": ["sku"]}),
        ({"Code": "sku", "Rate": "price", "Other": "price"}, {"twice": ["price"]}),
        ({"Code": "sku", "Rate": "cost"}, {"unknown": ["cost"], "missing": ["price"]}),
        ({"Code": "sku", "Rate": "price", "Who": "vendor"}, {"unknown": ["vendor"]}),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_and_nothing_is_kept(session, vendor, himal, columns, fault):
    refused = vendor.put(f"/vendors/{himal.id}/import-mappings/listings", {"columns": columns})

    assert (refused.status_code, refused.json["code"]) == (422, "mapping_refused")
    assert refused.json["facts"] == {"unknown": [], "twice": [], "missing": []} | fault
    assert session.scalars(select(ImportMapping)).all() == []


def test_another_vendors_lists_do_not_exist(market, vendor):
    other = market.wholesaler("Sagar")

    assert look(vendor, other.id, price_list()).status_code == 404
    given = {"columns": {"Code": "sku", "Rate": "price"}}
    assert vendor.put(f"/vendors/{other.id}/import-mappings/listings", given).status_code == 404
    assert send(vendor, "listings", csv_of("sku,price"), query=f"?vendor_id={other.id}").status_code == 404


def test_a_formula_that_nobody_computed_is_an_error_of_its_row_and_clears_no_price(session, admin):
    send(admin, "products", csv_of(PRODUCTS, NOODLES))
    body = xlsx_of(["sku", "reference_price"], ["WW-CHK-75", "=20+2"])

    refused = send(admin, "products", body, media_type=XLSX)

    assert errors(refused) == [("rows.2.reference_price", "formula_without_value")]
    assert session.scalars(select(Product)).one().reference_price_minor == 2_000


def test_a_formula_that_failed_is_an_error_of_its_row(admin):
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'

    assert errors(send(admin, "products", workbook(cells, ["sku"]), media_type=XLSX)) == [
        ("rows.2.sku", "formula_failed")
    ]


def formatted(number, code):
    book = Workbook()
    book.active.append(["sku", "name"])
    book.active.append([number, "Sugar"])
    book.active["A2"].number_format = code
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_key_keeps_the_zeros_that_its_format_shows(session, admin):
    send(admin, "products", csv_of(PRODUCTS, SUGAR.replace("SUG-1", "00123")))

    answer = send(admin, "products", formatted(123, "00000"), media_type=XLSX)

    assert counts(answer) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("number", "code", "fault"),
    [
        (1234, "#,##0", "number_has_format"),
        (123, '"SKU-"000', "number_has_format"),
        (0.5, "0%", "number_has_format"),
        (123456, "0.00E+00", "number_has_format"),
        (45_000, "dd/mm/yyyy", "cell_is_a_date"),
        (1234567890123456, "General", "digits_lost"),
    ],
)
def test_a_key_that_shows_something_else_than_it_holds_is_refused(session, admin, number, code, fault):
    assert errors(send(admin, "products", formatted(number, code), media_type=XLSX)) == [
        ("rows.2.sku", fault)
    ]
    assert session.scalars(select(Product)).all() == []


def test_a_code_that_a_spreadsheet_shortened_is_refused(admin):
    assert errors(send(admin, "products", csv_of("sku,name", "1.23E+11,Sugar"))) == [
        ("rows.2.sku", "scientific_notation")
    ]


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_a_separator_that_is_no_comma_is_named(admin, sign):
    body = csv_of(PRODUCTS, NOODLES).decode().replace(",", sign).encode()

    refused = send(admin, "products", body)

    assert (refused.status_code, refused.json["code"]) == (422, "file_not_understood")
    assert refused.json["facts"]["reason"] == "separator_is_not_a_comma"
    assert refused.json["facts"]["separator"] == sign


def test_a_sku_is_one_whatever_its_case_at_every_door(session, admin, vendor, himal, market):
    send(admin, "products", csv_of(PRODUCTS, NOODLES))
    (noodles,) = session.scalars(select(Product)).all()

    again = send(admin, "products", csv_of(PRODUCTS, NOODLES.replace("WW-CHK-75", "ww-chk-75")))
    twice = send(admin, "products", csv_of("sku", "ww-chk-75", "WW-CHK-75"))
    created = admin.post(
        "/products",
        {
            "sku": "Ww-Chk-75", "name": "Wai Wai", "brand": "Wai Wai", "category": "Noodles", "unit": "pkt",
            "pack_size": "75 g", "case_quantity": 30, "vat_class": "standard",
        },
    )  # fmt: skip
    listed = send(vendor, "listings", csv_of("sku,price", "ww-chk-75,20"))
    code = market.look(parties.get_vendor, himal.id).code.lower()
    counted = send(admin, "stock", csv_of(STOCK, f"{code},Ww-chk-75,7"))

    assert counts(again) == (1, 0, 0, 1, 0)
    assert errors(twice) == [("rows.3.sku", "row_repeated")]
    assert (created.status_code, created.json["code"]) == (409, "sku_taken")
    assert (counts(listed), counts(counted)) == ((1, 1, 0, 0, 0), (1, 0, 1, 0, 0))
    session.expire_all()
    assert [row.sku for row in session.scalars(select(Product))] == ["WW-CHK-75"]
    assert [product["id"] for product in admin.get("/products?search=ww-CHK-75").json["items"]] == [
        noodles.id
    ]


def test_the_same_json_in_another_order_replays(admin, session):
    first = {
        "name": "Asmita",
        "email": "a@example.test",
        "password": "correct horse battery",
        "role": "admin",
    }
    key = {"Idempotency-Key": "one"}

    # As bytes: `json=` of the test client sorts the keys itself.
    written, turned = json.dumps(first), json.dumps(dict(reversed(first.items())))
    assert written != turned

    one, again = (
        admin.post("/users", headers=key, data=body, content_type="application/json")
        for body in (written, turned)
    )
    other = admin.post("/users", first | {"name": "Bibek"}, headers=key)

    assert (one.status_code, again.status_code) == (201, 201)
    assert again.json == one.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json["code"]) == (409, "idempotency_key_reused")


def test_the_columns_of_a_csv_are_found_as_well(vendor, himal):
    answer = look(vendor, himal.id, csv_of("Code;Rate", "A;1", "B;2"), media_type=CSV)
    assert answer.json["facts"]["separator"] == ";"

    found = look(vendor, himal.id, csv_of("कोड,दर", "A,1"), media_type=CSV).json["sheets"]
    assert [(c["title"], c["guess"]) for c in found[0]["columns"]] == [("कोड", "sku"), ("दर", "price")]
