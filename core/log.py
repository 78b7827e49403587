"""Logs as facts: a message, and beside it what it is about (conversation, order, event, actor), one line each.

Message bodies do not belong in a log. Phone numbers above debug lose their middle here, wherever they come from.
"""

import datetime as dt
import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from core.config import Environment

_bound: ContextVar[Mapping[str, object]] = ContextVar("bound_facts", default={})  # noqa: B039 – never changed in place
# What a record has anyway; everything else was given as `extra`.
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# With its plus, or as Twilio's WaId writes a number of Nepal: without.
_PHONE = re.compile(r"(\+\d{3}|\b977)\d{5,10}(\d{3})\b")


def configure(environment: Environment, *, stream: TextIO = sys.stderr) -> None:
    """Send all logs of this process to *stream*: JSON in production, lines for people elsewhere."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Json() if environment is Environment.PRODUCTION else _Plain())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # One line for each job and each tick says nothing that our own rows do not.
    for chatty in ("apscheduler", "rq", "twilio", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Add *facts* to every record written inside the block: `with log.about(conversation=7): …`."""
    token = _bound.set({**_bound.get(), **facts})
    try:
        yield
    finally:
        _bound.reset(token)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    given = {name: value for name, value in vars(record).items() if name not in _OWN_FIELDS}
    return {**_bound.get(), **given}


def _masked(text: str, record: logging.LogRecord) -> str:
    return text if record.levelno <= logging.DEBUG else _PHONE.sub(r"\1…\2", text)


class _Plain(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 – logging's name
        line = super().formatMessage(record)
        return " ".join((line, *(f"{name}={value}" for name, value in _facts(record).items())))

    def format(self, record: logging.LogRecord) -> str:
        return _masked(super().format(record), record)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _masked(json.dumps(line, ensure_ascii=False, default=str), record)
