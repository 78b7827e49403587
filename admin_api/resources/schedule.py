"""The timetable, and the business clock, which can be moved outside production."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus

from flask import Blueprint, abort, request
from pydantic import Field
from sqlalchemy import func, select

from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Given, Instant, View
from admin_api.problems import Problem
from core.config import is_from_this_machine
from core.db.clock import move_clock
from core.jobs.schedule import TIMETABLE, run_now
from core.outbox.models import ScheduleRun

blueprint = Blueprint("api_schedule", __name__)
clock_blueprint = Blueprint("api_clock", __name__)


@clock_blueprint.before_request
def only_from_here() -> None:
    """Through a tunnel to this machine, there is no clock to move."""
    if not is_from_this_machine(request.host, request.headers.keys()):
        abort(HTTPStatus.NOT_FOUND)


FURTHEST = dt.timedelta(days=3660)
# The calendar that dates invoices in Bikram Sambat ends with the year 2100 BS.
END_OF_TIME = dt.datetime(2043, 1, 1, tzinfo=dt.UTC)


class ScheduleEntryView(View):
    name: str
    queue: str
    kind: str
    next_due_at: dt.datetime
    last_due_at: dt.datetime | None = Field(description="The latest due time that was handled.")


class ScheduleView(View):
    items: list[ScheduleEntryView]


class StartedView(View):
    name: str
    job_id: int


class ClockView(View):
    now: dt.datetime


class ClockGiven(Given):
    """An instant, or seconds ahead. The clock only moves forward."""

    to: Instant | None = None
    advance_seconds: int | None = Field(default=None, ge=1, le=int(FURTHEST.total_seconds()), examples=[7200])


@blueprint.get("/schedule")
@endpoint(tag="schedule", roles=ADMIN, answer=ScheduleView)
def list_schedule(call: Call) -> ScheduleView:
    """The scheduled jobs, and when each is next due."""
    runs = call.session.execute(
        select(ScheduleRun.name, func.max(ScheduleRun.due_at)).group_by(ScheduleRun.name)
    )
    last = dict(runs.all())
    return ScheduleView(
        items=[
            ScheduleEntryView(
                name=entry.name,
                queue=entry.queue,
                kind=entry.kind,
                next_due_at=entry.at.get_next_fire_time(None, call.now).astimezone(dt.UTC),
                last_due_at=last.get(entry.name),
            )
            for entry in TIMETABLE
        ]
    )


@blueprint.post("/schedule/<name>/run")
@endpoint(tag="schedule", roles=ADMIN, answer=StartedView, status=HTTPStatus.ACCEPTED, is_keyed=True)
def run_schedule_entry(call: Call, name: str) -> StartedView:
    """Run a scheduled job now."""
    return StartedView(name=name, job_id=run_now(call.session, name, actor=call.actor, now=call.now))


@clock_blueprint.get("/clock")
@endpoint(tag="schedule", roles=ADMIN, answer=ClockView)
def get_clock(call: Call) -> ClockView:
    """The business time. Not available in production."""
    return ClockView(now=call.now)


@clock_blueprint.put("/clock")
@endpoint(tag="schedule", roles=ADMIN, answer=ClockView, body=ClockGiven, refusals=[HTTPStatus.CONFLICT])
def put_clock(call: Call, body: ClockGiven) -> ClockView:
    """Move the business clock forward, to try deadlines. Not available in production."""
    if (body.to is None) == (body.advance_seconds is None):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "request_invalid", title="Give either `to` or `advance_seconds`."
        )
    to = body.to or call.now + dt.timedelta(seconds=body.advance_seconds or 0)
    if to - call.now > FURTHEST or to > END_OF_TIME:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "clock_too_far",
            title="The clock moves at most ten years ahead, and not past 2042.",
        )
    return ClockView(now=move_clock(call.session, to=to))
