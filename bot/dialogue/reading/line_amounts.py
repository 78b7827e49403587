"""Reads amounts for numbered lines: "1 ko 48", "48 matra", "chini 3 kg, 2 chaina"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from sqlalchemy.orm import Session

from bot.dialogue.reading.line_numbers import CLAUSES, CONTRASTS, plain_digits, unit_named
from bot.dialogue.reading.words import is_said, phrases, plain_words
from core.catalog import queries as catalog
from core.catalog.errors import QuantityNotWhole
from core.intake import service as intake
from core.intake.acts.chunks import read_chunks
from core.intake.acts.types import Act, ActKind, LineAmount
from core.intake.reading import Unit
from core.orders.views import LineView
from core.quantity import LARGEST, ZERO_QUANTITY, quantity
from core.refs import ProductId

_NUMBER = re.compile(r"\d+(?:\.\d{1,3})?")
_PARTS = re.compile(r"[,;\n]")
# "5 0", "5: 0", "5 ko 0"; before the first pair may stand the order's number.
_PAIR = re.compile(
    r"(?:#?[1-9]\d{3,5}[\s:-]+)?(\d{1,2})(?:\s*[ :=]\s*|\s+(?:number\s+|nambar\s+|नम्बर\s+)?(?:ko|ka|ma|को|मा)\s+)(\d{1,6}(?:\.\d{1,3})?)"
)
_CONTRASTS = re.compile(
    rf"{CLAUSES.pattern}|{CONTRASTS.pattern}"
    # "chini chaina baki sabai pathauchu"
    rf"|(?<=\S)\s+(?=(?:{'|'.join(map(re.escape, phrases('claim_rest')))})(?!\S))",
    re.IGNORECASE,
)
# A condition, a doubt or a day: then it is no answer to the offer as it stands.
_UNSURE = (
    "mood.if",
    "mood.asked",
    "mood.doubt",
    "mood.wish",
    "mood.tomorrow",
    "mood.day_after",
    "mood.later",
    "mood.said",
)
_SMALL_WORDS = ("amount_small_words", "only")


class Countable(Protocol):
    """A line of a message that numbers its lines."""

    @property
    def sku(self) -> str: ...

    @property
    def quantity(self) -> Decimal: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clause:
    numbers: tuple[Decimal, ...]
    unit: Unit | None
    is_none: bool
    # What remains without numbers, units and small words: the name of the goods, if anything.
    name: str


def part_amounts(
    session: Session,
    text: str,
    lines: Sequence[Countable],
    *,
    short_code: int,
    small_words: Sequence[str] = (),
) -> dict[int, Decimal] | None:
    """By 0-based position, how much of a line is meant. None if a word or a number remains unexplained.

    A number without a line is accepted only if it fits exactly one line. *small_words* are more groups of words to
    ignore.
    """
    found: dict[int, Decimal] = {}
    for part in CLAUSES.split(_without_code(plain_digits(text), short_code)):
        if not part.strip():
            continue
        settled = _settle(session, _read(part, (*_SMALL_WORDS, *small_words)), lines)
        if settled is None:
            return None
        found[settled[0]] = settled[1]
    return found or None


def lines_told_apart(
    session: Session, text: str, lines: Sequence[Countable], *, short_code: int
) -> dict[int, Decimal] | None:
    """By 0-based position, how much of each line is given: "wai wai dinchu, chini chaina", "1 lyaideu 4, 2 chaina, baki sabai".

    None unless every word is explained, each line is named once or is of the rest ("aru sabai dinchu"), and some line is
    given and some is not, or not whole. Of goods that are joined ("chamal ra nun dinchu") the last one's word holds for
    all of them.
    """
    told = _Told(session=session, lines=lines)
    if "?" in text or any(chunk.has(*_UNSURE) for chunk in read_chunks(text)):
        return None
    for part in _CONTRASTS.split(_without_code(_in_figures(text), short_code)):
        if part.strip() and not told.takes(part):
            return None
    return told.whole_answer()


@dataclass(slots=True)
class _Told:
    """What is said of each line so far."""

    session: Session
    lines: Sequence[Countable]
    found: dict[int, Decimal] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)  # named, and not yet given or denied
    is_rest_given: bool = False
    says_yes_or_no: bool = False

    def takes(self, part: str) -> bool:
        """Take the next piece of the text; False where it isn't explained."""
        words = plain_words(part).split()
        given = any(is_said(word, "line_given") for word in words)
        # "is not available": what denies counts.
        denied = any(is_said(word, "line_not_given") for word in words)
        self.says_yes_or_no |= given or denied
        if any(character.isdigit() for character in part):
            return not self.waiting and self._takes_amount(part, is_denied=denied)
        naming = [word for word in words if not _is_beside_line(word)]
        if not (naming or given or denied):
            return True  # "1001 ko", before "baki dinchu"
        is_all = any(is_said(word, "claim_all") for word in words)
        if (given or is_all) and not denied and self.found and _is_rest(naming):
            self.is_rest_given = True
            return True
        position = _named(self.session, " ".join(naming), self.lines)
        if position is None:
            return False
        self.waiting.append(position)
        if given or denied:
            self.found |= {one: ZERO_QUANTITY if denied else self.lines[one].quantity for one in self.waiting}
            self.waiting = []
        return True

    def _takes_amount(self, part: str, *, is_denied: bool) -> bool:
        """Take "chini 3 kg", "1 lyaideu 4", or what isn't there: "2 chaina" is all of line 2, "coke 1 peti chaina" if that is all of it."""
        clause = _read(part, (*_SMALL_WORDS, "line_given", "line_not_given", "line_small_words"))
        clause = replace(clause, is_none=is_denied and not clause.name)
        settled = (
            _settle(self.session, clause, self.lines)
            if clause.name or is_denied or len(clause.numbers) > 1
            else None
        )
        if settled is None or settled[0] in self.found:
            return False
        at, much = settled
        if is_denied and much not in (ZERO_QUANTITY, self.lines[at].quantity):
            return False
        self.found[at] = ZERO_QUANTITY if is_denied else min(much, self.lines[at].quantity)
        return True

    def whole_answer(self) -> dict[int, Decimal] | None:
        found = self.found
        if self.is_rest_given:
            found = {at: line.quantity for at, line in enumerate(self.lines)} | found
        is_told_apart = any(much > ZERO_QUANTITY for much in found.values()) and any(
            much < self.lines[at].quantity for at, much in found.items()
        )
        is_whole = len(found) == len(self.lines) and not self.waiting
        return found if is_told_apart and is_whole and self.says_yes_or_no else None


def _in_figures(text: str) -> str:
    """The text with plain digits, also for numbers in words: "euta" is 1."""
    written = plain_digits(text)
    for chunk in reversed(read_chunks(written)):
        if chunk.numeral is not None and not chunk.numeral.is_digits and chunk.numeral.best.unit is None:
            value = chunk.numeral.value
            written = written if value is None else f"{written[: chunk.start]}{value:f}{written[chunk.end :]}"
    return written


def _is_rest(words: Sequence[str]) -> bool:
    """Whether the words are all the other lines: "aru sabai pathauchu", "baki dinchu"."""
    return bool(words) and all(
        any(is_said(word, group) for group in ("rest_else", "claim_rest", "claim_all")) for word in words
    )


def _is_beside_line(word: str) -> bool:
    return any(is_said(word, group) for group in ("line_given", "line_not_given", "line_small_words"))


def _without_code(text: str, short_code: int) -> str:
    return re.sub(rf"(?<!\d)#?{short_code}(?!\d)", " ", text)


def _read(part: str, small_words: Sequence[str]) -> _Clause:
    numbers = tuple(Decimal(number) for number in _NUMBER.findall(part))
    unit, is_none, name = None, False, []
    for word in plain_words(_NUMBER.sub(" ", part)).split():
        counted = unit_named(word)
        if counted is not None:
            unit = counted
        elif is_said(word, "none"):
            is_none = True
        elif not any(is_said(word, group) for group in small_words):
            name.append(word)
    return _Clause(numbers=numbers, unit=unit, is_none=is_none, name=" ".join(name))


def _settle(session: Session, clause: _Clause, lines: Sequence[Countable]) -> tuple[int, Decimal] | None:
    if clause.name:
        position = _named(session, clause.name, lines)
        if position is None or len(clause.numbers) > 1:
            return None
        return _amount(session, clause, clause.numbers, lines, position)
    match clause.numbers:
        case (line, *rest) if len(rest) == 1 or (clause.is_none and not rest):
            if line != int(line) or not 1 <= line <= len(lines):
                return None
            return _amount(session, clause, rest, lines, int(line) - 1)
        case (number,):
            return _only_fitting(session, clause, number, lines)
        case _:
            return None


def _named(session: Session, name: str, lines: Sequence[Countable]) -> int | None:
    skus = intake.goods_named(session, name, among=frozenset(line.sku for line in lines))
    positions = [position for position, line in enumerate(lines) if line.sku in skus]
    return positions[0] if len(positions) == 1 else None


def _only_fitting(
    session: Session, clause: _Clause, number: Decimal, lines: Sequence[Countable]
) -> tuple[int, Decimal] | None:
    """The only line that this number and unit fit; a line with a smaller quantity doesn't."""
    fitting = []
    for position, line in enumerate(lines):
        settled = _amount(session, clause, (number,), lines, position)
        if settled is not None and settled[1] <= line.quantity:
            fitting.append(settled)
    return fitting[0] if len(fitting) == 1 and (clause.unit or len(lines) == 1) else None


def _amount(
    session: Session,
    clause: _Clause,
    numbers: Sequence[Decimal],
    lines: Sequence[Countable],
    position: int,
) -> tuple[int, Decimal] | None:
    if clause.is_none:
        return None if numbers else (position, ZERO_QUANTITY)
    if not numbers or numbers[0] > LARGEST:
        return None
    if clause.unit is None or not numbers[0]:
        return position, quantity(numbers[0])
    pieces = intake.base_pieces(session, lines[position].sku, numbers[0], clause.unit)
    return None if pieces is None else (position, pieces)


def amounts_of(act: Act) -> tuple[LineAmount, ...]:
    """The amounts that an act gives for lines: its own, or a lone number with the goods beside it.

    Goods that are sold out mean an amount of zero.
    """
    if act.kind is ActKind.SOLD_OUT:
        return (LineAmount(name=act.goods, count=ZERO_QUANTITY),) if act.goods else ()
    if pairs := _pairs(act.text):
        return pairs
    if act.amounts:
        return act.amounts
    if act.kind is ActKind.NUMBER and act.number is not None:
        return (LineAmount(name=act.goods, count=act.number, unit=act.unit),)
    if act.kind is ActKind.CHOICE and len(act.lines) == 1:
        return (LineAmount(count=Decimal(act.lines[0])),)
    return ()


def _pairs(text: str) -> tuple[LineAmount, ...]:
    """Pairs of numbers and nothing else: "1 30, 2 0" is thirty of line 1 and none of line 2."""
    found = []
    for part in _PARTS.split(plain_digits(text)):
        pair = _PAIR.fullmatch(part.strip())
        if pair is None:
            return ()
        found.append(LineAmount(line=int(pair.group(1)), count=Decimal(pair.group(2))))
    return tuple(found)


def settle_amounts(
    session: Session, amounts: Sequence[LineAmount], lines: Sequence[Countable]
) -> dict[int, Decimal] | None:
    """By 0-based position, how many base pieces of a line are meant. None unless every amount fits exactly one line."""
    found: dict[int, Decimal] = {}
    for amount in amounts:
        settled = _settle_amount(session, amount, lines)
        if settled is None or found.get(settled[0], settled[1]) != settled[1]:
            return None
        found[settled[0]] = settled[1]
    return found or None


def line_in_parts(session: Session, taken: Iterable[tuple[LineView, Decimal]]) -> LineView | None:
    """The first line of which a part of a piece is meant although its goods are sold whole: 1.5 packets."""
    for line, much in taken:
        try:
            catalog.check_taken_off(session, [(ProductId(line.product_id), much, line.quantity)])
        except QuantityNotWhole:
            return line
    return None


def _settle_amount(
    session: Session, amount: LineAmount, lines: Sequence[Countable]
) -> tuple[int, Decimal] | None:
    if amount.line is not None:
        positions = [amount.line - 1] if 1 <= amount.line <= len(lines) else []
    elif amount.name:
        named = _named(session, amount.name, lines)
        positions = [] if named is None else [named]
    else:
        positions = list(range(len(lines)))
    fitting = []
    for position in positions:
        pieces = _pieces(session, amount, lines[position])
        if pieces is not None and (len(positions) == 1 or pieces <= lines[position].quantity):
            fitting.append((position, pieces))
    is_told = amount.line is not None or bool(amount.name) or amount.unit is not None or len(lines) == 1
    return fitting[0] if len(fitting) == 1 and is_told else None


def _pieces(session: Session, amount: LineAmount, line: Countable) -> Decimal | None:
    """How many base pieces of this line are meant: all, all less the number, or the number itself."""
    if amount.count is None:
        return line.quantity
    if amount.count > LARGEST or amount.count < ZERO_QUANTITY:
        return None
    pieces: Decimal | None = quantity(amount.count)
    if amount.unit is not None and amount.count:
        pieces = intake.base_pieces(session, line.sku, amount.count, amount.unit)
    if pieces is None or not amount.is_less:
        return pieces
    return line.quantity - pieces if pieces <= line.quantity else None
