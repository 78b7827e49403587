"""Documents that were sent into a chat, for whoever holds their signed link: WhatsApp's servers fetch them here."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from admin_api.attachments import PDF, attachment
from admin_api.endpoints import Call, endpoint, must_be_within, wiring
from core.clock import system_now
from core.reports.printed import read_link, write_printed

blueprint = Blueprint("api_files", __name__)


@blueprint.get("/files/<token>/<name>.pdf")
@endpoint(
    tag="files",
    roles=None,
    raw_answer=(PDF,),
    refusals=[HTTPStatus.NOT_FOUND, HTTPStatus.GONE],
    is_heavy=True,
)
def open_link(call: Call, token: str, name: str) -> Response:
    """A bill or a statement by its link from the chat. The link is the permission; it ends after a day."""
    # By the system's clock, as sign-ins are: a link must not live longer because business time stands still.
    printed = read_link(token, secret=wiring().settings.jwt_secret, now=system_now())
    # By the document and not by the token, which can be written in several ways.
    must_be_within(wiring().limiter.of_link(repr(printed)))
    must_be_within(wiring().limiter.of_party_documents(retailer_id=printed.retailer_id, vendor_id=None))
    safe = "".join(letter for letter in name if letter.isalnum() or letter in "-_")[:80]
    response = attachment(
        lambda file: write_printed(call.session, printed, file, now=call.now),
        media_type=PDF,
        name=f"{safe or 'document'}.pdf",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
