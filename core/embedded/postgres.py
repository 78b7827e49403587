"""The PostgreSQL of one checkout: made once, started in the foreground, reached through a unix socket."""

import os
import secrets
import shutil
import signal
import subprocess
from urllib.parse import quote, urlencode

import psycopg
from psycopg import errors, sql

from core.config import keep_secret
from core.embedded.errors import EmbeddedServersError
from core.embedded.paths import ServerPaths, own_directory
from core.embedded.programs import ServerPrograms
from core.embedded.spawning import spawn

DATABASE = "khaacho"
FAST_SHUTDOWN = signal.SIGINT
IMMEDIATE_SHUTDOWN = signal.SIGQUIT

_USER = "khaacho"
# The servers inherit nothing: a PGDATA or a locale of the person at the keyboard must not change them.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_INITDB_TIMEOUT_SECONDS = 120


def database_url(paths: ServerPaths) -> str:
    return (
        f"postgresql+psycopg://{_USER}:{quote(_password(paths), safe='')}@/{DATABASE}"
        f"?{urlencode({'host': str(paths.sockets)})}"
    )


def make_cluster(paths: ServerPaths, programs: ServerPrograms) -> None:
    """Make the data directory, unless there is one. Killed in the middle, the next start makes it anew."""
    if paths.postgres_data.exists():
        return
    keep_secret(paths.password, make=lambda: secrets.token_hex(24))
    draft = paths.postgres_data.with_name("postgres.draft")
    shutil.rmtree(draft, ignore_errors=True)
    own_directory(draft, paths.account)
    account = paths.account
    if account:
        os.chown(paths.password, account.uid, account.gid)
    made = subprocess.run(
        [
            str(programs.postgres_bin / "initdb"),
            f"--pgdata={draft}",
            f"--username={_USER}",
            "--auth=scram-sha-256",
            f"--pwfile={paths.password}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--data-checksums",
        ],
        env=ENVIRONMENT,
        cwd=paths.servers,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_INITDB_TIMEOUT_SECONDS,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if made.returncode != 0:
        raise EmbeddedServersError(f"initdb failed:\n{made.stdout}")
    draft.rename(paths.postgres_data)


def launch(paths: ServerPaths, programs: ServerPrograms) -> subprocess.Popen[bytes]:
    """Start the server in the foreground. Durable like a real one: fsync stays on."""
    options = {
        "listen_addresses": "",
        # The list is split at commas; quoted, a directory may contain any of them.
        "unix_socket_directories": f'"{paths.sockets}"',
        "unix_socket_permissions": "0700",
        "shared_preload_libraries": "pg_stat_statements",
        "max_connections": "200",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %d ",
    }
    with (paths.logs / "postgres.log").open("ab") as log:
        return spawn(
            [
                str(programs.postgres_bin / "postgres"),
                "-D",
                str(paths.postgres_data),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            on_parent_death=FAST_SHUTDOWN,
            env=ENVIRONMENT,
            output=log,
            cwd=paths.servers,
            account=paths.account,
        )


def is_ready(paths: ServerPaths) -> bool:
    """Whether our database takes connections; the first time it is created here."""
    try:
        with _connect(paths, DATABASE):
            return True
    except psycopg.OperationalError as error:
        # libpq reports a missing database without its code while connecting, so the text has to tell.
        if "does not exist" not in str(error) or "database" not in str(error):
            return False
    try:
        with _connect(paths, "postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    except (psycopg.OperationalError, errors.DuplicateDatabase):
        return False
    return True


def _connect(paths: ServerPaths, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(paths.sockets),
        user=_USER,
        password=_password(paths),
        dbname=database,
        autocommit=True,
        connect_timeout=5,
    )


def _password(paths: ServerPaths) -> str:
    try:
        return paths.password.read_text()
    except FileNotFoundError:
        raise EmbeddedServersError(
            f"{paths.password} is gone, and with it the way into the database beside it; make clean starts anew"
        ) from None
