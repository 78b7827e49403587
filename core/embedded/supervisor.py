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

from core.embedded import engine, postgres, valkey
from core.embedded.places import Places, prepare
from core.embedded.signals import readable_signals
from core.embedded.supervised import Supervised

STOP = b"stop\n"
STOPPING = b"stopping\n"

# How long a started server may have nobody: the one who asked for it may have been killed.
_UNUSED_SECONDS = 10.0
# How long users have to end what they do when somebody asks for a stop.
_FAREWELL_SECONDS = 15.0
_MAX_LOG_BYTES = 10_000_000

logger = logging.getLogger(__name__)


def run(var: Path, *, announce: Callable[[], None]) -> None:
    """Own the servers of *var* until nobody uses them. Waits for a predecessor that is still ending."""
    places = prepare(var)
    with places.supervisor_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        programs = engine.bring(places)
        the_valkey, the_postgres = servers = _servers(places, programs)
        leaving: list[socket.socket] = []
        try:
            the_valkey.launch()
            postgres.make_cluster(places, programs)
            the_postgres.launch()
            for server in servers:
                server.wait_until_ready()
            _serve(places, servers, leaving, announce)
        finally:
            for server in servers:
                server.ask_to_end()
            for server in servers:
                server.wait_until_ended()
            places.addresses.unlink(missing_ok=True)
            places.remove_sockets()
            for user in leaving:
                user.close()


def greeting(places: Places) -> dict[str, str]:
    return {"database_url": postgres.database_url(places), "redis_url": valkey.redis_url(places)}


def _servers(places: Places, programs: engine.Engine) -> tuple[Supervised, Supervised]:
    for log in places.logs.glob("*.log"):
        if log.stat().st_size > _MAX_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
    return (
        Supervised(
            name="valkey",
            log=places.logs / "valkey.log",
            start=lambda: valkey.launch(places, programs),
            is_ready=lambda: valkey.is_ready(places),
            shutdown=valkey.SHUTDOWN,
            forced_shutdown=signal.SIGKILL,
        ),
        Supervised(
            name="postgres",
            log=places.logs / "postgres.log",
            start=lambda: postgres.launch(places, programs),
            is_ready=lambda: postgres.is_ready(places),
            shutdown=postgres.FAST_SHUTDOWN,
            forced_shutdown=postgres.IMMEDIATE_SHUTDOWN,
        ),
    )


def _serve(
    places: Places, servers: Sequence[Supervised], leaving: list[socket.socket], announce: Callable[[], None]
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
        places.control_socket.unlink(missing_ok=True)
        listener.bind(str(places.control_socket))
        listener.listen(64)
        _write_addresses(places)
        desk = _Desk(places, listener, waiting, leaving)
        waiting.register(awakened, selectors.EVENT_READ, desk.heard_signal)
        waiting.register(listener, selectors.EVENT_READ, desk.greet)
        announce()
        while not desk.is_done:
            for key, _ in waiting.select(desk.seconds_left()):
                key.data(key.fileobj)
            for server in servers:
                if not desk.is_stopping and server.has_ended:
                    logger.warning("%s ended by itself; starting it again", server.name)
                    server.wait_until_ready()
        places.control_socket.unlink(missing_ok=True)


class _Desk:
    """Who uses the servers, and until when they are kept."""

    def __init__(
        self,
        places: Places,
        listener: socket.socket,
        waiting: selectors.BaseSelector,
        leaving: list[socket.socket],
    ) -> None:
        self.greeting = json.dumps(greeting(places)).encode() + b"\n"
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

    def greet(self, listener: socket.socket) -> None:
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
            self.ask_all_to_leave()
        elif not said:
            self.waiting.unregister(user)
            self.users.discard(user)
            if not self.users:
                self.deadline = time.monotonic()
            if self.users and not self.is_stopping:
                user.close()
            else:
                self.leaving.append(user)

    def heard_signal(self, awakened: int) -> None:
        heard = os.read(awakened, 64)
        if signal.SIGTERM in heard or signal.SIGINT in heard:
            self.ask_all_to_leave()

    def ask_all_to_leave(self) -> None:
        if self.is_stopping:
            return
        self.is_stopping = True
        self.deadline = time.monotonic() + (_FAREWELL_SECONDS if self.users else 0)
        self.waiting.unregister(self.listener)
        for user in self.users:
            with suppress(OSError):
                user.sendall(STOPPING)


def _write_addresses(places: Places) -> None:
    names = {"DATABASE_URL": "database_url", "REDIS_URL": "redis_url"}
    urls = greeting(places)
    descriptor = os.open(places.addresses, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={shlex.quote(urls[key])}\n" for name, key in names.items())
