"""The clock process: APScheduler wakes it at each due time of the timetable, judged by the business clock."""

from __future__ import annotations

import datetime as dt
import logging
from threading import Event
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from sqlalchemy.exc import SQLAlchemyError

from core.clock import system_now
from core.db.clock import business_now
from core.db.session import Database
from core.jobs import schedule
from core.jobs.worker import stop_on_signals

# A developer may move the business clock at any moment; it is noticed within this time.
LOOK_EVERY = dt.timedelta(seconds=5)

logger = logging.getLogger(__name__)


def run_clock(database: Database) -> None:
    """Keep the timetable until a signal. Any number of clocks may run: each due time starts one job."""
    stopping = Event()
    stop_on_signals(stopping)
    clock = _Clock(database)
    scheduler = BackgroundScheduler(timezone=dt.UTC)
    scheduler.add_job(
        clock.look,
        clock,
        next_run_time=system_now(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    stopping.wait()
    scheduler.shutdown(wait=True)


class _Clock(BaseTrigger):  # type: ignore[misc]
    """Looks at the timetable, and says when to look again. Remembers how far the business clock is ahead."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ahead = dt.timedelta()

    def look(self) -> None:
        try:
            with self._database.transaction() as session:
                now = business_now(session)
                self._ahead = now - system_now()
                started = schedule.keep(session, now=now)
            if started:
                # By itself: a row of an alert that somebody holds must not take the started runs back.
                with self._database.transaction() as session:
                    schedule.watch(session, now=now)
        except SQLAlchemyError as problem:
            logger.warning("cannot keep the timetable", extra={"problem": type(problem).__name__})
            return
        if started:
            logger.info("started by the clock", extra={"entries": ",".join(started)})

    def get_next_fire_time(self, _previous: Any, now: dt.datetime) -> dt.datetime:
        due = schedule.next_due(now=now + self._ahead) - self._ahead
        return min(due, now + LOOK_EVERY)
