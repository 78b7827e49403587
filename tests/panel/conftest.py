"""The panel as an admin's browser meets it: the real app, a cookie, and forms with the token that the page gave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from core.actor import SYSTEM
from core.config import Settings
from core.db.session import Database
from core.parties import service as parties
from core.parties.models import Role
from tests.api.conftest import PASSWORD, _machine_clock, make_app
from tests.market import Market

__all__ = ["_machine_clock"]

_SAVEPOINT = re.compile(r"(ROLLBACK TO )?(RELEASE )?SAVEPOINT")


@dataclass
class Browser:
    """One browser window. `send` posts a form as the page that shows it would."""

    http: FlaskClient

    def get(self, path: str, **facts: Any) -> TestResponse:
        return self.http.get(path, **facts)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    @property
    def token(self) -> str:
        with self.http.session_transaction(base_url="http://localhost/admin/") as kept:
            return str(kept["csrf"])

    def send(self, path: str, *, back: str = "/admin/", **fields: Any) -> TestResponse:
        form = {"csrf": self.token, "back": back, **fields}
        return self.http.post(path, data=form)

    def said(self, path: str, *, back: str = "/admin/", **fields: Any) -> str:
        """Send the form, follow the redirect, and return the page that says what happened."""
        answer = self.send(path, back=back, **fields)
        assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text[:300]}"
        return self.text(answer.location)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        self.get("/admin/sign-in")
        return self.http.post(
            "/admin/sign-in",
            data={"csrf": self.token, "name": name, "password": password, "to": "/admin/"},
        )


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    return make_app(settings, database)


@pytest.fixture
def market(database: Database) -> Market:
    return Market(database)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def make_user(market: Market) -> Callable[..., str]:
    def do(email: str, role: Role = Role.ADMIN, **party: Any) -> str:
        market.do(
            parties.create_user,
            role=role,
            name=email,
            email=email,
            password=PASSWORD,
            actor=SYSTEM,
            **party,
        )
        return email

    return do


@pytest.fixture
def admin(app: Flask, make_user: Callable[..., str]) -> Browser:
    browser = Browser(app.test_client())
    answer = browser.sign_in(make_user("maya@example.test"))
    assert answer.status_code == 303, answer.text
    browser.get("/admin/")
    return browser


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    statements: list[str] = []
    engine = database.sessions.kw["bind"]

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not _SAVEPOINT.match(statement):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
