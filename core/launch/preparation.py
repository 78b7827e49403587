"""Whether this database has been migrated and seeded by this very code: then a start goes straight to its processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg

from core.config import PROJECT_ROOT

_SOURCES = ("migrations", "core/seeds")
_CONNECT_SECONDS = 5


def is_done(stamp: Path, database_url: str) -> bool:
    """Whether *stamp* was left by this code for this database, and the database still has its schema."""
    try:
        return stamp.read_text() == _fingerprint(database_url) and _has_schema(database_url)
    except (OSError, psycopg.Error):
        return False


def remember(stamp: Path, database_url: str) -> None:
    stamp.write_text(_fingerprint(database_url))


def _fingerprint(database_url: str) -> str:
    """Of the address, and of everything that makes the schema and the demo market."""
    digest = hashlib.sha256(database_url.encode())
    for path in _sources():
        digest.update(str(path.relative_to(PROJECT_ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for directory in _SOURCES:
        for path in sorted((PROJECT_ROOT / directory).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield path


def _has_schema(database_url: str) -> bool:
    url = database_url.replace("+psycopg", "", 1)
    with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, autocommit=True) as connection:
        row = connection.execute(
            "SELECT to_regclass('alembic_version') IS NOT NULL AND EXISTS (SELECT FROM retailers)"
        ).fetchone()
    return bool(row and row[0])
