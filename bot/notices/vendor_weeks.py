"""What a vendor is told when its week is over."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.notices.views import Notice
from bot.wording.say import Say
from core import events
from core.clock import business_date
from core.settings.service import current
from core.vendors.models import VendorSnapshot
from core.vendors.periods import Period, slice_before, slice_of
from core.vendors.policy import VendorSettings
from core.vendors.standings import measure_snapshot, standings


def ended(session: Session, event: events.VendorWeekEnded) -> Notice | None:
    """What the vendor did in the week, and its score of the last half year; None without a history in either."""
    snapshot = session.get_one(VendorSnapshot, event.snapshot_id)
    settings = current(session, VendorSettings).values
    counts = measure_snapshot(snapshot, settings).counts
    ended_at = slice_of(Period.WEEK, snapshot.first_day).ends_at
    standing = standings(session, [event.vendor_id], now=ended_at)[event.vendor_id].measures
    if standing.reliability is None or not (counts.answerable or counts.delivered):
        return None
    view = {"counts": counts, "score": standing.reliability, "weakest": standing.weakest}
    return Notice(say=Say("notify/vendor_week", view), subject=f"week:{snapshot.id}")


def while_recent(session: Session, event: events.VendorWeekEnded, now: dt.datetime) -> str | None:
    """A week is told until the next one is over."""
    told = session.get_one(VendorSnapshot, event.snapshot_id)
    last = slice_before(slice_of(Period.WEEK, business_date(now)))
    return None if told.first_day == last.first_day else "week_over"
