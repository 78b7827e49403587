"""Which goods of a parcel came back at the door: "chini bora firta pathayo", "but the sugar sack was sent back"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from bot.dialogue.reading.line_amounts import Countable, settle_amounts
from bot.dialogue.reading.line_numbers import CONTRASTS
from bot.dialogue.reading.words import is_said
from core.intake import service as intake
from core.intake.acts.chunks import Chunk, read_chunks
from core.intake.acts.types import LineAmount
from core.intake.language.numerals import NumberKind

_CONTRASTS = re.compile(rf"[,;\n.](?!\d)|{CONTRASTS.pattern}", re.IGNORECASE)
_JOINED = re.compile(r"\band\b|\bra\b|\baur\b|[+&]|(?<!\S)(?:र|और)(?!\S)", re.IGNORECASE)
_NOT_GOODS = re.compile(r"[0०][0-9०-९]{4}|\b[1-9][0-9]{3,6}\b|[१-९][०-९]{3,6}")
_NOT_TAKEN = ("v.take.past.not", "v.put.past.not")
_NOT_YET = (
    "mood.if",
    "mood.asked",
    "mood.doubt",
    "mood.later",
    "mood.tomorrow",
    "mood.day_after",
    "v.return.future",
)
_COUNTED = (NumberKind.COUNT, NumberKind.MEASURE)


def speaks_of_return(text: str) -> bool:
    """Whether some goods are said to have come back, or not to have been taken."""
    return any(_says_back(read_chunks(part)) for part in _CONTRASTS.split(text))


def tells_all(text: str) -> bool:
    """Whether a word for all of it stands there: "00322 sabai bujhaye"."""
    return any(chunk.has("is.full") for chunk in read_chunks(text))


def goods_back(session: Session, text: str, lines: Sequence[Countable]) -> dict[int, Decimal] | None:
    """By 0-based position, how much of a line came back; the whole line where no amount is said.

    Empty where no line is named: it may be the whole parcel. None where an amount doesn't fit its line.
    """
    amounts: list[LineAmount] = []
    for part in _CONTRASTS.split(_NOT_GOODS.sub(" ", text)):
        if not _says_back(read_chunks(part)):
            continue
        for piece in _JOINED.split(part):
            chunks = read_chunks(piece)
            name = " ".join(chunk.text for chunk in chunks if not chunk.senses and chunk.numeral is None)
            counted = [one for one in chunks if one.numeral and one.numeral.best.kind in _COUNTED]
            among = frozenset(line.sku for line in lines)
            if not name or not intake.goods_named(session, name, among=among):
                if counted:
                    return None
                continue
            if len(counted) > 1:
                return None
            best = counted[0].numeral.best if counted and counted[0].numeral else None
            amounts.append(
                LineAmount(name=name, count=best.value if best else None, unit=best.unit if best else None)
            )
    found = settle_amounts(session, amounts, lines) if amounts else {}
    if found is None or any(pieces > lines[at].quantity for at, pieces in found.items()):
        return None
    return {at: pieces for at, pieces in found.items() if pieces}


def _says_back(chunks: Sequence[Chunk]) -> bool:
    if any(chunk.has(*_NOT_YET) for chunk in chunks):
        return False
    if any(chunk.has(*_NOT_TAKEN) for chunk in chunks):
        return True
    took = any(_is_verb(chunk, "take") for chunk in chunks)
    is_denied = any(
        chunk.has("mood.neg") or any(s.endswith(".not") for s in chunk.senses) for chunk in chunks
    )
    if took and is_denied:
        return True
    is_back = any(_is_verb(chunk, "return") or is_said(chunk.text, "came_back") for chunk in chunks)
    return is_back and not is_denied


def _is_verb(chunk: Chunk, stem: str) -> bool:
    return any(sense.startswith(f"v.{stem}.") for sense in chunk.senses)
