"""The panel's one cookie: which sign-in, the token of its forms, the language, and what the last action has to say.

Signed by Flask, read by no script, sent to /admin only. Whether the sign-in still holds is asked of the database each time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from flask import Flask, session

from core.config import Settings
from core.parties.models import Language

SAID = "said"
_SIGN_IN, _CSRF, _LANGUAGE = "sign_in", "csrf", "language"


def configure(app: Flask, settings: Settings) -> None:
    # A key of its own, made from the secret: what signs tokens doesn't sign cookies.
    app.secret_key = hmac.new(settings.jwt_secret.encode(), b"panel cookies", hashlib.sha256).hexdigest()
    app.config.update(
        SESSION_COOKIE_NAME="khaacho_panel",
        SESSION_COOKIE_PATH="/admin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_production,
        PERMANENT_SESSION_LIFETIME=settings.jwt_expires_in,
    )


def sign_in_id() -> int | None:
    found = session.get(_SIGN_IN)
    return found if isinstance(found, int) else None


def begin(sign_in: int) -> None:
    """After a sign-in: nothing stays of what the cookie held but the language."""
    kept = language()
    session.clear()
    session.permanent = True
    session[_SIGN_IN] = sign_in
    session[_LANGUAGE] = kept.value


def end() -> None:
    kept = language()
    session.clear()
    session[_LANGUAGE] = kept.value


def csrf_token() -> str:
    if _CSRF not in session:
        session[_CSRF] = secrets.token_urlsafe(24)
    return str(session[_CSRF])


def is_csrf_token(given: str) -> bool:
    return bool(given) and hmac.compare_digest(str(session.get(_CSRF, "")).encode(), given.encode())


def language() -> Language:
    try:
        return Language(session.get(_LANGUAGE, Language.ENGLISH))
    except ValueError:
        return Language.ENGLISH


def set_language(wanted: Language) -> None:
    session[_LANGUAGE] = wanted.value


def remember(said: dict[str, Any]) -> None:
    session[SAID] = said
