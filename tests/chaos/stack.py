"""The real processes on servers of their own: started, killed, frozen and brought back."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import redis
from sqlalchemy import text

from core import embedded
from core.clock import system_now
from core.config import PROJECT_ROOT, Environment, environment, load_settings
from core.db.session import Database, make_engine
from core.seeds import demo
from tests.contract.peer import ACCOUNT_SID, AUTH_TOKEN, SENDER
from tests.platform.processes import postmaster

PROCESSES = {
    "web": ("granian", "--interface", "asgi", "--host", "127.0.0.1", "--workers", "1", "--workers-kill-timeout", "5",
            "--no-ws", "wsgi:request_buffering"),
    "worker-1": ("wsgi", "worker"),
    "worker-2": ("wsgi", "worker"),
    "clock-1": ("wsgi", "clock"),
    "clock-2": ("wsgi", "clock"),
}  # fmt: skip
MOST_CONNECTIONS = 300


class Stack:
    """All processes of Khaacho against a peer at *api_url*, with logs under *var*."""

    def __init__(self, var: Path, *, api_url: str) -> None:
        self.var, self.logs = var, var / "log"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.servers = embedded.start(var)
        self.port = _free_port()
        self.public_url = f"http://127.0.0.1:{self.port}"
        self.env = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "JWT_SECRET": "only-for-chaos-0123456789-abcdefghijkl",
            "PORT": str(self.port),
            "PUBLIC_URL": self.public_url,
            "VAR_DIR": str(var),
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": api_url,
        }
        self.settings = load_settings(self.env)
        self.engine = make_engine(self.servers.database_url, pooled=False)
        self.database = Database(self.engine)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self) -> None:
        """Migrate, and open the demo market; its wholesalers work round the clock.

        Else a run in the evening would end with offers that wait for the morning.
        """
        self._run("-m", "alembic", "upgrade", "head")
        with self.engine.begin() as connection:
            demo.seed_market(connection, environment=Environment.TEST, now=system_now())
            connection.execute(
                text(
                    "UPDATE vendors SET working_days = '{1,2,3,4,5,6,7}', opens_minutes = array_fill(0, ARRAY[7]),"
                    " closes_minutes = array_fill(1440, ARRAY[7])"
                )
            )

    def start(self, name: str) -> None:
        """Start it unless it runs."""
        if (running := self._running.get(name)) and running.poll() is None:
            return
        module, *arguments = PROCESSES[name]
        if module == "granian":
            arguments = ["--port", str(self.port), *arguments]
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=PROJECT_ROOT,
                env=environment() | self.env,
                start_new_session=True,
            )

    def start_all(self) -> None:
        for name in PROCESSES:
            self.start(name)

    def kill(self, name: str) -> None:
        process = self._running[name]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def freeze(self, name: str, *, thaw: bool = False) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._running[name].pid, signal.SIGCONT if thaw else signal.SIGSTOP)

    def kill_postgres(self) -> None:
        """The supervisor of the servers starts it again, as a service manager would."""
        with suppress(OSError, ValueError):
            os.kill(postmaster(self.var), signal.SIGKILL)

    def kill_redis(self) -> None:
        with suppress(OSError, redis.RedisError), redis.from_url(self.servers.redis_url) as client:
            os.kill(client.info("server")["process_id"], signal.SIGKILL)

    def flush_redis(self) -> None:
        with suppress(redis.RedisError), redis.from_url(self.servers.redis_url) as client:
            client.flushall()

    def take_all_connections(self, over: threading.Event, seconds: float) -> None:
        url = self.servers.database_url.replace("+psycopg", "", 1)
        with ExitStack() as held:
            with suppress(psycopg.Error):
                for _ in range(MOST_CONNECTIONS):
                    held.enter_context(psycopg.connect(url, autocommit=True))
            over.wait(seconds)

    def lock_credit(self, over: threading.Event, seconds: float) -> None:
        with suppress(Exception), self.engine.begin() as connection:
            connection.execute(text("SELECT * FROM credit_accounts FOR UPDATE"))
            over.wait(seconds)

    def cut_connections(self) -> None:
        with suppress(Exception), self.engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    def end(self) -> None:
        for name in self._running:
            self.freeze(name, thaw=True)
            self.kill(name)
        self.engine.dispose()
        self.servers.stop()

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT_ROOT,
            env=environment() | self.env,
            check=True,
            timeout=120,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
