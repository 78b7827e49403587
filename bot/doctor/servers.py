"""The database, its schema, the clocks, Redis and the disk."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.doctor.findings import Finding, bad, good, warning
from core.clock import system_now
from core.config import PROJECT_ROOT, Settings
from core.db.pooler import REFUSAL, is_pooled_by_transaction

TOLERATED_SKEW: Final = dt.timedelta(seconds=2)
OLDEST_SERVER: Final = 15
LEAST_FREE_BYTES: Final = 2 * 1024**3
LEAST_FREE_SHARE: Final = 0.1
NEWEST_BACKUP_WITHIN: Final = dt.timedelta(hours=30)
_SECONDS: Final = 5


def look_at_database(engine: Engine) -> Iterator[Finding]:
    """Whether it answers, is new enough, is reached directly, has this code's schema, and shows our time."""
    try:
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num")))
            most, used = connection.execute(
                text(
                    "SELECT current_setting('max_connections')::int, (SELECT count(*)::int FROM pg_stat_activity)"
                )
            ).one()
            before = system_now()
            there = connection.scalar(text("SELECT clock_timestamp()"))
            between = before + (system_now() - before) / 2
            revision = MigrationContext.configure(connection).get_current_revision()
        pooled = is_pooled_by_transaction(engine)
    except SQLAlchemyError as problem:
        yield bad(
            "database",
            f"it can't be reached ({_cause(problem)})",
            "look whether the server runs, and whether DATABASE_URL names its host, user and password",
        )
        return
    yield _server(version // 10_000, used=used, most=most)
    if pooled:
        yield bad("pool", "a transaction pool stands before the database", REFUSAL)
    yield judge_clock(there - between)
    yield judge_schema(revision)


def judge_clock(ahead: dt.timedelta) -> Finding:
    if abs(ahead) <= TOLERATED_SKEW:
        return good("clock", f"ours and the database's agree to {abs(ahead).total_seconds():.2f} s")
    direction = "ahead of" if ahead > dt.timedelta() else "behind"
    return bad(
        "clock",
        f"the database's is {abs(ahead).total_seconds():.0f} s {direction} ours; deadlines would be judged wrongly",
        "let NTP set both (timedatectl set-ntp true)",
    )


def judge_schema(revision: str | None) -> Finding:
    scripts = ScriptDirectory.from_config(Config(toml_file=PROJECT_ROOT / "pyproject.toml"))
    head = scripts.get_current_head()
    if revision == head:
        return good("migrations", f"the database has this code's schema ({head})")
    if revision is None:
        return bad("migrations", "the database is empty", "alembic upgrade head")
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        return bad(
            "migrations",
            f"the database has a newer schema ({revision}) than this code knows",
            "deploy the newer code, or restore the backup from before its migration",
        )
    return bad("migrations", f"the database is at {revision}, this code wants {head}", "alembic upgrade head")


def look_at_redis(url: str) -> Finding:
    try:
        with Redis.from_url(
            url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=Retry(NoBackoff(), 0)
        ) as redis:
            redis.ping()
            policy = str(redis.info("memory").get("maxmemory_policy", ""))
    except RedisError as problem:
        return warning(
            "redis",
            f"it doesn't answer ({type(problem).__name__}); messages are answered, up to two seconds later",
            "look whether the server runs, and whether REDIS_URL names its host and password",
        )
    return good("redis", f"it answers ({policy or 'no memory policy'}); it may be flushed at any moment")


def look_at_disk(var: Path) -> Iterator[Finding]:
    """Room for backups and reports, and whether there is a backup of today."""
    place = next(path for path in (var, *var.parents) if path.exists())
    disk = shutil.disk_usage(place)
    room = f"{disk.free / 1024**3:.1f} GB free of {disk.total / 1024**3:.0f} under {var}"
    if disk.free < LEAST_FREE_BYTES or disk.free < disk.total * LEAST_FREE_SHARE:
        yield warning("disk", room, "make room: backups and reports are written there")
    else:
        yield good("disk", room)


def look_at_backups(settings: Settings, *, now: dt.datetime) -> Iterator[Finding]:
    newest = max((file.stat().st_mtime for file in (settings.var / "backups").glob("*.dump")), default=None)
    if newest is not None:
        age = now - dt.datetime.fromtimestamp(newest, dt.UTC)
        if age <= NEWEST_BACKUP_WITHIN:
            yield good("backup", f"the newest is {age.total_seconds() / 3600:.0f} h old")
            return
        says = f"the newest is {age.days} days old"
    else:
        says = f"there is none under {settings.var / 'backups'}"
    if settings.is_production:
        yield warning("backup", says, "run a report-worker and a clock; make backup makes one now")


def _server(major: int, *, used: int, most: int) -> Finding:
    if major < OLDEST_SERVER:
        return bad(
            "database",
            f"it is PostgreSQL {major}",
            f"use PostgreSQL {OLDEST_SERVER} or newer; 18 is what is tested",
        )
    says = f"PostgreSQL {major} answers; {used} of {most} connections are in use"
    if used > most * 0.8:
        return warning(
            "database",
            says,
            "raise max_connections, or run fewer processes (24 connections each at most)",
        )
    return good("database", says)


def _cause(problem: SQLAlchemyError) -> str:
    """The first line of the driver's own words: it names host and reason, never a password."""
    words = str(getattr(problem, "orig", None) or problem).strip()
    return words.splitlines()[0] if words else type(problem).__name__
