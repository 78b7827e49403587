"""A shop's list: goods for it, what they cost, how it stands, and the yes that places it."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking
from core.intake.acts.drafting import draft
from core.intake.acts.payments import counts_goods
from core.intake.acts.types import Act, ActKind, Mood

_PLACE = (
    "talk.yes",
    "is.credit",
    "is.cash",
    "is.order",
    "is.list",
    "is.basket",
    "is.goods",
    "is.mine",
    "is.full",
    "v.send.command",
    "v.send.bare",
    "v.place.",
    "v.order.",
    "v.confirm.",
    "v.do.command",
    "v.do.bare",
    "v.give.command",
    "v.deliver.command",
    "v.deliver.bare",
    "v.go.bare",
    "v.put.command",
    "v.be.bare",
    "is.send_word",
    "v.bring.command",
    "v.dispatch.bare",
    "v.accept.bare",
    "v.arrange.command",
    "v.keep.command",
)


def read_placed(clause: Clause) -> list[Act]:
    """The yes to the list with more than a yes: send, on credit, for cash, in any order and with politeness."""
    sends = (
        clause.verb("send", tense="command")
        or clause.verb("send", tense="bare")
        or clause.verb("place", "confirm")
        or clause.verb("deliver", tense="command")
        or clause.verb("bring", tense="command")
    )
    terms = clause.has("is.credit", "is.cash")
    orders = clause.has("is.order") and (
        clause.has("talk.yes") or clause.verb("do", tense="command") or clause.verb("order", "place")
    )
    if (
        not (sends or terms or orders)
        or clause.numerals
        or clause.has(
            "is.bill",
            "is.statement",
            "is.code",
            "is.message",
            "is.price",
            "is.balance",
            "is.same",
            "is.again",
            "is.money",
            "talk.person",
            *facts.WAYS,
        )
    ):
        return []
    if clause.strangers:
        return []
    if clause.has("talk.help", "is.how"):
        return [draft(ActKind.HELP, clause, means=("is.", "v.", "talk."), mood=Mood.ASKED)]
    if not terms and clause.has("is.order", "is.goods") and "v.send.command.not" in clause.senses:
        # "Don't send the order" gives it up; it is asked once more before it is.
        return [
            draft(
                ActKind.CANCEL,
                clause,
                means=("v.send.", "is.order", "is.goods", "is.mine"),
                numbers=(),
                ignoring=clause.denials,
            )
        ]
    both = clause.has("is.cash") and clause.has("is.credit")
    return [
        draft(
            ActKind.PLACE,
            clause,
            means=_PLACE,
            numbers=(),
            terms=facts.terms_of(clause),
            is_certain=not both,
        )
    ]


def read_list_shown(clause: Clause) -> list[Act]:
    if clause.strangers or clause.numerals:
        return []
    if clause.has("is.basket_total", "is.basket") or (
        clause.has("is.list") and (clause.verb("show", "see", "send") or clause.has("is.mine", "mood.asked"))
    ):
        if clause.has("is.clear") or clause.verb("remove"):
            return [draft(ActKind.CLEAR, clause, means=("is.", "v.", "talk."))]
        return [draft(ActKind.SHOW_BASKET, clause, means=("is.", "v.", "talk."), mood=asking(clause))]
    if clause.has("is.clear") or (clause.verb("remove") and clause.has("is.full")):
        return [draft(ActKind.CLEAR, clause, means=("is.", "v.", "talk."))]
    return []


def read_again(clause: Clause) -> list[Act]:
    if clause.strangers or clause.figures or not clause.has("is.same"):
        return []
    return [
        draft(
            ActKind.REORDER,
            clause,
            means=("is.", "v.", "talk."),
            numbers=("order", "when"),
            orders=clause.orders,
        )
    ]


def read_goods_asked(clause: Clause) -> list[Act]:
    asks = clause.is_question
    commands = clause.verb("send", "give", "put", tense="command")
    if (not asks and not clause.has("is.price")) or commands or clause.orders:
        return []
    goods = facts.goods_of(clause)
    about_price = clause.has("is.price") or (
        _asks_how_much(clause) and clause.strangers and clause.verb("must", "be", "allowed")
    )
    if about_price and (clause.strangers or asks) and (asks or not counts_goods(clause)):
        return [
            draft(
                ActKind.ASK_PRICE,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("count", "line", "when", "money"),
                used=clause.strangers,
                mood=Mood.ASKED,
                goods=goods,
            )
        ]
    has_it = clause.has("is.stock", "is.back", "is.sold_out", "talk.yes") or clause.verb(
        "receive", "allowed", "be", "sell", "have"
    )
    if asks and clause.strangers and has_it:
        return [
            draft(
                ActKind.ASK_STOCK,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("count", "line"),
                used=clause.strangers,
                mood=Mood.ASKED,
                goods=goods,
            )
        ]
    return []


def _asks_how_much(clause: Clause) -> bool:
    return any(
        unit.text in ("kati", "katti", "कति", "kitna", "kitne", "कितना", "how", "discount")
        for unit in clause.units
    )


def read_goods(clause: Clause) -> list[Act]:
    """Goods for the order reader: it settles what they are and whether they are wanted or not."""
    counted = any(
        (numeral.best.unit is not None or clause.strangers)
        and facts.group_of(numeral) not in ("when", "code", "order")
        for numeral in clause.numerals
    )
    line = clause.has("is.line") and bool(clause.figures)
    changes = clause.verb("remove", "add", "less", "more", "change", "keep")
    wants = clause.verb("want", "send", "give", "put", "bring", "order", "take") and bool(clause.strangers)
    if not (counted or line or (changes and (clause.strangers or clause.figures)) or wants):
        return []
    is_edit = (changes or line) and not clause.verb("add")
    kind = ActKind.EDIT if is_edit else ActKind.ORDER
    return [
        draft(
            kind,
            clause,
            means=("is.", "v.", "talk.", "day."),
            numbers=("line", "count", "money", "name", "when", "order", "place"),
            used=clause.strangers,
            goods=facts.goods_of(clause),
            lines=clause.small_numbers() if line else (),
            when=facts.when_of(clause),
        )
    ]
