"""The API as a client meets it: the real app over the test's database, users who sign in, a market to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

import admin_api
from admin_api.limiter import Budgets
from admin_api.rooms import Rooms
from admin_api.spec import contract_of
from core.actor import SYSTEM
from core.clock import system_now
from core.config import PROJECT_ROOT, Settings
from core.db.session import Database
from core.parties import service as parties
from core.parties.models import Role
from tests.market import MONDAY, Market, Shop, Wholesaler

PASSWORD = "correct horse battery"
MANY = Budgets(user=100_000, address=100_000, sign_ins=100_000, address_sign_ins=100_000, health=100_000)


@dataclass
class Client:
    """Somebody's access to the API. `get`, `post` and so on answer with the response as it came."""

    http: FlaskClient
    token: str | None = None
    refresh_token: str | None = None
    user: dict[str, Any] = field(default_factory=dict)

    def ask(self, method: str, path: str, **facts: Any) -> TestResponse:
        headers = dict(facts.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        answer = self.http.open(f"/api/v1{path}", method=method, headers=headers, **facts)
        if method != "OPTIONS":
            _must_be_documented(self.http.application, method, path, answer.status_code)
        return answer

    def get(self, path: str, **facts: Any) -> TestResponse:
        return self.ask("GET", path, **facts)

    def post(self, path: str, body: Any = None, **facts: Any) -> TestResponse:
        return self.ask("POST", path, **({} if body is None else {"json": body}), **facts)

    def put(self, path: str, body: Any = None, **facts: Any) -> TestResponse:
        return self.ask("PUT", path, **({} if body is None else {"json": body}), **facts)

    def patch(self, path: str, body: Any = None, **facts: Any) -> TestResponse:
        return self.ask("PATCH", path, **({} if body is None else {"json": body}), **facts)


def _must_be_documented(app: Flask, method: str, path: str, status: int) -> None:
    """A client may meet only the statuses that the document names for its operation."""
    try:
        rule, _ = app.url_map.bind("").match(f"/api/v1{path}".partition("?")[0], method, return_rule=True)
    except HTTPException:
        return
    contract = contract_of(app.view_functions[rule.endpoint])
    if contract is not None:
        promised = {contract.status, HTTPStatus.NOT_MODIFIED, HTTPStatus.INTERNAL_SERVER_ERROR}
        promised |= set(contract.problem_statuses(has_path_id=bool(rule.arguments)))
        assert status in promised, f"{method} {rule.rule} answered {status}, which its document doesn't name"


@pytest.fixture(autouse=True)
def _machine_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine's clock start where the market's does, and run on: whatever the day, the business clock can follow the market's."""
    begun = system_now()
    monkeypatch.setattr(
        "core.db.clock.system_now", lambda: MONDAY.astimezone(dt.UTC) + (system_now() - begun)
    )


def make_app(
    settings: Settings, database: Database, *, budgets: Budgets = MANY, rooms: Rooms | None = None
) -> Flask:
    rooms = rooms or Rooms.of_threads(64)
    app = Flask(__name__, template_folder=str(PROJECT_ROOT / "templates"), static_folder=None)
    # As in production: an unexpected error is an answer and not an exception in the client.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    admin_api.register(
        app,
        settings=settings,
        database=database,
        redis_url=settings.redis_url or "",
        budgets=budgets,
        rooms=rooms,
    )
    return app


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    return make_app(settings, database)


@pytest.fixture
def market(database: Database) -> Market:
    return Market(database)


@pytest.fixture
def nobody(app: Flask) -> Client:
    return Client(app.test_client())


SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(app: Flask, market: Market) -> SignIn:
    """Make a user of a role, or of a shop or wholesaler, and sign in."""
    count = iter(range(1, 1_000))

    def do(of: Role | Shop | Wholesaler = Role.ADMIN) -> Client:
        party: dict[str, Any] = {}
        role = of if isinstance(of, Role) else Role.RETAILER if isinstance(of, Shop) else Role.VENDOR
        if isinstance(of, Shop):
            party = {"retailer_id": of.id}
        elif isinstance(of, Wholesaler):
            party = {"vendor_id": of.id}
        email = f"{role}{next(count)}@example.test"
        market.do(
            parties.create_user,
            role=role,
            name=email,
            email=email,
            password=PASSWORD,
            actor=SYSTEM,
            **party,
        )
        return signed_in(app, email)

    return do


def signed_in(app: Flask, email: str, password: str = PASSWORD) -> Client:
    client = Client(app.test_client())
    answer = client.post("/auth/login", {"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    tokens = answer.json
    return Client(
        client.http,
        token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        user=tokens["user"],
    )


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in()
