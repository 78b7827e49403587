"""What came with a message is read at Twilio only, with the account's credentials."""

import pytest
import requests

from bot.channels.twilio.media import reading
from core.config import TwilioAccount

ACCOUNT = TwilioAccount(account_sid="AC1", auth_token="secret", whatsapp_from="whatsapp:+1")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/1",
        "https://evil.example/api.twilio.com",
        "https://twilio.com.evil.example/1",
        "https://api.twilio.com@evil.example/1",
        "file:///etc/passwd",
        "nonsense",
    ],
)
def test_no_other_place_gets_the_credentials(monkeypatch, url):
    monkeypatch.setattr(requests, "get", lambda *_a, **_k: pytest.fail("asked"))

    assert reading(ACCOUNT)(url) is None


def test_a_silent_provider_is_no_error(monkeypatch):
    def silent(*_args, **_facts):
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", silent)

    assert reading(ACCOUNT)("https://api.twilio.com/2010/Media/ME1") is None
