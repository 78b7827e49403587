"""Twilio's SDK with a timeout, redirected if the settings say so."""

from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from core.config import TwilioAccount, is_loopback

TIMEOUT_SECONDS: Final = 10  # the SDK's own default is to wait for ever


class NotTwilio(Exception):
    """A call would have gone to a host that is neither Twilio's nor the configured peer."""


class RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # the SDK is untyped here
    """Sends requests for Twilio's hosts to another base URL, and refuses all others.

    The SDK's region and edge only change the name under twilio.com, so it takes an HTTP client to redirect it. The
    settings check that the base is on this machine outside production; this class checks that it may carry our
    credentials.
    """

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        base = urlsplit(base_url)
        if not is_loopback(base_url) and base.scheme != "https":
            raise NotTwilio(base_url)
        if is_loopback(base_url):
            self.session.trust_env = (
                False  # a proxy from the environment could take the request off this machine
            )
        self._base = base

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        called = urlsplit(url)
        if not (called.hostname or "").endswith(".twilio.com"):
            raise NotTwilio(url)
        path = self._base.path.rstrip("/") + called.path
        redirected = urlunsplit((self._base.scheme, self._base.netloc, path, called.query, ""))
        return super().request(method, redirected, *args, **options)


def build_client(account: TwilioAccount, *, timeout_seconds: int = TIMEOUT_SECONDS) -> Client:
    """The SDK's client for our account. It keeps connections, so use one per process."""
    http_client = (
        RedirectedHttpClient(account.api_url, timeout=timeout_seconds)
        if account.api_url
        else TwilioHttpClient(timeout=timeout_seconds)
    )
    return Client(account.account_sid, account.auth_token, http_client=http_client)
