"""Rows out of and into CSV and XLSX files, a row at a time, whatever the file claims of itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import IO, Final

from openpyxl import Workbook

from core.exchange.cells import Cell, Shown, is_empty
from core.exchange.errors import FileNotUnderstood, FileTooLarge
from core.exchange.workbook import Wanted, read_workbook

MOST_BYTES: Final = 16_000_000
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 40
# An XLSX is a packed directory: a few kilobytes can unpack to anything.
MOST_UNPACKED_BYTES: Final = 40_000_000
# What the process that reads it may take.
MOST_MEMORY_BYTES: Final = 512 * 2**20
_LAST_ROW_OF_A_SHEET = 1_048_576
_BOM = "\ufeff"
# Rows from the top in which a heading is looked for.
LOOKED_AT: Final = 20
_LONGEST_LINE: Final = 4096
_OTHER_SEPARATORS: Final = (";", "\t", "|")


class FileKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


Row = tuple[int, Sequence[Cell]]


def read_rows(file: IO[bytes], kind: FileKind, *, sheet: str | None = None) -> Iterator[Row]:
    """Rows that say something, with their numbers. Of a workbook the sheet of this name, else the first.

    Raises FileNotUnderstood, FileTooLarge.
    """
    rows = _csv_rows(file) if kind is FileKind.CSV else _xlsx_rows(file, sheet)
    count = 0
    for number, cells in rows:
        if number > _LAST_ROW_OF_A_SHEET:
            raise FileTooLarge(most_rows=MOST_ROWS)
        if not cells:
            continue
        count += 1
        if count > MOST_ROWS + 1:
            raise FileTooLarge(most_rows=MOST_ROWS)
        if len(cells) > MOST_COLUMNS:
            raise FileNotUnderstood(reason="too_many_columns", row=number, most=MOST_COLUMNS)
        yield number, cells
    if not count:
        raise FileNotUnderstood(reason="empty")


def look_at(file: IO[bytes], kind: FileKind) -> dict[str, list[Row]]:
    """The first rows of each sheet, by its name; a CSV is one sheet without a name. Raises as `read_rows`."""
    if kind is FileKind.CSV:
        return {"": list(islice(read_rows(file, kind), LOOKED_AT))}
    sheets: dict[str, list[Row]] = {}
    for said in read_workbook(file, _wanted(all_sheets=True)):
        if isinstance(said, str):
            sheets[said] = []
        elif cells := _without_empty_end(said[1]):
            sheets[list(sheets)[-1]].append((said[0], cells[:MOST_COLUMNS]))
    return {name: rows[:LOOKED_AT] for name, rows in sheets.items()}


def write_rows(file: IO[bytes], kind: FileKind, rows: Iterable[Sequence[Shown]]) -> None:
    """Write *rows*, heading first, as `read_rows` reads them. CSV gets the mark by which Excel knows UTF-8."""
    if kind is FileKind.CSV:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        text.write(_BOM)
        csv.writer(text).writerows(rows)
        text.detach()
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Khaacho")
    for row in rows:
        sheet.append(row)
    book.save(file)
    book.close()


def _csv_rows(file: IO[bytes]) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    number = 0
    looked_at: list[Sequence[Cell]] = []
    try:
        for number, cells in enumerate(reader, start=1):
            trimmed = _without_empty_end(cells)
            if trimmed and len(looked_at) < LOOKED_AT:
                looked_at.append(trimmed)
                _refuse_separator(looked_at[1:], row=number)
                if len(looked_at) == LOOKED_AT:
                    _refuse_separator(looked_at, row=number)
            yield number, trimmed
        _refuse_separator(looked_at, row=number)
    except UnicodeDecodeError as odd:
        raise FileNotUnderstood(reason="not_utf8", row=number + 1) from odd
    except csv.Error as odd:
        _refuse_quoted_separator(text, row=number + 1)
        raise FileNotUnderstood(reason="not_csv", row=number + 1) from odd
    finally:
        text.detach()


def _refuse_separator(rows: Sequence[Sequence[Cell]], *, row: int) -> None:
    """Rows that all have another sign as often as the first, which has no comma, are separated by that sign.

    Later rows may have commas: a price in such a file is often 12,50.
    """
    if not rows or len(rows[0]) > 1:
        return
    for sign in _OTHER_SEPARATORS:
        columns = str(rows[0][0]).count(sign)
        if columns and all(sum(str(cell).count(sign) for cell in cells) >= columns for cells in rows):
            raise FileNotUnderstood(reason="separator_is_not_a_comma", separator=sign, row=row)


def _refuse_quoted_separator(text: io.TextIOWrapper, *, row: int) -> None:
    """A cell in quotes that ends at another sign shows the separator where the quotes make no sense with commas."""
    text.seek(0)
    line = text.readline(_LONGEST_LINE)
    for sign in _OTHER_SEPARATORS:
        if f'"{sign}' in line:
            raise FileNotUnderstood(reason="separator_is_not_a_comma", separator=sign, row=row)


def _xlsx_rows(file: IO[bytes], sheet: str | None) -> Iterator[Row]:
    for said in read_workbook(file, _wanted(sheet=sheet)):
        if not isinstance(said, str):
            yield said[0], _without_empty_end(said[1])


def _wanted(*, sheet: str | None = None, all_sheets: bool = False) -> Wanted:
    return Wanted(
        sheet=sheet,
        all_sheets=all_sheets,
        most_rows=MOST_ROWS,
        most_columns=MOST_COLUMNS,
        most_unpacked=MOST_UNPACKED_BYTES,
        most_memory=MOST_MEMORY_BYTES,
    )


def _without_empty_end(cells: Sequence[Cell]) -> Sequence[Cell]:
    end = len(cells)
    while end and is_empty(cells[end - 1]):
        end -= 1
    return cells[:end]
