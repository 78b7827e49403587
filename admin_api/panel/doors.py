"""The doors of the panel: who may enter, what a form must carry, one transaction for each request.

A page only shows. An action changes by one use case and sends back to the page it came from, with what has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, redirect, request
from werkzeug.datastructures import MultiDict

from admin_api.endpoints import Call, actor_of, must_be_within, wiring
from admin_api.panel import cookies
from admin_api.panel.numbers import Numbers
from admin_api.panel.rendering import render
from admin_api.panel.words import Words
from admin_api.problems import Problem
from admin_api.storable import can_all_be_stored
from core import log
from core.actor import Via
from core.clock import system_now
from core.db.clock import business_now
from core.errors import DomainError
from core.money import Money
from core.parties.models import Role
from core.parties.service import sign_ins

HOME = "/admin/"
SIGN_IN = "/admin/sign-in"
HTML = "text/html; charset=utf-8"


class SignInNeeded(Exception):
    """Nobody is signed in here, or not any more."""


class FormRefused(Exception):
    """The form carries no token of this sign-in, or comes from another site."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A page to render: its template under `templates/admin/`, and its facts."""

    template: str
    facts: dict[str, Any] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What an action has changed: a sentence in `words`, group `done`; how to take it back; where to go on."""

    say: str
    facts: dict[str, str] = field(default_factory=dict)
    # The path of the action that takes it back, and the fields of its form.
    undo: tuple[str, dict[str, str]] | None = None
    to: str | None = None


def page(function: Callable[..., Shown | Response]) -> Callable[..., Response]:
    """Make a view for admins that changes nothing. Under htmx, a page may answer with a part of itself."""

    @wraps(function)
    def view(**path: Any) -> Response:
        with entered() as call:
            return answer(call, function(call, **path))

    return view


def action(function: Callable[..., Done | DomainError]) -> Callable[..., Response]:
    """Make a view of a form's target. A refusal is said on the page that the form came from.

    Raised, it changes nothing; returned, what the use case did about it stays.
    """

    @wraps(function)
    def view(**path: Any) -> Response:
        check_form()
        to = _back()
        try:
            with entered() as call:
                done = function(call, **path)
        except DomainError as refused:
            done = refused
        if isinstance(done, DomainError):
            cookies.remember(_refusal(done))
        else:
            cookies.remember({"say": done.say, "facts": done.facts, "undo": done.undo})
            to = done.to or to
        return see_other(to)

    return view


def _refusal(refused: DomainError) -> dict[str, Any]:
    title = (type(refused).__doc__ or "").strip().splitlines()[0].replace("`", "")
    facts = {name: str(value) for name, value in refused.facts.items()}
    return {"refused": refused.code, "title": title, "facts": facts}


@contextmanager
def entered() -> Iterator[Call]:
    """The call of a signed-in admin, in its transaction. Raises SignInNeeded, and a Problem over the limit of requests."""
    sign_in_id = cookies.sign_in_id()
    if sign_in_id is None:
        raise SignInNeeded
    with wiring().database.transaction() as session:
        found = sign_ins.find_signed_in(session, sign_in_id, now=system_now())
        if found is None or found[1].role is not Role.ADMIN:
            raise SignInNeeded
        _, user = found
        must_be_within(wiring().limiter.of_user(user.id))
        actor = replace(actor_of(user), via=Via.PANEL)
        with log.about(actor=actor.label):
            yield Call(
                session=session, now=business_now(session), actor=actor, user=user, sign_in_id=sign_in_id
            )


def answer(call: Call, shown: Shown | Response) -> Response:
    if isinstance(shown, Response):
        return shown
    text = render(shown.template, now=call.now, user=call.user, **shown.facts)
    return Response(text, shown.status, content_type=HTML)


def refusal_page(status: HTTPStatus, code: str) -> Response:
    """A page, or a part of the page that asked, that says what is wrong and what to do. It asks nothing of the database."""
    template = "refused_part.html" if "HX-Request" in request.headers else "refused.html"
    text = render(template, now=system_now(), code=code, status=status.value)
    return Response(text, status, content_type=HTML)


def see_other(path: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def to_sign_in() -> Response:
    """The way to the sign-in page, and back to the page that was asked for."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else HOME
    target = SIGN_IN if wanted == HOME else f"{SIGN_IN}?to={quote(wanted)}"
    if "HX-Request" in request.headers:
        return Response(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": target})
    return redirect(target, HTTPStatus.SEE_OTHER)  # type: ignore[return-value]


def check_form() -> None:
    """Raises FormRefused, and a Problem for a text that the database can't hold. The token is of this cookie; the origin is looked at where the browser names it."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise FormRefused
    if not cookies.is_csrf_token(request.form.get("csrf", "")):
        raise FormRefused
    names = MultiDict((name, file.filename or "") for name, file in request.files.items(multi=True))
    _must_be_storable(request.form, names)


def check_address() -> None:
    """Before every page: raises a Problem for a query or a path with what the database can't hold."""
    _must_be_storable(request.args, MultiDict({"path": request.path}))


def _must_be_storable(*fields: MultiDict[str, str]) -> None:
    if not can_all_be_stored(*fields):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "field_not_understood")


def inside(path: str | None, default: str = HOME) -> str:
    """*path* if it is a page of the panel, so that no link sends anybody elsewhere."""
    if path is None or not path.startswith("/admin/") or "\\" in path or any(sign < " " for sign in path):
        return default
    return path


def cause(call: Call) -> str:
    """One key for each form that was shown, so that a second click does nothing twice."""
    return f"panel:{call.signed_in.id}:{request.form.get('once', '')[:100]}"


def given(name: str, *, longest: int = 500) -> str:
    """A field of the form, without the space around it."""
    return request.form.get(name, "").strip()[:longest]


def worded(amount: Money) -> str:
    """The amount as the admin reads it, for the sentence of an action."""
    return Numbers(Words(cookies.language()), system_now()).money(amount)


def _back() -> str:
    return inside(request.form.get("back"))
