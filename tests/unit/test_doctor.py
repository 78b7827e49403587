"""What the doctor makes of what it sees, without looking at anything real."""

import datetime as dt

import pytest

from bot.doctor.channel import judge_answer, judge_templates
from bot.doctor.command import look_at_problems
from bot.doctor.findings import Verdict, bad, good, report, summary, warning
from bot.doctor.servers import judge_clock, judge_schema
from core.config import ConfigError

ADDRESS = "https://bot.example.com/webhooks/whatsapp/status"


def test_a_report_says_what_is_wrong_and_how_to_mend_it():
    lines = report([good("redis", "it answers"), bad("disk", "it is full", "make room")])

    assert lines == [
        "ok    redis          it answers",
        "WRONG disk           it is full",
        "                     → make room",
    ]


def test_the_summary_names_each_subject_once():
    assert summary([good("a", "")]) == "Everything is as it should be."
    assert summary([warning("a", "", ""), good("b", "")]) == "It works. Look at: a."
    assert summary([bad("a", "", ""), bad("a", "", ""), warning("b", "", "")]).startswith("a: must be mended")


@pytest.mark.parametrize(
    ("status", "verdict", "word"),
    [
        (400, Verdict.GOOD, "takes our signature"),
        (403, Verdict.BAD, "refuses a signature"),
        (301, Verdict.BAD, "redirects"),
        (404, Verdict.BAD, "isn't Khaacho"),
        (502, Verdict.BAD, "answers 502"),
    ],
)
def test_the_answer_to_our_own_signed_post_tells_what_is_wrong_with_the_way_in(status, verdict, word):
    found = judge_answer(status, ADDRESS)

    assert (found.verdict, word in found.says) == (verdict, True)


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0.5, Verdict.GOOD), (-1.9, Verdict.GOOD), (3, Verdict.BAD), (-90, Verdict.BAD)]
)
def test_clocks_may_differ_by_two_seconds(seconds, verdict):
    assert judge_clock(dt.timedelta(seconds=seconds)).verdict is verdict


@pytest.mark.parametrize(("revision", "word"), [(None, "empty"), ("ffffffffffff", "newer schema")])
def test_another_schema_than_this_code_knows_is_named(revision, word):
    assert word in judge_schema(revision).says


def test_templates_that_are_not_approved_are_counted_and_the_first_are_named():
    states = {f"offer_{number}": "rejected" for number in range(5)} | {"due": "approved"}

    assert judge_templates({"due": "approved"}).verdict is Verdict.GOOD
    assert judge_templates(states).says.startswith("5 of 6 aren't approved: offer_0 (rejected)")
    assert "and 1 more" in judge_templates(states).says


def test_every_problem_of_the_settings_is_a_finding():
    found = list(look_at_problems(ConfigError(("PORT is 'x'", "JWT_SECRET is missing"))))

    assert [finding.says for finding in found] == ["PORT is 'x'", "JWT_SECRET is missing"]
