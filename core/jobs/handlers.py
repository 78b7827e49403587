"""What runs a job. The composition root builds one table of kind → handler."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.db.session import Database

Arguments = dict[str, Any]
Act = Callable[[Session, Arguments, dt.datetime], None]
OutsideAct = Callable[[Database, Arguments, dt.datetime], None]
# Given the arguments and the number of the attempt that failed.
AfterFailure = Callable[[Session, Arguments, int, dt.datetime], None]


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
