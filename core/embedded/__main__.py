"""`python -m core.embedded`: `psql` looks into the database of this checkout, `stop` ends its servers and their users."""

import argparse
import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from core.config import settings
from core.embedded import client, programs, supervisor
from core.embedded.errors import EmbeddedServersError


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("supervise", help="started by whoever needs the servers first").add_argument(
        "var", type=Path
    )
    commands.add_parser("stop", help="end the servers of this checkout and whoever uses them")
    commands.add_parser("psql", help="look into the database; the servers are started if they do not run")
    asked = parser.parse_args(argv)
    match asked.command:
        case "stop":
            client.stop_all(settings().var)
            return 0
        case "psql":
            return _psql(settings().var)
        case _:
            return _supervise(asked.var)


def _psql(var: Path) -> int:
    servers = client.start(var)
    try:
        url = servers.database_url.replace("+psycopg", "", 1)
        # Ctrl-C cancels a query and does not end the shell; psql hears it by itself.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return subprocess.run([str(programs.psql()), url], check=False, restore_signals=True).returncode
    finally:
        servers.stop()


def _supervise(var: Path) -> int:
    # A grandchild belongs to nobody: whoever asked for the servers may end long before their last user does.
    if os.fork():
        os._exit(0)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    try:
        supervisor.run(var, announce=lambda: _tell(client.READY))
    except EmbeddedServersError as error:
        logging.getLogger(__name__).exception("the servers did not start")
        _tell(str(error))
        return 1
    return 0


def _tell(text: str) -> None:
    # Who asked may be gone by now, and reads until the pipe is closed.
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), text.encode())
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


if __name__ == "__main__":
    sys.exit(main())
