"""A report as a PDF: pages of a fixed number of rows, each with the sums so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any, Final

from core.clock import bikram_sambat, business_date
from core.exchange.cells import one_line
from core.money import Money, lakhs
from core.reports.columns import Column
from core.reports.errors import ReportTooLong
from core.reports.files.cells import cell
from core.reports.files.heading import Heading
from core.reports.headings import words
from core.reports.kinds import CellKind
from core.reports.queries import Value
from core.reports.totals import Totals
from core.reports.typeset import typeset

MOST_ROWS: Final = 3000
_ROWS_OF_A_PAGE: Final = 25
# Shares of the width of a page; a name longer than its column is cut.
_WIDTHS: Final = {CellKind.MONEY: 1.4, CellKind.TEXT: 0.9}
_LONGEST_NAME: Final = 29


def write_pdf(file: IO[bytes], heading: Heading, rows: Iterable[Sequence[Value]]) -> None:
    """Raises ReportTooLong."""
    totals = Totals(heading.columns)
    shown = [(place, column) for place, column in enumerate(heading.columns) if column.on_paper]
    pages = list(_pages(totals, shown, rows, said=words(heading.language)["values"]))
    data = {
        "words": words(heading.language),
        "language": heading.language,
        "title": words(heading.language)["reports"][heading.kind],
        "start": _day(heading.period.start),
        "end": _day(heading.period.end),
        "made": _day(business_date(heading.made_at)),
        "columns": [
            {
                "name": words(heading.language)["columns"][column.name],
                "is_text": column.kind is CellKind.TEXT,
                "width": 2.6 if column.name == "shop_name" else _WIDTHS.get(column.kind, 0.9),
            }
            for _place, column in shown
        ],
        "pages": pages,
        "rows": totals.rows,
        "total": _sums(totals, shown),
    }
    typeset("report", data, file)


def _pages(
    totals: Totals,
    shown: Sequence[tuple[int, Column]],
    rows: Iterable[Sequence[Value]],
    *,
    said: dict[str, str],
) -> Iterator[dict[str, Any]]:
    counted = iter(totals.count(rows))
    while page := list(islice(counted, _ROWS_OF_A_PAGE)):
        if totals.rows > MOST_ROWS:
            raise ReportTooLong(most_rows=MOST_ROWS)
        yield {
            "rows": [[_shown(column, row[place], said) for place, column in shown] for row in page],
            "sums": _sums(totals, shown),
        }


def _sums(totals: Totals, shown: Sequence[tuple[int, Column]]) -> list[str]:
    return [_shown(column, totals.sums.get(column.name), {}) for _place, column in shown]


def _shown(column: Column, value: Value, said: dict[str, str]) -> str:
    if value is None:
        return ""
    if column.kind is CellKind.MONEY and isinstance(value, int):
        whole, paisa = divmod(abs(Money(value).minor), 100)
        return f"{'-' if value < 0 else ''}{lakhs(whole)}.{paisa:02d}"
    if column.name in {"credit_tier", "risk_level"}:
        return said.get(str(value), str(value))
    if isinstance(value, str):
        # Here nothing computes: the text is shown as it is.
        name = one_line(value)
        return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
    return str(cell(column, value))


def _day(day: dt.date) -> str:
    return f"{bikram_sambat(day)} ({day.isoformat()})"
