"""Twilio's signature: the official vectors, and the traps that were measured on the way."""

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder

from bot.channels.twilio.signature import is_signed, sign, signed_url

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
REPEATED = MultiDict(
    [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
)
NAMASTE = {
    "MessageSid": "SM" + "0" * 32,
    "From": "whatsapp:+9779812345678",
    "Body": "नमस्ते 👍 ",
    "NumMedia": "0",
    "ProfileName": "राम & Co",
    "ButtonPayload": "",
}
NAMASTE_URL, NAMASTE_SIGNATURE = "https://bot.example.com/wa", "rEQKGZn/Rsluk8IDaM9BZ9qFzSg="


@pytest.mark.parametrize(
    ("_case", "url", "form", "signature"),
    [
        ("1 official example", URL, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("2 repeated names", URL, REPEATED, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        ("3 port seen, not signed", URL.replace(".com", ".com:1234"), CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (
            "4 http with port",
            URL.replace("https", "http").replace(".com", ".com:1234"),
            CALL,
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        ),
        ("5 signed with :443", URL, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("6 signed with :80", URL.replace("https", "http"), CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (
            "7 body hash in the URL",
            URL + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
            {},
            "a9nBmqA0ju/hNViExpshrM61xv4=",
        ),
        ("8 Nepali, emoji, blank field", NAMASTE_URL, NAMASTE, NAMASTE_SIGNATURE),
    ],
)
def test_official_vector(_case, url, form, signature):
    assert is_signed(url, form, signature, [TOKEN])
    assert not is_signed(url, form, signature, ["54321"])
    assert not is_signed(url, {**form, "Extra": "1"}, signature, [TOKEN])


@pytest.mark.parametrize(
    ("_case", "form"),
    [
        ("trimmed body", NAMASTE | {"Body": NAMASTE["Body"].strip()}),
        ("blank field dropped", {name: value for name, value in NAMASTE.items() if value}),
    ],
)
def test_cleaning_before_checking_breaks_the_signature(_case, form):
    assert not is_signed(NAMASTE_URL, form, NAMASTE_SIGNATURE, [TOKEN])


@pytest.mark.parametrize("signature", [None, "", "x", "नमस्ते", NAMASTE_SIGNATURE.lower()])
def test_a_missing_or_wrong_signature_is_refused(signature):
    assert not is_signed(NAMASTE_URL, NAMASTE, signature, [TOKEN])


def test_both_tokens_are_good_while_one_is_rotated_out():
    assert is_signed(NAMASTE_URL, NAMASTE, NAMASTE_SIGNATURE, ["new-token", TOKEN])
    assert not is_signed(NAMASTE_URL, NAMASTE, NAMASTE_SIGNATURE, [])
    assert not is_signed(NAMASTE_URL, NAMASTE, sign(NAMASTE_URL, NAMASTE, ""), [""])


@pytest.mark.parametrize(
    "query", ["", "oid=abc-123", "p=%2B977", "p=a%2Fb", "p=a%40b", "p=%E0%A4%95", "t=a+b%20c"]
)
def test_the_signed_url_keeps_the_query_as_it_arrived(query):
    called = "https://bot.example.com/webhooks/whatsapp/status" + (f"?{query}" if query else "")
    environ = EnvironBuilder(
        path="/webhooks/whatsapp/status", query_string=query, base_url="http://10.0.0.7:8000"
    ).get_environ()

    url = signed_url(
        "https://bot.example.com/", environ["PATH_INFO"], environ["QUERY_STRING"].encode("latin-1")
    )

    assert url == called
    assert is_signed(url, NAMASTE, sign(called, NAMASTE, TOKEN), [TOKEN])
