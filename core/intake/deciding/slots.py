"""The facts beside the goods: which order, how much money, by which way, under which reference."""

import re
from collections.abc import Sequence
from decimal import Decimal

from core.intake.language.lexicon import Lexicon
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.spans import SpanKind, TaggedMessage
from core.intake.reading import Intent, Slots

ORDER_NUMBER = re.compile(
    r"(?:\border|\boder|अर्डर|ऑर्डर|#|\bno\.?|\bnumber|\bnambar|\bid)\s*(?:no\.?|number|nambar|id|#|नं\.?)?\s*[:.#-]?\s*([a-z]{0,4}-?\d{3,8})(?!\d)",
    re.IGNORECASE,
)
BARE_ORDER_NUMBER = re.compile(r"(?<![\w.,])#?([a-z]{1,4}-\d{3,8}|\d{3,6})(?![\w,])", re.IGNORECASE)
REFERENCE = re.compile(r"^(?=[a-z]*\d)[a-z0-9][a-z0-9-]{2,24}$", re.IGNORECASE)
REFERENCE_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,30}")
SPEAKS_OF_ORDERS = frozenset({Intent.ACCEPT, Intent.REJECT, Intent.CANCEL, Intent.STATUS})
PAISA = Decimal(100)
MOST_MONEY = Decimal(1_000_000_000)


def read_slots(
    intent: Intent, text: str, tokens: Sequence[Token], tagged: TaggedMessage, words: Lexicon
) -> Slots:
    """Give the facts that belong to an intent; what was not said stays None."""
    if intent in SPEAKS_OF_ORDERS:
        return Slots(order_ref=_order_ref(text))
    if intent is Intent.PAYMENT:
        reference, ends = _reference(text, tokens, words)
        return Slots(
            amount_minor=_amount_minor(tagged, tokens, skipped=ends),
            method=_method(tokens, words),
            reference=reference,
        )
    if intent is Intent.CART_EDIT:
        quantity = next(
            (
                span
                for span in tagged.spans
                if span.kind in (SpanKind.QUANTITY, SpanKind.MEASURE) and span.value is not None
            ),
            None,
        )
        return Slots(qty=quantity.value, unit=quantity.unit) if quantity else Slots()
    return Slots()


def _order_ref(text: str) -> str | None:
    match = ORDER_NUMBER.search(text) or BARE_ORDER_NUMBER.search(text)
    return match[1].upper() if match else None


def _method(tokens: Sequence[Token], words: Lexicon) -> str | None:
    """Give the way the money went; a wallet named beside a bank is the way ("bank bata esewa")."""
    found = []
    for start in range(len(tokens)):
        for length in (3, 2, 1):
            key = tuple(token.key for token in tokens[start : start + length])
            if len(key) == length and key in words.methods:
                found.append(words.methods[key])
                break
    specific = [name for name in found if name not in ("bank", "cash", "cheque")]
    return next(iter(specific or found), None)


def _reference(text: str, tokens: Sequence[Token], words: Lexicon) -> tuple[str | None, range]:
    """Give the reference that follows "ref" or "txn", and the characters it takes."""
    for token in tokens:
        if token.kind is Kind.WORD and token.key in words.reference_words:
            for match in REFERENCE_TOKEN.finditer(text, token.end):
                if match.start() - token.end > 12:
                    break
                if REFERENCE.match(match.group()):
                    return match.group(), range(match.start(), match.end())
    for match in REFERENCE_TOKEN.finditer(text):
        word = match.group()
        if (
            len(word) >= 5
            and any(letter.isalpha() for letter in word)
            and sum(letter.isdigit() for letter in word) >= 2
            and word == word.upper()
        ):
            return word, range(match.start(), match.end())
    return None, range(0)


def _amount_minor(tagged: TaggedMessage, tokens: Sequence[Token], *, skipped: range) -> int | None:
    """Give the money said: a price if one is marked as such, else the largest bare number."""
    numbers = [
        span
        for span in tagged.spans
        if span.kind in (SpanKind.PRICE, SpanKind.QUANTITY)
        and span.value is not None
        and tokens[span.start].start not in skipped
    ]
    marked = [span for span in numbers if span.kind is SpanKind.PRICE]
    best = max((span.value for span in marked or numbers if span.value is not None), default=None)
    if best is None or not 0 < best < MOST_MONEY:
        return None
    return int(best * PAISA)
