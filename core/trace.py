"""The thread from a message to its job to its send: one id in every line of the log, handed on with the work.

It is there without any collector. `core.telemetry` lets one see the spans as well.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from core import log

# As the traceparent of W3C's Trace Context has it: version, trace, span, flags.
_CONTEXT: Final = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
Facts = dict[str, str | int]
# Given a name, the span it belongs to or None, and facts: a span, and what names it to others.
OpenSpan = Callable[[str, str | None, Facts], AbstractContextManager[str]]

_current: ContextVar[str | None] = ContextVar("trace", default=None)


@dataclass(slots=True)
class _Wiring:
    """Set once by the composition root when a process starts."""

    open_span: OpenSpan
    flushes: list[Callable[[], object]]


@contextmanager
def span(name: str, *, parent: str | None = None, **facts: str | int) -> Iterator[None]:
    """What is done inside belongs to *parent*, else to the span around, else begins a trace. Facts are ids and kinds only."""
    above = parent if parent is not None and _CONTEXT.fullmatch(parent) else _current.get()
    with _wiring.open_span(name, above, facts) as opened, log.about(trace=_trace_of(opened)):
        token = _current.set(opened)
        try:
            yield
        finally:
            _current.reset(token)


def current() -> str | None:
    """What work that is put down for later keeps, to belong here."""
    return _current.get()


def wire(open_span: OpenSpan) -> None:
    _wiring.open_span = open_span


def at_flush(act: Callable[[], object]) -> None:
    _wiring.flushes.append(act)


def flush() -> None:
    """Hand over what is ready, before a process ends hard."""
    for act in _wiring.flushes:
        act()


@contextmanager
def _unseen(_name: str, above: str | None, _facts: Facts) -> Iterator[str]:
    trace = _trace_of(above) if above else secrets.token_hex(16)
    yield f"00-{trace}-{secrets.token_hex(8)}-01"


def _trace_of(context: str) -> str:
    return context.split("-")[1]


_wiring = _Wiring(open_span=_unseen, flushes=[])
