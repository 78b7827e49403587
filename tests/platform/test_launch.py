"""`make run`, with a small Procfile in place of ours: started in order, watched, ended in order, killed without a trace."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT, environment
from tests.platform.processes import Processes, is_running, postmaster, read_until, wait_until

PROCFILE = """
web: python {web}
worker: python -c "import os, time; print('worker', os.getpid()); time.sleep(1000)"
clock: python -c "import os, time; print('clock', os.getpid()); time.sleep(1000)"
"""
WEB = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from core.config import settings

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/v1/health" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass

print("web", os.getpid(), settings().redis_url[:7])
HTTPServer((os.environ["BIND"], settings().port), Health).serve_forever()
"""


class Stage:
    def __init__(self, directory: Path, var: Path, processes: Processes) -> None:
        self.var = var
        self.port = free_port()
        self.processes = processes
        (directory / "web.py").write_text(WEB)
        self.procfile = directory / "Procfile"
        self.procfile.write_text(PROCFILE.format(web=directory / "web.py"))

    def launch(self) -> subprocess.Popen[str]:
        return self._start("-m", "core.launch", "--procfile", str(self.procfile))

    def launch_through(self, program: str) -> subprocess.Popen[str]:
        """Start it as the child of a small Python program that finds the command in its arguments."""
        command = [sys.executable, "-m", "core.launch", "--end-with-parent", "--procfile", str(self.procfile)]
        return self._start("-c", f"import subprocess, sys\n{program}", *command)

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        # In the test environment there is no demo market, so this needs no more than the migrations.
        return self.processes.python(
            *arguments,
            VAR_DIR=str(self.var),
            PORT=str(self.port),
            ENVIRONMENT="test",
            PYTHONPATH=str(PROJECT_ROOT),
        )

    def postmaster(self) -> int:
        return postmaster(self.var)


@pytest.fixture
def stage(tmp_path, var, processes) -> Stage:
    return Stage(tmp_path, var, processes)


def pids(lines: list[str]) -> dict[str, int]:
    """What the small processes said of themselves."""
    words = [line.partition("| ")[2].split() for line in lines]
    return {said[0]: int(said[1]) for said in words if said and said[0] in {"web", "worker", "clock"}}


def test_everything_starts_and_ends_in_order(stage):
    launched = stage.launch()
    lines = read_until(launched, "Khaacho answers at")
    started = pids(lines)
    later = pids(read_until(launched, "| clock"))
    servers = stage.postmaster()

    launched.send_signal(signal.SIGINT)
    rest, _ = launched.communicate(timeout=30)

    assert lines[0] == f"Starting PostgreSQL and Valkey under {stage.var} …"
    assert (set(started), set(later)) == ({"web", "worker"}, {"clock"})
    assert any(line.endswith("unix://") for line in lines)
    assert launched.returncode == 0
    assert rest.splitlines()[-1] == "Everything has ended."
    assert not any(map(is_running, (*started.values(), *later.values(), servers)))


def test_who_ends_is_started_again(stage):
    launched = stage.launch()
    first = pids(read_until(launched, "Khaacho answers at"))

    subprocess.run(["kill", "-9", str(first["worker"])], check=True)
    said = read_until(launched, "worker ended")
    again = pids(read_until(launched, "| worker"))

    assert said[-1] == "worker ended with -9; starting it again in 1 s."
    assert again["worker"] != first["worker"]


def test_lost_servers_are_started_again(stage):
    launched = stage.launch()
    read_until(launched, "Khaacho answers at")
    lost = stage.postmaster()

    supervisor = subprocess.check_output(["ps", "-o", "ppid=", "-p", str(lost)], text=True).strip()
    subprocess.run(["kill", "-9", supervisor], check=True)
    read_until(launched, "PostgreSQL and Valkey were lost; starting them again.")
    read_until(launched, "PostgreSQL and Valkey are back.")

    assert not is_running(lost)
    assert is_running(stage.postmaster())


def test_a_kill_leaves_nothing_running_and_the_next_start_works(stage):
    launched = stage.launch()
    started = pids(read_until(launched, "Khaacho answers at"))
    servers = stage.postmaster()

    launched.kill()
    wait_until(lambda: not any(map(is_running, (*started.values(), servers))), "everything has ended")
    again = stage.launch()
    read_until(again, "Khaacho answers at")
    again.terminate()

    assert again.wait(30) == 0


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a process that its parent has been killed"
)
def test_a_killed_make_takes_everything_along(stage):
    make = stage.launch_through("subprocess.run(sys.argv[1:])")
    started = pids(read_until(make, "Khaacho answers at"))
    servers = stage.postmaster()

    make.kill()

    wait_until(lambda: not any(map(is_running, (*started.values(), servers))), "everything has ended")


def test_a_closed_terminal_ends_it(stage):
    reader = stage.launch_through(
        "from itertools import takewhile\n"
        "launched = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
        "print(*takewhile(lambda line: 'Ctrl-C' not in line, launched.stdout), sep='')\n"
        "launched.stdout.close()\n"
        "print('code', launched.wait(30))\n"
    )
    lines = read_until(reader, "worker")
    worker = pids(lines)["worker"]

    subprocess.run(["kill", "-9", str(worker)], check=True)
    reader.wait(30)

    assert reader.stdout.read().splitlines()[-1] == "code 0"


def test_somebody_may_end_it_from_another_terminal(stage):
    launched = stage.launch()
    started = pids(read_until(launched, "Khaacho answers at"))

    subprocess.run(
        [sys.executable, "-m", "core.embedded", "stop"],
        cwd=PROJECT_ROOT,
        env=environment() | {"VAR_DIR": str(stage.var)},
        check=True,
        timeout=30,
    )

    assert launched.wait(30) == 0
    assert not any(map(is_running, started.values()))


def test_a_taken_port_is_told_before_anything_starts(stage):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stage.port))
        taken.listen()
        launched = stage.launch()
        told, _ = launched.communicate(timeout=30)

    assert launched.returncode == 1
    assert (
        told == f"port {stage.port}: Address already in use; choose another: make run PORT={stage.port + 1}\n"
    )
    assert not stage.var.joinpath("servers.env").exists()


def test_a_second_start_on_the_same_port_is_refused_before_the_first_has_it(stage):
    first = stage.launch()
    read_until(first, "Starting PostgreSQL")

    second = stage.launch()
    told, _ = second.communicate(timeout=30)
    read_until(first, "Khaacho answers at")

    assert second.returncode == 1
    assert told == (
        f"port {stage.port} belongs to another make run here; choose another: make run PORT={stage.port + 1}\n"
    )


def test_a_failed_preparation_is_told_and_ends_the_servers(stage):
    launched = stage.processes.python(
        "-m",
        "core.launch",
        VAR_DIR=str(stage.var),
        PORT=str(stage.port),
        ENVIRONMENT="test",
        # Alembic finds no database of this name and says so.
        DATABASE_URL="postgresql://127.0.0.1:9/none",
    )
    told, _ = launched.communicate(timeout=60)

    assert launched.returncode == 1
    assert told.splitlines()[-1] == "'alembic upgrade head' failed; its lines above say why"
    assert "migrate" in told
    assert not stage.var.joinpath("servers.env").exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
