"""`python -m core.launch`: servers, migrations, demo market, then every process of the Procfile, until Ctrl-C."""

import argparse
import fcntl
import http.client
import os
import selectors
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core import embedded
from core.config import PROJECT_ROOT, ConfigError, Environment, Settings, environment, settings
from core.embedded import EmbeddedServersError, Servers
from core.embedded.signals import readable_signals
from core.embedded.spawning import end_with_parent
from core.launch import preparation
from core.launch.child_process import ChildProcess
from core.launch.process_group import ProcessGroup
from core.launch.procfile import ProcfileError, parse_procfile
from core.launch.terminal import Terminal

WEB = "web"
# What a person waits for. Started together with these, the others would only make them later.
_FIRST = frozenset({WEB, "worker"})
HEALTH = "/api/v1/health"
_HEALTH_EVERY_SECONDS = 0.25
_PREPARATION = {
    "migrate": "alembic upgrade head",
    "seed": "python -m wsgi seed demo",
}
# With a Twilio account there is more that can be wrong than the start shows.
_DOCTOR = {"doctor": "python -m wsgi doctor --brief"}


class CannotLaunchError(Exception):
    """What stands in the way, for the person at the terminal."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.launch", description=__doc__)
    parser.add_argument("--procfile", type=Path, default=PROJECT_ROOT / "Procfile")
    parser.add_argument(
        "--end-with-parent", action="store_true", help="end when the program that started us is killed"
    )
    asked = parser.parse_args(argv)
    if asked.end_with_parent:
        end_with_parent(signal.SIGTERM)
    try:
        launch(settings(), procfile=asked.procfile)
    except (ConfigError, ProcfileError, EmbeddedServersError, CannotLaunchError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def launch(config: Settings, *, procfile: Path) -> None:
    """Run everything until a stop is requested. The processes stop first, the servers last."""
    commands = parse_procfile(procfile)
    if not config.enable_background_jobs:
        commands = {WEB: commands[WEB]}
    terminal = Terminal((*commands, *_PREPARATION, *_DOCTOR))
    with (
        _own_port(config),
        readable_signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD) as heard,
    ):
        with selectors.DefaultSelector() as waiting, _servers(config, terminal) as servers:
            group = ProcessGroup(terminal, waiting, heard)
            if servers is not None:
                group.watch_servers(servers)
            env = _environment_of_children(config, servers)
            try:
                if _prepare(config, group, env):
                    _run_processes(config, group, commands, env)
            finally:
                group.end()
        terminal.say("Everything has ended.")


@contextmanager
def _servers(config: Settings, terminal: Terminal) -> Iterator[Servers | None]:
    if config.database_url and config.redis_url:
        yield None
        return
    terminal.say(f"Starting PostgreSQL and Valkey under {config.var} …")
    servers = embedded.start(config.var)
    try:
        yield servers
    finally:
        servers.stop()


def _prepare(config: Settings, group: ProcessGroup, env: Mapping[str, str]) -> bool:
    """Migrate and, in development, fill the demo market, unless this code has. False when a stop was requested meanwhile."""
    stamp = config.var / "prepared"
    if preparation.is_done(stamp, env["DATABASE_URL"]):
        return True
    for name, command in _PREPARATION.items():
        if name == "seed" and config.environment is not Environment.DEVELOPMENT:
            continue
        done = group.run_to_end(ChildProcess(name=name, command=command, env=env, cwd=PROJECT_ROOT))
        if group.stop_requested:
            return False
        if not done:
            raise CannotLaunchError(f"{command!r} failed; its lines above say why")
    if config.environment is Environment.DEVELOPMENT:
        preparation.remember(stamp, env["DATABASE_URL"])
    return True


def _run_processes(
    config: Settings, group: ProcessGroup, commands: Mapping[str, str], env: Mapping[str, str]
) -> None:
    children = [
        ChildProcess(name=name, command=command, env=env, cwd=PROJECT_ROOT)
        for name, command in commands.items()
    ]
    for child in children:
        if child.name in _FIRST:
            group.add(child)
    group.keep_running(until=lambda: _answers(config.port), every_seconds=_HEALTH_EVERY_SECONDS)
    if group.stop_requested:
        return
    group.terminal.say(_welcome_message(config))
    if config.twilio is not None:
        for name, command in _DOCTOR.items():
            group.run_to_end(ChildProcess(name=name, command=command, env=env, cwd=PROJECT_ROOT))
    for child in children:
        if child.name not in _FIRST:
            group.add(child)
    group.keep_running(until=lambda: False, every_seconds=None)


def _environment_of_children(config: Settings, servers: Servers | None) -> dict[str, str]:
    own = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url} if servers else {}
    given = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url}
    inherited = environment()
    env = {
        **inherited,
        **own,
        **{name: url for name, url in given.items() if url},
        "PORT": str(config.port),
        "PYTHONUNBUFFERED": "1",
        # The programs of this virtual environment, whatever the terminal has activated.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), inherited.get("PATH", os.defpath))),
    }
    if not config.is_production:
        # The simulator lets anybody be anybody: not for the neighbours in the network.
        env.setdefault("BIND", "127.0.0.1")
    return env


@contextmanager
def _own_port(config: Settings) -> Iterator[None]:
    """Refuse a port that is taken, or that another start of this checkout is about to take.

    The web server would share it without a word, and each answer would come from either of the two.
    """
    port = config.port
    config.var.mkdir(parents=True, exist_ok=True)
    with (config.var / f"port-{port}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotLaunchError(
                f"port {port} belongs to another make run here; {_suggest_port(port)}"
            ) from None
        _refuse_taken_port(port)
        yield


def _suggest_port(port: int) -> str:
    return f"choose another: make run PORT={port + 1}"


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotLaunchError(f"port {port}: {error.strerror}; {_suggest_port(port)}") from None


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", HEALTH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome_message(config: Settings) -> str:
    page = f"http://localhost:{config.port}"
    if config.environment is not Environment.DEVELOPMENT:
        return f"\nKhaacho answers at {page}, known to the world as {config.public_url}. Ctrl-C ends it.\n"
    return (
        f"\nKhaacho is open. Two phones side by side:  {page}/simulator"
        "\n  be Asha, a shopkeeper, on one phone; the wholesaler who is asked rings on the other"
        f"\nThe admin panel:  {page}/admin/"
        f"\nThe API, with its pages to read:  {page}/api/v1/docs"
        "\n  sign in to both as admin@khaacho.com with admin123"
        "\nCtrl-C ends everything; the data stays for the next time.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
