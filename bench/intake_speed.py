"""Speed of the order reader beside plain fuzzy matching, on the same texts in the same run.

usage: python -m bench.intake_speed [--texts 300]
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import fuzz, process

from core.intake.catalogue.csv_file import entries_from_csv
from core.intake.catalogue.indexing import build_index
from core.intake.language.lexicon import lexicon
from core.intake.reader import read_message
from core.intake.reading import CatalogEntry, Role

DATA = Path(__file__).parent.parent / "tests" / "data" / "intake"
SIZES = (5_000, 50_000)
VARIANTS = [
    "classic",
    "gold",
    "premium",
    "royal",
    "fresh",
    "natural",
    "super",
    "extra",
    "light",
    "rich",
    "original",
    "special",
    "family",
    "strong",
    "mild",
    "sweet",
    "crunchy",
    "silky",
    "pure",
    "herbal",
    "golden",
    "silver",
    "diamond",
    "everyday",
    "select",
    "choice",
    "magic",
    "power",
    "quick",
    "easy",
    "smart",
    "soft",
    "bright",
    "clean",
    "cool",
    "warm",
]
PACKS = (
    ("75 g", "pkt", 30), ("100 g", "pcs", 48), ("200 g", "pkt", 36), ("250 ml", "btl", 24), ("500 g", "pkt", 24), ("500 ml", "btl", 24),
    ("1 kg", "pkt", 12), ("1 L", "btl", 12), ("1.5 L", "btl", 12), ("5 kg", "bag", 4), ("5 L", "jar", 4), ("15 L", "tin", 1), ("25 kg", "sack", 1),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=300)
    wanted = parser.parse_args().texts
    real = entries_from_csv(DATA / "catalog.csv")
    texts = [
        json.loads(row)["text"]
        for path in sorted(DATA.glob("*.jsonl"))
        for row in path.read_text("utf-8").splitlines()
    ]
    chance = random.Random(7)
    print(f"{'products':>9} {'index s':>8} {'reader ms':>22} {'WRatio ms':>22}   texts")
    print(f"{'':>9} {'':>8} {'median':>10} {'p99':>11} {'median':>10} {'p99':>11}")
    for entries in (real, *(generated(real, size, chance) for size in SIZES)):
        own = [_order(entries, chance) for _ in range(wanted // 2)]
        mixed = [*chance.sample(texts, wanted - len(own)), *own]
        started = time.thread_time()
        index = build_index(entries)
        built = time.thread_time() - started
        names = [entry.name for entry in entries]
        read = _timed(mixed, lambda text, index=index: read_message(text, role=Role.RETAILER, index=index))
        plain = _timed(
            mixed[:: max(1, len(entries) // 2_000)],
            lambda text, names=names: process.extractOne(text, names, scorer=fuzz.WRatio),
        )
        print(
            f"{len(entries):>9} {built:>8.2f} {read[0]:>10.2f} {read[1]:>11.2f} {plain[0]:>10.2f} {plain[1]:>11.2f}   {len(mixed)}"
        )


def _timed(texts: list[str], act: Callable[[str], object]) -> tuple[float, float]:
    taken = []
    for text in texts:
        started = time.thread_time()
        act(text)
        taken.append((time.thread_time() - started) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[-1] if len(taken) > 1 else taken[0]


def generated(real: list[CatalogEntry], size: int, chance: random.Random) -> list[CatalogEntry]:
    """Make a catalogue of real words: brands from places and from the real brands, goods from the words of the language."""
    goods = sorted({group[0] for group in lexicon().goods})
    stems = sorted(
        {place for place in lexicon().places if place.isascii() and len(place) > 3}
        | {entry.brand.split()[0].lower() for entry in real}
    )
    brands = [
        f"{one}{chance.choice(('', ' star', ' agro', ' foods', 'co', 'ex', 'vita'))}".title() for one in stems
    ]
    brands += [
        f"{one} {other}".title() for one, other in zip(stems, chance.sample(stems, len(stems)), strict=True)
    ]
    entries = list(real)
    while len(entries) < size:
        brand, noun = chance.choice(brands), chance.choice(goods)
        pack, unit, case = chance.choice(PACKS)
        name = f"{brand} {chance.choice(VARIANTS).title()} {chance.choice(VARIANTS).title()} {noun.title()} {pack.replace(' ', '')}"
        entries.append(
            CatalogEntry(
                sku=f"P{len(entries):06d}", name=name, brand=brand, category=noun.title(), unit=unit, pack_size=pack,
                case_qty=case, price_minor=chance.randrange(1000, 500_000, 500),
            )
        )  # fmt: skip
    return entries


def _order(entries: list[CatalogEntry], chance: random.Random) -> str:
    """Write an order of one to six lines for goods of the catalogue, with a slip of the finger here and there."""
    rows = []
    for entry in chance.sample(entries, chance.randint(1, 6)):
        name = entry.name.lower()
        if chance.random() < 0.3:
            place = chance.randrange(1, len(name))
            name = name[:place] + name[place + 1 :]
        rows.append(
            f"{name} {chance.randint(1, 20)} {chance.choice(('carton', 'ota', 'darjan', 'peti', ''))}".strip()
        )
    return chance.choice((", ", "\n", " ra ")).join(rows)


if __name__ == "__main__":
    main()
