"""Read one message: what it wants, the lines that are certain, and the questions to ask about the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import Surety
from core.intake.deciding import attacks
from core.intake.deciding.edits import question_about, read_edits, unclear
from core.intake.deciding.intents import decide, read_features
from core.intake.deciding.resolve import Resolver
from core.intake.deciding.slots import read_slots
from core.intake.language.lexicon import lexicon
from core.intake.language.phonetics import light
from core.intake.language.tokens import MAX_TOKENS, Kind, Token, clean, tokenize
from core.intake.parsing.drafts import Draft, clauses
from core.intake.parsing.refusals import with_refusals
from core.intake.parsing.rows import Row, RowKind, read_rows
from core.intake.parsing.scope import Gathered, gather
from core.intake.parsing.spans import NAMING, Span, SpanKind, TaggedMessage
from core.intake.parsing.tagging import tag_message
from core.intake.reading import (
    NOTHING_KNOWN,
    Edit,
    EditKind,
    Intent,
    LimitHit,
    LineQuestion,
    QuestionKind,
    Reading,
    ReadLine,
    Role,
    ShopKnowledge,
    Unit,
)

WITH_GOODS = frozenset({Intent.ORDER, Intent.REORDER, Intent.CART_EDIT})


def alias_key(words: str) -> str:
    """Give the form under which a shop's own words for a product are kept in `ShopKnowledge.aliases`."""
    return " ".join(
        light(token.text) or token.text for token in tokenize(clean(words).text, is_name=lambda _: False)
    )


def read_message(
    text: str, *, role: Role, index: CatalogIndex, shop: ShopKnowledge = NOTHING_KNOWN
) -> Reading:
    """Read what a contact wrote. Never raises for any text; what is too long is read up to the limit, and said so."""
    cleaned = clean(text)
    readable = cleaned.text
    attack = attacks.attack_starts_at(readable)
    if attack is not None:
        before = _Message(readable[:attack], role, index, shop, cleaned.limit_hit).read()
        return (
            before
            if before.intent is Intent.ORDER and before.lines
            else Reading(intent=Intent.OTHER, limit_hit=cleaned.limit_hit)
        )
    reading = _Message(readable, role, index, shop, cleaned.limit_hit).read()
    if attacks.is_spam(readable) and not reading.lines:
        return Reading(intent=Intent.OTHER, limit_hit=cleaned.limit_hit)
    return reading


class _Message:
    """One message on its way from text to reading."""

    def __init__(
        self, text: str, role: Role, index: CatalogIndex, shop: ShopKnowledge, limit: LimitHit | None
    ) -> None:
        self.text, self.role, self.limit = text, role, limit
        self.words = lexicon()
        self.tokens: list[Token] = tokenize(text, is_name=index.is_name)
        if len(self.tokens) >= MAX_TOKENS:
            self.limit = self.limit or LimitHit.TOO_MANY_WORDS
        self.tagged: TaggedMessage = tag_message(
            text, self.tokens, index=index, words=self.words, aliases=shop.aliases
        )
        self.resolver = Resolver(index, shop, self._source)

    def read(self) -> Reading:
        if self.tagged.is_price_list and self.role is Role.RETAILER:
            return Reading(intent=Intent.OTHER, limit_hit=self.limit)
        rows = read_rows(self.tagged, self.tokens)
        gathered = self._gather(rows)
        intent = self._intent(rows, gathered)
        if intent not in WITH_GOODS or self.role is Role.VENDOR:
            clears = intent is Intent.CANCEL and self._says("all_lines")
            return self._reading(intent, edits=(Edit(kind=EditKind.CLEAR),) if clears else ())
        lines, questions = self._resolved(intent, gathered)
        edits: tuple[Edit, ...] = ()
        if intent is Intent.CART_EDIT:
            edits, questions = self._edits(lines, questions, gathered)
            lines = ()
        elif intent is Intent.ORDER and lines:
            questions += self._nameless(gathered)
        unread = self._unread(gathered, rows, questions)
        return self._reading(intent, lines=lines, questions=questions, edits=edits, unread=unread)

    def _reading(
        self,
        intent: Intent,
        *,
        lines: tuple[ReadLine, ...] = (),
        questions: tuple[LineQuestion, ...] = (),
        edits: tuple[Edit, ...] = (),
        unread: tuple[str, ...] = (),
    ) -> Reading:
        return Reading(
            intent=intent,
            lines=lines,
            questions=questions,
            edits=edits,
            slots=read_slots(intent, self.text, self.tokens, self.tagged, self.words),
            clarify=bool(questions),
            unread=unread,
            limit_hit=self.limit,
        )

    def _resolved(
        self, intent: Intent, gathered: Gathered
    ) -> tuple[tuple[ReadLine, ...], tuple[LineQuestion, ...]]:
        """Give the lines that are certain, and the questions about the rest."""
        outcomes = [
            self.resolver.resolve(draft) for draft in gathered.drafts if self._is_wanted(draft, intent)
        ]
        lines = _added_up(line for outcome in outcomes for line in outcome.lines)
        return lines, tuple(outcome.question for outcome in outcomes if outcome.question)

    def _is_wanted(self, draft: Draft, intent: Intent) -> bool:
        if not self._counts(draft):
            return False
        # "same biscuits as last week" names goods that are in the order before.
        return intent is not Intent.REORDER or draft.has_amount or draft.is_vague

    def _edits(
        self, lines: tuple[ReadLine, ...], questions: tuple[LineQuestion, ...], gathered: Gathered
    ) -> tuple[tuple[Edit, ...], tuple[LineQuestion, ...]]:
        """Give the changes of the basket, and the questions about them."""
        if self._says("lessen") and not self._says("up_to"):
            # By how much it is less is not how much it is.
            questions += tuple(_how_many(line) for line in lines)
            lines = ()
        edits = read_edits(self.tagged, self.tokens, lines, questions, gathered.refused, self.resolver)
        questions += tuple(
            question_about(edit, self._source(draft))
            for draft, edit in unclear(gathered.refused, self.resolver)
        )
        return edits, questions

    def _nameless(self, gathered: Gathered) -> tuple[LineQuestion, ...]:
        """Ask about "xyz up 2 case": a number with its unit beside words that were not understood is never passed over."""
        rows = frozenset(draft.row for draft in gathered.drafts)
        cued = {place for cue in self.tagged.cues for place in range(cue.start + 1, cue.end + 1)}
        return tuple(
            LineQuestion(source_text=self._source(loose), kind=QuestionKind.NOT_SOLD, candidates=())
            for loose in gathered.loose_ends
            if (
                any(span.unit is not None for span in (*loose.counts, *loose.measures))
                and _is_nameless(loose, has_goods=loose.row in rows)
            )
            or (loose.row in rows and loose.start not in cued and self._is_of_unread_goods(loose))
        )

    def _is_of_unread_goods(self, loose: Draft) -> bool:
        """Say whether a number in a row of goods stands right behind a word that means nothing else ("red 6, mixed 5")."""
        word = self.tokens[loose.start - 1] if loose.start else None
        if word is None or word.kind is not Kind.WORD or word.key in self.words.places:
            return False
        return loose.has_amount

    def _says(self, name: str) -> bool:
        return any(cue.name == name for cue in self.tagged.cues)

    def _gather(self, rows: Sequence[Row]) -> Gathered:
        spans: list[Span] = []
        for before, row in zip((None, *rows), rows, strict=False):
            if row.kind in (RowKind.GOODS, RowKind.TALK):
                spans += [*self._asked_about(before, row), *row.spans, _row_end(row)]
        index = self.resolver.index
        return gather(with_refusals(clauses(spans), self.tokens, index), index)

    def _asked_about(self, before: Row | None, row: Row) -> list[Span]:
        """Give the goods of a question that the row behind it orders without a name ("nido cha? 5 ota pathaunu")."""
        if before is None or before.kind is not RowKind.QUESTION or row.has_product or row.has_unknown:
            return []
        said = {token.text for token in self.tokens[row.spans[0].start : row.spans[-1].end]}
        if not row.has_amount or "send" not in row.cues or not said.isdisjoint(self.words.exact["not_now"]):
            return []
        kept = (*NAMING, SpanKind.MEASURE, SpanKind.ATTRIBUTE, SpanKind.SMALL, SpanKind.BIG)
        goods = [span for span in before.spans if span.kind in kept and (span.kind in NAMING or span.is_pack)]
        return goods if sum(span.kind is SpanKind.PRODUCT for span in goods) == 1 else []

    def _counts(self, draft: Draft) -> bool:
        """Leave out words that are not known and not counted either: people, places, chat."""
        surest = min((span.senses[0].doubt for span in draft.named if span.senses), default=None)
        if surest is not None:
            return draft.has_amount or draft.is_vague or surest < Surety.BEGINNING
        has_unit = any(span.unit is not None for span in draft.numbers)
        return draft.has_amount and (has_unit or all(_is_a_word(span.word) for span in draft.named))

    def _intent(self, rows: Sequence[Row], gathered: Gathered) -> Intent:
        drafts = [draft for draft in gathered.drafts if self._counts(draft)]
        known = [draft for draft in drafts if any(span.kind is SpanKind.PRODUCT for span in draft.named)]
        return decide(
            self.role,
            read_features(
                self.tagged,
                self.tokens,
                rows,
                has_lines=any(draft.has_amount or draft.is_vague for draft in drafts),
                has_goods=bool(known),
                has_refused=any(self._counts(draft) for draft in gathered.refused),
                has_loose_ends=any(draft.has_amount for draft in gathered.loose_ends),
                is_put_right=gathered.is_put_right,
            ),
        )

    def _unread(
        self, gathered: Gathered, rows: Sequence[Row], questions: Sequence[LineQuestion]
    ) -> tuple[str, ...]:
        """Name what was passed over, so that no number vanishes: words that count nothing, and numbers of nothing named."""
        asked = {question.source_text for question in questions}
        found = [self._source(draft) for draft in gathered.drafts if not self._counts(draft)]
        found += [self._source(loose) for loose in gathered.loose_ends if loose.has_amount]
        found += [
            self._text(row.spans[0].start, row.spans[-1].end)
            for row in rows
            if row.kind is RowKind.STORY and row.has_amount
        ]
        return tuple(text for text in found if text not in asked)

    def _source(self, draft: Draft) -> str:
        return self._text(draft.start, draft.end)

    def _text(self, start: int, end: int) -> str:
        if end <= start or not self.tokens:
            return ""
        return self.text[self.tokens[start].start : self.tokens[min(end, len(self.tokens)) - 1].end].strip()


def _is_nameless(loose: Draft, *, has_goods: bool) -> bool:
    """Say whether a number stands for goods: words stand inside it, or it follows other goods in their row."""
    if sum(span.end - span.start for span in loose.numbers) < loose.end - loose.start:
        return True
    is_counted = all(span.unit is not Unit.PIECE for span in loose.counts)
    return is_counted and has_goods


def _is_a_word(key: str) -> bool:
    """Say whether letters can be spoken: "jjkkk" names nothing."""
    vowels = sum(letter in "aeiouy" for letter in key)
    return vowels * 5 >= len(key)


def _how_many(line: ReadLine) -> LineQuestion:
    return LineQuestion(source_text=line.source_text, kind=QuestionKind.HOW_MANY, candidates=(line.sku,))


def _row_end(row: Row) -> Span:
    return Span(kind=SpanKind.STOP, start=row.spans[-1].end, end=row.spans[-1].end)


def _added_up(lines: Iterable[ReadLine]) -> tuple[ReadLine, ...]:
    """Add up lines of one SKU; the first wording stays."""
    found: dict[str, ReadLine] = {}
    for line in lines:
        before = found.get(line.sku)
        if before:
            total = before.quantity + line.quantity
            found[line.sku] = replace(
                before,
                quantity=total,
                said_count=_said_in_all(before, line),
                confidence=min(before.confidence, line.confidence),
            )
        else:
            found[line.sku] = line
    return tuple(found.values())


def _said_in_all(one: ReadLine, other: ReadLine) -> Decimal | None:
    """Give the count of two wordings of one SKU together, if both were said in one unit."""
    if one.said_count is None or other.said_count is None or one.unit_said is not other.unit_said:
        return None
    return one.said_count + other.said_count
