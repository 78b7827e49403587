"""What counts as word about a wholesaler's week, and which hours it means."""

import pytest

from bot.dialogue.reading.opening_hours import asks_hours, read_week
from core.parties.opening import Hours

SUNDAY_TO_FRIDAY = {7, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("words", "opens", "closes", "weekdays"),
    [
        ("7 dekhi 8 samma khulla", 7, 20, set()),
        ("open 6-21", 6, 21, set()),
        ("७ देखि ८ सम्म खुल्ला", 7, 20, set()),
        ("bihana 6 dekhi beluka 9 samma khulla", 6, 21, set()),
        ("pasal 7 baje dekhi 8 baje samma khulcha", 7, 20, set()),
        ("we are open 7am to 8pm", 7, 20, set()),
        ("open 7 am to 8 p.m.", 7, 20, set()),
        ("hamro pasal bihana 7 baje khulcha belka 7 baje banda huncha", 7, 19, set()),
        ("7 baje khulcha, 8 baje banda huncha", 7, 20, set()),
        ("we open at 7 and close at 8", 7, 20, set()),
        ("open from 7:30 to 19.30", 7.5, 19.5, set()),
        ("open 6 to 9", 6, 21, set()),
        ("open 10 to 4", 10, 16, set()),
        ("open 7 to 12", 7, 12, set()),
        ("2 dekhi 8 samma khulla", 14, 20, set()),
        ("open 18 to 2", 18, 26, set()),
        ("opening hours 8-18", 8, 18, set()),
        ("khulne samaya 7-19", 7, 19, set()),
        ("open 0-24", 0, 24, set()),
        ("open 8 in the morning to 7 in the evening", 8, 19, set()),
        ("shanibar 10 dekhi 4 samma khulla", 10, 16, {6}),
        ("शनिबार १० देखि ४ सम्म खुला", 10, 16, {6}),
        ("saturday open 10 to 16", 10, 16, {6}),
        ("sunday to friday open 9 to 6", 9, 18, SUNDAY_TO_FRIDAY),
        ("aitabar dekhi sukrabar 9 dekhi 6 samma khulla", 9, 18, SUNDAY_TO_FRIDAY),
    ],
)
def test_hours_of_the_week(words, opens, closes, weekdays):
    said = read_week(words)

    assert said is not None
    assert said.hours == Hours(int(opens * 60), int(closes * 60))
    assert said.weekdays == weekdays


@pytest.mark.parametrize(
    "words",
    ["har shanibar banda", "saturdays closed", "closed on saturdays", "every saturday closed", "हरेक शनिबार बन्द"],
)  # fmt: skip
def test_closed_every_week(words):
    said = read_week(words)

    assert said is not None
    assert (said.hours, said.weekdays) == (None, {6})


@pytest.mark.parametrize(
    "words",
    [
        "shanibar banda",
        "bholi banda",
        "aaja 7 dekhi 8 samma khulla",
        "open tomorrow",
        "7 dekhi 8 samma khulla?",
        "7 dekhi 8 samma khuldaina",
        "7 dekhi 8 samma",
        "chini 95 tel 280",
        "1042 accept 5 to 6",
        "open 7 to 25",
        "open 7 to 8 to 9",
        "open 7 to 8 if it rains",
        "7 dekhi 8 samma banda",
        "open",
        "",
    ],
)
def test_what_is_not_about_the_week(words):
    assert read_week(words) is None


@pytest.mark.parametrize("words", ["opening hours?", "khulne samaya", "hours"])
def test_asking_for_the_hours(words):
    assert asks_hours(words)
    assert read_week(words) is None
