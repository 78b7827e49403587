"""What holds for every page and every form that the application knows, also for the one that is added tomorrow."""

import re

import pytest
from sqlalchemy import Text, select, text
from sqlalchemy.exc import DBAPIError

from core.db.base import Base
from core.parties.models import Role, User
from tests.api.conftest import PASSWORD
from tests.panel.conftest import Browser, counted
from tests.panel.pages import filled, paths, rules_of_panel
from tests.panel.test_pages import ATTACK, MOST_STATEMENTS, SHOWN, story

__all__ = ["story"]

# What code writes and looks up again, never people: a name in it would be a bug elsewhere.
_OF_CODE = {
    "action", "actor", "address", "asked", "category", "cause", "channel", "code", "dedup_key", "district", "error_code", "excluded_reason",
    "fiscal_year", "idempotency_key", "issued_on_bs", "kind", "language", "name_hash", "outcome", "password_hash", "province",
    "rule", "say", "shape", "state", "status", "subject_kind", "sku", "unit", "via", "worker",
}  # fmt: skip
# Where the reader of a page types into its address.
_ASKED = ("q", "show", "text", "retailer", "queue", "price", "price_weight", "to", "after", "limit", "values")
_SENTINEL = 10**9


@pytest.fixture
def values(story):
    return {
        "order_id": story["done"],
        "round_id": story["round"],
        "retailer_id": story["shop"].id,
        "vendor_id": story["vendor"].id,
        "conversation_id": story["chat"],
        "claim_id": story["claim"],
        "product_id": story["product"],
        "kind": "products",
        "category": "payment_delay_threshold",
    }


def posts(app):
    """The address of every form's target, about nothing that exists: what a form without a token names doesn't matter."""
    about = {**dict.fromkeys(("name", "language", "category"), "x"), "kind": "products"}
    for rule in rules_of_panel(app, "POST"):
        yield filled(rule.rule, {**dict.fromkeys(rule.arguments, _SENTINEL), **about})


def test_no_page_takes_more_than_ten_statements(admin, app, values, database):
    beyond = []
    for language in ("en", "ne"):
        admin.send("/admin/language", language=language)
        for path in paths(app, values):
            with counted(database) as statements:
                page = admin.get(path)
            assert page.status_code == 200, f"{path}: {page.status_code}"
            if len(statements) > MOST_STATEMENTS:
                beyond.append(f"{path}: {len(statements)}\n" + "\n\n".join(statements))
    assert beyond == []


def test_what_people_wrote_anywhere_is_text_on_every_page(admin, app, values, database):
    written = _write_everywhere(database)

    shown = set()
    for language in ("en", "ne"):
        admin.send("/admin/language", language=language)
        for path in paths(app, values):
            page = admin.get(path)
            assert page.status_code in (200, 404), f"{path}: {page.status_code}"
            assert not re.search("<script>alert|<img src=x", page.text), path
            shown |= {path} if SHOWN in page.text else set()

    assert {
        "retailers.shop_name",
        "vendors.business_name",
        "products.name",
        "inbound_messages.text",
    } <= written
    for name in ("orders", "retailers", "vendors", "prices", "conversations", "claims"):
        assert f"/admin/{name}" in shown, f"{name} shows no name at all"


def test_what_an_address_asks_is_text_on_every_page(admin, app, values):
    for path in paths(app, values):
        if "?" in path:
            continue
        for name in _ASKED:
            page = admin.get(path, query_string={name: ATTACK})
            assert page.status_code in (200, 404, 422), f"{path}?{name}: {page.status_code}"
            assert "<script>alert" not in page.text, f"{path}?{name}"
        lost = admin.get(f"{path.rstrip('/')}/{ATTACK}")
        assert lost.status_code == 404, path
        assert "<script>alert" not in lost.text, path


def test_no_form_without_the_token_of_this_sign_in_is_taken(admin, app):
    for path in posts(app):
        for fields in ({}, {"csrf": ""}, {"csrf": "x" * 32}):
            refused = admin.http.post(path, data=fields)
            assert refused.status_code == 403, f"{path} with {fields}: {refused.status_code}"
            assert "nothing was changed" in refused.text, path
        elsewhere = admin.http.post(
            path, data={"csrf": admin.token}, headers={"Origin": "https://evil.example"}
        )
        assert elsewhere.status_code == 403, path


def test_a_form_of_every_page_carries_the_token(admin, app, values):
    for path in paths(app, values):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', admin.get(path).text, re.DOTALL):
            assert f'name="csrf" value="{admin.token}"' in form, f"{path}: {form[:200]}"


@pytest.mark.parametrize("role", [Role.RETAILER, Role.VENDOR])
def test_no_page_opens_for_a_shop_or_a_wholesaler(app, market, values, make_user, database, role):
    """Not even with a cookie that names a sign-in of theirs, which the API gave them."""
    party = (
        {"retailer_id": values["retailer_id"]}
        if role is Role.RETAILER
        else {"vendor_id": values["vendor_id"]}
    )
    make_user("other@example.test", role, **party)
    other = Browser(app.test_client())
    other.get("/admin/sign-in")
    signed_in = _signed_in_elsewhere(app, database, "other@example.test")
    with other.http.session_transaction(base_url="http://localhost/admin/") as kept:
        kept["sign_in"] = signed_in

    for path in paths(app, values):
        if path.startswith("/admin/sign-in"):
            continue
        turned_away = other.get(path)
        assert turned_away.status_code == 303, f"{path}: {turned_away.status_code}"
        assert turned_away.location.startswith("/admin/sign-in"), path
    for path in posts(app):
        if path in ("/admin/sign-in", "/admin/sign-out", "/admin/language"):
            continue
        refused = other.send(path)
        assert refused.status_code == 303, f"{path}: {refused.status_code}"
        assert refused.location.startswith("/admin/sign-in"), path


def _signed_in_elsewhere(app, database, email):
    """The id of a sign-in through the API."""
    answer = app.test_client().post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code in (200, 201), answer.text
    from core.parties.sign_in_models import SignIn

    with database.transaction() as session:
        user_id = session.scalar(select(User.id).where(User.email == email))
        return session.scalar(select(SignIn.id).where(SignIn.user_id == user_id))


def _write_everywhere(database):
    """Put the attack into every column that holds what somebody wrote, as far as the database allows it; name them."""
    written = set()
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            free = [one for one in table.columns if isinstance(one.type, Text) and one.name not in _OF_CODE]
            for column in free:
                unique = f"{ATTACK} {column.name}"
                try:
                    with session.begin_nested():
                        found = session.execute(table.update().values({column.name: unique}))
                except DBAPIError:  # a constraint that only takes what code writes
                    continue
                if found.rowcount:
                    written.add(f"{table.name}.{column.name}")
        session.execute(
            text("UPDATE alerts SET facts = jsonb_build_object('reason', CAST(:it AS text))"), {"it": ATTACK}
        )
    return written
