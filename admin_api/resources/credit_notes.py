"""The credit notes on an invoice, each under a number of its own, and as PDFs."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response

from admin_api.attachments import PDF, attachment
from admin_api.endpoints import EVERYBODY, Call, endpoint
from admin_api.fields import RowId, Rupees, View
from core.credit import queries as credit
from core.credit.models import CreditNoteRow
from core.errors import NotFound
from core.reports.documents import write_credit_note

blueprint = Blueprint("api_credit_notes", __name__)


class CreditNoteOut(View):
    id: RowId
    number: str
    invoice_id: int
    taxable: Rupees
    exempt: Rupees
    vat: Rupees
    total: Rupees
    reason: str
    issued_at: dt.datetime
    issued_on_bs: str


class CreditNotesOut(View):
    """The oldest first."""

    items: list[CreditNoteOut]


@blueprint.get("/invoices/<id:invoice_id>/credit-notes")
@endpoint(tag="invoices", roles=EVERYBODY, answer=CreditNotesOut)
def list_credit_notes(call: Call, invoice_id: int) -> CreditNotesOut:
    """What was taken off an invoice, note by note. For its shop, its vendor or an admin."""
    invoice = credit.get_invoice(call.session, invoice_id, actor=call.actor)
    return CreditNotesOut(
        items=[
            CreditNoteOut(
                id=note.id,
                number=note.number,
                invoice_id=note.invoice_id,
                taxable=Rupees.of_minor(note.taxable_minor),
                exempt=Rupees.of_minor(note.exempt_minor),
                vat=Rupees.of_minor(note.vat_minor),
                total=Rupees.of_minor(note.total_minor),
                reason=note.reason,
                issued_at=note.issued_at,
                issued_on_bs=note.issued_on_bs,
            )
            for note in credit.credit_notes(call.session, [invoice.id])
        ]
    )


@blueprint.get("/credit-notes/<id:credit_note_id>/pdf")
@endpoint(tag="invoices", roles=EVERYBODY, raw_answer=(PDF,), is_heavy=True)
def print_credit_note(call: Call, credit_note_id: int) -> Response:
    """A credit note as a PDF, with the invoice that it belongs to."""
    note = call.session.get(CreditNoteRow, credit_note_id)
    if note is None:
        raise NotFound(kind="credit_notes", id=credit_note_id)
    credit.get_invoice(call.session, note.invoice_id, actor=call.actor)
    return attachment(
        lambda file: write_credit_note(call.session, note, file),
        media_type=PDF,
        name=f"{note.number.replace('/', '-')}.pdf",
    )
