"""What each row of a message does: asks for goods, asks a question, complains, tells a story, speaks of money."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.intake.language.lexicon import Cue
from core.intake.language.tokens import Token
from core.intake.parsing.spans import Span, SpanKind, TaggedMessage


class RowKind(StrEnum):
    GOODS = "goods"
    QUESTION = "question"
    COMPLAINT = "complaint"
    STORY = "story"
    PAYMENT = "payment"
    BALANCE = "balance"
    STATUS = "status"
    TALK = "talk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """The parts between two full stops or line ends, with the cues found in them."""

    spans: tuple[Span, ...]
    cues: frozenset[str]
    asks: bool  # ends with a question mark
    kind: RowKind = RowKind.TALK

    @property
    def has_product(self) -> bool:
        return any(span.kind is SpanKind.PRODUCT for span in self.spans)

    @property
    def has_amount(self) -> bool:
        return any(span.kind in (SpanKind.QUANTITY, SpanKind.MEASURE) for span in self.spans)

    @property
    def has_order(self) -> bool:
        return self.has_product and self.has_amount

    @property
    def has_unknown(self) -> bool:
        return any(span.kind is SpanKind.UNKNOWN for span in self.spans)


def read_rows(tagged: TaggedMessage, tokens: Sequence[Token]) -> list[Row]:
    """Split a message into rows and say what each does."""
    found: list[Row] = []
    held: list[Span] = []
    for span in (*tagged.spans, None):
        if span is not None and span.kind is not SpanKind.STOP:
            held.append(span)
            continue
        if held:
            asks = span is not None and tokens[span.start].text == "?"
            found += _row(tuple(held), tagged.cues, asks=asks)
        held = []
    return found


def _row(spans: tuple[Span, ...], cues: Sequence[Cue], *, asks: bool) -> list[Row]:
    """Judge a row; where only one of its clauses asks something, the clauses before it stand on their own."""
    row = _with_cues(spans, cues, asks=asks)
    kind = _kind(row)
    if kind in (RowKind.QUESTION, RowKind.STATUS):
        clauses = _clauses(spans)
        judged = [_with_cues(clause, cues, asks=False) for clause in clauses]
        asking = [
            number
            for number, clause in enumerate(judged)
            if clause.cues & ASKING or (asks and number == len(judged) - 1)
        ]
        ordering = [
            number for number, clause in enumerate(judged) if clause.has_order and number not in asking
        ]
        wants = any("send" in judged[number].cues for number in range(len(judged)) if number not in asking)
        if ordering and asking and wants:
            return [
                Row(
                    spans=clause.spans,
                    cues=clause.cues,
                    asks=False,
                    kind=RowKind.QUESTION if number in asking else RowKind.GOODS,
                )
                for number, clause in enumerate(judged)
            ]
    return [Row(spans=row.spans, cues=row.cues, asks=row.asks, kind=kind)]


ASKING = frozenset({"ask_price", "where", "stock_question"})


def _clauses(spans: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    found: list[list[Span]] = [[]]
    for span in spans:
        found[-1].append(span)
        if span.kind is SpanKind.COMMA:
            found.append([])
    return [tuple(clause) for clause in found if clause]


def _with_cues(spans: tuple[Span, ...], cues: Sequence[Cue], *, asks: bool) -> Row:
    said = (SpanKind.PRODUCT, SpanKind.PRICE)  # a price that is told ("2100 ko dar ma") asks nothing
    goods = [(span.start, span.end) for span in spans if span.kind in said]
    start, end = spans[0].start, spans[-1].end
    inside = frozenset(
        cue.name
        for cue in cues
        if start <= cue.start
        and cue.end <= end
        and not any(first <= cue.start and cue.end <= last for first, last in goods)
    )
    return Row(spans=spans, cues=inside, asks=asks)


def _kind(row: Row) -> RowKind:
    """Judge a row, the most cautious reading first: goods only spoken of must never be ordered."""
    cues = row.cues
    if _is_only_thought_of(row):
        return RowKind.STORY
    orders = "send" in cues and row.has_order and not row.asks
    if "complaint" in cues and not {"paid", "method"} <= cues:
        return RowKind.COMPLAINT
    if _speaks_of_payment(row):
        return RowKind.PAYMENT
    if "due" in cues and not row.has_order:
        return RowKind.BALANCE
    if _asks_for_goods_on_the_way(row) and not orders:
        return RowKind.STATUS
    if "story" in cues and "send" not in cues:
        return RowKind.STORY if row.has_product else RowKind.TALK
    if "ask_price" in cues or ("price" in cues and (row.asks or "ask" in cues or not row.has_amount)):
        return RowKind.QUESTION
    if _asks_for_stock(row):
        return RowKind.QUESTION
    if row.has_product or (row.has_unknown and row.has_amount):
        return RowKind.GOODS
    return RowKind.TALK


def _is_only_thought_of(row: Row) -> bool:
    """Say whether goods are wanted under a condition, or perhaps ("we may take 4")."""
    if "conditional" in row.cues and row.has_product:
        return True
    return "unsure" in row.cues and "send" not in row.cues and (row.has_product or row.has_amount)


def _asks_for_goods_on_the_way(row: Row) -> bool:
    cues = row.cues
    if "where" in cues:
        return not ("story" in cues and row.has_amount)
    if "my_goods" not in cues or row.has_order:
        return False
    return "arrives" in cues or (row.asks and "story" in cues)


def _asks_for_stock(row: Row) -> bool:
    if "send" in row.cues:
        return False
    return "stock_question" in row.cues or (row.asks and row.has_product)


def _speaks_of_payment(row: Row) -> bool:
    cues = row.cues
    has_number = any(span.kind in (SpanKind.QUANTITY, SpanKind.PRICE) for span in row.spans)
    if row.has_order and not any(span.kind is SpanKind.PRICE for span in row.spans):
        return False
    if "paid" in cues:
        return bool(has_number or {"money", "method"} & cues) and not (row.has_product and "send" in cues)
    if row.has_product or not has_number:
        return False
    return "method" in cues or (
        "money" in cues and not {"send", "ask_price", "price", "due", "stock_question", "lessen"} & cues
    )
