"""What a shop still has is told, not asked for: "honey 4 ota cha pasal ma, 12 ota pathaunu", "duster 5 left, send 24".

A verb that says so closes the list before it ("tide 2, rin 5 cha, tide 12 pathaunu") or opens one ("we have tide 2 and rin 5,
send tide 12"); the verb of an order ends it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.language.lexicon import Cue, lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, SEPARATING, Span, SpanKind

FARTHEST = 5  # words of talk around the number that may say where the goods are
ENDING = frozenset({SpanKind.CORRECT, SpanKind.WITHDRAW, SpanKind.NOT})


def with_stock_on_hand(
    spans: list[Span], tokens: Sequence[Token], index: CatalogIndex
) -> tuple[list[Span], tuple[Cue, ...]]:
    """Let the numbers of goods that a shop has count nothing; where nothing else is counted, the row only tells something."""
    spans = _without_stock_sections(spans, tokens)
    if not any(span.kind in COUNTING for span in spans):
        return spans, ()
    done = list(spans)
    cues: list[Cue] = []
    named = _Named(spans)
    for row in _rows(spans):
        told = _told(spans, row, tokens, index, named)
        is_order = any(_counts(spans[at]) and at not in told for at in row)
        for at in told:
            _hush(done, (at, *_behind(spans, at)))
            if not _is_counted_again(spans, at):
                _hush(done, _goods_of(spans, at) if is_order else ())
                cues += () if is_order else (Cue(name="story", start=spans[at].start, end=spans[at].end),)
        if is_order:
            _hush(done, _told_without_number(spans, row, tokens, named))
    return done, tuple(cues)


class _Named:
    """Where each of the goods is named, and the verb of an order said last."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._places: dict[int, list[int]] = {}
        for at, span in enumerate(spans):
            for number in _products(span):
                self._places.setdefault(number, []).append(at)
        self.last_send = max((at for at, span in enumerate(spans) if span.word == "send"), default=-1)

    def again(self, at: int, goods: Products) -> int | None:
        """Give the next place behind *at* that names some of these goods."""
        found = (
            places[behind]
            for number in goods
            if (places := self._places.get(number)) and (behind := bisect_right(places, at)) < len(places)
        )
        return min(found, default=None)


def _hush(spans: list[Span], places: Iterable[int]) -> None:
    """Make talk of the spans at some places."""
    for at in places:
        spans[at] = replace(
            spans[at], kind=SpanKind.TALK, word="", value=None, unit=None, size=None, senses=(), wide=()
        )


def _rows(spans: Sequence[Span]) -> Iterator[range]:
    first = 0
    for at in range(len(spans) + 1):
        if at == len(spans) or spans[at].kind is SpanKind.STOP:
            yield range(first, at)
            first = at + 1


def _counts(span: Span) -> bool:
    return span.kind in COUNTING and not span.is_pack


def _without_stock_sections(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Leave out what stands behind "Stock left:" up to the label of the next section ("Order:")."""
    done = list(spans)
    markers = lexicon().markers
    label: list[str] = []  # the words since the last line end, comma or full stop
    in_stock = False
    for at, span in enumerate(spans):
        if span.kind in SEPARATING:
            label = []
        elif span.kind is SpanKind.TALK and tokens[span.start].text == ":":
            keys, label = set(label), []
            says_stock = markers["stock_label"] | markers["remaining"]
            is_stock = (
                bool(keys & says_stock) and keys <= says_stock | markers["counted_in"] | markers["there_is"]
            )
            in_stock = is_stock or (in_stock and not keys & markers["order_label"])
        else:
            label += [token.key for token in tokens[span.start : span.end]]
        if in_stock and span.kind is not SpanKind.STOP:
            done[at] = replace(
                span, kind=SpanKind.TALK, word="", value=None, unit=None, size=None, senses=(), wide=()
            )
    return done


def _told(
    spans: Sequence[Span], row: range, tokens: Sequence[Token], index: CatalogIndex, named: _Named
) -> set[int]:
    """Give the places of the numbers of a row that tell what is there."""
    told: set[int] = set()
    waiting: list[int] = []  # numbers since the last verb
    is_open = False  # "we have" stands before
    for at in row:
        if spans[at].word == "send" or spans[at].kind in ENDING:
            waiting, is_open = [], False
        elif _opens_a_list(spans[at], tokens):
            waiting, is_open = [], True
        elif _counts(spans[at]):
            waiting.append(at)
            keys = [
                key
                for place in _behind(spans, at)
                if (key := _key(spans[place], tokens)) not in index.names.by_light
            ]
            if is_open:
                told.add(at)
            elif _is_on_hand(spans, at, keys, tokens, named):
                is_verb = bool(set(keys) & lexicon().markers["there_is"])
                first = waiting[0] if is_verb else _joined_from(spans, waiting[0], at)
                told |= {one for one in waiting if one >= first}
                waiting = []
    return told


def _opens_a_list(span: Span, tokens: Sequence[Token]) -> bool:
    """Say whether "have" stands here, of the shop itself, and is no verb of an order ("we have to", "we have an order of")."""
    exact, at = lexicon().exact, span.end - 1
    if tokens[at].text not in exact["have"] or not at or tokens[at - 1].text not in exact["who_has"]:
        return False
    return not {token.text for token in tokens[at + 1 : at + FARTHEST]} & exact["not_had"]


def _joined_from(spans: Sequence[Span], first: int, at: int) -> int:
    """Give the place behind the last comma before a number of a list, or the list's first place."""
    commas = (
        place + 1
        for place in range(at - 1, first - 1, -1)
        if spans[place].kind is SpanKind.COMMA and spans[place].word != "and"
    )
    return next(commas, first)


def _is_on_hand(
    spans: Sequence[Span], at: int, keys: Sequence[str], tokens: Sequence[Token], named: _Named
) -> bool:
    markers = lexicon().markers
    about = markers["there_is"] | markers["at_the_shop"] | markers["counted_in"] | markers["there_too"]
    if any(key in markers["remaining"] and set(keys[place + 1 :]) <= about for place, key in enumerate(keys)):
        return True
    first = next((key for key in keys if key not in markers["there_too"]), "")
    if first in markers["surely_there"]:
        return True
    if not set(keys) & markers["there_is"]:
        return False
    before = list(_before(spans, at))
    around = {*keys, *(_key(spans[place], tokens) for place in before)}
    is_ours = bool(around & markers["at_the_shop"]) or any(spans[place].word == "with_us" for place in before)
    return is_ours or _is_counted_again(spans, at) or _is_asked_for_later(spans, at, named)


def _is_counted_again(spans: Sequence[Span], at: int) -> bool:
    """Say whether the next thing that is named or counted in this row or the next is a number without goods of its own."""
    rows = 0
    for place in range(max([at, *_goods_of(spans, at)]) + 1, len(spans)):
        span = spans[place]
        rows += span.kind is SpanKind.STOP
        if span.kind in (SpanKind.PRODUCT, SpanKind.WITHDRAW) or rows > 1:
            return False
        if span.kind in COUNTING:
            return not _leads_goods(spans, place)
    return False


def _leads_goods(spans: Sequence[Span], at: int) -> bool:
    """Say whether a number stands right before goods that no number follows ("12 ota honey")."""
    kinds = [span.kind for span in spans[at + 1 : at + 3]]
    return kinds[:1] == [SpanKind.PRODUCT] and (len(kinds) == 1 or kinds[1] not in COUNTING)


def _is_asked_for_later(spans: Sequence[Span], at: int, named: _Named) -> bool:
    """Say whether the goods of a number are counted again by their name, before the verb of an order."""
    goods = NO_PRODUCTS.union(*(_products(spans[place]) for place in _goods_of(spans, at)))
    again = named.again(at, goods)
    return again is not None and again <= named.last_send


def _goods_of(spans: Sequence[Span], at: int) -> list[int]:
    """Give the place of the goods that a number of a told list counts: those before it, or else right behind it."""
    for place in range(at - 1, -1, -1):
        if spans[place].kind is SpanKind.PRODUCT:
            return [place]
        if spans[place].kind in SEPARATING or spans[place].kind in COUNTING:
            break
    behind = range(at + 1, min(at + 2, len(spans)))
    return [place for place in behind if spans[place].kind is SpanKind.PRODUCT]


def _told_without_number(
    spans: Sequence[Span], row: range, tokens: Sequence[Token], named: _Named
) -> Iterator[int]:
    """Give goods of an order's row that are said to be there, or to have run out, and no number counts there."""
    markers = lexicon().markers
    for at in row:
        if spans[at].kind is not SpanKind.PRODUCT or (at > row.start and _counts(spans[at - 1])):
            continue
        keys = [_key(spans[place], tokens) for place in _behind(spans, at)]
        said = next((key for key in keys if key not in markers["there_too"]), "")
        behind = (spans[place] for place in range(at + 1, row.stop))
        follows = next((span for span in behind if _counts(span) or span.kind is SpanKind.PRODUCT), None)
        if follows is None or follows.kind is not SpanKind.PRODUCT:
            continue
        has_run_out = said in markers["has_run_out"] and _is_named_again(spans, at, row, named)
        if has_run_out or said in markers["surely_there"]:
            yield at


def _is_named_again(spans: Sequence[Span], at: int, row: range, named: _Named) -> bool:
    again = named.again(at, _products(spans[at]))
    return again is not None and again < row.stop


def _products(span: Span) -> Products:
    return span.senses[0].products if span.kind is SpanKind.PRODUCT else NO_PRODUCTS


def _behind(spans: Sequence[Span], at: int) -> Iterator[int]:
    """Give the places of the talk behind a number, up to the end of its clause; goods right behind it are passed over."""
    start = at + 2 if spans[at + 1 : at + 2] and spans[at + 1].kind is SpanKind.PRODUCT else at + 1
    for place in range(start, min(start + FARTHEST, len(spans))):
        if spans[place].kind not in (SpanKind.TALK, SpanKind.UNKNOWN) or spans[place].word == "send":
            return
        yield place


def _before(spans: Sequence[Span], at: int) -> Iterator[int]:
    for place in range(at - 1, max(-1, at - 1 - FARTHEST), -1):
        if spans[place].kind in SEPARATING or spans[place].kind in COUNTING:
            return
        yield place


def _key(span: Span, tokens: Sequence[Token]) -> str:
    return tokens[span.start].key
