"""Short labels: a product in the 24 characters of a WhatsApp list row, with its pack always kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import count

LONGEST = 24

# Words that a trader does not need to tell two products apart, dropped from the right when room is short.
_FILLERS = frozenset(
    {
        "noodles", "biscuit", "cookies", "chips", "snacks", "chocolate", "powder", "bottle", "pet", "pouch",
        "jar", "tin", "sack", "bag", "can", "sachet", "shampoo", "toothpaste", "soap", "cream", "drink",
        "drinking", "juice", "coffee", "tea", "masala", "instant", "iodized", "antiseptic", "dishwash", "laundry",
        "detergent", "dal", "rice", "packet", "refill", "pump", "ctc", "bundle",
        "hair", "oil", "cleaner", "mosquito", "sanitary", "wash", "flour",
    }
)  # fmt: skip
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_SMALLEST_PACKS = {"1pc", "1pkt", "1roll", ""}


def short_label(*, name: str, brand: str, pack_size: str, taken: Collection[str] = ()) -> str:
    """Brand, variant and pack in at most 24 characters; numbered when another product has that label already."""
    pack = _compact(pack_size)
    words = _without_pack(name, pack)
    label = next(
        (
            fitting
            for head in _ever_shorter(words, brand.split())
            if len(fitting := _join(head, pack)) <= LONGEST
        ),
        None,
    ) or _cut(" ".join(words), pack)
    if label not in taken:
        return label
    return next(numbered for number in count(2) if (numbered := _cut(label, f"({number})")) not in taken)


def _compact(pack_size: str) -> str:
    """`75 g` → `75g`, `12 x 15 g` → `12x15g`, `1 kg loose` → `loose`; nothing for a single piece."""
    if "loose" in pack_size:
        return "loose"
    packed = re.sub(r"\s+", "", pack_size)
    return "" if packed in _SMALLEST_PACKS else packed


def _without_pack(name: str, pack: str) -> list[str]:
    """The words of the name that do not repeat the pack (`75g`, the `15g` of `12x15g`, `6` of `Packet of 6`)."""
    single = pack.rpartition("x")[2]
    words = _IN_BRACKETS.sub("", name).split()
    kept = [word for word in words if word not in {pack, single}]
    text = re.sub(r"\s+of \d+$", "", " ".join(kept))
    return re.sub(r"\s+\d+ pcs$", "", text).split()


def _ever_shorter(words: list[str], brand: list[str]) -> Iterator[list[str]]:
    """The words in ever fewer letters.

    First without what stands before the brand, then without fillers, then with the brand shortened, last without it.
    """
    yield words
    start = _find(words, brand)
    if start:
        words, start = words[start:], 0
        yield words
    for position in reversed(range(len(words))):
        is_brand = start == 0 and position < len(brand)
        if words[position].lower() in _FILLERS and not is_brand and len(words) > 1:
            words = words[:position] + words[position + 1 :]
            yield words
    words = " ".join(words).replace(" & ", "&").split()
    brand = " ".join(brand).replace(" & ", "&").split()
    yield words
    if start == 0 and len(words) > len(brand):
        rest = words[len(brand) :]
        yield [_abbreviated(brand), *rest]
        if len(rest) > 1:
            yield rest


def _find(words: list[str], brand: list[str]) -> int | None:
    """Where the brand stands in the name."""
    for start in range(len(words) - len(brand) + 1):
        if words[start : start + len(brand)] == brand:
            return start
    return None


def _abbreviated(brand: list[str]) -> str:
    """`Wai Wai` → `WW`, `Head&Shoulders` → `H&S`, `Colgate` → `Colg.`; short brands stay."""
    if len(brand) > 1:
        return "".join(word[0] for word in brand)
    initials = re.sub(r"\B\w", "", brand[0])
    if "&" in initials:
        return initials
    return f"{brand[0][:4]}." if len(brand[0]) > 5 else brand[0]


def _join(head: list[str], pack: str) -> str:
    return " ".join([*head, pack]).strip()


def _cut(head: str, tail: str) -> str:
    room = LONGEST - len(tail) - 1
    return f"{head[:room].rstrip()} {tail}" if tail else head[:LONGEST].rstrip()
