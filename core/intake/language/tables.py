"""Rows of a table, written with pipes or tabs, as rows of a list: "| 1 | coke | 2 | carton |" becomes "coke - 2 carton"."""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

CELLS = re.compile(r"[|\t]")
NUMBER_CELL = re.compile(r"\d[\d.,/]*$")
RULE = re.compile(r"(?=.*[|\t])[\s|:+-]*-[\s|:+-]*$")  # "--- | ---" under a heading
AMOUNT_CELL = re.compile(r"(?:\d[\d.,/]*\s*[^\W\d]{0,10}|[^\W\d]{1,10}\s*\d[\d.,/]*)$")
HEADING_WORDS = re.compile(r"[^\W\d_]+(?:[^\W_]|[\u0900-\u097f])*|#")


class Column(StrEnum):
    """What a column of a table holds."""

    SUM = "sum"
    PRICE = "price"
    QUANTITY = "quantity"
    UNIT = "unit"
    SIZE = "size"
    NAME = "name"
    NUMBER = "number"
    REMARK = "remark"


FEWEST_COLUMNS = 2
COUNT_RATE_AND_SUM = 3


@cache
def _words_of_headings() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads((files("core.intake.language.words") / "headings.toml").read_text("utf-8"))
    return {role: frozenset(words) for role, words in table.items()}


def without_tables(text: str) -> str:
    """Write the rows of tables as rows of a list; everything else stays as it is."""
    if "|" not in text and "\t" not in text:
        return text
    lines = [row for row in text.split("\n") if not RULE.match(row)]
    rows = [[cell.strip() for cell in CELLS.split(row)] for row in lines]
    columns: list[Column] = []
    written: list[str] = []
    counted = 0
    for raw, row in zip(lines, rows, strict=True):
        cells = [cell for cell in row if cell]
        if len(cells) < FEWEST_COLUMNS:
            written.append(raw)
            continue
        if not columns and (found := _columns(cells)):
            columns = found
            continue
        counted += 1
        written.append(_row(raw, row, columns, counted))
    return "\n".join(written)


def _columns(cells: list[str]) -> list[Column]:
    """Give what each column holds, if this row says so."""
    found = [_column(cell) for cell in cells]
    known = [column for column in found if column is not None]
    return known if len(known) == len(found) else []


def _column(cell: str) -> Column | None:
    """Read the heading of a column ("Qty.", "Rate (Rs)", "Item Name"); None if it is none."""
    words = [word.lower() for word in HEADING_WORDS.findall(cell)]
    if not words or any(letter.isdigit() for letter in cell):
        return None
    known = _words_of_headings()
    if all(word in known["aside"] for word in words[1:]):
        words = words[:1]
    return next((column for column in Column if any(word in known[column] for word in words)), None)


def _row(raw: str, row: list[str], columns: list[Column], counted: int) -> str:
    framed = row[1:-1] if raw.strip().startswith("|") and raw.strip().endswith("|") and len(row) > 1 else row
    cells = framed if len(framed) == len(columns) else [cell for cell in row if cell]
    if len(cells) == len(columns):
        return _by_columns(cells, columns)
    cells = _without_number(cells, columns, counted)
    return _in_order(cells) if _is_columns(cells) else raw


def _by_columns(cells: list[str], columns: list[Column]) -> str:
    """Write the cells of a row as "name size - quantity unit @ price", whatever their order."""
    said: dict[Column, list[str]] = {column: [] for column in Column}
    for cell, column in zip(cells, columns, strict=True):
        if cell:
            said[column].append(cell)
    name = " ".join((*said[Column.NAME], *said[Column.SIZE]))
    amount = " ".join((*said[Column.QUANTITY], *said[Column.UNIT]))
    price = " ".join(f"@ {cell}" for cell in said[Column.PRICE] if NUMBER_CELL.match(cell))
    remarks = " ".join(f"({cell})" for cell in said[Column.REMARK])
    return " ".join(
        part for part in (f"{name} -" if name and amount else name, amount, price, remarks) if part
    )


def _without_number(cells: list[str], columns: list[Column], counted: int) -> list[str]:
    """Leave out the number of the row, where no heading says that the first column is something else."""
    is_numbered = len(cells) > FEWEST_COLUMNS and cells[0].rstrip(".)") == str(counted)
    if not is_numbered or AMOUNT_CELL.match(cells[1]) or (columns and columns[0] is not Column.NUMBER):
        return cells
    return cells[1:]


def _in_order(cells: list[str]) -> str:
    said = ""
    before = ""
    for cell in _priced(cells):
        said += (" " if NUMBER_CELL.match(before) or not said or cell.startswith("@") else " - ") + cell
        before = cell
    return said.strip()


def _priced(cells: list[str]) -> list[str]:
    """Read the last of three numbers as a sum, and the one before as a rate, where count times rate is the sum."""
    numbers = [place for place, cell in enumerate(cells) if NUMBER_CELL.match(cell)]
    if len(numbers) != COUNT_RATE_AND_SUM:
        return cells
    count, rate, total = (_value(cells[place]) for place in numbers)
    if None in (count, rate, total) or (count or 0) * (rate or 0) != total:
        return cells
    kept = [f"@ {cell}" if place == numbers[1] else cell for place, cell in enumerate(cells)]
    return [cell for place, cell in enumerate(kept) if place != numbers[2]]


def _value(cell: str) -> Decimal | None:
    plain = cell.replace(",", "").rstrip("./-")
    return Decimal(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None


def _is_columns(cells: list[str]) -> bool:
    """Say whether the cells of a row are the columns of one entry, not several entries ("coke 2 | fanta 3")."""
    amounts = [bool(AMOUNT_CELL.match(cell)) for cell in cells]
    return any(amounts) and not all(amounts)
