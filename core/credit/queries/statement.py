"""Statements: every movement of a retailer's debt, or of what we owe a vendor, exact to the paisa."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.clock import KATHMANDU
from core.credit.kinds import LedgerAccountKind, PostingKind
from core.credit.models import Entry, LedgerAccount, Posting
from core.money import ZERO, Money, total


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementLine:
    """One posting. `facts` names the invoice or the payment; exactly one of debit and credit is more than nothing."""

    posting_id: int
    at: dt.datetime
    kind: PostingKind
    facts: dict[str, Any]
    debit: Money
    credit: Money
    balance: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """From *start* to *end*, both days included. What is paid ahead makes a retailer's balance negative."""

    start: dt.date
    end: dt.date
    opening: Money
    lines: tuple[StatementLine, ...]

    @property
    def closing(self) -> Money:
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def debits(self) -> Money:
        return total(line.debit for line in self.lines)

    @property
    def credits(self) -> Money:
        return total(line.credit for line in self.lines)


def statement(session: Session, retailer_id: int, *, start: dt.date, end: dt.date) -> Statement:
    """What the retailer bought and paid. Debits are what is owed more; shifts between own accounts are not shown."""
    kinds = (LedgerAccountKind.RECEIVABLE, LedgerAccountKind.CASH_DUE, LedgerAccountKind.PREPAYMENT)
    mine = LedgerAccount.kind.in_(kinds) & (LedgerAccount.retailer_id == retailer_id)
    return _statement(session, mine, start=start, end=end)


def vendor_statement(session: Session, vendor_id: int, *, start: dt.date, end: dt.date) -> Statement:
    """What we came to owe the vendor and what it received. The balance is negative while we owe it."""
    mine = (LedgerAccount.kind == LedgerAccountKind.PAYABLE) & (LedgerAccount.vendor_id == vendor_id)
    return _statement(session, mine, start=start, end=end)


def instants(start: dt.date, end: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Where the period begins, and the first instant after it, in Kathmandu's days."""
    return _first_instant(start), _first_instant(end + dt.timedelta(days=1))


def _statement(session: Session, mine: ColumnElement[bool], *, start: dt.date, end: dt.date) -> Statement:
    account_ids = list(session.scalars(select(LedgerAccount.id).where(mine)))
    opening = _sum_before(session, account_ids, _first_instant(start))
    balance = opening
    lines = []
    for posting, moved in _postings(session, account_ids, start, end):
        balance += moved
        lines.append(
            StatementLine(
                posting_id=posting.id,
                at=posting.at,
                kind=posting.kind,
                facts=posting.memo,
                debit=max(moved, ZERO),
                credit=max(-moved, ZERO),
                balance=balance,
            )
        )
    return Statement(start=start, end=end, opening=opening, lines=tuple(lines))


def _postings(
    session: Session, account_ids: Sequence[int], start: dt.date, end: dt.date
) -> list[tuple[Posting, Money]]:
    moved = func.sum(Entry.amount_minor)
    first, after = instants(start, end)
    rows = session.execute(
        select(Posting, moved)
        .join(Entry, Entry.posting_id == Posting.id)
        .where(
            Entry.account_id.in_(account_ids),
            Posting.at >= first,
            Posting.at < after,
        )
        .group_by(Posting.id)
        .having(moved != 0)
        .order_by(Posting.at, Posting.id)
    )
    return [(posting, Money(int(amount))) for posting, amount in rows]


def _sum_before(session: Session, account_ids: Sequence[int], instant: dt.datetime) -> Money:
    found = session.scalar(
        select(func.sum(Entry.amount_minor))
        .join(Posting, Posting.id == Entry.posting_id)
        .where(Entry.account_id.in_(account_ids), Posting.at < instant)
    )
    return Money(int(found or 0))


def _first_instant(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), KATHMANDU)
