"""Sign in, stay signed in, sign out: sessions that rotate with each refresh, and guessing that gets slower and slower.

Times here are the machine's, not the business clock's: moving the business clock must not sign anybody in or out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.parties.errors import SignInRefused
from core.parties.models import Retailer, User, Vendor
from core.parties.phones import find_phone
from core.parties.service.users import acts_for_active_party, authenticate, end_sign_ins
from core.parties.sign_in_models import EndReason, SignIn, SignInFailures

ANYWHERE = ""
FORGOTTEN_AFTER = dt.timedelta(hours=1)
LONGEST_WAIT = dt.timedelta(minutes=15)
# An address that signed in as this user within this time is the owner's and does not wait for others' failures.
KNOWN_FOR = dt.timedelta(days=90)
LONGEST_DEVICE = 200


class SignInSlowed(DomainError):
    """Too many wrong passwords from here: wait for `retry_after_seconds`."""

    code = "sign_in_slowed"


class SignInEnded(DomainError):
    """The sign-in has ended, has run out, or its token was used before: sign in again."""

    code = "sign_in_ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInDelay:
    """How many failures are free, and the wait after the next one; it doubles with each, up to 15 minutes."""

    free: int
    first_wait: dt.timedelta

    def wait_after(self, failures: int) -> dt.timedelta:
        if failures < self.free:
            return dt.timedelta()
        doublings = min(failures - self.free, 20)
        return min(self.first_wait * (1 << doublings), LONGEST_WAIT)

    def left(self, tried: SignInFailures, now: dt.datetime) -> dt.timedelta:
        """What is still to wait. *now* may lie before the last failure, of which this attempt waited for the end."""
        wait = self.wait_after(tried.failures)
        return tried.last_at + wait - now if wait else wait


PER_ADDRESS = SignInDelay(free=5, first_wait=dt.timedelta(seconds=5))
# Many addresses that guess one name together are slowed as well, but never an address that the owner uses.
PER_NAME = SignInDelay(free=50, first_wait=dt.timedelta(seconds=10))


def sign_in(
    session: Session,
    *,
    name: str,
    password: str,
    address: str,
    device: str,
    lasts: dt.timedelta,
    now: dt.datetime,
) -> SignIn | SignInRefused | SignInSlowed:
    """A new session for the user with this e-mail or phone, or why not.

    A refusal is returned and not raised, because the failure must be counted: commit it. Guesses for one name from
    one address wait for each other, so that many at once are counted like many in a row.
    """
    name_hash = _name_hash(name)
    here = _lock_failures(session, name_hash, address, now=now)
    everywhere = _lock_failures(session, name_hash, ANYWHERE, now=now)
    wait = PER_ADDRESS.left(here, now)
    if not _is_known(session, name, address, now=now):
        wait = max(wait, PER_NAME.left(everywhere, now))
    if wait > dt.timedelta():
        return SignInSlowed(retry_after_seconds=int(wait.total_seconds()) + 1)
    try:
        user = authenticate(session, name=name, password=password)
    except SignInRefused as refused:
        for row in (here, everywhere):
            row.failures, row.last_at = row.failures + 1, now
        session.flush()
        return refused
    # Whoever deactivates the user or its vendor at this moment waits here, or has been first.
    session.refresh(user, with_for_update={"read": True})
    for party, party_id in ((Vendor, user.vendor_id), (Retailer, user.retailer_id)):
        if party_id:
            session.get(party, party_id, with_for_update={"read": True}, populate_existing=True)
    if not session.scalar(select(User.id).where(User.id == user.id, User.is_active, acts_for_active_party())):
        return SignInRefused()
    session.delete(here)
    signed_in = SignIn(
        user_id=user.id,
        generation=1,
        address=address,
        device=device[:LONGEST_DEVICE],
        started_at=now,
        refreshed_at=now,
        expires_at=now + lasts,
    )
    session.add(signed_in)
    session.flush()
    return signed_in


def find_signed_in(session: Session, sign_in_id: int, *, now: dt.datetime) -> tuple[SignIn, User] | None:
    """The session and its user, while both are good."""
    found = session.execute(
        select(SignIn, User)
        .join(User, User.id == SignIn.user_id)
        .where(
            SignIn.id == sign_in_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            User.is_active,
            acts_for_active_party(),
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def refresh(
    session: Session, sign_in_id: int, *, generation: int, lasts: dt.timedelta, now: dt.datetime
) -> tuple[SignIn, User] | SignInEnded:
    """The session in its next generation, or why not.

    A token used twice was stolen: the sign-in ends for both users of it. That is returned
    and not raised, so that it is committed.
    """
    row = session.get(SignIn, sign_in_id, with_for_update=True, populate_existing=True)
    may_go_on = select(User).where(
        User.id == (row.user_id if row else None), User.is_active, acts_for_active_party()
    )
    user = session.scalar(may_go_on)
    if row is None or user is None or row.ended_at or row.expires_at <= now:
        return SignInEnded()
    if generation != row.generation:
        _end(row, EndReason.TOKEN_REUSED, now=now)
        session.flush()
        return SignInEnded()
    row.generation += 1
    row.refreshed_at = now
    row.expires_at = now + lasts
    session.flush()
    return row, user


def sign_out(session: Session, sign_in_id: int, *, now: dt.datetime) -> None:
    row = session.get(SignIn, sign_in_id, with_for_update=True, populate_existing=True)
    if row is not None and row.ended_at is None:
        _end(row, EndReason.SIGNED_OUT, now=now)
        session.flush()


def end_other_sign_ins(session: Session, user_id: int, *, keep: int | None, now: dt.datetime) -> int:
    """After a new password: end every session of the user but *keep*. Returns how many."""
    return end_sign_ins(session, User.id == user_id, reason=EndReason.PASSWORD_CHANGED, now=now, keep=keep)


def delete_old(session: Session, *, before: dt.datetime) -> None:
    """Drop sessions that ran out and failures that happened before then."""
    session.execute(delete(SignIn).where(SignIn.expires_at < before))
    session.execute(delete(SignInFailures).where(SignInFailures.last_at < before))


def _end(row: SignIn, reason: EndReason, *, now: dt.datetime) -> None:
    row.ended_at, row.end_reason = now, reason


def _lock_failures(session: Session, name_hash: str, address: str, *, now: dt.datetime) -> SignInFailures:
    session.execute(
        insert(SignInFailures)
        .values(name_hash=name_hash, address=address, failures=0, last_at=now)
        .on_conflict_do_nothing()
    )
    row = session.get_one(SignInFailures, (name_hash, address), with_for_update=True, populate_existing=True)
    if row.last_at + FORGOTTEN_AFTER < now:
        row.failures = 0
    return row


def _is_known(session: Session, name: str, address: str, *, now: dt.datetime) -> bool:
    """Whether the user of this name has signed in from here before. One look, known name or not."""
    is_named = (func.lower(User.email) if "@" in name else User.phone) == _spelled(name)
    found = session.scalar(
        select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(is_named, SignIn.address == address, SignIn.started_at > now - KNOWN_FOR)
        .limit(1)
    )
    return found is not None


def _spelled(name: str) -> str:
    return name.strip().lower() if "@" in name else (find_phone(name) or name.strip())


def _name_hash(name: str) -> str:
    return hashlib.sha256(_spelled(name).encode()).hexdigest()
