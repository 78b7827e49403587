"""How the money grows with what was bought and paid before.

    python bench/money.py --shops 100000 --paid 10000

Fills a database of its own with paid orders and prints ratios, which are judged, beside times, which depend on the machine:
the hourly risk check with both scores for each doubling of shops (twenty orders each; 2.2 is allowed, with as many
statements for each slice), and placing an order for a shop with ten paid invoices and with many (1.2 is allowed).
Ends with 1 when a ratio is above what is allowed.
"""

import argparse
import datetime as dt
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, event, text  # noqa: E402 - after the path

from core import embedded  # noqa: E402
from core.money import rupees  # noqa: E402
from core.orders import basket, placing  # noqa: E402
from core.orders.kinds import Terms  # noqa: E402
from core.orders.views import NewLine, Placed  # noqa: E402
from core.risk.queries.facts import approved_ids  # noqa: E402
from core.risk.service import checking  # noqa: E402
from tests.databases import FreshDatabase, cloned, migrated_template, only_one  # noqa: E402
from tests.market import MONDAY, Market, Shop  # noqa: E402

VAR = ROOT / "var" / "tests"
DOUBLINGS = 3
ORDERS_OF_SHOP = 20
GROWS_AT_MOST, PLACING_AT_MOST = 2.2, 1.2

# Shops with an account; then, for each, orders over the last year that were delivered, billed and paid, each fifth a day
# late: no rule cuts a limit for that.
_SHOPS = """
    INSERT INTO retailers (code, shop_name, language, approval, approved_at, is_active, terms_days, created_at)
    SELECT 'B-' || n, 'Shop ' || n, 'en', 'approved', CAST(:now AS timestamptz) - interval '1 year', true, 30, :now
    FROM generate_series(CAST(:first AS int), :last) n;
    INSERT INTO credit_accounts (retailer_id, limit_minor, posted_minor, held_minor, updated_at)
    SELECT id, 10000000, 0, 0, :now FROM retailers WHERE code LIKE 'B-%'
    ON CONFLICT DO NOTHING
"""
_HISTORY = """
    INSERT INTO orders (short_code, retailer_id, status, version, terms, opened_at, touched_at, placed_at, ceiling_minor, ended_at)
    SELECT nextval('order_short_codes'), r.id, 'completed', 2, 'credit', d.at, d.at, d.at, 120000 + n * 1000, d.at
    FROM retailers r CROSS JOIN generate_series(1, CAST(:each AS int)) n
    CROSS JOIN LATERAL (SELECT CAST(:now AS timestamptz) - interval '360 days' * n / CAST(:each AS int) AS at) d
    WHERE r.id = ANY (:ids);
    INSERT INTO invoices (vendor_id, retailer_id, fulfillment_id, order_id, fiscal_year, serial, on_credit, taxable_minor,
                          exempt_minor, vat_minor, total_minor, commission_basis_points, issued_at, issued_on_bs, due_on)
    SELECT :vendor, o.retailer_id, o.id, o.id, '2083/84', o.id, true, 0, o.ceiling_minor, 0, o.ceiling_minor, 200,
           o.placed_at, '2083-01-01', CAST(o.placed_at AS date) + 30
    FROM orders o WHERE o.retailer_id = ANY (:ids) AND o.status = 'completed';
    INSERT INTO payments (retailer_id, method, amount_minor, status, received_at, idempotency_key, confirmed_by)
    SELECT i.retailer_id, 'cash', i.total_minor, 'posted', i.due_on - 3 + CAST(i.total_minor / 1000 % 5 AS int), 'bench:' || i.id, 'bench'
    FROM invoices i WHERE i.retailer_id = ANY (:ids);
    INSERT INTO ledger_accounts (kind, retailer_id)
    SELECT 'receivable', id FROM unnest(CAST(:ids AS bigint[])) id;
    INSERT INTO postings (idempotency_key, kind, memo, actor, at)
    SELECT 'bench:' || k.kind || ':' || i.id, k.kind, jsonb_build_object('invoice_id', i.id), 'bench', i.issued_at
    FROM invoices i CROSS JOIN (VALUES ('delivery'), ('payment')) k (kind) WHERE i.retailer_id = ANY (:ids);
    INSERT INTO entries (posting_id, account_id, amount_minor, invoice_id)
    SELECT p.id, a.id, CASE p.kind WHEN 'delivery' THEN i.total_minor ELSE -i.total_minor END, i.id
    FROM postings p JOIN invoices i ON i.id = (p.memo ->> 'invoice_id')::bigint
    JOIN ledger_accounts a ON a.retailer_id = i.retailer_id AND a.kind = 'receivable'
    WHERE i.retailer_id = ANY (:ids);
    INSERT INTO payment_applications (posting_id, payment_id, invoice_id, amount_minor)
    SELECT p.id, y.id, i.id, i.total_minor
    FROM payments y JOIN invoices i ON y.idempotency_key = 'bench:' || i.id
    JOIN postings p ON p.idempotency_key = 'bench:payment:' || i.id
    WHERE i.retailer_id = ANY (:ids)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shops", type=int, default=100_000)
    parser.add_argument("--paid", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    servers = embedded.start(VAR)
    with only_one(VAR / "template.lock"):
        template = migrated_template(servers.database_url)
    with cloned(servers.database_url, template) as fresh:
        is_slow = _placing(fresh, options.paid, options.rounds)
    with cloned(servers.database_url, template) as fresh:
        is_slow |= _checking(fresh, options.shops)
    servers.stop()
    return int(is_slow)


def _placing(fresh: FreshDatabase, paid: int, rounds: int) -> bool:
    """Whether an order takes longer for a shop with many paid invoices. Asked in turn, and each undone."""
    market = Market(fresh.database)
    shops = {count: market.shop(f"Shop {count}") for count in (10, paid)}
    vendor, product = market.wholesaler(), market.product()
    market.sells(vendor, product, price=rupees(20), stock_of=10_000)
    for count, shop in shops.items():
        _run(fresh.engine, _HISTORY, ids=[shop.id], each=count, vendor=vendor.id, now=MONDAY)
    _analyze(fresh.engine)
    times: dict[int, list[float]] = {count: [] for count in shops}
    for _ in range(rounds):
        for count, shop in shops.items():
            times[count].append(_place(market, shop, product))
    few, many = (statistics.median(times[count]) for count in shops)
    print(
        f"placing an order: {few * 1000:.1f} ms with 10 paid invoices, {many * 1000:.1f} ms with {paid},"
        f" ratio {many / few:.2f}, allowed {PLACING_AT_MOST}"
    )
    return many / few > PLACING_AT_MOST


def _place(market: Market, shop: Shop, product: int) -> float:
    """Seconds from the yes to the end of its transaction, all deferred checks included."""
    with market.database.sessions() as session:
        line = NewLine(product_id=product, quantity=Decimal(3))
        order = basket.add_lines(session, retailer_id=shop.id, lines=[line], actor=shop.owner, now=market.now)
        view = basket.show(session, order.id, now=market.now)
        session.flush()
        started = time.perf_counter()
        placed = placing.place(
            session,
            order.id,
            version=view.version,
            terms=Terms.CREDIT,
            actor=shop.owner,
            now=market.now,
        )
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        took = time.perf_counter() - started
        assert isinstance(placed, Placed), placed
        session.rollback()
    return took


def _checking(fresh: FreshDatabase, shops: int) -> bool:
    """Whether the hourly check takes more than its share when there are twice as many shops."""
    vendor = Market(fresh.database).wholesaler()
    sizes = [shops // 2**halved for halved in range(DOUBLINGS, -1, -1)]
    before, smaller, worst, statements = 0.0, 0, 0.0, set()
    print("   shops    orders    check  ratio  statements a slice  memory")
    for size in sizes:
        _run(fresh.engine, _SHOPS, first=smaller + 1, last=size, now=MONDAY)
        with fresh.engine.connect() as connection:
            added = connection.scalars(
                text("SELECT id FROM retailers ORDER BY id OFFSET :seen"), {"seen": smaller}
            )
            ids = list(added)
        for start in range(0, len(ids), 2_000):
            some = ids[start : start + 2_000]
            _run(fresh.engine, _HISTORY, ids=some, each=ORDERS_OF_SHOP, vendor=vendor.id, now=MONDAY)
        _analyze(fresh.engine)
        took, asked = _check_all(fresh)
        statements |= asked
        ratio = took / before if before else 0.0
        worst = max(worst, ratio)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{size:8} {size * ORDERS_OF_SHOP:9} {took:7.1f}s {ratio:6.2f}  {sorted(asked)!s:18}  {peak} MB"
        )
        before, smaller = took, size
    print(f"worst ratio {worst:.2f}, allowed {GROWS_AT_MOST}")
    return worst > GROWS_AT_MOST


def _check_all(fresh: FreshDatabase) -> tuple[float, set[int]]:
    """Seconds for one look at everybody from nothing, and how many statements the slices took. Nothing is kept."""
    after, asked = 0, set()
    started = time.perf_counter()
    with fresh.database.sessions() as session:
        while ids := approved_ids(session, after=after, limit=checking.SLICE):
            with _counted(fresh.engine) as count:
                checking.check(session, ids, now=MONDAY + dt.timedelta(hours=1))
                session.flush()
            session.rollback()
            asked.add(count[0])
            after = ids[-1]
    return time.perf_counter() - started, asked


@contextmanager
def _counted(engine: Engine) -> Iterator[list[int]]:
    count = [0]

    def see(*_facts: object) -> None:
        count[0] += 1

    event.listen(engine, "before_cursor_execute", see)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", see)


def _run(engine: Engine, statements: str, **facts: object) -> None:
    """Set-based and without triggers: the life of an order is not what is measured."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements.split(";"):
            wanted = {name: value for name, value in facts.items() if f":{name}" in statement}
            connection.execute(text(statement), wanted)


def _analyze(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


if __name__ == "__main__":
    sys.exit(main())
