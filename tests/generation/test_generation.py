"""The generator says what it means, and the reader survives all of it."""

from dataclasses import replace
from random import Random  # noqa: TID251 - fixed seeds

import pytest

from core.intake.reader import read_message
from core.intake.reading import Role
from tests.generation.goods import full_name, name_in_latin, name_in_nepali, trades, words_of
from tests.generation.invariants import BY_ROW, INVARIANTS, contradicted
from tests.generation.judging import Fate, carted, judge, read
from tests.generation.layouts import LAYOUTS
from tests.generation.lists import make_list
from tests.generation.noise import Dress
from tests.generation.sayings import MAKERS, make_saying
from tests.generation.shrinking import shrunk


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_name_and_every_number_stands_in_the_text(layout: str) -> None:
    for trade in trades():
        written = replace(make_list(1, trade=trade, layout=layout, size=4), dress=Dress())

        assert all(row.name in written.text and row.number in written.text for row in written.rows)


@pytest.mark.parametrize("trade", trades())
def test_a_name_can_mean_one_product_only(trade: str) -> None:
    chance = Random(3)
    everything = trades()[trade]
    for goods in everything.goods:
        names = [name_in_latin(goods, everything, chance) for _ in range(5)]
        nepali = name_in_nepali(goods, everything)
        for name in [*names, nepali] if nepali else names:
            assert name == full_name(goods) or not everything.others_named_by(words_of(name), goods), name


def test_a_seed_makes_the_same_list_again() -> None:
    assert make_list(5, trade="kirana", layout="dash", size=5) == make_list(
        5, trade="kirana", layout="dash", size=5
    )
    assert make_list(5, trade="kirana", layout="dash", size=5) != make_list(
        6, trade="kirana", layout="dash", size=5
    )


def test_a_failing_list_shrinks_to_the_row_that_fails() -> None:
    written = make_list(4, trade="stationery", layout="bullet", size=5)
    guilty = written.rows[3]

    small = shrunk(written, lambda tried: guilty in tried.rows)

    assert small.rows == (guilty,)
    assert small.dress == Dress()


def test_goods_carted_with_another_number_are_wrong_and_goods_left_out_without_a_word_are_lost() -> None:
    written = replace(make_list(1, trade="kirana", layout="name amount", size=2), dress=Dress())
    first, second = written.rows
    elsewhere = read(f"{first.name} {int(first.quantity) + 1} pcs", "kirana")

    fates = dict(judge(written, elsewhere))

    assert carted(elsewhere)[first.sku] != first.quantity
    assert fates == {first: Fate.WRONG, second: Fate.LOST}


@pytest.mark.parametrize("trade", trades())
@pytest.mark.parametrize("invariant", INVARIANTS)
def test_readings_of_the_same_list_never_contradict_each_other(invariant: str, trade: str) -> None:
    chance = Random(1)
    for layout in BY_ROW:
        written = make_list(2, trade=trade, layout=layout, size=3)

        first, second = INVARIANTS[invariant](written, chance)

        assert not contradicted(first, second), written.text


@pytest.mark.parametrize("kind", MAKERS)
def test_the_reader_answers_whatever_is_said_about_goods(kind: str) -> None:
    for trade in trades():
        for seed in range(10):
            saying = make_saying(seed, kind=kind, trade=trade)

            reading = read_message(saying.text, role=Role.RETAILER, index=trades()[trade].index)

            assert all(line.quantity > 0 for line in reading.lines), saying.text
