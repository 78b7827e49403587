"""Signals as something to read, so that one call can wait for them together with sockets and pipes."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def readable_signals(*numbers: signal.Signals) -> Iterator[int]:
    """Yield a descriptor that gives one byte, its number, for each of these signals. Inside, they do nothing else."""
    heard, hear = os.pipe()
    os.set_blocking(hear, False)
    signal.set_wakeup_fd(hear)
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield heard
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(heard)
        os.close(hear)
