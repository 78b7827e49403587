"""A group of child processes: shows their output, restarts those that end, and stops all of them in order."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence

from core.embedded import ServerEvent, Servers
from core.launch.child_process import ChildProcess, Output
from core.launch.terminal import Terminal

_GRACE_SECONDS = 15.0
_MOST_READS_AT_END = 100


class ProcessGroup:
    """The child processes of `make run`, watched in one event loop: output, signals, events of the servers, timers."""

    def __init__(self, terminal: Terminal, waiting: selectors.BaseSelector, heard: int) -> None:
        self.terminal = terminal
        self.waiting = waiting
        self.children: list[ChildProcess] = []
        self.was_told_to_stop = False
        self.skip_grace = False
        waiting.register(heard, selectors.EVENT_READ, lambda: self._read_signals(heard))

    @property
    def stop_requested(self) -> bool:
        return self.was_told_to_stop or self.terminal.is_gone

    def run_to_end(self, child: ChildProcess) -> bool:
        """Run one step of the preparation. Says whether it succeeded; a request to stop cuts it short."""
        self._start(child)
        while child.is_running and not self.stop_requested:
            self._wait(None)
        if child.is_running:
            self._end([child])
        self._drain_output()
        return child.exit_code == 0

    def add(self, child: ChildProcess) -> None:
        self.children.append(child)
        self._start(child)

    def watch_servers(self, servers: Servers) -> None:
        """Leave when somebody asks everybody to; when the servers are lost, have them started again."""

        def on_event() -> None:
            self.waiting.unregister(servers)
            if servers.next_event() is ServerEvent.STOPPING:
                self.terminal.say("Somebody asked the servers of this checkout to end.")
                self.was_told_to_stop = True
                return
            self.terminal.say("PostgreSQL and Valkey were lost; starting them again.")
            servers.start_again()
            self.terminal.say("PostgreSQL and Valkey are back.")
            self.watch_servers(servers)

        self.waiting.register(servers, selectors.EVENT_READ, on_event)

    def keep_running(self, *, until: Callable[[], bool], every_seconds: float | None) -> None:
        """Restart children that end, until *until* says so or a stop is requested."""
        while not self.stop_requested and not until():
            now = time.monotonic()
            for child in self.children:
                self._restart_if_due(child, now)
            due = [child.start_again_at - now for child in self.children if child.start_again_at is not None]
            if every_seconds is not None:
                due.append(every_seconds)
            self._wait(max(0.0, min(due)) if due else None)

    def end(self) -> None:
        """Terminate all children; kill what is left after the grace period."""
        self._end(self.children)

    def _end(self, children: Sequence[ChildProcess]) -> None:
        self.skip_grace = False
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + _GRACE_SECONDS
        while (
            any(child.is_running for child in children)
            and not self.skip_grace
            and time.monotonic() < deadline
        ):
            self._wait(deadline - time.monotonic())
        for child in children:
            if child.is_running:
                self.terminal.say(f"{child.name} does not end; killing it.")
            child.kill_with_descendants()
        self._drain_output()

    def _restart_if_due(self, child: ChildProcess, now: float) -> None:
        if child.start_again_at is not None:
            if now >= child.start_again_at:
                self._start(child)
        elif not child.is_running:
            child.kill_with_descendants()
            pause = child.plan_restart(now=now)
            self.terminal.say(
                f"{child.name} ended with {child.exit_code}; starting it again in {pause:.0f} s."
            )

    def _start(self, child: ChildProcess) -> None:
        output = child.start(now=time.monotonic())
        self.waiting.register(output, selectors.EVENT_READ, lambda: self._show(output))

    def _show(self, output: Output) -> None:
        for line in output.lines():
            self.terminal.line(output.name, line)
        if output.is_at_end:
            self.waiting.unregister(output)
            output.close()

    def _wait(self, seconds: float | None) -> bool:
        """Wait for anything to happen and answer it. Says whether something did."""
        happened = self.waiting.select(None if seconds is None else max(0.0, seconds))
        for key, _ in happened:
            key.data()
        return bool(happened)

    def _drain_output(self) -> None:
        # The bound is for a process that escaped its group and still writes.
        for _ in range(_MOST_READS_AT_END):
            if not self._wait(0):
                return

    def _read_signals(self, heard: int) -> None:
        told = set(os.read(heard, 64))
        if told & {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}:
            # A second Ctrl-C skips the grace period.
            self.skip_grace = self.was_told_to_stop
            self.was_told_to_stop = True
