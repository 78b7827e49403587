"""The SDK's client never waits for ever, and never leaves for a place it was not sent to."""

import pytest
from twilio.http.http_client import TwilioHttpClient

from bot.channels.twilio.client import TIMEOUT_SECONDS, NotTwilio, RedirectedHttpClient, build_client
from core.config import TwilioAccount


def account(api_url):
    return TwilioAccount(
        account_sid="AC" + "a" * 32, auth_token="t", whatsapp_from="whatsapp:+14155238886", api_url=api_url
    )


@pytest.mark.parametrize(
    "api_url", [None, "http://127.0.0.1:4020", "http://localhost:4020", "https://proxy.example"]
)
def test_every_call_has_a_time_out(api_url):
    http_client = build_client(account(api_url)).http_client

    assert http_client.timeout == TIMEOUT_SECONDS == 10
    assert isinstance(http_client, RedirectedHttpClient if api_url else TwilioHttpClient)


def test_our_credentials_never_travel_in_the_clear():
    with pytest.raises(NotTwilio):
        build_client(account("http://proxy.example"))


@pytest.mark.parametrize(
    "url", ["https://example.com/x", "https://twilio.com.example.com/x", "http://127.0.0.1:1/x"]
)
def test_only_calls_to_twilio_are_redirected(url):
    with pytest.raises(NotTwilio):
        RedirectedHttpClient("http://127.0.0.1:1").request("GET", url)


def test_a_proxy_from_the_environment_is_no_way_out_of_this_machine():
    assert RedirectedHttpClient("http://127.0.0.1:1").session.trust_env is False
