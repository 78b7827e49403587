"""The engine, and the one way to open a transaction; what must wait for the commit waits here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, sessionmaker

_AFTER_COMMIT = "khaacho.after_commit"
_WRITES = "khaacho.writes"
_READ_ONCE = "khaacho.read_once"
# lock_not_available and deadlock_detected.
_LOCK_STATES = frozenset({"55P03", "40P01"})

Result = TypeVar("Result")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How long a statement, its wait for a lock, and a transaction in which nothing happens may last, in seconds."""

    statement: int
    lock: int
    idle: int


# Of a worker's short jobs: what lasts longer is a fault, and holds up everybody behind its locks. A frozen worker's
# transaction ends with its *idle* time.
SHORT_JOBS = Limits(statement=60, lock=15, idle=60)
# Reports and exports compute between their statements.
HEAVY_JOBS = Limits(statement=900, lock=15, idle=900)


def make_engine(
    url: str,
    *,
    pooled: bool = True,
    timeout_seconds: int | None = None,
    lock_seconds: int | None = None,
    limits: Limits | None = None,
) -> Engine:
    """An engine for *url*. A process that forks takes `pooled=False`: forked processes must not share connections.

    With *timeout_seconds* no statement and no connection attempt lasts longer: for entry points whose caller waits;
    with *lock_seconds* as well, none waits longer for a lock (`is_lock_taken`).
    Errors do not quote the parameters of their statement: those hold what people wrote, and errors are logged.
    """
    options: dict[str, Any] = {"hide_parameters": True}
    if timeout_seconds is not None:
        options["connect_args"] = {
            "connect_timeout": timeout_seconds,
            "options": f"-c statement_timeout={timeout_seconds}s"
            f" -c lock_timeout={timeout_seconds if lock_seconds is None else lock_seconds}s",
        }
    elif limits is not None:
        options["connect_args"] = {
            "options": f"-c statement_timeout={limits.statement}s -c lock_timeout={limits.lock}s"
            f" -c idle_in_transaction_session_timeout={limits.idle}s",
        }
    if not pooled:
        return create_engine(url, poolclass=NullPool, **options)
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        # A worker has up to eighteen jobs at a time.
        max_overflow=16,
        pool_timeout=5,
        pool_pre_ping=True,
        **options,
    )


class Database:
    """Opens transactions. Entry points call `transaction`; use cases receive the session and never commit."""

    def __init__(self, sessions: sessionmaker[Session] | Engine) -> None:
        self.sessions = (
            sessions if isinstance(sessions, sessionmaker) else sessionmaker(sessions, expire_on_commit=False)
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends, rolls back when it raises."""
        with self.sessions() as session, session.begin():
            yield session

    def run(self, act: Callable[[Session], Result]) -> Result:
        """Run *act* in a transaction, and once more at once if the connection is lost on the way.

        *act* changes nothing but the database, and sees by itself whether it has been done: the connection may be lost
        while the transaction commits, when nobody knows whether it did.
        """
        try:
            with self.transaction() as session:
                return act(session)
        except Exception as problem:
            if not is_connection_lost(problem):
                raise
            logger.warning("the connection was lost; trying again", extra={"problem": type(problem).__name__})
        with self.transaction() as session:
            return act(session)


def is_connection_lost(error: BaseException | None) -> bool:
    """Whether *error*, or what caused it, says that the database went away or could not be reached."""
    while error is not None:
        if isinstance(error, DBAPIError) and (error.connection_invalidated or _is_unreachable(error)):
            return True
        error = error.__cause__
    return False


def is_lock_taken(error: BaseException) -> bool:
    """Whether *error* says that somebody else held what it waited for: the same again, a little later, may succeed."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in _LOCK_STATES


def _is_unreachable(error: DBAPIError) -> bool:
    # The server gives each of its own errors a state; a connection that could not be made has none.
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) is None


def writes(session: Session) -> int:
    """How often this session has written so far; what was read before is still so while the number stands."""
    pending = len(session.new) + len(session.dirty) + len(session.deleted)
    count: int = session.info.get(_WRITES, 0)
    return count + pending


@event.listens_for(Session, "after_flush")
def _count_flush(session: Session, _context: Any) -> None:
    session.info[_WRITES] = session.info.get(_WRITES, 0) + 1


@event.listens_for(Session, "do_orm_execute")
def _count_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[_WRITES] = state.session.info.get(_WRITES, 0) + 1


def read_once(session: Session) -> dict[Any, Any]:
    """What this transaction has read and need not read again, by a name of the reader's choosing.

    Empty again when the transaction ends, and when anything of it is undone.
    """
    kept: dict[Any, Any] = session.info.setdefault(_READ_ONCE, {})
    return kept


@event.listens_for(Session, "after_soft_rollback")
def _forget_what_was_read(session: Session, _transaction: SessionTransaction) -> None:
    session.info.pop(_READ_ONCE, None)


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Run *act* once the whole transaction has committed; never when it rolls back.

    For ringing bells, not for changing data: an act of a savepoint that was rolled back still runs.
    """
    session.info.setdefault(_AFTER_COMMIT, []).append(act)


@event.listens_for(Session, "after_commit")
def _run_after_commit(session: Session) -> None:
    # The release of a savepoint is announced as a commit too; nobody else sees the work before the outer one.
    if not session.in_nested_transaction():
        for act in session.info.pop(_AFTER_COMMIT, []):
            act()


@event.listens_for(Session, "after_transaction_end")
def _forget_at_the_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_AFTER_COMMIT, None)
        session.info.pop(_READ_ONCE, None)
