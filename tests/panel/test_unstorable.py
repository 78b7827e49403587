"""Whatever stands in an address or a form of the panel, there is a page that answers: the fault is never ours."""

from __future__ import annotations

from itertools import product

import pytest

NAMES = ("q", "show", "after", "retailer", "text", "format", "to", "period", "sort", "price", "vendor")
HOSTILE = ("9223372036854775808", "%ED%A0%80")


def rules(app, method):
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin") and method in (rule.methods or ()) and "static" not in rule.endpoint
    ]


def path_of(rule, number="1", text="x"):
    filled = rule.rule
    for name in rule.arguments:
        filled = filled.replace(f"<id:{name}>", number)
        for converter in ("string:", "path:", ""):
            filled = filled.replace(f"<{converter}{name}>", text)
    return filled


def test_no_address_is_our_fault(app, admin):
    failed = []
    for rule in rules(app, "GET"):
        asked = [
            path_of(rule, number="9223372036854775808"),
            path_of(rule, text="a%00b"),
            f"{path_of(rule)}?q=a%00b",
            f"{path_of(rule)}?a%00b=1",
            *(f"{path_of(rule)}?{name}={hostile}" for name, hostile in product(NAMES, HOSTILE)),
        ]
        for path in asked:
            with admin.get(path) as answer:
                failed += [path] if answer.status_code >= 500 else []

    assert failed == []


@pytest.mark.parametrize("path", ["/admin/retailers", "/admin/prices", "/admin/conversations"])
def test_search_for_what_no_text_can_hold_is_not_understood(admin, path):
    answer = admin.get(f"{path}?q=a%00")

    assert answer.status_code == 422
    assert "be read" in answer.text


def test_no_form_is_our_fault(app, admin):
    for rule in rules(app, "POST"):
        for field in ("reason", "name", "q", "a\x00b"):
            answer = admin.send(path_of(rule), **{field: "a\x00b"})
            assert answer.status_code < 500, (rule.rule, field)


@pytest.mark.parametrize("name", ["\x00", "a\x00b"])
def test_stranger_who_signs_in_with_such_a_name_is_not_understood(stranger, name):
    assert stranger.sign_in(name).status_code == 422
