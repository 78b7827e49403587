"""PostgreSQL and a Redis-protocol server from Python wheels: for a laptop, for tests, for CI; never for production."""

from core.config import settings
from core.embedded.client import ServerEvent, Servers, ensure_running, start, stop_all
from core.embedded.errors import EmbeddedServersError

__all__ = [
    "EmbeddedServersError",
    "ServerEvent",
    "Servers",
    "database_url",
    "ensure_running",
    "redis_url",
    "start",
    "stop_all",
]


def database_url() -> str:
    """Where the database is: what the environment names, or our own server, which then runs as long as this process."""
    return settings().database_url or ensure_running().database_url


def redis_url() -> str:
    """Where Redis is: what the environment names, or our own server, which then runs as long as this process."""
    return settings().redis_url or ensure_running().redis_url
