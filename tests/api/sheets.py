"""Files to import and what came of them."""

from __future__ import annotations

import csv
import io
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
