"""How much one web process has in hand at once: documents, passwords, and anything of one caller.

Nothing here is shared between processes: it guards this one's threads and its core. What a caller may ask for in a
minute is `limiter.py`'s.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Condition

from admin_api.problems import TRY_AGAIN_SECONDS, Problem, busy


@dataclass(kw_only=True)
class Room:
    """Lets *at_once* in, and of one caller *of_one*; *waiting* more stand at the door for *patience* seconds."""

    at_once: int
    of_one: int
    waiting: int = 0
    patience: float = 0.0
    _inside: int = 0
    _callers: Counter[str] = field(default_factory=Counter)
    _changed: Condition = field(default_factory=Condition)

    @contextmanager
    def hold(self, who: str) -> Iterator[None]:
        """Raises a 429 if *who* has enough in hand already, and a 503 if the room is full."""
        self._enter(who)
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._forget(who)
                self._changed.notify()

    def _enter(self, who: str) -> None:
        with self._changed:
            if self._callers[who] >= self.of_one:
                raise Problem(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    "too_many_at_once",
                    title="You have as many such requests in hand as one caller may.",
                    facts={"at_once": self.of_one},
                    headers={"Retry-After": str(TRY_AGAIN_SECONDS)},
                )
            if self._callers.total() >= self.at_once + self.waiting:
                raise busy()
            self._callers[who] += 1
            if not self._changed.wait_for(lambda: self._inside < self.at_once, self.patience):
                self._forget(who)
                raise busy()
            self._inside += 1

    def _forget(self, who: str) -> None:
        self._callers[who] -= 1
        if not self._callers[who]:
            del self._callers[who]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rooms:
    """The rooms of one process. Documents and passwords together never hold all its threads, nor does one caller."""

    requests: Room
    documents: Room
    passwords: Room

    @classmethod
    def of_threads(cls, threads: int) -> Rooms:
        some = max(1, threads // 4)
        return cls(
            # Only by caller: how many there are in all, the threads say.
            requests=Room(at_once=sys.maxsize, of_one=max(1, threads // 2)),
            documents=Room(at_once=some, of_one=some, waiting=some, patience=5),
            # 35 ms each, so that those who wait are let in soon.
            passwords=Room(at_once=some, of_one=max(1, 2 * some - 2), waiting=some - 1, patience=3),
        )
