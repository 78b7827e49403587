"""Cuts the few operations we use out of Twilio's published specifications, as one document for Prism."""

import json
from pathlib import Path
from typing import Any

MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages"
USED = {
    "twilio_api_v2010.json": (
        f"{MESSAGES}.json",
        f"{MESSAGES}/{{Sid}}.json",
        f"{MESSAGES}/{{MessageSid}}/Media.json",
    ),
    "twilio_content_v1.json": (
        "/v1/Content",
        "/v1/ContentAndApprovals",
        "/v1/Content/{ContentSid}/ApprovalRequests/whatsapp",
    ),
    "twilio_messaging_v2.json": ("/v2/Indicators/Typing.json",),
}

PAGES = ("uri", "first_page_uri", "next_page_uri", "previous_page_uri")


def slice_specs(folder: Path) -> dict[str, Any]:
    """Return one specification with the operations of USED and all they refer to."""
    paths: dict[str, Any] = {}
    components: dict[str, Any] = {"schemas": {}, "securitySchemes": {}}
    for name, wanted in USED.items():
        spec = json.loads((folder / name).read_text("utf-8"))
        components["securitySchemes"] |= spec["components"]["securitySchemes"]
        for path in wanted:
            operations = {key: value for key, value in spec["paths"][path].items() if key != "servers"}
            paths[path] = operations
            _collect(operations, spec["components"]["schemas"], into=components["schemas"])
    _repeat_media_urls(paths[f"{MESSAGES}.json"])
    _allow_relative_pages(paths)
    return {
        "openapi": "3.0.1",
        "info": {"title": "What we use of Twilio", "version": "1"},
        "servers": [{"url": "http://127.0.0.1"}],
        "paths": paths,
        "components": components,
    }


def _repeat_media_urls(messages: dict[str, Any]) -> None:
    """Say what the specification leaves out: a list is sent as the same field again (Prism refuses it otherwise)."""
    form = messages["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    repeated = {"style": "form", "explode": True}
    form.setdefault("encoding", {}).update({"MediaUrl": repeated, "PersistentAction": repeated})


def _allow_relative_pages(node: Any) -> None:
    """Let page addresses be relative, as in the specification's own examples and in Twilio's answers."""
    if isinstance(node, list):
        for item in node:
            _allow_relative_pages(item)
    elif isinstance(node, dict):
        for name, schema in node.items():
            if name in PAGES and isinstance(schema, dict) and schema.get("format") == "uri":
                schema["format"] = "uri-reference"
            _allow_relative_pages(schema)


def _collect(node: Any, schemas: dict[str, Any], *, into: dict[str, Any]) -> None:
    if isinstance(node, list):
        for item in node:
            _collect(item, schemas, into=into)
    elif isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
        if name and name not in into:
            into[name] = schemas[name]
            _collect(schemas[name], schemas, into=into)
        for value in node.values():
            _collect(value, schemas, into=into)
