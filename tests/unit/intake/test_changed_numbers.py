"""From one number to another, the number that was said, the number that does not count: a change says which one stands."""

import pytest

from core.intake.reading import EditKind, Intent

from .conftest import basket

GOODS = {"maggi": "MAGGI-MSL-70", "harpic": "HARP-500", "tide": "TIDE-1", "vim bar": "VIM-BAR-200"}


def changes(reading):
    return [
        (edit.kind, edit.sku, None if edit.quantity is None else str(edit.quantity)) for edit in reading.edits
    ]


@pytest.mark.parametrize("goods", GOODS)
@pytest.mark.parametrize(
    "saying",
    [
        "{0} ko 6 se 3 kar dena",
        "{0} ko 6 se 3 kar dijiye",
        "{0} 2 se 3 kar do",
        "{0} ko 10 bata 3 banaidinu",
        "change {0} from 6 to 3",
        "change {0} from 2 to 3",
        "{0} 6 bhaneko thiye, 3 garidinu",
        "{0} 10 ota lekheko thiye, 3 ota banaunu",
        "{0} 6 pcs bola tha, 3 kar do",
        "{0} 3 banau, 6 hoina",
        "{0} 3 ota banaidinus, 10 hoina",
    ],
)
def test_the_number_that_shall_stand_is_set(goods, saying, read):
    reading = read(saying.format(goods))

    assert (reading.intent, changes(reading)) == (Intent.CART_EDIT, [(EditKind.SET, GOODS[goods], "3")])


@pytest.mark.parametrize("saying", ["maggi 3 se 6 packet", "maggi 3 to 6 pkt", "tide 2 dekhi 4 pkt pathaunu"])
def test_a_rising_pair_alone_is_a_range_and_asked_about(saying, read):
    reading = read(saying)

    assert (basket(reading), reading.clarify) == ({}, True)


@pytest.mark.parametrize(
    "saying",
    [
        "3 carton banaidinus 5 hoina",
        "5 hoina, 3 carton banaidinus",
        "make it 3 carton not 5",
        "3 carton gardinu, 5 haina",
    ],
)
def test_without_goods_the_denied_number_is_never_the_one_that_is_set(saying, read):
    reading = read(saying)

    assert (reading.intent, changes(reading)) == (Intent.CART_EDIT, [(EditKind.SET, None, "3")])


@pytest.mark.parametrize(
    "saying",
    [
        "last item cancel gara",
        "pachillo item hataidinu",
        "remove the last item",
        "last wala hata do",
        "antim item cancel",
    ],
)
def test_the_last_line_goes_and_not_the_order(saying, read):
    reading = read(saying)

    assert (reading.intent, changes(reading)) == (Intent.CART_EDIT, [(EditKind.REMOVE, None, None)])


@pytest.mark.parametrize(
    "saying",
    [
        "{0} remove garera {1} 4 rakhnu",
        "{0} hatayera {1} 4 pathaunu",
        "take out {0}, send {1} 4",
        "{0} nikal ke {1} 4 bhej do",
    ],
)
@pytest.mark.parametrize(("out", "wanted"), [("tide", "harpic"), ("harpic", "maggi"), ("maggi", "vim bar")])
def test_what_is_taken_out_beside_new_goods_is_not_lost(out, wanted, saying, read):
    reading = read(saying.format(out, wanted))

    assert reading.intent is Intent.CART_EDIT
    assert sorted(changes(reading)) == [
        (EditKind.REMOVE, GOODS[out], None),
        (EditKind.SET, GOODS[wanted], "4"),
    ]


@pytest.mark.parametrize("saying", ["{0} 10 bhaneko thiye", "{0} 10 ota bhaneko thiye, 5 ota matra aayo"])
@pytest.mark.parametrize("goods", GOODS)
def test_telling_what_was_said_changes_nothing(goods, saying, read):
    reading = read(saying.format(goods))

    assert (basket(reading), reading.edits) == ({}, ())


@pytest.mark.parametrize(
    "saying",
    ["real mango 1L 20 aur 4 yani 24", "real mango 1L 20 ra 4 jamma 24", "real mango 1L 20 + 4 yani 24"],
)
def test_a_sum_of_two_numbers_is_what_is_wanted(saying, read):
    assert basket(read(saying)) == {"REAL-MNG-1L": "24"}
