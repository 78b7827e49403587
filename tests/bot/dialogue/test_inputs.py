"""What of the waiting messages one answer speaks to."""

import datetime as dt

import pytest

from bot.dialogue.machine import InputKind
from bot.dialogue.reading.inputs import read_waiting
from core.messaging.models import InboundMessage

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)


def message(text="", *, kind="text", choice=None):
    return InboundMessage(kind=kind, text=text, choice_id=choice, content={}, received_at=NOW)


def test_texts_in_a_row_are_one_text():
    waiting = read_waiting([message("2 case wai wai"), message("5 kg chini"), message("hoina 3 kg")])

    assert [sent.text for sent in waiting.inputs] == ["2 case wai wai\n5 kg chini\nhoina 3 kg"]
    assert len(waiting.messages) == 3
    assert not waiting.has_rest


def test_an_order_sent_twice_by_a_slip_is_read_once_and_marked():
    waiting = read_waiting([message("2 case wai wai"), message("5 kg chini"), message("2 Case Wai-Wai!")])

    assert [(sent.text, sent.is_repeated) for sent in waiting.inputs] == [
        ("2 case wai wai\n5 kg chini", True)
    ]
    assert len(waiting.messages) == 3


def test_a_yes_in_one_breath_with_new_words_decides_nothing():
    waiting = read_waiting([message("2 case wai wai"), message("ho")])

    assert [sent.text for sent in waiting.inputs] == ["2 case wai wai"]
    assert len(waiting.messages) == 2


def test_a_repeated_tap_is_one_tap():
    tapped = message("Accept", kind="choice", choice="token:accept")

    waiting = read_waiting([tapped, message("Accept", kind="choice", choice="token:accept")])

    assert [sent.choice for sent in waiting.inputs] == ["token:accept"]
    assert len(waiting.messages) == 2


@pytest.mark.parametrize(
    "second",
    [message("Accept", kind="choice", choice="other:accept"), message("2 case coke")],
    ids=["another question", "new words"],
)
def test_an_answer_to_something_else_begins_the_next_turn(second):
    waiting = read_waiting([message("Accept", kind="choice", choice="token:accept"), second])

    assert [sent.choice for sent in waiting.inputs] == ["token:accept"]
    assert len(waiting.messages) == 1
    assert waiting.has_rest


def test_a_picture_comes_along_and_its_caption_is_text():
    waiting = read_waiting(
        [message("5 kg chini", kind="media"), message("2 tel"), message("👍", kind="reaction")]
    )

    assert [(sent.kind, sent.text) for sent in waiting.inputs] == [
        (InputKind.TEXT, "5 kg chini\n2 tel"),
        (InputKind.MEDIA, ""),
        (InputKind.REACTION, "👍"),
    ]


def test_an_unknown_kind_is_something_to_answer():
    waiting = read_waiting([message(kind="poll")])

    assert [sent.kind for sent in waiting.inputs] == [InputKind.UNKNOWN]
