"""Files that are not what they say, too large, or sent twice."""

import io
import threading
import zipfile

import pytest
from sqlalchemy import func, select

from core.actor import SYSTEM
from core.catalog import service as catalog
from core.catalog.models import Product, VatClass
from core.catalog.service import ProductFacts
from core.exchange import files
from core.parties import service as parties
from core.parties.models import Role
from tests.api.conftest import PASSWORD, make_app, signed_in
from tests.api.sheets import (
    CSV,
    NOODLES,
    PRODUCTS,
    SUGAR,
    XLSX,
    counts,
    csv_of,
    errors,
    send,
    workbook,
    xlsx_of,
)
from tests.market import MONDAY, Market
from tests.waiting import wait_for_locks


@pytest.mark.parametrize(
    ("body", "media_type", "reason"),
    [
        (b"", CSV, "empty"),
        (b"\r\n , \r\n", CSV, "empty"),
        ("sku,name\r\nA,é\r\n".encode("latin-1"), CSV, "not_utf8"),
        ("sku,name\r\n".encode("utf-16"), CSV, "not_utf8"),
        (b'sku,name\r\nA,"open\r\n', CSV, "not_csv"),
        (b'sku,name\r\nA,"x"y\r\n', CSV, "not_csv"),
        (b"sku," + b"x" * 200_000, CSV, "not_csv"),
        (b"," * 60 + b"x", CSV, "too_many_columns"),
        (csv_of(PRODUCTS, SUGAR), XLSX, "not_xlsx"),
        (b"PK\x03\x04 and no more", XLSX, "not_xlsx"),
    ],
)
def test_files_that_are_something_else_are_refused(admin, body, media_type, reason):
    refused = send(admin, "products", body, media_type=media_type)

    assert (refused.status_code, refused.json["code"]) == (422, "file_not_understood")
    assert refused.json["facts"]["reason"] == reason


def test_an_archive_that_is_no_workbook_is_refused(admin):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")

    refused = send(admin, "products", file.getvalue(), media_type=XLSX)

    assert refused.json["facts"]["reason"] == "not_xlsx"


def test_a_small_file_that_unpacks_to_too_much_is_refused_unread(admin, monkeypatch):
    monkeypatch.setattr(files, "MOST_UNPACKED_BYTES", 10_000)

    refused = send(admin, "products", xlsx_of(*[["x" * 1_000]] * 50), media_type=XLSX)

    assert (refused.status_code, refused.json["code"]) == (422, "file_too_large")


def test_a_file_that_takes_too_much_memory_is_refused(admin, monkeypatch):
    monkeypatch.setattr(files, "MOST_MEMORY_BYTES", 96 * 2**20)
    facts = " ".join(f'a{number}=""' for number in range(400_000))
    rows = f'<row r="1"><c r="A1" t="s"><v>0</v></c></row><row {facts}/>'

    refused = send(admin, "products", workbook(rows, ["sku"]), media_type=XLSX)

    assert (refused.status_code, refused.json["code"]) == (422, "file_too_large")
    assert refused.json["facts"] == {"reason": "takes_too_much_memory"}


def test_a_sheet_that_claims_a_row_far_below_is_refused(admin):
    body = xlsx_of(["sku"], ["A"])
    far = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(far, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry, part.replace(b'<row r="2"', b'<row r="9999999999"'))

    refused = send(admin, "products", far.getvalue(), media_type=XLSX)

    assert (refused.status_code, refused.json["code"]) == (422, "file_too_large")


def test_a_workbook_of_excel_is_read_with_its_shared_texts_and_computed_values(session, admin):
    send(admin, "products", csv_of(PRODUCTS, NOODLES))
    body = workbook(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>3</v></c><c r="B4"><f>20+2.5</f><v>22.5</v></c>'
        '<c r="C4" t="b"><v>0</v></c></row>',
        ["SKU ", "Reference_Price", "is_active", "WW-CHK-75"],
    )

    assert counts(send(admin, "products", body, media_type=XLSX)) == (1, 0, 1, 0, 0)
    noodles = session.scalars(select(Product)).one()
    assert (noodles.reference_price_minor, noodles.is_active) == (2_250, False)


def test_rows_are_numbered_as_the_spreadsheet_shows_them(admin):
    gaps = workbook(
        '<row r="2"><c r="A2" t="s"><v>0</v></c></row><row r="7"><c r="A7" t="s"><v>1</v></c></row>',
        ["sku", "a b"],
    )

    for body, media_type in ((gaps, XLSX), (b'\r\nsku\r\n\r\n\r\n"\r\n"\r\n,\r\na b\r\n', CSV)):
        refused = send(admin, "products", body, media_type=media_type)
        assert errors(refused) == [("rows.7.sku", "text_malformed")]


@pytest.mark.parametrize("kind", ["heading", "row"])
@pytest.mark.parametrize("is_shared", [True, False])
def test_a_giant_text_is_answered_briefly(admin, kind, is_shared):
    long, columns = "a" * 3_000_000, ("sku", "name")
    said = [columns[0], long if kind == "heading" else columns[1]]
    texts = [*said, "A", long]
    cell = (
        '<c r="{at}" t="s"><v>{number}</v></c>'
        if is_shared
        else '<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'
    )
    places = [("A1", 0), ("B1", 1), ("A2", 2), ("B2", 3)]
    first, second = (
        "".join(cell.format(at=at, number=number, text=texts[number]) for at, number in pair)
        for pair in (places[:2], places[2:])
    )
    body = workbook(f'<row r="1">{first}</row><row r="2">{second}</row>', texts=texts)

    refused = send(admin, "products", body, media_type=XLSX)

    assert refused.status_code == 422
    assert len(refused.data) < 20_000


def test_entities_that_grow_are_refused(admin):
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    prolog = f'<!DOCTYPE x [<!ENTITY e0 "ha">{grown}]>'
    body = workbook(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&e11;</t></is></c></row>', ["sku"], prolog=prolog
    )

    refused = send(admin, "products", body, media_type=XLSX)

    assert (refused.status_code, refused.json["facts"]["reason"]) == (422, "not_xlsx")


def test_exports_are_streamed_with_their_length(market, admin):
    market.product()

    for form in ("csv", "xlsx"):
        answer = admin.get(f"/products/export?format={form}")
        assert answer.is_streamed
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="products-2')


def test_too_many_rows_are_refused(admin, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    rows = [SUGAR.replace("SUG-1", f"S-{n}") for n in range(3)]

    refused = send(admin, "products", csv_of(PRODUCTS, *rows))

    assert (refused.status_code, refused.json["code"]) == (422, "file_too_large")
    assert refused.json["facts"] == {"most_rows": 2}
    assert counts(send(admin, "products", csv_of(PRODUCTS, *rows[:2]))) == (2, 2, 0, 0, 0)


def test_too_many_bytes_are_refused(admin):
    refused = send(admin, "products", b"x" * (files.MOST_BYTES + 1))

    assert (refused.status_code, refused.json["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/vnd.ms-excel", "", "multipart/form-data"]
)
def test_other_kinds_of_files_are_refused(admin, media_type):
    refused = send(admin, "products", b"{}", media_type=media_type)

    assert (refused.status_code, refused.json["code"]) == (415, "unsupported_media_type")


def test_a_file_with_a_heading_only_does_nothing(admin):
    assert counts(send(admin, "products", csv_of(PRODUCTS))) == (0, 0, 0, 0, 0)


def test_a_key_sent_again_gets_the_first_answer(admin):
    body = csv_of(PRODUCTS, NOODLES)

    first, again = (send(admin, "products", body, key="monday") for _ in range(2))
    other = send(admin, "products", csv_of(PRODUCTS, SUGAR), key="monday")

    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["monday", None])
def test_duplicates_at_the_same_moment_have_one_effect(settings, fresh_database, key):
    clients = [_admin_of(settings, fresh_database, name) for name in ("asmita", "bibek")]
    if key:
        # A key is a user's own.
        clients[1] = clients[0]
    body = csv_of(PRODUCTS, *(SUGAR.replace("SUG-1", f"S-{n}") for n in range(700)))
    answers, ready = [], threading.Barrier(2)

    def upload(client):
        ready.wait(10)
        answers.append(send(client, "products", body, key=key))

    threads = [threading.Thread(target=upload, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    created = sorted(answer.json["created"] for answer in answers)
    assert created == ([700, 700] if key else [0, 700])
    assert [answer.status_code for answer in answers] == [200, 200]
    with fresh_database.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == 700


def test_a_product_that_another_door_enters_at_the_same_moment_is_refused(settings, fresh_database):
    client = _admin_of(settings, fresh_database)
    answers = []
    with fresh_database.database.transaction() as other:
        facts = ProductFacts(
            sku="SUG-1",
            name="Sugar",
            brand="Everest",
            category="Staples",
            unit="kg",
            pack_size="1 kg",
            case_quantity=1,
            vat_class=VatClass.EXEMPT,
        )
        catalog.create_product(other, facts, actor=SYSTEM, now=MONDAY)
        upload = threading.Thread(
            target=lambda: answers.append(send(client, "products", csv_of(PRODUCTS, SUGAR)))
        )
        upload.start()
        wait_for_locks(fresh_database.database)
    upload.join(30)

    assert (answers[0].status_code, answers[0].json["code"]) == (409, "import_collided")
    again = send(client, "products", csv_of(PRODUCTS, SUGAR))
    assert counts(again) == (1, 0, 0, 1, 0)


def _admin_of(settings, fresh_database, name="asmita"):
    email = f"{name}@example.test"
    Market(fresh_database.database).do(
        parties.create_user,
        role=Role.ADMIN,
        name=name,
        email=email,
        password=PASSWORD,
        actor=SYSTEM,
    )
    return signed_in(make_app(settings, fresh_database.database), email)
