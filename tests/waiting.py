"""Waits until other threads stand at a lock, so that a race is had on purpose."""

from threading import Event

import pytest
from sqlalchemy import text

from core.db.session import Database

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def wait_for_locks(database: Database, count: int = 1) -> None:
    """Until *count* transactions wait for a lock that another holds."""
    for _ in range(2_000):
        # Each look by itself: a transaction sees the activity of its first look only.
        with database.transaction() as session:
            if (session.scalar(_WAITING) or 0) >= count:
                return
        Event().wait(0.01)
    pytest.fail("not all of them came")
