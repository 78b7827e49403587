"""How a process uses the servers of its checkout: it attaches to those that run, or has them started."""

import atexit
import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import cache
from pathlib import Path

from core.config import PROJECT_ROOT, settings
from core.embedded.errors import EmbeddedServersError
from core.embedded.paths import ServerPaths, prepare
from core.embedded.supervisor import STOP, STOPPING

READY = "ready"

_START_SECONDS = 120
_ANSWER_SECONDS = 60


class ServerEvent(StrEnum):
    STOPPING = "stopping"
    """Somebody asked all users to stop."""
    LOST = "lost"
    """Their supervisor is gone, and the servers with it."""


class Servers:
    """One use of the running servers. They end with their last use, `stop` or not."""

    def __init__(
        self, paths: ServerPaths, connection: socket.socket, *, database_url: str, redis_url: str
    ) -> None:
        self._paths = paths
        self.connection = connection
        self.database_url = database_url
        self.redis_url = redis_url

    def fileno(self) -> int:
        """Readable once `next_event` will return at once."""
        return self.connection.fileno()

    def next_event(self) -> ServerEvent:
        """Wait until somebody asks for a stop or the servers are lost."""
        try:
            return ServerEvent.STOPPING if self.connection.recv(64) == STOPPING else ServerEvent.LOST
        except OSError:
            return ServerEvent.LOST

    def start_again(self) -> None:
        """After `ServerEvent.LOST`: use them once more, with the same addresses, starting them unless somebody else has."""
        self.connection.close()
        self.connection = start(self._paths.var).connection

    def request_stop(self) -> None:
        with suppress(OSError):
            self.connection.sendall(STOP)

    def stop(self) -> None:
        """Use them no longer. The last one to leave waits here until they have ended."""
        if self.connection.fileno() == -1:
            return
        with self.connection, suppress(OSError):
            self.connection.settimeout(_ANSWER_SECONDS)
            self.connection.shutdown(socket.SHUT_WR)
            while self.connection.recv(64):
                pass


def start(var: Path) -> Servers:
    """Attach to the servers of *var*, starting them when nobody has. They run until the last user stops or dies."""
    paths = prepare(var)
    with _alone(paths.starting_lock):
        if servers := _attach(paths):
            return servers
        _launch(paths)
        if servers := _attach(paths):
            return servers
    raise EmbeddedServersError(f"the servers ended right after their start; see {paths.logs}")


@cache
def ensure_running() -> Servers:
    """Use the servers of this checkout until this process ends."""
    servers = start(settings().var)
    process = os.getpid()

    def leave() -> None:
        # A forked child shares the connection and must not give it back.
        if os.getpid() == process:
            servers.stop()

    atexit.register(leave)
    return servers


def stop_all(var: Path) -> None:
    """Ask every user of the servers of *var* to leave, and wait until they have ended."""
    if not (var / "servers").exists():
        return
    paths = prepare(var)
    if servers := _attach(paths):
        servers.request_stop()
        servers.stop()
    # Their last user may have left just now, and they are still ending.
    with _alone(paths.supervisor_lock):
        pass


def _attach(paths: ServerPaths) -> Servers | None:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_ANSWER_SECONDS)
    try:
        connection.connect(str(paths.control_socket))
        with connection.makefile("rb") as file:
            line = file.readline()
    except OSError:
        line = b""
    if not line:
        connection.close()
        return None
    connection.settimeout(None)
    return Servers(paths, connection, **json.loads(line))


def _launch(paths: ServerPaths) -> None:
    with (paths.logs / "supervisor.log").open("ab") as log:
        asked = subprocess.Popen(
            [sys.executable, "-m", "core.embedded", "supervise", str(paths.var)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=PROJECT_ROOT,
            start_new_session=True,
        )
    try:
        # The supervisor closes its end when it is ready or has failed.
        answer, _ = asked.communicate(timeout=_START_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(asked.pid, 9)
        asked.communicate()
        raise EmbeddedServersError(
            f"the servers did not start within {_START_SECONDS} s; see {paths.logs}"
        ) from None
    if answer.decode() != READY:
        raise EmbeddedServersError(
            answer.decode() or f"the supervisor ended; see {paths.logs / 'supervisor.log'}"
        )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
