"""What became of each row: right, wrong, asked about, named back, or lost."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from core.intake.reader import read_message
from core.intake.reading import EditKind, Reading, Role
from tests.generation.goods import trades
from tests.generation.layouts import Row
from tests.generation.lists import ShopList


class Fate(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    ASKED = "asked"
    NAMED_BACK = "named back"
    LOST = "lost"


def read(text: str, trade: str) -> Reading:
    return read_message(text, role=Role.RETAILER, index=trades()[trade].index)


def carted(reading: Reading) -> dict[str, Decimal]:
    """Return what the reading would put into the basket, an edit's new quantity included."""
    said = [(line.sku, line.quantity) for line in reading.lines]
    said += [
        (edit.sku, edit.quantity)
        for edit in reading.edits
        if edit.kind is EditKind.SET and edit.sku and edit.quantity is not None
    ]
    return summed(said)


def summed(said: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for sku, quantity in said:
        found[sku] = found.get(sku, Decimal(0)) + quantity
    return found


def judge(written: ShopList, reading: Reading) -> list[tuple[Row | None, Fate]]:
    """Return each row with its fate, and (None, wrong) for each thing carted that nobody asked for."""
    got = carted(reading)
    fates: list[tuple[Row | None, Fate]] = [(row, _fate(row, got, reading)) for row in written.rows]
    fates += [(None, Fate.WRONG) for sku in got if sku not in written.answer]
    return fates


def is_wrong(written: ShopList) -> bool:
    return any(fate is Fate.WRONG for _, fate in judge(written, read(written.text, written.trade)))


def is_lost(written: ShopList) -> bool:
    return any(fate is Fate.LOST for _, fate in judge(written, read(written.text, written.trade)))


def _fate(row: Row, got: Mapping[str, Decimal], reading: Reading) -> Fate:
    if row.sku in got:
        return Fate.RIGHT if got[row.sku] == row.quantity else Fate.WRONG
    words = _words(row.name)
    if any(
        row.sku in question.candidates or words & _words(question.source_text)
        for question in reading.questions
    ):
        return Fate.ASKED
    return Fate.NAMED_BACK if _is_named(words, reading.unread) else Fate.LOST


def _is_named(words: set[str], unread: Sequence[str]) -> bool:
    return any(words & _words(text) for text in unread)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}|[\u0900-\u097f]{2,}", text.lower()))
