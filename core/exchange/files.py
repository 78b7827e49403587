"""Rows out of and into CSV and XLSX files, a row at a time, whatever the file claims of itself."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import IO, Final

from openpyxl import Workbook, load_workbook

from core.exchange.cells import Cell, Shown, is_empty
from core.exchange.errors import FileNotUnderstood, FileTooLarge

MOST_BYTES: Final = 16_000_000
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 40
# An XLSX is a packed directory: a few kilobytes can unpack to anything.
MOST_UNPACKED_BYTES: Final = 100_000_000
_LAST_ROW_OF_A_SHEET = 1_048_576
_BOM = "\ufeff"


class FileKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


Row = tuple[int, Sequence[Cell]]


def read_rows(file: IO[bytes], kind: FileKind) -> Iterator[Row]:
    """Rows that say something, with their numbers; the heading is the first. Raises FileNotUnderstood, FileTooLarge."""
    rows = _csv_rows(file) if kind is FileKind.CSV else _xlsx_rows(file)
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
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, _without_empty_end(cells)
    except UnicodeDecodeError as odd:
        raise FileNotUnderstood(reason="not_utf8", row=number + 1) from odd
    except csv.Error as odd:
        raise FileNotUnderstood(reason="not_csv", row=number + 1) from odd
    finally:
        text.detach()


def _xlsx_rows(file: IO[bytes]) -> Iterator[Row]:
    _check_unpacked(file)
    number = 0
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the file says of its own size may be wrong either way.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
        for number, cells in enumerate(rows, start=1):
            # A gap is told row by row: a million empty ones must cost nothing.
            is_blank = cells.count(None) == len(cells)
            yield number, () if is_blank else _without_empty_end(cells)
        book.close()
    except Exception as odd:  # a broken workbook fails anywhere in the library, with any error
        raise FileNotUnderstood(reason="not_xlsx", row=number + 1) from odd


def _check_unpacked(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            # Reading stops at the size that is written here, so it cannot be a lie that hurts.
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as odd:
        raise FileNotUnderstood(reason="not_xlsx") from odd
    if unpacked > MOST_UNPACKED_BYTES:
        raise FileTooLarge(most_bytes=MOST_UNPACKED_BYTES)
    file.seek(0)


def _without_empty_end(cells: Sequence[Cell]) -> Sequence[Cell]:
    end = len(cells)
    while end and is_empty(cells[end - 1]):
        end -= 1
    return cells[:end]
