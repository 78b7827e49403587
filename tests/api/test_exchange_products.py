"""Products in and out as files: all or nothing, errors by row, and nothing twice."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditEntry
from core.catalog.models import Product
from core.catalog.queries import catalog_revision
from tests.api.sheets import (
    CSV,
    NOODLES,
    PRODUCTS,
    SUGAR,
    XLSX,
    counts,
    csv_of,
    errors,
    rows_of,
    send,
    xlsx_of,
)

BOM = b"\xef\xbb\xbf"


def products(session):
    return session.scalar(select(func.count()).select_from(Product))


def product(session, sku):
    session.expire_all()
    return session.scalars(select(Product).where(Product.sku == sku)).one()


def test_new_products_are_created_and_the_same_file_again_changes_nothing(session, admin):
    body = csv_of(PRODUCTS, NOODLES, SUGAR)

    first, again = send(admin, "products", body), send(admin, "products", body)

    assert counts(first) == (2, 2, 0, 0, 0)
    assert counts(again) == (2, 0, 0, 2, 0)
    noodles = product(session, "WW-CHK-75")
    assert (noodles.name_ne, noodles.case_quantity, noodles.reference_price_minor) == (
        "वाइ वाइ चाउचाउ",
        30,
        2_000,
    )
    assert catalog_revision(session) == 1
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "product")).all() == [
        "product_created",
        "product_created",
    ]


def test_dry_run_reports_the_same_and_writes_nothing(session, admin):
    body = csv_of(PRODUCTS, NOODLES, SUGAR)

    tried, done = send(admin, "products", body, query="?dry_run=true"), send(admin, "products", body)

    assert {**tried.json, "dry_run": False} == done.json
    assert catalog_revision(session) == 1


def test_dry_run_of_a_wrong_file_lists_its_errors(session, admin):
    body = csv_of(PRODUCTS, NOODLES, SUGAR.replace("exempt", "none"))

    tried = send(admin, "products", body, query="?dry_run=true")

    assert counts(tried) == (2, 1, 0, 0, 1)
    assert errors(tried) == [("rows.3.vat_class", "choice_unknown")]
    assert products(session) == 0


def test_all_errors_are_told_at_once_and_nothing_is_written(session, admin):
    body = csv_of(
        PRODUCTS,
        NOODLES,
        "bad sku,X,,B,C,pkt,1,0,exempt,12.345,,maybe",
        ",X,,B,C,pkt,1,1,exempt,,,yes",
        NOODLES.replace("20.00", "21.00"),
        "NEW-1,,,B,C,pkt,1,1,exempt,,,yes",
        "NEW-2,X,,B,C,pkt,1,1,exempt,,,yes,surplus",
    )

    refused = send(admin, "products", body)

    assert (refused.status_code, refused.json["code"]) == (422, "import_refused")
    assert errors(refused) == [
        ("rows.3.case_quantity", "out_of_range"),
        ("rows.3.is_active", "not_yes_or_no"),
        ("rows.3.reference_price", "too_many_decimals"),
        ("rows.3.sku", "text_malformed"),
        ("rows.4.sku", "value_missing"),
        ("rows.5.sku", "row_repeated"),
        ("rows.6.name", "needed_for_new"),
        ("rows.7", "more_cells_than_columns"),
    ]
    assert refused.json["facts"]["error_count"] == 8
    assert refused.json["errors"][5]["message"] == "This row repeats row 2."
    assert products(session) == 0


def test_many_errors_are_counted_and_the_first_hundred_listed(admin):
    body = csv_of(PRODUCTS, *(SUGAR.replace("SUG-1", f"S-{n}").replace("exempt", "x") for n in range(1_234)))

    refused = send(admin, "products", body)

    assert refused.json["facts"]["error_count"] == 1_234
    assert errors(refused) == [(f"rows.{n}.vat_class", "choice_unknown") for n in range(2, 102)]


def test_one_wrong_row_in_the_last_batch_undoes_all_before(session, admin):
    rows = [SUGAR.replace("SUG-1", f"S-{n}") for n in range(1_200)]

    refused = send(admin, "products", csv_of(PRODUCTS, *rows, "S-X,,,B,C,pkt,1,1,exempt,,,yes"))

    assert errors(refused) == [("rows.1202.name", "needed_for_new")]
    assert (products(session), catalog_revision(session)) == (0, 0)
    assert (
        session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_kind == "product")
        )
        == 0
    )


def test_a_file_with_some_columns_leaves_the_others(session, admin):
    send(admin, "products", csv_of(PRODUCTS, NOODLES, SUGAR))

    changed = send(admin, "products", csv_of("sku,reference_price", "WW-CHK-75,२५.५०", "SUG-1,"))

    assert counts(changed) == (2, 0, 1, 1, 0)
    noodles = product(session, "WW-CHK-75")
    assert (noodles.reference_price_minor, noodles.name) == (2_550, "Wai Wai Chicken Noodles")


def test_an_empty_cell_clears_what_may_be_empty_and_leaves_the_rest(session, admin):
    send(admin, "products", csv_of(PRODUCTS, NOODLES))

    send(admin, "products", csv_of("sku,name_ne,name,is_active,short_label", "WW-CHK-75,,,,"))

    noodles = product(session, "WW-CHK-75")
    assert (noodles.name_ne, noodles.name, noodles.is_active) == (None, "Wai Wai Chicken Noodles", True)
    assert noodles.short_label == "Wai Wai Chicken 75g"


def test_labels_that_are_not_given_are_made_different(session, admin):
    rows = [f"W-{n},Wai Wai Noodles,Wai Wai,Noodles,pkt,75 g,30,exempt" for n in range(3)]

    send(admin, "products", csv_of("sku,name,brand,category,unit,pack_size,case_quantity,vat_class", *rows))

    assert [product(session, f"W-{n}").short_label for n in range(3)] == [
        "Wai Wai Noodles 75g",
        "Wai Wai Noodles 75g (2)",
        "Wai Wai Noodles 75g (3)",
    ]


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("sku,naem", [("columns.naem", "column_unknown")]),
        ("sku,name,name", [("columns.name", "column_repeated")]),
        ("name", [("columns.sku", "column_missing")]),
        ("sku,,name", [("columns.", "column_unknown")]),
    ],
)
def test_columns_are_refused_by_name(admin, heading, found):
    refused = send(admin, "products", csv_of(heading, "a,b,c"))

    assert (refused.status_code, refused.json["code"], errors(refused)) == (422, "heading_refused", found)
    assert refused.json["facts"]["known"][0] == "sku"


def test_headings_are_read_with_capitals_spaces_and_mark(admin):
    assert counts(send(admin, "products", BOM + csv_of(PRODUCTS.upper().replace(",", " , "), SUGAR))) == (
        1,
        1,
        0,
        0,
        0,
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_is_what_import_reads(admin, form):
    send(admin, "products", csv_of(PRODUCTS, SUGAR, NOODLES))

    answer = admin.get(f"/products/export?format={form}")

    assert answer.status_code == 200
    assert rows_of(answer)[0] == PRODUCTS.split(",")
    assert counts(send(admin, "products", answer.data, media_type=answer.mimetype)) == (2, 0, 0, 2, 0)
    assert ".xlsx" in answer.headers["Content-Disposition"] or form == "csv"


def test_csv_export_is_byte_for_byte_what_was_imported(admin):
    body = BOM + csv_of(PRODUCTS, SUGAR, NOODLES)
    send(admin, "products", body)

    answer = admin.get("/products/export")

    assert (answer.mimetype, answer.data) == (CSV, body)


@pytest.mark.parametrize(
    "name", ["=HYPERLINK(1)", "+1", "-2 x", "@SUM(A1)", "'=1", "''@", "＝1", "it's", "'quoted'"]
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_formulas_go_out_as_text_and_come_back_as_they_were(session, market, admin, name, form):
    product_id = market.product()
    admin.patch(f"/products/{product_id}", {"name": name})

    exported = admin.get(f"/products/export?format={form}")
    shown = rows_of(exported)[1][1]
    admin.patch(f"/products/{product_id}", {"name": "other"})
    back = send(admin, "products", exported.data, media_type=exported.mimetype)

    assert shown[0] not in "=+-@＝"
    assert counts(back) == (1, 0, 1, 0, 0)
    assert product(session, "WW-CHK-75").name == name


def test_spreadsheets_numbers_and_truths_are_read(session, admin):
    heading = PRODUCTS.split(",")
    row = ["123", "Salt", None, "Aayo", "Staples", "pkt", "1 kg", 20.0, "Exempt", 0.1 + 0.2, None, True]

    assert counts(send(admin, "products", xlsx_of(heading, row), media_type=XLSX)) == (1, 1, 0, 0, 0)
    salt = product(session, "123")
    assert (salt.case_quantity, salt.reference_price_minor) == (20, 30)
    row[0] = Decimal(123)
    assert counts(send(admin, "products", xlsx_of(heading, row), media_type=XLSX)) == (1, 0, 0, 1, 0)


def test_a_cell_that_became_a_date_is_an_error(admin, now_in_kathmandu):
    refused = send(admin, "products", xlsx_of(["sku", "name"], ["A", now_in_kathmandu]), media_type=XLSX)

    assert errors(refused) == [("rows.2.name", "cell_is_a_date")]


@pytest.fixture
def now_in_kathmandu(market):
    return market.now.replace(tzinfo=None)


def test_only_admins_touch_the_catalogue(market, sign_in):
    for client in (sign_in(market.shop()), sign_in(market.wholesaler())):
        assert send(client, "products", csv_of(PRODUCTS, SUGAR)).status_code == 403
        assert client.get("/products/export").status_code == 403


def test_what_came_from_the_database_untidy_is_left_as_it_is(session, market, admin):
    product_id = market.product()
    admin.patch(f"/products/{product_id}", {"name": "two\nlines  and\x01 more"})

    for form in ("csv", "xlsx"):
        answer = admin.get(f"/products/export?format={form}")
        assert rows_of(answer)[1][1] == "two lines and more"
        assert counts(send(admin, "products", answer.data, media_type=answer.mimetype)) == (1, 0, 0, 1, 0)
    assert product(session, "WW-CHK-75").name == "two\nlines  and\x01 more"
