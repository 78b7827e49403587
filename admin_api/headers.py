"""Headers on every API response: no caching, no sniffing, no framing, and CORS for the configured origins only."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request

from admin_api.endpoints import wiring
from admin_api.limiter import Count
from admin_api.problems import is_ours

_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_FOR_PAGES_ELSEWHERE = "Content-Type, Authorization, Idempotency-Key, If-Match, If-None-Match"
_SEEN_ELSEWHERE = (
    "ETag, Location, Idempotency-Replayed, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
)
_A_DAY = "86400"


logger = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.before_request(_look_for_proxy)
    app.after_request(_add)


def _look_for_proxy() -> None:
    """Log an error, once, if a proxy forwards requests but isn't configured: its callers share one address and budget."""
    if wiring().settings.trusted_proxies or "X-Forwarded-For" not in request.headers:
        return
    if not wiring().warned:
        wiring().warned.add("proxy")
        logger.error(
            "a proxy forwards requests, but TRUSTED_PROXIES is 0: everybody behind it counts as one address, "
            "for rate limits and for slowed sign-ins. Set TRUSTED_PROXIES to the number of your proxies"
        )


def _add(response: Response) -> Response:
    if not is_ours():
        return response
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if wiring().settings.is_production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    rate: Count | None = g.get("rate")
    if rate is not None:
        response.headers["RateLimit-Limit"] = str(rate.limit)
        response.headers["RateLimit-Remaining"] = str(rate.remaining)
        response.headers["RateLimit-Reset"] = str(rate.resets_in)
    _allow_pages_elsewhere(response)
    return response


def _allow_pages_elsewhere(response: Response) -> None:
    """Add CORS headers for the configured origins. Tokens travel in a header, so credentials stay off."""
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin")
    if origin is None or origin not in wiring().settings.cors_origins:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _SEEN_ELSEWHERE
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _FOR_PAGES_ELSEWHERE
        response.headers["Access-Control-Max-Age"] = _A_DAY
