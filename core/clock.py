"""Instants are UTC; business days, quiet hours and due dates are Kathmandu's (UTC+5:45, no daylight saving)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import nepali_datetime

KATHMANDU = ZoneInfo("Asia/Kathmandu")


def system_now() -> dt.datetime:
    """The machine's time. Entry points ask `core.db.clock.business_now`, which adds what a developer moved."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - the one place that asks


def business_date(instant: dt.datetime) -> dt.date:
    return instant.astimezone(KATHMANDU).date()


def start_of_business_day(instant: dt.datetime) -> dt.datetime:
    """The midnight in Kathmandu before *instant*."""
    return dt.datetime.combine(business_date(instant), dt.time(), KATHMANDU)


def bikram_sambat(day: dt.date) -> str:
    """The Bikram Sambat date as `2083-08-06`."""
    return str(nepali_datetime.date.from_datetime_date(day))


def fiscal_year(day: dt.date) -> str:
    """The Nepali fiscal year (Shrawan to Ashadh) as `2083/84`."""
    bs = nepali_datetime.date.from_datetime_date(day)
    shrawan = 4
    start = bs.year if bs.month >= shrawan else bs.year - 1
    return f"{start}/{(start + 1) % 100:02d}"


def days_of_bs_month(month: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of `2083-08`. Raises ValueError for a month that the calendar doesn't have."""
    year, number = (int(part) for part in month.split("-"))
    first: dt.date = nepali_datetime.date(year, number, 1).to_datetime_date()
    # A month has 29 to 32 days; the first of the next is found without its year.
    later = nepali_datetime.date.from_datetime_date(first + dt.timedelta(days=35))
    after: dt.date = later.replace(day=1).to_datetime_date()
    return first, after - dt.timedelta(days=1)
