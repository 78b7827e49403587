"""Amounts, quantities, days and times as an admin reads them, in one language. Days are Bikram Sambat, times Kathmandu's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from admin_api.panel.words import Words
from core.clock import KATHMANDU, bikram_sambat, business_date
from core.money import Money, lakhs
from core.parties.models import Language

_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Numbers:
    words: Words
    now: dt.datetime

    def num(self, value: object) -> str:
        text = str(value)
        return text.translate(_DEVANAGARI) if self.words.language is Language.NEPALI else text

    def count(self, value: int) -> str:
        return self.num(lakhs(value))

    def money(self, value: Money | int) -> str:
        """`Rs. 1,23,456.00`, always with paisa."""
        minor = value.minor if isinstance(value, Money) else value
        whole, paisa = divmod(abs(minor), 100)
        sign = "-" if minor < 0 else ""
        return f"{self.words.say('word.rupees')} {sign}{self.num(f'{lakhs(whole)}.{paisa:02d}')}"

    def quantity(self, value: Decimal) -> str:
        return self.num(format(value.normalize(), "f") if value else "0")

    def score(self, value: Decimal | float | None) -> str:
        """One decimal; a dash where nothing is known."""
        return "–" if value is None else self.num(f"{value:.1f}")

    def day(self, when: dt.date | dt.datetime) -> str:
        """`Mangsir 11`, with its year if it isn't this one."""
        day = business_date(when) if isinstance(when, dt.datetime) else when
        year, month, number = (int(part) for part in bikram_sambat(day).split("-"))
        named = f"{self.words.months()[month - 1]} {self.num(number)}"
        this_year = bikram_sambat(business_date(self.now)).split("-")[0]
        return named if str(year) == this_year else f"{named}, {self.num(year)}"

    def clock(self, when: dt.datetime) -> str:
        return self.num(f"{when.astimezone(KATHMANDU):%H:%M}")

    def moment(self, when: dt.datetime) -> str:
        """The time today, otherwise the day with the time."""
        if business_date(when) == business_date(self.now):
            return self.clock(when)
        return f"{self.day(when)}, {self.clock(when)}"

    def gregorian(self, when: dt.date | dt.datetime) -> str:
        """For tooltips beside a Bikram Sambat day."""
        local = when.astimezone(KATHMANDU) if isinstance(when, dt.datetime) else when
        return f"{local:%Y-%m-%d %H:%M}" if isinstance(local, dt.datetime) else local.isoformat()

    def span(self, seconds: float) -> str:
        """`12 min`, `3 h`, `2 days`: the largest unit that has at least one."""
        passed = abs(int(seconds))
        if passed < _HOUR:
            return self.words.say("span.minutes", n=self.num(passed // _MINUTE))
        if passed < 2 * _DAY:
            return self.words.say("span.hours", n=self.num(passed // _HOUR))
        return self.words.say("span.days", n=self.num(passed // _DAY))

    def ago(self, when: dt.datetime) -> str:
        """How long ago, or how long until."""
        seconds = (self.now - when).total_seconds()
        return self.words.say("span.ago" if seconds >= 0 else "span.until", span=self.span(seconds))
