"""Runs one claimed job and settles it: the work and its being done in one transaction, or the failure in another."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from core import log, trace
from core.db.clock import business_now
from core.db.locks import Locks, lock_ahead, lock_order_error
from core.db.session import Database
from core.jobs.handlers import FailedAt, Handler, Handlers
from core.outbox import claims
from core.outbox.claims import Claim, Ending

# How often the work may find further locks that it needs.
_MOST_ORDERINGS = 16
logger = logging.getLogger(__name__)


class UnknownKind(LookupError):
    """A job of a kind that this version of the program does not know."""


def run(database: Database, handlers: Handlers, claim: Claim) -> None:
    """Do the work of *claim*. A failure of the work is stored; only a failure to store it is raised."""
    started = time.monotonic()
    with log.about(job=claim.job_id, kind=claim.kind, attempt=claim.attempt), _span_of(claim):
        try:
            with trace.span("work"):
                _act(database, handlers, claim)
        except Exception as error:  # whatever a handler raises is its job's failure, never the worker's
            logger.exception("job failed")
            settle_failure(database, handlers, claim, error)
        else:
            logger.debug("job done", extra={"milliseconds": round((time.monotonic() - started) * 1000)})


def _span_of(claim: Claim) -> AbstractContextManager[None]:
    return trace.span(
        f"job {claim.kind}",
        parent=claim.trace,
        job=claim.job_id,
        kind=claim.kind,
        queue=claim.queue.value,
        attempt=claim.attempt,
    )


def settle_failure(database: Database, handlers: Handlers, claim: Claim, error: Exception) -> None:
    with database.transaction() as session:
        now = business_now(session)
        ending = claims.fail(session, claim, error=_in_a_line(error), now=now)
        handler = handlers.get(claim.kind)
        if ending is Ending.NOT_OURS or not isinstance(handler, Handler) or handler.after_failure is None:
            return
        try:
            with session.begin_nested():
                handler.after_failure(session, claim.arguments, error, now)
        except Exception:  # the failure itself must be stored, whatever its follow-up does
            logger.exception("the follow-up of a failure failed")


def _act(database: Database, handlers: Handlers, claim: Claim) -> None:
    handler = handlers.get(claim.kind)
    if handler is None:
        raise UnknownKind(claim.kind)
    if isinstance(handler, Handler):
        _act_in_order(database, handler, claim)
        return
    handler.act(database, claim.arguments, claim.claimed_at)
    database.run(lambda session: _finish_held(session, claim))


def _act_in_order(database: Database, handler: Handler, claim: Claim) -> None:
    """Do the work; where it asks for its locks out of order, do it anew with all of them taken first.

    A text may say several things whose locks only the reading of it shows: "paid 500 …, and send 5 kg sugar".
    """
    ahead: Locks = {}
    for is_last in (*[False] * _MOST_ORDERINGS, True):
        taken = dict(ahead)
        try:
            database.run(lambda session: _act_held(session, handler, claim, taken))  # noqa: B023 - run at once
        except Exception as error:
            out_of_order = lock_order_error(error)
            if out_of_order is None or is_last:
                raise
            logger.info("locks out of order; again with these first", extra={"problem": str(out_of_order)})
            ahead |= out_of_order.needed
        else:
            return


def _act_held(session: Session, handler: Handler, claim: Claim, ahead: Locks) -> None:
    """Do nothing if the job is done already, or somebody else's by now."""
    if now := claims.hold(session, claim):
        lock_ahead(session, ahead)
        handler.act(session, claim.arguments, now)
        claims.finish(session, claim, now=now)


def _finish_held(session: Session, claim: Claim) -> None:
    if now := claims.hold(session, claim):
        claims.finish(session, claim, now=now)


def _in_a_line(error: Exception) -> str:
    """The first line only: those after it may quote what people wrote."""
    if isinstance(error, FailedAt) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}".removesuffix(": ")
