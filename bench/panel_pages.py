"""What every page of the panel costs on the demo of a year: statements and milliseconds, through the real app signed in.

    python bench/panel_pages.py --orders 50000 --rounds 7

Seeds the demo with its own history, adds a year of a whole market set by set, asks for every page that the application's
table knows, and prints the statements and the median time of each,
beside the best one: on a busy machine they are far apart. Ends with 1 when a page takes more than ten
statements or 100 ms. `--show PART` prints the slowest statement of the pages whose address has PART in it.
"""

import argparse
import datetime as dt
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, event, func, select, text  # noqa: E402 - after the path

from core import embedded  # noqa: E402
from core.clock import system_now  # noqa: E402
from core.config import Environment, load_settings  # noqa: E402
from core.credit.models import Posting  # noqa: E402
from core.messaging.models import InboundMessage, OutboundMessage  # noqa: E402
from core.orders.models import Order  # noqa: E402
from core.parties import demo_logins  # noqa: E402
from core.parties.models import Retailer, Vendor  # noqa: E402
from core.seeds.demo import seed_demo  # noqa: E402
from tests.api.conftest import MANY, make_app  # noqa: E402
from tests.conftest import SECRET  # noqa: E402
from tests.databases import FreshDatabase, cloned, migrated_template, only_one  # noqa: E402
from tests.panel.conftest import Browser, counted  # noqa: E402
from tests.panel.pages import paths  # noqa: E402

VAR = ROOT / "var" / "tests"
SHOPS, VENDORS, LISTINGS_OF_VENDOR = 500, 100, 60
MOST_STATEMENTS, MOST_MS = 10, 100
# What is added stands beyond what the demo's history has: ids and codes begin here.
FIRST = 1_000_000

# One statement for each table. `n` counts orders: the n-th belongs to the shop n mod 500, its vendor is drawn by another step.
_YEAR = """
INSERT INTO retailers (id, code, shop_name, owner_name, language, approval, approved_at, is_active, terms_days, created_at)
SELECT :first + n, 'B-' || n, 'Kirana ' || n, 'Owner ' || n, 'ne', CASE WHEN n % 40 = 0 THEN 'applied' ELSE 'approved' END,
       CASE WHEN n % 40 > 0 THEN CAST(:year_ago AS timestamptz) END, n % 40 > 0, 30, :year_ago
FROM generate_series(0, :shops - 1) n;
INSERT INTO vendors (id, code, business_name, language, approval, approved_at, is_active, service_radius_km, working_days, closed_days,
                     opens_minutes, closes_minutes, minimum_order_minor, commission_basis_points, created_at)
SELECT :first + n, 'W-' || n, 'Traders ' || n, 'ne', 'approved', :year_ago, true, 50, '{1,2,3,4,5,6,7}', '{}',
       '{420,420,420,420,420,420,420}', '{1200,1200,1200,1200,1200,1200,1200}', 0, 200, :year_ago
FROM generate_series(0, :vendors - 1) n;
INSERT INTO contacts (id, name, phone, language, created_at)
SELECT :first + n, 'Owner ' || n, '+97798' || 20000000 + n, 'ne', :year_ago FROM generate_series(0, :shops - 1) n;
INSERT INTO memberships (contact_id, retailer_id, position, sees_debt)
SELECT id, id, 'owner', true FROM contacts WHERE id >= :first;
INSERT INTO channel_addresses (contact_id, channel, address, created_at)
SELECT id, 'whatsapp', 'whatsapp:' || phone, :year_ago FROM contacts WHERE id >= :first;
INSERT INTO conversations (id, contact_id, channel, address, retailer_id, state, slots, last_inbound_at, created_at)
SELECT id, id, 'whatsapp', 'whatsapp:' || phone, id, 'menu', '{}', :now, :year_ago FROM contacts WHERE id >= :first;
INSERT INTO credit_accounts (id, retailer_id, limit_minor, posted_minor, held_minor, updated_at)
SELECT id, id, 20000000, 0, 0, :now FROM retailers WHERE id >= :first;
INSERT INTO listings (id, vendor_id, product_id, price_minor, minimum_quantity, pack_multiple, lead_time_days, is_available, updated_at)
SELECT :first + v * 1000 + p.place, :first + v, p.id, 1000 + p.place * 130 + v * 7, 0, 1, 0, true, :now
FROM generate_series(0, :vendors - 1) v
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM products ORDER BY id LIMIT :listings) p ON true;
INSERT INTO stock (listing_id, on_hand, reserved) SELECT id, 5000, 0 FROM listings WHERE id >= :first;
INSERT INTO market_days (product_id, day, average_minor, median_minor, lowest_minor, highest_minor, vendors,
                         cheapest_vendor_id, volatility, calculated_at)
SELECT p.id, CAST(:now AS date) - d, 5000 + d % 30, 5000, 4500, 5600, 90, :first, 4.5, :now
FROM products p CROSS JOIN generate_series(0, 364) d ON CONFLICT DO NOTHING;
INSERT INTO price_changes (vendor_id, product_id, old_minor, new_minor, market_average_minor, actor, at)
SELECT vendor_id, product_id, price_minor - c, price_minor - c + 1, price_minor, 'bench',
       CAST(:now AS timestamptz) - interval '1 month' * c
FROM listings CROSS JOIN generate_series(1, 12) c WHERE id >= :first;
CREATE TEMP TABLE bought ON COMMIT DROP AS
SELECT :first + n AS id, :first + n % :shops AS shop, :first + n * 37 % :vendors AS vendor, d.at,
       100000 + n % 900 * 500 AS total, n >= :orders - 60 AS is_open
FROM generate_series(0, :orders - 1) n
CROSS JOIN LATERAL (SELECT CAST(:now AS timestamptz) - interval '365 days' * (:orders - n) / :orders AS at) d;
INSERT INTO orders (id, short_code, retailer_id, status, version, terms, opened_at, touched_at, placed_at, placed_by, ceiling_minor, ended_at)
SELECT id, id, shop, CASE WHEN is_open THEN 'placed' ELSE 'completed' END, 2, 'credit', at, at, at, 'bench', total,
       CASE WHEN NOT is_open THEN at + interval '1 day' END
FROM bought;
INSERT INTO order_lines (id, order_id, product_id, position, quantity, promised_quantity, unfulfilled_quantity,
                         source_text, added_by)
SELECT (b.id - :first) * 3 + l + :first, b.id, p.product_id, l, 10, 10, 0, 'wai wai 10', 'bench'
FROM bought b CROSS JOIN generate_series(1, 3) l
JOIN listings p ON p.id = b.vendor + (b.vendor - :first) * 999 + 1 + (b.id + l * 7) % :listings;
INSERT INTO order_transitions (order_id, sequence, from_status, to_status, facts, actor, via, at)
SELECT b.id, s, CASE WHEN s > 1 THEN 'draft' END, CASE WHEN s > 1 THEN 'placed' ELSE 'draft' END, '{}', 'bench', 'chat', at
FROM bought b CROSS JOIN generate_series(1, 2) s;
INSERT INTO routing_rounds (id, order_id, sequence, cause, settings_version, weights, needed, outcome, facts, market, actor, decided_at)
SELECT id, id, 1, 'placed', 0, '{}', '[]', 'offered', '{}', '', 'system', at FROM bought;
INSERT INTO routing_candidates (round_id, vendor_id, rank, score, availability, proximity, workload, price, reliability,
                                fills_everything, total_minor)
SELECT b.id, :first + (b.vendor - :first + r) % :vendors, r, 80 - r, 90, 80, 70, 60, 50, true, total
FROM bought b CROSS JOIN generate_series(1, 6) r;
INSERT INTO offers (id, round_id, order_id, vendor_id, status, is_override, opened_at, expires_at, answered_at)
SELECT id, id, id, vendor, CASE WHEN is_open THEN 'open' ELSE 'accepted' END, false, at, at + interval '2 hours',
       CASE WHEN NOT is_open THEN at + interval '5 minutes' END
FROM bought;
INSERT INTO fulfillments (id, order_id, vendor_id, offer_id, status, total_minor, wrong_codes, code_sends, accepted_at,
                          dispatched_at, delivered_at, ended_at)
SELECT id, id, vendor, id, 'delivered', total, 0, 0, at, at, at + interval '1 day', at + interval '1 day' FROM bought WHERE NOT is_open;
INSERT INTO vendor_observations (vendor_id, kind, offer_id, order_id, hours, is_override, at)
SELECT vendor, k.kind, id, id, CASE WHEN k.kind = 'delivered' THEN 24 END, false, at
FROM bought CROSS JOIN (VALUES ('offered'), ('accepted'), ('delivered')) k (kind) WHERE NOT is_open;
INSERT INTO vendor_scorecards (vendor_id, answered_yes, declined, lapsed, accepted, delivered, withdrawn, delivery_hours,
                               measured_deliveries, price_ratio, calculated_at)
SELECT id, 300, 20, 10, 300, 280, 5, 4000, 280, 1.02, :now FROM vendors WHERE id >= :first;
INSERT INTO vendor_snapshots (vendor_id, period, first_day, answered_yes, declined, lapsed, accepted, delivered, withdrawn,
                              delivery_hours, measured_deliveries, price_ratio, calculated_at)
SELECT v.id, k.period, CAST(date_trunc(k.period, CAST(:now AS date) - k.step * g) AS date), 10, 1, g % 3, 10, 9, 0, 150, 9, 1.01, :now
FROM vendors v CROSS JOIN (VALUES ('day', 1, 364), ('week', 7, 52), ('month', 31, 11)) k (period, step, most)
CROSS JOIN LATERAL generate_series(0, k.most) g WHERE v.id >= :first ON CONFLICT DO NOTHING;
INSERT INTO credit_holds (id, account_id, order_id, amount_minor, captured_minor, released_minor, status, placed_at, resolved_at)
SELECT id, shop, id, total, CASE WHEN is_open THEN 0 ELSE total END, 0, CASE WHEN is_open THEN 'open' ELSE 'resolved' END, at,
       CASE WHEN NOT is_open THEN at + interval '1 day' END
FROM bought;
INSERT INTO hold_movements (hold_id, cause, captured_minor, released_minor, grown_minor, at)
SELECT id, 'bench:' || id, total, 0, 0, at + interval '1 day' FROM bought WHERE NOT is_open;
INSERT INTO ledger_accounts (id, kind, retailer_id) SELECT id, 'receivable', id FROM retailers WHERE id >= :first;
INSERT INTO ledger_accounts (id, kind, vendor_id)
SELECT id + 500000, 'payable', id FROM vendors WHERE id >= :first;
INSERT INTO invoices (id, vendor_id, retailer_id, fulfillment_id, order_id, fiscal_year, serial, on_credit, taxable_minor,
                      exempt_minor, vat_minor, total_minor, commission_basis_points, issued_at, issued_on_bs, due_on)
SELECT id, vendor, shop, id, id, '2083/84', id, true, 0, total, 0, total, 200, at + interval '1 day', '2083-01-01',
       CAST(at AS date) + 30
FROM bought WHERE NOT is_open;
INSERT INTO invoice_lines (invoice_id, position, product_id, description, quantity, unit_price_minor, net_minor, vat_minor)
SELECT l.order_id, l.position, l.product_id, 'Noodles', 10, 100, 1000, 0
FROM order_lines l JOIN invoices i ON i.id = l.order_id WHERE l.id >= :first;
INSERT INTO postings (id, idempotency_key, kind, memo, actor, at)
SELECT id * 2 + k.place, 'bench:' || k.kind || ':' || id, k.kind, jsonb_build_object('invoice_id', id), 'bench',
       at + interval '1 day' * CASE k.place WHEN 0 THEN 1 ELSE 25 END
FROM bought CROSS JOIN (VALUES ('delivery', 0), ('payment', 1)) k (kind, place)
WHERE NOT is_open AND (k.place = 0 OR at < CAST(:now AS timestamptz) - interval '25 days');
INSERT INTO entries (posting_id, account_id, amount_minor, invoice_id)
SELECT p.id, e.account, e.amount, b.id
FROM postings p JOIN bought b ON b.id = p.id / 2
CROSS JOIN LATERAL (VALUES (b.shop, CASE p.kind WHEN 'delivery' THEN b.total ELSE -b.total END),
                           (b.vendor + 500000, CASE p.kind WHEN 'delivery' THEN -b.total ELSE b.total END)) e (account, amount)
WHERE p.id >= :first * 2;
INSERT INTO payments (id, retailer_id, method, amount_minor, status, received_at, idempotency_key, confirmed_by, posting_id)
SELECT b.id, b.shop, 'cash', b.total, 'posted', p.at, 'bench:' || b.id, 'bench', p.id
FROM bought b JOIN postings p ON p.id = b.id * 2 + 1;
INSERT INTO payment_applications (posting_id, payment_id, invoice_id, amount_minor)
SELECT posting_id, id, id, amount_minor FROM payments WHERE id >= :first;
INSERT INTO open_debts (invoice_id, retailer_id, vendor_id, amount_minor)
SELECT i.id, i.retailer_id, i.vendor_id, i.total_minor FROM invoices i
WHERE i.id >= :first AND NOT EXISTS (SELECT FROM payments p WHERE p.id = i.id);
UPDATE credit_accounts a SET
  posted_minor = coalesce((SELECT sum(amount_minor) FROM open_debts d WHERE d.retailer_id = a.retailer_id), 0),
  held_minor = coalesce((SELECT sum(total) FROM bought b WHERE b.shop = a.retailer_id AND b.is_open), 0)
WHERE a.id >= :first;
INSERT INTO payment_claims (retailer_id, method, reference, reference_key, amount_minor, status, claimed_by, claimed_at, answered_by,
                            answered_at, payment_id)
SELECT shop, 'esewa', 'E' || b.id, 'e' || b.id, total, CASE WHEN n % 50 = 0 THEN 'open' ELSE 'confirmed' END, 'bench', at,
       CASE WHEN n % 50 > 0 THEN 'bench' END, CASE WHEN n % 50 > 0 THEN at END, CASE WHEN n % 50 > 0 THEN p.id END
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM bought WHERE id % 10 = 0) b LEFT JOIN payments p ON p.id = b.id
WHERE n % 50 = 0 OR p.id IS NOT NULL;
INSERT INTO audit_entries (at, actor, via, action, subject_kind, subject_id, before, after, reason)
SELECT CAST(:now AS timestamptz) - interval '30 days' * m, 'bench', 'panel', 'credit_limit_changed', 'retailer', r.id,
       jsonb_build_object('limit_minor', 10000000 + (12 - m) * 500000), jsonb_build_object('limit_minor', 10000000 + (13 - m) * 500000), 'bench'
FROM retailers r CROSS JOIN generate_series(1, 12) m WHERE r.id >= :first;
INSERT INTO credit_scores (retailer_id, score, tier, parts, reasons, raises, settings_version, calculated_at)
SELECT r.id, 600 + w, 'good', '{"payment": 0.8, "consistency": 0.7}', '[]', '[]', 0, CAST(:now AS timestamptz) - interval '1 week' * w
FROM retailers r CROSS JOIN generate_series(0, 51) w WHERE r.id >= :first;
INSERT INTO risk_scores (retailer_id, score, level, parts, settings_versions, calculated_at)
SELECT r.id, 20 + w % 10, 'low', '{"late": 10}', '{}', CAST(:now AS timestamptz) - interval '1 week' * w
FROM retailers r CROSS JOIN generate_series(0, 51) w WHERE r.id >= :first;
INSERT INTO product_aliases (product_id, retailer_id, words, source, created_at)
SELECT p.id, r.id, 'taught ' || p.id || ' ' || r.id, 'confirmed', :now
FROM retailers r CROSS JOIN (SELECT id FROM products ORDER BY id LIMIT 10) p WHERE r.id >= :first;
INSERT INTO inbound_messages (id, conversation_id, channel, provider_message_id, kind, text, content, raw, received_at,
                              attempts, handled_at, needs_person)
SELECT (b.id - :first) * 3 + m + :first, b.shop, 'whatsapp', 'B' || b.id || '-' || m, 'text', 'wai wai 10 carton, ' || CASE WHEN b.id % 20 = 0 THEN 'chini' ELSE 'dal' END || ' 5 kg, tel ' || b.id, '{}', '{}',
       at, 1, at + interval '2 seconds', false
FROM bought b CROSS JOIN generate_series(0, 2) m;
INSERT INTO outbound_messages (conversation_id, order_id, is_notice, waits_for_window, attempts, say, language, body, content, status,
                               queued_at, send_after, sent_at)
SELECT b.shop, CASE WHEN m < 3 THEN b.id END, false, false, 1, 'ordering/placed', 'ne', 'Order KH-' || b.id || ' is placed. We tell you who brings it.', '{}', 'read', at, at, at
FROM bought b CROSS JOIN generate_series(0, 4) m;
INSERT INTO events (id, name, payload, actor, at)
SELECT (b.id - :first) * 3 + m + :first, 'OrderPlaced', jsonb_build_object('order', b.id), 'bench', at FROM bought b CROSS JOIN generate_series(0, 2) m;
INSERT INTO jobs (queue, kind, arguments, status, attempts, due_at, created_at, finished_at)
SELECT 'whatsapp', 'send_message', '{}', 'done', 1, at, at, at
FROM bought CROSS JOIN generate_series(0, 2) m WHERE at > CAST(:now AS timestamptz) - interval '30 days';
INSERT INTO alerts (kind, severity, subject_kind, subject_id, facts, state, times, raised_at, last_at, ended_at, ended_by)
SELECT 'order_unfulfilled', 'high', 'order', id, '{}', CASE WHEN n <= 40 THEN 'open' ELSE 'acknowledged' END, 1, at, at,
       CASE WHEN n > 40 THEN at END, CASE WHEN n > 40 THEN 'bench' END
FROM (SELECT *, row_number() OVER (ORDER BY id DESC) AS n FROM bought WHERE id % 25 = 0) b;
INSERT INTO schedule_runs (name, due_at, requested_by)
SELECT 'check_risk', date_trunc('hour', CAST(:now AS timestamptz)) - interval '1 hour' * h, 'clock' FROM generate_series(1, 365 * 24) h
ON CONFLICT DO NOTHING
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--show", help="also print the slowest statement of the pages with this in their address"
    )
    options = parser.parse_args()
    with _year(options.orders) as (fresh, admin, ids):
        print(_told(fresh.engine))
        beyond = 0
        for path in paths(admin.http.application, ids):
            statements, ms, best = _cost(fresh, admin, path, options.rounds)
            is_beyond = len(statements) > MOST_STATEMENTS or ms > MOST_MS
            beyond += is_beyond
            print(
                f"{path:70} {len(statements):3} statements {ms:7.1f} ms, at best {best:6.1f}{'   BEYOND' if is_beyond else ''}"
            )
            if options.show and options.show in path:
                print(_slowest(fresh, admin, path))
    print(f"{beyond} pages beyond {MOST_STATEMENTS} statements or {MOST_MS} ms")
    return int(beyond > 0)


@contextmanager
def _year(orders: int) -> Iterator[tuple[FreshDatabase, Browser, dict[str, int | str]]]:
    servers = embedded.start(VAR)
    with only_one(VAR / "template.lock"):
        template = migrated_template(servers.database_url)
    with cloned(servers.database_url, template) as fresh:
        now = system_now()
        with fresh.engine.begin() as connection:
            seed_demo(connection, environment=Environment.TEST, now=now)
        _add_year(fresh.engine, orders, now)
        environment = {"ENVIRONMENT": "test", "JWT_SECRET": SECRET, "DATABASE_URL": fresh.url}
        settings = replace(load_settings(environment), redis_url=servers.redis_url)
        admin = Browser(make_app(settings, fresh.database, budgets=MANY).test_client())
        entered = admin.sign_in(demo_logins.ADMIN_EMAIL, demo_logins.ADMIN_PASSWORD)
        assert entered.status_code == 303, entered.text
        yield fresh, admin, _subjects(fresh.engine)
    servers.stop()


def _add_year(engine: Engine, orders: int, now: dt.datetime) -> None:
    facts = {
        "first": FIRST, "orders": orders, "shops": SHOPS, "vendors": VENDORS, "listings": LISTINGS_OF_VENDOR,
        "now": now, "year_ago": now - dt.timedelta(days=365),
    }  # fmt: skip
    with engine.begin() as connection:
        # History is entered without walking every order's life.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in _YEAR.split(";\n"):
            connection.execute(text(statement), facts)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _subjects(engine: Engine) -> dict[str, int | str]:
    """A busy shop and vendor of the year, and an order of the demo's own history, whose routing was decided for real."""
    with engine.connect() as connection:

        def one(sql: str) -> int:
            return int(connection.scalar(text(sql)) or 0)

        round_id = one("SELECT max(id) FROM routing_rounds WHERE id < 1000000")
        return {
            "order_id": one(
                "SELECT order_id FROM routing_rounds WHERE id < 1000000 ORDER BY id DESC LIMIT 1"
            ),
            "round_id": round_id,
            "retailer_id": FIRST + 1,
            "vendor_id": FIRST,
            "conversation_id": FIRST + 1,
            "claim_id": one("SELECT max(id) FROM payment_claims"),
            "product_id": one("SELECT min(product_id) FROM listings WHERE id >= 1000000"),
            "kind": "products",
            "category": "payment_delay_threshold",
            "busy_order": FIRST + 1,
        }


def _cost(fresh: FreshDatabase, admin: Browser, path: str, rounds: int) -> tuple[list[str], float, float]:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = admin.get(path)
        times.append((time.perf_counter() - started) * 1_000)
        # A replay of too many orders is refused, which is its answer.
        assert answer.status_code in (200, 422), f"{path}: {answer.status_code} {answer.text[:500]}"
    with counted(fresh.database) as statements:
        admin.get(path)
    return statements, statistics.median(times), min(times)


def _slowest(fresh: FreshDatabase, admin: Browser, path: str) -> str:
    """The statement that took longest, with its time."""
    started, took = [0.0], []

    def before(*_facts: object) -> None:
        started[0] = time.perf_counter()

    def after(
        _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
    ) -> None:
        took.append(((time.perf_counter() - started[0]) * 1_000, statement, parameters))

    event.listen(fresh.engine, "before_cursor_execute", before)
    event.listen(fresh.engine, "after_cursor_execute", after)
    begun = time.perf_counter()
    admin.get(path)
    whole = (time.perf_counter() - begun) * 1_000
    event.remove(fresh.engine, "before_cursor_execute", before)
    event.remove(fresh.engine, "after_cursor_execute", after)
    spent = sum(one[0] for one in took)
    ms, statement, parameters = max(took, key=lambda one: one[0])
    return f"    {whole:.1f} ms, {spent:.1f} in statements; {ms:.1f} ms: {statement}\n    {parameters}"


def _told(engine: Engine) -> str:
    """How large the year is."""
    tables = (Order, InboundMessage, OutboundMessage, Posting, Retailer, Vendor)
    with engine.connect() as connection:
        sizes = {
            one.__tablename__: connection.scalar(select(func.count()).select_from(one)) for one in tables
        }
    return ", ".join(f"{size:,} {table.replace('_', ' ')}" for table, size in sizes.items())


if __name__ == "__main__":
    sys.exit(main())
