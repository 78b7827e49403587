"""Lists with known answers: a seed makes one list, always the same."""

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random  # noqa: TID251 - each list is made from its own seed

from tests.generation import noise
from tests.generation.goods import BULK, Goods, Trade, choose, name_in_latin, name_in_nepali, trades
from tests.generation.layouts import LAYOUTS, Need, Row
from tests.generation.noise import Dress
from tests.generation.speech import NUMBER_WORDS, UNIT_WORDS, Language

DOZENS = frozenset({"pcs", "pkt", "btl", "tube", "pouch", "can"})


@dataclass(frozen=True, kw_only=True)
class ShopList:
    trade: str
    layout: str
    language: Language
    rows: tuple[Row, ...]
    dress: Dress

    @property
    def text(self) -> str:
        return self.dress.put_on(LAYOUTS[self.layout].write(self.rows, self.language))

    @property
    def answer(self) -> dict[str, Decimal]:
        return {row.sku: row.quantity for row in self.rows}


def make_list(seed: int, *, trade: str, layout: str, size: int, slips: bool = False) -> ShopList:
    """Return a list of *size* goods; with *slips* each name has one slip of the finger where one can be made."""
    chance = Random(f"{seed} {trade} {layout}")
    language = chance.choice(list(Language))
    rows = make_rows(trades()[trade], size, language=language, need=LAYOUTS[layout].need, chance=chance)
    if slips:
        rows = [_slipped(row, trades()[trade], chance) for row in rows]
    return ShopList(
        trade=trade, layout=layout, language=language, rows=tuple(rows), dress=noise.dress(language, chance)
    )


def make_rows(trade: Trade, size: int, *, language: Language, need: Need, chance: Random) -> list[Row]:
    if need in {Need.SAME_UNIT, Need.SAME_AMOUNT}:
        return _rows_of_one_unit(
            trade, size, language=language, has_one_number=need is Need.SAME_AMOUNT, chance=chance
        )
    if need is Need.BARE:
        return _rows_without_units(trade, size, language=language, chance=chance)
    rows = []
    for goods in choose(trade, size, chance):
        kind = chance.choice([kind for kind in units_of(goods) if kind or need is not Need.UNIT])
        word = chance.choice(UNIT_WORDS[kind][language]) if kind else ""
        rows.append(row_of(goods, trade, kind, word, language=language, chance=chance))
    return rows


def _rows_without_units(trade: Trade, size: int, *, language: Language, chance: Random) -> list[Row]:
    """Return rows of goods that a bare number counts: what is sold by weight or by the strip is left out."""
    fitting = [goods for goods in trade.goods if "" in units_of(goods)]
    return [
        row_of(goods, trade, "", "", language=language, chance=chance)
        for goods in chance.sample(fitting, min(size, len(fitting)))
    ]


def _rows_of_one_unit(
    trade: Trade, size: int, *, language: Language, has_one_number: bool, chance: Random
) -> list[Row]:
    kind = chance.choice(("case", "dozen", "pcs"))
    if sum(kind in units_of(goods) for goods in trade.goods) < size:
        kind = "kg"
    word = chance.choice(UNIT_WORDS[kind][language])
    number = chance.choice((1, 2, 3, 5)) if has_one_number else None
    fitting = [goods for goods in trade.goods if kind in units_of(goods)]
    return [
        row_of(goods, trade, kind, word, number=number, language=language, chance=chance)
        for goods in chance.sample(fitting, size)
    ]


def units_of(goods: Goods) -> list[str]:
    """Return the units in which *goods* can be asked for without a second meaning; "" is a bare number."""
    unit = goods.entry.unit
    if goods.is_loose:
        return ["kg"]
    kinds = [unit] if unit in UNIT_WORDS else []
    if not goods.holds_pieces and unit not in BULK:
        kinds += [""] if unit in {"ream", "coil"} else ["", "pcs"]
    if goods.entry.case_qty > 1 and unit not in {"box", "crate", "carton"}:
        kinds.append("case")
    if goods.entry.case_qty > 1 and unit in DOZENS:
        kinds.append("dozen")
    return list(dict.fromkeys(kinds))


def row_of(
    goods: Goods,
    trade: Trade,
    kind: str,
    word: str,
    *,
    language: Language,
    chance: Random,
    number: int | None = None,
    name: str | None = None,
) -> Row:
    count = number or _count(kind, chance)
    return Row(
        sku=goods.entry.sku,
        name=name or _name(goods, trade, language, chance),
        number=_spelled(count, kind, language, chance),
        unit=word,
        quantity=Decimal(count) * {"case": goods.entry.case_qty, "dozen": 12}.get(kind, 1),
        price=goods.entry.price_minor // 100,
        category=goods.entry.category,
    )


def _name(goods: Goods, trade: Trade, language: Language, chance: Random) -> str:
    nepali = name_in_nepali(goods, trade) if language is Language.NEPALI and chance.random() < 0.7 else None
    return nepali or noise.with_sizes_respelled(name_in_latin(goods, trade, chance), chance)


def _count(kind: str, chance: Random) -> int:
    if kind in {"", "pcs"}:
        return chance.choice((2, 3, 4, 5, 6, 8, 10, 12, 15, 24, 30, 36, 48))
    if kind == "kg":
        return chance.choice((2, 3, 4, 6, 7, 8, 9, 11, 12, 13))  # never the weight of a sack or a crate
    return chance.choice((1, 2, 3, 4, 5, 6, 8, 10))


def _spelled(count: int, kind: str, language: Language, chance: Random) -> str:
    words = NUMBER_WORDS[language]
    return words[count] if kind and count in words and chance.random() < 0.08 else str(count)


def _slipped(row: Row, trade: Trade, chance: Random) -> Row:
    for _ in range(5):
        name = noise.with_a_slip(row.name, trade, chance)
        if name:
            return replace(row, name=name, is_slipped=True)
    return row
