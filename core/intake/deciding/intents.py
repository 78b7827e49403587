"""What a message wants, from the cues of its rows and from what is left of its goods."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.intake.language.tokens import Kind, Token
from core.intake.parsing.rows import Row, RowKind
from core.intake.parsing.spans import Span, SpanKind, TaggedMessage
from core.intake.reading import Intent, Role

SHORT_ANSWER_WORDS = 6
CODE = re.compile(r"\d{4,6}")  # of an order
GREETING_WORDS = 8
NOT_OF_THE_BASKET = (
    "cancel",
    "due",
    "price",
    "where",
    "paid",
    "ask_price",
    "stock_question",
    "not_wanted_order",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    """All that an intent is decided from."""

    rows: Sequence[Row]
    cues: frozenset[str]
    has_lines: bool  # goods with an amount, certain or to be asked about
    has_goods: bool  # goods named to be ordered, with or without an amount
    has_refused: bool
    has_loose_ends: bool
    corrects_first: bool  # "haina" stands before anything else
    corrects_itself: bool  # "1 case, no, 2 case" in one breath, or a row that puts an earlier one right
    first_number: str | None
    has_code: bool  # a number may be an order's
    is_bare: bool  # nothing but talk words and numbers
    words: int

    def says(self, *names: str) -> bool:
        return not self.cues.isdisjoint(names)

    def has_row(self, kind: RowKind) -> bool:
        return any(row.kind is kind for row in self.rows)

    @property
    def names_goods(self) -> bool:
        return any(row.has_product for row in self.rows)

    @property
    def asks(self) -> bool:
        return any(row.asks for row in self.rows)

    @property
    def is_short(self) -> bool:
        return self.is_bare or self.words <= SHORT_ANSWER_WORDS


def read_features(
    tagged: TaggedMessage,
    tokens: Sequence[Token],
    rows: Sequence[Row],
    *,
    has_lines: bool,
    has_goods: bool,
    has_refused: bool,
    has_loose_ends: bool,
    is_put_right: bool,
) -> Features:
    said = [token for token in tokens if token.kind in (Kind.WORD, Kind.NUMBER)]
    first = next((token.text for token in said[:1] if token.kind is Kind.NUMBER), None)
    kinds = [
        span.kind for span in tagged.spans if span.kind not in (SpanKind.TALK, SpanKind.STOP, SpanKind.COMMA)
    ]
    return Features(
        rows=rows,
        cues=frozenset().union(*(row.cues for row in rows)) if rows else frozenset(),
        has_lines=has_lines,
        has_goods=has_goods,
        has_refused=has_refused,
        has_loose_ends=has_loose_ends,
        corrects_first=bool(kinds) and kinds[0] is SpanKind.CORRECT,
        corrects_itself=is_put_right or _corrects_itself(tagged),
        first_number=first,
        has_code=any(token.kind is Kind.NUMBER and CODE.fullmatch(token.text) for token in said),
        is_bare=not any(kind in (SpanKind.PRODUCT, SpanKind.UNKNOWN) for kind in kinds),
        words=len(said),
    )


def _corrects_itself(tagged: TaggedMessage) -> bool:
    """Say whether goods with a number and its unit stand before the correction; "24, no, 36" may speak of the basket."""
    kinds = [span.kind for span in tagged.spans]
    if SpanKind.CORRECT not in kinds:
        return False
    at = kinds.index(SpanKind.CORRECT)
    before = tagged.spans[:at]
    if _is_old_number(tagged.spans, at):
        return False
    counted = any(span.kind is SpanKind.QUANTITY and span.unit is not None for span in before)
    return counted and any(span.kind is SpanKind.PRODUCT for span in before)


def _is_old_number(spans: Sequence[Span], at: int) -> bool:
    """Say whether the correction denies a bare number and ends the message ("current 2 carton banau, 4 hoina"): it stood before."""
    if at < 2 or any(span.kind in (SpanKind.PRODUCT, SpanKind.QUANTITY) for span in spans[at:]):
        return False
    denied = spans[at - 1]
    return denied.kind is SpanKind.QUANTITY and denied.unit is None and spans[at - 2].kind is SpanKind.COMMA


def decide(role: Role, features: Features) -> Intent:
    """Give the first intent whose rule holds; the order of the rules is the order of caution."""
    rules = VENDOR_RULES if role is Role.VENDOR else RETAILER_RULES
    return next((intent for intent, holds in rules if holds(features)), Intent.OTHER)


def _repeats_with_goods(features: Features) -> bool:
    if not features.has_lines or not features.says("again_strong") or features.corrects_first:
        return False
    return not features.says("usual") or features.says(
        "past", "resend", "my_goods"
    )  # "the usual soap" is no repetition


def _changes_goods(features: Features) -> bool:
    """Say whether goods with a number are a change of what stands, not an order."""
    if features.has_lines and features.says("said_before"):
        return True
    if not features.has_lines or (features.corrects_itself and not features.says("cart")):
        return False
    if features.corrects_first or (
        features.says("edit_strong") and (features.says("edit_sure") or not features.says("send"))
    ):
        return True
    asks_for_goods = features.says("send", "order_word", "add") or features.corrects_itself
    if features.says("remove") and features.has_refused:
        return True
    return not asks_for_goods and features.says("set") and not features.says("confirm")


def _complains(features: Features) -> bool:
    return features.has_row(RowKind.COMPLAINT) and not features.says("where")


def _takes_out(features: Features) -> bool:
    if features.says("remove") and not features.says("ask_price"):
        return not features.says("order_word") or features.has_refused or features.says("cart")
    if features.says("clear"):
        return features.says("cart", "all_lines") or features.words <= 2
    if features.says("cancel") and features.says("last_line"):
        return not features.says("order_word")
    if features.says("cancel"):
        return features.has_refused or (features.says("cart") and not features.says("order_word"))
    return features.has_refused and features.says("withdraw") and not features.says("order_word")


def _changes_the_last_line(features: Features) -> bool:
    """Say whether a number without goods replaces one ("haina 3 carton matra", "make it 5")."""
    if not features.has_loose_ends or not features.is_bare or features.says(*NOT_OF_THE_BASKET):
        return False
    return features.corrects_first or features.says("set", "edit_strong", "only")


def _changes_something(features: Features) -> bool:
    return features.says("edit_strong") and features.has_goods and not features.says("ask")


def _cancels(features: Features) -> bool:
    return features.says("not_wanted_order") or (features.says("cancel") and not features.has_refused)


def _repeats(features: Features) -> bool:
    if features.says("price", "ask_price", "where", "arrives"):
        return False
    if features.says("again_strong"):
        return True
    if features.has_goods or not features.says("my_goods"):
        return False
    return (features.says("usual") and features.says("send")) or (
        features.says("past") and features.says("resend", "send") and not features.says("story")
    )


def _wants_nothing_more(features: Features) -> bool:
    return features.says("withdraw") and not features.has_refused and not features.has_goods


def _asks_for_status(features: Features) -> bool:
    if features.says("thanks_strong") and features.says("story") and not features.asks:
        return False  # "dhanyabad, saman pugyo" tells, and thanks
    return features.has_row(RowKind.STATUS) and (
        not features.says("help_strong") or features.says("order_word")
    )


def _needs_help(features: Features) -> bool:
    if features.has_row(RowKind.QUESTION) and features.says("help_strong"):
        return True
    return features.says("help") and not features.names_goods


def _wants_goods(features: Features) -> bool:
    """Say whether goods named without a number are wanted, not only spoken of."""
    if not features.has_goods:
        return False
    if features.says("send", "order_word", "add"):
        return True
    return any(_only_names_goods(row) for row in features.rows if row.kind is RowKind.GOODS)


def _only_names_goods(row: Row) -> bool:
    if row.has_unknown and "withdraw" not in row.cues:
        return False
    return row.cues.isdisjoint({"thanks", "help", "story", "no"})


def _asks_again(features: Features) -> bool:
    return features.says("again") and (features.says("send", "order_word") or features.words <= 3)


def _is_small_talk(features: Features) -> bool:
    if features.says("thanks_strong") or (features.says("thanks") and not features.is_bare):
        return features.is_short
    return features.says("how_are_you") and features.is_short


def _greets(features: Features) -> bool:
    return features.says("greeting") and (features.is_bare or features.words <= GREETING_WORDS)


def _thanks(features: Features) -> bool:
    return features.is_bare and features.says("thanks") and not features.says("no")


def _says_yes(features: Features) -> bool:
    return features.is_bare and features.says("yes") and not features.says("no")


Rules = tuple[tuple[Intent, Callable[[Features], bool]], ...]

RETAILER_RULES: Rules = (
    (Intent.REORDER, _repeats_with_goods),
    (Intent.CART_EDIT, _changes_goods),
    (Intent.ORDER, lambda features: features.has_lines),
    (Intent.OTHER, _complains),
    (Intent.PAYMENT, lambda features: features.has_row(RowKind.PAYMENT)),
    (Intent.CART_EDIT, _takes_out),
    (Intent.CART_EDIT, _changes_the_last_line),
    (Intent.CART_EDIT, _changes_something),
    (Intent.CANCEL, _cancels),
    (Intent.BALANCE, lambda features: features.has_row(RowKind.BALANCE)),
    (Intent.REORDER, _repeats),
    (Intent.CANCEL, _wants_nothing_more),
    (Intent.STATUS, _asks_for_status),
    (Intent.HELP, _needs_help),
    (Intent.QUERY, lambda features: features.has_row(RowKind.QUESTION)),
    (Intent.OTHER, lambda features: features.has_row(RowKind.STORY)),
    (Intent.ORDER, _wants_goods),
    (Intent.REORDER, _asks_again),
    (Intent.CONFIRM, lambda features: features.is_bare and features.says("confirm")),
    (Intent.SMALLTALK, _is_small_talk),
    (Intent.GREETING, _greets),
    (Intent.SMALLTALK, _thanks),
    (Intent.CONFIRM, _says_yes),
)


def _sets_prices(features: Features) -> bool:
    priced = any(
        row.has_order or any(span.kind is SpanKind.PRICE for span in row.spans) for row in features.rows
    )
    return features.names_goods and priced and not features.says("accept", "reject")


def _declines(features: Features) -> bool:
    return features.says("reject") or (features.first_number == "2" and features.words <= 2)


def _declines_by_code(features: Features) -> bool:
    """Say whether an order's code stands before goods that ran out ("1203 tar chaina, hunna")."""
    is_code = features.first_number is not None and CODE.fullmatch(features.first_number) is not None
    return (
        is_code
        and features.says("no", "sold_out", "cancel")
        and not features.says("accept", "yes")
        and not features.asks
    )


def _agrees_by_code(features: Features) -> bool:
    """Say whether an order's code stands beside a yes ("huncha 1412 milcha")."""
    if not features.has_code or features.names_goods or features.asks:
        return False
    return features.says("yes", "accept") and not features.says("no", "reject", "where", "price")


def _takes_the_first_choice(features: Features) -> bool:
    return features.first_number == "1" and features.words <= 2 and not features.says("no")


def _has_run_out(features: Features) -> bool:
    return features.names_goods and features.says("sold_out") and not features.asks


def _says_no(features: Features) -> bool:
    return features.says("no") and not features.asks


def _agrees(features: Features) -> bool:
    return features.says("yes") and not features.names_goods


def _sends(features: Features) -> bool:
    return features.says("send") and features.is_bare and not features.says("again")


VENDOR_RULES: Rules = (
    (Intent.REJECT, _declines_by_code),
    (Intent.OTHER, _sets_prices),
    (Intent.REJECT, _declines),
    (Intent.ACCEPT, _takes_the_first_choice),
    (Intent.PAYMENT, lambda features: features.has_row(RowKind.PAYMENT)),
    (Intent.OTHER, _has_run_out),
    (Intent.REJECT, _says_no),
    (Intent.ACCEPT, lambda features: features.says("accept")),
    (Intent.BALANCE, lambda features: features.has_row(RowKind.BALANCE)),
    (Intent.REJECT, lambda features: features.says("cancel")),
    (Intent.HELP, lambda features: features.says("help")),
    (Intent.ACCEPT, _agrees_by_code),
    (Intent.STATUS, lambda features: features.has_row(RowKind.STATUS)),
    (Intent.QUERY, lambda features: features.has_row(RowKind.QUESTION)),
    (Intent.SMALLTALK, lambda features: features.says("thanks_strong")),
    (Intent.ACCEPT, _agrees),
    (Intent.GREETING, lambda features: features.says("greeting")),
    (Intent.SMALLTALK, lambda features: features.says("thanks")),
    (Intent.OTHER, lambda features: features.names_goods),
    (Intent.ACCEPT, _sends),
)
