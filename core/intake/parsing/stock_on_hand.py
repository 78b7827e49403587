"""What a shop still has is told, not asked for: "honey 4 ota cha pasal ma, 12 ota pathaunu", "duster 5 left, send 24"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.intake.catalogue.index import CatalogIndex
from core.intake.language.lexicon import Cue, lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, SEPARATING, Span, SpanKind

FARTHEST = 5  # words of talk around the number that may say where the goods are


def with_stock_on_hand(
    spans: list[Span], tokens: Sequence[Token], index: CatalogIndex
) -> tuple[list[Span], tuple[Cue, ...]]:
    """Let the numbers of goods that a shop has count nothing; where nothing else is counted, the row only tells something."""
    spans = _without_stock_sections(spans, tokens)
    done = list(spans)
    cues: list[Cue] = []
    for at, span in enumerate(spans):
        if span.kind not in COUNTING or span.is_pack:
            continue
        behind = [
            place for place in _behind(spans, at) if _key(spans[place], tokens) not in index.names.by_light
        ]
        if not behind:
            continue
        is_counted_again = _is_counted_again(spans, at)
        if _is_on_hand(spans, at, behind, tokens, is_counted_again=is_counted_again):
            for place in (at, *behind):
                done[place] = replace(
                    done[place], kind=SpanKind.TALK, word="", value=None, unit=None, size=None
                )
            if not is_counted_again:
                cues.append(Cue(name="story", start=span.start, end=span.end))
    return done, tuple(cues)


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


def _is_on_hand(
    spans: Sequence[Span], at: int, behind: Sequence[int], tokens: Sequence[Token], *, is_counted_again: bool
) -> bool:
    markers = lexicon().markers
    keys = [_key(spans[place], tokens) for place in behind]
    about = markers["there_is"] | markers["at_the_shop"] | markers["counted_in"]
    if any(key in markers["remaining"] and set(keys[place + 1 :]) <= about for place, key in enumerate(keys)):
        return True
    if not set(keys) & markers["there_is"]:
        return False
    before = {_key(spans[place], tokens) for place in _before(spans, at)}
    return is_counted_again or bool((before | set(keys)) & markers["at_the_shop"])


def _is_counted_again(spans: Sequence[Span], at: int) -> bool:
    """Say whether the next thing that is named or counted in this row or the next is a number without goods of its own."""
    rows = 0
    for span in spans[at + 1 :]:
        rows += span.kind is SpanKind.STOP
        if span.kind in (SpanKind.PRODUCT, SpanKind.WITHDRAW) or rows > 1:
            return False
        if span.kind in COUNTING:
            return True
    return False


def _behind(spans: Sequence[Span], at: int) -> Iterator[int]:
    """Give the places of the talk behind a number, up to the end of its clause; goods right behind it are passed over."""
    start = at + 2 if spans[at + 1 : at + 2] and spans[at + 1].kind is SpanKind.PRODUCT else at + 1
    for place in range(start, min(start + FARTHEST, len(spans))):
        if spans[place].kind not in (SpanKind.TALK, SpanKind.UNKNOWN):
            return
        yield place


def _before(spans: Sequence[Span], at: int) -> Iterator[int]:
    for place in range(at - 1, max(-1, at - 1 - FARTHEST), -1):
        if spans[place].kind in SEPARATING or spans[place].kind in COUNTING:
            return
        yield place


def _key(span: Span, tokens: Sequence[Token]) -> str:
    return tokens[span.start].key
