"""Days and times as people say them: near days by name, the year only when it is another one."""

import datetime as dt

import pytest

from bot.wording.days import clock_time, date_name, day_name, moment_name
from bot.wording.render import render
from bot.wording.say import Say
from core.clock import KATHMANDU

TODAY = dt.date(2026, 11, 22)  # 2083 Mangsir 6
JUST_AFTER_MIDNIGHT = dt.datetime(2026, 11, 21, 18, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("days", "english", "nepali"),
    [
        (-2, "Mangsir 4", "मंसिर ४"),
        (-1, "yesterday", "हिजो"),
        (0, "today", "आज"),
        (1, "tomorrow", "भोलि"),
        (2, "Mangsir 8", "मंसिर ८"),
        (200, "Jestha 27, 2084", "जेठ २७, २०८४"),
    ],
)
def test_near_days_have_names_and_the_year_is_told_only_when_it_is_another(days, english, nepali):
    day = TODAY + dt.timedelta(days=days)

    assert day_name(day, today=TODAY, language="en") == english
    assert day_name(day, today=TODAY, language="ne") == nepali


def test_kathmandu_decides_which_day_it_is():
    assert day_name(JUST_AFTER_MIDNIGHT, today=TODAY, language="en") == "today"
    assert date_name(JUST_AFTER_MIDNIGHT, today=TODAY, language="en") == "Mangsir 6"


@pytest.mark.parametrize(
    ("hour", "minute", "english", "nepali"),
    [
        (0, 0, "12:00 am", "राति १२:००"),
        (5, 21, "5:21 am", "बिहान ५:२१"),
        (11, 0, "11:00 am", "दिउँसो ११:००"),
        (12, 30, "12:30 pm", "दिउँसो १२:३०"),
        (14, 53, "2:53 pm", "दिउँसो २:५३"),
        (18, 5, "6:05 pm", "बेलुका ६:०५"),
        (23, 59, "11:59 pm", "राति ११:५९"),
    ],
)
def test_the_clock_reads_as_people_say_it(hour, minute, english, nepali):
    when = dt.datetime(2026, 11, 22, hour, minute, tzinfo=KATHMANDU)

    assert clock_time(when, language="en") == english
    assert clock_time(when, language="ne") == nepali


def test_a_deadline_names_its_day_only_when_it_is_not_today():
    this_evening = dt.datetime(2026, 11, 22, 18, 0, tzinfo=KATHMANDU)
    next_morning = dt.datetime(2026, 11, 23, 9, 0, tzinfo=KATHMANDU)

    assert moment_name(this_evening, today=TODAY, language="en") == "6:00 pm"
    assert moment_name(next_morning, today=TODAY, language="en") == "9:00 am tomorrow"
    assert moment_name(next_morning, today=TODAY, language="ne") == "भोलि बिहान ९:००"


def test_a_message_tells_days_as_of_the_moment_it_is_written():
    closed = Say("vendor/closed", {"days": [dt.date(2026, 11, 23)]})
    now = dt.datetime(2026, 11, 22, 8, 0, tzinfo=KATHMANDU)

    assert render(closed, language="en", now=now).body.startswith("Closed tomorrow:")
    assert render(closed, language="en").body.startswith("Closed Mangsir 7:")
