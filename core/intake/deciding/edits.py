"""Changes of the basket as last shown: by the name of the goods, by the number of the line, or of all of it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.intake.deciding.resolve import Resolver
from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.drafts import Draft
from core.intake.parsing.spans import Span, SpanKind, TaggedMessage
from core.intake.reading import Edit, EditKind, LineQuestion, QuestionKind, ReadLine

TAKES_OUT = frozenset({"remove", "cancel", "clear", "withdraw"})
TAKES_ALL = frozenset({"all_lines", "clear"})
LAST_LINE = 200


def read_edits(
    tagged: TaggedMessage,
    tokens: Sequence[Token],
    lines: Sequence[ReadLine],
    questions: Sequence[LineQuestion],
    refused: Sequence[Draft],
    resolver: Resolver,
) -> tuple[Edit, ...]:
    """Give the changes a message asks for: named goods first; only if none are named, lines by their number."""
    edits = [
        Edit(
            kind=EditKind.SET,
            sku=line.sku,
            quantity=line.quantity,
            unit_said=line.unit_said,
            said_count=line.said_count,
        )
        for line in lines
    ]
    edits += [
        Edit(
            kind=EditKind.SET,
            candidates=question.candidates,
            quantity=question.quantity,
            unit_said=question.unit_said,
        )
        for question in questions
        if question.candidates and question.quantity is not None
    ]
    for draft, products in _named(refused, resolver):
        edits += _removals(draft, products, resolver)
    if edits or questions:
        return tuple(edits)
    return tuple(_by_number(tagged, tokens))


def unclear(refused: Sequence[Draft], resolver: Resolver) -> Iterator[tuple[Draft, Edit]]:
    """Give the removals whose goods may be several."""
    for draft, products in _named(refused, resolver):
        if len(products) > 1 and not _means_each(draft, products):
            yield draft, _removal(products, resolver)


def question_about(edit: Edit, source_text: str) -> LineQuestion:
    """Ask which of its candidates a change is about."""
    return LineQuestion(source_text=source_text, kind=QuestionKind.WHICH_PRODUCT, candidates=edit.candidates)


def _named(refused: Sequence[Draft], resolver: Resolver) -> Iterator[tuple[Draft, frozenset[int]]]:
    for draft in refused:
        if products := resolver.narrowed(draft):
            yield draft, products


def _means_each(draft: Draft, products: frozenset[int]) -> bool:
    """Say whether "both lux" is just the two there are."""
    return draft.is_each and draft.each_of == len(products)


def _removals(draft: Draft, products: frozenset[int], resolver: Resolver) -> list[Edit]:
    if _means_each(draft, products):
        return [_removal(frozenset((one,)), resolver) for one in sorted(products)]
    return [_removal(products, resolver)]


def _removal(products: frozenset[int], resolver: Resolver) -> Edit:
    if len(products) == 1:
        return Edit(kind=EditKind.REMOVE, sku=resolver.sku(next(iter(products))))
    return Edit(kind=EditKind.REMOVE, candidates=tuple(resolver.sku(number) for number in sorted(products)))


def _by_number(tagged: TaggedMessage, tokens: Sequence[Token]) -> list[Edit]:
    cues = {cue.name for cue in tagged.cues}
    numbers = _standing(_numbers(tagged, tokens), tagged.spans)
    if cues & TAKES_OUT:
        return _taken_out(numbers, takes_all=bool(cues & {*TAKES_ALL, "cart"}))
    if len(numbers) == 2 and _is_line_number(numbers[0], tokens):
        line, number = int(numbers[0].value or 0), numbers[1]
        return [Edit(kind=EditKind.SET, line_number=line, quantity=number.value, unit_said=number.unit)]
    return [Edit(kind=EditKind.SET, quantity=number.value, unit_said=number.unit) for number in numbers[-1:]]


def _taken_out(numbers: Sequence[Span], *, takes_all: bool) -> list[Edit]:
    lines = [number for number in numbers if number.unit is None and _is_line(number.value)]
    if lines:
        return [Edit(kind=EditKind.REMOVE, line_number=int(number.value or 0)) for number in lines]
    if takes_all:
        return [Edit(kind=EditKind.CLEAR)]
    return [] if numbers else [Edit(kind=EditKind.REMOVE)]


def _numbers(tagged: TaggedMessage, tokens: Sequence[Token]) -> list[Span]:
    found: list[Span] = []
    ordinals = lexicon().ordinals
    for span in tagged.spans:
        if span.kind in (SpanKind.QUANTITY, SpanKind.MEASURE) and span.value is not None:
            found.append(span)
        elif span.start < len(tokens) and (place := ordinals.get(tokens[span.start].key)):
            found.append(
                Span(
                    kind=SpanKind.QUANTITY, start=span.start, end=span.end, value=Decimal(place), is_pack=True
                )
            )
    return found


def _standing(numbers: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """Leave out a number that does not count: "3 carton, 5 hoina", "3, not 5"."""
    corrections = {span.start for span in spans if span.kind is SpanKind.CORRECT}
    denials = {span.end for span in spans if span.kind is SpanKind.NOT}
    return [one for one in numbers if one.end not in corrections and one.start not in denials]


def _is_line(value: Decimal | None) -> bool:
    return value is not None and value == value.to_integral_value() and 0 < value <= LAST_LINE


def _is_line_number(number: Span, tokens: Sequence[Token]) -> bool:
    return (
        number.unit is None and _is_line(number.value) and (number.is_pack or _is_called_line(number, tokens))
    )


def _is_called_line(number: Span, tokens: Sequence[Token]) -> bool:
    """Say whether a number is called a line ("2 number ko 5", "line 2 ko 5", "2 ma 5")."""
    near = tokens[max(0, number.start - 1) : number.end + 1]
    words = lexicon().markers["line_words"]
    return any(token.key in words for token in near)
