"""A wholesaler's own price list: which of its columns says what. Guessed from titles, decided by a person, kept per vendor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final

from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import DomainError
from core.exchange.cells import Cell, Formatted, Unreadable, is_empty, one_line
from core.exchange.errors import HeadingRefused
from core.exchange.files import FileKind, Row, look_at
from core.exchange.models import ImportMapping
from core.exchange.sheets import Column, Sheet, title_of
from core.refs import VendorId

SAMPLES: Final = 3
LONGEST_SAMPLE: Final = 60

# What wholesalers in Kathmandu write above their columns. Only a guess: a person says which column is which.
TITLES: Final[Mapping[str, frozenset[str]]] = {
    "sku": frozenset(
        {"sku", "code", "item code", "product code", "item no", "item no.", "कोड", "सामानको कोड"}
    ),
    "price": frozenset(
        {"price", "rate", "unit price", "wholesale price", "net rate", "rs", "rs.", "npr", "दर", "मूल्य", "भाउ"}
    ),
    "on_hand": frozenset({"on hand", "stock", "qty", "quantity", "closing stock", "balance", "मौज्दात"}),
    "minimum_quantity": frozenset({"moq", "minimum", "min", "min qty", "minimum qty", "minimum order"}),
    "pack_multiple": frozenset({"pack", "multiple", "pack multiple"}),
    "lead_time_days": frozenset({"lead time", "lead time days", "days"}),
    "is_available": frozenset({"available", "in stock", "status"}),
}


class MappingRefused(DomainError):
    """The mapping names columns that this kind of file does not have, one of them twice, or lacks a key.

    `unknown`, `twice` and `missing` name them.
    """

    code = "mapping_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundColumn:
    """One column of a file as its owner wrote it. `guess` is the column of ours that it seems to be."""

    letter: str
    title: str
    samples: tuple[str, ...]
    guess: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundSheet:
    """What a sheet seems to hold. `heading_row` is None where no row looks like a heading."""

    sheet: str
    heading_row: int | None
    columns: tuple[FoundColumn, ...]
    missing: tuple[str, ...]


def find_columns(file: IO[bytes], file_kind: FileKind, sheet: Sheet) -> list[FoundSheet]:
    """The sheets of a file with their columns, the likeliest sheet first. Raises FileNotUnderstood, FileTooLarge."""
    found = [_found(name, rows, sheet) for name, rows in look_at(file, file_kind).items()]
    return sorted(found, key=lambda one: (len(one.missing), -_guessed(one)))


def find_mapping(session: Session, vendor_id: VendorId, kind: str) -> ImportMapping | None:
    return session.get(ImportMapping, (vendor_id, kind))


def keep_mapping(
    session: Session,
    vendor_id: VendorId,
    kind: str,
    layout: Sheet,
    *,
    sheet: str | None,
    columns: Mapping[str, str],
    actor: Actor,
    now: dt.datetime,
) -> ImportMapping:
    """Remember which title of this vendor's lists means which column of ours. Raises MappingRefused."""
    meant = list(columns.values())
    unknown = sorted(set(meant) - _mappable(layout))
    twice = sorted({name for name in meant if meant.count(name) > 1})
    missing = sorted(set(_needed(layout)) - set(meant))
    if unknown or twice or missing:
        raise MappingRefused(unknown=unknown, twice=twice, missing=missing)
    row = find_mapping(session, vendor_id, kind) or ImportMapping(vendor_id=vendor_id, kind=kind)
    row.sheet = sheet
    row.columns = {title_of(title): name for title, name in columns.items()}
    row.updated_at, row.updated_by = now, actor.label
    session.add(row)
    session.flush()
    return row


def delete_mapping(session: Session, vendor_id: VendorId, kind: str) -> None:
    if row := find_mapping(session, vendor_id, kind):
        session.delete(row)
        session.flush()


def read_layout(
    rows: Sequence[Row], layout: Sheet, mapping: ImportMapping | None, *, implied: frozenset[str]
) -> tuple[int, list[Column | None]]:
    """How many of *rows* come before the goods, and the columns of what follows; None for those not read.

    Our own heading in the first row counts before a vendor's mapping. Raises HeadingRefused.
    """
    names = [title_of(cell) for cell in rows[0][1]]
    if mapping is None or set(names) <= set(layout.names):
        return 1, list(layout.read_heading(rows[0][1], implied=implied))
    titles = set(mapping.columns)
    for place, (_, cells) in enumerate(rows, start=1):
        found = [title_of(cell) for cell in cells]
        if titles <= set(found):
            return place, _mapped(found, layout, mapping)
    missing = sorted(titles - set(names))
    raise HeadingRefused(unknown=[], twice=[], missing=missing, known=sorted(titles))


def _mapped(found: Sequence[str], layout: Sheet, mapping: ImportMapping) -> list[Column | None]:
    twice = sorted({title for title in mapping.columns if found.count(title) > 1})
    if twice:
        raise HeadingRefused(unknown=[], twice=twice, missing=[], known=sorted(mapping.columns))
    by_name = {column.name: column for column in layout.columns}
    return [by_name[mapping.columns[title]] if title in mapping.columns else None for title in found]


def _found(name: str, rows: Sequence[Row], layout: Sheet) -> FoundSheet:
    place = _heading_of(rows, layout)
    if place is None:
        return FoundSheet(sheet=name, heading_row=None, columns=(), missing=tuple(_needed(layout)))
    number, heading = rows[place]
    guesses = _guesses(heading, layout)
    columns = tuple(
        FoundColumn(
            letter=_letter_of(position),
            title=_shown(cell),
            samples=_samples(rows[place + 1 :], position),
            guess=guesses[position],
        )
        for position, cell in enumerate(heading)
    )
    missing = tuple(name for name in _needed(layout) if name not in guesses)
    return FoundSheet(sheet=name, heading_row=number, columns=columns, missing=missing)


def _heading_of(rows: Sequence[Row], layout: Sheet) -> int | None:
    """The place of the row with most titles that we know; of equals, and without any, the first with most texts."""
    best: tuple[tuple[int, int], int] | None = None
    for place, (_, cells) in enumerate(rows):
        texts = sum(isinstance(cell, str) and not is_empty(cell) for cell in cells)
        if texts < 2:
            continue
        rank = (sum(guess is not None for guess in _guesses(cells, layout)), texts)
        if best is None or rank > best[0]:
            best = rank, place
    return None if best is None else best[1]


def _guesses(heading: Sequence[Cell], layout: Sheet) -> list[str | None]:
    """For each cell the column that its title means; only the first of several that mean the same."""
    guesses: list[str | None] = []
    for cell in heading:
        title = title_of(cell)
        guess = next((name for name in layout.names if _means(title, name)), None)
        guesses.append(guess if guess in _mappable(layout) and guess not in guesses else None)
    return guesses


def _means(title: str, name: str) -> bool:
    return title == name or title in TITLES.get(name, ())


def _mappable(layout: Sheet) -> set[str]:
    return set(layout.names) - {"vendor"}


def _needed(layout: Sheet) -> list[str]:
    """The columns that a list must have: its keys, and at least one more."""
    said = [column.name for column in layout.columns if column.is_needed_for_new]
    keys = [key.name for key in layout.keys if key.name != "vendor"]
    return keys + (said or [column.name for column in layout.columns if not column.is_key][:1])


def _guessed(found: FoundSheet) -> int:
    return sum(column.guess is not None for column in found.columns)


def _samples(rows: Sequence[Row], position: int) -> tuple[str, ...]:
    there = (cells[position] for _, cells in rows if position < len(cells) and not is_empty(cells[position]))
    return tuple(_shown(cell) for cell, _ in zip(there, range(SAMPLES), strict=False))


def _shown(cell: Cell) -> str:
    if isinstance(cell, Unreadable):
        return "?"
    value = cell.number if isinstance(cell, Formatted) else cell
    return "" if value is None else one_line(str(value))[:LONGEST_SAMPLE]


def _letter_of(position: int) -> str:
    """A, B, … Z, AA, as a spreadsheet heads its columns."""
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
