"""A report as CSV, a part at a time: names of columns, rows, and a last row of totals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from core.reports.files.cells import CellValue, cell
from core.reports.files.heading import Heading
from core.reports.queries import Value
from core.reports.totals import Totals

# By it Excel knows UTF-8.
_BOM = "\ufeff"
_ROWS_AT_ONCE = 200


def csv_parts(heading: Heading, rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    columns, totals = heading.columns, Totals(heading.columns)
    text = io.StringIO()
    text.write(_BOM)
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    for row in totals.count(rows):
        writer.writerow([_plain(cell(column, value)) for column, value in zip(columns, row, strict=True)])
        if totals.rows % _ROWS_AT_ONCE == 1:
            yield _taken(text)
    writer.writerow(
        [
            "TOTAL" if place == 0 else _plain(cell(column, totals.sums.get(column.name)))
            for place, column in enumerate(columns)
        ]
    )
    yield _taken(text)


def _plain(value: CellValue) -> str:
    return "" if value is None else str(value)


def _taken(text: io.StringIO) -> bytes:
    part = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return part
