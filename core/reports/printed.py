"""Documents that a link of ours gives to whoever holds it: which one, how long, and its file.

The link goes through WhatsApp to the person who asked. It is signed, so that nobody can make one for somebody else, and
names its own end; what it shows is read when it is opened.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.credit import queries as credit
from core.credit.models import Invoice
from core.errors import NotFound
from core.parties import queries as parties
from core.parties.models import Language
from core.refs import RetailerId
from core.reports.documents import place_of, write_bills, write_statement
from core.reports.errors import LinkExpired

# The provider fetches at once; a person to whom the file couldn't be sent opens the link within a day.
LINK_LIVES: Final = dt.timedelta(hours=24)
_PURPOSE: Final = b"printed documents"
_SIGNATURE_BYTES: Final = 20


class PrintedKind(StrEnum):
    STATEMENT = "statement"
    BILLS = "bills"


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """One document of a shop: its statement of a period, or bills of its own with their credit notes."""

    kind: PrintedKind
    retailer_id: int
    language: Language
    start: dt.date | None = None
    end: dt.date | None = None
    invoice_ids: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "retailer": self.retailer_id,
            "language": self.language.value,
            "start": None if self.start is None else self.start.isoformat(),
            "end": None if self.end is None else self.end.isoformat(),
            "invoices": list(self.invoice_ids),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Printed:
        return cls(
            kind=PrintedKind(stored["kind"]),
            retailer_id=stored["retailer"],
            language=Language(stored["language"]),
            start=None if stored["start"] is None else dt.date.fromisoformat(stored["start"]),
            end=None if stored["end"] is None else dt.date.fromisoformat(stored["end"]),
            invoice_ids=tuple(stored["invoices"]),
        )


def statement_of(retailer_id: int, *, start: dt.date, end: dt.date, language: str) -> Printed:
    """The shop's statement of a period, both days included."""
    return Printed(
        kind=PrintedKind.STATEMENT,
        retailer_id=retailer_id,
        language=Language(language),
        start=start,
        end=end,
    )


def bills_of(retailer_id: int, invoice_ids: tuple[int, ...], *, language: str) -> Printed:
    """These bills of the shop in one file, with their credit notes."""
    return Printed(
        kind=PrintedKind.BILLS,
        retailer_id=retailer_id,
        language=Language(language),
        invoice_ids=invoice_ids,
    )


def sign_link(printed: Mapping[str, Any], *, secret: str, now: dt.datetime) -> str:
    """The part of a link that names a document, to be opened until `LINK_LIVES` has passed."""
    until = int((now + LINK_LIVES).timestamp())
    said = json.dumps({**printed, "until": until}, separators=(",", ":"), sort_keys=True).encode()
    return f"{_text(said)}.{_text(_signature(said, secret))}"


def read_link(token: str, *, secret: str, now: dt.datetime) -> Printed:
    """The document that a link of ours names. Raises NotFound for any other token, LinkExpired."""
    said, _, signature = token.partition(".")
    try:
        given = _bytes(said)
        if not hmac.compare_digest(_bytes(signature), _signature(given, secret)):
            raise NotFound(kind="files", id=None)
    except (binascii.Error, ValueError) as unreadable:
        raise NotFound(kind="files", id=None) from unreadable
    named = json.loads(given)
    if now.timestamp() > named["until"]:
        raise LinkExpired
    return Printed.from_json(named)


def write_printed(session: Session, printed: Printed, file: IO[bytes], *, now: dt.datetime) -> None:
    """Write the PDF. Raises NotFound for a bill that isn't the shop's."""
    if printed.kind is PrintedKind.BILLS:
        write_bills(session, _bills(session, printed), file)
        return
    if printed.start is None or printed.end is None:
        raise NotFound(kind="files", id=None)
    retailer = parties.get_retailer(session, RetailerId(printed.retailer_id))
    statement = credit.statement(session, printed.retailer_id, start=printed.start, end=printed.end)
    write_statement(
        statement,
        file,
        name=retailer.shop_name,
        place=place_of(retailer),
        made_at=now,
        language=printed.language,
    )


def _bills(session: Session, printed: Printed) -> list[Invoice]:
    theirs = select(Invoice).where(
        Invoice.id.in_(printed.invoice_ids), Invoice.retailer_id == printed.retailer_id
    )
    found = list(session.scalars(theirs.order_by(Invoice.id)))
    if not found:
        raise NotFound(kind="files", id=None)
    return found


def _signature(said: bytes, secret: str) -> bytes:
    key = hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, said, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
