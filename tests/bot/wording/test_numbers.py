"""Money and quantities as people in Nepal write them."""

from decimal import Decimal

import pytest

from bot.wording.filters import said
from bot.wording.numbers import amount, digits, money
from bot.wording.render import render
from bot.wording.say import Say
from core.money import Money, lakhs, rupees


@pytest.mark.parametrize(
    ("whole", "grouped"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (12_345, "12,345"),
        (123_456, "1,23,456"),
        (12_345_678, "1,23,45,678"),
        (1_234_567_890, "1,23,45,67,890"),
        (100_000, "1,00,000"),
        (10_000_005, "1,00,00,005"),
    ],
)
def test_rupees_are_grouped_by_lakh_and_crore(whole, grouped):
    assert lakhs(whole) == grouped


def test_money_always_shows_the_paisa_and_the_digits_of_the_language():
    assert money(rupees("123456"), language="en") == "Rs. 1,23,456.00"
    assert money(rupees("123456.05"), language="ne") == "रु. १,२३,४५६.०५"
    assert money(Money(-150), language="en") == "Rs. -1.50"


def test_quantities_have_no_idle_zeros():
    assert amount(Decimal("60.000"), language="en") == "60"
    assert amount(Decimal("2.500"), language="ne") == "२.५"
    assert amount(Decimal("0.000"), language="en") == "0"
    assert amount(Decimal(1000), language="en") == "1000"


def test_codes_keep_their_digits_in_english():
    assert digits(1042, language="en") == "1042"
    assert digits("2083/84-00007", language="ne") == "२०८३/८४-००००७"


def test_a_persons_words_stay_on_one_line_and_cannot_make_an_option():
    assert said("a\n b | yes") == "a b / yes"
    assert len(said("x" * 500)) == 60


def test_an_unknown_language_is_answered_in_english():
    assert render(Say("anywhere/person"), language="fr").language == "en"
