"""Import of a file: read it all, say everything that is wrong, and write it whole or not at all.

The number of statements follows the number of batches, never that of rows; memory follows neither. Imports of one kind
wait for each other, so the second of two equal uploads finds nothing left to do.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Any, Final, Protocol

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db.constraints import is_unique_violation
from core.exchange import staging
from core.exchange.cells import Plain
from core.exchange.errors import (
    MOST_CHANGES_SHOWN,
    Errors,
    ImportCollided,
    ImportRefused,
    Report,
    RowChange,
)
from core.exchange.files import LOOKED_AT, FileKind, Row, read_rows
from core.exchange.mapping import read_layout
from core.exchange.models import ImportMapping
from core.exchange.sheets import Facts, Sheet, differs
from core.exchange.staging import StagedRow
from core.refs import VendorId

_PART: Final = 65_536


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnVendor:
    """The vendor whose own rows a file is about."""

    id: VendorId
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportContext:
    """One import: for whom, under which rules, and what was wrong so far."""

    actor: Actor
    now: dt.datetime
    digest: str
    dry_run: bool
    confirm_price_changes: bool
    # Bills that look like one in the books are others.
    confirmed_new: bool
    own_vendor: OwnVendor | None
    # How this vendor heads its own lists.
    mapping: ImportMapping | None
    # A movement of stock happens once for a cause: the same file may rightly move it again another day.
    cause: str
    errors: Errors = field(default_factory=Errors)
    # What a kind keeps from batch to batch.
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def may_write(self) -> bool:
        """Whether what was read so far is to be written: no dry run, and nothing wrong."""
        return not self.dry_run and not self.errors.count

    @property
    def reason(self) -> str:
        return f"import {self.digest[:16]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A row that says something new. `before` is None for what does not exist yet."""

    row: StagedRow
    before: Mapping[str, Plain] | None
    after: Facts


class ImportKind(Protocol):
    """What can be imported and exported. A module of this package each."""

    NAME: str
    SHEET: Sheet
    # What a new row is where the file does not say.
    DEFAULTS: Mapping[str, Plain]

    def export(self, own_vendor: OwnVendor | None) -> Select[Any]:
        """Rows that `plain` takes, in a lasting order."""

    def plain(self, found: Any) -> Facts:
        """What is there, in plain values."""

    def resolve(self, session: Session, context: ImportContext) -> None:
        """Say of each staged row which one it changes; take away, as errors, those that cannot be."""

    def look(self, session: Session, rows: Sequence[StagedRow], *, lock: bool) -> dict[int, Facts]:
        """What is there, by target, locked until the end where it will be changed."""

    def check(self, session: Session, changes: Sequence[Change], context: ImportContext) -> None:
        """Add what the rules of the business refuse to the errors."""

    def write(self, session: Session, changes: Sequence[Change], context: ImportContext) -> None:
        """Make the changes, which are right."""

    def finish(self, session: Session, context: ImportContext) -> None:
        """Once, after something was written."""


def import_file(
    session: Session,
    kind: ImportKind,
    file: IO[bytes],
    file_kind: FileKind,
    *,
    own_vendor: OwnVendor | None,
    dry_run: bool,
    confirm_price_changes: bool,
    confirmed_new: bool = False,
    mapping: ImportMapping | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Report:
    """Do all that the file says. With `dry_run` nothing is written and the report is the same, errors included.

    Raises ImportRefused with the report when rows are wrong, FileNotUnderstood, FileTooLarge, HeadingRefused, and
    ImportCollided.
    """
    digest = _digest(file)
    context = ImportContext(
        actor=actor,
        now=now,
        digest=digest,
        dry_run=dry_run,
        confirm_price_changes=confirm_price_changes,
        confirmed_new=confirmed_new,
        own_vendor=own_vendor,
        mapping=mapping,
        cause=f"import:{digest[:32]}:{secrets.token_hex(4)}",
    )
    if not dry_run:
        _wait_for_others(session, kind, None if own_vendor is None else own_vendor.id)
    try:
        with session.begin_nested():
            return _import(
                session, kind, read_rows(file, file_kind, sheet=mapping.sheet if mapping else None), context
            )
    except IntegrityError as refused:
        if is_unique_violation(refused):
            raise ImportCollided from refused
        raise


def _wait_for_others(session: Session, kind: ImportKind, own_vendor: VendorId | None) -> None:
    """One file of a kind at a time, or, of vendors' own files, one of each vendor: they touch nothing in common."""
    everybodys = func.hashtextextended(f"import {kind.NAME}", 0)
    if own_vendor is None:
        session.execute(select(func.pg_advisory_xact_lock(everybodys)))
        return
    session.execute(select(func.pg_advisory_xact_lock_shared(everybodys)))
    of_vendor = func.hashtextextended(f"import {kind.NAME} of {own_vendor}", 0)
    session.execute(select(func.pg_advisory_xact_lock(of_vendor)))


def _import(session: Session, kind: ImportKind, rows: Iterator[Row], context: ImportContext) -> Report:
    staging.begin(session)
    row_count = _stage(session, kind, rows, context)
    staging.analyze(session)
    for number, first in staging.drop_repeated(session):
        context.errors.add(number, kind.SHEET.keys[-1].name, "row_repeated", first_row=first)
    kind.resolve(session, context)
    counts = _Counts()
    shown: list[RowChange] = []
    for batch in staging.batches(session):
        changes = _changes(session, kind, batch, context)
        kind.check(session, changes, context)
        counts.add(batch, changes, wrong=context.errors.rows)
        shown = _first(shown, kind, [one for one in changes if one.row.number not in context.errors.rows])
        if changes and context.may_write:
            kind.write(session, changes, context)
    if counts.created + counts.changed and context.may_write:
        kind.finish(session, context)
    staging.end(session)
    report = Report(
        kind=kind.NAME,
        dry_run=context.dry_run,
        digest=context.digest,
        rows=row_count,
        created=counts.created,
        changed=counts.changed,
        unchanged=counts.unchanged,
        error_count=context.errors.count,
        errors=tuple(context.errors.first()),
        changes=tuple(shown),
    )
    if report.errors and not context.dry_run:
        raise ImportRefused(report)
    return report


def _first(shown: list[RowChange], kind: ImportKind, changes: Sequence[Change]) -> list[RowChange]:
    """The changes of the lowest rows, as many as a report names."""
    low = sorted(changes, key=lambda change: change.row.number)[:MOST_CHANGES_SHOWN]
    return sorted([*shown, *(_named(kind, change) for change in low)], key=lambda one: one.row)[
        :MOST_CHANGES_SHOWN
    ]


def _named(kind: ImportKind, change: Change) -> RowChange:
    keys = [key.name for key in kind.SHEET.keys]
    before = change.before or {}
    return RowChange(
        row=change.row.number,
        key=tuple(str(change.after[name]) for name in keys),
        is_new=change.before is None,
        columns={
            name: (before.get(name), value)
            for name, value in change.after.items()
            if name not in keys and value != before.get(name)
        },
    )


@dataclass(slots=True)
class _Counts:
    """What the rows read so far would do. A row with an error counts as an error alone."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def add(self, batch: Sequence[StagedRow], changes: Sequence[Change], *, wrong: set[int]) -> None:
        done = [change for change in changes if change.row.number not in wrong]
        counted = {change.row.number for change in changes} | wrong
        self.created += sum(change.before is None for change in done)
        self.changed += sum(change.before is not None for change in done)
        self.unchanged += sum(row.number not in counted for row in batch)


def _stage(session: Session, kind: ImportKind, rows: Iterator[Row], context: ImportContext) -> int:
    """Read the whole file into the staging table. How many rows it has besides the heading and what is above it."""
    implied: Facts = {"vendor": context.own_vendor.code} if context.own_vendor and _has_vendors(kind) else {}
    top = list(islice(rows, LOOKED_AT))
    above, columns = read_layout(top, kind.SHEET, context.mapping, implied=frozenset(implied))
    is_mapped = None in columns
    keys = kind.SHEET.keys
    batch: list[dict[str, Any]] = []
    count = 0
    for number, cells in chain(top[above:], rows):
        count += 1
        said = cells[: len(columns)] if is_mapped else cells
        facts = kind.SHEET.read_row(columns, number, said, context.errors, implied)
        if facts is None:
            continue
        key = json.dumps([key.fold(str(facts[key.name])) for key in keys], ensure_ascii=False)
        batch.append({"number": number, "key": key, "facts": facts})
        if len(batch) == staging.BATCH:
            staging.add(session, batch)
            batch = []
    staging.add(session, batch)
    return count


def _digest(file: IO[bytes]) -> str:
    seen = hashlib.sha256()
    while part := file.read(_PART):
        seen.update(part)
    file.seek(0)
    return seen.hexdigest()


def _has_vendors(kind: ImportKind) -> bool:
    return "vendor" in kind.SHEET.names


def _changes(
    session: Session, kind: ImportKind, batch: Sequence[StagedRow], context: ImportContext
) -> list[Change]:
    """Rows of the batch that say something new; of the others those that lack something are errors."""
    present = kind.look(session, batch, lock=not context.dry_run)
    keys = {key.name for key in kind.SHEET.keys}
    changes = []
    for row in batch:
        before = None if row.target_id is None else present[row.target_id]
        if before is not None:
            # A key that is spelled in another case names the row and does not rename it.
            said = {name: fact for name, fact in row.facts.items() if name not in keys}
            if differs(said, before):
                changes.append(Change(row=row, before=before, after={**before, **said}))
            continue
        lacking = kind.SHEET.lacking(row.facts)
        for name in lacking:
            context.errors.add(row.number, name, "needed_for_new")
        if not lacking:
            changes.append(Change(row=row, before=None, after={**kind.DEFAULTS, **row.facts}))
    return changes
