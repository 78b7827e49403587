"""Whether the API's list of orders is as quick at the thousandth page as at the first.

    python bench/api_paging.py --orders 100000 --rounds 30

Fills a database of its own, asks the real app in this process page after page as an admin and as one shop, and prints
the median of the first and of the thousandth page and their ratio. Ends with 1 when a ratio is above 1.5.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import event, text  # noqa: E402 - after the path

from core import embedded  # noqa: E402
from core.actor import SYSTEM  # noqa: E402
from core.config import load_settings  # noqa: E402
from core.db.session import Database  # noqa: E402
from core.parties import service as parties  # noqa: E402
from core.parties.models import Role  # noqa: E402
from tests.api.conftest import MANY, PASSWORD, Client, make_app, signed_in  # noqa: E402
from tests.conftest import SECRET  # noqa: E402
from tests.databases import FreshDatabase, cloned, migrated_template, only_one  # noqa: E402
from tests.market import Market  # noqa: E402

VAR = ROOT / "var" / "tests"
SHOPS = 100
ALLOWED = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--page", type=int, default=1_000)
    options = parser.parse_args()
    with _filled(options.orders) as (fresh, admin, shop):
        per_shop = options.orders // SHOPS
        asked = (
            ("admin, newest first", admin, "-id", 20, options.page),
            ("admin, by time of placing", admin, "placed_at", 20, options.page),
            ("admin, 100 rows", admin, "-id", 100, options.orders // 100 - 1),
            ("one shop", shop, "-id", 20, per_shop // 20 - 1),
        )
        worst = 0.0
        print(f"{options.orders} orders of {SHOPS} shops, median of {options.rounds} rounds")
        for name, client, sort, limit, page in asked:
            path = f"/orders?sort={sort}&limit={limit}"
            far = _cursor(client, path, page)
            first, last = _medians(client, path, f"{path}&after={far}", options.rounds)
            statements = _statements(fresh, client, path)
            ratio = last / first
            worst = max(worst, ratio)
            print(
                f"{name:26} page 1 {first:6.1f} ms   page {page:<5} {last:6.1f} ms"
                f"   ratio {ratio:.2f}   {statements} statements"
            )
    print(f"worst ratio {worst:.2f}, allowed {ALLOWED}")
    return int(worst > ALLOWED)


@contextmanager
def _filled(orders: int) -> Iterator[tuple[FreshDatabase, Client, Client]]:
    servers = embedded.start(VAR)
    with only_one(VAR / "template.lock"):
        template = migrated_template(servers.database_url)
    with cloned(servers.database_url, template) as fresh:
        market = Market(fresh.database)
        shops = [market.shop(f"Shop {number}", limit=None) for number in range(SHOPS)]
        product, vendor = market.product(), market.wholesaler()
        _write(fresh, orders, [shop.id for shop in shops], product=product, vendor=vendor.id)
        environment = {"ENVIRONMENT": "test", "JWT_SECRET": SECRET, "DATABASE_URL": fresh.url}
        settings = replace(load_settings(environment), redis_url=servers.redis_url)
        app = make_app(settings, fresh.database, budgets=MANY)
        _user(fresh.database, Role.ADMIN, "admin@bench.test")
        _user(fresh.database, Role.RETAILER, "shop@bench.test", retailer_id=shops[0].id)
        yield fresh, signed_in(app, "admin@bench.test", PASSWORD), signed_in(app, "shop@bench.test", PASSWORD)
    servers.stop()


def _write(fresh: FreshDatabase, orders: int, shops: list[int], *, product: int, vendor: int) -> None:
    """Completed orders of three lines, set-based: the life cycle is not what is measured."""
    facts = {"orders": orders, "shops": shops, "count": len(shops), "product": product, "vendor": vendor}
    with fresh.engine.begin() as connection:
        for table in ("orders", "order_lines"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(
            text(
                "INSERT INTO orders (short_code, retailer_id, status, version, terms, opened_at, touched_at,"
                " placed_at, placed_by, ceiling_minor, ended_at)"
                " SELECT nextval('order_short_codes'), (CAST(:shops AS bigint[]))[1 + n % :count], 'completed', 2,"
                " 'credit', at, at, at, 'bench', 120000, at + interval '2 days'"
                " FROM (SELECT n, timestamptz '2025-01-01' + n * interval '5 minutes' AS at"
                "       FROM generate_series(1, :orders) AS n) AS days"
            ),
            facts,
        )
        connection.execute(
            text(
                "INSERT INTO order_lines (order_id, product_id, position, quantity, promised_quantity,"
                " unfulfilled_quantity, added_by)"
                " SELECT id, :product, 1, 60, 60, 0, 'bench' FROM orders"
            ),
            facts,
        )
        for table in ("orders", "order_lines"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    with fresh.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _user(database: Database, role: Role, email: str, **party: int) -> None:
    Market(database).do(
        parties.create_user,
        role=role,
        name=email,
        email=email,
        password=PASSWORD,
        actor=SYSTEM,
        **party,
    )


def _cursor(client: Client, path: str, page: int) -> str:
    """What asks for page number *page*, reached as a client reaches it but in the largest steps."""
    following, left = None, page - 1
    limit = int(path.rsplit("=", 1)[1])
    rows = left * limit
    while rows:
        step = min(100, rows)
        wide = path.replace(f"limit={limit}", f"limit={step}")
        answer = client.get(wide + (f"&after={following}" if following else "")).json
        following, rows = answer["next"], rows - step
    assert following, "the list is shorter than that"
    return following


def _medians(client: Client, first: str, last: str, rounds: int) -> tuple[float, float]:
    """Asked in turn, so that whatever else this machine does meets both."""
    taken: dict[str, list[float]] = {first: [], last: []}
    for _ in range(rounds):
        for path, times in taken.items():
            started = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - started) * 1_000)
            assert answer.status_code == 200, answer.text
    return statistics.median(taken[first]), statistics.median(taken[last])


def _statements(fresh: FreshDatabase, client: Client, path: str) -> int:
    seen = []

    def see(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(fresh.engine, "before_cursor_execute", see)
    client.get(path)
    event.remove(fresh.engine, "before_cursor_execute", see)
    return len(seen)


if __name__ == "__main__":
    sys.exit(main())
