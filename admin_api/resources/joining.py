"""The link and the QR by which shops join a wholesaler."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response
from pydantic import Field

from admin_api.endpoints import ADMIN_OR_VENDOR, Call, endpoint, wiring
from admin_api.fields import View
from core.errors import NotFound
from core.parties import joining, queries
from core.parties.joining import JoinLinks
from core.refs import VendorId

blueprint = Blueprint("api_joining", __name__)

PNG, SVG = "image/png", "image/svg+xml"


class JoinLinkView(View):
    link: str = Field(examples=["https://wa.me/9779800000000?text=Namaste%21%20JOIN%20V-0001"])
    text: str = Field(description="What the link writes for the person to send.")
    picture: str = Field(description="The link as a QR, to print or to forward; anybody may open it.")


@blueprint.get("/vendors/<id:vendor_id>/link")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=JoinLinkView)
def get_join_link(call: Call, vendor_id: int) -> JoinLinkView:
    """The link by which new shops come; it keeps whose introduction they are."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    code = queries.get_vendor(call.session, VendorId(vendor_id)).code
    links = _links()
    return JoinLinkView(link=links.link(code), text=joining.text_of(code), picture=links.picture(code))


@blueprint.get("/join/<string:code>.png")
@endpoint(tag="vendors", roles=None, raw_answer=(PNG,), refusals=[HTTPStatus.NOT_FOUND])
def get_join_picture(call: Call, code: str) -> Response:
    """A wholesaler's link as a QR. Open to everybody, as it is when it hangs in a shop."""
    return Response(joining.qr_png(_link_of(call, code)), mimetype=PNG)


@blueprint.get("/join/<string:code>.svg")
@endpoint(tag="vendors", roles=None, raw_answer=(SVG,), refusals=[HTTPStatus.NOT_FOUND])
def get_join_drawing(call: Call, code: str) -> Response:
    """The same QR for printing in any size."""
    return Response(joining.qr_svg(_link_of(call, code)), mimetype=SVG)


def _link_of(call: Call, code: str) -> str:
    vendor = joining.find_introducer(call.session, code)
    if vendor is None:
        raise NotFound(kind="vendors", id=code)
    return _links().link(vendor.code)


def _links() -> JoinLinks:
    settings = wiring().settings
    return joining.links_to(settings.webhook_account.whatsapp_from, settings.public_url)
