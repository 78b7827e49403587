"""What a short message means, in every language people type."""

from decimal import Decimal

import pytest

from bot.dialogue.reading.line_numbers import LineChange, line_change
from bot.dialogue.reading.words import ShortKind, codes, language_of, mentions, short_answer
from core.intake.reading import Unit


@pytest.mark.parametrize(
    "text",
    [
        "ho",
        "la ho",
        "huncha",
        "thik cha",
        "haan",
        "ok",
        "OK dai",
        "👍",
        "👍🏽",
        "हुन्छ",
        "हुन्छ।",
        "ठिक छ हजुर",
        "yes please",
        "Yes!",
    ],
)
def test_a_bare_yes_in_any_language_is_a_yes(text):
    answer = short_answer(text)

    assert answer is not None
    assert answer.kind is ShortKind.YES


@pytest.mark.parametrize(
    "text", ["order", "order gara", "order garnus", "अर्डर", "अर्डर गर्नुस्", "order now please"]
)
def test_the_word_order_alone_is_no_yes(text):
    assert short_answer(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "i want to talk to a person",
        "manche sanga kura garna paryo",
        "मान्छेसँग कुरा गर्नु छ",
        "kasai lai bolaunu",
        "call me back please",
        "मुझे किसी से बात करनी है",
    ],
)
def test_a_sentence_that_asks_for_a_person_is_heard(text):
    assert mentions(text, "to_person")


@pytest.mark.parametrize(
    "text", ["manche chaina pathauna", "2 person size blanket", "kura garne hola", "call"]
)
def test_a_sentence_with_people_in_it_is_not_yet_a_call_for_one(text):
    assert not mentions(text, "to_person")


@pytest.mark.parametrize("text", ["no", "hoina", "हुँदैन", "nai", "पर्दैन", "👎"])
def test_a_bare_no_is_a_no(text):
    answer = short_answer(text)

    assert answer is not None
    assert answer.kind is ShortKind.NO


@pytest.mark.parametrize(
    "text",
    ["yes but 2 case only", "ho 5 kg chini", "is it ok?", "hoina 3 carton", "ok 1042", "", "chini", "no 5"],
)
def test_whatever_says_more_is_not_a_bare_answer(text):
    assert short_answer(text) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2", (2,)),
        ("२", (2,)),
        ("2️⃣", (2,)),
        ("２", (2,)),
        ("#2", (2,)),
        ("2.", (2,)),
        ("1, 4", (1, 4)),
        ("1 ४", (1, 4)),
        ("1 & 3", (1, 3)),
    ],
)
def test_numbers_in_any_digits_are_numbers(text, numbers):
    answer = short_answer(text)

    assert answer is not None
    assert answer.numbers == numbers


def test_four_digits_are_a_code_and_no_choice():
    assert short_answer("4821") is None
    assert codes("code ४८२१ hai") == ("4821",)
    assert codes("order 1042 code 4821") == ("1042", "4821")
    assert codes("9841000001") == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2 case wai wai please", "en"),
        # Everybody says hello: it tells no language.
        ("Hello", None),
        ("चिनी ५ केजी", "ne"),
        ("malai 2 case wai wai pathaidinus", "ne"),
        ("चीनी भेज दो", "ne"),
        ("👍", None),
        ("123", None),
    ],
)
def test_language_of_the_first_words(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("line 2: 12", LineChange(line=2, count=Decimal("12.000"))),
        ("Line 2 to 12", LineChange(line=2, count=Decimal("12.000"))),
        ("#2 = 0", LineChange(line=2, count=Decimal("0.000"))),
        ("२ नम्बर ५", LineChange(line=2, count=Decimal("5.000"))),
        ("2 number lai 5", LineChange(line=2, count=Decimal("5.000"))),
        ("line 2: 5 carton", LineChange(line=2, count=Decimal("5.000"), unit=Unit.CASE)),
        ("२ नम्बर ५ प्याकेट", LineChange(line=2, count=Decimal("5.000"), unit=Unit.PACKET)),
        ("line 2: 5 apples", None),
        ("2 case chini", None),
        ("line 2", None),
    ],
)
def test_change_of_a_line_by_its_number(text, change):
    assert line_change(text) == change
