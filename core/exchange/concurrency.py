"""How many files are read at once: one for each party, and a few in all.

Reading a file takes a processor for seconds. The locks are advisory and end with the transaction.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import DomainError

MOST_AT_ONCE: Final = 3
TRY_AGAIN_SECONDS: Final = 10


class ImportBusy(DomainError):
    """A file of yours, or as many as can be, are being read: send it again in `retry_after_seconds`."""

    code = "import_busy"


def take_slot(session: Session, *, actor: Actor) -> None:
    """Go on as the only reader of this party's files. Raises ImportBusy."""
    party = f"vendor:{actor.vendor_id}" if actor.vendor_id else actor.label
    if not _lock(session, f"import of {party}"):
        raise ImportBusy(retry_after_seconds=TRY_AGAIN_SECONDS)
    if not any(_lock(session, f"import slot {number}") for number in range(MOST_AT_ONCE)):
        raise ImportBusy(retry_after_seconds=TRY_AGAIN_SECONDS)


def _lock(session: Session, name: str) -> bool:
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))))
