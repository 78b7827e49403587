"""Sizes, letters and colours of one name, each with its number, however they are strung together."""

from itertools import product

import pytest

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import CatalogEntry, Role
from tests.generation.judging import read as read_in_trade

from .conftest import basket

NUMBERS = (5, 3, 2)
SIZES = {
    "Denim Jeans {}": ("30", "32", "34"),
    "Goldstar Shoes Size {}": ("6", "7", "8"),
    "Polo Tshirt {}": ("M", "L", "XL"),
    "Cotton Socks {}": ("Black", "White", "Blue"),
    "CPVC Elbow {}": ("1/2 inch", "3/4 inch", "1 inch"),
    "Gasket Sheet {}": ("1mm", "2mm", "3mm"),
    "Amul Butter {}": ("100g", "200g", "500g"),
    "Emulsion Paint {}": ("1L", "4L", "20L"),
    "Exide Battery {}": ("5Ah", "7Ah", "9Ah"),
    "Cough Tablet {}": ("250mg", "500mg", "650mg"),
}
STRUNG = (
    "{name} {0} 5 {1} 3 {2} 2",
    "{name} {0} 5, {1} 3, {2} 2",
    "{name} {0} 5 ota, {1} 3 ota, {2} 2 ota",
    "{name} {0} 5 ota {1} 3 ota {2} 2 ota",
    "{name} {0} 5 ani {1} 3 ra {2} 2",
    "{name} {0} - 5, {1} - 3, {2} - 2",
    "{name} {0} 5\n{1} 3\n{2} 2",
    "{name}\n{0} 5\n{1} 3\n{2} 2",
    "{name}: {0} 5, {1} 3 and {2} 2",
    "{name} {0} 5 and {1} 3 and {2} 2 pathaunu",
)


@pytest.fixture(scope="module")
def shop() -> CatalogIndex:
    names = [name.format(size) for name, sizes in SIZES.items() for size in sizes]
    return build_index(
        CatalogEntry(sku=name, name=name, brand="", category="Goods", price_minor=99_900) for name in names
    )


@pytest.mark.parametrize("strung", STRUNG)
@pytest.mark.parametrize("name", SIZES)
def test_each_variant_has_its_number(name, strung, shop):
    sizes = SIZES[name]
    text = strung.format(*sizes, name=name.replace(" {}", "").replace(" Size", ""))

    reading = read_message(text, role=Role.RETAILER, index=shop)

    wanted = {name.format(size): str(number) for size, number in zip(sizes, NUMBERS, strict=True)}
    assert (basket(reading), reading.clarify) == (wanted, False), text


@pytest.mark.parametrize(
    ("trade", "text", "wanted"),
    [
        ("kirana", "coke 250 12 500 24", {"COKE-250": "12", "COKE-500": "24"}),
        (
            "stationery",
            "fevicol 50 12 100 6 200 3",
            {"ST-FEV-50": "12", "ST-FEV-100": "6", "ST-FEV-200": "3"},
        ),
        ("stationery", "register 100 5 200 3", {"ST-REG-100": "5", "ST-REG-200": "3"}),
        ("cosmetics", "vaseline jelly 20 12 50 6", {"CO-VAS-PJ-20": "12", "CO-VAS-PJ-50": "6"}),
        (
            "electricals",
            "mcb single pole 6 5 10 3 16 2",
            {"EL-MCB-6": "5", "EL-MCB-10": "3", "EL-MCB-16": "2"},
        ),
        ("electricals", "ceiling fan 48 2 56 1", {"EL-FAN-48": "2", "EL-FAN-56": "1"}),
    ],
)
def test_bare_sizes_in_turn_with_counts(trade, text, wanted):
    reading = read_in_trade(text, trade)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize("counts", list(product((30, 32), repeat=2)))
def test_sizes_that_may_be_counts_too_are_asked_about(counts, shop):
    reading = read_message("jeans 30 {} 32 {}".format(*counts), role=Role.RETAILER, index=shop)

    assert all(line.quantity in (30, 32) for line in reading.lines)
    assert len(reading.lines) == 0 or not reading.clarify
