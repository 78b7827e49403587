"""One server under the supervisor: how it is started, known to be ready, and ended."""

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import EmbeddedServersError

_START_SECONDS = 30.0
_STOP_SECONDS = 20.0
_FORCED_STOP_SECONDS = 5.0
_POLL_SECONDS = 0.02
_PAUSE_SECONDS = 0.2

logger = logging.getLogger(__name__)


@dataclass(kw_only=True, slots=True)
class ServerProcess:
    name: str
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]
    is_ready: Callable[[], bool]
    shutdown: signal.Signals
    forced_shutdown: signal.Signals
    process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        self.process = self.start()
        logger.info("%s started, pid %d", self.name, self.process.pid)

    def wait_until_ready(self) -> None:
        """Wait, starting again what ends: after a kill -9 the lock is refused until the old processes are gone."""
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise EmbeddedServersError(
                    f"{self.name} does not start. Its log ends with:\n{self._end_of_log()}"
                )
            if self.has_ended_within(_POLL_SECONDS):
                threading.Event().wait(_PAUSE_SECONDS)
                self.launch()

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def has_ended_within(self, seconds: float) -> bool:
        if self.process is None:
            return True
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def ask_to_end(self) -> None:
        if self.process is not None and not self.has_ended:
            self.process.send_signal(self.shutdown)

    def wait_until_ended(self) -> None:
        """Wait for the end that was asked for, and force it when it does not come. Both servers recover from that."""
        if self.process is None:
            return
        if not self.has_ended_within(_STOP_SECONDS):
            self.process.send_signal(self.forced_shutdown)
        if not self.has_ended_within(_FORCED_STOP_SECONDS):
            self.process.kill()
            self.process.wait()
        logger.info("%s ended with %d", self.name, self.process.returncode)

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
