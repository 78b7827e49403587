"""PostgreSQL and a Redis-protocol server from Python wheels: for a laptop, for tests, for CI; never for production."""

from dataclasses import dataclass, field

from core.config import Settings
from core.embedded.client import News, Servers, ensure_running, start, stop_all
from core.embedded.errors import EmbeddedServersError

__all__ = [
    "Addresses",
    "EmbeddedServersError",
    "News",
    "Servers",
    "addresses",
    "ensure_running",
    "start",
    "stop_all",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)


def addresses(settings: Settings) -> Addresses:
    """Where the servers are: those the environment names, or our own, which then run as long as this process."""
    if settings.database_url and settings.redis_url:
        return Addresses(database_url=settings.database_url, redis_url=settings.redis_url)
    own = ensure_running()
    return Addresses(
        database_url=settings.database_url or own.database_url, redis_url=settings.redis_url or own.redis_url
    )
