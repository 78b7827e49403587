"""Backs up a database of a million rows and drills its restore: `python -m bench.restore_drill --rows 1000000`.

Prints time and size of each; fails as the drill does, unless every table's rows and every control total come back.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from core import embedded
from core.backup import archive, restoring
from core.clock import system_now
from core.config import PROJECT_ROOT, Environment
from core.seeds import demo
from tests.databases import cloned, migrated_template, only_one

VAR = PROJECT_ROOT / "var" / "tests"
# Each takes a part of the rows, jobs and entries two: half are messages and their turns, and much is work that was done.
FILL = (
    """INSERT INTO contacts (name, phone, created_at)
        SELECT 'Somebody ' || n, '+97798' || 10000000 + n, now() FROM generate_series(1, :part / 100) AS n""",
    """INSERT INTO conversations (contact_id, channel, address, state, slots, created_at)
        SELECT id, 'whatsapp', 'whatsapp:' || phone, 'shop', '{}', now() FROM contacts
        WHERE name LIKE 'Somebody %'""",
    """CREATE TEMP TABLE people AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM conversations""",
    """INSERT INTO turns (conversation_id, state_before, state_after, steps, at)
        SELECT p.id, 'shop', 'shop', '["order"]', now() - n * interval '1 minute' FROM generate_series(1, :part) AS n
        JOIN people p ON p.place = n % (SELECT count(*) FROM people)""",
    """INSERT INTO inbound_messages (conversation_id, channel, provider_message_id, kind, text, content, raw, received_at,
        attempts, handled_at, turn_id, needs_person)
        SELECT conversation_id, 'whatsapp', 'SM' || md5(id::text), 'text', 'chini ' || id % 50 || ' kg ra wai wai 2 carton',
        '{}', jsonb_build_object('MessageSid', 'SM' || md5(id::text), 'Body', 'chini', 'NumMedia', '0'), at, 0, at, id, false
        FROM turns ORDER BY id LIMIT :part""",
    """INSERT INTO outbound_messages (conversation_id, turn_id, is_notice, waits_for_window, say, language, body, content,
        status, provider_message_id, attempts, queued_at, send_after, sent_at)
        SELECT conversation_id, id, false, false, 'ordering/basket', 'en', 'Your list: ' || md5(id::text) || ' Is that right?',
        jsonb_build_object('text', 'Your list: ' || md5(id::text)), 'delivered', 'SM' || md5('out' || id), 1, at, at, at
        FROM turns ORDER BY id LIMIT :part""",
    """INSERT INTO events (name, payload, actor, at)
        SELECT 'OrderPlaced', jsonb_build_object('order', n, 'retailer', n % 100), 'contact:' || n % 1000, now()
        FROM generate_series(1, :part) AS n""",
    """INSERT INTO audit_entries (at, actor, via, action, subject_kind, subject_id, after)
        SELECT now(), 'admin:1', 'api', 'price_changed', 'listing', n, jsonb_build_object('price_minor', n)
        FROM generate_series(1, :part) AS n""",
    """INSERT INTO jobs (queue, kind, arguments, status, attempts, due_at, created_at, finished_at)
        SELECT 'whatsapp', 'send_message', jsonb_build_object('conversation_id', n), 'done', 1, now(), now(), now()
        FROM generate_series(1, 2 * :part) AS n""",
    """INSERT INTO job_runs (job_id, attempt, worker, started_at, finished_at)
        SELECT id, 1, 'host-1-' || id % 7, finished_at, finished_at FROM jobs WHERE status = 'done' LIMIT :part""",
    """INSERT INTO ledger_accounts (kind, label) VALUES ('bank', 'bench'), ('adjustment', 'bench')""",
    """INSERT INTO postings (idempotency_key, kind, memo, actor, at)
        SELECT 'bench:' || n, 'adjustment', jsonb_build_object('note', md5(n::text)), 'admin:1', now()
        FROM generate_series(1, :part) AS n""",
    """INSERT INTO entries (posting_id, account_id, amount_minor)
        SELECT p.id, a.id, CASE a.kind WHEN 'bank' THEN 1 ELSE -1 END * (100 + p.id % 100000)
        FROM postings p JOIN ledger_accounts a ON a.label = 'bench' WHERE p.idempotency_key LIKE 'bench:%'""",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    servers = embedded.start(VAR)
    try:
        with only_one(VAR / "template.lock"):
            template = migrated_template(servers.database_url)
        with cloned(servers.database_url, template) as clone, tempfile.TemporaryDirectory() as directory:
            with timed("filled"), clone.engine.begin() as connection:
                now = system_now()
                demo.seed_market(connection, environment=Environment.TEST, now=now - dt.timedelta(days=1))
                fill(connection, part=-(-rows // 11))
                size = connection.scalar(text("SELECT pg_database_size(current_database())"))
            print(f"{size / 1e6:.0f} MB in the database")
            with timed("backed up"):
                made = archive.back_up(clone.url, Path(directory), now=system_now())
            print(f"{made.stat().st_size / 1e6:.0f} MB in the backup")
            with timed("restored into a scratch database, and compared"):
                compared = restoring.drill(clone.url, made)
    finally:
        servers.stop()
    found = sum(count for name, count in compared.items() if name.startswith("rows of "))
    print(f"{found:,} rows in {sum(name.startswith('rows of ') for name in compared)} tables came back;")
    print(f"ledger debits {compared['ledger debits']:,} and credits {compared['ledger credits']:,} paisa")
    return 0 if found >= rows else 1


def fill(connection: Connection, *, part: int) -> None:
    for statement in FILL:
        connection.execute(text(statement), {"part": part} if ":part" in statement else {})


@contextmanager
def timed(what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{what} in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
