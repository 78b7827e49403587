"""WhatsApp's limits: a message always fits, and no choice is ever lost."""

import json
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.limits import (
    BODY_LIMIT,
    BUTTON_TITLE_LIMIT,
    CHOICE_ID_LIMIT,
    INTERACTIVE_BODY_LIMIT,
    LIST_BUTTON_LIMIT,
    MOST_BUTTONS,
    MOST_ROWS,
    ROW_DESCRIPTION_LIMIT,
    ROW_TITLE_LIMIT,
    WindowClosed,
    fit,
    parts,
    shorten,
    split_text,
)
from bot.channels.types import Choice, Message, TemplateMessage

FAMILY = "👨‍👩‍👧‍👦"
YES, NO = Choice(id="yes", title="Confirm"), Choice(id="no", title="Cancel")

pieces = st.one_of(st.characters(), st.sampled_from(["क्षि", FAMILY, "🇳🇵", "न्छ", " ", "\n", "\x0b", "2️⃣"]))
words = st.lists(pieces, max_size=100).map("".join)
titles = st.text(min_size=1, max_size=60).filter(str.strip)
ids = st.text(min_size=1, max_size=CHOICE_ID_LIMIT + 20)
choice_lists = st.lists(
    st.builds(Choice, id=ids, title=titles, description=words),
    max_size=30,
    unique_by=lambda choice: choice.id,
)
texts = st.one_of(
    words, st.builds(lambda piece, times: piece * times, words, st.integers(1, 60)), st.just("क" * 1600)
).filter(str.strip)


@st.composite
def messages(draw):
    choices = tuple(draw(choice_lists))
    as_buttons = draw(st.booleans())
    return Message(
        text=draw(texts),
        buttons=choices if as_buttons else (),
        rows=() if as_buttons else choices,
        list_button=draw(st.none() | st.text(max_size=30)),
        template=draw(st.none() | st.just(TemplateMessage(name="offer", language="en"))),
    )


def is_within_limits(message):
    ok = 0 < len(message.text) <= (INTERACTIVE_BODY_LIMIT if message.choices else BODY_LIMIT)
    ok &= len(message.buttons) <= MOST_BUTTONS and len(message.rows) <= MOST_ROWS
    ok &= all(len(choice.id) <= CHOICE_ID_LIMIT for choice in message.choices)
    ok &= all(choice.id == choice.id.strip() for choice in message.choices)
    ok &= all(
        len(button.title) <= BUTTON_TITLE_LIMIT and not button.description for button in message.buttons
    )
    ok &= all(
        len(row.title) <= ROW_TITLE_LIMIT and len(row.description) <= ROW_DESCRIPTION_LIMIT
        for row in message.rows
    )
    ok &= len({choice.title for choice in message.choices}) == len(message.choices)
    ok &= (0 < len(message.list_button) <= LIST_BUTTON_LIMIT) if message.rows else message.list_button is None
    return ok


def offers_every_choice(message, asked):
    if message.choices:
        return [choice.id for choice in message.choices] == [choice.id for choice in asked.choices]
    lines = message.text.splitlines()[-len(asked.choices) :] if asked.choices else []
    return [regex.match(r"\d+\. ", line)[0] for line in lines] == [
        f"{n + 1}. " for n in range(len(asked.choices))
    ]


@given(messages())
def test_a_fitted_message_is_within_the_limits_and_loses_no_choice(message):
    fitted = fit(message, window_open=True)

    assert is_within_limits(fitted)
    assert offers_every_choice(fitted, message)
    assert fitted.template is None
    assert fit(fitted, window_open=True) == fitted


@given(messages())
def test_every_part_of_a_long_message_is_within_the_limits_and_nothing_is_cut(message):
    *heads, last = parts(message, window_open=True)

    assert all(is_within_limits(part) for part in [*heads, last])
    assert offers_every_choice(last, message)
    said = "".join(part.text for part in [*heads, last])
    cleaned = regex.sub(r"[\p{Cc}\p{Cs}]", "", message.text)
    marks = {c for c in cleaned if not c.isspace()}
    assert all(said.count(mark) >= cleaned.count(mark) for mark in marks)


@given(words, st.integers(1, 80))
def test_shortening_keeps_whole_characters_only(text, limit):
    short = shorten(text, limit)

    assert len(short) <= limit
    kept = short.removesuffix("…") if short != text else short
    clusters = regex.findall(r"\X", text)
    assert any("".join(clusters[:n]).rstrip() == kept.rstrip() for n in range(len(clusters) + 1))


def test_up_to_three_short_choices_are_buttons():
    asked = Message(text="Place this order?", buttons=(YES, NO))

    assert fit(asked, window_open=True) == asked


def test_a_fourth_button_makes_a_list_if_there_is_a_word_to_open_it():
    choices = tuple(Choice(id=str(n), title=f"Option {n}") for n in range(4))

    fitted = fit(Message(text="Which?", buttons=choices, list_button="Choose"), window_open=True)

    assert fitted == Message(text="Which?", rows=choices, list_button="Choose")


def test_without_a_word_to_open_a_list_the_choices_are_numbered():
    choices = tuple(Choice(id=str(n), title=f"Option {n}", description=f"Rs. {n}") for n in range(4))

    fitted = fit(Message(text="Which?", rows=choices), window_open=True)

    assert fitted == Message(
        text="Which?\n\n1. Option 0 – Rs. 0\n2. Option 1 – Rs. 1\n3. Option 2 – Rs. 2\n4. Option 3 – Rs. 3"
    )


def test_a_button_that_would_be_cut_is_numbered_text_instead():
    long = Choice(id="all", title="Accept the whole order as it is")

    fitted = fit(Message(text="New order", buttons=(long, NO)), window_open=True)

    assert fitted == Message(text="New order\n\n1. Accept the whole order as it is\n2. Cancel")


def test_a_row_title_that_is_cut_is_told_whole_in_the_description():
    rice = Choice(id="rice", title="जिरा मसिनो चामल २५ किलोको बोरा", description="रु. २,१००")

    fitted = fit(Message(text="कुन?", rows=(rice,), list_button="छान्नुहोस्"), window_open=True)

    assert fitted.rows == (
        Choice(
            id="rice",
            title="जिरा मसिनो चामल २५ किलो…",
            description="जिरा मसिनो चामल २५ किलोको बोरा · रु. २,१००",
        ),
    )


def test_choices_that_would_look_the_same_are_numbered():
    same = (
        Choice(id="a", title="Wai Wai chicken noodles 75 g"),
        Choice(id="b", title="Wai Wai chicken noodles 100 g"),
    )

    fitted = fit(Message(text="Which?", rows=same, list_button="Choose"), window_open=True)

    assert fitted.text == "Which?\n\n1. Wai Wai chicken noodles 75 g\n2. Wai Wai chicken noodles 100 g"


def test_a_body_too_long_for_buttons_is_one_numbered_text_not_two_messages():
    asked = Message(text="क" * (INTERACTIVE_BODY_LIMIT + 1), buttons=(YES, NO))

    (only,) = parts(asked, window_open=True)

    assert only.text == asked.text + "\n\n1. Confirm\n2. Cancel"


def test_a_very_long_basket_is_cut_between_lines_and_its_choices_come_last():
    lines = [f"{n}. चामल २५ किलो × {n} = रु. १,२३,४५६.००" for n in range(1, 61)]

    first, second = parts(Message(text="\n".join(lines), buttons=(YES, NO)), window_open=True)

    assert [*first.text.splitlines(), *second.text.splitlines()] == lines
    assert first.choices == ()
    assert second.buttons == (YES, NO)


def test_outside_the_window_only_a_template_goes_out():
    template = TemplateMessage(name="offer_new", language="en", variables=("KH-1",))
    asked = Message(text="New order KH-1", buttons=(YES, NO), template=template)

    assert fit(asked, window_open=False) == asked
    with pytest.raises(WindowClosed):
        fit(Message(text="New order KH-1"), window_open=False)


def test_our_limits_are_those_of_metas_own_specification():
    spec = json.loads((Path(__file__).parents[2] / "data/meta/interactive.json").read_text("utf-8"))
    buttons, rows = spec["ButtonAction"], spec["ListAction"]["rows"]
    reply, row = buttons["items"]["properties"]["reply"]["properties"], rows["items"]["properties"]

    assert spec["BodyObject"]["properties"]["text"]["maxLength"] == INTERACTIVE_BODY_LIMIT
    assert (buttons["maxItems"], reply["title"]["maxLength"]) == (MOST_BUTTONS, BUTTON_TITLE_LIMIT)
    assert (rows["maxItems"], row["title"]["maxLength"]) == (MOST_ROWS, ROW_TITLE_LIMIT)
    assert row["description"]["maxLength"] == ROW_DESCRIPTION_LIMIT
    assert spec["ListAction"]["button"]["maxLength"] == LIST_BUTTON_LIMIT
    assert min(row["id"]["maxLength"], reply["id"]["maxLength"]) == CHOICE_ID_LIMIT


def test_an_id_with_blanks_around_it_is_not_put_on_a_button():
    asked = Message(text="?", buttons=(Choice(id="yes ", title="Yes"),))

    assert fit(asked, window_open=True).text == "?\n\n1. Yes"


def test_splitting_prefers_lines_then_words_then_characters():
    assert split_text("ab\ncd\nef", 5) == ("ab\ncd", "ef")
    assert split_text("one two three", 8) == ("one two", "three")
    assert split_text(FAMILY * 2, 8) == (FAMILY, FAMILY)
