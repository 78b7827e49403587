"""Answers to the combined question: "1 ko dui, 2 ko pahilo", "duitai", "1-2, 2-1", "10 ta", or a typed name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.wordbook import Products
from core.intake.deciding.packs import base_quantity
from core.intake.deciding.resolve import Resolver
from core.intake.language.lexicon import lexicon
from core.intake.language.phonetics import light
from core.intake.language.quantities import QuantityReader
from core.intake.language.tokens import Kind, Token, clean, tokenize
from core.intake.parsing.drafts import Draft
from core.intake.parsing.spans import Span, SpanKind, TaggedMessage
from core.intake.parsing.tagging import tag_message
from core.intake.reading import (
    NOTHING_KNOWN,
    WEIGHTS,
    Answer,
    Answered,
    LineQuestion,
    QuestionKind,
    ShopKnowledge,
    Unit,
)

NAMING = frozenset({SpanKind.PRODUCT, SpanKind.UNKNOWN})
TELLING = frozenset({SpanKind.MEASURE, SpanKind.PRICE, SpanKind.SMALL, SpanKind.BIG, SpanKind.PACK})
LINKS = frozenset("-:=.)>")
PARTING = frozenset(",;+&")
TAKING_OUT = frozenset({"withdraw", "remove", "cancel"})
REFUSING = frozenset({"withdraw", "remove", "cancel", "no", "correct"})
ALL_KINDS = frozenset({"each", "both", "all_three", "all_four", "all_lines"})
COUNTED_KINDS = {"both": 2, "all_three": 3, "all_four": 4}
# Cues that may stand beside an answer without making it something else.
BESIDE = ALL_KINDS | {"send", "add", "and", "only", "same_words"}
DAYS = frozenset({"aja", "bholi", "today", "tomorrow"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One number said, with its unit; an ordinal ("pahilo") is always a choice."""

    value: Decimal
    unit: Unit | None
    is_ordinal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of an answer: it may name its question ("2 ko …"), then says a choice, an amount or a name."""

    text: str
    question: int | None
    said: tuple[Said, ...]
    is_refusal: bool
    takes_out: bool  # "2 number hatau": a line of the basket goes, and no choice is made
    is_all: bool
    all_of: int | None  # how many "both" or "all three" count
    names: tuple[Span, ...]
    is_plain: bool  # every word is part of an answer, and none makes it a question or another act
    tagged: TaggedMessage


def read_answer(
    text: str, *, questions: Sequence[LineQuestion], index: CatalogIndex, shop: ShopKnowledge = NOTHING_KNOWN
) -> Answer:
    """Say which questions a text answers. Numbers of questions and of choices are those shown, from 1."""
    reader = _AnswerReader(questions, index, shop)
    pieces = list(_pieces(clean(text).text, len(questions), index, shop))
    for piece in pieces:
        reader.take(piece, alone=len(pieces) == 1, in_turn=_in_turn(pieces, len(questions)))
    return reader.answer()


class _AnswerReader:
    def __init__(self, questions: Sequence[LineQuestion], index: CatalogIndex, shop: ShopKnowledge) -> None:
        self.questions, self.index, self.shop = questions, index, shop
        self.resolver = Resolver(index, shop, lambda _: "")
        self.answered: dict[int, list[Answered]] = {}
        self.dropped: list[int] = []
        self.unread: list[str] = []
        self.turn = 0

    def take(self, piece: Piece, *, alone: bool, in_turn: bool) -> None:
        position = piece.question
        if position is None:
            position = self._position(piece, in_turn=in_turn)
        if position is None:
            if alone and piece.is_refusal and not piece.said:
                self.dropped = list(range(len(self.questions)))
            else:
                self.unread.append(piece.text)
            return
        if not self._speaks_of(position, piece):
            self.unread.append(piece.text)
        elif piece.is_refusal:
            self.dropped.append(position)
        elif found := self._answers(position, piece):
            self._keep(position, found)
        elif not self._says_amount_of_last(position, piece) and piece.all_of is None:
            self.unread.append(piece.text)

    def _speaks_of(self, position: int, piece: Piece) -> bool:
        """Say whether a piece answers, or names what was asked about; other goods and other acts do neither."""
        if piece.takes_out or (piece.names and not self._named(position, piece)):
            return False
        return piece.is_refusal or piece.is_plain

    def _keep(self, position: int, found: Sequence[Answered]) -> None:
        """Add to what was answered before; the same product said again is said anew."""
        again = {one.sku for one in found}
        before = [one for one in self.answered.get(position, ()) if one.sku not in again]
        self.answered[position] = [*before, *found]

    def _says_amount_of_last(self, position: int, piece: Piece) -> bool:
        """Take an amount behind a choice ("1, 10 ta") as the amount of what was chosen."""
        chosen = self.answered.get(position, ())
        amounts = [said for said in piece.said if said.unit is not None and not said.is_ordinal]
        if len(chosen) != 1 or len(amounts) != 1 or len(piece.said) != 1 or not piece.is_plain:
            return False
        self.answered[position] = [
            self._answered(position, self.questions[position], chosen[0].sku, amounts[0])
        ]
        return True

    def answer(self) -> Answer:
        done = {*self.answered, *self.dropped}
        return Answer(
            answered=tuple(one for position in sorted(self.answered) for one in self.answered[position]),
            dropped=tuple(sorted(set(self.dropped))),
            left=tuple(position for position in range(len(self.questions)) if position not in done),
            unread=tuple(self.unread),
        )

    def _position(self, piece: Piece, *, in_turn: bool) -> int | None:
        """Find the question a piece speaks to: the only one, the one whose turn it is, or the one its name fits."""
        open_ones = [
            place
            for place in range(len(self.questions))
            if place not in self.answered and place not in self.dropped
        ]
        if len(self.questions) == 1:
            return 0
        if in_turn:
            self.turn += 1
            return self.turn - 1
        fitting = [place for place in open_ones if self._named(place, piece)]
        if len(fitting) == 1:
            return fitting[0]
        return (
            open_ones[0] if len(open_ones) == 1 and (piece.said or piece.is_all or piece.is_refusal) else None
        )

    def _answers(self, position: int, piece: Piece) -> list[Answered]:
        question = self.questions[position]
        if question.kind is QuestionKind.HOW_MANY:
            return self._how_many(position, piece)
        chosen, amount = self._chosen(position, piece)
        return [self._answered(position, question, sku, amount) for sku in chosen]

    def _how_many(self, position: int, piece: Piece) -> list[Answered]:
        """Take the one amount that is said of the only product; a price, a size or several numbers are none."""
        question = self.questions[position]
        if len(question.candidates) != 1 or any(span.kind is SpanKind.PRICE for span in piece.tagged.spans):
            return []
        (sku,) = question.candidates
        amounts = [said for said in piece.said if not said.is_ordinal]
        if len(amounts) > 1:
            amounts = [said for said in amounts if not self._is_size(sku, said)]
        if len(amounts) != 1:
            return []
        answered = self._answered(position, question, sku, amounts[0])
        return [answered] if answered.quantity is not None else []

    def _chosen(self, position: int, piece: Piece) -> tuple[list[str], Said | None]:
        """Give the candidates that a piece takes, and the amount it says of them."""
        question = self.questions[position]
        chosen, amount = _choice(question, piece)
        if piece.is_all and piece.all_of in (None, len(question.candidates)):
            return list(question.candidates), amount
        if chosen:
            return chosen, amount
        named = self._named(position, piece)
        if len(named) == 1:
            sku = self.index.products[next(iter(named))].sku
            return [sku], self._amount_beside_name(sku, piece)
        return [], amount

    def _amount_beside_name(self, sku: str, piece: Piece) -> Said | None:
        """Give the first number that is neither an ordinal nor the size of what was named ("mustard tel 1 litre 6 bottle")."""
        return next(
            (said for said in piece.said if not said.is_ordinal and not self._is_size(sku, said)), None
        )

    def _answered(self, position: int, question: LineQuestion, sku: str, amount: Said | None) -> Answered:
        value, unit = (amount.value, amount.unit) if amount else (question.quantity, question.unit_said)
        if amount and amount.unit is None and question.unit_said and question.kind is QuestionKind.HOW_MANY:
            unit = question.unit_said
        product = self.index.products[self.index.by_sku[sku.upper()]]
        quantity = base_quantity(product, value, unit, staples=self.index.staples)
        return Answered(position=position, sku=sku, quantity=quantity, unit_said=unit, said_count=value)

    def _named(self, position: int, piece: Piece) -> Products:
        """Give the candidates that fit the words, sizes and prices of a piece."""
        candidates = frozenset(
            self.index.by_sku[sku.upper()]
            for sku in self.questions[position].candidates
            if sku.upper() in self.index.by_sku
        )
        named = piece.names
        telling = tuple(span for span in piece.tagged.spans if _tells_apart(span))
        if not named and not telling:
            return frozenset()
        fitting = candidates
        for span in named:
            fits = [sense.products & fitting for sense in span.senses]
            fitting = next((products for products in fits if products), frozenset())
        draft = Draft(start=0, end=0, named=named, numbers=telling)
        return self.resolver.narrow(draft, fitting) if fitting else fitting

    def _is_size(self, sku: str, said: Said) -> bool:
        size = self.index.products[self.index.by_sku[sku.upper()]].size
        return size is not None and said.unit in WEIGHTS


def _choice(question: LineQuestion, piece: Piece) -> tuple[list[str], Said | None]:
    """Tell the number of a choice from an amount."""
    candidates = list(question.candidates)
    if not piece.said:
        return [], None
    if any(span.kind in (SpanKind.PRODUCT, SpanKind.MEASURE) for span in piece.tagged.spans):
        return [], None
    choices = [said for said in piece.said if said.unit is None or said.is_ordinal]
    amounts = [said for said in piece.said if said not in choices]
    if not choices:
        return (candidates, amounts[0]) if len(candidates) == 1 else ([], None)
    is_last = choices[0].is_ordinal and not choices[0].value
    number = len(candidates) if is_last else int(choices[0].value)
    if (not is_last and choices[0].value != number) or not 1 <= number <= len(candidates):
        return [], None
    return [candidates[number - 1]], next(iter((*amounts, *choices[1:])), None)


def _tells_apart(span: Span) -> bool:
    """Say whether a span tells sizes, prices or packs of the same goods apart."""
    return span.kind in TELLING or (span.is_pack and span.kind is not SpanKind.TALK)


def _in_turn(pieces: Sequence[Piece], count: int) -> bool:
    """Say whether the pieces answer all questions one after the other ("2, 1")."""
    plain = [piece for piece in pieces if piece.question is None]
    return count > 1 and len(plain) == count == len(pieces) and all(len(piece.said) == 1 for piece in pieces)


def _pieces(text: str, count: int, index: CatalogIndex, shop: ShopKnowledge) -> Iterator[Piece]:
    """Split an answer at its separators, and where a new question is named without one."""
    tokens = _tokens(text, index)
    rows: list[list[Token]] = [[]]
    for place, token in enumerate(tokens):
        if _parts(token, rows[-1]):
            rows.append([])
            continue
        if _names_question(tokens, place, count) and _is_complete(rows[-1]):
            rows.append([])
        rows[-1].append(token)
    rows = [row for row in rows if any(token.kind in (Kind.WORD, Kind.NUMBER) for token in row)]
    if len(rows) == 1 and len(rows[0]) == count and all(token.kind is Kind.NUMBER for token in rows[0]):
        rows = [[token] for token in rows[0]]  # "2 1": one number for each question
    for row in rows:
        yield _piece(text, row, count, index, shop)


def _tokens(text: str, index: CatalogIndex) -> list[Token]:
    """Part an answer into tokens, with "2nd" as one."""
    ordinals = lexicon().ordinals
    return tokenize(text, is_name=lambda piece: index.is_name(piece) or light(piece.lower()) in ordinals)


def _parts(token: Token, held: Sequence[Token]) -> bool:
    """Say whether a token parts pieces: a sign, the end of a row, an "and" behind something."""
    if token.kind is Kind.BREAK or token.text in PARTING:
        return True
    return bool(held) and "and" in lexicon().exact_cues.get((token.key,), ())


def _names_question(tokens: Sequence[Token], place: int, count: int) -> bool:
    token = tokens[place]
    if count < 2 or token.kind is not Kind.NUMBER or token.value is None or not 1 <= token.value <= count:
        return False
    return place + 1 < len(tokens) and (
        tokens[place + 1].key in lexicon().markers["of"] or tokens[place + 1].text in LINKS
    )


def _is_complete(held: Sequence[Token]) -> bool:
    return len([token for token in held if token.kind in (Kind.WORD, Kind.NUMBER)]) >= 2


def _piece(text: str, row: Sequence[Token], count: int, index: CatalogIndex, shop: ShopKnowledge) -> Piece:
    words = lexicon()
    numbers = QuantityReader(list(row), words, [False] * len(row), lambda _: False)
    question, start = _question(row, numbers, count)
    rest = row[start:]
    said = tuple(_said(row, start, numbers))
    body = text[rest[0].start : rest[-1].end] if rest else ""
    tokens = _tokens(body, index)
    tagged = tag_message(body, tokens, index=index, words=words, aliases=shop.aliases)
    names = {cue.name for cue in tagged.cues}
    return Piece(
        text=text[row[0].start : row[-1].end],
        question=question,
        said=said,
        is_refusal=bool(names & REFUSING) and not said,
        takes_out=bool(names & TAKING_OUT) and bool(said),
        is_all=bool(names & ALL_KINDS),
        all_of=next((COUNTED_KINDS[name] for name in COUNTED_KINDS if name in names), None),
        names=_names(tokens, tagged),
        is_plain=_is_plain(tokens, tagged, has_unit=any(one.unit is not None for one in said)),
        tagged=tagged,
    )


def _words_beside() -> frozenset[str]:
    markers = lexicon().markers
    return markers["of"] | markers["question_words"] | markers["answer_words"] | lexicon().ordinals.keys()


def _names(tokens: Sequence[Token], tagged: TaggedMessage) -> tuple[Span, ...]:
    """Give the spans that name something; "the second one" names nothing."""
    beside = _words_beside()
    return tuple(
        span
        for span in tagged.spans
        if span.kind in NAMING and any(token.key not in beside for token in tokens[span.start : span.end])
    )


def _is_plain(tokens: Sequence[Token], tagged: TaggedMessage, *, has_unit: bool) -> bool:
    """Say whether nothing stands beside the numbers and names but what belongs to an answer."""
    beside = _words_beside() | (DAYS if has_unit else frozenset())
    said = {
        at for span in tagged.spans if span.kind is not SpanKind.TALK for at in range(span.start, span.end)
    }
    said |= {at for cue in tagged.cues if cue.name in BESIDE for at in range(cue.start, cue.end)}
    return all(
        at in said or token.key in beside or token.kind is Kind.NUMBER
        for at, token in enumerate(tokens)
        if token.kind in (Kind.WORD, Kind.NUMBER)
    ) and not any(span.kind is SpanKind.NOT for span in tagged.spans)


def _question(row: Sequence[Token], numbers: QuantityReader, count: int) -> tuple[int | None, int]:
    """Read "2 ko", "2 -" or "2 number ko" at the beginning: the number of the question."""
    number = numbers.bare_number(0) if row else None
    if number is None or number.value is None or count < 2 or not 1 <= number.value <= count:
        return None, 0
    at = number.end
    linked = False
    joining = lexicon().markers["of"] | lexicon().markers["question_words"]
    while at < len(row) and (row[at].key in joining or row[at].text in LINKS):
        linked, at = True, at + 1
    return (int(number.value) - 1, at) if linked and at < len(row) else (None, 0)


def _said(row: Sequence[Token], start: int, numbers: QuantityReader) -> Iterator[Said]:
    ordinals = lexicon().ordinals
    at = start
    while at < len(row):
        if (place := ordinals.get(row[at].key)) is not None:
            yield Said(value=Decimal(place), unit=None, is_ordinal=True)
            # "the second one" counts nothing.
            at += 2 if at + 1 < len(row) and row[at + 1].text in lexicon().exact["stands_for_goods"] else 1
            continue
        number = numbers.bare_number(at)
        if number is None or number.value is None:
            at += 1
            continue
        unit = numbers.unit(number.end, after_number=True)
        yield Said(value=number.value, unit=number.unit or (unit.unit if unit else None))
        at = unit.end if unit else number.end
