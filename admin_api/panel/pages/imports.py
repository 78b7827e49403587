"""Imports: a file is tried first, and shown as a table of what would change; then the same file is written, whole or not at all."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, answer, check_form, entered, given, page
from admin_api.panel.forms import FieldNotUnderstood
from admin_api.panel.routes import act, show
from admin_api.resources.exchange import export_kind
from core.errors import DomainError, NotFound
from core.exchange import listings, products, retailers, stock
from core.exchange.concurrency import take_slot
from core.exchange.errors import HeadingRefused, Report
from core.exchange.files import MOST_BYTES, FileKind
from core.exchange.importing import ImportKind, OwnVendor, import_file
from core.exchange.mapping import find_mapping
from core.parties.models import Vendor
from core.refs import VendorId

_KINDS: dict[str, ImportKind] = {kind.NAME: kind for kind in (products, listings, stock, retailers)}
# Kinds of which a wholesaler has its own list.
_OF_VENDORS = {listings.NAME, stock.NAME}
_LARGEST_FORM = MOST_BYTES + 100_000


class FileNotTried(DomainError):
    """Only a file that was tried is written: try this one first."""

    code = "file_not_tried"


def add(panel: Blueprint) -> None:
    show(panel, "/imports", imports)
    show(panel, "/imports/<kind>", import_of)
    show(panel, "/imports/<kind>/file", present)
    panel.add_url_rule("/imports/<kind>/try/import", "imports_try", _try, methods=["POST"])
    act(panel, "/imports/<kind>/import", write)


@page
def imports(_call: Call) -> Shown:
    return Shown(template="imports.html", facts={"kinds": list(_KINDS)})


@page
def import_of(_call: Call, kind: str) -> Shown:
    return Shown(template="import.html", facts=_facts(kind))


@page
def present(call: Call, kind: str) -> Response:
    """What is there now, in the columns of an import."""
    asked = request.args.get("format", "")
    return export_kind(call, _kind(kind), FileKind(asked) if asked in set(FileKind) else FileKind.XLSX)


def _try(kind: str) -> Response:
    """A form that changes nothing and answers with what it would change, in place of its page or as a part of it."""
    request.max_content_length = _LARGEST_FORM
    check_form()
    facts = _facts(kind)
    is_part = "HX-Request" in request.headers
    try:
        with entered() as call:
            facts["report"] = _import(call, kind, dry_run=True)
            return answer(call, Shown(template="import_part.html" if is_part else "import.html", facts=facts))
    except DomainError as refused:
        facts |= {
            "refused": refused.code,
            "heading": refused.facts if isinstance(refused, HeadingRefused) else None,
        }
    with entered() as call:
        return answer(call, Shown(template="import_part.html" if is_part else "import.html", facts=facts))


def write(kind: str) -> Response:
    request.max_content_length = _LARGEST_FORM
    return _write(kind=kind)


@action
def _write(call: Call, kind: str) -> Done:
    """Write the file that was tried: its digest stands in the form."""
    report = _import(call, kind, dry_run=False)
    if report.digest != given("digest"):
        raise FileNotTried
    facts = {"created": str(report.created), "changed": str(report.changed)}
    return Done(say="imported", facts=facts, to=f"/admin/imports/{kind}")


def _import(call: Call, kind: str, *, dry_run: bool) -> Report:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise FieldNotUnderstood(field="file")
    own_vendor = _own_vendor(call, kind)
    take_slot(call.session, actor=call.actor)
    return import_file(
        call.session,
        _kind(kind),
        io.BytesIO(upload.read()),
        FileKind.XLSX if upload.filename.lower().endswith(".xlsx") else FileKind.CSV,
        own_vendor=own_vendor,
        dry_run=dry_run,
        confirm_price_changes=given("confirm_price_changes") == "yes",
        mapping=find_mapping(call.session, own_vendor.id, kind) if own_vendor else None,
        actor=call.actor,
        now=call.now,
    )


def _own_vendor(call: Call, kind: str) -> OwnVendor | None:
    """The wholesaler whose own list it is, named by its code; None for a file with all."""
    code = given("vendor").upper()
    if not code or kind not in _OF_VENDORS:
        return None
    vendor_id = call.session.scalar(select(Vendor.id).where(Vendor.code == code))
    if vendor_id is None:
        raise FieldNotUnderstood(field="vendor")
    return OwnVendor(id=VendorId(vendor_id), code=code)


def _facts(kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "columns": [column.name for column in _kind(kind).SHEET.columns],
        "is_of_vendors": kind in _OF_VENDORS,
        "has_prices": kind == listings.NAME,
        "report": None,
        "refused": None,
        "heading": None,
    }


def _kind(name: str) -> ImportKind:
    if name not in _KINDS:
        raise NotFound(kind="imports", id=name)
    return _KINDS[name]
