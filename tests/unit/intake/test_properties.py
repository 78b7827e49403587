"""What holds for every text: the form of writing never changes the reading, nothing raises, nothing takes long."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.intake.deciding.answers import read_answer
from core.intake.reading import LimitHit, QuestionKind, Role

from .conftest import DATA, basket

GOODS = [
    "maggi",
    "monaco",
    "vim bar",
    "harpic",
    "frooti",
    "rara chicken",
    "wai wai veg",
    "red bull",
    "hide and seek",
    "tide",
]
UNITS = ["", "ota", "carton", "darjan", "pkt"]
SECONDS_FOR_ANY_TEXT = 5.0  # of processor time, on a machine that does other things too
# Below 100: "red bull 250" may be a size, and is asked about.
ITEMS = st.lists(
    st.tuples(st.sampled_from(GOODS), st.integers(1, 99), st.sampled_from(UNITS)),
    min_size=1,
    max_size=6,
    unique_by=lambda item: item[0],
)
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def nepali(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "०१२३४५६७८९"))


def written(items, joint: str = ", ") -> str:
    return joint.join(f"{goods} {count} {unit}".strip() for goods, count, unit in items)


@calm
@given(items=ITEMS)
def test_digits_of_either_script_are_one(items, read):
    text = written(items)

    assert basket(read(nepali(text))) == basket(read(text))


@calm
@given(items=ITEMS)
def test_quantity_may_stand_before_the_name(items, read):
    before = ", ".join(f"{count} {unit} {goods}" for goods, count, unit in items)

    assert basket(read(before)) == basket(read(written(items)))


@calm
@given(items=ITEMS, joint=st.sampled_from(["\n", " ra ", "; ", " + ", " ani ", " and ", ",", " / "]))
def test_separators_never_change_the_reading(items, joint, read):
    assert basket(read(written(items, joint))) == basket(read(written(items)))


@calm
@given(items=ITEMS)
def test_case_never_changes_the_reading(items, read):
    text = written(items)

    assert basket(read(text.upper())) == basket(read(text)) == basket(read(text.title()))


@calm
@given(items=ITEMS)
def test_a_basket_holds_exactly_what_was_asked(items, read):
    reading = read(written(items))

    assert len(reading.lines) == len(items)
    assert reading.questions == ()


@calm
@given(items=ITEMS, junk=st.text(max_size=20))
def test_a_basket_never_holds_more_goods_than_were_named(items, junk, read):
    reading = read(f"{junk}\n{written(items)}")

    assert len(reading.lines) + len(reading.edits) <= len(items) + len(read(junk).lines) + 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=400), role=st.sampled_from(Role))
def test_no_text_raises(text, role, read):
    read(text, role=role)


WORDS = sorted(
    {
        word
        for row in (DATA / "messages.jsonl").read_text("utf-8").splitlines()
        for word in json.loads(row)["text"].split()
    }
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.sampled_from([*WORDS, "2", "haina", "\n", ",", "do", "tin", "(", ")", "ko"]), max_size=25
    )
)
def test_no_mix_of_real_words_raises_or_puts_absurd_amounts_in_the_basket(words, read):
    reading = read(" ".join(words))

    assert all(0 < line.quantity < 1_000_000 for line in reading.lines)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_no_answer_raises_or_answers_what_was_not_offered(text, read, index):
    questions = read("wai wai 2 carton, lays 1 carton, current pathaunu").questions

    answer = read_answer(text, questions=questions, index=index)

    assert all(one.sku in questions[one.position].candidates for one in answer.answered)


@pytest.mark.parametrize(
    "letters",
    [
        "(",
        "do ",
        "tin ",
        "sadhe ",
        "maggi ",
        "maggi 2 ",
        "coke ra ",
        "1/",
        "haina ",
        "ram@",
        "rs ",
        "5 kg ",
        "क",
        "1) ",
        "x",
        "admin",
    ],
)
def test_no_text_takes_more_than_its_time(letters, read):
    started = time.thread_time()

    read(letters * (16_000 // len(letters)))

    assert time.thread_time() - started < SECONDS_FOR_ANY_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301" * 3_000_000,
        "क" + "\u093f" * 2_000_000,
        "\u202e" * 2_000_000 + "maggi 2",
        " " * 2_000_000,
    ],
    ids=["marks", "matras", "right-to-left", "spaces"],
)
def test_megabytes_of_marks_are_answered_with_the_limit(text, read):
    started = time.thread_time()

    reading = read(text)

    assert time.thread_time() - started < SECONDS_FOR_ANY_TEXT
    assert reading.limit_hit is LimitHit.TOO_MANY_CHARACTERS
    assert reading.lines == ()


def test_two_hundred_lines_are_read_and_the_next_is_said_to_be_too_many(read):
    rows = [f"{number}. monaco {number} ota" for number in range(1, 202)]

    whole, cut = read("\n".join(rows[:200])), read("\n".join(rows))

    assert basket(whole) == {"MONACO-63": str(sum(range(1, 201)))}
    assert whole.limit_hit is None
    assert cut.limit_hit is LimitHit.TOO_MANY_LINES


def test_right_to_left_and_hidden_characters_inside_words_are_not_seen(read):
    assert basket(read("\u200fma\u200bggi \u202e2\u202c car\u00adton")) == {"MAGGI-MSL-70": "96"}


def test_an_unknown_word_is_never_taken_for_a_known_one(read):
    for stranger in ("zxquv", "brolin", "tuborg", "pampers", "bournvita"):
        (question,) = read(f"{stranger} 5 ota").questions
        assert question.kind is QuestionKind.NOT_SOLD
