"""What every test may ask for: servers that start when the first test needs them, a database that forgets, no network.

Tests that ask for none of it start nothing, and do not even wait for the imports.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import hypothesis
import pytest

from core.config import PROJECT_ROOT, Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session, sessionmaker

    from core.db.session import Database
    from tests.databases import FreshDatabase

VAR = PROJECT_ROOT / "var" / "tests"
SECRET = "only-for-tests-0123456789-abcdefghijkl"

# The servers to test with are moved aside, where the other processes of this run find them too: whatever code under test
# reads its settings for itself meets the tests' servers, never somebody's development data.
_GIVEN = {
    name: os.environ.setdefault(f"TEST_{name}", os.environ.pop(name, ""))  # noqa: TID251
    for name in ("DATABASE_URL", "REDIS_URL")
}
os.environ.update(ENVIRONMENT="test", VAR_DIR=str(VAR), JWT_SECRET=SECRET)  # noqa: TID251


# How long an example takes says something about the machine, not about the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@dataclass(frozen=True, kw_only=True)
class TestServers:
    __test__ = False

    database_url: str
    redis_url: str
    redis_databases: int


@pytest.fixture(scope="session")
def servers() -> Iterator[TestServers]:
    """Those that DATABASE_URL and REDIS_URL name, or our own under var/tests, shared by all runs of this checkout."""
    given = load_settings(_GIVEN | {"JWT_SECRET": SECRET})
    if given.database_url and given.redis_url:
        yield TestServers(database_url=given.database_url, redis_url=given.redis_url, redis_databases=16)
        return
    from core import embedded
    from core.embedded.valkey import DATABASES
    from tests.databases import drop_abandoned_clones, only_one

    own = embedded.start(VAR)
    with only_one(VAR / "template.lock"):
        drop_abandoned_clones(own.database_url)
    yield TestServers(
        database_url=given.database_url or own.database_url,
        redis_url=given.redis_url or own.redis_url,
        redis_databases=16 if given.redis_url else DATABASES,
    )
    own.stop()


@pytest.fixture(scope="session")
def template(servers: TestServers) -> str:
    """The name of a database with all migrations, for clones."""
    from tests.databases import migrated_template, only_one

    with only_one(VAR / "template.lock"):
        return migrated_template(servers.database_url)


@pytest.fixture(scope="session")
def own_database(servers: TestServers, template: str) -> Iterator[FreshDatabase]:
    """The database of this test process. Tests that commit for real take `fresh_database` instead."""
    from tests.databases import cloned

    with cloned(servers.database_url, template) as clone:
        yield clone


@pytest.fixture(scope="session")
def engine(own_database: FreshDatabase) -> Engine:
    return own_database.engine


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection inside a transaction that is rolled back after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        if outer.is_active:
            outer.rollback()


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    """Sessions whose commit ends a savepoint only."""
    from sqlalchemy.orm import sessionmaker

    return sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def database(sessions: sessionmaker[Session]) -> Database:
    """The door to transactions, for code that opens its own; it sees what `session` has flushed and committed."""
    from core.db.session import Database

    return Database(sessions)


@pytest.fixture
def fresh_database(servers: TestServers, template: str) -> Iterator[FreshDatabase]:
    """A database of this test alone, with real commits: for threads and processes. Dropped afterwards."""
    from tests.databases import cloned

    with cloned(servers.database_url, template) as clone:
        yield clone


@pytest.fixture(scope="session")
def redis_of_this_process(servers: TestServers) -> Iterator[str]:
    """A Redis database that no other test process uses, held by a lock that the kernel frees."""
    VAR.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for number in range(1, servers.redis_databases):
            lock = stack.enter_context((VAR / f"redis-{number}.lock").open("w"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield _redis_database(servers.redis_url, number)
            return
    pytest.fail("all Redis databases are taken by other test processes")


@pytest.fixture
def redis_url(redis_of_this_process: str) -> str:
    """An empty Redis database."""
    import redis

    with redis.from_url(redis_of_this_process) as client:
        client.flushdb()
    return redis_of_this_process


@pytest.fixture
def settings(own_database: FreshDatabase, redis_url: str) -> Settings:
    """Settings of the test environment with this process's servers. Other values: `dataclasses.replace`."""
    return load_settings(
        {
            "ENVIRONMENT": "test",
            "DATABASE_URL": own_database.url,
            "REDIS_URL": redis_url,
            "JWT_SECRET": SECRET,
        }
    )


def _redis_database(url: str, number: int) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """Let nothing leave this machine: a test that tries fails, whatever the code under test catches."""
    if event == "socket.connect" and isinstance(address := arguments[1], tuple):
        host = address[0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        pytest.fail(f"the test tried to reach {host}")


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in {"", "localhost"}:
        return True
    try:
        return ip_address(str(name)).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_the_network)
