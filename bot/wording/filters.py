"""Template filters for one language: numbers and money, days and times, names and words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context

from bot.wording import days, limits, numbers
from bot.wording.labels import label
from core.money import Money

# The current day, added to every view; None if it isn't known.
TODAY: Final = "_today"
_SAID_LIMIT = 60
_DEVANAGARI, _LATIN = re.compile("[\u0904-\u0939]"), re.compile("[A-Za-z]")

Filters = Mapping[str, Callable[..., str]]


def filters(language: str) -> dict[str, Callable[..., str]]:
    return {**_of_numbers(language), **_of_days(language), **_of_words(language)}


def _of_numbers(language: str) -> Filters:
    def num(value: object) -> str:
        return numbers.digits(value, language=language)

    def money(value: Money | int) -> str:
        return numbers.money(value if isinstance(value, Money) else Money(value), language=language)

    def rate(value: Money | int) -> str:
        """A unit price inside a line, without the currency sign that the total carries."""
        return money(value).split(" ", 1)[1]

    def amount(value: Decimal) -> str:
        return numbers.amount(value, language=language)

    return {"num": num, "money": money, "rate": rate, "amount": amount}


def _of_days(language: str) -> Filters:
    @pass_context
    def day(context: Context, when: dt.date | dt.datetime) -> str:
        return days.day_name(when, today=context[TODAY], language=language)

    @pass_context
    def date(context: Context, when: dt.date | dt.datetime) -> str:
        return days.date_name(when, today=context[TODAY], language=language)

    @pass_context
    def moment(context: Context, when: dt.datetime) -> str:
        return days.moment_name(when, today=context[TODAY], language=language)

    return {"day": day, "date": date, "moment": moment}


def _of_words(language: str) -> Filters:
    def unit(value: str) -> str:
        return label(value, "unit", language=language)

    def name(value: object) -> str:
        nepali = _fact(value, "name_ne")
        return nepali if language == "ne" and nepali else _fact(value, "name") or ""

    def short_name(value: object) -> str:
        """For a list row: the Nepali name if it is short enough, otherwise the catalogue's short label."""
        nepali = _fact(value, "name_ne")
        fits = language == "ne" and nepali and len(nepali) <= limits.ROW_TITLE
        return nepali if fits and nepali else _fact(value, "short_label") or ""

    def word(value: object, group: str) -> str:
        return label(value, group, language=language)

    def quoted(words: str) -> str:
        """A person's own words; in Devanagari with its digits, as they were typed before they were read."""
        shown = said(words)
        is_nepali = bool(_DEVANAGARI.search(shown)) and not _LATIN.search(shown)
        return numbers.digits(shown, language=language) if is_nepali else shown

    return {"unit": unit, "name": name, "label": short_name, "word": word, "said": quoted}


def said(words: str) -> str:
    """A person's own words, on one line and shortened."""
    line = " ".join(words.split()).replace("|", "/")
    return line if len(line) <= _SAID_LIMIT else line[: _SAID_LIMIT - 1].rstrip() + "…"


def _fact(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
