"""How long a basket's price takes: the whole `preview` against one plain read of the same listings.

Builds a market of its own in a scratch database, measures, drops it. Prints medians and their ratio, which says more
than the times: both are taken in turn on the same machine. "cards" says whether vendors' histories were counted up before (every 6 hours) or not. Run: `python -m bench.routing_preview DATABASE_URL`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from core.catalog.queries import find_listings
from core.config import PROJECT_ROOT
from core.db.session import make_engine
from core.refs import ProductId
from core.routing import service as routing
from core.vendors.service import recalculate

NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
MARKETS = ((186, 4), (5_000, 200))
BASKETS = (10, 40)
ROUNDS = 30
ORDERS_SEEN = 300  # per vendor, each with an offer, an answer and a delivery

BUILD = """
INSERT INTO retailers (code, shop_name, language, approval, approved_at, terms_days, created_at, latitude, longitude)
VALUES ('R-1', 'Asha Kirana', 'en', 'approved', :now, 30, :now, 27.706, 85.314);
INSERT INTO vendors (code, business_name, language, approval, approved_at, is_active, service_radius_km, working_days,
                     minimum_order_minor, commission_basis_points, created_at, latitude, longitude)
SELECT 'V-' || n, 'Vendor ' || n, 'en', 'approved', :now, true, 50, '{1,2,3,4,5,6,7}', 0, 200, :now,
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
FROM vendors v CROSS JOIN products p WHERE (v.id * 7 + p.id * 3) % 10 < :listed_tenths;
INSERT INTO stock (listing_id, on_hand, reserved) SELECT id, 500, 0 FROM listings;
INSERT INTO orders (short_code, retailer_id, status, version, terms, opened_at, touched_at, placed_at, ceiling_minor)
SELECT 1000 + n, 1, 'delivered', 1, 'cash', :now, :now, :now, 0 FROM generate_series(1, :orders) n;
INSERT INTO routing_rounds (order_id, sequence, cause, settings_version, weights, needed, outcome, facts, actor, decided_at)
SELECT id, 1, 'placed', 0, '{}', '[]', 'offered', '{}', 'system', :now FROM orders;
INSERT INTO offers (round_id, order_id, vendor_id, status, is_override, opened_at, expires_at, answered_at)
SELECT r.id, r.order_id, v.id, 'accepted', false, :now, CAST(:now AS timestamptz) + interval '2 hours', :now
FROM routing_rounds r JOIN vendors v ON v.id = 1 + r.order_id % :vendors;
INSERT INTO vendor_observations (vendor_id, kind, offer_id, order_id, hours, is_override, at)
SELECT o.vendor_id, k.kind, o.id, o.order_id, 10, false, CAST(:now AS timestamptz) - interval '1 day' * (o.id % 150)
FROM offers o CROSS JOIN (VALUES ('offered'), ('accepted'), ('delivered')) AS k(kind);
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("database_url")
    url = arguments.parse_args().database_url
    print("products vendors lines  cards    preview   baseline   ratio  statements")
    for products, vendors in MARKETS:
        with market(url, products=products, vendors=vendors) as engine:
            for cards in ("none", "fresh"):
                if cards == "fresh":
                    with Session(engine) as session, session.begin():
                        recalculate(session, now=NOW)
                for lines in BASKETS:
                    measure(engine, products=products, vendors=vendors, lines=lines, cards=cards)


def measure(engine: Engine, *, products: int, vendors: int, lines: int, cards: str) -> None:
    wanted = [1 + (number * 97) % products for number in range(lines)]
    needs = [routing.Need(product_id=product_id, quantity=Decimal(12)) for product_id in wanted]
    ids = [ProductId(product_id) for product_id in wanted]
    with Session(engine) as session:
        previews, reads = in_turn(
            lambda: routing.preview(session, retailer_id=1, needs=needs, now=NOW),
            lambda: find_listings(session, ids),
        )
        statements = counted(engine, lambda: routing.preview(session, retailer_id=1, needs=needs, now=NOW))
    print(
        f"{products:8} {vendors:7} {lines:5} {cards:>6} {previews * 1000:8.1f}ms {reads * 1000:8.1f}ms"
        f" {previews / reads:7.1f} {statements:11}"
    )


def in_turn(measured: Callable[[], object], baseline: Callable[[], object]) -> tuple[float, float]:
    """The median seconds of both, taken alternately so that a busy machine slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 3):
        for act, spent in zip((measured, baseline), times, strict=True):
            start = time.perf_counter()
            act()
            spent.append(time.perf_counter() - start)
    return statistics.median(times[0][3:]), statistics.median(times[1][3:])


def counted(engine: Engine, act: Callable[[], object]) -> int:
    from sqlalchemy import event

    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@contextmanager
def market(url: str, *, products: int, vendors: int) -> Iterator[Engine]:
    name = f"khaacho_bench_{products}_{vendors}"
    server = make_engine(url, pooled=False).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    own = make_url(url).set(database=name).render_as_string(hide_password=False)
    config = Config(toml_file=PROJECT_ROOT / "pyproject.toml")
    config.attributes["database_url"] = own
    command.upgrade(config, "head")
    engine = make_engine(own)
    facts = {
        "now": NOW,
        "vendors": vendors,
        "products": products,
        "orders": ORDERS_SEEN * vendors,
        "listed_tenths": 10 if vendors < 10 else 6,
    }
    with engine.begin() as connection:
        for statement in BUILD.strip().split(";\n"):
            connection.execute(text(statement.rstrip(";")), facts)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


if __name__ == "__main__":
    main()
