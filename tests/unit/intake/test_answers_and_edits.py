"""Answers to the combined question, and changes of the basket as last shown."""

from decimal import Decimal

import pytest

from core.intake.deciding.answers import read_answer
from core.intake.reading import EditKind, Intent, Unit


@pytest.mark.parametrize(
    "text",
    [
        "1 ko dui, 2 ko pahilo",
        "1-2, 2-1",
        "1:2 2:1",
        "2, 1",
        "2 1",
        "१ को दुई, २ को पहिलो",
        "1) 2\n2) 1",
        "veg ra classic",
        "dosro, pahilo",
    ],
)
def test_two_questions_are_answered_in_one_message(text, read, index):
    questions = read("wai wai 2 carton, lays 1 carton").questions

    answer = read_answer(text, questions=questions, index=index)

    assert [(one.position, one.sku, one.quantity) for one in answer.answered] == [
        (0, "WW-VEG-75", Decimal(60)),
        (1, "LAYS-CLS-25", Decimal(72)),
    ]
    assert answer.left == ()
    assert answer.unread == ()


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("2", [("LUX-JAS-100", 24)]),
        ("dui", [("LUX-JAS-100", 24)]),
        ("pahilo", [("LUX-ROSE-100", 24)]),
        ("दोस्रो", [("LUX-JAS-100", 24)]),
        ("duitai", [("LUX-ROSE-100", 24), ("LUX-JAS-100", 24)]),
        ("jasmine", [("LUX-JAS-100", 24)]),
        ("rose 3 darjan", [("LUX-ROSE-100", 36)]),
        ("2 number", [("LUX-JAS-100", 24)]),
    ],
)
def test_one_question_is_answered_by_number_or_name(text, chosen, read, index):
    questions = read("lux 2 darjan").questions

    answer = read_answer(text, questions=questions, index=index)

    assert [(one.sku, one.quantity) for one in answer.answered] == chosen


@pytest.mark.parametrize(
    ("text", "quantity"), [("10 ta", 10), ("10", 10), ("das ota", 10), ("दश वटा", 10), ("dui carton", 48)]
)
def test_a_missing_quantity_is_answered(text, quantity, read, index):
    questions = read("current pathaidinu na").questions

    (one,) = read_answer(text, questions=questions, index=index).answered

    assert (one.sku, one.quantity) == ("CURR-HOT-100", Decimal(quantity))


def test_a_bare_number_for_two_questions_is_not_guessed(read, index):
    questions = read("wai wai 2 carton, lays 1 carton").questions

    answer = read_answer("2", questions=questions, index=index)

    assert answer.answered == ()
    assert answer.left == (0, 1)
    assert answer.unread == ("2",)


def test_a_choice_that_was_not_shown_is_not_taken(read, index):
    questions = read("lux 2 darjan").questions

    answer = read_answer("7", questions=questions, index=index)

    assert answer.answered == ()
    assert answer.left == (0,)


def test_questions_can_be_given_up(read, index):
    questions = read("wai wai 2 carton, lays 1 carton").questions

    assert read_answer("chahidaina", questions=questions, index=index).dropped == (0, 1)


@pytest.mark.parametrize(
    ("text", "line", "quantity"),
    [
        ("2 hataunu", 2, None),
        ("२ हटाउनु", 2, None),
        ("dosro hataunu", 2, None),
        ("2 number ko 5 gara", 2, Decimal(5)),
    ],
)
def test_a_line_is_changed_by_its_number(text, line, quantity, read):
    reading = read(text)

    assert reading.intent is Intent.CART_EDIT
    (edit,) = reading.edits
    assert (edit.line_number, edit.quantity) == (line, quantity)


def test_goods_are_taken_out_by_name(read):
    (edit,) = read("monaco hataunu").edits

    assert (edit.kind, edit.sku) == (EditKind.REMOVE, "MONACO-63")


def test_an_unclear_name_carries_what_it_may_mean(read):
    reading = read("tel 5 ta gara")

    (edit,) = reading.edits
    assert edit.kind is EditKind.SET
    assert edit.sku is None
    assert {"DHA-MUS-1", "FOR-SUN-1"} <= set(edit.candidates)
    assert (edit.quantity, edit.unit_said) == (Decimal(5), Unit.PIECE)
    assert reading.clarify


def test_a_number_alone_changes_the_line_last_spoken_of(read):
    (edit,) = read("haina 10").edits

    assert (edit.kind, edit.sku, edit.line_number, edit.quantity) == (EditKind.SET, None, None, Decimal(10))


@pytest.mark.parametrize("text", ["sabai cancel", "cart khali gara", "cart sabai hataunu", "clear my cart"])
def test_the_whole_basket_is_emptied(text, read):
    reading = read(text)

    assert [edit.kind for edit in reading.edits] == [EditKind.CLEAR]
