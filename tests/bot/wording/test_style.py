"""How the messages read: as a shop assistant writes in a chat, short, and without the words of the machinery."""

import statistics
from decimal import Decimal

import pytest

from bot.wording.check import messages
from bot.wording.labels import LANGUAGES, ROOT
from bot.wording.render import render
from bot.wording.samples import samples
from bot.wording.samples.records import make_record
from bot.wording.say import Say
from core.money import Money, rupees

# Words that read as translated, or that mean another thing to a shopkeeper.
NEVER_SAID = {
    "en": [
        "can be had",
        "could not be had",
        "is asked",
        "are asked",
        "you hear from us",
        "our people",
        "dearer wholesalers",
        "nothing was done",
        "Nothing was changed",
        "does not reach",
        "I cannot",
        "is awaited",
        "waits for you",
        "waits for your",
    ],
    # A bamboo basket, a discount scheme, a bookish wholesaler, a keepsake, "stuck" money, the low form of "you".
    "ne": ["टोकरी", "अफर", "थोक पसल", "सम्झौटो", "अड्केको", "नगद बाट", "नगदबाट", "क्रेडिट नोट", "तिमी", "गर |"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_uses_words_that_read_as_translated(language):
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / language).rglob("*.*")}

    said = [
        f"{path.relative_to(ROOT)}: {words}"
        for path, text in texts.items()
        for words in NEVER_SAID[language]
        if words in text
    ]

    assert said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_of_the_messages_have_at_most_350_characters(language):
    views = samples()

    lengths = [
        len(render(Say(name, view), language=language).body)
        for name in messages(language)
        for view in views.get(name, [{"facts": {}} if name.startswith("errors/") else {}])
    ]

    assert statistics.median(lengths) <= 350


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_basket_of_three_lines_has_at_most_300_characters(language):
    view = samples()["ordering/basket"][0]
    goods = [
        ("Wai Wai Chicken Noodles 75g", "वाइ वाइ चिकेन चाउचाउ ७५ ग्राम", "60", "pkt", "20.55", "1233.00"),
        ("Sugar Chini 50kg Sack", "चिनी ५० केजी बोरा", "1", "sack", "4950.00", "4950.00"),
        ("Dhara Mustard Oil 1L", "धारा तोरीको तेल १ लिटर", "6", "btl", "300.00", "1800.00"),
    ]
    lines = [
        make_record(
            **{
                **vars(view["lines"][0]),
                "name": name,
                "name_ne": name_ne,
                "quantity": Decimal(quantity),
                "unit": unit,
                "unit_price": rupees(unit_price),
                "price": make_record(net=rupees(net)),
            }
        )
        for name, name_ne, quantity, unit, unit_price, net in goods
    ]
    basket = make_record(net=rupees("7983.00"), vat=rupees("1037.79"), total=rupees("9020.79"))

    body = render(Say("ordering/basket", {**view, "lines": lines, "basket": basket}), language=language).body

    assert len(body) <= 300


@pytest.mark.parametrize("language", LANGUAGES)
def test_goods_without_vat_show_none(language):
    view = samples()["ordering/basket"][0]
    basket = make_record(**{**vars(view["basket"]), "vat": Money(0)})

    body = render(Say("ordering/basket", {**view, "basket": basket}), language=language).body

    assert "VAT" not in body
    assert "भ्याट" not in body
