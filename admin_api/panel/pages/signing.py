"""Signing in and out, and the language of the pages."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from admin_api.endpoints import wiring
from admin_api.panel import cookies
from admin_api.panel.doors import HOME, HTML, SIGN_IN, check_form, given, inside, see_other
from admin_api.panel.rendering import render
from admin_api.panel.routes import act, show
from admin_api.signing_in import sign_in_with_password
from core.clock import system_now
from core.parties.models import Language, Role, User
from core.parties.service import sign_ins
from core.parties.sign_in_models import SignIn


def add(panel: Blueprint) -> None:
    show(panel, "/sign-in", show_sign_in)
    act(panel, "/sign-in", sign_in)
    act(panel, "/sign-out", sign_out)
    act(panel, "/language", set_language)


def show_sign_in() -> Response:
    return _page(to=inside(request.args.get("to")), name="")


def sign_in() -> Response:
    """Let an admin in. Anybody else's right password opens nothing here, and their sign-in ends at once."""
    check_form()
    name, to = given("name", longest=200), inside(request.form.get("to"))
    now = system_now()
    with wiring().database.transaction() as session:
        found = sign_in_with_password(
            session, name=name, password=request.form.get("password", "")[:200], now=now
        )
        if not isinstance(found, SignIn):
            return _page(to=to, name=name, refused=found.code, facts=found.facts)
        if session.get_one(User, found.user_id).role is not Role.ADMIN:
            sign_ins.sign_out(session, found.id, now=now)
            return _page(to=to, name=name, refused="not_an_admin")
        sign_in_id = found.id
    cookies.begin(sign_in_id)
    return see_other(to)


def sign_out() -> Response:
    check_form()
    sign_in_id = cookies.sign_in_id()
    if sign_in_id is not None:
        with wiring().database.transaction() as session:
            sign_ins.sign_out(session, sign_in_id, now=system_now())
    cookies.end()
    return see_other(SIGN_IN)


def set_language() -> Response:
    check_form()
    wanted = request.form.get("language", "")
    if wanted in set(Language):
        cookies.set_language(Language(wanted))
    return see_other(inside(request.form.get("back"), HOME))


def _page(
    *, to: str, name: str, refused: str | None = None, facts: dict[str, object] | None = None
) -> Response:
    text = render("sign_in.html", now=system_now(), to=to, name=name, refused=refused, facts=facts or {})
    status = {None: HTTPStatus.OK, "not_an_admin": HTTPStatus.FORBIDDEN}.get(refused, HTTPStatus.UNAUTHORIZED)
    return Response(text, status, content_type=HTML)
