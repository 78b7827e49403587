"""Record what happened and what must be done about it, in the transaction of the change. Doing it is in `claims`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Executable, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import trace
from core.actor import Actor
from core.db.session import after_commit
from core.events import DomainEvent
from core.outbox.models import Event, Job, JobStatus, Queue
from core.refs import JobId


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaction:
    """What follows an event by itself: a job of this kind on this queue.

    Its arguments are the event's payload, with the event's name as `event` and the number of its row as `event_id`,
    which is the same on every attempt and so a good start for idempotency keys.
    """

    kind: str
    queue: Queue


ReactionTable = Mapping[type[DomainEvent], Sequence[Reaction]]


@dataclass(slots=True)
class _Wiring:
    """Set once by the composition root when a process starts."""

    reactions: ReactionTable
    ring: Callable[[Queue], None]


def _job_or_pending_duplicate() -> Executable:
    statement = insert(Job.metadata.tables[Job.__tablename__])
    return statement.on_conflict_do_update(
        index_elements=["kind", "dedup_key"],
        index_where=text("status = 'pending'"),
        set_={"due_at": func.least(Job.due_at, statement.excluded.due_at)},
    ).returning(Job.id)


# Built once: it runs for every message, and building it costs more than running it.
_ADD_JOB: Final = _job_or_pending_duplicate()


def _nobody_listens(_queue: Queue) -> None:
    """Without a bell the sweep finds the work."""


_HISTORY = "khaacho.history"
# Sessions made with this `info` record events to which nobody reacts: nobody must be told of a history that is entered now.
HISTORY = {_HISTORY: True}

_RINGS = "khaacho.rings"
_wiring = _Wiring(reactions={}, ring=_nobody_listens)


def wire(*, reactions: ReactionTable, ring: Callable[[Queue], None]) -> None:
    """Say who reacts to what, and how a queue's bell is rung. A ring must not raise: the sweep makes up for a lost one."""
    _wiring.reactions = reactions
    _wiring.ring = ring


def record(session: Session, event: DomainEvent, *, actor: Actor, now: dt.datetime) -> None:
    """Write the event and one job for each reaction; ring after the commit."""
    row = Event(name=event.name(), payload=event.payload(), actor=actor.label, at=now)
    session.add(row)
    session.flush()
    if _HISTORY in session.info:
        return
    for reaction in _wiring.reactions.get(type(event), ()):
        add_job(
            session,
            reaction.kind,
            queue=reaction.queue,
            arguments={**event.payload(), "event": row.name, "event_id": row.id},
            dedup_key=f"event:{row.id}",
            event_id=row.id,
            now=now,
        )


def record_all(session: Session, events: Sequence[DomainEvent], *, actor: Actor, now: dt.datetime) -> None:
    """Write many events of one kind, and one job of each for each reaction, in as few statements as for one."""
    if not events:
        return
    rows = [Event(name=event.name(), payload=event.payload(), actor=actor.label, at=now) for event in events]
    session.add_all(rows)
    session.flush()
    if _HISTORY in session.info:
        return
    for reaction in _wiring.reactions.get(type(events[0]), ()):
        jobs = [
            {
                "queue": reaction.queue,
                "kind": reaction.kind,
                "arguments": {**row.payload, "event": row.name, "event_id": row.id},
                "dedup_key": f"event:{row.id}",
                "status": JobStatus.PENDING,
                "attempts": 0,
                "due_at": now,
                "created_at": now,
                "event_id": row.id,
                "trace": trace.current(),
            }
            for row in rows
        ]
        session.execute(insert(Job).returning(Job.id), jobs)
        ring_after_commit(session, reaction.queue)


def add_job(
    session: Session,
    kind: str,
    *,
    queue: Queue,
    arguments: dict[str, Any],
    dedup_key: str | None,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    event_id: int | None = None,
) -> JobId:
    """Add work. While a job with the same kind and key is pending there is no second one; a sooner due time wins.

    A running job does not count, so this never waits for one, and what it may have overlooked is looked at again.
    """
    job_id = session.connection().scalar(
        _ADD_JOB,
        {
            "queue": queue,
            "kind": kind,
            "arguments": arguments,
            "dedup_key": dedup_key,
            "status": JobStatus.PENDING,
            "attempts": 0,
            "due_at": due_at or now,
            "created_at": now,
            "event_id": event_id,
            "trace": trace.current(),
        },
    )
    ring_after_commit(session, queue)
    return JobId(job_id or 0)


def ring_after_commit(session: Session, queue: Queue) -> None:
    """Tell the workers of *queue* to look, once this transaction has committed. Asked often, it rings once."""
    transaction = session.get_transaction()
    asked_in, asked = session.info.get(_RINGS, (None, set()))
    if asked_in is not transaction:
        asked = set()
        session.info[_RINGS] = (transaction, asked)
    if queue not in asked:
        asked.add(queue)
        after_commit(session, lambda: _wiring.ring(queue))
