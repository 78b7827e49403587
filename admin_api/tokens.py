"""Signed tokens: a short-lived access token, and a refresh token that yields the next pair once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import jwt

from admin_api.fields import LARGEST_ID
from core.parties.models import Role
from core.parties.sign_in_models import SignIn

ACCESS_LASTS = dt.timedelta(minutes=15)
ISSUER = "khaacho"
_ALGORITHM = "HS256"


class TokenRefused(Exception):
    """The token isn't ours, isn't of this kind, or has expired."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessClaims:
    user_id: int
    sign_in_id: int
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshClaims:
    sign_in_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads tokens with one secret. A valid token isn't enough: the endpoint also checks its sign-in."""

    secret: str

    def access(self, sign_in: SignIn, role: Role, *, now: dt.datetime) -> str:
        facts = {"typ": "access", "sub": str(sign_in.user_id), "sid": sign_in.id, "role": role}
        return self._sign(facts, now=now, expires_at=now + ACCESS_LASTS)

    def refresh(self, sign_in: SignIn, *, now: dt.datetime) -> str:
        facts = {
            "typ": "refresh",
            "sub": str(sign_in.user_id),
            "sid": sign_in.id,
            "gen": sign_in.generation,
        }
        return self._sign(facts, now=now, expires_at=sign_in.expires_at)

    def read_access(self, token: str) -> AccessClaims:
        """Raises TokenRefused."""
        claims = self._read(token, "access")
        try:
            return AccessClaims(
                user_id=_id(claims["sub"]), sign_in_id=_id(claims["sid"]), role=Role(claims["role"])
            )
        except (KeyError, TypeError, ValueError) as odd:
            raise TokenRefused from odd

    def read_refresh(self, token: str) -> RefreshClaims:
        """Raises TokenRefused."""
        claims = self._read(token, "refresh")
        try:
            return RefreshClaims(sign_in_id=_id(claims["sid"]), generation=int(claims["gen"]))
        except (KeyError, TypeError, ValueError) as odd:
            raise TokenRefused from odd

    def _sign(self, facts: dict[str, object], *, now: dt.datetime, expires_at: dt.datetime) -> str:
        return jwt.encode(
            {**facts, "iss": ISSUER, "iat": now, "exp": expires_at}, self.secret, algorithm=_ALGORITHM
        )

    def _read(self, token: str, kind: str) -> dict[str, str]:
        try:
            claims: dict[str, str] = jwt.decode(
                token,
                self.secret,
                algorithms=[_ALGORITHM],
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "iss"]},
            )
        except jwt.InvalidTokenError as refused:
            raise TokenRefused from refused
        if claims.get("typ") != kind:
            raise TokenRefused
        return claims


def _id(claim: str) -> int:
    """Raises ValueError for what no row of the database can have as its id."""
    row_id = int(claim)
    if not 1 <= row_id <= LARGEST_ID:
        raise ValueError("no row has this id")
    return row_id
