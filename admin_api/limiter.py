"""Rate limits per minute, by user and by address. Counted in Redis; without Redis, each process counts for itself."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass, field

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis.exceptions import RedisError

# A request waits this long for Redis at most; after a timeout, Redis isn't asked for `SILENT_SECONDS`.
TIMEOUT_SECONDS = 0.25
SILENT_SECONDS = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Budgets:
    """Requests per minute. Each kind is counted separately, so a flood of one doesn't block the others.

    `sign_ins` is per name and address; `address_sign_ins` is per address over all names, because each attempt costs
    35 ms of CPU; `health` is per address; `documents` are heavy answers per user, and as many of all users of a party and
    the links to its documents together; `link` is per document that a link opens.
    """

    user: int = 600
    address: int = 1_200
    sign_ins: int = 30
    address_sign_ins: int = 600
    health: int = 600
    documents: int = 60
    link: int = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """A caller's use of a limit. `resets_in` is in seconds."""

    limit: int
    remaining: int
    resets_in: int
    is_within: bool


@dataclass(slots=True)
class Limiter:
    """Counts requests. Keeps its Redis connection and remembers when Redis last failed to answer."""

    redis_url: str
    budgets: Budgets = field(default_factory=Budgets)
    _shared: RateLimiter | None = None
    _own: RateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))
    _silent_until: float = 0.0

    def of_user(self, user_id: int) -> Count:
        return self._count("user", str(user_id), self.budgets.user)

    def of_address(self, address: str) -> Count:
        return self._count("address", address, self.budgets.address)

    def of_health(self, address: str) -> Count:
        return self._count("health", address, self.budgets.health)

    def of_documents(self, user_id: int) -> Count:
        return self._count("documents", str(user_id), self.budgets.documents)

    def of_party_documents(self, *, retailer_id: int | None, vendor_id: int | None) -> Count:
        """Over all users of a shop or wholesaler, and the links to its documents: more of them don't make more documents."""
        party = f"retailer {retailer_id}" if retailer_id is not None else f"vendor {vendor_id}"
        return self._count("party_documents", party, self.budgets.documents)

    def of_link(self, document: str) -> Count:
        hashed = hashlib.sha256(document.encode()).hexdigest()[:32]
        return self._count("link", hashed, self.budgets.link)

    def of_sign_ins(self, address: str, name: str) -> Count:
        """The stricter of two counts. The name is hashed, because it may be a password typed into the wrong field."""
        everybody = self._count("sign_ins", address, self.budgets.address_sign_ins)
        if not everybody.is_within:
            return everybody
        hashed = hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:32]
        return self._count("sign_in", f"{address} {hashed}", self.budgets.sign_ins)

    def _count(self, kind: str, who: str, budget: int) -> Count:
        item = RateLimitItemPerMinute(budget, namespace="khaacho:api")
        if time.monotonic() >= self._silent_until:
            try:
                return _hit(self._with_redis(), item, kind, who)
            except (RedisError, StorageError) as silent:
                self._silent_until = time.monotonic() + SILENT_SECONDS
                logger.warning("Redis does not answer; this process counts requests by itself: %s", silent)
        return _hit(self._own, item, kind, who)

    def _with_redis(self) -> RateLimiter:
        # Connects on the first request, so that a web process starts while Redis is down.
        if self._shared is None:
            url = self.redis_url.replace("unix://", "redis+unix://", 1)
            storage = RedisStorage(
                url,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                wrap_exceptions=True,
            )
            self._shared = FixedWindowRateLimiter(storage)
        return self._shared


def _hit(counter: RateLimiter, item: RateLimitItem, kind: str, who: str) -> Count:
    is_within = counter.hit(item, kind, who)
    window = counter.get_window_stats(item, kind, who)
    return Count(
        limit=item.amount,
        remaining=max(0, int(window.remaining)),
        resets_in=max(1, int(window.reset_time - time.time()) + 1),
        is_within=is_within,
    )
