"""The Redis-protocol server of one checkout: Valkey in the foreground, on a unix socket, with its file on disk."""

import signal
import socket
import subprocess
from urllib.parse import quote

from core.embedded.engine import Engine
from core.embedded.places import Places
from core.embedded.postgres import ENVIRONMENT
from core.embedded.tether import spawn

SHUTDOWN = signal.SIGTERM
# Each test worker takes a database number of its own.
DATABASES = 64


def redis_url(places: Places) -> str:
    return f"unix://{quote(str(places.valkey_socket))}?db=0"


def launch(places: Places, engine: Engine) -> subprocess.Popen[bytes]:
    options = {
        "port": "0",
        "unixsocket": str(places.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(places.valkey_data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "databases": str(DATABASES),
        "daemonize": "no",
    }
    with (places.logs / "valkey.log").open("ab") as log:
        return spawn(
            [
                str(engine.valkey_server),
                *(word for name, value in options.items() for word in (f"--{name}", value)),
            ],
            on_parent_death=SHUTDOWN,
            env=ENVIRONMENT,
            output=log,
            cwd=places.valkey_data,
            account=places.account,
        )


def is_ready(places: Places) -> bool:
    """Whether it answers a ping; while it still reads its file it answers with an error."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(places.valkey_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
