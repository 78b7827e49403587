"""What a message wants, from the cues of its rows and from what is left of its goods."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.intake.atoms import Atom, Atoms
from core.intake.reading import Intent, Role
from core.intake.rows import Row, RowKind
from core.intake.text import Kind, Token

SHORT_ANSWER_WORDS = 6
STRONG_AGAIN = frozenset({"again_strong"})
CHATTER = frozenset({"filler", "yes", "thanks", "greeting", "confirm", "send", "set", "of", "only", "add", "and", "order_word", "cart", "accept"})


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
    first_number: str | None
    is_bare: bool  # nothing but talk words and numbers
    words: int


def gather_signs(
    atoms: Atoms, tokens: Sequence[Token], rows: Sequence[Row], *, has_lines: bool, has_goods: bool, has_refused: bool, has_loose_ends: bool
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
        first_number=first,
        is_bare=not any(kind in (Atom.PRODUCT, Atom.STRANGER) for kind in kinds),
        words=len(said),
    )


def decide(role: Role, signs: Signs) -> Intent:
    return _vendor(signs) if role is Role.VENDOR else _retailer(signs)


# -- retailers ----------------------------------------------------------------------------------------------------------


def _retailer(signs: Signs) -> Intent:
    """Decide among all that a shop may want; what asks or tells something never becomes an order."""
    kinds = {row.kind for row in signs.rows}
    cues = signs.cues
    if signs.has_lines:
        return _with_lines(signs)
    if RowKind.COMPLAINT in kinds and not _asks_where(cues):
        return Intent.OTHER
    if RowKind.PAYMENT in kinds:
        return Intent.PAYMENT
    if edit := _edit_without_lines(signs):
        return edit
    if "not_wanted_order" in cues or ("cancel" in cues and not signs.has_refused):
        return Intent.CANCEL
    if RowKind.BALANCE in kinds:
        return Intent.BALANCE
    if "again_strong" in cues and not {"price", "ask_price"} & cues and not _asks_where(cues):
        return Intent.REORDER
    if "withdraw" in cues and not signs.has_refused and not signs.has_goods:
        return Intent.CANCEL
    if RowKind.STATUS in kinds and not ("help_strong" in cues and "order_word" not in cues):
        return Intent.STATUS
    names_goods = any(row.has_product for row in signs.rows)
    if "help" in cues and not names_goods:
        return Intent.HELP
    if RowKind.QUESTION in kinds:
        return Intent.HELP if "help_strong" in cues else Intent.QUERY
    if RowKind.STORY in kinds:
        return Intent.OTHER
    if "help" in cues and not signs.has_goods:
        return Intent.HELP
    if signs.has_goods and _wants_goods(signs):
        return Intent.ORDER
    if "again" in cues and ("send" in cues or "order_word" in cues or signs.words <= 3):
        return Intent.REORDER
    return _talk(signs)


def _asks_where(cues: frozenset[str]) -> bool:
    return "where" in cues


def _with_lines(signs: Signs) -> Intent:
    cues = signs.cues
    if "again_strong" in cues and not signs.corrects_first:
        return Intent.REORDER
    asks_for_goods = bool({"send", "order_word", "add"} & cues)
    if signs.corrects_first or ("edit_strong" in cues and not ("send" in cues and "edit_sure" not in cues)):
        return Intent.CART_EDIT
    if "remove" in cues and signs.has_refused and not asks_for_goods:
        return Intent.CART_EDIT
    if "set" in cues and not asks_for_goods and "confirm" not in cues:
        return Intent.CART_EDIT
    return Intent.ORDER


def _edit_without_lines(signs: Signs) -> Intent | None:
    cues = signs.cues
    if "remove" in cues and ("order_word" not in cues or signs.has_refused or "cart" in cues) and "ask_price" not in cues:
        return Intent.CART_EDIT
    if "clear" in cues and ({"cart", "all_lines"} & cues or signs.words <= 2):
        return Intent.CART_EDIT
    if "cancel" in cues and (signs.has_refused or ("cart" in cues and "order_word" not in cues)):
        return Intent.CART_EDIT
    if signs.has_refused and "withdraw" in cues and "order_word" not in cues:
        return Intent.CART_EDIT
    speaks_of_other_things = {"cancel", "due", "price", "where", "paid", "ask_price", "stock_question", "not_wanted_order"} & cues
    if signs.has_loose_ends and signs.is_bare and not speaks_of_other_things:
        if signs.corrects_first or {"set", "edit_strong", "only"} & cues:
            return Intent.CART_EDIT
    if "edit_strong" in cues and signs.has_goods and "ask" not in cues:
        return Intent.CART_EDIT
    return None


def _wants_goods(signs: Signs) -> bool:
    """Say whether goods named without a number are wanted, not only spoken of."""
    if {"send", "order_word", "add"} & signs.cues:
        return True
    if any(row.has_stranger for row in signs.rows) and "withdraw" not in signs.cues:
        return False
    return not {"thanks", "help", "story", "no"} & signs.cues


def _talk(signs: Signs) -> Intent:
    cues = signs.cues
    if not signs.is_bare and not ({"thanks", "greeting"} & cues and signs.words <= SHORT_ANSWER_WORDS):
        if "help" in cues:
            return Intent.HELP
        return Intent.SMALLTALK if {"thanks"} & cues else Intent.GREETING if "greeting" in cues and signs.words <= 8 else Intent.OTHER
    if "confirm" in cues:
        return Intent.CONFIRM
    if "thanks_strong" in cues:
        return Intent.SMALLTALK
    if "help" in cues:
        return Intent.HELP
    if "greeting" in cues:
        return Intent.SMALLTALK if "how_are_you" in cues else Intent.GREETING
    if "no" in cues:
        return Intent.OTHER
    if "thanks" in cues:
        return Intent.SMALLTALK
    if "yes" in cues:
        return Intent.CONFIRM
    return Intent.OTHER


# -- vendors ------------------------------------------------------------------------------------------------------------


def _vendor(signs: Signs) -> Intent:
    """Decide what a wholesaler answers; its prices and stock are no reply to an offer."""
    kinds = {row.kind for row in signs.rows}
    cues = signs.cues
    names_goods = any(row.has_product for row in signs.rows)
    if names_goods and any(row.has_order or any(part.kind is Atom.PRICE for part in row.parts) for row in signs.rows) and not {"accept", "reject"} & cues:
        return Intent.OTHER
    if "reject" in cues:
        return Intent.REJECT
    if signs.first_number == "2" and signs.words <= 2:
        return Intent.REJECT
    if signs.first_number == "1" and signs.words <= 2 and "no" not in cues:
        return Intent.ACCEPT
    if RowKind.PAYMENT in kinds:
        return Intent.PAYMENT
    if "no" in cues and not any(row.asks for row in signs.rows):
        return Intent.OTHER if names_goods and "sold_out" in cues else Intent.REJECT
    if "accept" in cues:
        return Intent.ACCEPT
    if RowKind.BALANCE in kinds:
        return Intent.BALANCE
    if "cancel" in cues:
        return Intent.REJECT
    if "help" in cues:
        return Intent.HELP
    if RowKind.STATUS in kinds:
        return Intent.STATUS
    if RowKind.QUESTION in kinds:
        return Intent.QUERY
    if "thanks_strong" in cues:
        return Intent.SMALLTALK
    if "yes" in cues and not names_goods:
        return Intent.ACCEPT
    if "greeting" in cues:
        return Intent.GREETING
    if "thanks" in cues:
        return Intent.SMALLTALK
    if names_goods:
        return Intent.OTHER
    return Intent.ACCEPT if "send" in cues and signs.is_bare and "again" not in cues else Intent.OTHER
