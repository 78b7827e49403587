"""Whatever stands in an address of the whole application, the fault is never ours: every rule, however it came there."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

import wsgi
from core.actor import SYSTEM
from core.clock import system_now
from core.config import Environment
from core.parties import service as parties
from core.parties.models import Role

PASSWORD = "correct horse battery"
# A NUL, more than a bigint holds, half a surrogate pair as bytes, what no number is, and a direction override.
HOSTILE = ("a%00b", "9" * 20, "-1", "%ED%A0%80", "1e400")
# What pages and resources read from a query, and what nobody reads.
NAMES = (
    "address",
    "q",
    "cursor",
    "limit",
    "vendor_id",
    "retailer_id",
    "on",
    "from",
    "to",
    "format",
    "oid",
    "x",
)


@pytest.fixture
def app(stage):
    development = replace(stage.settings, environment=Environment.DEVELOPMENT)
    app = wsgi.create_app(development, stage.database)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def client(app, stage):
    """An admin's, in the API and in the panel."""
    with stage.database.transaction() as session:
        parties.create_user(
            session,
            role=Role.ADMIN,
            name="Maya",
            email="maya@example.test",
            password=PASSWORD,
            actor=SYSTEM,
            now=system_now(),
        )
    http = app.test_client()
    login = {"email": "maya@example.test", "password": PASSWORD}
    token = http.post("/api/v1/auth/login", json=login).json["access_token"]
    http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return http


def addresses(app):
    """Each rule with each hostile text in the place of each of its parts, and in its query."""
    for rule in app.url_map.iter_rules():
        plain = {
            name: 1 if kind.__class__.__name__ in {"IdConverter", "IntegerConverter"} else "x"
            for name, kind in rule._converters.items()
        }
        for name in rule.arguments:
            for hostile in HOSTILE:
                yield rule, filled(rule, {**plain, name: hostile})
        if not rule.arguments or "GET" in (rule.methods or ()):
            path = filled(rule, plain)
            yield rule, f"{path}?" + "&".join(f"{name}={HOSTILE[0]}" for name in NAMES)
            yield rule, f"{path}?" + "&".join(f"{name}={HOSTILE[1]}" for name in NAMES)


def filled(rule, parts):
    return "".join(
        str(parts[text]) if is_part else quote(text) for is_part, text in rule._trace if text != "|"
    )


def test_no_address_of_any_rule_is_our_fault(app, client):
    asked, failed = 0, []
    for rule, address in addresses(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(address, method=method)
            answer.close()
            asked += 1
            if answer.status_code >= 500 and answer.status_code != 503:
                failed.append((method, address[:120], answer.status_code))

    assert failed == []
    assert asked > 1_000


@pytest.mark.parametrize(
    "address",
    ["/simulator/phones?address=%00", "/simulator/books?address=%00", f"/simulator/files/{'9' * 20}/0"],
)
def test_the_simulator_has_no_such_phone_or_file(client, address):
    assert client.get(address).status_code == 404
