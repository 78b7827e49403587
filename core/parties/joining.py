"""The links by which others join: a wholesaler's shops come by its code, which is also printed as a QR.

A link opens WhatsApp with a text that names the wholesaler; sent as it is, it keeps whose introduction a new shop is.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import segno
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.parties.models import Approval, Vendor

_GREETING: Final = "Namaste! JOIN"
# The code as the link writes it; people may send it in any case, and with words around it.
_CODE: Final = re.compile(r"\bJOIN[\s:]+(V-\d{1,9})(?!\w)", re.IGNORECASE)
_WHOLE: Final = re.compile(r"(?:namaste\W*)?\bJOIN[\s:]+V-\d{1,9}(?!\w)[.!]*", re.IGNORECASE)
_MODULES_AROUND: Final = 4  # the quiet zone that scanners need
_PIXELS: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinLinks:
    """`number` is ours on WhatsApp, in digits; `public_url` is where our pictures are."""

    number: str
    public_url: str

    def link(self, code: str) -> str:
        return f"https://wa.me/{self.number}?text={quote(text_of(code))}"

    def picture(self, code: str) -> str:
        return f"{self.public_url}/api/v1/join/{code}.png"


_wired: list[JoinLinks] = []


def wire(joined: JoinLinks) -> None:
    """Set, once per process, where the links lead."""
    _wired[:] = [joined]


def links() -> JoinLinks:
    return _wired[0]


def links_to(whatsapp_from: str, public_url: str) -> JoinLinks:
    return JoinLinks(number="".join(filter(str.isdigit, whatsapp_from)), public_url=public_url)


def text_of(code: str) -> str:
    """What the link writes for the person to send."""
    return f"{_GREETING} {code}"


def code_in(text: str) -> str | None:
    """The code of the link by which somebody came; None without one."""
    found = _CODE.search(text)
    return found.group(1).upper() if found else None


def without_code(text: str) -> str:
    """What was written beside the text of the link."""
    return _WHOLE.sub("", text).strip()


def find_introducer(session: Session, code: str) -> Vendor | None:
    """The wholesaler with that code, if it may bring shops: approved and active."""
    return session.scalar(
        select(Vendor).where(
            func.lower(Vendor.code) == code.lower(), Vendor.approval == Approval.APPROVED, Vendor.is_active
        )
    )


def qr_png(link: str) -> bytes:
    return _drawn(link, "png")


def qr_svg(link: str) -> bytes:
    return _drawn(link, "svg")


def _drawn(link: str, kind: str) -> bytes:
    # Level M still reads with a seventh of it covered, as on a printed sheet in a shop.
    out = io.BytesIO()
    segno.make_qr(link, error="m").save(out, kind=kind, scale=_PIXELS, border=_MODULES_AROUND)
    return out.getvalue()
