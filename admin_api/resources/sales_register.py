"""The VAT sales book of a vendor, month by month of the Bikram Sambat calendar."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Annotated, Final

from flask import Blueprint, Response
from pydantic import Field, StringConstraints

from admin_api.attachments import CSV, XLSX
from admin_api.endpoints import ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Given
from admin_api.problems import Problem
from core.clock import bikram_sambat, business_date, days_of_bs_month
from core.config import PROJECT_ROOT
from core.credit.queries.sales_register import Sale, sales_register, sums_of
from core.exchange.cells import Shown, show_text
from core.exchange.files import FileKind, write_rows
from core.parties import queries as parties
from core.parties.models import Language
from core.refs import VendorId

blueprint = Blueprint("api_sales_register", __name__)

_HEADINGS: Final = PROJECT_ROOT / "templates" / "registers" / "sales.toml"
_COLUMNS: Final = (
    "date",
    "number",
    "buyer",
    "buyer_pan",
    "total",
    "exempt",
    "taxable",
    "vat",
    "returned_of",
)


class RegisterQuery(Given):
    month: Annotated[str, StringConstraints(pattern=r"^2[0-9]{3}-(0[1-9]|1[0-2])$")] | None = Field(
        default=None,
        description="A month of the Bikram Sambat calendar; without one, the present.",
        examples=["2083-08"],
    )
    format: FileKind = FileKind.XLSX
    language: Language = Field(default=Language.NEPALI, description="Of the headings.")


@blueprint.get("/vendors/<id:vendor_id>/sales-register")
@endpoint(tag="ledger", roles=ADMIN_OR_VENDOR, query=RegisterQuery, raw_answer=(CSV, XLSX), is_heavy=True)
def get_sales_register(call: Call, vendor_id: int, query: RegisterQuery) -> Response:
    """The vendor's VAT sales book of a month, in the tax office's columns; returned goods are negative rows."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    vendor = parties.get_vendor(call.session, VendorId(vendor_id))
    month = query.month or bikram_sambat(business_date(call.now))[:7]
    try:
        start, end = days_of_bs_month(month)
    except ValueError as unknown:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "period_not_possible",
            title="The Bikram Sambat calendar has no such month yet.",
        ) from unknown
    sales = sales_register(call.session, vendor_id, start=start, end=end)
    file = io.BytesIO()
    write_rows(file, query.format, _rows(sales, _headings()[query.language]))
    response = Response(file.getvalue(), mimetype=CSV if query.format is FileKind.CSV else XLSX)
    name = f"sales-{vendor.code}-{month}.{query.format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(sales: Sequence[Sale], words: Mapping[str, str]) -> Iterator[Sequence[Shown]]:
    yield [words[column] for column in _COLUMNS]
    for sale in sales:
        amounts = (sale.total, sale.exempt, sale.taxable, sale.vat)
        yield [
            sale.date_bs,
            sale.number,
            show_text(sale.buyer),
            sale.buyer_pan,
            *(amount.rupees for amount in amounts),
            sale.returned_of,
        ]
    yield [words["sum"], None, None, None, *(amount.rupees for amount in sums_of(sales)), None]


@cache
def _headings() -> dict[str, dict[str, str]]:
    return tomllib.loads(_HEADINGS.read_text(encoding="utf-8"))
