"""Real processes for tests: started, watched, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.config import PROJECT_ROOT, environment

PATIENCE_SECONDS = 60.0
LIFE_SECONDS = 180.0


class Processes:
    def __init__(self, *, life_seconds: float = LIFE_SECONDS) -> None:
        self.life_seconds = life_seconds
        self.started: list[tuple[subprocess.Popen[str], threading.Timer]] = []

    def python(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        """Start this Python with *arguments* in a session of its own, its output in one pipe."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT_ROOT,
            env=environment() | {"PYTHONUNBUFFERED": "1"} | env,
            start_new_session=True,
        )
        # A test that waits for a line sees the end of the output instead of waiting forever.
        timer = threading.Timer(self.life_seconds, process.kill)
        timer.daemon = True
        timer.start()
        self.started.append((process, timer))
        return process

    def end(self) -> None:
        for process, timer in self.started:
            timer.cancel()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def wait_until(holds: Callable[[], object], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        threading.Event().wait(0.02)


def is_running(pid: int) -> bool:
    """Whether it runs; a dead one that nobody has asked after does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")


def parent_of(pid: int) -> int:
    return int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)], text=True))


def postmaster(var: Path) -> int:
    return int((var / "servers" / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def read_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """The lines of *process* up to the one that contains *text*."""
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if text in line:
            return lines
    raise AssertionError(f"{text!r} was never written:\n" + "\n".join(lines))
