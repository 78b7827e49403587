"""What Twilio's error codes mean to us."""

import pytest

from bot.channels.twilio.errors import RULES, Action, outcome
from bot.channels.types import Failure, Later, SendRefused, Unknown


@pytest.mark.parametrize(
    ("_case", "code", "http_status", "expected"),
    [
        (
            "not on WhatsApp",
            63003,
            400,
            SendRefused(code=63003, failure=Failure.BAD_RECIPIENT, permanent=True, detail="w"),
        ),
        (
            "window closed",
            63016,
            400,
            SendRefused(code=63016, failure=Failure.WINDOW_CLOSED, permanent=True, detail="w"),
        ),
        (
            "paused template",
            63041,
            400,
            SendRefused(code=63041, failure=Failure.CONFIG, permanent=False, detail="w"),
        ),
        (
            "a code of tomorrow",
            69999,
            400,
            SendRefused(code=69999, failure=Failure.UNRECOGNIZED, permanent=True, detail="w"),
        ),
        (
            "no code, 403",
            None,
            403,
            SendRefused(code=None, failure=Failure.CONFIG, permanent=False, detail="w"),
        ),
        ("messaging limit", 63018, 400, Later(code=63018, failure=Failure.BUSY, retry_after_seconds=21_600)),
        ("no code, 429", None, 429, Later(code=None, failure=Failure.BUSY, retry_after_seconds=5)),
        ("503 that says why", 20503, 503, Later(code=20503, failure=Failure.BUSY, retry_after_seconds=10)),
        ("503 of somebody between us", 503, 503, Unknown(reason="HTTP 503, code 503")),
        ("502 without a code", None, 502, Unknown(reason="HTTP 502, code None")),
        ("request time-out", None, 408, Unknown(reason="HTTP 408, code None")),
    ],
)
def test_outcome(_case, code, http_status, expected):
    assert outcome(code, http_status=http_status, detail="w") == expected


def test_a_failed_callback_is_judged_by_its_code_alone():
    assert outcome(63014) == SendRefused(code=63014, failure=Failure.BLOCKED, permanent=True)
    assert outcome(None) == SendRefused(code=None, failure=Failure.UNRECOGNIZED, permanent=True)


def test_what_is_retried_says_when_and_everything_else_does_not():
    for rule in RULES.values():
        assert (rule.retry_after_seconds > 0) is (rule.action is Action.RETRY)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [(Failure.CONFIG, True), (Failure.OUR_BUG, True), (Failure.UNRECOGNIZED, True), (Failure.BLOCKED, False)],
)
def test_a_person_of_ours_is_told_when_only_a_person_can_help(failure, expected):
    assert SendRefused(code=1, failure=failure, permanent=True).needs_operator is expected
