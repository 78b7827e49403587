"""Dates and times as people write them, Gregorian and Bikram Sambat: "21-Nov-2026", "2083 Mangsir 10", "2 baje"."""

import datetime as dt
import re

import nepali_datetime

_ENGLISH = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?",
    "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_NEPALI = (
    "bais[h]?akh|baisak|बैशाख|वैशाख", "jest?h?a?|जेठ|जेष्ठ", "as[h]?ad?h?|asar|असार|आषाढ", "shrawan|s[h]?rawan|saun|sawan|श्रावण|साउन|सावन",
    "bhadra|bhadau|भदौ|भाद्र", "as[h]?win|asoj|ashoj|असोज|आश्विन", "kar?tt?ik|कात्तिक|कार्तिक", "mangsir|mansir|marga|मंसिर|मङ्सिर|मार्ग",
    "pous[h]?|pus|पुस|पौष", "mag[h]?|माघ", "fagun|falgun|phagun|phalgun|फागुन|फाल्गुन", "chait(?:ra)?|चैत|चैत्र",
)  # fmt: skip
MONTH = "|".join((*_ENGLISH, *_NEPALI))
_MONTH_NUMBERS = tuple(
    (re.compile(f"(?:{pattern})$"), number, is_nepali)
    for is_nepali, months in ((False, _ENGLISH), (True, _NEPALI))
    for number, pattern in enumerate(months, start=1)
)
_LETTERS = re.compile(r"[^\W\d_][^\W\d_\u0900-\u0903]*[\w\u0900-\u097f]*")
_NUMBERS = re.compile(r"\d+")
_FIRST_BS_YEAR = 2050
_LAST_BS_YEAR = 2100
_CENTURY = 2000


def read_date(written: str) -> dt.date | None:
    """Give the day that a written date names; None without its year, or when there is no such day."""
    numbers = [int(number) for number in _NUMBERS.findall(written)]
    named = next((found for found in _LETTERS.findall(written) if month_of(found) is not None), None)
    month = month_of(named) if named else None
    if month is not None and len(numbers) >= 2:
        year, day = (numbers[0], numbers[1]) if numbers[0] > 31 else (numbers[1], numbers[0])
        return _day(year, month[0], day, is_nepali=month[1] or None)
    if month is None and len(numbers) == 3:
        first, middle, last = numbers
        if first > 31:
            return _day(first, middle, last)
        return _day(last, middle, first) or _day(last, first, middle)
    return None


def month_of(word: str) -> tuple[int, bool] | None:
    """Give the number of a month, and whether it is a Nepali one."""
    return next(((number, nepali) for pattern, number, nepali in _MONTH_NUMBERS if pattern.match(word)), None)


def _day(year: int, month: int, day: int, *, is_nepali: bool | None = None) -> dt.date | None:
    year += _CENTURY if year < 100 else 0
    try:
        if is_nepali or (is_nepali is None and _FIRST_BS_YEAR <= year <= _LAST_BS_YEAR):
            in_ad: dt.date = nepali_datetime.date(year, month, day).to_datetime_date()
            return in_ad
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None


_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_NOON = 12


def read_time(written: str) -> dt.time | None:
    """Give the time of day of "2:30 pm" or "10 baje"; an hour without its half of the day stays as written."""
    found = _CLOCK.search(written)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if re.search(r"p\.?\s?m", written) and hour < _NOON:
        hour += _NOON
    if re.search(r"a\.?\s?m", written) and hour == _NOON:
        hour = 0
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None
