"""The books of a phone's party, shown beside the chat: account, holds, latest postings, and whether they agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.credit import queries as credit
from core.credit.models import CreditAccount, Entry, LedgerAccount, Posting
from core.parties.models import ChannelAddress, Membership

_NEWEST = 12


def of_address(session: Session, address: str, *, now: dt.datetime) -> dict[str, Any]:
    """The books of the shop or wholesaler that the owner of *address* acts for; empty for an unknown address."""
    member = session.scalar(
        select(Membership)
        .join(ChannelAddress, ChannelAddress.contact_id == Membership.contact_id)
        .where(ChannelAddress.address == address)
        .order_by(Membership.id)
        .limit(1)
    )
    if member is None:
        return {"party": None}
    books = _postings(session, retailer_id=member.retailer_id, vendor_id=member.vendor_id)
    if member.retailer_id is None:
        return {"party": "vendor", **books}
    account = session.scalar(
        select(CreditAccount).where(
            CreditAccount.retailer_id == member.retailer_id, CreditAccount.vendor_id.is_(None)
        )
    )
    standing = credit.standing(session, member.retailer_id, now=now)
    return {
        "party": "retailer",
        "limit_minor": standing.limit.minor,
        "posted_minor": standing.posted.minor,
        "held_minor": standing.held.minor,
        "available_minor": standing.available.minor,
        "agrees": account is None or not credit.find_differences(session, account_ids=[account.id]),
        **books,
    }


def _postings(session: Session, *, retailer_id: int | None, vendor_id: int | None) -> dict[str, Any]:
    mine = LedgerAccount.retailer_id == retailer_id if retailer_id else LedgerAccount.vendor_id == vendor_id
    touched = select(Entry.posting_id).join(LedgerAccount, LedgerAccount.id == Entry.account_id).where(mine)
    postings = session.scalars(
        select(Posting).where(Posting.id.in_(touched)).order_by(Posting.id.desc()).limit(_NEWEST)
    ).all()
    rows = session.execute(
        select(Entry.posting_id, LedgerAccount.kind, Entry.amount_minor)
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(Entry.posting_id.in_([posting.id for posting in postings]))
        .order_by(Entry.id)
    ).all()
    return {
        "postings": [
            {
                "id": posting.id,
                "kind": posting.kind,
                "at": posting.at.isoformat(),
                "entries": [
                    {"account": kind, "amount_minor": amount}
                    for row_id, kind, amount in rows
                    if row_id == posting.id
                ],
            }
            for posting in postings
        ]
    }
