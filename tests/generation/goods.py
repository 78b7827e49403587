"""Catalogues, and for each product names that no other product of the catalogue could be meant by."""

import csv
import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random  # noqa: TID251 - each list is made from its own seed

from core.intake.catalogue.csv_file import entries_from_csv
from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.indexing import build_index
from core.intake.reading import CatalogEntry

ROOT = Path(__file__).parents[2]
TRADES = ROOT / "tests" / "data" / "trades"
KIRANA = ROOT / "tests" / "data" / "intake" / "catalog.csv"
KIRANA_NEPALI = ROOT / "core" / "seeds" / "data" / "nepali.csv"
CONTAINERS = frozenset({"box", "strip", "bundle", "crate", "carton"})
"""Units that hold pieces of their own: a bare number beside them may count either, so it has no known answer."""
BULK = frozenset({"sack", "crate", "carton"})
CHUNK = re.compile(
    r"\([^)]*\)|(?:Packet|Crate|Bundle|Box) of \d+|No\. ?\d+|\d[\d.x/]*(?: ?(?:sq mm|gsm|pages?|inch|micron|shades?|colours?|pcs|pads|sheets?))?(?![\w.])|\S+",
    re.IGNORECASE,
)
WORD = re.compile(r"\d+(?:\.\d+)?[a-z]*|[a-z']+|[\u0900-\u097f]+")
JOINS = frozenset({"&", "and", "to", "ko", "x"})
SAYS_LITTLE = frozenset(
    {
        "inch",
        "page",
        "pages",
        "gsm",
        "sheets",
        "micron",
        "shades",
        "colours",
        "pack",
        "box",
        "set",
        "small",
        "large",
        "medium",
    }
)
PACK_WORDS = frozenset(
    {
        "sack",
        "bag",
        "crate",
        "carton",
        "coil",
        "jar",
        "tin",
        "pouch",
        "packet",
        "box",
        "bottle",
        "pet",
        "(loose)",
        "(piece)",
        "(bundle)",
    }
)


@dataclass(frozen=True, kw_only=True)
class Goods:
    """One product, with the words that anybody could name it by."""

    entry: CatalogEntry
    words: frozenset[str]

    @property
    def is_loose(self) -> bool:
        return self.entry.unit == "kg"

    @property
    def holds_pieces(self) -> bool:
        """Whether a bare number may count the product or the pieces in it."""
        return self.entry.unit in CONTAINERS or (self.entry.unit == "jar" and "pcs" in self.entry.pack_size)


@dataclass(frozen=True, kw_only=True)
class Trade:
    name: str
    goods: tuple[Goods, ...]
    index: CatalogIndex

    def others_named_by(self, words: frozenset[str], goods: Goods) -> bool:
        """Say whether another product could be meant by *words*; a sack of the same loose goods is told apart by its unit."""
        return any(
            words <= other.words and not (goods.is_loose and other.entry.unit in BULK)
            for other in self.goods
            if other is not goods
        )


def words_of(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(re.sub(r"(\d) ?(k?g|ml|l|w|a|mm|cm|m|gb|mah)\b", r"\1\2", text.lower())))


@cache
def trades() -> dict[str, Trade]:
    found = {"kirana": _trade("kirana", _with_nepali(entries_from_csv(KIRANA)))}
    for folder in sorted(TRADES.iterdir()):
        found[folder.name] = _trade(folder.name, entries_from_csv(folder / "catalog.csv"))
    return found


def full_name(goods: Goods) -> str:
    return _said(_chunks(goods))


def name_in_latin(goods: Goods, trade: Trade, chance: Random) -> str:
    """Return the name with up to two describing words left out, as far as it still names one product only."""
    chunks = _chunks(goods)
    if goods.entry.unit != "pcs":
        packing = {at for at, chunk in enumerate(chunks) if chunk.lower() in PACK_WORDS}
        chunks = _without(chunks, packing, goods, trade)
    brand = set(goods.entry.brand.lower().split()) if goods.entry.brand != "Local" else set()
    for _ in range(chance.choice((0, 1, 2))):
        at = chance.randrange(len(chunks))
        beside_ko = "ko" in chunks[max(at - 1, 0) : at + 2]
        if chunks[at].lower() not in brand and not beside_ko:
            chunks = _without(chunks, {at}, goods, trade)
    return _said(chunks)


def name_in_nepali(goods: Goods, trade: Trade) -> str | None:
    """Return the Nepali name when it names one product only."""
    name = goods.entry.name_ne
    if not name or trade.others_named_by(words_of(name), goods):
        return None
    return re.sub(r"[()]", "", name)


def choose(trade: Trade, count: int, chance: Random) -> list[Goods]:
    return chance.sample(trade.goods, count)


def _said(chunks: list[str]) -> str:
    return " ".join(chunk.strip("()") for chunk in chunks)


def _chunks(goods: Goods) -> list[str]:
    return [
        chunk for chunk in CHUNK.findall(goods.entry.name) if chunk not in {"(loose)", "(piece)", "(bundle)"}
    ]


def _without(chunks: list[str], places: set[int], goods: Goods, trade: Trade) -> list[str]:
    left = [chunk for at, chunk in enumerate(chunks) if at not in places]
    words = words_of(" ".join(left))
    telling = _telling(words)
    if not telling:
        return chunks
    says_enough = len(telling) > 1 or telling == _telling(words_of(" ".join(chunks))) - PACK_WORDS
    is_whole = left[0] not in JOINS and left[-1] not in JOINS
    return left if says_enough and is_whole and not trade.others_named_by(words, goods) else chunks


def _telling(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) > 2 and word[0].isalpha()) - SAYS_LITTLE


def _trade(name: str, entries: Iterable[CatalogEntry]) -> Trade:
    kept = tuple(entries)
    goods = tuple(
        Goods(
            entry=entry,
            words=words_of(
                " ".join((entry.name, entry.name_ne, entry.brand, entry.pack_size, *entry.aliases))
            ),
        )
        for entry in kept
    )
    return Trade(name=name, goods=goods, index=build_index(kept))


def _with_nepali(entries: Iterable[CatalogEntry]) -> list[CatalogEntry]:
    with KIRANA_NEPALI.open(encoding="utf-8", newline="") as rows:
        nepali = {row["sku"]: row for row in csv.DictReader(rows)}
    return [
        dataclasses.replace(
            entry,
            name_ne=nepali[entry.sku]["name_ne"],
            aliases=tuple(words for words in nepali[entry.sku]["aliases"].split(";") if words),
        )
        if entry.sku in nepali
        else entry
        for entry in entries
    ]
