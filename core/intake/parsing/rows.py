"""What each row of a message does: asks for goods, asks a question, complains, tells a story, speaks of money."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.intake.language.lexicon import Cue
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, Span, SpanKind, TaggedMessage


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
        return any(span.kind in COUNTING for span in self.spans)

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
    cues = _Cues(tagged.cues)
    for span in (*tagged.spans, None):
        if span is not None and span.kind is not SpanKind.STOP:
            held.append(span)
            continue
        if held:
            asks = span is not None and tokens[span.start].text == "?"
            found += _row(tuple(held), cues, asks=asks)
        held = []
    return found


class _Cues:
    """The cues of a message, to be asked for by their place."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = sorted(cues, key=lambda cue: cue.start)
        self._starts = [cue.start for cue in self._cues]

    def inside(self, start: int, end: int) -> Sequence[Cue]:
        first, last = bisect_left(self._starts, start), bisect_right(self._starts, end)
        return [cue for cue in self._cues[first:last] if cue.end <= end]


def _row(spans: tuple[Span, ...], cues: _Cues, *, asks: bool) -> list[Row]:
    """Judge a row; where only one of its clauses asks something, the clauses before it stand on their own."""
    row = _with_cues(spans, cues, asks=asks)
    kind = _kind(row)
    if kind in BESIDE_AN_ORDER and (clauses := _said_beside_an_order(row, cues, kind)):
        return clauses
    return [row if kind is row.kind else replace(row, kind=kind)]


def _said_beside_an_order(row: Row, cues: _Cues, kind: RowKind) -> list[Row]:
    """Give the clauses of a row one by one when some of them ask, complain or tell, and others order; nothing when they belong together."""
    clauses = [_with_cues(spans, cues, asks=False) for spans in _clauses(row.spans)]
    judged = [
        replace(
            clause,
            kind=(kind if kind in TELLING else RowKind.QUESTION)
            if clause.cues & SAID_WITH[kind] or (row.asks and clause is clauses[-1])
            else RowKind.GOODS,
        )
        for clause in clauses
    ]
    others = [clause for clause in judged if clause.kind is RowKind.GOODS]
    orders = any(clause.has_order for clause in others) and any("send" in clause.cues for clause in others)
    return judged if orders and len(others) < len(judged) else []


ASKING = frozenset({"ask_price", "where", "stock_question"})
TELLING = frozenset({RowKind.COMPLAINT, RowKind.STORY})
BESIDE_AN_ORDER = TELLING | {RowKind.QUESTION, RowKind.STATUS}
SAID_WITH = {
    RowKind.QUESTION: ASKING,
    RowKind.STATUS: ASKING,
    RowKind.COMPLAINT: frozenset({"complaint", "story"}),
    RowKind.STORY: frozenset({"story", "conditional", "unsure"}),
}


def _clauses(spans: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    found: list[list[Span]] = [[]]
    for span in spans:
        found[-1].append(span)
        if span.kind is SpanKind.COMMA:
            found.append([])
    return [tuple(clause) for clause in found if clause]


def _with_cues(spans: tuple[Span, ...], cues: _Cues, *, asks: bool) -> Row:
    said = (SpanKind.PRODUCT, SpanKind.PRICE)  # a price that is told ("2100 ko dar ma") asks nothing
    goods = {place: span.end for span in spans if span.kind in said for place in range(span.start, span.end)}
    inside = frozenset(
        cue.name for cue in cues.inside(spans[0].start, spans[-1].end) if goods.get(cue.start, -1) < cue.end
    )
    return Row(spans=spans, cues=inside, asks=asks)


def _kind(row: Row) -> RowKind:
    """Judge a row by the first rule that holds."""
    return next((kind for kind, holds in RULES if holds(row)), RowKind.TALK)


def _is_only_thought_of(row: Row) -> bool:
    """Say whether goods are wanted under a condition, or perhaps ("we may take 4")."""
    if "conditional" in row.cues and row.has_product:
        return True
    return "unsure" in row.cues and "send" not in row.cues and (row.has_product or row.has_amount)


def _complains(row: Row) -> bool:
    return "complaint" in row.cues and not {"paid", "method"} <= row.cues


def _asks_what_is_owed(row: Row) -> bool:
    return "due" in row.cues and not row.has_order


def _asks_for_goods_on_the_way(row: Row) -> bool:
    cues = row.cues
    if row.has_order and not row.asks and "send" in cues:
        return False
    if row.has_product and "stock_question" in cues and cues.isdisjoint({"my_goods", "order_word"}):
        return False  # "nido aayo ki aayena"
    if "where" in cues:
        return not ("story" in cues and row.has_amount)
    if "my_goods" not in cues or row.has_order:
        return False
    return "arrives" in cues or (row.asks and "story" in cues)


def _tells(row: Row) -> bool:
    return "story" in row.cues and "send" not in row.cues


def _tells_of_goods(row: Row) -> bool:
    return _tells(row) and row.has_product


def _asks_for_price(row: Row) -> bool:
    if "ask_price" in row.cues:
        return True
    return "price" in row.cues and (row.asks or "ask" in row.cues or not row.has_amount)


def _names_goods(row: Row) -> bool:
    return row.has_product or (row.has_unknown and row.has_amount)


def _asks_for_stock(row: Row) -> bool:
    is_counted = any(span.kind is SpanKind.QUANTITY for span in row.spans)
    if row.has_product and not is_counted and row.cues & {"fits", "compares"}:
        return True
    if "send" in row.cues:
        return False
    return "stock_question" in row.cues or (row.asks and row.has_product)


def _speaks_of_payment(row: Row) -> bool:
    kinds = {span.kind for span in row.spans}
    has_number = bool(kinds & {SpanKind.QUANTITY, SpanKind.PRICE})
    if row.has_order and SpanKind.PRICE not in kinds:
        return False
    if "paid" in row.cues:
        is_order = row.has_product and "send" in row.cues
        return not is_order and (has_number or not row.cues.isdisjoint({"money", "method"}))
    if row.has_product or not has_number:
        return False
    return "method" in row.cues or ("money" in row.cues and row.cues.isdisjoint(NOT_OF_PAYMENTS))


NOT_OF_PAYMENTS = frozenset({"send", "ask_price", "price", "due", "stock_question"})

# The most cautious reading first: goods only spoken of must never be ordered.
RULES: tuple[tuple[RowKind, Callable[[Row], bool]], ...] = (
    (RowKind.STORY, _is_only_thought_of),
    (RowKind.COMPLAINT, _complains),
    (RowKind.PAYMENT, _speaks_of_payment),
    (RowKind.BALANCE, _asks_what_is_owed),
    (RowKind.STATUS, _asks_for_goods_on_the_way),
    (RowKind.STORY, _tells_of_goods),
    (RowKind.TALK, _tells),
    (RowKind.QUESTION, _asks_for_price),
    (RowKind.QUESTION, _asks_for_stock),
    (RowKind.GOODS, _names_goods),
)
