"""One of two web workers is killed, by the kernel for its memory, say: the other answers meanwhile, and a new one comes."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT
from core.launch.procfile import parse_procfile
from tests.platform.test_slow_senders import APP

WATCHED_SECONDS = 6


@pytest.fixture
def web(tmp_path):
    """The web process as the Procfile starts it, with an app that needs no database."""
    (tmp_path / "slow_app.py").write_text(APP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = parse_procfile(PROJECT_ROOT / "Procfile")["web"].replace(
        "wsgi:request_buffering", "slow_app:app"
    )
    server = subprocess.Popen(
        ["/bin/sh", "-c", f"exec {command}"],
        cwd=tmp_path,
        env={
            "PYTHONPATH": f"{PROJECT_ROOT}:{tmp_path}",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PORT": str(port),
            "BIND": "127.0.0.1",
            "WEB_CONCURRENCY": "2",
        },
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and not (len(children(server.pid)) == 2 and answers(port)):
        server.poll()
    yield server, port
    server.terminate()
    server.wait(15)


def children(pid):
    found = set()
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = one.read_text().rpartition(")")[2].split()
            command = (one.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == pid and b"resource_tracker" not in command:
            found.add(int(one.parent.name))
    return found


def answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc for the workers")
def test_the_other_worker_answers_while_a_killed_one_is_replaced(web):
    server, port = web
    first = children(server.pid)

    os.kill(min(first), signal.SIGKILL)
    failed, asked = 0, 0
    until = time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < until:
        asked += 1
        failed += not answers(port)

    assert asked > 20
    assert failed <= 1  # the request that the killed worker had taken
    assert server.poll() is None
    now = children(server.pid)
    assert len(now) == 2
    assert now - first
