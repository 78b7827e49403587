"""With many rows behind them, the queries that run for every message and every job read an index, never a whole table."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import event, text

from core.clock import system_now
from core.messaging import queries as messaging
from core.monitoring.database import MOST_ROWS, VIEWS, read_view
from core.monitoring.figures import figures
from core.outbox import claims
from core.outbox import queries as outbox
from core.outbox.models import Queue
from tests.databases import cloned

MANY = 60_000
BIG = ("jobs", "job_runs", "inbound_messages", "outbound_messages", "turns", "events")
FILL = (
    "SET session_replication_role = replica",
    """INSERT INTO jobs (queue, kind, arguments, status, attempts, due_at, created_at, finished_at)
        SELECT 'whatsapp', 'note', '{}', 'done', 1, now(), now(), now() FROM generate_series(1, :many)""",
    """INSERT INTO job_runs (job_id, attempt, worker, started_at, finished_at)
        SELECT n, 1, 'w-1-1', ended - interval '1 second', ended FROM (SELECT n, now() - (:many - n) * interval '40 seconds' AS ended
        FROM generate_series(1, :many) AS n) AS month""",
    """INSERT INTO turns (conversation_id, state_before, state_after, steps, at)
        SELECT n % 500 + 1, 'idle', 'idle', '[]', now() - interval '1 day' FROM generate_series(1, :many) AS n""",
    """INSERT INTO inbound_messages (conversation_id, channel, provider_message_id, kind, text, content, raw, received_at,
        attempts, handled_at, turn_id, needs_person)
        SELECT n % 500 + 1, 'whatsapp', 'SM' || n, 'text', 'chini', '{}', '{}', now(), 0, now(), n, false
        FROM generate_series(1, :many) AS n""",
    """INSERT INTO outbound_messages (conversation_id, turn_id, is_notice, waits_for_window, say, language, body, content,
        status, provider_message_id, attempts, queued_at, send_after, sent_at)
        SELECT n % 500 + 1, n, false, false, 'x', 'en', 'x', '{}', 'delivered', 'SMout' || n, 1,
        now() - interval '1 day', now() - interval '1 day', now() FROM generate_series(1, :many) AS n""",
    "SET session_replication_role = origin",
    "ANALYZE",
)


@pytest.fixture(scope="module")
def large(servers, template) -> Iterator:
    with cloned(servers.database_url, template) as clone:
        with clone.engine.begin() as connection:
            for statement in FILL:
                connection.execute(text(statement), {"many": MANY} if ":many" in statement else {})
        yield clone


def plans_of(large, act):
    """How the server carries out each statement of *act*."""
    seen = []

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    with large.database.transaction() as session:
        event.listen(large.engine, "before_cursor_execute", keep)
        try:
            act(session)
        finally:
            event.remove(large.engine, "before_cursor_execute", keep)
        cursor = session.connection().connection.cursor()
        for statement, parameters in seen:
            if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "WITH")):
                cursor.execute(f"EXPLAIN {statement}", parameters)
                yield statement, "\n".join(line for (line,) in cursor.fetchall())


NOW = system_now()
HOT = {
    "claim": lambda session: claims.claim(session, Queue.WHATSAPP, worker="w-1-1"),
    "next due": lambda session: claims.next_due(session, Queue.WHATSAPP, now=NOW),
    "take back": lambda session: claims.take_back(session, now=NOW),
    "ring for due": lambda session: claims.ring_for_due(session, now=NOW),
    "open keys": lambda session: outbox.open_keys(session, "note"),
    "queue counts": lambda session: outbox.queue_counts(session, now=NOW),
    "queue rates": lambda session: outbox.done_per_minute(session, now=NOW),
    "oldest unanswered": messaging.oldest_unanswered,
    "oldest undelivered": lambda session: messaging.oldest_undelivered(session, now=NOW),
    "unread since": lambda session: messaging.unread_since(session, before=NOW),
    "unsent since": lambda session: messaging.unsent_since(session, is_notice=False, before=NOW),
    "unknown since": lambda session: messaging.unknown_since(session, before=NOW),
    "figures": lambda session: figures(session, now=NOW - dt.timedelta(minutes=1)),
}


@pytest.mark.parametrize("name", HOT)
def test_a_hot_query_reads_no_big_table_from_end_to_end(large, name):
    for statement, plan in plans_of(large, HOT[name]):
        whole = set(re.findall(r"Seq Scan on (\w+)", plan)) & set(BIG)
        assert not whole, f"{statement}\n{plan}"


@pytest.mark.parametrize("name", VIEWS)
def test_the_views_of_the_database_can_be_read(large, name):
    with large.database.transaction() as session:
        rows = read_view(session, name)

    if name == "index_usage_stats":
        assert len(rows) == MOST_ROWS
        assert "scans" in rows[0]


def test_no_other_view_can_be_asked_for(session):
    with pytest.raises(ValueError, match="users"):
        read_view(session, "users")
