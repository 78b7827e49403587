"""Files to import and what came of them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PRODUCTS = "sku,name,name_ne,brand,category,unit,pack_size,case_quantity,vat_class,reference_price,short_label,is_active"
NOODLES = "WW-CHK-75,Wai Wai Chicken Noodles,वाइ वाइ चाउचाउ,Wai Wai,Noodles,pkt,75 g,30,standard,20.00,Wai Wai Chicken 75g,yes"
SUGAR = "SUG-1,Sugar,,Everest,Staples,kg,1 kg,1,exempt,,Sugar 1kg,yes"
LISTINGS = "vendor,sku,price,minimum_quantity,pack_multiple,lead_time_days,is_available"
STOCK = "vendor,sku,on_hand"
RETAILERS = "code,shop_name,owner_name,pan,language,terms_days,province,district,municipality,ward,area,latitude,longitude"


def csv_of(heading: str, *rows: str) -> bytes:
    return "\r\n".join([heading, *rows, ""]).encode()


def xlsx_of(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(sheet_data: str, texts: Sequence[str], *, prolog: str = "") -> bytes:
    """A workbook part by part, as Excel writes it: all texts in one table, cells name them by number."""
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{_MAIN}"><dimension ref="A1:A1"/>'
        f"<sheetData>{sheet_data}</sheetData></worksheet>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def rows_of(answer: TestResponse) -> list[list[Any]]:
    """The rows of an exported file."""
    if answer.mimetype == CSV:
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def send(
    client: Any, kind: str, body: bytes, *, query: str = "", media_type: str = CSV, key: str | None = None
) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return client.ask("POST", f"/{kind}/import{query}", data=body, content_type=media_type, headers=headers)


def counts(answer: TestResponse) -> tuple[int, ...]:
    """Rows, created, changed, unchanged, errors."""
    assert answer.status_code == 200, answer.text
    return tuple(answer.json[name] for name in ("rows", "created", "changed", "unchanged", "error_count"))


def errors(answer: TestResponse) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer.json["errors"]]
