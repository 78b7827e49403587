"""Words around goods that change what is said of them: a verb in two parts, a purpose, a letter that the catalogue lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from core.intake.language.lexicon import Cue, lexicon
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.spans import COUNTING, NAMING, SEPARATING, Sense, Span, SpanKind, together

COUNTING_OR_PACK = COUNTING | {SpanKind.PACK}


def states_of_some(tokens: Sequence[Token]) -> Iterator[Cue]:
    """Find "2 of the bulbs are fused": whatever the state is called, some of what came is not as it should be."""
    ahead = _states_ahead(tokens)
    for at in range(len(tokens) - 2):
        if tokens[at + 1].text != "of" or tokens[at + 2].text not in lexicon().exact["of_them"]:
            continue
        place = ahead[at + 3]
        if place is None:
            continue
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if after not in lexicon().exact["still_wanted"]:
            yield Cue(name="complaint", start=place, end=place + 1)


def _states_ahead(tokens: Sequence[Token]) -> list[int | None]:
    """Give for each place the next word for a state in its sentence."""
    ahead: list[int | None] = [None] * (len(tokens) + 1)
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        if token.kind is Kind.BREAK or token.text in (";", "?"):
            continue
        ahead[place] = place if token.text in lexicon().exact["states"] else ahead[place + 1]
    return ahead


def with_particles(spans: list[Span], tokens: Sequence[Token]) -> tuple[list[Span], tuple[Cue, ...]]:
    """Read "take A and B off", "A off please" and "stop A": these give the goods up, as "remove" does."""
    done = list(spans)
    cues: list[Cue] = []
    for row in _rows(spans):
        if _begins_with_stop(spans, tokens, row):
            done[row[0]] = replace(spans[row[0]], kind=SpanKind.WITHDRAW, word="remove")
            cues.append(Cue(name="remove", start=spans[row[0]].start, end=spans[row[0]].end))
            continue
        particle = _particle_behind_goods(spans, tokens, row)
        if particle is None:
            continue
        verb = next((at for at in row if _word(spans[at], tokens) in lexicon().exact["leading_verbs"]), None)
        if verb is not None and not any(spans[at].kind is SpanKind.PRODUCT for at in range(row[0], verb + 1)):
            done[particle] = replace(spans[particle], kind=SpanKind.TALK, word="")
        elif _word(spans[particle], tokens) == "off" and spans[particle].kind is not SpanKind.WITHDRAW:
            verb = particle
        else:
            continue
        done[verb] = replace(spans[verb], kind=SpanKind.WITHDRAW, word="remove")
        cues.append(Cue(name="remove", start=spans[verb].start, end=spans[verb].end))
    return done, tuple(cues)


def _begins_with_stop(spans: Sequence[Span], tokens: Sequence[Token], row: range) -> bool:
    """Say whether a row stops goods: "stop tide and rin"."""
    is_stop = _word(spans[row[0]], tokens) in lexicon().exact["stopping"]
    return is_stop and any(spans[at].kind is SpanKind.PRODUCT for at in row)


def _particle_behind_goods(spans: Sequence[Span], tokens: Sequence[Token], row: range) -> int | None:
    """Find the last "off" or "out" of a row, if goods stand before it and only talk behind it."""
    goods = [at for at in row if spans[at].kind is SpanKind.PRODUCT]
    particle = next(
        (at for at in reversed(row) if _word(spans[at], tokens) in lexicon().exact["particles"]), None
    )
    if not goods or particle is None or particle < goods[-1]:
        return None
    is_last = all(spans[at].kind is SpanKind.TALK for at in range(particle + 1, row.stop))
    return particle if is_last else None


def with_signatures(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Let the name of a shop be talk ("Thank you, Annapurna Store"): a clause that counts nothing and ends with what shops are called."""
    done = list(spans)
    first = 0
    for at in range(len(spans) + 1):
        if at < len(spans) and spans[at].kind not in SEPARATING:
            continue
        clause = range(first, at)
        first = at + 1
        if any(spans[place].kind in COUNTING for place in clause) or not _ends_with_a_business(
            spans, clause, tokens
        ):
            continue
        for place in clause:
            if spans[place].kind in NAMING:
                done[place] = replace(spans[place], kind=SpanKind.TALK, word="", senses=(), wide=())
    return done


def _ends_with_a_business(spans: Sequence[Span], clause: range, tokens: Sequence[Token]) -> bool:
    words = [
        token
        for place in clause
        for token in tokens[spans[place].start : spans[place].end]
        if token.kind is Kind.WORD
    ]
    return len(words) > 1 and words[-1].text in lexicon().exact["businesses"]


def with_asides(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Part a remark in brackets that gives goods up by name from what stands before it: "tide 12 (tide cancel)"."""
    done = list(spans)
    kinds: set[SpanKind] = set()  # of what stands up to the next closing bracket
    for at in range(len(spans) - 1, -1, -1):
        span = spans[at]
        if tokens[span.start].text == ")":
            kinds = set()
            continue
        is_opening = span.kind is SpanKind.TALK and tokens[span.start].text == "("
        if is_opening and SpanKind.PRODUCT in kinds and SpanKind.WITHDRAW in kinds:
            done[at] = replace(span, kind=SpanKind.COMMA)
        kinds.add(span.kind)
    return done


def with_brands_in_brackets(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Read "amla tel 2 (dabur)": a name in brackets behind goods and their number is part of that name."""
    done = list(spans)
    for at in range(2, len(spans) - 1):
        inside = spans[at]
        in_brackets = tokens[spans[at - 1].start].text == "(" and tokens[spans[at + 1].start].text == ")"
        if inside.kind is not SpanKind.PRODUCT or spans[at - 1].end != inside.start or not in_brackets:
            continue
        goods = next(
            (place for place in range(at - 2, max(-1, at - 5), -1) if spans[place].kind in NAMING), None
        )
        if goods is None or spans[goods].kind is not SpanKind.PRODUCT:
            continue
        if senses := together(spans[goods].senses, inside.senses):
            done[goods] = replace(done[goods], senses=senses)
            done[at] = replace(inside, kind=SpanKind.TALK, word="", senses=(), wide=())
    return done


def with_two(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Read Hindi "do" behind goods as two where other goods of the message have their number in words: "frooti do aur maggi teen"."""
    in_words = any(
        span.kind is SpanKind.QUANTITY
        and tokens[span.start].kind is Kind.WORD
        and _is_behind_goods(spans, at)
        for at, span in enumerate(spans)
    )
    if not in_words:
        return spans
    return [
        replace(span, kind=SpanKind.QUANTITY, word="", value=Decimal(2))
        if _is_two(spans, at, tokens)
        else span
        for at, span in enumerate(spans)
    ]


def _is_two(spans: Sequence[Span], at: int, tokens: Sequence[Token]) -> bool:
    if (
        tokens[spans[at].start].key not in lexicon().markers["giving"]
        or spans[at].kind is not SpanKind.UNKNOWN
    ):
        return False
    is_last = at + 1 == len(spans) or spans[at + 1].kind in SEPARATING
    return is_last and _is_behind_goods(spans, at)


def _is_behind_goods(spans: Sequence[Span], at: int) -> bool:
    """Say whether goods stand right before a part, or before one word of talk ("wala") or their size."""
    before = [span.kind for span in reversed(spans[max(0, at - 2) : at])]
    is_size = at > 0 and (spans[at - 1].kind is SpanKind.MEASURE or spans[at - 1].value is not None)
    return before[:1] == [SpanKind.PRODUCT] or (
        before[1:] == [SpanKind.PRODUCT] and (before[0] is SpanKind.TALK or is_size)
    )


def with_purposes(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Let "puja ko lagi" be talk where goods are counted behind it: it says what for, and asks for nothing."""
    last = max((at for at, span in enumerate(spans) if span.kind in COUNTING_OR_PACK), default=-1)
    done = list(spans)
    named = _goods_ahead(spans)
    for at, span in enumerate(spans[:last] if last > 0 else ()):
        is_purpose = span.kind in NAMING and _is_purpose(span, tokens) and not _is_counted(spans, at)
        if not is_purpose:
            continue
        goods = named[at + 1]
        narrowed = _for_this_purpose(span, spans[goods]) if goods is not None else ()
        if narrowed and not _is_told_by_a_verb(span, tokens):
            continue
        if narrowed and goods is not None:
            done[goods] = replace(spans[goods], senses=narrowed)
        done[at] = replace(span, kind=SpanKind.TALK, word="", senses=(), wide=())
    return done


def _goods_ahead(spans: Sequence[Span]) -> list[int | None]:
    """Give for each place the next goods."""
    ahead: list[int | None] = [None] * (len(spans) + 1)
    for place in range(len(spans) - 1, -1, -1):
        ahead[place] = place if spans[place].kind is SpanKind.PRODUCT else ahead[place + 1]
    return ahead


def _for_this_purpose(purpose: Span, goods: Span) -> tuple[Sense, ...]:
    """Give the goods among several that are sold for what is named before them ("pulsar 150 ko lagi brake shoe 10")."""
    return together(purpose.senses, goods.senses) if len(goods.senses[0].products) > 1 else ()


def _is_told_by_a_verb(purpose: Span, tokens: Sequence[Token]) -> bool:
    """Say whether what goods are for is told by what they do: "bhada majhne vim"."""
    return tokens[purpose.end].key in lexicon().markers["purpose_verbs"]


def with_emphasis(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Let "chai" behind "wala" be the particle that stresses ("1.5 wala chai 4"), and no tea."""
    stressing, worn = lexicon().exact["stressing"], lexicon().markers["worn"]
    return [
        replace(span, kind=SpanKind.TALK, word="", senses=(), wide=())
        if span.kind is SpanKind.PRODUCT
        and span.start
        and span.end == span.start + 1
        and tokens[span.start].text in stressing
        and tokens[span.start - 1].key in worn
        else span
        for span in spans
    ]


def with_letters(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Keep a single letter right behind goods ("vitamin k"): their names lack it, so that they may be other goods."""
    done = list(spans)
    for at in range(1, len(spans)):
        token = tokens[spans[at].start]
        if _is_letter_of_a_name(spans, at, token) and _ends_a_name(spans[at + 1 : at + 2], tokens):
            done[at] = replace(spans[at], kind=SpanKind.UNKNOWN, word=token.key)
    return done


def _is_letter_of_a_name(spans: Sequence[Span], at: int, token: Token) -> bool:
    span, before = spans[at], spans[at - 1]
    if span.kind not in (SpanKind.TALK, SpanKind.UNKNOWN) or before.kind is not SpanKind.PRODUCT:
        return False
    is_letter = len(token.text) == 1 and token.text.isascii() and token.text.isalpha()
    is_meaningless = token.text in lexicon().exact["meaningless_letters"]
    return is_letter and not is_meaningless and span.start == before.end and not before.is_fixed


def _ends_a_name(following: Sequence[Span], tokens: Sequence[Token]) -> bool:
    """Say whether what follows is no further word of a name."""
    return all(
        after.kind in SEPARATING | COUNTING_OR_PACK or tokens[after.start].text == "size"
        for after in following
    )


def _rows(spans: Sequence[Span]) -> Iterator[range]:
    start = 0
    for at in range(len(spans) + 1):
        if at == len(spans) or spans[at].kind is SpanKind.STOP:
            if at > start:
                yield range(start, at)
            start = at + 1


def _word(span: Span, tokens: Sequence[Token]) -> str:
    return tokens[span.start].text if span.end == span.start + 1 else ""


def _is_purpose(span: Span, tokens: Sequence[Token]) -> bool:
    markers = lexicon().markers
    keys = [token.key for token in tokens[span.end : span.end + 2]]
    if keys and keys[0] in markers["possessive"]:
        return len(keys) > 1 and keys[1] in markers["purposes"] | markers["own_list"]
    return bool(keys) and keys[0] in markers["purposes"] | markers["purpose_verbs"]


def _is_counted(spans: Sequence[Span], at: int) -> bool:
    """Say whether a number stands before goods in their clause."""
    for place in range(at - 1, -1, -1):
        before = spans[place]
        if before.kind in SEPARATING or before.kind in NAMING:
            return False
        if before.kind in COUNTING_OR_PACK:
            return True
    return False
