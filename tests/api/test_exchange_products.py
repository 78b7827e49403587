"""Products in and out as files: all or nothing, errors by row, and nothing twice."""


from sqlalchemy import func, select

from core.audit.models import AuditEntry
from core.catalog.models import Product
from core.catalog.queries import catalog_revision

HEADING = "sku,name,name_ne,brand,category,unit,pack_size,case_quantity,vat_class,reference_price,short_label,is_active"
NOODLES = "WW-CHK-75,Wai Wai Chicken Noodles,वाइ वाइ चाउचाउ,Wai Wai,Noodles,pkt,75 g,30,standard,20.00,Wai Wai Chicken 75g,yes"
SUGAR = "SUG-1,Sugar,,Everest,Staples,kg,1 kg,1,exempt,,Sugar 1kg,yes"


def csv_of(*rows, heading=HEADING):
    return "\r\n".join([heading, *rows, ""]).encode()


def send(client, kind, body, *, query="", media_type="text/csv", headers=None):
    return client.ask(
        "POST", f"/{kind}/import{query}", data=body, content_type=media_type, headers=headers or {}
    )


def counts(answer):
    assert answer.status_code == 200, answer.text
    return tuple(answer.json[name] for name in ("rows", "created", "changed", "unchanged", "error_count"))


def test_new_products_are_created_and_the_same_file_again_changes_nothing(session, admin):
    body = csv_of(NOODLES, SUGAR)

    first, again = send(admin, "products", body), send(admin, "products", body)

    assert counts(first) == (2, 2, 0, 0, 0)
    assert counts(again) == (2, 0, 0, 2, 0)
    noodles = session.scalars(select(Product).where(Product.sku == "WW-CHK-75")).one()
    assert (noodles.name_ne, noodles.case_quantity, noodles.reference_price_minor) == (
        "वाइ वाइ चाउचाउ",
        30,
        2_000,
    )
    assert catalog_revision(session) == 1
    assert session.scalar(select(func.count()).where(AuditEntry.action == "product_created")) == 2


def test_export_is_what_import_reads(admin):
    body = b"\xef\xbb\xbf" + csv_of(SUGAR, NOODLES)
    assert counts(send(admin, "products", body)) == (2, 2, 0, 0, 0)

    answer = admin.get("/products/export")

    assert answer.mimetype == "text/csv"
    assert answer.data == body
