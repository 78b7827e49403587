"""What a vendor is owed: delivered − commission − returns − already received."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.credit.kinds import LedgerAccountKind, PostingKind
from core.credit.models import Entry, LedgerAccount, Posting
from core.credit.queries.statement import instants
from core.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """A vendor's movements in a period, and the balance at its end. Negative parts lower what the vendor is owed."""

    opening: Money  # what was owed before the period
    delivered: Money  # after commission
    commission: Money  # on those deliveries
    returned: Money
    received: Money  # taken from retailers, cash on delivery included
    paid: Money
    other: Money
    owed: Money  # everything since the beginning; negative when the vendor holds money of ours

    @property
    def gross(self) -> Money:
        """What was delivered, before commission."""
        return self.delivered + self.commission


def settlement(session: Session, vendor_id: int, *, start: dt.date, end: dt.date) -> Settlement:
    """From *start* to *end*, both days included."""
    first, after = instants(start, end)
    rows = session.execute(
        select(
            Posting.kind,
            -func.sum(Entry.amount_minor).filter(Posting.at >= first),
            -func.sum(Entry.amount_minor),
        )
        .join(Entry, Entry.posting_id == Posting.id)
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(
            LedgerAccount.kind == LedgerAccountKind.PAYABLE,
            LedgerAccount.vendor_id == vendor_id,
            Posting.at < after,
        )
        .group_by(Posting.kind)
    )
    moved: dict[PostingKind, int] = {}
    owed = 0
    for kind, in_period, ever in rows:
        moved[kind] = int(in_period or 0)
        owed += int(ever)
    named = {
        "delivered": moved.pop(PostingKind.DELIVERY, 0),
        "returned": moved.pop(PostingKind.CREDIT_NOTE, 0),
        "received": moved.pop(PostingKind.PAYMENT, 0),
        "paid": moved.pop(PostingKind.SETTLEMENT, 0),
    }
    other = sum(moved.values())
    return Settlement(
        opening=Money(owed - sum(named.values()) - other),
        **{name: Money(amount) for name, amount in named.items()},
        commission=_commission(session, vendor_id, first=first, after=after),
        other=Money(other),
        owed=Money(owed),
    )


def _commission(session: Session, vendor_id: int, *, first: dt.datetime, after: dt.datetime) -> Money:
    """Our share of this vendor's deliveries in the period."""
    of_vendor = (
        select(Entry.posting_id)
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .join(Posting, Posting.id == Entry.posting_id)
        .where(
            LedgerAccount.kind == LedgerAccountKind.PAYABLE,
            LedgerAccount.vendor_id == vendor_id,
            Posting.kind == PostingKind.DELIVERY,
            Posting.at >= first,
            Posting.at < after,
        )
    )
    taken = session.scalar(
        select(-func.sum(Entry.amount_minor))
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(LedgerAccount.kind == LedgerAccountKind.COMMISSION, Entry.posting_id.in_(of_vendor))
    )
    return Money(int(taken or 0))
