"""What people wrote is kept as long as the settings say; what waits for an answer is kept whatever its age."""

import datetime as dt

import pytest

from core.messaging.models import InboundMessage
from core.messaging.retention import RetentionSettings, apply_retention

from .conftest import NOW

RULES = RetentionSettings(raw_days=30, message_days=60)


def kept(session, recorded, *, days, handled=True):
    row = session.get(InboundMessage, recorded.inbound_id)
    row.raw, row.handled_at = {"Body": "x"}, NOW if handled else None
    session.flush()
    apply_retention(session, RULES, now=NOW + dt.timedelta(days=days))
    session.expire_all()
    row = session.get(InboundMessage, recorded.inbound_id)
    return row.raw, row.text, row.provider_message_id


@pytest.mark.parametrize(
    ("days", "raw", "text"), [(29, {"Body": "x"}, "chini"), (31, {}, "chini"), (61, {}, "")]
)
def test_a_message_is_emptied_by_age_and_its_row_stays(session, write, days, raw, text):
    assert kept(session, write("chini", sid="SM9"), days=days) == (raw, text, "SM9")


def test_what_nobody_answered_is_kept_whole(session, write):
    assert kept(session, write("chini", sid="SM9"), days=900, handled=False) == (
        {"Body": "x"},
        "chini",
        "SM9",
    )


def test_messages_are_kept_at_least_as_long_as_their_raw_form():
    with pytest.raises(ValueError, match="at least as long"):
        RetentionSettings(raw_days=31, message_days=30)
