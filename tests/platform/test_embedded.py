"""The servers from the wheels: they start by themselves, are shared, survive being killed, and leave nothing behind."""

import os
import pwd
import signal
import stat
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from core import embedded
from core.config import PROJECT_ROOT, environment
from core.embedded import ServerEvent, Servers
from tests.platform.processes import is_running, parent_of, postmaster, read_until, wait_until

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")

USE_AND_WAIT = """
import sys
from pathlib import Path
from core import embedded
servers = embedded.start(Path(sys.argv[1]))
print("attached", flush=True)
sys.stdin.read()
servers.stop()
"""
# Without the client library: the packages of this environment may be for another patch release of Python.
WRITE_AND_COUNT = """
import socket, sys
from pathlib import Path
from urllib.parse import urlsplit
import psycopg
from core import embedded
servers = embedded.start(Path(sys.argv[1]))
with psycopg.connect(servers.database_url.replace("+psycopg", "")) as database:
    database.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now())")
    database.execute("INSERT INTO visits DEFAULT VALUES")
    print(database.execute("SELECT count(*) FROM visits").fetchone()[0])
with socket.socket(socket.AF_UNIX) as valkey:
    valkey.connect(urlsplit(servers.redis_url).path)
    valkey.sendall(b"INCR visits\\r\\n")
    print(valkey.recv(64).decode().strip(":\\r\\n"))
servers.stop()
"""


def database(servers: Servers) -> psycopg.Connection:
    return psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True)


def visit(servers: Servers) -> tuple[int, int]:
    """Leave a trace in both servers and count the traces."""
    with database(servers) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO visits DEFAULT VALUES")
        rows = connection.execute("SELECT count(*) FROM visits").fetchone()[0]
    with redis.from_url(servers.redis_url) as client:
        keys = client.incr("visits")
        # What is acknowledged is on disk within the second; here it is asked for at once.
        client.bgrewriteaof()
        wait_until(lambda: client.info("persistence")["aof_rewrite_in_progress"] == 0, "the rewrite is done")
    return rows, keys


def test_servers_keep_their_data_and_leave_no_process(new_var):
    servers = embedded.start(new_var)
    first, pid = visit(servers), postmaster(new_var)
    servers.stop()
    ended = not is_running(pid)
    servers = embedded.start(new_var)
    second = visit(servers)
    servers.stop()

    assert first == (1, 1)
    assert ended
    assert second == (2, 2)
    assert not (new_var / "servers.env").exists()


def test_server_is_durable_private_and_has_what_we_need(var):
    servers = embedded.start(var)
    with database(servers) as connection:
        for extension in ("pg_trgm", "btree_gist", "pg_stat_statements"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        settings = dict(
            connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN"
                " ('fsync', 'listen_addresses', 'data_checksums', 'password_encryption', 'TimeZone')"
            ).fetchall()
        )
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    refused = pytest.raises(psycopg.OperationalError, match="password authentication failed")
    with refused:
        psycopg.connect(servers.database_url.replace("+psycopg", ""), password="wrong")
    modes = {
        name: stat.S_IMODE((var / name).stat().st_mode)
        for name in ("servers/password", "servers/postgres", "servers/run", "servers.env")
    }
    servers.stop()

    assert settings == {
        "fsync": "on",
        "listen_addresses": "",
        "data_checksums": "on",
        "password_encryption": "scram-sha-256",
        "TimeZone": "UTC",
    }
    assert methods == [("scram-sha-256",)]
    assert modes == {
        "servers/password": 0o600,
        "servers/postgres": 0o700,
        "servers/run": 0o700,
        "servers.env": 0o600,
    }


def test_a_second_user_attaches_and_may_outlive_the_first(var, processes):
    first = embedded.start(var)
    pid = postmaster(var)
    second = processes.python("-c", USE_AND_WAIT, str(var))
    read_until(second, "attached")
    same_server = postmaster(var) == pid

    first.stop()
    still_there = is_running(pid)
    second.communicate(input="", timeout=30)

    assert same_server
    assert still_there
    assert not is_running(pid)


def test_everybody_who_starts_at_once_gets_the_same_servers(new_var):
    with ThreadPoolExecutor(6) as pool:
        users = list(pool.map(lambda _: embedded.start(new_var), range(6)))
    counts = sorted(visit(user)[0] for user in users)
    for user in users:
        user.stop()

    assert len({user.database_url for user in users}) == 1
    assert counts == [1, 2, 3, 4, 5, 6]


def test_a_killed_user_leaves_nothing_running(var, processes):
    user = processes.python("-c", USE_AND_WAIT, str(var))
    read_until(user, "attached")
    pid = postmaster(var)
    supervisor = parent_of(pid)

    user.send_signal(signal.SIGKILL)

    wait_until(lambda: not is_running(pid) and not is_running(supervisor), "the servers have ended")


def test_a_killed_supervisor_takes_the_servers_along_but_not_the_data(var):
    servers = embedded.start(var)
    before, pid = visit(servers), postmaster(var)
    with redis.from_url(servers.redis_url) as client:
        valkey = client.info("server")["process_id"]

    os.kill(parent_of(pid), signal.SIGKILL)
    event = servers.next_event()
    wait_until(lambda: not is_running(pid) and not is_running(valkey), "both servers have ended")
    log = (var / "servers" / "log" / "postgres.log").read_text()
    servers.start_again()
    after = visit(servers)
    servers.stop()

    assert event is ServerEvent.LOST
    assert "received fast shutdown request" in log
    assert after == _one_more(before)


def test_a_killed_server_comes_back_with_its_data(var):
    servers = embedded.start(var)
    rows, keys = visit(servers)
    killed = postmaster(var)

    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: _visits(servers) > rows, "PostgreSQL is back")
    with redis.from_url(servers.redis_url) as client:
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    wait_until(lambda: _keys(servers) > keys, "Valkey is back")
    replaced = postmaster(var) != killed
    servers.stop()

    assert replaced


def test_who_asks_for_a_stop_is_heard_by_everybody(var):
    servers = embedded.start(var)
    pid = postmaster(var)

    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(embedded.stop_all, var)
        event = servers.next_event()
        servers.stop()
        stopping.result(timeout=30)

    assert event is ServerEvent.STOPPING
    assert not is_running(pid)


@pytest.mark.parametrize("name", ["a deep/" + "checkout/" * 15, "one, two; and 50% of 'three'"])
def test_any_path_will_do(var, name):
    servers = embedded.start(var)
    before = visit(servers)
    servers.stop()
    moved = var.parent / name / "var"
    moved.parent.mkdir(parents=True)
    var.rename(moved)

    servers = embedded.start(moved)
    after = visit(servers)
    servers.stop()
    moved.rename(var)

    assert after == _one_more(before)
    assert servers.redis_url.startswith("unix:///tmp/khaacho-")


def test_two_checkouts_run_side_by_side(var, new_var):
    one, other = embedded.start(var), embedded.start(new_var)
    visit(one)
    visit(one)
    count = visit(other)
    one.stop()
    other.stop()

    assert count == (1, 1)


def test_a_data_directory_made_halfway_is_made_anew(new_var):
    draft = new_var / "servers" / "postgres.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")

    servers = embedded.start(new_var)
    count = visit(servers)
    servers.stop()

    assert count == (1, 1)
    assert not draft.exists()


@needs_root
def test_root_gives_the_servers_to_somebody_who_is_nobody(var):
    servers = embedded.start(var)
    owner = Path(f"/proc/{postmaster(var)}").stat().st_uid
    servers.stop()

    assert owner == pwd.getpwnam("nobody").pw_uid


@needs_root
def test_root_in_a_home_that_nobody_may_enter(private_var):
    servers = embedded.start(private_var)
    count = visit(servers)
    servers.stop()

    assert count == (1, 1)
    assert (private_var / "servers").readlink().parent == Path("/var/lib/khaacho")


@needs_root
def test_an_ordinary_user_runs_them_too_and_root_may_come_later(new_var):
    nobody = pwd.getpwnam("nobody")
    new_var.mkdir()
    os.chown(new_var, nobody.pw_uid, nobody.pw_gid)

    counts = [_as_nobody(WRITE_AND_COUNT, new_var).stdout.split() for _ in range(2)]
    servers = embedded.start(new_var)
    count_of_root = visit(servers)
    servers.stop()

    assert counts == [["1", "1"], ["2", "2"]]
    assert count_of_root == (3, 3)
    assert (new_var / "servers" / "postgres").stat().st_uid == nobody.pw_uid


@needs_root
def test_another_user_is_told_whose_servers_these_are(var):
    refused = _as_nobody(WRITE_AND_COUNT, var)

    assert refused.returncode == 1
    assert "cannot be used by this user; start as the user who did the first time" in refused.stderr


def test_the_watchdog_ends_its_program_when_the_parent_is_gone():
    """What stands in on macOS for the kernel's signal; it runs here as well."""
    watchdog = Path(embedded.__file__).with_name("watchdog.py")
    program = (
        "import signal; print('up', flush=True); signal.sigwait([signal.SIGINT]); print('asked', flush=True)"
    )
    blocking = f"import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]); {program}"

    with subprocess.Popen(
        [sys.executable, str(watchdog), str(int(signal.SIGINT)), sys.executable, "-c", blocking],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as watched:
        up = watched.stdout.readline()
        watched.stdin.close()
        asked = watched.stdout.readline()

    assert (up, asked, watched.returncode) == ("up\n", "asked\n", 0)


def _one_more(count: tuple[int, int]) -> tuple[int, int]:
    return count[0] + 1, count[1] + 1


def _visits(servers: Servers) -> int:
    try:
        return visit(servers)[0]
    except psycopg.OperationalError:
        return 0


def _keys(servers: Servers) -> int:
    try:
        with redis.from_url(servers.redis_url) as client:
            return int(client.get("visits"))
    except (redis.ConnectionError, redis.BusyLoadingError):
        return 0


def _as_nobody(program: str, var: Path) -> subprocess.CompletedProcess[str]:
    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        [_python_for_everybody(), "-c", program, str(var)],
        cwd=PROJECT_ROOT,
        env=environment() | {"PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONDONTWRITEBYTECODE": "1"},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _python_for_everybody() -> str:
    """A Python 3.11 that any user can start; one under /root is not."""
    for candidate in (sys.executable, "/usr/bin/python3.11", "/usr/local/bin/python3.11"):
        path = Path(candidate).resolve()
        if path.exists() and all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents):
            return str(path)
    pytest.skip("no Python 3.11 on this machine that another user may start")
