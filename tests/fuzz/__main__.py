"""`python -m tests.fuzz`: schemathesis asks the running API whatever its document allows, and much that it forbids.

As nobody, as a retailer, as a vendor and as an admin, for a bounded time each (`--seconds 20`, `--as admin`). No answer may
be a server error, undocumented, or different from its schema, and what the schema forbids is refused.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from werkzeug.serving import make_server

from admin_api.limiter import Budgets
from core import embedded
from core.actor import SYSTEM
from core.config import PROJECT_ROOT, Settings, load_settings
from core.db.session import Database
from core.parties import service as parties
from core.parties.models import Role
from tests.api.conftest import PASSWORD, make_app, signed_in
from tests.api.world import World, make_world
from tests.databases import cloned, migrated_template, only_one
from tests.market import Market

VAR = PROJECT_ROOT / "var" / "tests"
# The examples database would make one run depend on another; nobody can sign up, since admins make users.
CONFIG = """
[generation]
database = "none"
[auth]
auto-signup = false
[parameters]
"""
SECRET = "only-for-tests-0123456789-abcdefghijkl"
MANY = Budgets(user=10_000_000, address=10_000_000, sign_ins=10_000_000)
# The admin comes last: what it changes may take the others' accounts away.
EVERYBODY = ("nobody", "retailer", "vendor", "admin")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
# These end the session or the account that asks.
LEFT_OUT = ("logout", "put_password", "reset_password", "deactivate_user", "change_user")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--seconds", type=int, default=20, help="for each caller")
    options.add_argument("--as", dest="callers", choices=EVERYBODY, nargs="*", default=EVERYBODY)
    options.add_argument("--seed", type=int)
    given, further = options.parse_known_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with _served() as (url, tokens, ids), tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "schemathesis.toml"
        # Paths name things that exist: a random id would only ever find nothing.
        config.write_text(
            CONFIG + "".join(f'"path.{name}" = {json.dumps(value)}\n' for name, value in ids.items())
        )
        results = {
            caller: _judge(
                url, tokens[caller], config=config, seconds=given.seconds, seed=given.seed, further=further
            )
            for caller in EVERYBODY
            if caller in given.callers
        }
    failed = [caller for caller, code in results.items() if code]
    sys.stdout.write(
        f"FUZZ {'failed as ' + ', '.join(failed) if failed else 'passed as ' + ', '.join(results)}\n"
    )
    return int(bool(failed))


@contextmanager
def _served() -> Iterator[tuple[str, dict[str, str | None], dict[str, object]]]:
    """The API on a port of its own over a market of its own, a token for each caller, and the ids of what is there."""
    servers = embedded.start(VAR)
    with only_one(VAR / "template.lock"):
        template = migrated_template(servers.database_url)
    with cloned(servers.database_url, template) as fresh:
        settings = replace(
            load_settings({"ENVIRONMENT": "test", "JWT_SECRET": SECRET, "DATABASE_URL": fresh.url}),
            redis_url=servers.redis_url,
        )
        world = make_world(Market(fresh.database))
        tokens = _tokens(settings, fresh.database, world)
        server = make_server("127.0.0.1", 0, make_app(settings, fresh.database, budgets=MANY), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}", tokens, world.ids | {"user_id": 1}
        server.shutdown()
        thread.join()
    servers.stop()


def _tokens(settings: Settings, database: Database, world: World) -> dict[str, str | None]:
    app = make_app(settings, database, budgets=MANY)
    found: dict[str, str | None] = {"nobody": None}
    for role, party in (
        (Role.RETAILER, {"retailer_id": world.asha.id}),
        (Role.VENDOR, {"vendor_id": world.himal.id}),
        (Role.ADMIN, {}),
    ):
        email = f"{role}@fuzz.test"
        Market(database).do(
            parties.create_user,
            role=role,
            name=email,
            email=email,
            password=PASSWORD,
            actor=SYSTEM,
            **party,
        )
        found[role] = signed_in(app, email).token
    return found


def _judge(
    url: str, token: str | None, *, config: Path, seconds: int, seed: int | None, further: list[str]
) -> int:
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(config),
        "run",
        f"{url}/api/v1/openapi.json",
        "--checks",
        ",".join(CHECKS),
        "--max-time",
        str(seconds),
        "--warnings",
        "off",
    ]
    for operation in LEFT_OUT:
        command += ["--exclude-operation-id", operation]
    if token:
        command += ["--header", f"Authorization:Bearer {token}"]
    if seed is not None:
        command += ["--seed", str(seed)]
    return subprocess.run(
        [*command, *further], cwd=PROJECT_ROOT, timeout=seconds * 6 + 120, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
