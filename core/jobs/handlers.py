"""What runs a job. The composition root builds one table of kind → handler."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.db.session import Database

Arguments = dict[str, Any]
Act = Callable[[Session, Arguments, dt.datetime], None]
OutsideAct = Callable[[Database, Arguments, dt.datetime], None]
# Given the arguments and what was raised.
AfterFailure = Callable[[Session, Arguments, Exception, dt.datetime], None]


class FailedAt(Exception):
    """A failure, its cause, together with the rows that were being worked on."""

    def __init__(self, row_ids: Collection[int]) -> None:
        super().__init__(f"failed at {sorted(row_ids)}")
        self.row_ids = frozenset(row_ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class Handler:
    """Does its work in the transaction that marks the job done: its effects happen exactly once."""

    act: Act
    # What else a failed attempt leads to, in the transaction that puts the job back.
    after_failure: AfterFailure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideHandler:
    """Talks to the network, so it opens short transactions of its own and may run again after a crash."""

    act: OutsideAct


Handlers = Mapping[str, Handler | OutsideHandler]
