"""The values of a report as the cells of a table: amounts exact, text harmless to a spreadsheet."""

from __future__ import annotations

from decimal import Decimal

from core.exchange.cells import escape_formula, one_line, plain_decimal
from core.money import Money
from core.reports.columns import Column
from core.reports.kinds import CellKind
from core.reports.queries import Value

CellValue = str | int | Decimal | None


def cell(column: Column, value: Value) -> CellValue:
    """Money in rupees, goods as one line of text."""
    if column.kind is CellKind.MONEY and isinstance(value, int):
        return Money(value).rupees
    if isinstance(value, list):
        return "; ".join(
            f"{escape_formula(one_line(sku))} × {plain_decimal(Decimal(quantity))} = {Money(minor).rupees:.2f}"
            for sku, quantity, minor in value
        )
    return escape_formula(one_line(value)) if isinstance(value, str) else value
