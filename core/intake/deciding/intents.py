"""What a message wants, from the cues of its rows and from what is left of its goods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.intake.language.tokens import Kind, Token
from core.intake.parsing.rows import Row, RowKind
from core.intake.parsing.spans import Atom, Atoms
from core.intake.reading import Intent, Role

SHORT_ANSWER_WORDS = 6
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
class Signs:
    """All that an intent is decided from."""

    rows: Sequence[Row]
    cues: frozenset[str]
    has_lines: bool  # goods with an amount, certain or to be asked about
    has_goods: bool  # goods named to be ordered, with or without an amount
    has_refused: bool
    has_loose_ends: bool
    corrects_first: bool  # "haina" stands before anything else
    corrects_itself: bool  # "1 case, no, 2 case" in one breath
    first_number: str | None
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


def gather_signs(
    atoms: Atoms,
    tokens: Sequence[Token],
    rows: Sequence[Row],
    *,
    has_lines: bool,
    has_goods: bool,
    has_refused: bool,
    has_loose_ends: bool,
) -> Signs:
    said = [token for token in tokens if token.kind in (Kind.WORD, Kind.NUMBER)]
    first = next((token.text for token in said[:1] if token.kind is Kind.NUMBER), None)
    kinds = [part.kind for part in atoms.parts if part.kind not in (Atom.TALK, Atom.STOP, Atom.COMMA)]
    return Signs(
        rows=rows,
        cues=frozenset().union(*(row.cues for row in rows)) if rows else frozenset(),
        has_lines=has_lines,
        has_goods=has_goods,
        has_refused=has_refused,
        has_loose_ends=has_loose_ends,
        corrects_first=bool(kinds) and kinds[0] is Atom.CORRECT,
        corrects_itself=_corrects_itself(atoms),
        first_number=first,
        is_bare=not any(kind in (Atom.PRODUCT, Atom.STRANGER) for kind in kinds),
        words=len(said),
    )


def _corrects_itself(atoms: Atoms) -> bool:
    """Say whether goods with a number and its unit stand before the correction; "24, no, 36" may speak of the basket."""
    kinds = [part.kind for part in atoms.parts]
    if Atom.CORRECT not in kinds:
        return False
    before = atoms.parts[: kinds.index(Atom.CORRECT)]
    counted = any(part.kind is Atom.QUANTITY and part.unit is not None for part in before)
    return counted and any(part.kind is Atom.PRODUCT for part in before)


def decide(role: Role, signs: Signs) -> Intent:
    """Give the first intent whose rule holds; the order of the rules is the order of caution."""
    rules = VENDOR_RULES if role is Role.VENDOR else RETAILER_RULES
    return next((intent for intent, holds in rules if holds(signs)), Intent.OTHER)


def _repeats_with_goods(signs: Signs) -> bool:
    if not signs.has_lines or not signs.says("again_strong") or signs.corrects_first:
        return False
    return not signs.says("usual") or signs.says(
        "past", "resend", "my_goods"
    )  # "the usual soap" is no repetition


def _changes_goods(signs: Signs) -> bool:
    """Say whether goods with a number are a change of what stands, not an order."""
    if not signs.has_lines:
        return False
    if signs.corrects_first or (
        signs.says("edit_strong") and (signs.says("edit_sure") or not signs.says("send"))
    ):
        return True
    asks_for_goods = signs.says("send", "order_word", "add") or signs.corrects_itself
    removes = signs.says("remove") and signs.has_refused
    return not asks_for_goods and (removes or (signs.says("set") and not signs.says("confirm")))


def _complains(signs: Signs) -> bool:
    return signs.has_row(RowKind.COMPLAINT) and not signs.says("where")


def _takes_out(signs: Signs) -> bool:
    if signs.says("remove") and not signs.says("ask_price"):
        return not signs.says("order_word") or signs.has_refused or signs.says("cart")
    if signs.says("clear"):
        return signs.says("cart", "all_lines") or signs.words <= 2
    if signs.says("cancel"):
        return signs.has_refused or (signs.says("cart") and not signs.says("order_word"))
    return signs.has_refused and signs.says("withdraw") and not signs.says("order_word")


def _changes_the_last_line(signs: Signs) -> bool:
    """Say whether a number without goods replaces one ("haina 3 carton matra", "make it 5")."""
    if not signs.has_loose_ends or not signs.is_bare or signs.says(*NOT_OF_THE_BASKET):
        return False
    return signs.corrects_first or signs.says("set", "edit_strong", "only")


def _changes_something(signs: Signs) -> bool:
    return signs.says("edit_strong") and signs.has_goods and not signs.says("ask")


def _cancels(signs: Signs) -> bool:
    return signs.says("not_wanted_order") or (signs.says("cancel") and not signs.has_refused)


def _repeats(signs: Signs) -> bool:
    if signs.says("price", "ask_price", "where", "arrives"):
        return False
    if signs.says("again_strong"):
        return True
    if signs.has_goods or not signs.says("my_goods"):
        return False
    return (signs.says("usual") and signs.says("send")) or (
        signs.says("past") and signs.says("resend", "send") and not signs.says("story")
    )


def _wants_nothing_more(signs: Signs) -> bool:
    return signs.says("withdraw") and not signs.has_refused and not signs.has_goods


def _asks_for_status(signs: Signs) -> bool:
    if signs.says("thanks_strong") and signs.says("story") and not signs.asks:
        return False  # "dhanyabad, saman pugyo" tells, and thanks
    return signs.has_row(RowKind.STATUS) and (not signs.says("help_strong") or signs.says("order_word"))


def _needs_help(signs: Signs) -> bool:
    if signs.has_row(RowKind.QUESTION) and signs.says("help_strong"):
        return True
    return signs.says("help") and not signs.names_goods


def _wants_goods(signs: Signs) -> bool:
    """Say whether goods named without a number are wanted, not only spoken of."""
    if not signs.has_goods:
        return False
    if signs.says("send", "order_word", "add"):
        return True
    return any(_only_names_goods(row) for row in signs.rows if row.kind is RowKind.GOODS)


def _only_names_goods(row: Row) -> bool:
    if row.has_stranger and "withdraw" not in row.cues:
        return False
    return row.cues.isdisjoint({"thanks", "help", "story", "no"})


def _asks_again(signs: Signs) -> bool:
    return signs.says("again") and (signs.says("send", "order_word") or signs.words <= 3)


def _is_small_talk(signs: Signs) -> bool:
    if signs.says("thanks_strong") or (signs.says("thanks") and not signs.is_bare):
        return signs.is_short
    return signs.says("how_are_you") and signs.is_short


def _greets(signs: Signs) -> bool:
    return signs.says("greeting") and (signs.is_bare or signs.words <= GREETING_WORDS)


def _thanks(signs: Signs) -> bool:
    return signs.is_bare and signs.says("thanks") and not signs.says("no")


def _says_yes(signs: Signs) -> bool:
    return signs.is_bare and signs.says("yes") and not signs.says("no")


Rules = tuple[tuple[Intent, Callable[[Signs], bool]], ...]

RETAILER_RULES: Rules = (
    (Intent.REORDER, _repeats_with_goods),
    (Intent.CART_EDIT, _changes_goods),
    (Intent.ORDER, lambda signs: signs.has_lines),
    (Intent.OTHER, _complains),
    (Intent.PAYMENT, lambda signs: signs.has_row(RowKind.PAYMENT)),
    (Intent.CART_EDIT, _takes_out),
    (Intent.CART_EDIT, _changes_the_last_line),
    (Intent.CART_EDIT, _changes_something),
    (Intent.CANCEL, _cancels),
    (Intent.BALANCE, lambda signs: signs.has_row(RowKind.BALANCE)),
    (Intent.REORDER, _repeats),
    (Intent.CANCEL, _wants_nothing_more),
    (Intent.STATUS, _asks_for_status),
    (Intent.HELP, _needs_help),
    (Intent.QUERY, lambda signs: signs.has_row(RowKind.QUESTION)),
    (Intent.OTHER, lambda signs: signs.has_row(RowKind.STORY)),
    (Intent.ORDER, _wants_goods),
    (Intent.REORDER, _asks_again),
    (Intent.CONFIRM, lambda signs: signs.is_bare and signs.says("confirm")),
    (Intent.SMALLTALK, _is_small_talk),
    (Intent.GREETING, _greets),
    (Intent.SMALLTALK, _thanks),
    (Intent.CONFIRM, _says_yes),
)


def _sets_prices(signs: Signs) -> bool:
    priced = any(row.has_order or any(part.kind is Atom.PRICE for part in row.parts) for row in signs.rows)
    return signs.names_goods and priced and not signs.says("accept", "reject")


def _declines(signs: Signs) -> bool:
    return signs.says("reject") or (signs.first_number == "2" and signs.words <= 2)


def _takes_the_first_choice(signs: Signs) -> bool:
    return signs.first_number == "1" and signs.words <= 2 and not signs.says("no")


def _has_run_out(signs: Signs) -> bool:
    return signs.names_goods and signs.says("sold_out") and not signs.asks


def _says_no(signs: Signs) -> bool:
    return signs.says("no") and not signs.asks


def _agrees(signs: Signs) -> bool:
    return signs.says("yes") and not signs.names_goods


def _sends(signs: Signs) -> bool:
    return signs.says("send") and signs.is_bare and not signs.says("again")


VENDOR_RULES: Rules = (
    (Intent.OTHER, _sets_prices),
    (Intent.REJECT, _declines),
    (Intent.ACCEPT, _takes_the_first_choice),
    (Intent.PAYMENT, lambda signs: signs.has_row(RowKind.PAYMENT)),
    (Intent.OTHER, _has_run_out),
    (Intent.REJECT, _says_no),
    (Intent.ACCEPT, lambda signs: signs.says("accept")),
    (Intent.BALANCE, lambda signs: signs.has_row(RowKind.BALANCE)),
    (Intent.REJECT, lambda signs: signs.says("cancel")),
    (Intent.HELP, lambda signs: signs.says("help")),
    (Intent.STATUS, lambda signs: signs.has_row(RowKind.STATUS)),
    (Intent.QUERY, lambda signs: signs.has_row(RowKind.QUESTION)),
    (Intent.SMALLTALK, lambda signs: signs.says("thanks_strong")),
    (Intent.ACCEPT, _agrees),
    (Intent.GREETING, lambda signs: signs.says("greeting")),
    (Intent.SMALLTALK, lambda signs: signs.says("thanks")),
    (Intent.OTHER, lambda signs: signs.names_goods),
    (Intent.ACCEPT, _sends),
)
