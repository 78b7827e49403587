"""Numbers, money, days and quantities as people in Nepal write them, in each language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import nepali_datetime

from core.clock import KATHMANDU, business_date
from core.money import Money

DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
RUPEES = {"en": "Rs.", "ne": "रु."}


def digits(value: object, *, language: str) -> str:
    """*value* as text, in the digits of the language."""
    text = str(value)
    return text.translate(DEVANAGARI) if language == "ne" else text


def money(amount: Money, *, language: str) -> str:
    """`Rs. 1,23,456.00`: grouped in thousands, lakhs and crores, always with the paisa."""
    whole, paisa = divmod(abs(amount.minor), 100)
    sign = "-" if amount.minor < 0 else ""
    return f"{RUPEES[language]} {sign}{digits(f'{lakhs(whole)}.{paisa:02d}', language=language)}"


def lakhs(whole: int) -> str:
    head, tail = divmod(whole, 1000)
    if not head:
        return str(tail)
    groups = [f"{tail:03d}"]
    while head >= 100:
        head, pair = divmod(head, 100)
        groups.insert(0, f"{pair:02d}")
    return ",".join([str(head), *groups])


def amount(value: Decimal, *, language: str) -> str:
    """A quantity without idle zeros: `12`, `2.5`."""
    plain = format(value.normalize(), "f") if value else "0"
    return digits(plain, language=language)


def bikram_sambat(day: dt.date) -> tuple[int, int, int]:
    bs = nepali_datetime.date.from_datetime_date(day)
    return bs.year, bs.month, bs.day


def local_day(when: dt.date | dt.datetime) -> dt.date:
    return business_date(when) if isinstance(when, dt.datetime) else when


def clock_time(when: dt.datetime, *, language: str) -> str:
    """The time of day in Kathmandu, as `14:05`."""
    return digits(when.astimezone(KATHMANDU).strftime("%H:%M"), language=language)
