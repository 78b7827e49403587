"""What a change of the catalogue costs the next order: the index built from nothing, after one change, and when it is ready.

    python -m bench.catalogue_change --products 15000

Starts a server of its own, fills a scratch database with generated goods, changes one product at a time, and asks for the
index as a turn does. Prints medians and ratios; fails when one change costs more than half of building from nothing.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import text

import core.models  # noqa: F401 - the whole mapping
from bench.intake_speed import DATA, generated
from core import embedded
from core.actor import SYSTEM
from core.catalog import service as catalog
from core.catalog.models import Product
from core.clock import system_now
from core.db.session import Database
from core.intake import service as intake
from core.intake.catalogue.csv_file import entries_from_csv
from core.refs import ProductId
from tests.databases import FreshDatabase, cloned, migrated_template

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = 0.5
TIMES = 5
READY_AFTER_SECONDS = 15.0
ADD = """
INSERT INTO products (sku, name, brand, category, unit, pack_size, case_quantity, vat_class, short_label, is_active,
                      created_at, updated_at)
VALUES (:sku, :name, :brand, :category, :unit, :pack_size, :case_qty, 'exempt', left(:sku, 20), true, now(), now())
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, default=15_000)
    asked = parser.parse_args()
    servers = embedded.start(ROOT / "var" / "bench")
    try:
        with cloned(servers.database_url, migrated_template(servers.database_url)) as clone:
            _fill(clone, asked.products)
            found = _measure(clone.database)
    finally:
        servers.stop()
    for name, seconds in found.items():
        print(f"{name:14} {seconds * 1000:8.0f} ms   ratio {seconds / found['from nothing']:5.2f}")
    return 1 if found["one change"] > ALLOWED * found["from nothing"] else 0


def _fill(clone: FreshDatabase, size: int) -> None:
    goods = generated(entries_from_csv(DATA / "catalog.csv"), size, random.Random(7))
    names = ("sku", "name", "brand", "category", "unit", "pack_size", "case_qty")
    with clone.engine.begin() as connection:
        connection.execute(text(ADD), [{name: getattr(entry, name) for name in names} for entry in goods])


def _measure(database: Database) -> dict[str, float]:
    def forget() -> None:
        intake._built = intake._Built()  # noqa: SLF001 - as in a process that has just started

    def change() -> None:
        with database.transaction() as session:
            product = session.get_one(Product, 1)
            name = f"{product.name.split(' no ')[0]} no {random.randrange(10**6)}"
            changed = replace(catalog.facts_of(product), name=name)
            catalog.update_product(session, ProductId(product.id), changed, actor=SYSTEM, now=system_now())

    found = {"from nothing": _median(database, forget), "one change": _median(database, change)}
    stopping = Event()
    keeper = Thread(target=intake.keep_index_ready, args=(database, stopping))
    keeper.start()

    def change_and_wait() -> None:
        change()
        time.sleep(READY_AFTER_SECONDS)

    found["ready"] = _median(database, change_and_wait, times=1)
    stopping.set()
    keeper.join()
    return found


def _median(database: Database, prepare: Callable[[], None], *, times: int = TIMES) -> float:
    taken = []
    for _ in range(times):
        prepare()
        started = time.perf_counter()
        with database.transaction() as session:
            intake.index_of(session)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())
