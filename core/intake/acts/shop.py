"""What a shop's clause does. The rules stand in their order: the first that fits reads the clause."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking, mood_of
from core.intake.acts.drafting import draft
from core.intake.acts.payments import (
    counts_goods,
    read_correction,
    read_pay_how,
    read_payment,
)
from core.intake.acts.types import Act, ActKind, Mood
from core.intake.language.plain import plain

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
_ARRIVED = (
    "v.receive.",
    "v.come.",
    "v.reach.",
    "v.take.",
    "v.understand.",
    "v.deliver.",
    "v.hand.",
    "v.be.",
    "v.do.",
    "v.finish.",
    "v.give.",
    "is.goods",
    "is.order",
    "is.full",
    "is.mine",
    "talk.",
    "v.send.",
    "day.",
    "v.confirm.",
)


def read(clause: Clause) -> list[Act]:
    """Give the acts of one clause; none when no rule fits."""
    for rule in _RULES:
        if acts := rule(clause):
            return acts
    return []


# Goods at the door


def _shortage(clause: Clause) -> list[Act]:
    broken = clause.has("is.damaged", "is.expired", "is.wrong") or clause.verb("break", "spoil")
    did_not_come = (
        clause.strangers
        and clause.figures
        and clause.verb("come", "reach", "receive")
        and clause.has_denied_verb
    )
    got_only = clause.has("is.part") and clause.verb("receive", "come", "reach") and bool(clause.figures)
    short = clause.has("is.short") or clause.verb("miss") or did_not_come or got_only
    if not (broken or short) or clause.has("is.money", "is.cash", "is.price") or clause.verb("less"):
        return []
    if clause.verb("want", "send", "give", "add", tense="command"):
        return []
    amounts = facts.amounts_of(clause)
    return [
        draft(
            ActKind.DAMAGED if broken else ActKind.SHORT, clause, means=("is.", "v.", "talk."), numbers=("order", "line", "count", "invoice"), used=clause.strangers,
            mood=mood_of(clause, denial_counts=not did_not_come and broken), orders=clause.orders, invoices=clause.invoices, amounts=amounts,
            goods=facts.goods_of(clause), reason=facts.damage_of(clause), is_all=clause.has("is.full"),
        )
    ]  # fmt: skip


def _received(clause: Clause) -> list[Act]:
    says_so = (
        clause.verb("receive", "come", "reach", "hand")
        or (clause.verb("understand") and (clause.has("is.goods") or bool(clause.orders)))
        or clause.verb("deliver", tense="past")
        or (clause.verb("take", tense="past") and clause.has("is.goods"))
    )
    future = clause.verb("come", "reach", "receive", tense="future")
    if not says_so or clause.has("is.money", "is.cash", "is.bill", "is.code", "is.credit", *facts.WAYS):
        return []
    if clause.figures or (clause.strangers and not clause.orders) or (future and (clause.is_question)):
        return []
    if clause.has("mood.asked") and clause.has("is.order", "is.goods", "is.mine"):
        return []
    return [
        draft(
            ActKind.RECEIVED,
            clause,
            means=_ARRIVED,
            numbers=("order", "when"),
            orders=clause.orders,
            is_all=clause.has("is.full"),
            is_certain=not clause.verb("receive", "come", tense="bare"),
        )
    ]


# Orders that were placed


def _status(clause: Clause) -> list[Act]:
    about = (
        clause.has("is.order", "is.goods", "is.mine")
        or bool(clause.orders)
        or clause.verb("reach", "come", "deliver", "send", "dispatch")
    )
    asks = (
        clause.is_asked
        or clause.has("mood.asked")
        or any(
            unit.text in ("status", "stithi", "स्थिति", "track", "tracking", "khabar", "eta", "where", "khoi")
            for unit in clause.units
        )
    )
    if (
        not (about and asks)
        or clause.figures
        or len(clause.strangers) > 1
        or clause.has(
            "is.price",
            "is.stock",
            "is.bill",
            "is.code",
            "is.cash",
            "is.money",
            "is.balance",
            "is.basket_total",
            "is.basket",
            "is.statement",
            "talk.help",
            *facts.WAYS,
        )
    ):
        return []
    if clause.verb("cancel", "change", "place", "add", "remove") or (
        clause.strangers and not clause.orders and not clause.has("is.order", "is.goods")
    ):
        return []
    return [
        draft(ActKind.STATUS, clause, means=("is.", "v.", "talk."), mood=Mood.ASKED, orders=clause.orders)
    ]


def _canceled(clause: Clause) -> list[Act]:
    if not clause.verb("cancel") and not (clause.verb("keep", "send") and clause.orders and clause.is_denied):
        return []
    if clause.strangers and not clause.orders:
        return []
    if clause.figures:
        return []
    return [
        draft(
            ActKind.CANCEL,
            clause,
            means=(
                "is.same",
                "v.cancel.",
                "v.do.",
                "v.be.",
                "v.give.",
                "v.want.",
                "v.finish.",
                "is.order",
                "is.goods",
                "is.mine",
                "is.full",
                "is.basket",
                "is.list",
                "v.order.",
                "is.correct",
            ),
            orders=clause.orders,
            is_all=clause.has("is.full"),
            ignoring=clause.denials if not clause.verb("cancel") else (),
        )
    ]


def _changed(clause: Clause) -> list[Act]:
    if (
        not clause.verb("change")
        or clause.strangers
        or clause.figures
        or clause.has("talk.language", "talk.english", "talk.nepali", "talk.switch", "is.price")
    ):
        return []
    if clause.has("is.again", "is.same") or not (
        clause.orders or clause.has("is.order") or len(clause.words) <= 2
    ):
        return []
    return [
        draft(
            ActKind.CHANGE,
            clause,
            means=(
                "v.change.",
                "v.do.",
                "v.be.",
                "v.want.",
                "is.order",
                "is.mine",
                "is.list",
                "is.basket",
                "v.order.",
            ),
            orders=clause.orders,
        )
    ]


def _asks_code(clause: Clause) -> list[Act]:
    if clause.codes:
        return [
            draft(
                ActKind.CODE,
                clause,
                means=("is.code", "v.be.", "is.goods", "is.order"),
                numbers=("code", "order"),
                codes=clause.codes,
                orders=clause.orders,
            )
        ]
    if (
        not clause.has("is.code")
        or clause.figures
        or clause.strangers
        or clause.names
        or clause.has("is.reference", *facts.WAYS)
    ):
        return []
    return [
        draft(
            ActKind.ASK_CODE, clause, means=("is.", "v.", "talk."), mood=asking(clause), orders=clause.orders
        )
    ]


# Money that is owed


def _bill(clause: Clause) -> list[Act]:
    if clause.has("is.bill") or clause.has("is.pdf") or (clause.invoices and not clause.has(*facts.WAYS)):
        kind = ActKind.COMPLAINT if clause.has("is.wrong", "is.problem") else ActKind.INVOICE
        return [
            draft(
                kind,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("order", "invoice", "when"),
                mood=asking(clause),
                orders=clause.orders,
                invoices=clause.invoices,
            )
        ]
    return []


def _balance(clause: Clause) -> list[Act]:
    if clause.strangers or clause.has("is.goods") or clause.orders or clause.codes:
        return []
    if clause.has("is.statement") and not (
        clause.has("is.balance", "is.credit") and clause.has("mood.asked")
    ):
        return [
            draft(
                ActKind.STATEMENT,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("when", "count", "line"),
                mood=asking(clause),
                when=facts.when_of(clause),
            )
        ]
    if clause.figures:
        return []
    owes = (
        clause.verb("pay", "give")
        and (clause.has("mood.asked", "mood.due") or clause.verb("must"))
        and clause.has("mood.asked")
    )
    on_credit = clause.has("is.credit", "is.money") and (clause.is_question) and not clause.verb("send")
    if clause.has("is.balance") or owes or on_credit:
        return [draft(ActKind.BALANCE, clause, means=("is.", "v.", "talk."), mood=asking(clause))]
    return []


# The list


def _placed(clause: Clause) -> list[Act]:
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


def _list_shown(clause: Clause) -> list[Act]:
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


def _again(clause: Clause) -> list[Act]:
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


def _goods_asked(clause: Clause) -> list[Act]:
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


def _goods(clause: Clause) -> list[Act]:
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


@cache
def _alone() -> Mapping[str, ActKind]:
    file = files("core.intake.acts.words") / "alone.toml"
    kinds = tomllib.loads(file.read_text(encoding="utf-8"))
    return {plain(words).text.strip(): ActKind(kind) for kind, phrases in kinds.items() for words in phrases}


def read_alone(clause: Clause) -> list[Act]:
    """What a word or two ask for as a whole message; an order's number alone asks how it stands."""
    if clause.orders and len(clause.units) == len(clause.numerals) == 1 and not clause.codes:
        return [draft(ActKind.CODE, clause, mood=Mood.ASKED, orders=clause.orders)]
    kind = (
        _alone().get(" ".join(plain(unit.text).text.strip() for unit in clause.words))
        if clause.words
        else None
    )
    if kind is None or clause.numerals:
        return []
    moves = kind in (ActKind.CLEAR, ActKind.REORDER)
    return [
        draft(
            kind,
            clause,
            means=("is.", "v.", "talk.", ""),
            mood=Mood.NOW if moves else Mood.ASKED,
            used=clause.words,
        )
    ]


_RULES: tuple[Callable[[Clause], list[Act]], ...] = (
    _asks_code,
    read_pay_how,
    read_correction,
    read_payment,
    _bill,
    _goods_asked,
    _shortage,
    _status,
    _received,
    _canceled,
    _again,
    _list_shown,
    _changed,
    _balance,
    _placed,
    _goods,
)
