"""The figures of the whole system, read from the tables at each scrape: the same whichever process is asked.

Nothing is counted in memory, so a restart resets nothing and no process writes files for others. Each query reads an index
or the newest rows only: a scrape costs the same when the tables are large.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.messaging import queries as messaging
from core.outbox import queries as outbox

WINDOW: Final = dt.timedelta(minutes=15)
# How many of the newest rows a window looks at; more than come in fifteen minutes.
_NEWEST: Final = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One gauge, with a value for each combination of labels."""

    name: str
    help: str
    labels: tuple[str, ...]
    values: list[tuple[tuple[str, ...], float]]


def figures(session: Session, *, now: dt.datetime) -> list[Figure]:
    return [
        *_queues(session, now=now),
        *_waiting(session, now=now),
        *_windows(session, now=now),
        *_database(session),
        *_business(session),
    ]


def _queues(session: Session, *, now: dt.datetime) -> Iterator[Figure]:
    counts = outbox.queue_counts(session, now=now)
    yield Figure(
        name="khaacho_jobs",
        help="Jobs by queue and state; due ones should run now.",
        labels=("queue", "state"),
        values=[
            ((count.queue.value, state), float(value))
            for count in counts
            for state, value in (
                ("due", count.due),
                ("later", count.later),
                ("running", count.running),
                ("failed", count.failed),
            )
        ],
    )
    yield Figure(
        name="khaacho_queue_age_seconds",
        help="How long the oldest due job has been waiting.",
        labels=("queue",),
        values=[((count.queue.value,), _age(count.waiting_since, now)) for count in counts],
    )


def _waiting(session: Session, *, now: dt.datetime) -> Iterator[Figure]:
    yield _alone(
        "khaacho_oldest_unanswered_seconds",
        "How long the oldest message without an answer has been waiting.",
        _age(messaging.oldest_unanswered(session), now),
    )
    yield _alone(
        "khaacho_oldest_unsent_seconds",
        "How long the oldest message of ours that should have gone out has been waiting.",
        _age(messaging.oldest_undelivered(session, now=now), now),
    )
    yield _counted(
        session,
        "khaacho_schedule_age_seconds",
        "Seconds since the latest due time that was seen to, by entry of the timetable.",
        ("entry",),
        "SELECT name, extract(epoch FROM :now - max(due_at)) FROM schedule_runs WHERE due_at > :day_ago GROUP BY 1",
        now=now,
        day_ago=now - dt.timedelta(days=2),
    )


def _windows(session: Session, *, now: dt.datetime) -> Iterator[Figure]:
    """What happened in the last fifteen minutes."""
    since = now - WINDOW

    def recent(table: str, moment: str) -> str:
        return f"(SELECT * FROM {table} ORDER BY id DESC LIMIT {_NEWEST}) AS newest WHERE {moment} > :since"  # noqa: S608 - our own names

    yield _counted(
        session,
        "khaacho_turns_recent",
        "Turns of the last 15 minutes.",
        (),
        f"SELECT count(*) FROM {recent('turns', 'at')}",  # noqa: S608
        since=since,
    )
    yield _counted(
        session,
        "khaacho_refusals_recent",
        "Orders refused in the last 15 minutes, by code.",
        ("code",),
        f"SELECT code, count(*) FROM {recent('order_refusals', 'at')} GROUP BY 1",  # noqa: S608
        since=since,
    )
    yield _counted(
        session,
        "khaacho_sends_recent",
        "Messages of ours queued in the last 15 minutes, by status and by what they cost (template or session).",
        ("status", "priced_as"),
        "SELECT status, CASE WHEN coalesce((content ->> 'by_template')::bool, false) THEN 'template' ELSE 'session' END,"  # noqa: S608
        f" count(*) FROM {recent('outbound_messages', 'queued_at')} GROUP BY 1, 2",
        since=since,
    )
    yield _counted(
        session,
        "khaacho_send_errors_recent",
        "Failed sends of the last 15 minutes, by the provider's code.",
        ("code",),
        f"SELECT coalesce(error_code, 'none'), count(*) FROM {recent('outbound_messages', 'queued_at')}"  # noqa: S608
        " AND status = 'failed' GROUP BY 1",
        since=since,
    )
    yield _counted(
        session,
        "khaacho_prompts_recent",
        "Questions asked in the last 15 minutes, by kind: the reader's among them.",
        ("kind",),
        f"SELECT kind, count(*) FROM {recent('prompts', 'opened_at')} GROUP BY 1",  # noqa: S608
        since=since,
    )
    yield _counted(
        session,
        "khaacho_orders_placed_recent",
        "Orders placed in the last 15 minutes.",
        (),
        f"SELECT count(*) FROM {recent('order_transitions', 'at')} AND from_status = 'draft' AND to_status = 'placed'",  # noqa: S608
        since=since,
    )
    yield _counted(
        session,
        "khaacho_job_seconds_recent",
        "Mean seconds of a run in the last 15 minutes, by queue.",
        ("queue",),
        "SELECT jobs.queue, avg(extract(epoch FROM newest.finished_at - newest.started_at)) FROM"  # noqa: S608
        f" (SELECT * FROM job_runs ORDER BY id DESC LIMIT {_NEWEST}) AS newest JOIN jobs ON jobs.id = newest.job_id"
        " WHERE newest.started_at > :since GROUP BY 1",
        since=since,
    )


def _database(session: Session) -> Iterator[Figure]:
    here = "FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    yield _counted(
        session,
        "khaacho_database_connections",
        "Connections to the database, by state.",
        ("state",),
        f"SELECT coalesce(state, 'unknown'), count(*) {here} GROUP BY 1",
    )
    yield _counted(
        session,
        "khaacho_database_connections_limit",
        "How many connections the server takes.",
        (),
        "SELECT current_setting('max_connections')::int",
    )
    yield _counted(
        session,
        "khaacho_lock_waits",
        "Statements that wait for a lock now.",
        (),
        f"SELECT count(*) {here} AND wait_event_type = 'Lock'",
    )
    yield _counted(
        session,
        "khaacho_oldest_transaction_seconds",
        "Age of the oldest open transaction: it holds locks and keeps vacuum from its work.",
        (),
        f"SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0) {here}",  # noqa: S608
    )
    yield _counted(
        session,
        "khaacho_database_bytes",
        "Size of the database.",
        (),
        "SELECT pg_database_size(current_database())",
    )


def _business(session: Session) -> Iterator[Figure]:
    yield _counted(
        session,
        "khaacho_alerts_open",
        "Open alerts of the market, by kind and severity.",
        ("kind", "severity"),
        "SELECT kind, severity, count(*) FROM alerts WHERE state IN ('open', 'acknowledged') GROUP BY 1, 2",
    )


def _counted(
    session: Session, name: str, said: str, labels: tuple[str, ...], query: str, **given: object
) -> Figure:
    """A figure whose query gives the labels and then the value."""
    rows = session.execute(text(query), given).all()
    values = [(tuple(str(label) for label in row[:-1]), float(row[-1] or 0)) for row in rows]
    return Figure(name=name, help=said, labels=labels, values=values)


def _alone(name: str, said: str, value: float) -> Figure:
    return Figure(name=name, help=said, labels=(), values=[((), value)])


def _age(since: dt.datetime | None, now: dt.datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
