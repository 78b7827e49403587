"""The 24 hours after a person's last message, in which anything may be sent. After that, only approved templates."""

from datetime import datetime, timedelta
from typing import Final

# Meta closes the window after 24 hours by its own clock, and a queued message needs time: a margin of ten minutes.
OPEN_FOR: Final = timedelta(hours=23, minutes=50)


def is_window_open(last_inbound_at: datetime | None, *, now: datetime) -> bool:
    """Whether free text may be sent. Ask at the moment of sending. Never, if the person has never written."""
    return last_inbound_at is not None and now < last_inbound_at + OPEN_FOR
