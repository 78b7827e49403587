"""The OpenAPI document: made from the endpoints' contracts, with their errors, headers and examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask, render_template
from pydantic import BaseModel, ValidationError
from spectree import SpecTree

from admin_api import problems
from admin_api.examples import example_of
from admin_api.fields import LARGEST_ID
from core.parties.models import Role

BEARER = "bearer"
IF_MATCH = "If-Match"
IDEMPOTENCY_KEY = "Idempotency-Key"
LONGEST_KEY = 200
# How the paths of files end: other bodies are bounded before they are read.
UPLOAD_PATHS = ("/import", "/columns")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """What an endpoint promises: who may call it, what it takes, what it returns, and how it can refuse."""

    tag: str
    roles: frozenset[Role] | None
    answer: type[BaseModel] | None
    status: HTTPStatus
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    # Media types of a request body and a response that aren't JSON.
    raw_body: tuple[str, ...] = ()
    raw_answer: tuple[str, ...] = ()
    largest_body: int = 1_000_000
    is_keyed: bool = False
    has_etag: bool = False
    needs_match: bool = False
    refusals: frozenset[HTTPStatus] = frozenset()
    # Limits its callers itself, instead of counting them with everything else from their address.
    has_own_budget: bool = False
    # Its answer takes a core for long: a process makes only a few such answers at once.
    is_heavy: bool = False

    def problem_statuses(self, *, has_path_id: bool) -> list[HTTPStatus]:
        """Every error status that a caller may get, apart from 500."""
        found = {HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
        # Also where it takes no body: one that says something is refused.
        found.add(HTTPStatus.UNPROCESSABLE_ENTITY)
        found |= self.refusals
        if self.roles is not None:
            found |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
        if has_path_id or (self.body is not None and _names_rows(self.body)):
            found.add(HTTPStatus.NOT_FOUND)
        if self.body or self.raw_body:
            found |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
        if self.is_keyed:
            found.add(HTTPStatus.CONFLICT)
        if self.needs_match:
            found.add(HTTPStatus.PRECONDITION_FAILED)
        return sorted(found)


def _names_rows(body: type[BaseModel]) -> bool:
    """Whether somebody may name a row in *body* that doesn't exist."""
    properties = body.model_json_schema().get("properties", {})
    return any(name.endswith(("_id", "_ids")) for name in properties)


def _raise_problem(
    _request: Any, _response: Any, invalid: Exception | None, _instance: Any, _adapter: Any
) -> None:
    if isinstance(invalid, ValidationError):
        raise problems.of_validation(invalid)


def _name(model: type[BaseModel]) -> str:
    return model.__name__


def _nested_name(_parent: str, child: str) -> str:
    return child


class LazySpecTree(SpecTree):
    """Writes the models' schemas when the document is first requested.

    Spectree does it when an endpoint is declared, which would be the slowest part of starting a web process.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._not_written: list[tuple[type[BaseModel], Any]] = []

    def _add_model(self, model: Any, mode: Any = "validation") -> str:
        self._not_written.append((model, mode))
        return _name(model)

    def write_models(self) -> None:
        for model, mode in self._not_written:
            super()._add_model(model, mode)
        self._not_written.clear()


spec = LazySpecTree(
    "flask",
    mode="strict",
    annotations=False,
    path="api/spectree",
    page_templates={},
    title="Khaacho",
    version="1",
    description="Shops order from wholesalers on credit, by WhatsApp. This API is for admins and for other systems.",
    validation_error_model=problems.ProblemView,
    naming_strategy=_name,
    nested_naming_strategy=_nested_name,
    before=_raise_problem,
)


@dataclass(slots=True)
class Document:
    """One app's document and its page, each made when it is first requested."""

    app: Flask
    _json: str | None = field(default=None)
    _page: str | None = field(default=None)

    def json(self) -> str:
        if self._json is None:
            self._json = json.dumps(self._make(), ensure_ascii=False)
        return self._json

    def page(self) -> str:
        if self._page is None:
            with self.app.app_context():
                self._page = render_template("api/docs.html", document=self._make())
        return self._page

    def _make(self) -> dict[str, Any]:
        with self.app.app_context():
            return _document(self.app)


def contract_of(view: Callable[..., Any]) -> Contract | None:
    found: Contract | None = getattr(view, "contract", None)
    return found


def operations(app: Flask) -> Iterator[tuple[str, str, Contract]]:
    """Every documented operation: its method, its path as in the document, and its contract."""
    for rule in app.url_map.iter_rules():
        contract = contract_of(app.view_functions[rule.endpoint])
        if contract is not None:
            path, _ = spec.backend.parse_path(rule, None)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, path, contract


def _document(app: Flask) -> dict[str, Any]:
    # `spec.spec` would be cached for all apps, and building it removes the nested models from `spec.models`.
    spec.write_models()
    models = deepcopy(spec.models)
    document: dict[str, Any] = spec._generate_spec()  # noqa: SLF001
    spec.models = models
    schemas = document["components"]["schemas"]
    schemas["ProblemView"] = problems.ProblemView.model_json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    schemas.update(schemas["ProblemView"].pop("$defs", {}))
    for method, path, contract in operations(app):
        operation = document["paths"][path][method.lower()]
        _describe_path(operation)
        _describe_request(operation, contract, schemas)
        _describe_answers(operation, contract, schemas)
    document["paths"] = dict(sorted(document["paths"].items()))
    document["servers"] = [{"url": "/"}]
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    document["components"]["securitySchemes"] = {BEARER: bearer}
    return document


def _describe_path(operation: dict[str, Any]) -> None:
    """Describe the path parameters: Spectree doesn't know our own converters."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and parameter["schema"] is None:
            parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID, "examples": [17]}
        elif parameter["in"] == "path":
            parameter["schema"] = {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9._-]+$"}


def _describe_request(operation: dict[str, Any], contract: Contract, schemas: Mapping[str, Any]) -> None:
    operation["x-roles"] = sorted(contract.roles) if contract.roles is not None else []
    if contract.roles is not None:
        operation["security"] = [{BEARER: []}]
    if contract.is_keyed:
        operation["parameters"].append(
            _header(
                IDEMPOTENCY_KEY,
                "Repeat the request with the same key and body to get the first response again; nothing is done twice.",
                {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
            )
        )
    if contract.needs_match:
        operation["parameters"].append(
            _header(
                IF_MATCH,
                "The ETag you read. If somebody has changed the resource since, nothing is done and you get a 412.",
                {"type": "string"},
            )
        )
    if contract.raw_body:
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": {"type": "string"}} for kind in contract.raw_body},
        }
    if contract.body:
        content = operation["requestBody"]["content"]["application/json"]
        content["example"] = example_of(content["schema"], schemas)
        operation["requestBody"]["required"] = True


def _describe_answers(operation: dict[str, Any], contract: Contract, schemas: Mapping[str, Any]) -> None:
    answers: dict[str, Any] = operation["responses"]
    answers.clear()
    status = str(contract.status.value)
    answers[status] = {"description": contract.status.phrase, "headers": {}}
    if contract.answer:
        schema = {"$ref": f"#/components/schemas/{contract.answer.__name__}"}
        answers[status]["content"] = {
            "application/json": {"schema": schema, "example": example_of(schema, schemas)}
        }
    for kind in contract.raw_answer:
        # What is streamed as JSON has a shape of its own for each report.
        schema = {} if kind == "application/json" else {"type": "string"}
        answers[status].setdefault("content", {})[kind] = {"schema": schema}
    if contract.has_etag:
        answers[status]["headers"]["ETag"] = {"schema": {"type": "string"}}
    has_path_id = any(parameter["in"] == "path" for parameter in operation["parameters"])
    problem = {"$ref": "#/components/schemas/ProblemView"}
    for refused in contract.problem_statuses(has_path_id=has_path_id):
        answers.setdefault(
            str(refused.value),
            {
                "description": refused.phrase,
                "content": {problems.MEDIA_TYPE: {"schema": problem, "example": _problem_example(refused)}},
            },
        )


def _header(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _problem_example(status: HTTPStatus) -> dict[str, Any]:
    code = problems.code_of(status)
    return {
        "type": f"{problems.DOCS}#{code}",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "instance": "/api/v1/orders/17",
        "facts": {},
        "errors": [],
    }
