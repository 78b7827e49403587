"""A retailer's credit account: its limit, and the lock under which all of its money moves."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.audit.service import record_action
from core.credit.errors import AccountOpenAlready, AmountNotPositive
from core.credit.models import CreditAccount
from core.db.locks import LockRank, lock
from core.errors import NotAllowed
from core.money import ZERO, Money


def open_account(
    session: Session, retailer_id: int, *, limit: Money, actor: Actor, now: dt.datetime
) -> CreditAccount:
    """Give a retailer credit. Opening again with the same limit is boring; raises AccountOpenAlready with another."""
    account = lock_account(session, retailer_id, now=now)
    if account.limit_minor not in {0, limit.minor}:
        raise AccountOpenAlready(retailer_id=retailer_id, limit=Money(account.limit_minor))
    _set_limit(session, account, limit, action="credit_account_opened", reason=None, actor=actor, now=now)
    return account


def change_limit(
    session: Session, retailer_id: int, *, limit: Money, reason: str, actor: Actor, now: dt.datetime
) -> CreditAccount:
    """Set another limit; below the exposure it only stops new holds."""
    account = lock_account(session, retailer_id, now=now)
    _set_limit(session, account, limit, action="credit_limit_changed", reason=reason, actor=actor, now=now)
    return account


def lock_account(session: Session, retailer_id: int, *, now: dt.datetime) -> CreditAccount:
    """The retailer's account, locked. Who has no credit gets one with a limit of nothing: cash needs the lock as well."""
    account_id = find_account_id(session, retailer_id)
    if account_id is None:
        session.execute(
            insert(CreditAccount)
            .values(retailer_id=retailer_id, limit_minor=0, posted_minor=0, held_minor=0, updated_at=now)
            .on_conflict_do_nothing()
        )
        account_id = session.scalars(_account_id(retailer_id)).one()
    # The lock reads the row afresh, which must not undo changes that are not written yet.
    session.flush()
    return lock(session, CreditAccount, account_id, LockRank.CREDIT_ACCOUNT)


def find_account_id(session: Session, retailer_id: int) -> int | None:
    return session.scalar(_account_id(retailer_id))


def _account_id(retailer_id: int) -> Select[int]:
    return select(CreditAccount.id).where(
        CreditAccount.retailer_id == retailer_id, CreditAccount.vendor_id.is_(None)
    )


def _set_limit(
    session: Session,
    account: CreditAccount,
    limit: Money,
    *,
    action: str,
    reason: str | None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    if actor.kind not in {ActorKind.ADMIN, ActorKind.SYSTEM}:
        raise NotAllowed(actor=actor.label, action=action)
    if limit < ZERO:
        raise AmountNotPositive(amount=limit)
    if account.limit_minor == limit.minor:
        return
    record_action(
        session,
        action,
        subject_kind="credit_account",
        subject_id=account.id,
        before={"limit_minor": account.limit_minor},
        after={"limit_minor": limit.minor},
        reason=reason,
        actor=actor,
        now=now,
    )
    account.limit_minor = limit.minor
    account.updated_at = now
    session.flush()
