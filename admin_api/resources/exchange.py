"""Import and export of products, listings, stock and shops as CSV and XLSX."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import IO, Any, Final

from flask import Blueprint, Response, request
from pydantic import Field

from admin_api.attachments import CSV, XLSX, attachment
from admin_api.endpoints import ADMIN, ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Given, RowId, View
from admin_api.problems import FieldProblem, Problem, json_safe
from core.exchange import listings, products, retailers, stock
from core.exchange.concurrency import take_slot
from core.exchange.errors import HeadingRefused, ImportRefused, Report, RowError
from core.exchange.exporting import export_file
from core.exchange.files import MOST_BYTES, FileKind
from core.exchange.importing import ImportKind, OwnVendor, import_file
from core.exchange.mapping import find_mapping
from core.parties import queries as parties
from core.refs import VendorId

blueprint = Blueprint("api_exchange", __name__)

_KIND_OF: Final = {CSV: FileKind.CSV, XLSX: FileKind.XLSX}
_MEDIA_TYPE_OF: Final = {FileKind.CSV: CSV, FileKind.XLSX: XLSX}

# For developers; programs read the code.
_MESSAGES: Final = {
    "amount_not_positive": "The amount must be above zero.",
    "bill_brought_before": "This bill was brought with other facts, for {amount}; a debt is corrected, never changed.",
    "bill_looks_brought": "Bill {number} has this day and amount, and nearly this number. If it is another, use confirmed_new=true.",
    "bill_number_refused": "A bill's number is letters, digits and - / . # : on one line.",
    "cell_is_a_date": "The spreadsheet turned this into a date; format the cell as text.",
    "choice_unknown": "Write one of {choices}.",
    "code_unknown": "There is no shop with this code. For a new shop, use a code of your own, not one like ours.",
    "control_character": "The text contains a control character.",
    "day_malformed": "Write the day as text, like 2026-05-01.",
    "days_of_bill_impossible": "A bill is made before it is due, and not in the future.",
    "digits_lost": "The spreadsheet keeps 15 digits only; format the cell as text and type it again.",
    "formula_failed": "The formula in this cell ends in an error.",
    "formula_without_value": "This formula has no stored result. Open the file, save it, and send it again.",
    "listing_unknown": "The vendor does not sell this product; import the listing first.",
    "more_cells_than_columns": "The row has more cells than the heading has columns ({columns}).",
    "needed_for_new": "A new row needs a value here.",
    "not_yes_or_no": "Write yes or no.",
    "number_has_format": "The cell shows a number in the format {format}; format it as text and type what it says.",
    "number_malformed": "This is not a number.",
    "out_of_range": "The number must be from {least} to {most}.",
    "point_incomplete": "Latitude and longitude go together.",
    "price_change_held": "A change this large, from {old} to {new}, needs confirm_price_changes=true.",
    "product_unknown": "There is no product with this SKU.",
    "retailer_unknown": "There is no shop with this code.",
    "row_repeated": "This row repeats row {first_row}.",
    "scientific_notation": "The spreadsheet shortened this number; format the cell as text and type it in full.",
    "stock_below_promised": "{promised} are already promised to orders.",
    "text_malformed": "The text must match {pattern}.",
    "text_too_long": "The text may have at most {most} characters.",
    "too_many_decimals": "The number may have at most {places} decimals.",
    "value_missing": "This cell needs a value.",
    "vendor_unknown": "There is no vendor with this code, or it isn't yours.",
}


class ImportQuery(Given):
    dry_run: bool = Field(default=False, description="Check everything and write nothing.")


class OwnListQuery(ImportQuery):
    vendor_id: RowId | None = Field(
        default=None,
        description="For admins: the file is this vendor's own list, and is read by its mapping.",
        examples=[3],
    )


class ListingsQuery(OwnListQuery):
    confirm_price_changes: bool = Field(
        default=False,
        description="Accept price changes of more than half the price, which are errors otherwise.",
    )


class ExportQuery(Given):
    format: FileKind = FileKind.CSV


class ImportView(View):
    """What the file changed or, with `dry_run`, would change. With errors, nothing is written; 100 are listed."""

    kind: str = Field(examples=["products"])
    dry_run: bool
    digest: str = Field(description="SHA-256 of the file.")
    rows: int = Field(description="Rows of the file, not counting the heading.")
    created: int
    changed: int
    unchanged: int
    error_count: int
    errors: list[FieldProblem] = Field(description="`field` is `rows.<row>.<column>`; the heading is row 1.")


@blueprint.post("/products/import")
@endpoint(
    tag="products",
    roles=ADMIN,
    answer=ImportView,
    query=ImportQuery,
    raw_body=(CSV, XLSX),
    largest_body=MOST_BYTES,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def import_products(call: Call, query: ImportQuery) -> ImportView:
    """Create and change products from a file. If any row is wrong, nothing is written."""
    return import_kind(call, products, dry_run=query.dry_run)


@blueprint.get("/products/export")
@endpoint(tag="products", roles=ADMIN, query=ExportQuery, raw_answer=(CSV, XLSX), is_heavy=True)
def export_products(call: Call, query: ExportQuery) -> Response:
    """All products, in the columns of an import."""
    return export_kind(call, products, query.format)


@blueprint.post("/listings/import")
@endpoint(
    tag="listings",
    roles=ADMIN_OR_VENDOR,
    answer=ImportView,
    query=ListingsQuery,
    raw_body=(CSV, XLSX),
    largest_body=MOST_BYTES,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND],
)
def import_listings(call: Call, query: ListingsQuery) -> ImportView:
    """Create and change listings from a file. A vendor imports its own."""
    return import_kind(
        call,
        listings,
        dry_run=query.dry_run,
        vendor_id=query.vendor_id,
        confirm_price_changes=query.confirm_price_changes,
    )


@blueprint.get("/listings/export")
@endpoint(tag="listings", roles=ADMIN_OR_VENDOR, query=ExportQuery, raw_answer=(CSV, XLSX), is_heavy=True)
def export_listings(call: Call, query: ExportQuery) -> Response:
    """All listings, or a vendor's own, in the columns of an import."""
    return export_kind(call, listings, query.format)


@blueprint.post("/stock/import")
@endpoint(
    tag="stock",
    roles=ADMIN_OR_VENDOR,
    answer=ImportView,
    query=OwnListQuery,
    raw_body=(CSV, XLSX),
    largest_body=MOST_BYTES,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND],
)
def import_stock(call: Call, query: OwnListQuery) -> ImportView:
    """Set stock counts from a file. A vendor imports its own."""
    return import_kind(call, stock, dry_run=query.dry_run, vendor_id=query.vendor_id)


@blueprint.get("/stock/export")
@endpoint(tag="stock", roles=ADMIN_OR_VENDOR, query=ExportQuery, raw_answer=(CSV, XLSX), is_heavy=True)
def export_stock(call: Call, query: ExportQuery) -> Response:
    """Stock on hand, of all vendors or one, in the columns of an import."""
    return export_kind(call, stock, query.format)


@blueprint.post("/retailers/import")
@endpoint(
    tag="retailers",
    roles=ADMIN,
    answer=ImportView,
    query=ImportQuery,
    raw_body=(CSV, XLSX),
    largest_body=MOST_BYTES,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def import_retailers(call: Call, query: ImportQuery) -> ImportView:
    """Create and change shops from a file. New ones wait for approval."""
    return import_kind(call, retailers, dry_run=query.dry_run)


@blueprint.get("/retailers/export")
@endpoint(tag="retailers", roles=ADMIN, query=ExportQuery, raw_answer=(CSV, XLSX), is_heavy=True)
def export_retailers(call: Call, query: ExportQuery) -> Response:
    """All shops, in the columns of an import."""
    return export_kind(call, retailers, query.format)


def read_upload() -> tuple[IO[bytes], FileKind]:
    """The uploaded file and its kind. Raises a 415 for any other media type."""
    file_kind = _KIND_OF.get(request.mimetype)
    if file_kind is None:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            title=f"Send the file itself as {CSV} or {XLSX}.",
        )
    return io.BytesIO(request.get_data(cache=True)), file_kind


def import_kind(
    call: Call,
    kind: ImportKind,
    *,
    dry_run: bool,
    vendor_id: int | None = None,
    confirm_price_changes: bool = False,
    confirmed_new: bool = False,
) -> ImportView:
    """Import the uploaded file. Raises its errors as a problem, which rolls everything back."""
    own_vendor = _own_vendor(call, vendor_id)
    file, file_kind = read_upload()
    take_slot(call.session, actor=call.actor)
    try:
        report = import_file(
            call.session,
            kind,
            file,
            file_kind,
            own_vendor=own_vendor,
            dry_run=dry_run,
            confirm_price_changes=confirm_price_changes,
            confirmed_new=confirmed_new,
            mapping=find_mapping(call.session, own_vendor.id, kind.NAME) if own_vendor else None,
            actor=call.actor,
            now=call.now,
        )
    except ImportRefused as refused:
        raise _of_rows(refused) from refused
    except HeadingRefused as refused:
        raise _of_heading(refused) from refused
    return _view(report)


def export_kind(call: Call, kind: ImportKind, file_kind: FileKind) -> Response:
    own_vendor = _own_vendor(call)
    return attachment(
        lambda file: export_file(call.session, kind, file, file_kind, own_vendor=own_vendor),
        media_type=_MEDIA_TYPE_OF[file_kind],
        name=f"{kind.NAME}-{call.now.date().isoformat()}.{file_kind}",
    )


def _own_vendor(call: Call, vendor_id: int | None = None) -> OwnVendor | None:
    """The vendor whose rows the file holds: the caller, or the one that an admin names."""
    asked = vendor_id if call.vendor_id is None else call.vendor_id
    if asked is None:
        return None
    if vendor_id is not None:
        call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    return OwnVendor(id=VendorId(asked), code=parties.get_vendor(call.session, VendorId(asked)).code)


def _view(report: Report) -> ImportView:
    return ImportView(
        kind=report.kind,
        dry_run=report.dry_run,
        digest=report.digest,
        rows=report.rows,
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
        error_count=report.error_count,
        errors=[_row_problem(error) for error in report.errors],
    )


def _of_rows(refused: ImportRefused) -> Problem:
    view = _view(refused.report)
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        refused.code,
        title="Some rows are wrong, so nothing was imported.",
        facts=view.model_dump(exclude={"errors"}),
        errors=tuple(view.errors),
    )


def _of_heading(refused: HeadingRefused) -> Problem:
    messages = {
        "unknown": ("column_unknown", "There is no such column."),
        "twice": ("column_repeated", "The column appears twice."),
        "missing": ("column_missing", "The column is required."),
    }
    errors = tuple(
        FieldProblem(field=f"columns.{name}", code=code, message=message)
        for what, (code, message) in messages.items()
        for name in refused.facts[what]
    )
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        refused.code,
        title="The first row doesn't have the columns of this kind of file.",
        facts={"known": refused.facts["known"]},
        errors=errors,
    )


def _row_problem(error: RowError) -> FieldProblem:
    facts: dict[str, Any] = json_safe(error.facts)
    place = f"rows.{error.row}" + (f".{error.column}" if error.column else "")
    return FieldProblem(field=place, code=error.code, message=_MESSAGES[error.code].format(**facts))
