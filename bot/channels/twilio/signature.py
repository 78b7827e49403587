"""Checks that a form post was signed by Twilio with one of our tokens."""

from collections.abc import Iterable, Mapping
from typing import Final

from twilio.request_validator import RequestValidator

HEADER: Final = "X-Twilio-Signature"


def signed_url(public_url: str, path: str, query: str | bytes = b"") -> str:
    """The URL as Twilio called it: the configured public base, then path and query exactly as they arrived.

    Frameworks decode `%2F`, `%40` and UTF-8 escapes when they rebuild a URL, and a proxy changes scheme and host; both
    break the signature, and a host taken from a header could be anybody's. So *query* is the raw query string
    (`request.query_string`), and the base comes from our settings.
    """
    raw_query = query.decode("latin-1") if isinstance(query, bytes) else query
    url = public_url.rstrip("/") + path
    return f"{url}?{raw_query}" if raw_query else url


def is_signed(url: str, form: Mapping[str, str], signature: str | None, tokens: Iterable[str]) -> bool:
    """Whether *signature* fits *url* and every field of *form*, with any of *tokens*.

    Pass the request's own MultiDict, before any cleaning: a trimmed body or a dropped blank field breaks the signature.
    Two tokens are valid while one is being rotated out. False without a signature or a token.
    """
    if not signature:
        return False
    return any(RequestValidator(token).validate(url, form, signature) for token in tokens if token)


def sign(url: str, form: Mapping[str, str], token: str) -> str:
    """Sign as Twilio does, for the simulator, tests and benchmarks."""
    return str(RequestValidator(token).compute_signature(url, form))
