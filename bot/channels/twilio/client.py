"""The official SDK with a time-out, and redirected where the settings say."""

from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from core.config import TwilioAccount, is_loopback

TIMEOUT_SECONDS: Final = 10  # the SDK's own default is to wait for ever


class NotTwilio(Exception):
    """A call would have left for a place that is neither Twilio nor the configured peer."""


class RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # the SDK is untyped here
    """Sends what is meant for Twilio's hosts to another base, and everything else nowhere.

    Region and edge only build other names under twilio.com, so a client is the SDK's way to be redirected. That the
    base is on this machine outside production is refused where settings are read; that it is safe to carry our
    credentials, here.
    """

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        base = urlsplit(base_url)
        if not is_loopback(base_url) and base.scheme != "https":
            raise NotTwilio(base_url)
        if is_loopback(base_url):
            self.session.trust_env = False  # a proxy from the environment would be a way out of this machine
        self._base = base

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        called = urlsplit(url)
        if not (called.hostname or "").endswith(".twilio.com"):
            raise NotTwilio(url)
        path = self._base.path.rstrip("/") + called.path
        redirected = urlunsplit((self._base.scheme, self._base.netloc, path, called.query, ""))
        return super().request(method, redirected, *args, **options)


def build_client(account: TwilioAccount, *, timeout_seconds: int = TIMEOUT_SECONDS) -> Client:
    """Return the SDK's client for our account. It keeps connections: one per process."""
    http_client = (
        RedirectedHttpClient(account.api_url, timeout=timeout_seconds)
        if account.api_url
        else TwilioHttpClient(timeout=timeout_seconds)
    )
    return Client(account.account_sid, account.auth_token, http_client=http_client)
