"""Clauses of a message: what stands between two breaks, with everything that a rule may ask about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from functools import cached_property

from core.intake.acts.types import Mood
from core.intake.acts.units import Unit, UnitKind
from core.intake.language.numbers import order_numbers
from core.intake.language.numerals import NumberKind, Numeral

LARGEST_LINE_NUMBER = 99
MOST_UNITS = 60
_JOINING = frozenset(
    {
        "ra",
        "ani",
        "and",
        "aur",
        "tara",
        "tar",
        "but",
        "lekin",
        "plus",
        "र",
        "अनि",
        "और",
        "तर",
        "लेकिन",
        "then",
        "&",
        "tatha",
        "तथा",
        "evam",
    }
)
_ENDING = frozenset(".!?;")
_ASKING_AT_THE_END = frozenset({"ki", "कि", "की", "kya", "क्या"})
_IN_PASSING = frozenset(",:+")
# What changes nothing wherever it stands.
_NEUTRAL = (
    "small.polite",
    "small.func",
    "small.number_word",
    "small.people",
    "small.picture",
    "is.send_word",
)


class Break(IntEnum):
    """How strongly a clause is parted from the one before it."""

    NONE = 0
    JOINED = 1  # by "and", a comma or a colon
    ROW = 2
    SENTENCE = 3


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A stretch of a message. Not slotted: what rules ask about it is worked out once."""

    units: tuple[Unit, ...]
    before: Break
    is_asked: bool = False  # its sentence ends with a question mark
    # What another clause of the sentence says about this one: a condition, hearsay, a denial.
    moods: frozenset[str] = frozenset()
    is_doubted: bool = False
    has_joining_word: bool = False
    is_list: bool = False  # put together of several: "3 ra 6"
    start: int = 0
    end: int = 0

    @cached_property
    def senses(self) -> frozenset[str]:
        return frozenset(sense for unit in self.units for sense in unit.senses) | self.moods

    def has(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)

    def verb(self, *verbs: str, tense: str = "") -> bool:
        """Say whether one of the verbs stands here, in any tense or in *tense*, denied or not."""
        if not self.verb_senses:
            return False
        wanted = tuple(f"v.{verb}.{tense}" for verb in verbs)
        return any(sense.startswith(wanted) for sense in self.verb_senses)

    @cached_property
    def verb_senses(self) -> tuple[str, ...]:
        return tuple(sense for sense in self.senses if sense.startswith("v."))

    @cached_property
    def numerals(self) -> tuple[Numeral, ...]:
        return tuple(unit.numeral for unit in self.units if unit.numeral is not None)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(one.best.said for one in self.numerals if one.best.kind is NumberKind.CODE)

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """The numbers that can be orders', without those that are money or belong to goods."""
        return tuple(
            dict.fromkeys(
                number
                for unit in self.units
                if unit.numeral is not None
                for number in order_numbers(unit.numeral)
            )
        )

    @cached_property
    def invoices(self) -> tuple[str, ...]:
        return tuple(one.best.said for one in self.numerals if one.best.kind is NumberKind.INVOICE)

    @cached_property
    def names(self) -> tuple[Unit, ...]:
        return tuple(
            unit
            for unit in self.units
            if unit.numeral is not None and unit.numeral.best.kind is NumberKind.NAME
        )

    @cached_property
    def figures(self) -> tuple[Unit, ...]:
        """The numbers that count something: no order, code, date or name."""
        return tuple(
            unit
            for unit in self.units
            if unit.numeral is not None
            and unit.numeral.best.kind
            in (NumberKind.COUNT, NumberKind.MEASURE, NumberKind.LIST, NumberKind.RANGE, NumberKind.MONEY, NumberKind.RATE, NumberKind.ITEM)
            and not order_numbers(unit.numeral)
        )  # fmt: skip

    @cached_property
    def strangers(self) -> tuple[Unit, ...]:
        """The words that nothing explains: goods, people, or a word we do not know."""
        return tuple(unit for unit in self.units if unit.kind is UnitKind.WORD and not unit.senses)

    @cached_property
    def words(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.kind in (UnitKind.WORD, UnitKind.PICTURE))

    @property
    def is_neutral(self) -> bool:
        """Say whether nothing in it means anything."""
        return not self.numerals and all(unit.has(*_NEUTRAL) for unit in self.words)

    def left(self, *allowed: str) -> tuple[Unit, ...]:
        """Give the words that neither stand around nor belong to the senses that are *allowed* (prefixes)."""
        senses = (*_NEUTRAL, *allowed)
        return tuple(
            unit for unit in self.words if not any(sense.startswith(senses) for sense in unit.senses)
        )

    def small_numbers(self) -> tuple[int, ...]:
        """Give the bare small numbers, which may be lines of a printed list."""
        found: list[int] = []
        for unit in self.figures:
            if unit.numeral is None:
                continue
            reading = unit.numeral.as_kind(NumberKind.LIST) or unit.numeral.best
            values = reading.values if reading.kind is NumberKind.LIST else (reading.value,)
            if reading.unit is not None or reading.kind in (
                NumberKind.MONEY,
                NumberKind.RATE,
                NumberKind.RANGE,
            ):
                return ()
            if any(value is None or not is_line(value) for value in values):
                return ()
            found += [int(value) for value in values if value is not None]
        return tuple(found)

    @property
    def is_long(self) -> bool:
        """Say whether so much was put together that it is no sentence any more."""
        return len(self.units) > MOST_UNITS

    def joined(self, other: "Clause") -> "Clause":
        """Give this clause with the words of the next one."""
        return replace(
            self,
            units=(*self.units, *other.units),
            is_asked=self.is_asked or other.is_asked,
            moods=self.moods | other.moods,
            is_doubted=self.is_doubted or other.is_doubted,
            is_list=True,
            end=other.end,
        )


def is_line(value: Decimal) -> bool:
    return value == int(value) and 1 <= value <= LARGEST_LINE_NUMBER


def part(units: Sequence[Unit]) -> list[Clause]:
    """Part a message into clauses at signs, row ends and joining words. Nothing is lost but the signs."""
    clauses: list[Clause] = []
    row: list[Unit] = []
    strength, joined = Break.SENTENCE, False
    for place, unit in enumerate(units):
        weight = _weight(units, place)
        if weight is Break.NONE:
            row.append(unit)
            continue
        if row:
            clauses.append(_clause(row, strength, joined=joined))
            row, strength, joined = [], Break.JOINED, False
        strength = max(strength, weight) if clauses else Break.SENTENCE
        joined = joined or unit.text in _JOINING
        if unit.text == "?":
            _mark_asked(clauses)
    if row:
        clauses.append(_clause(row, strength, joined=joined))
    return clauses


def _clause(row: Sequence[Unit], before: Break, *, joined: bool) -> Clause:
    return Clause(
        units=tuple(row), before=before, has_joining_word=joined, start=row[0].start, end=row[-1].end
    )


def _mark_asked(clauses: list[Clause]) -> None:
    """A question mark asks about its whole sentence."""
    for place in range(len(clauses) - 1, -1, -1):
        clauses[place] = replace(clauses[place], is_asked=True)
        if clauses[place].before is Break.SENTENCE:
            return


def _weight(units: Sequence[Unit], place: int) -> Break:
    unit = units[place]
    if unit.kind is UnitKind.BREAK:
        return Break.ROW
    if unit.kind is UnitKind.SIGN:
        if unit.text in _IN_PASSING:
            return Break.JOINED
        if unit.text[0] in _ENDING:
            return Break.NONE if _is_short_form(units, place) else Break.SENTENCE
        return Break.NONE
    if unit.kind is UnitKind.WORD and unit.text in _JOINING:
        return Break.JOINED
    return Break.NONE


def _is_short_form(units: Sequence[Unit], place: int) -> bool:
    """Say whether a full stop belongs to "no." or "ref." before a number."""
    before = units[place - 1] if place else None
    after = units[place + 1] if place + 1 < len(units) else None
    return (
        units[place].text == "."
        and before is not None
        and after is not None
        and before.has("small.number_word", "is.reference", "is.line", "small.polite")
        and after.kind is UnitKind.NUMBER
    )


_FINAL_MOODS = (
    (Mood.REPORTED, ("mood.reported",)),
    (Mood.CONDITIONAL, ("mood.if",)),
    (Mood.ASKED, ("mood.asked", "mood.doubt", "mood.may")),
    (Mood.WISHED, ("mood.wish",)),
)
_OPENING_SIGNS = ("small.polite", "small.number_word")


def mood_of(
    clause: Clause, *, ignoring: Iterable[str] = (), denial_counts: bool = True, future_counts: bool = True
) -> Mood:
    """Say how a clause is said. What moves nothing wins over what moves something."""
    skipped = frozenset(ignoring)
    senses = clause.senses - skipped
    if "mood.reported" in senses or "v.say.past" in senses or _ends_as_hearsay(clause):
        return Mood.REPORTED
    if any(
        sense == "mood.if" or (sense.startswith("v.") and sense.split(".")[2] == "if") for sense in senses
    ):
        return Mood.CONDITIONAL
    if (
        clause.is_asked
        or _ends_as_question(clause)
        or senses & {"mood.asked", "mood.doubt", "mood.may"}
        or _is_inverted(clause, skipped)
    ):
        return Mood.ASKED
    if "mood.wish" in senses or any(sense.startswith("v.want.") for sense in senses):
        return Mood.WISHED
    if denial_counts and ("mood.neg" in senses or any(sense.endswith(".not") for sense in senses)):
        return Mood.DENIED
    if "mood.due" in senses or any(
        sense.startswith("v.must.") or (sense.startswith("v.") and sense.split(".")[2] == "due")
        for sense in senses
    ):
        return Mood.DUE
    tenses = {_tense(unit, skipped) for unit in clause.units}
    if future_counts and (
        senses & {"mood.will", "mood.tomorrow", "mood.day_after", "mood.later"} or "future" in tenses
    ):
        return Mood.FUTURE
    return Mood.DONE if "past" in tenses else Mood.NOW


def _ends_as_hearsay(clause: Clause) -> bool:
    """Say whether "are" stands last: there it is the Nepali word for hearsay, not the English verb."""
    words = clause.words
    return len(words) > 1 and words[-1].text == "are" and words[-1] is clause.units[-1]


def _ends_as_question(clause: Clause) -> bool:
    words = list(clause.words)
    while len(words) > 1 and words[-1].has("small.polite") and words[-1].text not in _ASKING_AT_THE_END:
        words.pop()
    return len(clause.units) > 1 and bool(words) and words[-1].text in _ASKING_AT_THE_END


def _is_inverted(clause: Clause, skipped: frozenset[str]) -> bool:
    """Say whether an English question begins here: "did you …", "can I …", "is 1042 …"."""
    if "mood.lead" in skipped:
        return False
    for place, unit in enumerate(clause.units):
        if unit.has("mood.lead"):
            # "did not come" tells; "did you come" asks.
            is_told = place + 1 < len(clause.units) and clause.units[place + 1].has("mood.neg")
            return not unit.has("talk.yes") and not is_told
        if unit.kind is UnitKind.NUMBER:
            return False
        if unit.kind is UnitKind.WORD and not unit.has(*_OPENING_SIGNS, "talk.yes", "talk.greeting"):
            return False
    return False


def _tense(unit: Unit, skipped: frozenset[str]) -> str:
    """Give the tense of a verb: of a form that may be several, the one that moves nothing."""
    tenses = {sense.split(".")[2] for sense in unit.senses if sense.startswith("v.") and sense not in skipped}
    return next((tense for tense in ("future", "past", "command", "bare") if tense in tenses), "")
