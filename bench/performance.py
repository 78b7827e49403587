"""How recalculating all vendors and all markets grows: the time and the memory for each doubling of what there is.

Builds a market of its own in a scratch database, doubles it three times, measures, drops it. Each size is counted from nothing and then
counted again, as every six hours; the markets of all products are looked at as every four hours. A ratio of 2 is linear; 2.2 is allowed.
Times are the processor's, of this process and the database's for it, so that another load on the machine changes them little.
Memory is this process's peak and what the server's process holds for itself. Run: `python -m bench.performance DATABASE_URL`, with a
server on this machine and a role that may set `session_replication_role` (history is entered without walking every order's life).
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from bench.processor import backend_of, worked_seconds
from core.config import PROJECT_ROOT
from core.db.session import make_engine
from core.pricing.service.watching import SLICE, look_at_markets
from core.vendors.service import recalculate

NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
NAME = "khaacho_bench_performance"
DOUBLINGS = 3
VENDORS, OFFERS_OF_VENDOR = 10_000, 100
PRODUCTS, CHANGES_OF_PRODUCT, DAYS_OF_PRODUCT, VENDORS_OF_PRODUCT = 50_000, 20, 30, 5
ALLOWED = 2.2

START = """
SET session_replication_role = replica;
INSERT INTO retailers (code, shop_name, language, approval, approved_at, is_active, terms_days, created_at)
VALUES ('R-1', 'Asha Kirana', 'en', 'approved', :now, true, 30, :now);
INSERT INTO orders (short_code, retailer_id, status, version, terms, opened_at, touched_at, placed_at, ceiling_minor)
VALUES (1001, 1, 'delivered', 1, 'cash', :now, :now, :now, 0);
INSERT INTO routing_rounds (order_id, sequence, cause, settings_version, weights, needed, outcome, facts, market, actor, decided_at)
VALUES (1, 1, 'placed', 0, '{}', '[]', 'offered', '{}', '', 'system', :now)
"""
# Offers spread over half a year; seven of ten are delivered, the others are declined or left unanswered.
ADD_VENDORS = """
SET session_replication_role = replica;
INSERT INTO vendors (code, business_name, language, approval, approved_at, is_active, service_radius_km, working_days, closed_days, opens_minutes, closes_minutes,
                     minimum_order_minor, commission_basis_points, created_at)
SELECT 'V-' || n, 'Vendor ' || n, 'en', 'approved', :now, true, 50, '{1,2,3,4,5,6,7}', '{}',
       '{420,420,420,420,420,420,420}', '{1200,1200,1200,1200,1200,1200,1200}', 0, 200, :now
FROM generate_series(CAST(:first AS int), :last) n;
INSERT INTO offers (round_id, order_id, vendor_id, status, is_override, opened_at, expires_at, answered_at)
SELECT 1, 1, n, 'accepted', false, :now, CAST(:now AS timestamptz) + interval '2 hours', :now
FROM generate_series(CAST(:first AS int), :last) n CROSS JOIN generate_series(1, CAST(:each AS int)) o;
INSERT INTO vendor_observations (vendor_id, kind, offer_id, order_id, hours, is_override, at)
SELECT o.vendor_id, k.kind, o.id, 1, 10 + o.id % 50, false,
       CAST(:now AS timestamptz) - interval '1 minute' * (1 + o.id * 7919 % 259000)
FROM offers o
CROSS JOIN LATERAL (SELECT unnest(CASE WHEN o.id % 10 < 7 THEN ARRAY['offered', 'accepted', 'delivered']
                                       WHEN o.id % 10 < 9 THEN ARRAY['offered', 'declined']
                                       ELSE ARRAY['offered', 'lapsed'] END) AS kind) k
WHERE o.vendor_id BETWEEN :first AND :last
"""
ADD_PRODUCTS = """
SET session_replication_role = replica;
INSERT INTO products (sku, name, brand, category, unit, pack_size, case_quantity, vat_class, short_label, is_active,
                      created_at, updated_at)
SELECT 'SKU-' || n, 'Product ' || n, '', 'staples', 'pcs', '1', 1, 'exempt', 'Product ' || n, true, :now, :now
FROM generate_series(CAST(:first AS int), :last) n;
INSERT INTO listings (vendor_id, product_id, price_minor, minimum_quantity, pack_multiple, lead_time_days, is_available,
                      updated_at)
SELECT 1 + (n * 31 + v * 1237) % CAST(:vendors AS int), n, 1000 + n % 977 * 10 + v * 7, 0, 1, 0, true, :now
FROM generate_series(CAST(:first AS int), :last) n CROSS JOIN generate_series(1, CAST(:sellers AS int)) v;
INSERT INTO price_changes (vendor_id, product_id, old_minor, new_minor, market_average_minor, actor, at)
SELECT l.vendor_id, l.product_id, l.price_minor, l.price_minor + c, l.price_minor, 'system',
       CAST(:now AS timestamptz) - interval '1 day' * c
FROM listings l CROSS JOIN generate_series(1, CAST(:changes AS int)) c WHERE l.product_id BETWEEN :first AND :last;
INSERT INTO market_days (product_id, day, average_minor, median_minor, lowest_minor, highest_minor, vendors,
                         cheapest_vendor_id, volatility, calculated_at)
SELECT n, CAST(:now AS date) - d, 1000 + d, 1000, 900, 1100, 5, 1, 10, :now
FROM generate_series(CAST(:first AS int), :last) n CROSS JOIN generate_series(1, CAST(:days AS int)) d
"""


@dataclass(frozen=True, kw_only=True)
class Size:
    vendors: int
    products: int


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("database_url")
    arguments.add_argument("--parts", type=int, default=1, help="measure a market smaller by this factor")
    given = arguments.parse_args()
    sizes = [
        Size(
            vendors=VENDORS // 2**halved // given.parts,
            products=PRODUCTS // 2**halved // given.parts,
        )
        for halved in range(DOUBLINGS, -1, -1)
    ]
    print("  offers  price changes     first count      again     markets    process     server")
    with scratch_database(given.database_url) as engine:
        run(engine, START, now=NOW)
        before: list[float] | None = None
        smaller = Size(vendors=0, products=0)
        for size in sizes:
            grow(engine, smaller, size)
            before = report(engine, size, before)
            smaller = size


def report(engine: Engine, size: Size, before: list[float] | None) -> list[float]:
    """Measure, print the times with their ratios to those of half the size, and return the times."""
    run(engine, "TRUNCATE vendor_scorecards, vendor_snapshots")
    with Session(engine) as session:
        # Helpers of the database's process would work uncounted.
        session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        pid = backend_of(session)
        times = [
            seconds(pid, lambda: recalculate(session, now=NOW)),
            seconds(pid, lambda: recalculate(session, now=NOW + dt.timedelta(hours=6))),
            seconds(pid, lambda: look_at_all(session, size.products)),
        ]
        session.rollback()
        server = private_megabytes(pid)
    halves = before or [0.0] * len(times)
    shown = "  ".join(
        f"{spent:6.2f}s {f'×{spent / half:.2f}' if half else '':>5}"
        for spent, half in zip(times, halves, strict=True)
    )
    process = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    changes = size.products * VENDORS_OF_PRODUCT * (CHANGES_OF_PRODUCT // VENDORS_OF_PRODUCT)
    print(f"{size.vendors * OFFERS_OF_VENDOR:8} {changes:14}  {shown}  {process:6.0f} MB  {server:6.0f} MB")
    if before and max(spent / half for spent, half in zip(times, before, strict=True)) > ALLOWED:
        print(f"         more than {ALLOWED} times as long for twice as much")
    return times


def look_at_all(session: Session, products: int) -> None:
    """As the jobs do that `ask_for_all_markets` adds."""
    for first in range(1, products + 1, SLICE):
        look_at_markets(session, now=NOW, product_ids=range(first, min(first + SLICE, products + 1)))


def seconds(pid: int, act: Callable[[], object]) -> float:
    start, begun = time.process_time(), worked_seconds(pid)
    act()
    return time.process_time() - start + worked_seconds(pid) - begun


def private_megabytes(pid: int) -> float:
    """What the server's process holds beside the shared buffers; 0 where the server is on another machine."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def grow(engine: Engine, smaller: Size, size: Size) -> None:
    run(
        engine,
        ADD_VENDORS,
        now=NOW,
        first=smaller.vendors + 1,
        last=size.vendors,
        each=OFFERS_OF_VENDOR,
    )
    run(
        engine,
        ADD_PRODUCTS,
        now=NOW,
        first=smaller.products + 1,
        last=size.products,
        vendors=size.vendors,
        sellers=VENDORS_OF_PRODUCT,
        changes=CHANGES_OF_PRODUCT // VENDORS_OF_PRODUCT,
        days=DAYS_OF_PRODUCT,
    )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def run(engine: Engine, statements: str, **facts: object) -> None:
    with engine.begin() as connection:
        for statement in statements.strip().split(";\n"):
            connection.execute(text(statement), facts)
        connection.execute(text("SET session_replication_role = DEFAULT"))


@contextmanager
def scratch_database(url: str) -> Iterator[Engine]:
    server = make_engine(url, pooled=False).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    own = make_url(url).set(database=NAME).render_as_string(hide_password=False)
    config = Config(toml_file=PROJECT_ROOT / "pyproject.toml")
    config.attributes["database_url"] = own
    command.upgrade(config, "head")
    engine = make_engine(own)
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))


if __name__ == "__main__":
    main()
