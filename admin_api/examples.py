"""Examples for the document: the one that a field gives, otherwise the simplest value that fits its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BY_FORMAT = {
    "date-time": "2026-11-23T04:15:00Z",
    "date": "2026-11-23",
    "time": "10:00:00",
    "email": "asha@example.com",
    "duration": "PT2H",
}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """A value that fits *schema*; *schemas* are the document's components."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for kind in ("anyOf", "oneOf", "allOf"):
        if schema.get(kind):
            return example_of(schema[kind][0], schemas)
    return _plain(schema, schemas)


def _plain(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            named = schema.get("properties", {})
            return {name: example_of(part, schemas) for name, part in named.items()}
        case "array":
            return [example_of(schema["items"], schemas)] if "items" in schema else []
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), "text"[: schema.get("maxLength", 4)])
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case _:
            return None
