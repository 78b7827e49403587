"""What must hold for any list, whatever the right answer is."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random  # noqa: TID251 - each list is made from its own seed

from tests.generation.judging import carted, read, summed
from tests.generation.layouts import LAYOUTS, NEPALI_DIGITS
from tests.generation.lists import ShopList

BY_ROW = tuple(name for name, layout in LAYOUTS.items() if layout.is_by_row)
OTHER_LAYOUTS = ("name amount", "dash", "colon", "bullet", "numbered", "blank lines", "comma run")


def _got(text: str, trade: str) -> dict[str, Decimal]:
    return carted(read(text, trade))


def contradicted(first: dict[str, Decimal], second: dict[str, Decimal]) -> bool:
    """Say whether two readings cart different amounts of the same goods. Asking in one of them contradicts nothing."""
    return any(first[sku] != second[sku] for sku in first.keys() & second.keys())


def rows_add_up(written: ShopList, _: Random) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """The rows together and the sum of what each row says alone."""
    plain = replace(written, dress=replace(written.dress, head="", tail="", talk=""))
    alone = summed(said for line in plain.text.split("\n") for said in _got(line, written.trade).items())
    return _got(plain.text, written.trade), alone


def order_changes_nothing(written: ShopList, chance: Random) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    mixed = replace(written, rows=tuple(chance.sample(written.rows, len(written.rows))))
    return _got(written.text, written.trade), _got(mixed.text, written.trade)


def layout_changes_nothing(
    written: ShopList, chance: Random
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    other = replace(written, layout=chance.choice(OTHER_LAYOUTS))
    return _got(written.text, written.trade), _got(other.text, written.trade)


def capitals_change_nothing(written: ShopList, _: Random) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    return _got(written.text.lower(), written.trade), _got(written.text.upper(), written.trade)


def script_of_digits_changes_nothing(
    written: ShopList, _: Random
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    back = str.maketrans("०१२३४५६७८९", "0123456789")
    return _got(written.text.translate(back), written.trade), _got(
        written.text.translate(NEPALI_DIGITS), written.trade
    )


Invariant = Callable[[ShopList, Random], tuple[dict[str, Decimal], dict[str, Decimal]]]
INVARIANTS: dict[str, Invariant] = {
    "the rows together are the sum of the rows": rows_add_up,
    "the order of the rows changes nothing": order_changes_nothing,
    "the layout changes nothing": layout_changes_nothing,
    "capitals change nothing": capitals_change_nothing,
    "the script of the digits changes nothing": script_of_digits_changes_nothing,
}
