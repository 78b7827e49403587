"""Databases for tests: a migrated template, and clones of it that cost a few hundredths of a second."""

import fcntl
import hashlib
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Engine, make_url

from core.config import PROJECT_ROOT
from core.db.session import Database, make_engine

MIGRATIONS = PROJECT_ROOT / "migrations"
# Another run in this checkout may still use the template of a few migrations ago.
KEPT_TEMPLATES = 3

_CLONE = re.compile(r"khaacho_test_(\d+)_\d+")
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class FreshDatabase:
    """A database of its own with real commits, for tests that need several transactions, threads or processes."""

    url: str
    engine: Engine
    database: Database


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Let one test process at a time in; the others wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrated_template(server_url: str) -> str:
    """The name of a database with today's migrations; made when the migrations have changed. Call it under a lock."""
    name = f"khaacho_template_{_hash_of_migrations()}"
    with _server(server_url) as server:
        found = server.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found == (True,):
            return name
        drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        _migrate(url_of(server_url, name))
        # Marked when it is complete; without connections a clone is never refused.
        server.execute(
            sql.SQL("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false").format(sql.Identifier(name))
        )
        stale = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'khaacho_template_%%' ORDER BY oid DESC OFFSET %s",
            [KEPT_TEMPLATES],
        ).fetchall()
        for (old,) in stale:
            server.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(old)))
            drop(server, old)
    return name


def drop_abandoned_clones(server_url: str) -> None:
    """Drop what killed test runs on this machine have left behind."""
    with _server(server_url) as server:
        names = [name for (name,) in server.execute("SELECT datname FROM pg_database").fetchall()]
        for name in names:
            if (clone := _CLONE.fullmatch(name)) and not _is_alive(int(clone[1])):
                drop(server, name)


@contextmanager
def empty_database(server_url: str) -> Iterator[str]:
    """The URL of a database without tables, dropped at the end."""
    with _created(server_url, template="template0") as url:
        yield url


@contextmanager
def cloned(server_url: str, template: str) -> Iterator[FreshDatabase]:
    """A clone of *template*, dropped at the end."""
    with _created(server_url, template=template) as url:
        engine = make_engine(url)
        try:
            yield FreshDatabase(url=url, engine=engine, database=Database(engine))
        finally:
            engine.dispose()


@contextmanager
def _created(server_url: str, *, template: str) -> Iterator[str]:
    name = f"khaacho_test_{os.getpid()}_{next(_numbers)}"
    with _server(server_url) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    try:
        yield url_of(server_url, name)
    finally:
        with _server(server_url) as server:
            drop(server, name)


def drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def url_of(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _server(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True
    ) as connection:
        yield connection


def _migrate(url: str) -> None:
    config = Config(toml_file=PROJECT_ROOT / "pyproject.toml")
    config.attributes["database_url"] = url
    command.upgrade(config, "head")


def _hash_of_migrations() -> str:
    digest = hashlib.sha256()
    for file in sorted(MIGRATIONS.rglob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
