"""The document: complete, with examples that fit, and no way in that it does not name."""

from __future__ import annotations

import jsonschema_rs
import pytest

from admin_api.spec import UPLOAD_PATHS, contract_of
from core.launch.request_buffering import LARGEST_BODY, LARGEST_UPLOAD

ERRORS_OF_EVERYBODY = {"400", "429", "503"}


@pytest.fixture
def document(nobody):
    return nobody.get("/openapi.json").json


def operations(document):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_document_is_valid_openapi(document):
    assert document["openapi"] == "3.1.0"
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))


def test_every_route_under_the_prefix_has_a_contract(app):
    undocumented = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and contract_of(app.view_functions[rule.endpoint]) is None
    ]

    assert undocumented == []


def test_only_imports_take_bodies_that_the_web_process_buffers_as_uploads(app):
    contracts = {
        rule.rule: contract_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()
    }
    large = {
        path for path, contract in contracts.items() if contract and contract.largest_body > LARGEST_BODY
    }

    assert large
    assert all(path.endswith(UPLOAD_PATHS) for path in large)
    assert all(contracts[path].largest_body <= LARGEST_UPLOAD for path in large)


def test_every_operation_says_what_it_does_and_how_it_fails(document):
    for name, operation in operations(document):
        assert operation["summary"].endswith((".", "?")), name
        statuses = set(operation["responses"])
        assert statuses >= ERRORS_OF_EVERYBODY, name
        if operation["x-roles"]:
            assert statuses >= {"401", "403"}, name
            assert operation["security"] == [{"bearer": []}], name
        if "{" in name:
            assert "404" in statuses, name
        if "requestBody" in operation:
            assert statuses >= {"413", "415", "422"}, name


def test_every_example_fits_its_schema(document):
    wrong = []
    for name, operation in operations(document):
        parts = [
            *operation.get("requestBody", {}).get("content", {}).items(),
            *(
                pair
                for answer in operation["responses"].values()
                for pair in answer.get("content", {}).items()
            ),
        ]
        for kind, content in parts:
            if "json" not in kind or "example" not in content:
                continue
            schema = {**content["schema"], "components": document["components"]}
            problem = next(iter(jsonschema_rs.iter_errors(schema, content["example"])), None)
            if problem:
                wrong.append((name, kind, problem.message, list(problem.instance_path)))
    assert wrong == []


def test_every_body_and_answer_in_json_has_an_example(document):
    for name, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content or content["schema"].get("type") == "string", name
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                assert "example" in content or content["schema"].get("type") in ("string", None), (
                    name,
                    status,
                )


def test_models_of_one_name_are_one_model():
    """The document knows models by name: two with one name would hide each other."""
    from admin_api import resources
    from admin_api.fields import Given, View

    assert resources
    seen = {}
    waiting = [Given, View]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        other = seen.setdefault(model.__name__, model)
        assert other is model, f"{other.__module__} and {model.__module__} both have {model.__name__}"
