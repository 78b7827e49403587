"""The Redis-protocol server of one checkout: Valkey in the foreground, on a unix socket, with its file on disk."""

import signal
import socket
import subprocess
from urllib.parse import quote

from core.embedded.paths import ServerPaths
from core.embedded.postgres import ENVIRONMENT
from core.embedded.programs import ServerPrograms
from core.embedded.spawning import spawn

SHUTDOWN = signal.SIGTERM
# Each test worker takes a database number of its own.
DATABASES = 64


def redis_url(paths: ServerPaths) -> str:
    return f"unix://{quote(str(paths.valkey_socket))}?db=0"


def launch(paths: ServerPaths, programs: ServerPrograms) -> subprocess.Popen[bytes]:
    options = {
        "port": "0",
        "unixsocket": str(paths.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(paths.valkey_data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "databases": str(DATABASES),
        "daemonize": "no",
    }
    with (paths.logs / "valkey.log").open("ab") as log:
        return spawn(
            [
                str(programs.valkey_server),
                *(word for name, value in options.items() for word in (f"--{name}", value)),
            ],
            on_parent_death=SHUTDOWN,
            env=ENVIRONMENT,
            output=log,
            cwd=paths.valkey_data,
            account=paths.account,
        )


def is_ready(paths: ServerPaths) -> bool:
    """Whether it answers a ping; while it still reads its file it answers with an error."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(paths.valkey_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
