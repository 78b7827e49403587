"""Export: the rows that there are, as a file that imports to no change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from sqlalchemy.orm import Session

from core.exchange.cells import Shown
from core.exchange.files import FileKind, write_rows
from core.exchange.importing import ImportKind, OwnVendor
from core.exchange.staging import BATCH


def export_file(
    session: Session, kind: ImportKind, file: IO[bytes], file_kind: FileKind, *, own_vendor: OwnVendor | None
) -> None:
    """Write everything of this kind, or what is *own_vendor*'s, from one moment, some rows at a time."""
    write_rows(file, file_kind, _rows(session, kind, own_vendor))


def _rows(session: Session, kind: ImportKind, own_vendor: OwnVendor | None) -> Iterator[Sequence[Shown]]:
    yield kind.SHEET.names
    for found in session.execute(kind.export(own_vendor).execution_options(yield_per=BATCH)):
        yield kind.SHEET.show_row(kind.plain(found))
