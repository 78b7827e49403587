"""The 24-hour window, closed ten minutes early."""

from datetime import UTC, datetime, timedelta

import pytest

from core.messaging.window import is_window_open

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("_case", "last_inbound_at", "expected"),
    [
        ("just now", NOON, True),
        ("last second", NOON - timedelta(hours=23, minutes=49, seconds=59), True),
        ("ten minutes early", NOON - timedelta(hours=23, minutes=50), False),
        ("never wrote", None, False),
    ],
)
def test_window(_case, last_inbound_at, expected):
    assert is_window_open(last_inbound_at, now=NOON) is expected
