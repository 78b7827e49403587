"""How old the open debts are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.credit import policy
from core.credit.models import OpenDebt
from core.credit.policy import Bucket
from core.credit.queries.balances import open_debts
from core.money import ZERO, Money, total


@dataclass(frozen=True, kw_only=True, slots=True)
class Ageing:
    retailer_id: int
    buckets: dict[Bucket, Money]
    oldest_days_past_due: int

    @property
    def total(self) -> Money:
        return total(self.buckets.values())


def ageing(session: Session, retailer_id: int | None, *, today: dt.date) -> list[Ageing]:
    """The debts of one retailer, or of all that owe something, by days past due; the oldest debt first."""
    invoices = open_debts()
    if retailer_id is not None:
        invoices = invoices.where(OpenDebt.retailer_id == retailer_id)
    sums: dict[int, dict[Bucket, Money]] = defaultdict(lambda: dict.fromkeys(Bucket, ZERO))
    oldest: dict[int, int] = defaultdict(int)
    for invoice, owed in session.execute(invoices):
        days = policy.days_past_due(invoice.due_on, today)
        sums[invoice.retailer_id][policy.bucket(days)] += Money(owed)
        oldest[invoice.retailer_id] = max(oldest[invoice.retailer_id], days)
    return sorted(
        (
            Ageing(retailer_id=owner, buckets=buckets, oldest_days_past_due=oldest[owner])
            for owner, buckets in sums.items()
        ),
        key=lambda one: (-one.oldest_days_past_due, one.retailer_id),
    )
