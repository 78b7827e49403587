"""Signing in and out, refreshing tokens, changing the password. There is no registration: admins create users."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Literal, Self

from flask import Blueprint
from pydantic import Field, model_validator

from admin_api.endpoints import EVERYBODY, Call, endpoint, wiring
from admin_api.fields import Email, Given, Phone, RowId, Secret, View
from admin_api.signing_in import room_for_password, sign_in_with_password, slow_guessing
from admin_api.tokens import ACCESS_LASTS, TokenRefused
from core.clock import system_now
from core.errors import DomainError
from core.parties.models import Role, User
from core.parties.service import authenticate, change_password, sign_ins
from core.parties.sign_in_models import SignIn
from core.refs import UserId

blueprint = Blueprint("api_auth", __name__)


class SignInGiven(Given):
    """The e-mail or the phone, and the password."""

    email: Email | None = None
    phone: Phone | None = None
    password: Secret = Field(examples=["correct horse battery"])

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.email is None) == (self.phone is None):
            raise ValueError("give either an e-mail or a phone")
        return self


class RefreshGiven(Given):
    refresh_token: str = Field(min_length=1, max_length=2000)


class PasswordGiven(Given):
    current_password: Secret
    new_password: Secret


class UserView(View):
    id: RowId
    email: str | None
    phone: str | None
    name: str
    role: Role
    is_active: bool
    retailer_id: int | None
    vendor_id: int | None
    created_at: dt.datetime


class TokensView(View):
    """`expires_in` is the access token's lifetime in seconds. The refresh token works once, for the next pair."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a kind, not a secret
    expires_in: int
    refresh_token: str
    refresh_expires_at: dt.datetime
    user: UserView


def user_view(user: User) -> UserView:
    return UserView(
        id=user.id,
        email=user.email,
        phone=user.phone,
        name=user.name,
        role=user.role,
        is_active=user.is_active,
        retailer_id=user.retailer_id,
        vendor_id=user.vendor_id,
        created_at=user.created_at,
    )


@blueprint.post("/auth/login")
@endpoint(
    tag="auth",
    roles=None,
    answer=TokensView,
    body=SignInGiven,
    refusals=[HTTPStatus.UNAUTHORIZED],
    has_own_budget=True,
)
def login(call: Call, body: SignInGiven) -> TokensView | DomainError:
    """Sign in by e-mail or phone. Wrong passwords slow down further attempts, by address and by name."""
    now = system_now()
    name = body.email or body.phone or ""
    found = sign_in_with_password(call.session, name=name, password=body.password, now=now)
    if not isinstance(found, SignIn):
        return found
    return _tokens(found, call.session.get_one(User, found.user_id), now=now)


@blueprint.post("/auth/refresh")
@endpoint(
    tag="auth",
    roles=None,
    answer=TokensView,
    body=RefreshGiven,
    refusals=[HTTPStatus.UNAUTHORIZED],
    has_own_budget=True,
)
def refresh(call: Call, body: RefreshGiven) -> TokensView | DomainError:
    """Get the next pair of tokens. Using a refresh token twice ends the sign-in for everybody who holds it."""
    slow_guessing(body.refresh_token)
    now = system_now()
    try:
        claims = wiring().tokens.read_refresh(body.refresh_token)
    except TokenRefused:
        return sign_ins.SignInEnded()
    lasts = wiring().settings.jwt_expires_in
    found = sign_ins.refresh(
        call.session, claims.sign_in_id, generation=claims.generation, lasts=lasts, now=now
    )
    if isinstance(found, DomainError):
        return found
    return _tokens(*found, now=now)


@blueprint.post("/auth/logout")
@endpoint(tag="auth", roles=EVERYBODY)
def logout(call: Call) -> None:
    """End this sign-in. Its access and refresh tokens stop working at once."""
    sign_ins.sign_out(call.session, call.sign_in_id or 0, now=system_now())


@blueprint.get("/auth/me")
@endpoint(tag="auth", roles=EVERYBODY, answer=UserView)
def me(call: Call) -> UserView:
    """Who is signed in."""
    return user_view(call.signed_in)


@blueprint.put("/auth/password")
@endpoint(tag="auth", roles=EVERYBODY, body=PasswordGiven)
def put_password(call: Call, body: PasswordGiven) -> None:
    """Change your password. All your other sign-ins end."""
    user = call.signed_in
    name = user.email or user.phone or ""
    slow_guessing(name)
    with room_for_password():
        authenticate(call.session, name=name, password=body.current_password)
        change_password(
            call.session, UserId(user.id), password=body.new_password, actor=call.actor, now=call.now
        )
    sign_ins.end_other_sign_ins(call.session, user.id, keep=call.sign_in_id, now=system_now())


def _tokens(sign_in: SignIn, user: User, *, now: dt.datetime) -> TokensView:
    tokens = wiring().tokens
    return TokensView(
        access_token=tokens.access(sign_in, user.role, now=now),
        expires_in=int(ACCESS_LASTS.total_seconds()),
        refresh_token=tokens.refresh(sign_in, now=now),
        refresh_expires_at=sign_in.expires_at,
        user=user_view(user),
    )
