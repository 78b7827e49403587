"""The template file is checked against WhatsApp's rules, and its values are made to fit them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.twilio.templates import TemplatesInvalid, clean_value, parse_templates
from bot.channels.types import Choice, TemplateMessage

EN = "Order {{1}} for {{2}} is waiting for your answer until this evening, thank you."
NE = "अर्डर {{1}} रकम {{2}} को जवाफ आज साँझसम्म पर्खिरहेको छ, धन्यवाद।"
GOOD = f"""
[offer_new]
category = "utility"
variables = {{ order = "KH-1042", amount = "Rs. 1,200.00", token = "7f3a" }}
[offer_new.en]
body = "{EN}"
buttons = [{{ id = "offer.{{{{3}}}}.accept", title = "Accept" }}]
[offer_new.ne]
body = "{NE}"
buttons = [{{ id = "offer.{{{{3}}}}.accept", title = "स्वीकार" }}]
"""


def two_variables(
    *, en=EN, ne=NE, category="utility", variables='{ order = "KH-1042", amount = "Rs. 1,200.00" }'
):
    head = f'[offer]\ncategory = "{category}"\nvariables = {variables}\n'
    return head + f'en.body = "{en}"\nne.body = "{ne}"\n'


def test_a_good_template_is_read_whole():
    template = parse_templates(GOOD)["offer_new"]

    assert template.variables == {"order": "KH-1042", "amount": "Rs. 1,200.00", "token": "7f3a"}
    assert template.wordings["ne"].body == NE
    assert template.wordings["en"].buttons == (Choice(id="offer.{{3}}.accept", title="Accept"),)


def test_it_reads_as_the_person_will_read_it():
    template = parse_templates(two_variables())["offer"]
    message = TemplateMessage(name="offer", language="en", variables=("KH-7", "Rs. 1,200.00"))

    assert template.takes(message)
    assert template.render(message) == (
        "Order KH-7 for Rs. 1,200.00 is waiting for your answer until this evening, thank you."
    )


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        (two_variables(en="{{1}} and {{2}} are waiting for your kind answer"), "offer.en: starts or ends with a variable"),
        (two_variables(en="Please answer our question about {{1}} {{2}} soon"), "offer.en: has two variables side by side"),
        (two_variables(en="Order {{1}} for {{3}} waits for your answer, friend"), "offer.en: uses the variables [1, 3], and names 2"),
        (two_variables(en="Order {{1}} costs {{2}} now"), "offer.en: needs at least 5 words of its own for 2 variables"),
        (two_variables(en="Order      {{1}} for {{2}} waits for your answer"), "offer.en: has blanks at an end, a run of them inside, or a control character"),
        (two_variables(ne="एक मिनेट पर्खनुहोस्"), "offer.ne: uses the variables [], and names 2"),
        (two_variables(category="spam"), "offer: category is one of utility, marketing, authentication"),
        (two_variables(variables='["a", "b"]'), "offer: variables names at most 100, each with an example"),
        (two_variables(variables='{ a = "", b = "2" }'), "offer: variables names at most 100, each with an example"),
        (GOOD.replace('"Accept"', '"Accept the whole order"'), "offer_new.en: the button 'Accept the whole order' has 1 to 20 fixed characters"),
        ('[Offer]\ncategory = "utility"', "Offer: a template is a table with a name in small letters, digits and _"),
    ],
)  # fmt: skip
def test_what_whatsapp_would_reject_is_named(toml, problem):
    with pytest.raises(TemplatesInvalid) as invalid:
        parse_templates(toml)

    assert problem in invalid.value.problems


def test_all_problems_are_named_together():
    with pytest.raises(TemplatesInvalid) as invalid:
        parse_templates(two_variables(en="{{1}}", ne="", category=""))

    assert len(invalid.value.problems) >= 3


def test_other_words_are_another_template_to_whatsapp():
    first = parse_templates(two_variables())["offer"]
    reworded = parse_templates(two_variables(en=EN.replace("thank you", "thanks a lot")))["offer"]

    assert first.friendly_name("en") != reworded.friendly_name("en")
    assert first.friendly_name("ne") == reworded.friendly_name("ne")


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("Asha\nKirana\t", "Asha Kirana"),
        ("a     b", "a b"),
        ("👍 ठीक छ 🇳🇵", "ठीक छ"),
        ("", "–"),
        ("👍", "–"),
        ("\x00", "–"),
    ],
)
def test_a_value_is_cleaned_to_what_a_variable_takes(value, cleaned):
    assert clean_value(value) == cleaned


@given(st.lists(st.text(max_size=2_000), min_size=2, max_size=2))
def test_no_values_make_a_template_too_long_or_a_variable_unfit(values):
    template = parse_templates(two_variables())["offer"]
    message = TemplateMessage(name="offer", language="ne", variables=tuple(values))

    assert len(template.render(message)) <= 1_024
    for value in template.variables_for(message).values():
        assert value
        assert not set("\n\t\r\x00") & set(value)
        assert "    " not in value
