"""The process that owns the two servers of a checkout: it starts them, counts who uses them, and ends them with the last.

A user is an open connection to the control socket. The kernel closes it however the user ends, so nobody is forgotten.
"""

import fcntl
import json
import logging
import os
import selectors
import shlex
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from core.embedded import postgres, programs, valkey
from core.embedded.paths import ServerPaths, prepare
from core.embedded.server_process import ServerProcess
from core.embedded.signals import readable_signals

STOP = b"stop\n"
STOPPING = b"stopping\n"

# How long a started server may have nobody: the one who asked for it may have been killed.
_UNUSED_SECONDS = 10.0
# How long users have to end what they do when somebody asks for a stop.
_GRACE_SECONDS = 15.0
_MAX_LOG_BYTES = 10_000_000

logger = logging.getLogger(__name__)


def run(var: Path, *, announce: Callable[[], None]) -> None:
    """Own the servers of *var* until nobody uses them. Waits for a predecessor that is still ending."""
    paths = prepare(var)
    with paths.supervisor_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = programs.locate(paths)
        the_valkey, the_postgres = servers = _servers(paths, found)
        leaving: list[socket.socket] = []
        try:
            the_valkey.launch()
            postgres.make_cluster(paths, found)
            the_postgres.launch()
            for server in servers:
                server.wait_until_ready()
            _serve(paths, servers, leaving, announce)
        finally:
            for server in servers:
                server.ask_to_end()
            for server in servers:
                server.wait_until_ended()
            paths.addresses.unlink(missing_ok=True)
            paths.remove_sockets()
            for user in leaving:
                user.close()


def addresses(paths: ServerPaths) -> dict[str, str]:
    return {"database_url": postgres.database_url(paths), "redis_url": valkey.redis_url(paths)}


def _servers(paths: ServerPaths, found: programs.ServerPrograms) -> tuple[ServerProcess, ServerProcess]:
    for log in paths.logs.glob("*.log"):
        if log.stat().st_size > _MAX_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
    return (
        ServerProcess(
            name="valkey",
            log=paths.logs / "valkey.log",
            start=lambda: valkey.launch(paths, found),
            is_ready=lambda: valkey.is_ready(paths),
            shutdown=valkey.SHUTDOWN,
            forced_shutdown=signal.SIGKILL,
        ),
        ServerProcess(
            name="postgres",
            log=paths.logs / "postgres.log",
            start=lambda: postgres.launch(paths, found),
            is_ready=lambda: postgres.is_ready(paths),
            shutdown=postgres.FAST_SHUTDOWN,
            forced_shutdown=postgres.IMMEDIATE_SHUTDOWN,
        ),
    )


def _serve(
    paths: ServerPaths,
    servers: Sequence[ServerProcess],
    leaving: list[socket.socket],
    announce: Callable[[], None],
) -> None:
    """Greet users and keep the servers up until the last user has left or somebody asks for a stop.

    Who wants to hear that the servers have ended is put into *leaving*: their connections are closed after that.
    """
    with (
        readable_signals(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD) as awakened,
        socket.socket(socket.AF_UNIX) as listener,
        selectors.DefaultSelector() as waiting,
    ):
        # Only a dead predecessor can have left one: we hold the lock.
        paths.control_socket.unlink(missing_ok=True)
        listener.bind(str(paths.control_socket))
        listener.listen(64)
        _write_addresses(paths)
        users = _Users(paths, listener, waiting, leaving)
        waiting.register(awakened, selectors.EVENT_READ, users.on_signal)
        waiting.register(listener, selectors.EVENT_READ, users.accept)
        announce()
        while not users.is_done:
            for key, _ in waiting.select(users.seconds_left()):
                key.data(key.fileobj)
            for server in servers:
                if not users.is_stopping and server.has_ended:
                    logger.warning("%s ended by itself; starting it again", server.name)
                    server.wait_until_ready()
        paths.control_socket.unlink(missing_ok=True)


class _Users:
    """Who uses the servers, and until when they are kept."""

    def __init__(
        self,
        paths: ServerPaths,
        listener: socket.socket,
        waiting: selectors.BaseSelector,
        leaving: list[socket.socket],
    ) -> None:
        self.greeting = json.dumps(addresses(paths)).encode() + b"\n"
        self.listener = listener
        self.waiting = waiting
        self.users: set[socket.socket] = set()
        self.leaving = leaving
        self.is_stopping = False
        self.deadline: float | None = time.monotonic() + _UNUSED_SECONDS

    @property
    def is_done(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    def seconds_left(self) -> float | None:
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def accept(self, listener: socket.socket) -> None:
        user, _ = listener.accept()
        user.settimeout(1)
        self.users.add(user)
        self.waiting.register(user, selectors.EVENT_READ, self.listen)
        self.deadline = None
        with suppress(OSError):
            user.sendall(self.greeting)

    def listen(self, user: socket.socket) -> None:
        """Hear that a user has left, or wants everybody to leave."""
        try:
            said = user.recv(64)
        except OSError:
            said = b""
        if said == STOP:
            self.tell_users_to_stop()
        elif not said:
            self.waiting.unregister(user)
            self.users.discard(user)
            if not self.users:
                self.deadline = time.monotonic()
            if self.users and not self.is_stopping:
                user.close()
            else:
                self.leaving.append(user)

    def on_signal(self, awakened: int) -> None:
        heard = os.read(awakened, 64)
        if signal.SIGTERM in heard or signal.SIGINT in heard:
            self.tell_users_to_stop()

    def tell_users_to_stop(self) -> None:
        if self.is_stopping:
            return
        self.is_stopping = True
        self.deadline = time.monotonic() + (_GRACE_SECONDS if self.users else 0)
        self.waiting.unregister(self.listener)
        for user in self.users:
            with suppress(OSError):
                user.sendall(STOPPING)


def _write_addresses(paths: ServerPaths) -> None:
    names = {"DATABASE_URL": "database_url", "REDIS_URL": "redis_url"}
    urls = addresses(paths)
    descriptor = os.open(paths.addresses, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={shlex.quote(urls[key])}\n" for name, key in names.items())
