"""Mappings for wholesalers' own price lists: inspect a file's columns, map them to ours, reuse that for later files."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final

from flask import Blueprint
from pydantic import Field, StringConstraints

from admin_api.attachments import CSV, XLSX
from admin_api.endpoints import ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Given, View
from admin_api.resources.exchange import read_upload
from core.errors import NotFound
from core.exchange import listings, mapping, stock
from core.exchange.concurrency import take_slot
from core.exchange.files import MOST_BYTES
from core.exchange.importing import ImportKind
from core.exchange.models import ImportMapping
from core.parties import queries as parties
from core.refs import VendorId

blueprint = Blueprint("api_import_mappings", __name__)

_KINDS: Final[dict[str, ImportKind]] = {kind.NAME: kind for kind in (listings, stock)}

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class MappingGiven(Given):
    """`columns` maps titles of the file to our columns. Columns that aren't mapped are ignored."""

    sheet: Title | None = Field(default=None, description="The sheet of a workbook; by default the first.")
    columns: dict[Title, Title] = Field(
        min_length=1, max_length=40, examples=[{"Item Code": "sku", "Rate": "price"}]
    )


class MappingView(View):
    kind: str
    sheet: str | None
    columns: dict[str, str] = Field(examples=[{"item code": "sku", "rate": "price"}])
    updated_at: dt.datetime


class FoundColumnView(View):
    letter: str = Field(examples=["B"])
    title: str = Field(examples=["Rate"])
    samples: list[str]
    guess: str | None = Field(description="Our column that it seems to be.", examples=["price"])


class FoundSheetView(View):
    sheet: str = Field(description="Empty for a CSV.")
    heading_row: int | None
    columns: list[FoundColumnView]
    missing: list[str] = Field(description="Required columns that no column of the file seems to be.")


class FoundView(View):
    """The columns found in a file, the likeliest sheet first. `kept` is the vendor's current mapping."""

    kind: str
    sheets: list[FoundSheetView]
    known: list[str] = Field(description="Our columns, to which a title can be mapped.")
    kept: MappingView | None


@blueprint.post("/vendors/<id:vendor_id>/import-mappings/<kind>/columns")
@endpoint(
    tag="vendors",
    roles=ADMIN_OR_VENDOR,
    answer=FoundView,
    raw_body=(CSV, XLSX),
    largest_body=MOST_BYTES,
)
def find_import_columns(call: Call, vendor_id: int, kind: str) -> FoundView:
    """Find the columns of a vendor's own list, and guess which of ours each one is. Nothing is written."""
    module = _kind(call, vendor_id, kind)
    take_slot(call.session, actor=call.actor)
    found = mapping.find_columns(*read_upload(), module.SHEET)
    kept = mapping.find_mapping(call.session, VendorId(vendor_id), kind)
    return FoundView(
        kind=kind,
        sheets=[
            FoundSheetView(
                sheet=sheet.sheet,
                heading_row=sheet.heading_row,
                columns=[
                    FoundColumnView(
                        letter=column.letter,
                        title=column.title,
                        samples=list(column.samples),
                        guess=column.guess,
                    )
                    for column in sheet.columns
                ],
                missing=list(sheet.missing),
            )
            for sheet in found
        ],
        known=[name for name in module.SHEET.names if name != "vendor"],
        kept=_view(kept) if kept else None,
    )


@blueprint.get("/vendors/<id:vendor_id>/import-mappings/<kind>")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=MappingView)
def get_import_mapping(call: Call, vendor_id: int, kind: str) -> MappingView:
    """This vendor's mapping."""
    _kind(call, vendor_id, kind)
    kept = mapping.find_mapping(call.session, VendorId(vendor_id), kind)
    if kept is None:
        raise NotFound(kind="import_mappings", id=kind)
    return _view(kept)


@blueprint.put("/vendors/<id:vendor_id>/import-mappings/<kind>")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=MappingView, body=MappingGiven, is_keyed=True)
def put_import_mapping(call: Call, vendor_id: int, kind: str, body: MappingGiven) -> MappingView:
    """Set the mapping. From now on, this vendor's files with these titles are read by it."""
    module = _kind(call, vendor_id, kind)
    kept = mapping.keep_mapping(
        call.session,
        VendorId(vendor_id),
        kind,
        module.SHEET,
        sheet=body.sheet,
        columns=body.columns,
        actor=call.actor,
        now=call.now,
    )
    return _view(kept)


@blueprint.delete("/vendors/<id:vendor_id>/import-mappings/<kind>")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR)
def forget_import_mapping(call: Call, vendor_id: int, kind: str) -> None:
    """Delete the mapping. The vendor's files need our own column names again."""
    _kind(call, vendor_id, kind)
    mapping.delete_mapping(call.session, VendorId(vendor_id), kind)


def _kind(call: Call, vendor_id: int, kind: str) -> ImportKind:
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    parties.get_vendor(call.session, VendorId(vendor_id))
    found = _KINDS.get(kind)
    if found is None:
        raise NotFound(kind="import_mappings", id=kind)
    return found


def _view(kept: ImportMapping) -> MappingView:
    return MappingView(kind=kept.kind, sheet=kept.sheet, columns=kept.columns, updated_at=kept.updated_at)
