"""When a shop is reminded of what it owes (DOMAIN.md, sections 10 and 14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from core.money import Money, total

# How far ahead a promise may put off reminders: longer ones are kept, and reminded of after this.
LONGEST_PROMISE = dt.timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderSettings:
    """On which days before and after a debt's day its shop is reminded."""

    CATEGORY: ClassVar[str] = "payment_reminders"

    days_before: int = 1
    on_the_day: bool = True
    first_after_days: int = 3
    second_after_days: int = 7

    def __post_init__(self) -> None:
        if not 0 < self.first_after_days < self.second_after_days:
            raise ValueError("the second reminder comes after the first, and both after the day")

    def due_days(self, today: dt.date) -> tuple[dt.date, ...]:
        """The due days whose debts are reminded of today."""
        days = [
            today + dt.timedelta(days=self.days_before) if self.days_before else None,
            today if self.on_the_day else None,
            today - dt.timedelta(days=self.first_after_days),
            today - dt.timedelta(days=self.second_after_days),
        ]
        return tuple(day for day in days if day is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """What one shop is told on one day: one total for each, however many bills."""

    late: Money
    oldest_days_late: int
    due_today: Money
    due_tomorrow: Money

    @property
    def total(self) -> Money:
        return self.late + self.due_today + self.due_tomorrow


def reminder(debts: Iterable[tuple[dt.date, Money]], *, today: dt.date) -> Reminder:
    """What the open debts of a shop, each with its due day, come to today."""
    known = list(debts)
    late = [(due_on, amount) for due_on, amount in known if due_on < today]
    return Reminder(
        late=total(amount for _due_on, amount in late),
        oldest_days_late=max(((today - due_on).days for due_on, _amount in late), default=0),
        due_today=total(amount for due_on, amount in known if due_on == today),
        due_tomorrow=total(amount for due_on, amount in known if due_on == today + dt.timedelta(days=1)),
    )


def kept_until(promised_on: dt.date, *, today: dt.date) -> dt.date:
    """Until which day, included, a promise stops reminders."""
    return min(promised_on, today + LONGEST_PROMISE)
