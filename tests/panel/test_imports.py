"""A file is shown as what it would change, then written whole or not at all; reports are written in the background."""

import io
import re
from decimal import Decimal

from sqlalchemy import select

from core.catalog.models import Product, Stock
from core.money import rupees
from core.outbox.models import Job
from core.reports import service as reports
from core.reports.models import ReportFile
from tests.panel.conftest import counted

HEADING = "sku,name,brand,category,unit,pack_size,case_quantity,vat_class\n"
NEW = "RARA-60,Rara <b>Veg</b>,Rara,Noodles,pkt,60 g,30,exempt\n"


def sent(admin, path, text, *, part=False, name="goods.csv", **fields):
    form = {"csrf": admin.token, "back": "/admin/imports/products", **fields}
    form["file"] = (io.BytesIO(text.encode()), name)
    headers = {"HX-Request": "true"} if part else {}
    return admin.http.post(path, data=form, headers=headers)


def tried(admin, text, kind="products", **fields):
    return sent(admin, f"/admin/imports/{kind}/try/import", text, **fields)


def digest(page):
    return re.search(r'name="digest" value="(\w+)"', page)[1]


def test_a_file_is_tried_shown_and_written(admin, market):
    product = market.product()
    text = HEADING + NEW + "WW-CHK-75,Wai Wai,WW-CHK-75,Noodles,pkt,75 g,24,exempt\n"

    page = tried(admin, text).text

    assert "Rara &lt;b&gt;Veg&lt;/b&gt;" in page
    assert re.search(r"case_quantity</td><td[^>]*>30</td><td[^>]*>24<", page)
    assert market.count(Product) == 1

    written = sent(admin, "/admin/imports/products/import", text, digest=digest(page))

    assert "1 new, 1 changed" in admin.text(written.location)
    assert market.look(lambda session: session.get_one(Product, product).case_quantity) == 24


def test_another_file_than_the_tried_one_is_not_written(admin, market):
    shown = digest(tried(admin, HEADING + NEW).text)

    for form in ({"digest": shown}, {}):
        other = HEADING + NEW.replace("60 g", "65 g")
        said = admin.text(sent(admin, "/admin/imports/products/import", other, **form).location)
        assert "another file than the one you tried" in said
    assert market.count(Product) == 0


def test_wrong_rows_are_named_and_nothing_can_be_written(admin, market):
    text = HEADING + NEW + "X-1,,Rara,Noodles,pkt,60 g,0,maybe\n"

    page = tried(admin, text, part=True).text

    assert "<html" not in page
    assert "Write one of" in page
    assert 'name="digest"' not in page
    said = admin.text(sent(admin, "/admin/imports/products/import", text).location)
    assert "Some rows are wrong" in said
    assert market.count(Product) == 0


def test_a_heading_or_a_file_that_cannot_be_read_says_why(admin):
    assert "Unknown columns: colour" in tried(admin, "sku,colour\nA,red\n").text
    assert "no CSV or XLSX" in tried(admin, "nonsense", name="goods.xlsx").text
    assert "can&#39;t be read" in tried(admin, "", kind="stock", vendor="V-9999").text


def test_a_wholesalers_own_count_is_imported_by_its_code(admin, market):
    vendor, product = market.wholesaler(), market.product()
    listing = market.sells(vendor, product, price=rupees(50))
    text = "sku,on_hand\nWW-CHK-75,7\n"
    code = re.search(r"V-\d+", admin.text(f"/admin/vendors/{vendor.id}"))[0]

    page = tried(admin, text, kind="stock", vendor=code).text
    sent(admin, "/admin/imports/stock/import", text, vendor=code, digest=digest(page))

    assert market.look(lambda session: session.get_one(Stock, listing).on_hand) == Decimal(7)


def test_what_is_there_is_taken_away_in_the_columns_of_an_import(admin, market):
    market.product()

    with admin.get("/admin/imports/products/file?format=csv") as file:
        assert "WW-CHK-75" in file.text
    assert admin.get("/admin/imports/nonsense").status_code == 404
    assert tried(admin, "x", kind="nonsense").status_code == 404


def test_a_long_report_is_asked_for_watched_and_taken(admin, market, database):
    market.shop()

    said = admin.said("/admin/exports/credit-summary/ask", format="csv", period="")

    assert "being written" in said
    assert 'hx-trigger="every 2s"' in said
    job = market.look(
        lambda session: session.scalars(select(Job).where(Job.kind == reports.WRITE_REPORT)).one()
    )
    report_id = job.arguments["report_id"]
    assert admin.get(f"/admin/exports/files/{report_id}").status_code == 409
    reports.write_report(database, {"report_id": report_id}, market.now)
    with counted(database) as statements:
        part = admin.get("/admin/exports", headers={"HX-Request": "true"}).text
    assert len(statements) <= 10
    assert "every 2s" not in part
    with admin.get(f"/admin/exports/files/{report_id}") as file:
        assert "Asha Kirana" in file.text
    assert market.count(ReportFile) == 1


def test_a_period_that_cannot_be_read_asks_for_nothing(admin, market):
    assert "period can&#39;t be read" in admin.said(
        "/admin/exports/credit-summary/ask", period="soon", format="pdf"
    )
    assert market.count(ReportFile) == 0
