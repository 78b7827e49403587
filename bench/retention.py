"""Measures what ADR 16 decides on: `python -m bench.retention URL` of an empty migrated database (two minutes, half a gigabyte).

A month of messages emptied in slices by the job's own function, with dead rows before and after vacuum; and five years of price
history read from one table and from sixty monthly partitions.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import Any

from sqlalchemy import text

import core.models  # noqa: F401 - the whole mapping
from core.clock import system_now
from core.db.session import Database, make_engine
from core.messaging.retention import MOST_AT_ONCE, RetentionSettings, apply_retention

MONTH = 300_000
PRICES = 1_000_000
RULES = RetentionSettings()
SIZES = "SELECT pg_relation_size('inbound_messages') / 1048576, n_dead_tup FROM pg_stat_user_tables WHERE relname = 'inbound_messages'"
FILL = """INSERT INTO inbound_messages (conversation_id, channel, provider_message_id, kind, text, content, raw, received_at,
    attempts, handled_at, needs_person)
    SELECT n % 500 + 1, 'whatsapp', 'SM' || n, 'text', 'chini 5 kg', '{}',
      jsonb_build_object('Body', 'chini 5 kg', 'MessageSid', repeat('a', 34), 'AccountSid', repeat('b', 34), 'To', repeat('c', 300)),
      now() - interval '60 days' + n * interval '8 seconds', 0, now(), false
    FROM generate_series(1, :many) AS n"""
PRICE_COLUMNS = "id bigint NOT NULL, vendor_id bigint NOT NULL, product_id bigint NOT NULL, new_minor bigint NOT NULL, at timestamptz NOT NULL"
READS = {
    "one product, 90 days": "SELECT count(*) FROM {} WHERE product_id = 77 AND at > now() - interval '90 days'",
    "latest price of a wholesaler's product": "SELECT * FROM {} WHERE vendor_id = 7 AND product_id = 77 ORDER BY at DESC LIMIT 1",
}


def measure(url: str) -> None:
    engine = make_engine(url, pooled=False)
    _say("plain", _slices(Database(engine), engine))
    with engine.begin() as connection:
        _prices(connection)
    engine.dispose()


def _slices(database: Database, engine: Any) -> str:
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(FILL), {"many": MONTH})
        connection.execute(text("SET session_replication_role = origin"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE inbound_messages"))
        before = connection.execute(text(SIZES)).one()
        times, now = [], system_now() + dt.timedelta(days=31)
        for _ in range(MONTH // MOST_AT_ONCE):
            started = time.monotonic()
            with database.transaction() as session:
                apply_retention(session, RULES, now=now)
            times.append(time.monotonic() - started)
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        after = connection.execute(text(SIZES)).one()
        started = time.monotonic()
        connection.execute(text("VACUUM inbound_messages"))
        vacuumed = time.monotonic() - started
        left = connection.scalar(text("SELECT count(*) FROM inbound_messages WHERE raw <> '{}'"))
        last = connection.execute(text(SIZES)).one()
    return (
        f"{MONTH} messages in {len(times)} slices: {sum(times):.1f} s, a slice {min(times):.2f} to {max(times):.2f} s, {left} left; "
        f"MB and dead rows {tuple(before)} -> {tuple(after)}, after {vacuumed:.1f} s of vacuum {tuple(last)}"
    )


def _prices(connection: Any) -> None:
    connection.execute(text(f"CREATE TABLE flat ({PRICE_COLUMNS})"))
    connection.execute(text(f"CREATE TABLE parts ({PRICE_COLUMNS}) PARTITION BY RANGE (at)"))
    connection.execute(
        text("""DO $$ BEGIN FOR m IN 0..61 LOOP
        EXECUTE format('CREATE TABLE parts_%s PARTITION OF parts FOR VALUES FROM (%L) TO (%L)', m,
            date_trunc('month', now()) - (60 - m) * interval '1 month', date_trunc('month', now()) - (59 - m) * interval '1 month');
        END LOOP; END $$""")
    )
    for table in ("flat", "parts"):
        connection.execute(
            text(f"""INSERT INTO {table} SELECT n, n % 97, n % 1009, 10000,
            now() - interval '1800 days' + n * interval '155 seconds' FROM generate_series(1, {PRICES}) AS n"""),  # noqa: S608 - our own names
        )
        connection.execute(text(f"CREATE INDEX ON {table} (product_id, at)"))
        connection.execute(text(f"CREATE INDEX ON {table} (vendor_id, product_id, at)"))
        connection.execute(text(f"ANALYZE {table}"))
        for name, read in READS.items():
            for _ in range(2):
                rows = connection.execute(
                    text("EXPLAIN (ANALYZE, SUMMARY, TIMING OFF) " + read.format(table))
                )
                plan = [line for (line,) in rows]
            figures = ", ".join(
                line.strip() for line in plan if line.startswith(("Planning Time", "Execution Time"))
            )
            _say(f"{table}: {name}", f"{figures}, {sum('Scan' in line for line in plan)} scans")


def _say(subject: str, says: str) -> None:
    sys.stdout.write(f"{subject}: {says}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    measure(sys.argv[1])
