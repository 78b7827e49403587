"""A retailer's credit accounts: the limit on the platform, limits with single vendors, and the lock on all its money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.audit.service import record_action
from core.credit.errors import AccountOpenAlready, AmountNotPositive
from core.credit.models import CreditAccount
from core.credit.queries.balances import open_invoices
from core.db.locks import LockRank, find_held, lock_found
from core.errors import ChangedMeanwhile, NotAllowed
from core.money import ZERO, Money, total
from core.parties.queries import get_retailer
from core.refs import RetailerId


def open_account(
    session: Session, retailer_id: int, *, limit: Money, actor: Actor, now: dt.datetime
) -> CreditAccount:
    """Give a retailer a credit limit. Idempotent for the same limit; raises AccountOpenAlready for another, NotAllowed."""
    account = lock_account(session, retailer_id, now=now)
    if account.limit_minor not in {0, limit.minor}:
        raise AccountOpenAlready(retailer_id=retailer_id, limit=Money(account.limit_minor))
    _set_limit(session, account, limit, action="credit_account_opened", reason=None, actor=actor, now=now)
    return account


def change_limit(
    session: Session,
    retailer_id: int,
    *,
    limit: Money,
    reason: str,
    seen: Money | None = None,
    actor: Actor,
    now: dt.datetime,
) -> CreditAccount:
    """Set another limit. Below the exposure it only stops new holds. Raises NotAllowed, NotFound, AmountNotPositive.

    Raises ChangedMeanwhile if the limit isn't any more the one that was *seen*.
    """
    account = lock_account(session, retailer_id, now=now)
    if seen is not None and account.limit_minor != seen.minor:
        raise ChangedMeanwhile(retailer_id=retailer_id)
    _set_limit(session, account, limit, action="credit_limit_changed", reason=reason, actor=actor, now=now)
    return account


def limit_with_vendor(
    session: Session,
    retailer_id: int,
    vendor_id: int,
    *,
    limit: Money,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> CreditAccount:
    """Limit what the retailer may owe for one vendor's goods, within its limit on the platform.

    It starts with what is already owed for them, and applies to orders that the vendor accepts from now on.
    """
    lock_account(session, retailer_id, now=now)
    account = vendor_accounts(session, retailer_id).get(vendor_id)
    if account is None:
        owed = [
            one for one in open_invoices(session, retailer_id) if one.on_credit and one.vendor_id == vendor_id
        ]
        account = CreditAccount(
            retailer_id=retailer_id,
            vendor_id=vendor_id,
            limit_minor=0,
            posted_minor=total(one.outstanding for one in owed).minor,
            held_minor=0,
            updated_at=now,
        )
        session.add(account)
        session.flush()
    _set_limit(session, account, limit, action="credit_limit_changed", reason=reason, actor=actor, now=now)
    return account


def lock_account(session: Session, retailer_id: int, *, now: dt.datetime) -> CreditAccount:
    """The retailer's account on the platform, locked, and with it all of the retailer's money.

    A retailer without credit gets an account with a limit of zero, because cash needs the lock as well. Raises NotFound.
    """
    account = lock_account_if_any(session, retailer_id)
    if account is None:
        get_retailer(session, RetailerId(retailer_id))
        session.execute(
            insert(CreditAccount)
            .values(retailer_id=retailer_id, limit_minor=0, posted_minor=0, held_minor=0, updated_at=now)
            .on_conflict_do_nothing()
        )
        account = lock_account_if_any(session, retailer_id)
    if account is None:
        raise AssertionError("an account that was opened is there")
    return account


def lock_account_if_any(session: Session, retailer_id: int) -> CreditAccount | None:
    """As `lock_account`, without opening one."""
    # The lock reads the row afresh, which must not undo changes that are not written yet.
    session.flush()
    if held := find_held(session, CreditAccount, lambda account: _is_platforms(account, retailer_id)):
        return held
    wanted = select(CreditAccount).where(
        CreditAccount.retailer_id == retailer_id, CreditAccount.vendor_id.is_(None)
    )
    return lock_found(session, wanted, LockRank.CREDIT_ACCOUNT)


def lock_accounts(session: Session, retailer_ids: Collection[int], *, now: dt.datetime) -> None:
    """Lock the accounts of several retailers before the first of them is changed, in the order of their ids."""
    known = {retailer_id: find_account_id(session, retailer_id) for retailer_id in retailer_ids}
    # One that does not exist yet gets the highest id.
    for retailer_id in sorted(retailer_ids, key=lambda one: (known[one] is None, known[one] or 0)):
        lock_account(session, retailer_id, now=now)


def find_account_id(session: Session, retailer_id: int) -> int | None:
    return session.scalar(_account_id(retailer_id))


def vendor_accounts(session: Session, retailer_id: int) -> dict[int, CreditAccount]:
    """The accounts with single vendors, by vendor. They change only under the lock of the account on the platform."""
    accounts = select(CreditAccount).where(
        CreditAccount.retailer_id == retailer_id, CreditAccount.vendor_id.is_not(None)
    )
    rows = session.scalars(accounts.execution_options(populate_existing=True))
    return {account.vendor_id: account for account in rows if account.vendor_id is not None}


def is_locked(session: Session, retailer_id: int) -> bool:
    """Whether the retailer's money is locked already: nobody else can have changed what is read of it now."""
    return find_held(session, CreditAccount, lambda account: _is_platforms(account, retailer_id)) is not None


def _is_platforms(account: CreditAccount, retailer_id: int) -> bool:
    return account.retailer_id == retailer_id and account.vendor_id is None


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
