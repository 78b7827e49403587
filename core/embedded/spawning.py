"""Starts child processes that end when their parent ends, even by kill -9: no orphan is left behind."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from core.embedded.paths import Account

_PR_SET_PDEATHSIG = 1
_WATCHDOG = Path(__file__).with_name("watchdog.py")


def spawn(
    argv: Sequence[str],
    *,
    on_parent_death: signal.Signals,
    env: Mapping[str, str],
    output: IO[bytes] | int,
    cwd: Path,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start *argv* in a session of its own, as *account* if given, with both outputs going to *output*.

    Must be called from the main thread: Linux sends the signal when the *thread* that started the child ends.
    """
    if sys.platform == "linux":
        return _start(
            argv,
            env,
            output,
            cwd,
            account,
            stdin=subprocess.DEVNULL,
            before_exec=_signal_on_parent_death(on_parent_death),
        )
    # Elsewhere a small process in between sees its input close when we are gone.
    watched = [sys.executable, str(_WATCHDOG), str(int(on_parent_death)), *argv]
    return _start(watched, env, output, cwd, account, stdin=subprocess.PIPE, before_exec=None)


def end_with_parent(on_parent_death: signal.Signals) -> None:
    """Ask the kernel to signal this process when its parent ends. Only Linux can; elsewhere nothing happens."""
    if sys.platform == "linux":
        _signal_on_parent_death(on_parent_death, parent=os.getppid())()


def _start(
    argv: Sequence[str],
    env: Mapping[str, str],
    output: IO[bytes] | int,
    cwd: Path,
    account: Account | None,
    *,
    stdin: int,
    before_exec: Callable[[], None] | None,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        argv,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=dict(env),
        cwd=cwd,
        start_new_session=True,
        preexec_fn=before_exec,  # noqa: PLW1509 – two system calls; the callers have one thread
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _signal_on_parent_death(
    on_parent_death: signal.Signals, *, parent: int | None = None
) -> Callable[[], None]:
    # The account is changed before this runs; changing it afterwards would make the kernel forget the wish.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    expected_parent = parent or os.getpid()

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(on_parent_death), 0, 0, 0)
        # The parent may have ended before the wish was heard.
        if os.getppid() != expected_parent:
            os._exit(1)

    return ask_kernel
