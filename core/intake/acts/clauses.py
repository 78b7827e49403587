"""Clauses of a message: what stands between two breaks, with everything that a rule may ask about it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from functools import cached_property

from core.intake.acts.lexicon import exact_words
from core.intake.acts.types import Mood
from core.intake.acts.units import Unit, UnitKind
from core.intake.language.numbers import order_numbers
from core.intake.language.numerals import NumberKind, Numeral

LARGEST_LINE_NUMBER = 99
MOST_UNITS = 60
_ENDING = frozenset(".!?;")
_NEVER_LINES = frozenset({NumberKind.MONEY, NumberKind.RATE, NumberKind.RANGE})
_IN_PASSING = frozenset(",:+")
_NO = ("mood.neg", "talk.no")
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

    def says(self, name: str) -> bool:
        """Say whether a word of the list *name* in `words/exact.toml` stands here, letter by letter."""
        words = exact_words()[name]
        return any(unit.text in words for unit in self.units)

    @cached_property
    def denials(self) -> tuple[str, ...]:
        """The senses that deny: a word for no, and forms of verbs that say it is not so."""
        return tuple(sense for sense in self.senses if sense in _NO or sense.endswith(".not"))

    @cached_property
    def has_denied_verb(self) -> bool:
        return any(sense.endswith(".not") for sense in self.verb_senses)

    @property
    def is_denied(self) -> bool:
        return self.has("mood.neg") or self.has_denied_verb

    @property
    def is_question(self) -> bool:
        """Say whether it asks: by a question mark, or by a word that asks."""
        return self.is_asked or self.has("mood.asked")

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
    def counts(self) -> tuple[Unit, ...]:
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
    def unknown_words(self) -> tuple[Unit, ...]:
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
        """Give the bare small numbers, which may be lines of a printed list; none when another number stands here."""
        found: list[int] = []
        for unit in self.counts:
            lines = _lines_of(unit.numeral) if unit.numeral is not None else []
            if lines is None:
                return ()
            found += lines
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


def _lines_of(numeral: Numeral) -> list[int] | None:
    """Give the lines of a printed list that a number may name; None when it cannot name any."""
    reading = numeral.as_kind(NumberKind.LIST) or numeral.best
    if reading.unit is not None or reading.kind in _NEVER_LINES:
        return None
    values = reading.values if reading.kind is NumberKind.LIST else (reading.value,)
    lines = [int(value) for value in values if value is not None and is_line(value)]
    return lines if len(lines) == len(values) else None


def part(units: Sequence[Unit]) -> list[Clause]:
    """Part a message into clauses at signs, row ends and joining words. Nothing is lost but the signs."""
    clauses: list[Clause] = []
    row: list[Unit] = []
    strength = Break.SENTENCE
    for place, unit in enumerate(units):
        weight = _weight(units, place)
        if weight is Break.NONE:
            row.append(unit)
            continue
        if row:
            clauses.append(_clause(row, strength))
            row, strength = [], Break.JOINED
        strength = max(strength, weight) if clauses else Break.SENTENCE
        if unit.text == "?":
            _mark_asked(clauses)
    if row:
        clauses.append(_clause(row, strength))
    return clauses


def _clause(row: Sequence[Unit], before: Break) -> Clause:
    return Clause(units=tuple(row), before=before, start=row[0].start, end=row[-1].end)


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
    if unit.kind is UnitKind.WORD and unit.text in exact_words()["joining"]:
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


_OPENING_SIGNS = ("small.polite", "small.number_word")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Saying:
    """A clause with the senses that count for how it is said."""

    clause: Clause
    senses: frozenset[str]
    ignored: frozenset[str]

    def has(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)

    def has_form(self, form: str) -> bool:
        """Say whether a verb stands here in a form, denied or not."""
        return any(sense.startswith("v.") and sense.split(".")[2] == form for sense in self.senses)

    def has_verb(self, verb: str) -> bool:
        return any(sense.startswith(f"v.{verb}.") for sense in self.senses)

    @property
    def tenses(self) -> set[str]:
        return {_tense(unit, self.ignored) for unit in self.clause.units}


def mood_of(
    clause: Clause, *, ignoring: Iterable[str] = (), denial_counts: bool = True, future_counts: bool = True
) -> Mood:
    """Say how a clause is said. What moves nothing wins over what moves something."""
    ignored = frozenset(ignoring)
    saying = _Saying(clause=clause, senses=clause.senses - ignored, ignored=ignored)
    counts = {Mood.DENIED: denial_counts, Mood.FUTURE: future_counts}
    return next((mood for mood, holds in _MOODS if counts.get(mood, True) and holds(saying)), Mood.NOW)


def _is_reported(saying: _Saying) -> bool:
    return saying.has("mood.reported", "v.say.past") or _ends_as_hearsay(saying.clause)


def _is_conditional(saying: _Saying) -> bool:
    return saying.has("mood.if") or saying.has_form("if")


def _is_asked(saying: _Saying) -> bool:
    return (
        saying.clause.is_asked
        or saying.has("mood.asked", "mood.doubt", "mood.may")
        or _ends_as_question(saying.clause)
        or _is_inverted(saying.clause, saying.ignored)
    )


def _is_wished(saying: _Saying) -> bool:
    return saying.has("mood.wish") or saying.has_verb("want")


def _is_denied(saying: _Saying) -> bool:
    return saying.has("mood.neg") or any(sense.endswith(".not") for sense in saying.senses)


def _is_due(saying: _Saying) -> bool:
    return saying.has("mood.due") or saying.has_verb("must") or saying.has_form("due")


def _is_future(saying: _Saying) -> bool:
    is_timed = saying.has("mood.will", "mood.tomorrow", "mood.day_after", "mood.later")
    return is_timed or "future" in saying.tenses


def _is_done(saying: _Saying) -> bool:
    return "past" in saying.tenses


_MOODS: tuple[tuple[Mood, Callable[[_Saying], bool]], ...] = (
    (Mood.REPORTED, _is_reported),
    (Mood.CONDITIONAL, _is_conditional),
    (Mood.ASKED, _is_asked),
    (Mood.WISHED, _is_wished),
    (Mood.DENIED, _is_denied),
    (Mood.DUE, _is_due),
    (Mood.FUTURE, _is_future),
    (Mood.DONE, _is_done),
)


def asking(clause: Clause) -> Mood:
    """Say how something is asked for: the mood is asked, unless it is denied, told by others or conditional."""
    mood = mood_of(clause)
    return mood if mood in (Mood.DENIED, Mood.REPORTED, Mood.CONDITIONAL) else Mood.ASKED


def _ends_as_hearsay(clause: Clause) -> bool:
    """Say whether "are" stands last: there it is the Nepali word for hearsay, not the English verb."""
    words = clause.words
    hearsay = exact_words()["hearsay_at_the_end"]
    return len(words) > 1 and words[-1].text in hearsay and words[-1] is clause.units[-1]


def _ends_as_question(clause: Clause) -> bool:
    """Say whether "ki" or "kya" stands last, politeness aside."""
    asking = exact_words()["asking_at_the_end"]
    words = list(clause.words)
    while len(words) > 1 and words[-1].has("small.polite") and words[-1].text not in asking:
        words.pop()
    return len(clause.units) > 1 and bool(words) and words[-1].text in asking


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
