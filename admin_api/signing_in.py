"""Signing in with a password, for the API and the panel: slowed, counted, and without the demo's logins in public."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager

from flask import request
from sqlalchemy.orm import Session

from admin_api.endpoints import must_be_within, wiring
from core.config import is_from_this_machine
from core.errors import DomainError
from core.parties.demo_logins import DEMO_LOGINS
from core.parties.errors import SignInRefused
from core.parties.service import sign_ins
from core.parties.sign_in_models import SignIn


def slow_guessing(name: str) -> None:
    """Raise a 429 once this address has tried this name, or any names, too often."""
    must_be_within(wiring().limiter.of_sign_ins(request.remote_addr or "", name))


def sign_in_with_password(
    session: Session, *, name: str, password: str, now: dt.datetime
) -> SignIn | DomainError:
    """A new sign-in, or why not. Commit a refusal too, because it counts."""
    slow_guessing(name)
    is_private = wiring().settings.is_private and is_from_this_machine(request.host, request.headers.keys())
    if not is_private and password in DEMO_LOGINS.values():
        return SignInRefused()
    with room_for_password():
        return sign_ins.sign_in(
            session,
            name=name,
            password=password,
            address=request.remote_addr or "",
            device=request.headers.get("User-Agent", ""),
            lasts=wiring().settings.jwt_expires_in,
            now=now,
        )


def room_for_password() -> AbstractContextManager[None]:
    """Where a password is looked at or kept, which takes a core for 35 ms."""
    return wiring().rooms.passwords.hold(f"address {request.remote_addr}")
