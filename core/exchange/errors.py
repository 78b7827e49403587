"""What can be refused about a file, whole or row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.errors import DomainError
from core.exchange.cells import CellRefused, Plain

MOST_ERRORS = 100
MOST_CHANGES_SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class RowError:
    """What is wrong in one row. `row` counts as a spreadsheet does: the heading is row 1. `column` None is the row."""

    row: int
    column: str | None
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Errors:
    """All errors counted, with the numbers of their rows; the first ones by row kept."""

    count: int = 0
    rows: set[int] = field(default_factory=set)
    _kept: list[RowError] = field(default_factory=list)

    def add(self, row: int, column: str | None, code: str, **facts: Any) -> None:
        self.count += 1
        self.rows.add(row)
        self._kept.append(RowError(row=row, column=column, code=code, facts=facts))
        if len(self._kept) > 2 * MOST_ERRORS:
            self._kept = self.first()

    def add_refused(self, row: int, column: str, refused: CellRefused) -> None:
        self.add(row, column, refused.code, **refused.facts)

    def first(self) -> list[RowError]:
        """Of the lowest rows, at most `MOST_ERRORS`."""
        return sorted(self._kept, key=lambda error: (error.row, error.column or "", error.code))[:MOST_ERRORS]


@dataclass(frozen=True, kw_only=True, slots=True)
class RowChange:
    """What one row does: by column, what was there and what will be. `key` names the row as the file does."""

    row: int
    key: tuple[str, ...]
    is_new: bool
    columns: dict[str, tuple[Plain, Plain]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What an import did, or with `dry_run` would do. With errors it did nothing."""

    kind: str
    dry_run: bool
    digest: str
    rows: int
    created: int
    changed: int
    unchanged: int
    error_count: int
    errors: tuple[RowError, ...]
    # The first of them, by row.
    changes: tuple[RowChange, ...] = ()


class ImportRefused(DomainError):
    """Rows of the file are wrong, so nothing of it was imported."""

    code = "import_refused"

    def __init__(self, report: Report) -> None:
        super().__init__(error_count=report.error_count, rows=report.rows)
        self.report = report


class FileNotUnderstood(DomainError):
    """This is not a file of the kind it says it is. `reason` says what is wrong, `row` where that is known."""

    code = "file_not_understood"


class FileTooLarge(DomainError):
    """The file has more than is read at once: send it in parts."""

    code = "file_too_large"


class HeadingRefused(DomainError):
    """The first row names columns that do not exist, or twice, or lacks one that must be there."""

    code = "heading_refused"

    def __init__(
        self, *, unknown: Iterable[str], twice: Iterable[str], missing: Iterable[str], known: Iterable[str]
    ) -> None:
        super().__init__(unknown=list(unknown), twice=list(twice), missing=list(missing), known=list(known))


class ImportCollided(DomainError):
    """Somebody else entered one of these rows at the same moment: send the file again."""

    code = "import_collided"
