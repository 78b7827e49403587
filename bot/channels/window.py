"""The 24 hours after a person's last message in which anything may be sent; outside them only approved templates."""

from datetime import datetime, timedelta
from typing import Final

# Meta closes after 24 hours by its own clock, and a queued message ages on the way: ten minutes are kept in hand.
OPEN_FOR: Final = timedelta(hours=23, minutes=50)


def is_window_open(last_inbound_at: datetime | None, *, now: datetime) -> bool:
    """Say whether free text may be sent; to be asked at the moment of sending. Without any message it never may."""
    return last_inbound_at is not None and now < last_inbound_at + OPEN_FOR
