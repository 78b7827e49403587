"""Restores a backup into a database beside the one in use, compares it with the manifest, and only then swaps the two."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from core.backup import totals
from core.backup.archive import connect, manifest_of, run
from core.backup.errors import BackupError

_MAINTENANCE: Final = "postgres"


def drill(database_url: str, archive: Path) -> totals.Totals:
    """Restore *archive* into a scratch database, compare it, and drop it. Returns what was compared. Raises BackupError."""
    with _restored(database_url, archive) as (_, found):
        return found


def restore(database_url: str, archive: Path, *, now: dt.datetime) -> str:
    """Put the backup in the place of the database. Returns the name under which the replaced database stays.

    Raises BackupError, and leaves everything as it was, if the archive is damaged, if the restored totals differ, or if
    any process is still connected.
    """
    name = _database_of(database_url)
    replaced = f"{name}_before_{now.astimezone(dt.UTC):%Y%m%d_%H%M%S}"
    with (
        _restored(database_url, archive) as (scratch, _),
        connect(database_url, database=_MAINTENANCE) as server,
        server.transaction(),
    ):
        try:
            _rename(server, name, replaced)
            _rename(server, scratch, name)
        except psycopg.errors.ObjectInUse as error:
            raise BackupError(
                f"{name} is in use: stop web, workers and clock first ({error.diag.message_detail})"
            ) from error
    return replaced


@contextmanager
def _restored(database_url: str, archive: Path) -> Iterator[tuple[str, totals.Totals]]:
    """The name and totals of a scratch database with the backup in it. Dropped at the end unless it was renamed."""
    manifest = manifest_of(archive)
    scratch = f"{_database_of(database_url)}_restored_{secrets.token_hex(4)}"
    with connect(database_url, database=_MAINTENANCE) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(scratch)))
        try:
            url = make_url(database_url).set(database=scratch).render_as_string(hide_password=False)
            run("pg_restore", ["--exit-on-error", "--no-owner", "--no-privileges", str(archive)], url)
            with connect(url) as connection:
                found = totals.count(connection)
            if different := totals.differences(manifest.totals, found):
                raise BackupError("\n".join((f"{archive} was restored with differences:", *different)))
            yield scratch, found
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(scratch)))


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _database_of(url: str) -> str:
    name = make_url(url).database
    if name is None:
        raise BackupError("DATABASE_URL names no database")
    return name
