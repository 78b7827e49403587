"""How long an import of 10,000 rows takes, and how much more memory than one of 1,000.

Each import is one upload through the API into a scratch database, in a process of its own, after a small one that loads
what is loaded once. "peak" is the most that the process had resident, "grown" what of it came with the import. Run:
`python -m bench.import_catalog DATABASE_URL`. Redis is not measured: nobody answers, and the API serves without.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import Engine, event, make_url, text

import admin_api
from admin_api.limiter import Budgets
from core.actor import SYSTEM
from core.clock import system_now
from core.config import PROJECT_ROOT, load_settings
from core.db.session import Database, make_engine
from core.parties import service as parties
from core.parties.models import Role

SIZES = (1_000, 10_000)
VENDORS = 4
NO_REDIS = "redis://127.0.0.1:1/0"
DATABASE = "khaacho_bench_import"
EMAIL, PASSWORD = "bench@example.test", "correct horse battery"
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PRODUCTS = ["sku", "name", "name_ne", "brand", "category", "unit", "pack_size", "case_quantity", "vat_class"]
LISTINGS = ["vendor", "sku", "price", "minimum_quantity", "pack_multiple", "lead_time_days", "is_available"]
STOCK = ["vendor", "sku", "on_hand"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("database_url")
    arguments.add_argument("--one", nargs=4, metavar=("KIND", "FORM", "ROWS", "FILES"), help="used by itself")
    given = arguments.parse_args()
    if given.one:
        kind, form, rows, files = given.one
        print(json.dumps(measured(given.database_url, kind, form, int(rows), Path(files))))
        return
    print("kind      file     rows  upload      new      CPU    again   export statements    peak   grown")
    for form in MEDIA_TYPES:
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for rows in SIZES:
            with scratch(given.database_url) as url:
                for kind in ("products", "listings", "stock"):
                    found[kind, rows] = one = in_a_process(url, kind, form, rows)
                    print(
                        f"{kind:9} {form:4} {rows:8,} {one['bytes'] / 1e6:5.2f} MB {one['new']:6.2f} s"
                        f" {one['cpu']:6.2f} s {one['again']:6.2f} s {one['export']:6.2f} s {one['statements']:10}"
                        f" {one['peak'] / 1e6:4.0f} MB {one['grown'] / 1e6:4.1f} MB",
                        flush=True,
                    )
        for kind in ("products", "listings", "stock"):
            few, many = (found[kind, rows] for rows in SIZES)
            print(
                f"{kind:9} {form}: ten times the rows take {many['new'] / few['new']:.1f} times the time"
                f" and {many['peak'] / few['peak']:.3f} times the memory"
            )


def in_a_process(url: str, kind: str, form: str, rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as files:
        # Made here: what it costs to make a workbook is not what it costs to read one.
        Path(files, "few").write_bytes(file_of(kind, form, range(3)))
        Path(files, "all").write_bytes(file_of(kind, form, range(rows)))
        asked = [sys.executable, "-m", "bench.import_catalog", url, "--one", kind, form, str(rows), files]
        done = subprocess.run(
            asked, cwd=PROJECT_ROOT, check=True, capture_output=True, text=True, timeout=600
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(url: str, kind: str, form: str, rows: int, files: Path) -> dict[str, Any]:
    engine = make_engine(url)
    client, headers = signed_in(engine, url)
    body = (files / "all").read_bytes()

    def upload(file: bytes, query: str = "") -> dict[str, Any]:
        answer = client.post(
            f"/api/v1/{kind}/import{query}", data=file, content_type=MEDIA_TYPES[form], headers=headers
        )
        assert answer.status_code == 200, answer.text[:500]
        found: dict[str, Any] = answer.json
        return found

    upload((files / "few").read_bytes(), "?dry_run=true")
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    # Counted and not kept: the text of a statement for 500 rows is longer than the rows.
    statements = itertools.count()
    event.listen(engine, "before_cursor_execute", lambda *_seen: next(statements))
    start, start_cpu = time.perf_counter(), time.process_time()
    done = upload(body)
    new, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    count = next(statements)
    peak = resident("VmHWM")
    assert done["created"] + done["changed"] == rows, done
    start = time.perf_counter()
    assert upload(body)["unchanged"] == rows
    again = time.perf_counter() - start
    start = time.perf_counter()
    answer = client.get(f"/api/v1/{kind}/export?format={form}", headers=headers)
    assert answer.status_code == 200
    size = len(answer.data)
    export = time.perf_counter() - start
    assert size > rows
    return {
        "bytes": len(body),
        "new": new,
        "cpu": cpu,
        "again": again,
        "export": export,
        "statements": count,
        "peak": peak,
        "grown": peak - before,
    }


def resident(line: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{line}:")[1].split()[0]) * 1024


def signed_in(engine: Engine, url: str) -> tuple[FlaskClient, dict[str, str]]:
    app = Flask(__name__)
    many = Budgets(user=100_000, address=100_000, sign_ins=100_000)
    settings = load_settings(
        {"ENVIRONMENT": "test", "DATABASE_URL": url, "REDIS_URL": NO_REDIS, "JWT_SECRET": "x" * 40}
    )
    admin_api.register(app, settings=settings, database=Database(engine), redis_url=NO_REDIS, budgets=many)
    client = app.test_client()
    answer = client.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client, {"Authorization": f"Bearer {answer.json['access_token']}"}


def file_of(kind: str, form: str, numbers: Sequence[int]) -> bytes:
    file = io.BytesIO()
    if form == "csv":
        text_file = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        csv.writer(text_file).writerows(rows_of(kind, numbers))
        text_file.detach()
    else:
        book = Workbook()
        for row in rows_of(kind, numbers):
            book.active.append(row)
        book.save(file)
    return file.getvalue()


def rows_of(kind: str, numbers: Sequence[int]) -> Iterator[list[Any]]:
    yield {"products": PRODUCTS, "listings": LISTINGS, "stock": STOCK}[kind]
    for number in numbers:
        sku, vendor = f"SKU-{number:05d}", f"V-{1 + number % VENDORS:04d}"
        match kind:
            case "products":
                name, name_ne = f"Wai Wai Noodles number {number}", f"वाइ वाइ चाउचाउ {number}"
                yield [sku, name, name_ne, "Wai Wai", "Noodles", "pkt", f"{number} g", 30, "standard"]
            case "listings":
                yield [vendor, sku, 20 + number % 1_000, 12, 6, 1, "yes"]
            case _:
                yield [vendor, sku, 1 + number % 500]


@contextmanager
def scratch(url: str) -> Iterator[str]:
    server = make_engine(url, pooled=False).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    own = make_url(url).set(database=DATABASE).render_as_string(hide_password=False)
    config = Config(toml_file=PROJECT_ROOT / "pyproject.toml")
    config.attributes["database_url"] = own
    command.upgrade(config, "head")
    engine = make_engine(own, pooled=False)
    facts = {"actor": SYSTEM, "now": system_now()}
    with Database(engine).transaction() as session:
        parties.create_user(session, role=Role.ADMIN, name="Bench", email=EMAIL, password=PASSWORD, **facts)
        for number in range(VENDORS):
            parties.create_vendor(session, parties.VendorFacts(business_name=f"Vendor {number}"), **facts)
    try:
        yield own
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))


if __name__ == "__main__":
    main()
