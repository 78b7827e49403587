"""Recovers a database to the moment before a wrong update, for real: `python -m bench.point_in_time`.

It makes a server in a temporary directory with the wheel's programs, archives its log, takes a base backup, writes more, spoils
a table, and recovers a copy as the runbook says. It fails unless the copy has every row as it was before the wrong update.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from core.embedded.paths import ServerPaths, own_directory, prepare
from core.embedded.programs import locate

ROWS_BEFORE_BACKUP = 1_000
ROWS_AFTER_BACKUP = 500
_SUM_AND_COUNT = "SELECT count(*), sum(owed) FROM debts"


class PointInTime:
    """One server, its archive and its copy, below one directory."""

    def __init__(self, paths: ServerPaths) -> None:
        self.paths = paths
        self.programs = locate(paths).postgres_bin
        self.archive, self.server, self.copy = (
            paths.servers / name for name in ("archive", "server", "copy")
        )
        for directory in (self.archive, self.server, self.copy):
            own_directory(directory, paths.account)

    def run(self, program: str, *arguments: str) -> None:
        account = self.paths.account
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            cwd=self.paths.servers,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )

    def start(self, data: Path, settings: dict[str, str]) -> None:
        with (data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        log = data / "start.log"
        self.run("pg_ctl", "--wait", "--timeout=60", f"--pgdata={data}", f"--log={log}", "start")

    def stop(self, data: Path) -> None:
        self.run("pg_ctl", "--wait", "--mode=fast", f"--pgdata={data}", "stop")

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.paths.sockets), user="bench", dbname="postgres", autocommit=True)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="khaacho-pitr-") as directory:
        # Root's servers run as another user, who must be able to enter.
        Path(directory).chmod(0o755)
        bench = PointInTime(prepare(Path(directory)))
        started = time.monotonic()
        expected, moment = _spoil(bench)
        recovered = _recover(bench, moment)
    print(f"before the wrong update {expected}, recovered {recovered}, {time.monotonic() - started:.1f} s")
    return 0 if recovered == expected else 1


def _spoil(bench: PointInTime) -> tuple[tuple[int, int], str]:
    """The count and sum before the wrong update, and a moment between the two. Leaves a base backup in the copy."""
    bench.run("initdb", f"--pgdata={bench.server}", "--username=bench", "--auth=trust", "--encoding=UTF8")
    bench.start(
        bench.server,
        {
            "listen_addresses": "",
            "unix_socket_directories": str(bench.paths.sockets),
            "archive_mode": "on",
            "archive_command": f"test ! -f {bench.archive}/%f && cp %p {bench.archive}/%f",
        },
    )
    try:
        with bench.connect() as connection:
            connection.execute("CREATE TABLE debts (id serial PRIMARY KEY, owed int NOT NULL)")
            _write(connection, ROWS_BEFORE_BACKUP)
            bench.run(
                "pg_basebackup", f"--pgdata={bench.copy}", "--wal-method=none", "--checkpoint=fast",
                f"--host={bench.paths.sockets}", "--username=bench", "--no-password",
            )  # fmt: skip
            bench.run("pg_verifybackup", "--no-parse-wal", str(bench.copy))
            _write(connection, ROWS_AFTER_BACKUP)
            expected = connection.execute(_SUM_AND_COUNT).fetchone()
            moment = connection.execute("SELECT clock_timestamp()::text").fetchone()
            connection.execute("UPDATE debts SET owed = 0")
            connection.execute("SELECT pg_switch_wal()")
    finally:
        # A fast stop waits until the last segment is archived.
        bench.stop(bench.server)
    if expected is None or moment is None:
        raise AssertionError("an aggregate without a row")
    return expected, moment[0]


def _recover(bench: PointInTime, moment: str) -> tuple[int, int] | None:
    (bench.copy / "recovery.signal").touch()
    bench.start(
        bench.copy,
        {
            "archive_mode": "off",
            "restore_command": f"cp {bench.archive}/%f %p",
            "recovery_target_time": moment,
            "recovery_target_action": "promote",
        },
    )
    try:
        with bench.connect() as connection:
            return connection.execute(_SUM_AND_COUNT).fetchone()
    finally:
        bench.stop(bench.copy)


def _write(connection: psycopg.Connection, rows: int) -> None:
    connection.execute("INSERT INTO debts (owed) SELECT number FROM generate_series(1, %s) AS number", [rows])


if __name__ == "__main__":
    sys.exit(main())
