"""Notices a proxy that gives each transaction another connection (PgBouncer's `pool_mode = transaction` and its kin).

Khaacho can't work behind one. A worker proves that it is alive by a lock that belongs to its session; there the lock would
stay with whichever connection the proxy took, outlive the worker, and keep the job of a dead one from being taken back.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

_PROBES: Final = 3
# What PgBouncer says to any transaction in statement mode.
_PROTOCOL_VIOLATION: Final = "08P01"
_WHO: Final = text("SELECT pg_backend_pid()")

REFUSAL: Final = (
    "DATABASE_URL leads to a pool that hands out connections for single transactions (PgBouncer's pool_mode=transaction"
    " or statement): locks of workers would be lost there. Set pool_mode=session for this database, or name the server itself"
)


def is_pooled_by_transaction(engine: Engine) -> bool:
    """Whether a second client gets the server process of the first, or the first another one while the second works.

    A server's own process belongs to one client until that client goes, so either is proof.
    """
    try:
        return _shares_processes(engine)
    except DBAPIError as problem:
        if getattr(problem.orig, "sqlstate", None) == _PROTOCOL_VIOLATION:
            return True
        raise


def _shares_processes(engine: Engine) -> bool:
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            connection.detach()
        for _ in range(_PROBES):
            before = first.scalar(_WHO)
            first.commit()
            # The transaction of the second stays open, so that a pool can't give its process back to the first.
            held = second.scalar(_WHO)
            after = first.scalar(_WHO)
            first.commit()
            second.commit()
            if held == before or after != before:
                return True
    return False
