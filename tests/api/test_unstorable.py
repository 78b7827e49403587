"""Whatever stands in a path or a query, the API has an answer: the fault is never ours."""

from __future__ import annotations

from itertools import product

import pytest

from admin_api.spec import contract_of

# A NUL, one more than a bigint holds, half a surrogate pair as bytes, and a number that isn't one.
HOSTILE = ("a%00b", "9223372036854775808", "-9223372036854775809", "%ED%A0%80", "1e400")
LARGEST = 2**63 - 1


def rules(app, method):
    found = []
    for rule in app.url_map.iter_rules():
        contract = contract_of(app.view_functions[rule.endpoint])
        if contract is not None and method in (rule.methods or ()) and rule.rule.startswith("/api/v1"):
            found.append((rule, contract))
    return found


def path_of(rule, text):
    filled = rule.rule.removeprefix("/api/v1")
    for name in rule.arguments:
        for converter in ("id:", "string:", "path:", ""):
            filled = filled.replace(f"<{converter}{name}>", "1" if converter == "id:" else text)
    return filled


def test_no_query_is_our_fault(app, admin):
    failed = []
    for rule, contract in rules(app, "GET"):
        names = contract.query.model_fields if contract.query else ("q",)
        for name, hostile in product(names, HOSTILE):
            answer = admin.get(f"{path_of(rule, '1')}?{name}={hostile}")
            if answer.status_code >= 500:
                failed.append((rule.rule, name, hostile))

    assert failed == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_path_is_our_fault(app, admin, hostile):
    for rule, _ in rules(app, "GET"):
        if rule.arguments:
            assert admin.get(path_of(rule, hostile)).status_code < 500, rule.rule
            with_id = rule.rule.removeprefix("/api/v1")
            for name in rule.arguments:
                with_id = with_id.replace(f"<id:{name}>", hostile)
            if "<" not in with_id:
                assert admin.http.get(f"/api/v1{with_id}").status_code < 500, rule.rule


@pytest.mark.parametrize("code", ["%00", "V-0001%00", "%ED%A0%80"])
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_stranger_finds_no_link_under_such_a_code(app, code, kind):
    assert app.test_client().get(f"/api/v1/join/{code}.{kind}").status_code == 404


@pytest.mark.parametrize("path", ["/listings/import", "/stock/import"])
@pytest.mark.parametrize("vendor_id", ["9223372036854775808", "1%00"])
def test_import_for_a_vendor_that_no_row_can_be_is_refused(admin, path, vendor_id):
    answer = admin.http.post(
        f"/api/v1{path}?vendor_id={vendor_id}",
        data=b"sku\nA\n",
        headers={"Authorization": f"Bearer {admin.token}", "Content-Type": "text/csv"},
    )

    assert (answer.status_code, answer.json["code"]) == (422, "request_invalid")


def test_every_id_in_a_query_or_a_body_is_one_that_a_row_can_have(app):
    unbounded = []
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for rule, contract in rules(app, method):
            for model in (contract.query, contract.body):
                if model is not None:
                    where = f"{method} {rule.rule}"
                    unbounded += [f"{where}: {name}" for name in unbounded_ids(model.model_json_schema())]

    assert unbounded == []


def unbounded_ids(schema):
    """The names of integers, also inside, that may be more than a bigint."""
    parts = [schema, *schema.get("$defs", {}).values()]
    for part in parts:
        for name, field in part.get("properties", {}).items():
            choices = field.get("anyOf", [field])
            for one in (choice.get("items", choice) for choice in choices):
                if one.get("type") == "integer" and one.get("maximum", LARGEST + 1) > LARGEST:
                    yield name
