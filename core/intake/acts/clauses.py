"""Clauses of a message: what stands between two breaks, with everything that a rule may ask about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from functools import cached_property

from core.intake.acts.chunks import Chunk, ChunkKind
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Mood
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
    "small.month",
    "small.because",
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

    chunks: tuple[Chunk, ...]
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
        return self.moods.union(*(chunk.senses for chunk in self.chunks))

    def has(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)

    def verb(self, *verbs: str, tense: str = "") -> bool:
        """Say whether one of the verbs stands here, in any tense or in *tense*, denied or not."""
        for verb in verbs:
            for one in self.tenses.get(verb, ()):
                if one.startswith(tense):
                    return True
        return False

    def says(self, name: str) -> bool:
        """Say whether a word of the list *name* in `words/exact.toml` stands here, letter by letter."""
        words = exact_words()[name]
        return any(chunk.text in words for chunk in self.chunks)

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
    def tenses(self) -> Mapping[str, Sequence[str]]:
        """The verbs that stand here, each with its tenses: "past", or "past.not" for a form that denies."""
        found: dict[str, list[str]] = {}
        for sense in self.verb_senses:
            _, verb, tense = sense.split(".", 2)
            found.setdefault(verb, []).append(tense)
        return found

    @cached_property
    def verb_senses(self) -> tuple[str, ...]:
        return tuple(sense for sense in self.senses if sense.startswith("v."))

    @cached_property
    def numerals(self) -> tuple[Numeral, ...]:
        return tuple(chunk.numeral for chunk in self.chunks if chunk.numeral is not None)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(one.best.said for one in self.numerals if one.best.kind is NumberKind.CODE)

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """The numbers that can be orders', without those that are money or belong to goods."""
        return tuple(
            dict.fromkeys(
                number
                for chunk in self.chunks
                if chunk.numeral is not None
                for number in order_numbers(chunk.numeral)
            )
        )

    @cached_property
    def invoices(self) -> tuple[str, ...]:
        return tuple(one.best.said for one in self.numerals if one.best.kind is NumberKind.INVOICE)

    @cached_property
    def names(self) -> tuple[Chunk, ...]:
        return tuple(
            chunk
            for chunk in self.chunks
            if chunk.numeral is not None and chunk.numeral.best.kind is NumberKind.NAME
        )

    @cached_property
    def counts(self) -> tuple[Chunk, ...]:
        """The numbers that count something: no order, code, date or name."""
        return tuple(
            chunk
            for chunk in self.chunks
            if chunk.numeral is not None
            and chunk.numeral.best.kind
            in (NumberKind.COUNT, NumberKind.MEASURE, NumberKind.LIST, NumberKind.RANGE, NumberKind.MONEY, NumberKind.RATE, NumberKind.ROW_NUMBER)
            and not order_numbers(chunk.numeral)
        )  # fmt: skip

    @cached_property
    def unknown_words(self) -> tuple[Chunk, ...]:
        """The words that nothing explains: goods, people, or a word we do not know."""
        return tuple(chunk for chunk in self.chunks if chunk.kind is ChunkKind.WORD and not chunk.senses)

    @cached_property
    def words(self) -> tuple[Chunk, ...]:
        return tuple(chunk for chunk in self.chunks if chunk.kind in (ChunkKind.WORD, ChunkKind.PICTURE))

    @property
    def is_neutral(self) -> bool:
        """Say whether nothing in it means anything."""
        return not self.numerals and all(chunk.has(*_NEUTRAL) for chunk in self.words)

    def left(self, *allowed: str) -> tuple[Chunk, ...]:
        """Give the words that neither stand around nor belong to the senses that are *allowed* (prefixes)."""
        senses = (*_NEUTRAL, *allowed)
        return tuple(
            chunk for chunk in self.words if not any(sense.startswith(senses) for sense in chunk.senses)
        )

    def small_numbers(self) -> tuple[int, ...]:
        """Give the bare small numbers, which may be lines of a printed list; none when another number stands here."""
        found: list[int] = []
        for chunk in self.counts:
            lines = _lines_of(chunk.numeral) if chunk.numeral is not None else []
            if lines is None:
                return ()
            found += lines
        return tuple(found)

    @property
    def is_long(self) -> bool:
        """Say whether so much was put together that it is no sentence any more."""
        return len(self.chunks) > MOST_UNITS

    def joined(self, other: "Clause") -> "Clause":
        """Give this clause with the words of the next one."""
        return replace(
            self,
            chunks=(*self.chunks, *other.chunks),
            is_asked=self.is_asked or other.is_asked,
            moods=self.moods | other.moods,
            is_doubted=self.is_doubted or other.is_doubted,
            is_list=True,
            end=other.end,
        )


def is_line(value: Decimal) -> bool:
    """Say whether a number may be a line of a printed list: whole, from 1 to 99."""
    return value == int(value) and 1 <= value <= LARGEST_LINE_NUMBER


def _lines_of(numeral: Numeral) -> list[int] | None:
    """Give the lines of a printed list that a number may name; None when it cannot name any."""
    reading = numeral.as_kind(NumberKind.LIST) or numeral.best
    if reading.unit is not None or reading.kind in _NEVER_LINES:
        return None
    values = reading.values if reading.kind is NumberKind.LIST else (reading.value,)
    lines = [int(value) for value in values if value is not None and is_line(value)]
    return lines if len(lines) == len(values) else None


def split_into_clauses(chunks: Sequence[Chunk]) -> list[Clause]:
    """Split a message into clauses at signs, row ends and joining words. Nothing is lost but the signs."""
    clauses: list[Clause] = []
    row: list[Chunk] = []
    strength = Break.SENTENCE
    joining = exact_words()["joining"]
    for place, chunk in enumerate(chunks):
        weight = _weight(chunks, place, joining)
        if weight is Break.NONE:
            row.append(chunk)
            continue
        if row:
            clauses.append(_clause(row, strength))
            row, strength = [], Break.JOINED
        strength = max(strength, weight) if clauses else Break.SENTENCE
        if chunk.text == "?":
            _mark_asked(clauses)
    if row:
        clauses.append(_clause(row, strength))
    return clauses


def _clause(row: Sequence[Chunk], before: Break) -> Clause:
    return Clause(chunks=tuple(row), before=before, start=row[0].start, end=row[-1].end)


def _mark_asked(clauses: list[Clause]) -> None:
    """A question mark asks about its whole sentence."""
    for place in range(len(clauses) - 1, -1, -1):
        clauses[place] = replace(clauses[place], is_asked=True)
        if clauses[place].before is Break.SENTENCE:
            return


def _weight(chunks: Sequence[Chunk], place: int, joining: frozenset[str]) -> Break:
    chunk = chunks[place]
    if chunk.kind is ChunkKind.BREAK:
        return Break.ROW
    if chunk.kind is ChunkKind.SIGN:
        if chunk.text in _IN_PASSING:
            return Break.JOINED
        if chunk.text[0] in _ENDING:
            return Break.NONE if _is_short_form(chunks, place) else Break.SENTENCE
        return Break.NONE
    if chunk.kind is ChunkKind.WORD and (chunk.text in joining or chunk.has("small.because")):
        return Break.JOINED
    return Break.NONE


def _is_short_form(chunks: Sequence[Chunk], place: int) -> bool:
    """Say whether a full stop belongs to "no." or "ref." before a number."""
    before = chunks[place - 1] if place else None
    after = chunks[place + 1] if place + 1 < len(chunks) else None
    return (
        chunks[place].text == "."
        and before is not None
        and after is not None
        and before.has("small.number_word", "is.reference", "is.line", "small.polite")
        and after.kind is ChunkKind.NUMBER
    )


_OPENING_SIGNS = ("small.polite", "small.number_word")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Saying:
    """A clause with the senses that count for how it is said."""

    clause: Clause
    senses: frozenset[str]
    ignored: frozenset[str]
    verbs: frozenset[str]
    forms: frozenset[str]  # of the verbs: their tenses, "not" where one denies

    def has(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)

    @property
    def tenses(self) -> set[str]:
        return {_tense(chunk, self.ignored) for chunk in self.clause.chunks if chunk.senses}


def mood_of(
    clause: Clause, *, ignoring: Iterable[str] = (), denial_counts: bool = True, future_counts: bool = True
) -> Mood:
    """Say how a clause is said. What moves nothing wins over what moves something."""
    ignored = frozenset(ignoring)
    verbs = [sense.split(".") for sense in clause.verb_senses if sense not in ignored]
    saying = _Saying(
        clause=clause,
        senses=clause.senses - ignored,
        ignored=ignored,
        verbs=frozenset(verb for _, verb, *_ in verbs),
        forms=frozenset(form for _, _, *forms in verbs for form in forms),
    )
    passed_over = {
        mood for mood, counts in ((Mood.DENIED, denial_counts), (Mood.FUTURE, future_counts)) if not counts
    }
    for mood, holds in _MOODS:
        if mood not in passed_over and holds(saying):
            return mood
    return Mood.NOW


def _is_reported(saying: _Saying) -> bool:
    return saying.has("mood.reported", "v.say.past") or _ends_as_hearsay(saying.clause)


def _is_conditional(saying: _Saying) -> bool:
    return saying.has("mood.if") or "if" in saying.forms


def _is_asked(saying: _Saying) -> bool:
    return (
        saying.clause.is_asked
        or saying.has("mood.asked", "mood.doubt", "mood.may")
        or _ends_as_question(saying.clause)
        or _is_inverted(saying.clause, saying.ignored)
    )


def _is_wished(saying: _Saying) -> bool:
    return saying.has("mood.wish") or "want" in saying.verbs


def _is_denied(saying: _Saying) -> bool:
    return saying.has("mood.neg") or "not" in saying.forms


def _is_due(saying: _Saying) -> bool:
    return saying.has("mood.due") or "must" in saying.verbs or "due" in saying.forms


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
    return len(words) > 1 and words[-1].text in hearsay and words[-1] is clause.chunks[-1]


def _ends_as_question(clause: Clause) -> bool:
    """Say whether "ki" or "kya" stands last, politeness aside."""
    asking = exact_words()["asking_at_the_end"]
    words = list(clause.words)
    while len(words) > 1 and words[-1].has("small.polite") and words[-1].text not in asking:
        words.pop()
    return len(clause.chunks) > 1 and bool(words) and words[-1].text in asking


def _is_inverted(clause: Clause, skipped: frozenset[str]) -> bool:
    """Say whether an English question begins here: "did you …", "can I …", "is 1042 …"."""
    if "mood.lead" in skipped:
        return False
    for place, chunk in enumerate(clause.chunks):
        if chunk.has("mood.lead"):
            # "did not come" tells; "did you come" asks.
            is_told = place + 1 < len(clause.chunks) and clause.chunks[place + 1].has("mood.neg")
            return not chunk.has("talk.yes") and not is_told
        if chunk.kind is ChunkKind.NUMBER or chunk.text in exact_words()["subject"]:
            return False
        if chunk.kind is ChunkKind.WORD and not chunk.has(*_OPENING_SIGNS, "talk.yes", "talk.greeting"):
            return False
    return False


def _tense(chunk: Chunk, skipped: frozenset[str]) -> str:
    """Give the tense of a verb: of a form that may be several, the one that moves nothing."""
    tenses = {
        sense.split(".")[2] for sense in chunk.senses if sense.startswith("v.") and sense not in skipped
    }
    return next((tense for tense in ("future", "past", "command", "bare") if tense in tenses), "")
