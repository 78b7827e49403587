"""Goods of an order that are counted are a piece of the part behind them, and alone no more than a question."""

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind
from core.intake.reading import Role


def acts(message: str) -> tuple[Act, ...]:
    return read_acts(message, role=Role.VENDOR)


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        ("1022 ma juice 2 carton, chamal 4 bora matra, chini sakiyo", [2, 4, 0]),
        ("१०२२ मा जुस २ कार्टुन, चामल ४ बोरा मात्र, चिनी सकियो", [2, 4, 0]),
        ("1022 juice 2 cartons, rice only 4 sacks, sugar out of stock", [2, 4, 0]),
        ("1022 juice 2 carton matra", [2]),
    ],
)
def test_every_piece_of_a_part_is_counted(message: str, counts: list[int]) -> None:
    (act,) = acts(message)

    assert (act.kind, act.orders, act.moves) == (ActKind.PART, ("1022",), True)
    assert [amount.count for amount in act.amounts] == counts


@pytest.mark.parametrize(
    "message", ["1022 ma juice 2 carton", "1022 ma juice 1 carton ghatau", "१०२२ मा जुस २ कार्टुन"]
)
def test_counted_goods_of_an_order_alone_are_no_price_and_promise_nothing(message: str) -> None:
    (act,) = acts(message)

    assert (act.kind, act.orders, act.moves) == (ActKind.PART, ("1022",), False)


@pytest.mark.parametrize(
    "message", ["can't take 1001", "1001 won't take", "1001 linna", "१००१ लिन्नँ", "1001 nahi lunga"]
)
def test_a_no_to_an_offer_is_no_parcel_that_was_refused(message: str) -> None:
    (act,) = acts(message)

    assert (act.kind, act.moves) == (ActKind.DECLINE, True)


@pytest.mark.parametrize(
    "message", ["linna hoina, linchu tara dal 3 kg matra", "1001 linna hoina", "linna hoina linchu"]
)
def test_a_no_that_is_taken_back_declines_nothing(message: str) -> None:
    assert not any(act.moves and act.kind is ActKind.DECLINE for act in acts(message))
