"""Who may sign in, by e-mail or phone and password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.audit.service import record_action
from core.db.constraints import refusals
from core.errors import NotAllowed
from core.parties import passwords, queries
from core.parties.demo_logins import DEMO_LOGINS
from core.parties.errors import (
    PasswordTooCommon,
    PasswordTooShort,
    PhoneNotUnderstood,
    SignInRefused,
    UserNameMissing,
)
from core.parties.models import Retailer, Role, User, Vendor
from core.parties.phones import find_phone
from core.parties.sign_in_models import EndReason, SignIn
from core.refs import RetailerId, UserId, VendorId


def create_user(
    session: Session,
    *,
    role: Role,
    name: str,
    password: str,
    actor: Actor,
    now: dt.datetime,
    email: str | None = None,
    phone: str | None = None,
    retailer_id: RetailerId | None = None,
    vendor_id: VendorId | None = None,
) -> User:
    """Somebody new who can sign in. Only an admin or a command makes admins.

    Raises NotAllowed, PasswordTooShort, PasswordTooCommon, PhoneNotUnderstood, UserNameTaken.
    """
    if role is Role.ADMIN and actor.kind not in (ActorKind.ADMIN, ActorKind.SYSTEM):
        raise NotAllowed(role=role)
    user = User(
        email=email.strip() if email else None,
        phone=_dialable(phone) if phone else None,
        name=name,
        password_hash=_hash_of(password, names=(name, email or "", phone or "")),
        role=role,
        retailer_id=retailer_id,
        vendor_id=vendor_id,
        created_at=now,
    )
    with refusals(session):
        session.add(user)
    _audit(session, "user_created", user, actor=actor, now=now)
    return user


def rename_user(
    session: Session,
    user_id: UserId,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    actor: Actor,
    now: dt.datetime,
) -> User:
    """Change how a user is called and signs in. Raises PhoneNotUnderstood, UserNameTaken, UserNameMissing."""
    if not email and not phone:
        raise UserNameMissing
    user = queries.get_user(session, user_id)
    dialable = _dialable(phone) if phone else None
    with refusals(session):
        user.name, user.email, user.phone = name, email.strip() if email else None, dialable
    _audit(session, "user_renamed", user, actor=actor, now=now)
    return user


def authenticate(session: Session, *, name: str, password: str) -> User:
    """The active user with this e-mail or phone and password. Raises SignInRefused, after the same work in every case."""
    user = _find_by_name(session, name)
    if user is not None and not session.scalar(
        select(User.id).where(User.id == user.id, acts_for_active_party())
    ):
        user = None
    is_right = passwords.is_password(password, user.password_hash if user else passwords.NOBODYS_HASH)
    if user is None or not is_right or not user.is_active:
        raise SignInRefused
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
        session.flush()
    return user


def acts_for_active_party() -> ColumnElement[bool]:
    """Of a user: its shop or vendor is not deactivated, or it has none."""
    return and_(
        or_(
            User.retailer_id.is_(None),
            select(Retailer.id).where(Retailer.id == User.retailer_id, Retailer.is_active).exists(),
        ),
        or_(
            User.vendor_id.is_(None),
            select(Vendor.id).where(Vendor.id == User.vendor_id, Vendor.is_active).exists(),
        ),
    )


def change_password(
    session: Session, user_id: UserId, *, password: str, actor: Actor, now: dt.datetime
) -> User:
    """Raises PasswordTooShort, PasswordTooCommon."""
    user = queries.get_user(session, user_id)
    names = (user.name, user.email or "", user.phone or "")
    user.password_hash = _hash_of(password, names=names)
    session.flush()
    _audit(session, "password_changed", user, actor=actor, now=now)
    return user


def activate_user(session: Session, user_id: UserId, *, actor: Actor, now: dt.datetime) -> User:
    user = queries.get_user(session, user_id)
    if not user.is_active:
        user.is_active = True
        session.flush()
        _audit(session, "user_activated", user, actor=actor, now=now)
    return user


def deactivate_user(session: Session, user_id: UserId, *, actor: Actor, now: dt.datetime) -> User:
    """The user can no longer sign in, and every sign-in ends for good. What they did stays theirs."""
    user = queries.get_user(session, user_id)
    if user.is_active:
        user.is_active = False
        # First the user's row: a sign-in at the same moment holds it, and is ended with the others.
        session.flush()
        end_sign_ins(session, User.id == user.id, reason=EndReason.DEACTIVATED, now=now)
        _audit(session, "user_deactivated", user, actor=actor, now=now)
    return user


def end_sign_ins(
    session: Session,
    of_users: ColumnElement[bool],
    *,
    reason: EndReason,
    now: dt.datetime,
    keep: int | None = None,
) -> int:
    """End, for ever, every sign-in of these users but *keep*. Returns how many."""
    ended = session.scalars(
        update(SignIn)
        .where(
            SignIn.user_id.in_(select(User.id).where(of_users)),
            SignIn.ended_at.is_(None),
            SignIn.id != (keep or 0),
        )
        .values(ended_at=now, end_reason=reason)
        .returning(SignIn.id)
    ).all()
    return len(ended)


def _find_by_name(session: Session, name: str) -> User | None:
    """Both ways of asking are one indexed look, so that they take the same time."""
    if "@" in name:
        return session.scalar(select(User).where(func.lower(User.email) == name.strip().lower()))
    return session.scalar(select(User).where(User.phone == (find_phone(name) or "")))


def _dialable(phone: str) -> str:
    found = find_phone(phone)
    if found is None:
        raise PhoneNotUnderstood(phone=phone)
    return found


def _hash_of(password: str, *, names: Sequence[str]) -> str:
    if len(password) < passwords.MINIMUM_LENGTH:
        raise PasswordTooShort(minimum=passwords.MINIMUM_LENGTH)
    # The demo's own pairs are published; production does not start while one of them works.
    is_demo = any(DEMO_LOGINS.get(name.lower()) == password for name in names)
    if not is_demo and passwords.is_common(password, names=names):
        raise PasswordTooCommon
    return passwords.hash_password(password)


def _audit(session: Session, action: str, user: User, *, actor: Actor, now: dt.datetime) -> None:
    record_action(session, action, subject_kind="user", subject_id=user.id, actor=actor, now=now)
