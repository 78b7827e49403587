"""Lists in which the goods are named once, and then only the size, the colour or the kind: "pipe 20mm 30, 25mm 40"."""

import re
from functools import cache
from random import Random  # noqa: TID251 - each list is made from its own seed

from tests.generation import noise
from tests.generation.goods import CHUNK, Goods, full_name, trades
from tests.generation.lists import ShopList, row_of, units_of
from tests.generation.speech import UNIT_WORDS, Language

LAYOUTS_OF_FAMILIES = ("comma run", "last and", "one line", "name amount", "dash")
SIZE = re.compile(r"\d[\d.]*(?:g|kg|ml|L|mm|cm|m|W|A|GB|mAh)|\d+ (?:page|pages|gsm|inch|sq mm)", re.ASCII)


@cache
def families(trade: str) -> tuple[tuple[Goods, ...], ...]:
    """Return groups of goods whose names differ in one size only."""
    groups: dict[str, list[Goods]] = {}
    for goods in trades()[trade].goods:
        sizes = [chunk for chunk in CHUNK.findall(goods.entry.name) if SIZE.fullmatch(chunk)]
        if len(sizes) == 1 and not goods.holds_pieces:
            groups.setdefault(f"{goods.entry.name.replace(sizes[0], '…')} {goods.entry.unit}", []).append(
                goods
            )
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def make_family_list(seed: int, *, trade: str) -> ShopList:
    """Return a list of two or three sizes of one thing, named once."""
    chance = Random(f"{seed} {trade} family")
    language = chance.choice([Language.ENGLISH, Language.ROMAN_NEPALI, Language.HINDI])
    family = chance.choice(families(trade))
    chosen = chance.sample(family, min(len(family), chance.choice((2, 2, 3))))
    kind = chance.choice(
        [kind for kind in units_of(chosen[0]) if kind and all(kind in units_of(goods) for goods in chosen)]
    )
    word = chance.choice(UNIT_WORDS[kind][language])
    rows = [
        row_of(
            goods, trades()[trade], kind, word, name=_called(goods, place), language=language, chance=chance
        )
        for place, goods in enumerate(chosen)
    ]
    return ShopList(
        trade=trade,
        layout=chance.choice(LAYOUTS_OF_FAMILIES),
        language=language,
        rows=tuple(rows),
        dress=noise.dress(language, chance),
    )


def _called(goods: Goods, place: int) -> str:
    if place == 0:
        return full_name(goods)
    return next(chunk for chunk in CHUNK.findall(goods.entry.name) if SIZE.fullmatch(chunk))
