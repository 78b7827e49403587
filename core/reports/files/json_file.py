"""A report as JSON, a part at a time: amounts as everywhere in the API, totals at the end, when they are known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from core.money import Money
from core.reports.columns import Column
from core.reports.files.heading import Heading
from core.reports.kinds import CellKind
from core.reports.queries import Value
from core.reports.totals import Totals


def json_parts(heading: Heading, rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    totals = Totals(heading.columns)
    opening = {
        "report": heading.kind,
        "start_date": heading.period.start.isoformat(),
        "end_date": heading.period.end.isoformat(),
        "made_at": heading.made_at.isoformat(),
    }
    yield (_text(opening)[:-1] + ', "rows": [').encode()
    before = "\n"
    for row in totals.count(rows):
        shown = {
            column.name: _shown(column, value) for column, value in zip(heading.columns, row, strict=True)
        }
        yield (before + _text(shown)).encode()
        before = ",\n"
    sums = {
        column.name: _shown(column, totals.sums[column.name])
        for column in heading.columns
        if column.has_total
    }
    yield ("\n], " + _text({"totals": {"rows": totals.rows, **sums}})[1:]).encode()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shown(column: Column, value: Value) -> Any:
    if value is None:
        return None
    if column.kind is CellKind.MONEY and isinstance(value, int):
        return _rupees(value)
    if column.kind is CellKind.GOODS and isinstance(value, list):
        return [{"sku": sku, "quantity": quantity, "value": _rupees(minor)} for sku, quantity, minor in value]
    return str(value) if isinstance(value, Decimal) else value


def _rupees(minor: int) -> dict[str, str]:
    return {"amount": f"{Money(minor).rupees:.2f}", "currency": "NPR"}
