"""Short labels: 24 characters in which no two products of the demo catalogue look alike."""

import csv

import pytest

from core.catalog.labels import LONGEST, short_label
from core.config import PROJECT_ROOT


@pytest.fixture(scope="module")
def catalogue():
    with (PROJECT_ROOT / "core/seeds/data/catalog.csv").open() as file:
        return list(csv.DictReader(file))


def label(name, brand, pack_size, taken=()):
    return short_label(name=name, brand=brand, pack_size=pack_size, taken=taken)


def test_every_product_of_the_demo_has_a_label_of_its_own(catalogue):
    labels = {row["sku"]: label(row["name"], row["brand"], row["pack_size"]) for row in catalogue}

    assert len(labels) == 186
    assert len(set(labels.values())) == 186
    assert max(map(len, labels.values())) == LONGEST


def test_a_name_that_fits_is_kept_whole():
    assert label("Amul Butter 100g", "Amul", "100 g") == "Amul Butter 100g"


@pytest.mark.parametrize(
    ("case", "name", "brand", "pack_size", "expected"),
    [
        ("kind", "Wai Wai Chicken Noodles 75g", "Wai Wai", "75 g", "Wai Wai Chicken 75g"),
        ("wrapping", "Dhara Mustard Oil 15L Tin", "Dhara", "15 L", "Dhara Mustard Oil 15L"),
        ("maker", "Brooke Bond Red Label Tea 250g", "Red Label", "250 g", "Red Label Tea 250g"),
        ("brand", "Wai Wai Dynamite Hot Noodles 100g", "Wai Wai", "100 g", "WW Dynamite Hot 100g"),
        ("long brand", "Colgate Strong Teeth Toothpaste 100g", "Colgate", "100 g", "Colg. Strong Teeth 100g"),
        ("and", "Head & Shoulders Cool Menthol Shampoo 180ml", "Head & Shoulders", "180 ml", "H&S Cool Menthol 180ml"),
        ("strip", "Nescafe 3in1 Coffee Sachet 15g (strip of 12)", "Nescafe", "12 x 15 g", "Nescafe 3in1 12x15g"),
    ],
)  # fmt: skip
def test_what_a_trader_does_not_need_gives_way_first(case, name, brand, pack_size, expected):
    assert label(name, brand, pack_size) == expected


def test_the_pack_is_never_dropped():
    small = label("Nebico Thin Arrowroot Biscuit with Fine Sugar Crust 75g", "Nebico", "75 g")
    large = label("Nebico Thin Arrowroot Biscuit with Fine Sugar Crust 150g", "Nebico", "150 g")

    assert small.endswith(" 75g")
    assert large.endswith(" 150g")


def test_loose_goods_say_so():
    assert label("Sugar Chini (loose)", "Local", "1 kg loose") == "Sugar Chini loose"


def test_a_label_that_is_taken_gets_a_number():
    taken = {"Amul Butter 100g", "Amul Butter 100g (2)"}

    assert label("Amul Butter 100g", "Amul", "100 g", taken) == "Amul Butter 100g (3)"


def test_one_endless_word_is_cut():
    assert label("Maharajadhirajachamatkarika", "Local", "1 kg") == "Maharajadhirajachama 1kg"
