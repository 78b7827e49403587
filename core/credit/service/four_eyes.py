"""How much of a shop's debt one admin may give up alone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import start_of_business_day
from core.credit.errors import ApprovalNeeded
from core.credit.kinds import PostingKind
from core.credit.models import Entry, LedgerAccount, Posting
from core.credit.policy import CorrectionSettings
from core.money import Money
from core.settings.service import current


def check_alone(
    session: Session, retailer_id: int, amount: Money, *, approver: Actor, now: dt.datetime
) -> None:
    """Raise ApprovalNeeded above the limit. Small amounts of one day count together; ask under the retailer's lock."""
    most = Money(current(session, CorrectionSettings).values.alone_up_to_minor)
    given_up = _given_up_alone(session, retailer_id, approver, since=start_of_business_day(now))
    if given_up + amount > most:
        raise ApprovalNeeded(asked=amount, given_up_today=given_up, most=most)


def _given_up_alone(session: Session, retailer_id: int, approver: Actor, *, since: dt.datetime) -> Money:
    reversals = select(Posting.reverses_id).where(Posting.reverses_id.is_not(None), Posting.at >= since)
    lowered = session.scalar(
        select(func.sum(-Entry.amount_minor))
        .join(Posting, Posting.id == Entry.posting_id)
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(
            Posting.kind.in_([PostingKind.WRITE_OFF, PostingKind.ADJUSTMENT]),
            Posting.at >= since,
            Posting.actor == approver.label,
            Posting.approved_by == approver.label,
            Posting.id.not_in(reversals),
            LedgerAccount.retailer_id == retailer_id,
        )
    )
    return Money(int(lowered or 0))
