"""A sheet: which columns a file has, and what a row of it says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.exchange.cells import (
    Cell,
    CellRefused,
    Parse,
    Plain,
    Shown,
    Unreadable,
    is_empty,
    one_line,
    show_text,
)
from core.exchange.errors import Errors, HeadingRefused

Facts = dict[str, Plain]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column.

    An empty cell, like a column that is not in the file, leaves what is there as it is; where `is_clearable`, an empty
    cell takes the value away.
    """

    name: str
    parse: Parse
    show: Callable[[Plain], Shown] = show_text
    is_key: bool = False
    # What a key is compared by.
    fold: Callable[[str], str] = str.lower
    is_needed_for_new: bool = False
    is_clearable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def keys(self) -> list[Column]:
        return [column for column in self.columns if column.is_key]

    def read_heading(self, cells: Sequence[Cell], *, implied: frozenset[str] = frozenset()) -> list[Column]:
        """The columns of a file in its order. Key columns that are *implied* need not be there. Raises HeadingRefused."""
        names = [title_of(cell) for cell in cells]
        self.check_heading(names, implied=implied)
        by_name = {column.name: column for column in self.columns}
        return [by_name[name] for name in names]

    def check_heading(self, names: Sequence[str], *, implied: frozenset[str]) -> None:
        """Raises HeadingRefused for names that are unknown or there twice, and for keys that are not there."""
        known = set(self.names)
        unknown = [name for name in names if name not in known]
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        missing = [key.name for key in self.keys if key.name not in {*names, *implied}]
        if unknown or twice or missing:
            raise HeadingRefused(unknown=unknown, twice=twice, missing=missing, known=self.names)

    def read_row(
        self,
        columns: Sequence[Column | None],
        number: int,
        cells: Sequence[Cell],
        errors: Errors,
        implied: Facts,
    ) -> Facts | None:
        """What a row says; None when something in it is wrong, which is then in *errors*.

        A column None is one that is not read; *columns* that end with one allow for more cells.
        """
        facts: Facts = dict(implied)
        before = errors.count
        for column, cell in _pairs(columns, cells):
            if column is None:
                continue
            if not is_empty(cell):
                try:
                    facts[column.name] = _parsed(column, cell)
                except CellRefused as refused:
                    errors.add_refused(number, column.name, refused)
            elif column.is_clearable:
                facts[column.name] = None
            elif column.is_key and column.name not in implied:
                errors.add(number, column.name, "value_missing")
        if len(cells) > len(columns):
            errors.add(number, None, "more_cells_than_columns", columns=len(columns))
        return facts if errors.count == before else None

    def show_row(self, facts: Mapping[str, Plain]) -> list[Shown]:
        return [column.show(facts[column.name]) for column in self.columns]

    def lacking(self, facts: Mapping[str, Plain]) -> list[str]:
        """What a new row must say and does not."""
        return [
            column.name
            for column in self.columns
            if column.is_needed_for_new and facts.get(column.name) is None
        ]


def differs(given: Mapping[str, Plain], present: Mapping[str, Plain]) -> bool:
    """Whether *given* says anything else than is there. Text is compared as a cell would carry it."""
    return any(_comparable(value) != _comparable(present[name]) for name, value in given.items())


def _comparable(value: Plain) -> Plain:
    return (one_line(value) or None) if isinstance(value, str) else value


def title_of(cell: Cell) -> str:
    """A column's title as it is compared."""
    return one_line(cell if isinstance(cell, str) else "").casefold()


def _parsed(column: Column, cell: Cell) -> Plain:
    if isinstance(cell, Unreadable):
        raise CellRefused(cell.code)
    return column.parse(cell)


def _pairs(columns: Sequence[Column | None], cells: Sequence[Cell]) -> Iterator[tuple[Column | None, Cell]]:
    for position, column in enumerate(columns):
        yield column, cells[position] if position < len(cells) else None
