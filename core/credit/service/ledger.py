"""The double-entry ledger: balanced postings, once per key, never changed; and the cached debt that follows them.

Debit is positive. Nothing else writes postings, entries, or `credit_accounts.posted_minor`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.credit.errors import IdempotencyKeyReused, PostingReversed
from core.credit.kinds import LedgerAccountKind, PaymentMethod, PostingKind
from core.credit.models import CreditAccount, Entry, Invoice, LedgerAccount, Posting
from core.credit.service.accounts import lock_account, vendor_accounts
from core.db.constraints import refusals
from core.errors import NotFound
from core.money import Money, total


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountKey:
    """Names one account of the ledger; its row is made when the first entry needs it."""

    kind: LedgerAccountKind
    retailer_id: int | None = None
    vendor_id: int | None = None
    label: str | None = None


def receivable(retailer_id: int) -> AccountKey:
    return AccountKey(kind=LedgerAccountKind.RECEIVABLE, retailer_id=retailer_id)


def cash_due(retailer_id: int) -> AccountKey:
    return AccountKey(kind=LedgerAccountKind.CASH_DUE, retailer_id=retailer_id)


def prepayment(retailer_id: int) -> AccountKey:
    return AccountKey(kind=LedgerAccountKind.PREPAYMENT, retailer_id=retailer_id)


def payable(vendor_id: int) -> AccountKey:
    return AccountKey(kind=LedgerAccountKind.PAYABLE, vendor_id=vendor_id)


def bank(method: PaymentMethod) -> AccountKey:
    return AccountKey(kind=LedgerAccountKind.BANK, label=method)


def debt(retailer_id: int, *, on_credit: bool) -> AccountKey:
    """Where an invoice of this retailer is owed."""
    return receivable(retailer_id) if on_credit else cash_due(retailer_id)


COMMISSION = AccountKey(kind=LedgerAccountKind.COMMISSION)
ADJUSTMENT = AccountKey(kind=LedgerAccountKind.ADJUSTMENT)


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryDraft:
    """One entry to be: debit positive, credit negative."""

    account: AccountKey
    amount: Money
    invoice_id: int | None = None


def debit(account: AccountKey, amount: Money, invoice_id: int | None = None) -> EntryDraft:
    return EntryDraft(account=account, amount=amount, invoice_id=invoice_id)


def credit(account: AccountKey, amount: Money, invoice_id: int | None = None) -> EntryDraft:
    return EntryDraft(account=account, amount=-amount, invoice_id=invoice_id)


def post(
    session: Session,
    key: str,
    *,
    kind: PostingKind,
    lines: Iterable[EntryDraft],
    memo: dict[str, Any],
    actor: Actor,
    now: dt.datetime,
    approved_by: Actor | None = None,
    reverses_id: int | None = None,
) -> int:
    """Write one balanced posting and return its id; the same key again returns the first posting's id.

    Lines of zero are dropped. Locks the credit accounts of the retailers whose debt moves, and moves their cache.
    Raises IdempotencyKeyReused when the key stands for other entries. Whether the entries balance is the database's
    check, made at commit: unbalanced ones are a programming error.
    """
    drafts = [line for line in lines if line.amount]
    debts = _debts_by_retailer(drafts)
    accounts = {retailer_id: lock_account(session, retailer_id, now=now) for retailer_id in sorted(debts)}

    posting_id: int | None = session.scalar(
        insert(Posting)
        .values(
            idempotency_key=key,
            kind=kind,
            reverses_id=reverses_id,
            memo=memo,
            actor=actor.label,
            approved_by=approved_by.label if approved_by else None,
            at=now,
        )
        .on_conflict_do_nothing(index_elements=[Posting.idempotency_key])
        .returning(Posting.id)
    )
    account_ids = _account_ids(session, {line.account for line in drafts})
    if posting_id is None:
        return _posted_before(session, key, kind, [(account_ids[line.account], line) for line in drafts])

    session.add_all(
        Entry(
            posting_id=posting_id,
            account_id=account_ids[line.account],
            amount_minor=line.amount.minor,
            invoice_id=line.invoice_id,
        )
        for line in drafts
    )
    session.flush()
    for retailer_id, account in accounts.items():
        _move_cache(session, account, debts[retailer_id], now=now)
    return posting_id


def reverse(
    session: Session,
    posting_id: int,
    *,
    key: str,
    reason: str,
    approver: Actor,
    now: dt.datetime,
) -> int:
    """Undo a posting by its mirror image; a posting is reversed once. Raises NotFound, PostingReversed.

    For postings on which no later one rests: write-offs and settlements.
    """
    posting = session.get(Posting, posting_id)
    if posting is None:
        raise NotFound(kind="postings", id=posting_id)
    other = session.scalar(select(Posting.idempotency_key).where(Posting.reverses_id == posting_id))
    if other not in {None, key} or posting.kind not in _REVERSIBLE:
        raise PostingReversed(posting_id=posting_id, kind=posting.kind)
    # Somebody else may reverse it at the same moment: the database lets one.
    with refusals(session, posting_id=posting_id, kind=posting.kind):
        return post(
            session,
            key,
            kind=PostingKind.REVERSAL,
            lines=[
                EntryDraft(account=account, amount=-Money(entry.amount_minor), invoice_id=entry.invoice_id)
                for entry, account in _entries_of(session, posting_id)
            ],
            memo={**posting.memo, "reason": reason, "reverses": posting.idempotency_key},
            actor=approver,
            now=now,
            approved_by=approver,
            reverses_id=posting_id,
        )


_REVERSIBLE = {PostingKind.WRITE_OFF, PostingKind.SETTLEMENT}


def _debts_by_retailer(lines: Iterable[EntryDraft]) -> dict[int, list[EntryDraft]]:
    """The lines that move what a retailer owes on credit."""
    debts: dict[int, list[EntryDraft]] = defaultdict(list)
    for line in lines:
        if line.account.kind is LedgerAccountKind.RECEIVABLE and line.account.retailer_id is not None:
            debts[line.account.retailer_id].append(line)
    return debts


def _move_cache(
    session: Session, account: CreditAccount, lines: list[EntryDraft], *, now: dt.datetime
) -> None:
    """Let the cached debt follow its entries, on the platform's account and on those with single vendors."""
    account.posted_minor += total(line.amount for line in lines).minor
    account.updated_at = now
    if pairs := vendor_accounts(session, account.retailer_id):
        ids = [line.invoice_id for line in lines]
        invoices = {row.id: row for row in session.scalars(select(Invoice).where(Invoice.id.in_(ids)))}
        for line in lines:
            invoice = invoices.get(line.invoice_id or 0)
            if invoice is not None and (pair := pairs.get(invoice.vendor_id)):
                pair.posted_minor += line.amount.minor
                pair.updated_at = now
    session.flush()


def _posted_before(
    session: Session, key: str, kind: PostingKind, wanted: Sequence[tuple[int, EntryDraft]]
) -> int:
    posting = session.scalars(select(Posting).where(Posting.idempotency_key == key)).one()
    entries = session.execute(
        select(Entry.account_id, Entry.amount_minor, Entry.invoice_id).where(Entry.posting_id == posting.id)
    )
    before = sorted(map(repr, (tuple(entry) for entry in entries)))
    again = sorted(repr((account_id, line.amount.minor, line.invoice_id)) for account_id, line in wanted)
    if posting.kind is not kind or before != again:
        raise IdempotencyKeyReused(key=key)
    return posting.id


def _entries_of(session: Session, posting_id: int) -> list[tuple[Entry, AccountKey]]:
    rows = session.execute(
        select(Entry, LedgerAccount)
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(Entry.posting_id == posting_id)
        .order_by(Entry.id)
    )
    return [
        (
            entry,
            AccountKey(kind=row.kind, retailer_id=row.retailer_id, vendor_id=row.vendor_id, label=row.label),
        )
        for entry, row in rows
    ]


def _account_ids(session: Session, accounts: set[AccountKey]) -> dict[AccountKey, int]:
    """The ids of the accounts, made where missing: two transactions that need a new one wait, in one order."""
    ids = {account: _find_account(session, account) for account in accounts}
    for account in sorted((account for account, found in ids.items() if found is None), key=repr):
        session.execute(
            insert(LedgerAccount)
            .values(
                kind=account.kind,
                retailer_id=account.retailer_id,
                vendor_id=account.vendor_id,
                label=account.label,
            )
            .on_conflict_do_nothing()
        )
        ids[account] = _find_account(session, account)
    return {account: found for account, found in ids.items() if found is not None}


def _find_account(session: Session, account: AccountKey) -> int | None:
    return session.scalar(
        select(LedgerAccount.id).where(
            LedgerAccount.kind == account.kind,
            LedgerAccount.retailer_id.is_not_distinct_from(account.retailer_id),
            LedgerAccount.vendor_id.is_not_distinct_from(account.vendor_id),
            LedgerAccount.label.is_not_distinct_from(account.label),
        )
    )
