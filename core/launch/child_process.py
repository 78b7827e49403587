"""One process of the Procfile: its output by lines, its end, and when it may be started again."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.embedded.spawning import spawn

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# Who lived that long has started well; the next pause is a short one again.
STEADY_SECONDS = 30.0


@dataclass(kw_only=True, slots=True)
class ChildProcess:
    name: str
    command: str
    env: Mapping[str, str]
    cwd: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float | None = None
    pause_seconds: float = 0.0

    def start(self, *, now: float) -> "Output":
        reading, writing = os.pipe()
        try:
            self.process = spawn(
                # Without exec, a shell would stand between us and the process.
                ["/bin/sh", "-c", f"exec {self.command}"],
                on_parent_death=signal.SIGTERM,
                env=self.env,
                output=writing,
                cwd=self.cwd,
            )
        finally:
            os.close(writing)
        self.started_at = now
        self.start_again_at = None
        return Output(name=self.name, descriptor=reading)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.returncode

    def plan_restart(self, *, now: float) -> float:
        """Say how long to wait before the next start: longer each time it ends soon."""
        ended_soon = now - self.started_at < STEADY_SECONDS
        self.pause_seconds = (
            min(2 * self.pause_seconds, LONGEST_PAUSE_SECONDS)
            if ended_soon and self.pause_seconds
            else FIRST_PAUSE_SECONDS
        )
        self.start_again_at = now + self.pause_seconds
        return self.pause_seconds

    def ask_to_end(self) -> None:
        if self.process is not None and self.is_running:
            self.process.terminate()

    def kill_with_descendants(self) -> None:
        """Kill it and whatever it left: processes of its own that outlived it would hold the port or the lock."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass(kw_only=True, slots=True)
class Output:
    """What one start of a process writes; the end of its pipe may come later than its own."""

    name: str
    descriptor: int
    is_at_end: bool = False
    rest: bytes = field(default=b"")

    def fileno(self) -> int:
        return self.descriptor

    def lines(self) -> Iterator[str]:
        """Read what is there. At the end, the last line even when it is not complete."""
        chunk = os.read(self.descriptor, 65536)
        self.rest += chunk
        *whole, self.rest = self.rest.split(b"\n")
        if not chunk:
            self.is_at_end = True
            whole += [self.rest] if self.rest else []
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")

    def close(self) -> None:
        os.close(self.descriptor)
