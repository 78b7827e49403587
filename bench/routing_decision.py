"""How long routing takes with many vendors: the price of a basket, and the decision with its record and offers.

Builds markets of its own in scratch databases of an embedded server, in which every vendor lists every product and is a
candidate. Prints medians in milliseconds, the decision's processor time in this process beside them (a busy machine stretches only
the former) and that of the database's process for it, its ratio to one plain read of the same listings taken in turn with it, how it grows with the vendors, and the number
of statements. Run: `python -m bench.routing_decision`.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from bench.processor import backend_of, worked_seconds
from core import embedded
from core.actor import SYSTEM
from core.catalog.queries import find_listings
from core.orders import models as order_tables
from core.refs import ProductId
from core.routing import service as routing
from core.routing.models import RoundCause
from core.vendors.service import recalculate
from tests.databases import cloned, migrated_template
from wsgi import keep_program_out_of_garbage

VAR = Path(__file__).parents[1] / "var" / "bench"
NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
# The order that is decided on; its lines are not written, as nothing here is kept.
ORDER_ID = 1_000_000
VENDORS = (100, 1_000)
PRODUCTS = 60
LINES = 20
ROUNDS = 30
# Read here, so that the foreign keys of routing find the tables of orders.
assert order_tables
ORDERS_SEEN = 300  # per vendor, each with an offer, an answer and a delivery

BUILD = """
INSERT INTO retailers (code, shop_name, language, approval, approved_at, is_active, terms_days, created_at, latitude, longitude)
VALUES ('R-1', 'Asha Kirana', 'en', 'approved', :now, true, 30, :now, 27.706, 85.314);
INSERT INTO vendors (code, business_name, language, approval, approved_at, is_active, service_radius_km, working_days,
                     closed_days, opens_minutes, closes_minutes, minimum_order_minor, commission_basis_points, created_at, latitude, longitude)
SELECT 'V-' || n, 'Vendor ' || n, 'en', 'approved', :now, true, 50, '{1,2,3,4,5,6,7}', '{}',
       '{420,420,420,420,420,420,420}', '{1200,1200,1200,1200,1200,1200,1200}', 0, 200, :now,
       27.6 + (n * 37 % 200) / 1000.0, 85.2 + (n * 53 % 200) / 1000.0
FROM generate_series(1, :vendors) n;
INSERT INTO products (sku, name, brand, category, unit, pack_size, case_quantity, vat_class, short_label, is_active,
                      created_at, updated_at)
SELECT 'SKU-' || n, 'Product ' || n, '', 'staples', 'pcs', '1', 1,
       CASE WHEN n % 3 = 0 THEN 'exempt' ELSE 'standard' END, 'Product ' || n, true, :now, :now
FROM generate_series(1, :products) n;
INSERT INTO listings (vendor_id, product_id, price_minor, minimum_quantity, pack_multiple, lead_time_days, is_available,
                      updated_at)
SELECT v.id, p.id, 1000 + p.id % 977 * 10 + (v.id * 31 + p.id * 17) % 200, 0, 1, 0, true, :now
FROM vendors v CROSS JOIN products p;
INSERT INTO stock (listing_id, on_hand, reserved) SELECT id, 500, 0 FROM listings;
INSERT INTO orders (short_code, retailer_id, status, version, terms, opened_at, touched_at, placed_at, ceiling_minor)
SELECT 1000 + n, 1, 'delivered', 1, 'cash', :now, :now, :now, 0 FROM generate_series(1, :orders) n;
INSERT INTO routing_rounds (order_id, sequence, cause, settings_version, weights, needed, outcome, facts, market, actor, decided_at)
SELECT id, 1, 'placed', 0, '{}', '[]', 'offered', '{}', '', 'system', :now FROM orders;
INSERT INTO offers (round_id, order_id, vendor_id, status, is_override, opened_at, expires_at, answered_at)
SELECT r.id, r.order_id, v.id, 'accepted', false, :now, CAST(:now AS timestamptz) + interval '2 hours', :now
FROM routing_rounds r JOIN vendors v ON v.id = 1 + r.order_id % :vendors;
INSERT INTO vendor_observations (vendor_id, kind, offer_id, order_id, hours, is_override, at)
SELECT o.vendor_id, k.kind, o.id, o.order_id, 10, false, CAST(:now AS timestamptz) - interval '1 day' * (o.id % 150)
FROM offers o CROSS JOIN (VALUES ('offered'), ('accepted'), ('delivered')) AS k(kind);
"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Median milliseconds."""

    price: float
    decision: float
    reading: float
    processor: float  # of the decision, without the database's
    server: float  # the database's for it; 0 where the server is on another machine
    statements: int


def main() -> None:
    servers = embedded.start(VAR)
    try:
        template = migrated_template(servers.database_url)
        found = []
        print("vendors  lines   price  decision  processor  server  one read  ÷ one read  statements")
        for vendors in VENDORS:
            with cloned(servers.database_url, template) as clone:
                build(clone.engine, vendors=vendors)
                one = measure(clone.engine)
                found.append(one)
            print(
                f"{vendors:7} {LINES:6} {one.price:7.1f} {one.decision:9.1f} {one.processor:10.1f} {one.server:7.1f}"
                f" {one.reading:9.1f}"
                f" {one.decision / one.reading:11.1f} {one.statements:11}"
            )
    finally:
        servers.stop()
    few, many = found
    print(
        f"{VENDORS[1] / VENDORS[0]:.0f} × the vendors: {many.decision / few.decision:.1f} × the time of a decision"
    )


def measure(engine: Engine) -> Measured:
    ids = [ProductId(1 + number * 97 % PRODUCTS) for number in range(LINES)]
    needs = [
        routing.Need(product_id=product_id, quantity=Decimal(12), order_line_id=number)
        for number, product_id in enumerate(ids, 1)
    ]

    def in_transaction(act: Callable[[Session], object]) -> Callable[[], None]:
        def run() -> None:
            with Session(engine) as session:
                # No foreign keys and triggers: the order and its lines are not there.
                session.execute(text("SET LOCAL session_replication_role = replica"))
                act(session)
                session.rollback()

        return run

    price = in_transaction(lambda session: routing.preview(session, retailer_id=1, needs=needs, now=NOW))
    decision = in_transaction(
        lambda session: routing.decide(
            session,
            order_id=ORDER_ID,
            retailer_id=1,
            needs=needs,
            cause=RoundCause.PLACED,
            ceiling=None,
            workloads={},
            actor=SYSTEM,
            now=NOW,
        )
    )
    reading = in_transaction(lambda session: find_listings(session, ids))
    with counted(engine) as statements:
        decision()
    keep_program_out_of_garbage()
    times, processor = medians(price, decision, reading)
    with Session(engine) as session:
        pid = backend_of(session)  # of the one connection that all measurements use
    begun = worked_seconds(pid)
    for _ in range(ROUNDS):
        decision()
    server = (worked_seconds(pid) - begun) / ROUNDS * 1000
    return Measured(
        price=times[0],
        decision=times[1],
        reading=times[2],
        processor=processor[1],
        server=server,
        statements=len(statements),
    )


def medians(*acts: Callable[[], object]) -> tuple[list[float], list[float]]:
    """The median milliseconds of each, by the clock and of the processor, in turn so that a busy machine slows all alike."""
    times: list[list[float]] = [[] for _ in acts]
    processor: list[list[float]] = [[] for _ in acts]
    for _ in range(ROUNDS + 3):
        for act, spent, worked in zip(acts, times, processor, strict=True):
            start, begun = time.perf_counter(), time.process_time()
            act()
            worked.append((time.process_time() - begun) * 1000)
            spent.append((time.perf_counter() - start) * 1000)
    return [statistics.median(one[3:]) for one in times], [statistics.median(one[3:]) for one in processor]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that run while this is entered."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def build(engine: Engine, *, vendors: int) -> None:
    facts = {"now": NOW, "vendors": vendors, "products": PRODUCTS, "orders": ORDERS_SEEN * vendors}
    with engine.begin() as connection:
        # History is entered without walking every order's life.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in BUILD.strip().split(";\n"):
            connection.execute(text(statement.rstrip(";")), facts)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    with Session(engine) as session, session.begin():
        recalculate(session, now=NOW)


if __name__ == "__main__":
    main()
