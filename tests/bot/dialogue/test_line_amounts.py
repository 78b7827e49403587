"""How much of an offer a vendor says it can send."""

from decimal import Decimal

import pytest

from bot.dialogue.reading.line_amounts import amounts_of, lines_told_apart, part_amounts
from bot.dialogue.screens.vendor.offer_views import OfferLineView
from core.catalog import queries as catalog
from core.intake.acts.reader import read_acts
from core.intake.reading import Role
from core.money import rupees
from core.pricing.policy import price_line

NOODLES, SUGAR = ("WW-CHK-75", "60"), ("SUG-LS", "5")


def line(session, sku, quantity):
    product = catalog.product_by_sku(session, sku)
    assert product is not None, sku
    return OfferLineView(
        order_line_id=1,
        listing_id=1,
        sku=sku,
        name=product.name,
        name_ne=product.name_ne,
        short_label=product.short_label,
        unit=product.unit,
        quantity=Decimal(quantity),
        said=None,
        unit_price=rupees(20),
        price=price_line(rupees(20), Decimal(quantity), 1300),
    )


def said(stage, text, *wanted):
    with stage.database.transaction() as session:
        lines = [line(session, *one) for one in wanted]
        found = part_amounts(session, text, lines, short_code=1018)
    return None if found is None else {position: int(amount) for position, amount in found.items()}


@pytest.mark.parametrize(
    "text",
    [
        "1 ko 48",
        "48",
        "1018 48 matra",
        "१ को ४८ मात्र",
        "48 packet matra cha",
        "48 ota",
        "wai wai 48 matra",
        "48 pathauna sakchu",
    ],
)
def test_one_line_is_meant_however_it_is_said(stage, text):
    assert said(stage, text, NOODLES) == {0: 48}


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("1 30, 2 0", {0: 30, 1: 0}),
        ("2 ko 3 kg", {1: 3}),
        ("3 kg matra", {1: 3}),
        ("chini chaina", {1: 0}),
        ("२ छैन", {1: 0}),
        ("wai wai 40 ra chini 2 kg", {0: 40, 1: 2}),
        ("1 case matra", {0: 30}),
    ],
)
def test_of_several_lines_the_one_that_is_named_or_that_fits_is_meant(stage, text, amounts):
    assert said(stage, text, NOODLES, SUGAR) == amounts


@pytest.mark.parametrize(
    "text", ["48", "48 matra", "3 ko 5", "maggi 24, rara sakiyo", "packing list", "ho", "aaja banda"]
)
def test_what_leaves_a_doubt_is_no_amount(stage, text):
    assert said(stage, text, NOODLES, SUGAR) is None


def test_more_than_was_asked_for_is_no_amount_of_it(stage):
    assert said(stage, "4821", NOODLES) is None


def told_apart(stage, text, *wanted):
    with stage.database.transaction() as session:
        found = lines_told_apart(session, text, [line(session, *one) for one in wanted], short_code=1018)
    return None if found is None else {position: int(amount) for position, amount in found.items()}


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("1018 ma chini 5 kg chaina, wai wai euta matra cha", {0: 1, 1: 0}),
        ("chini 5 kg chaina, aru sabai huncha", {0: 60, 1: 0}),
        ("1018 ma chini 5 kg chaina, wai wai 48 matra cha", {0: 48, 1: 0}),
        ("1 lyaideu 48, 2 chaina", {0: 48, 1: 0}),
        ("1 lyaideu 48, baki sabai dinchu", {0: 48, 1: 5}),
        ("2 chaina, baki sabai", {0: 60, 1: 0}),
        ("२ छैन, बाँकी सबै", {0: 60, 1: 0}),
        ("chini chaina magar wai wai dinchu", {0: 60, 1: 0}),
        ("chini 2 kg chaina, wai wai dinchu", None),
    ],
)
def test_lines_are_told_apart_by_number_by_name_and_by_the_rest(stage, text, amounts):
    assert told_apart(stage, text, NOODLES, SUGAR) == amounts


@pytest.mark.parametrize("words", ["5 ko 0, 6 ko 1", "5 0, 6 1", "1018 5 0, 6 1", "५ को ०, ६ को १"])
def test_pairs_of_a_line_and_its_amount(words):
    found = [amount for act in read_acts(words, role=Role.VENDOR) for amount in amounts_of(act)]

    assert [(one.line, one.count) for one in found] == [(5, Decimal(0)), (6, Decimal(1))]
