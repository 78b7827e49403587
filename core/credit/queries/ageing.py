"""How old the open debts are, or were at the end of a past day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from core.credit import policy
from core.credit.models import Entry, Invoice, LedgerAccount, OpenDebt, Posting
from core.credit.policy import Bucket
from core.credit.queries.statement import instants
from core.money import ZERO, Money, total


@dataclass(frozen=True, kw_only=True, slots=True)
class Ageing:
    retailer_id: int
    buckets: dict[Bucket, Money]
    oldest_days_past_due: int

    @property
    def total(self) -> Money:
        return total(self.buckets.values())


def ageing(session: Session, retailer_id: int | None, *, on: dt.date) -> list[Ageing]:
    """What one retailer, or each that owed something, owed when the day ended, by days past due; the oldest debt first."""
    sums: dict[int, dict[Bucket, Money]] = defaultdict(lambda: dict.fromkeys(Bucket, ZERO))
    oldest: dict[int, int] = defaultdict(int)
    for owner, due_on, owed in session.execute(_owed_on(on, retailer_id)):
        days = policy.days_past_due(due_on, on)
        sums[owner][policy.bucket(days)] += Money(int(owed))
        oldest[owner] = max(oldest[owner], days)
    return sorted(
        (
            Ageing(retailer_id=owner, buckets=buckets, oldest_days_past_due=oldest[owner])
            for owner, buckets in sums.items()
        ),
        key=lambda one: (-one.oldest_days_past_due, one.retailer_id),
    )


def _owed_on(day: dt.date, retailer_id: int | None) -> Select[int, dt.date, int]:
    """Retailer, due day and debt of each invoice that was open when *day* ended.

    What is open now less what has been posted since: it takes as long as that is much, whatever the history.
    """
    _, after = instants(day, day)
    now_open = select(OpenDebt.invoice_id, OpenDebt.amount_minor)
    since = (
        select(Entry.invoice_id, -Entry.amount_minor)
        .join(Posting, Posting.id == Entry.posting_id)
        .where(Posting.at >= after, Entry.invoice_id.is_not(None))
    )
    if retailer_id is not None:
        now_open = now_open.where(OpenDebt.retailer_id == retailer_id)
        theirs = (LedgerAccount.id == Entry.account_id) & (LedgerAccount.retailer_id == retailer_id)
        since = since.join(LedgerAccount, theirs)
    moved = union_all(now_open, since).subquery()
    owed = func.sum(moved.c.amount_minor)
    return (
        select(Invoice.retailer_id, Invoice.due_on, owed)
        .join(moved, moved.c.invoice_id == Invoice.id)
        .group_by(Invoice.id)
        .having(owed > 0)
    )
