"""Commands for operators, `python -m wsgi backup`, `restore` and `restore-drill`, and the handler of the nightly job."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from core.backup import archive, restoring
from core.backup.errors import BackupError
from core.clock import system_now
from core.config import settings
from core.db.session import Database
from core.embedded import database_url

logger = logging.getLogger(__name__)

_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


def directory_of(var: Path) -> Path:
    return var / "backups"


def backing_up(var: Path) -> Callable[[Database, dict[str, Any], dt.datetime], None]:
    """The nightly job's act. Named by the system clock: a moved business clock must not choose what is deleted."""

    def act(_database: Database, _arguments: dict[str, Any], _now: dt.datetime) -> None:
        made, removed = _back_up(directory_of(var))
        logger.info("backed up", extra={"bytes": made.stat().st_size, "removed": len(removed)})

    return act


@click.command()
def backup() -> None:
    """Back up the database now, and delete the backups that retention doesn't keep."""
    try:
        made, removed = _back_up(directory_of(settings().var))
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{made} ({made.stat().st_size:,} bytes); {len(removed)} old backups removed")


@click.command()
@click.argument("file", type=_EXISTING)
def restore(file: Path) -> None:
    """Put a backup in the place of the database, which stays under another name. Stop all other processes first."""
    try:
        replaced = restoring.restore(database_url(), file, now=system_now())
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored. What was there before is the database {replaced}; drop it when nobody needs it.")


@click.command("restore-drill")
@click.argument("file", type=_EXISTING, required=False)
def restore_drill(file: Path | None) -> None:
    """Restore a backup, the newest by default, into a scratch database and compare it row count by row count."""
    file = file or archive.newest(directory_of(settings().var))
    if file is None:
        raise click.ClickException("there is no backup yet: make backup")
    try:
        compared = restoring.drill(database_url(), file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    rows = sum(number for name, number in compared.items() if name.startswith("rows of "))
    click.echo(f"{file} restores completely: {rows:,} rows, {len(compared)} totals agree")


def _back_up(directory: Path) -> tuple[Path, list[Path]]:
    made = archive.back_up(database_url(), directory, now=system_now())
    return made, archive.remove_old(directory)
