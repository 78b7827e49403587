"""What a shop's clause does. The rules stand in their order: the first that fits reads the clause."""

from collections.abc import Callable

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.drafting import draft
from core.intake.acts.types import Act, ActKind, Mood
from core.intake.language.numerals import NumberKind

_WAYS = tuple(
    f"way.{way}" for way in ("esewa", "khalti", "imepay", "fonepay", "connectips", "cheque", "bank_transfer")
)
_PAYING = (
    "way.",
    "is.money",
    "is.cash",
    "is.reference",
    "is.code",
    "is.bill",
    "is.full",
    "is.part",
    "is.balance",
    "is.statement",
    "is.credit",
    "is.mine",
    "is.goods",
    "is.order",
    "is.rest",
    "v.pay.",
    "v.give.",
    "v.send.",
    "v.do.",
    "v.be.",
    "v.put.",
    "v.confirm.",
    "v.finish.",
    "v.deliver.bare",
    "small.",
    "day.",
    "is.list",
    "is.line",
    "v.hand.",
    "v.go.",
    "v.take.",
)
_NUMBERS_OF_PAY = ("money", "when", "invoice", "name")
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


# Payments


def _payment(clause: Clause) -> list[Act]:
    """Money that went, goes or shall go to a wholesaler."""
    way = clause.has(*_WAYS)
    cash = clause.has("is.cash")
    pays = clause.verb("pay")
    moved = clause.verb("give", "send", "put", "do", "hand")
    amount, is_sure, used = facts.money_of(clause)
    reference = facts.reference_of(clause)
    if reference and any(unit in reference[1] for unit in used):
        amount, is_sure, used = facts.money_of(clause, besides=reference[1])
    speaks = (
        pays
        or way
        or clause.has("is.money")
        or (cash and bool(used))
        or (reference is not None and clause.has("is.reference"))
    )
    if not speaks or _asks_how(clause) or _is_an_order(clause):
        return []
    if not (used or way or pays or moved or reference):
        return []
    if clause.has("is.price", "is.stock") or (clause.has("is.money") and clause.verb("return")):
        return []
    if (clause.has("is.balance", "is.statement") and not used) or (clause.has("mood.asked") and not used):
        return []
    mood = mood_of(clause)
    marks = (*used, *(reference[1] if reference else ()))
    is_noun = not any(
        clause.verb(verb, tense="past")
        for verb in ("pay", "give", "send", "put", "do", "hand", "be", "deposit")
    )
    # Without a word for doing it, only a reference or a way tells that it is done.
    certain = (
        (is_sure or not used)
        and not (is_noun and reference is None and not (way and used))
        and not (
            is_noun
            and clause.verb("pay", "give", "send", tense="bare")
            and reference is None
            and not clause.has("is.money")
        )
    )
    kind = ActKind.PROMISE if mood in (Mood.FUTURE, Mood.WISHED, Mood.DUE) else ActKind.PAY
    if mood is Mood.NOW:
        mood = Mood.DONE
    days = [one.best.date for one in clause.numerals if one.best.date is not None]
    return [
        draft(
            kind, clause, means=_PAYING, numbers=_NUMBERS_OF_PAY, used=marks, mood=mood, is_certain=certain,
            amount=amount, method=facts.method_of(clause), reference=reference[0] if reference else None, paid_on=days[0] if days else None,
            invoices=clause.invoices, when=facts.when_of(clause), is_all=clause.has("is.full"),
        )
    ]  # fmt: skip


def _is_an_order(clause: Clause) -> bool:
    """Say whether goods are named with an amount of their own."""
    return bool(clause.strangers) and any(
        unit.numeral is not None and unit.numeral.best.unit is not None for unit in clause.units
    )


def _asks_how(clause: Clause) -> bool:
    if clause.has("is.how") and clause.has("is.money", "is.cash", *_WAYS):
        return True
    asks = clause.is_asked or clause.has("mood.asked")
    return (
        asks
        and clause.has(*_WAYS, "is.money")
        and not clause.figures
        and clause.verb("send", "pay", "do", "give")
        and not clause.verb("send", "pay", "do", "give", tense="past")
    )


def _pay_how(clause: Clause) -> list[Act]:
    if not _asks_how(clause):
        return []
    return [
        draft(
            ActKind.PAY_HOW,
            clause,
            means=("is.", "v.", "way."),
            mood=Mood.ASKED,
            method=facts.method_of(clause),
        )
    ]


def _payment_put_right(clause: Clause) -> list[Act]:
    """A correction of what was just claimed: "hoina 6000 ho", "ref is not A1 but A2"."""
    first = next((unit for unit in clause.units if unit.senses or unit.numeral), None)
    denies_first = first is not None and (first.has("talk.no", "mood.neg") or first.has("is.correct"))
    reference = facts.reference_of(clause)
    amount, is_sure, used = facts.money_of(clause, besides=reference[1] if reference else ())
    if (
        clause.has("is.reference")
        and clause.has("mood.neg", "is.correct", "is.wrong")
        and reference is not None
    ):
        names = [
            unit
            for unit in clause.units
            if unit.numeral is not None and any(letter.isdigit() for letter in unit.text)
        ]
        after = _after_but(clause)
        right = after or (reference[0] if len(names) == 1 else None)
        return [
            draft(
                ActKind.CORRECT_PAYMENT,
                clause,
                means=("is.", "mood.neg", "talk.", "v.be.", "v.do."),
                numbers=("name", "order", "money", "count", "line"),
                ignoring=_denials(clause),
                mood=Mood.NOW if right else None,
                reference=right,
                used=clause.strangers,
                is_certain=right is not None,
            )
        ]
    if not (denies_first and used and amount) or clause.strangers or _is_an_order(clause):
        return []
    if (
        any(unit.numeral is not None and unit.numeral.best.unit is not None for unit in clause.units)
        or amount.minor < _SMALLEST_CORRECTION
    ):
        return []
    return [
        draft(
            ActKind.CORRECT_PAYMENT,
            clause,
            means=("is.money", "is.correct", "talk.", "way.", "is.cash", "v.be.", "v.pay.", "v.give."),
            numbers=("money", "order"),
            ignoring=_denials(clause),
            used=used,
            amount=amount,
            method=facts.method_of(clause),
            is_certain=is_sure,
        )
    ]


_SMALLEST_CORRECTION = 10_000  # a hundred rupees: a smaller bare number is a quantity


def _denials(clause: Clause) -> tuple[str, ...]:
    return tuple(
        sense for sense in clause.senses if sense in ("mood.neg", "talk.no") or sense.endswith(".not")
    )


def _after_but(clause: Clause) -> str | None:
    """Give the reference behind "but", "hoina" or "its": the right one after the wrong one."""
    names = [
        unit
        for unit in clause.units
        if unit.numeral is not None and unit.numeral.best.kind in (NumberKind.NAME, NumberKind.COUNT)
    ]
    if len(names) != 2:
        return None
    first, second = names
    words = [unit for unit in clause.units if unit.has("mood.neg", "is.correct", "is.wrong")]
    if not words:
        return None
    # "not A1 but A2", "A1 hoina A2": the denial stands before or right after the wrong one.
    denied_before = any(unit.start < second.start for unit in words)
    return second.text.upper() if denied_before else first.text.upper()


# Goods at the door


def _shortage(clause: Clause) -> list[Act]:
    broken = clause.has("is.damaged", "is.expired", "is.wrong") or clause.verb("break", "spoil")
    did_not_come = (
        clause.strangers
        and clause.figures
        and clause.verb("come", "reach", "receive")
        and any(sense.endswith(".not") for sense in clause.senses)
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
        clause.verb("receive", "come", "reach", "understand", "hand")
        or clause.verb("deliver", tense="past")
        or (clause.verb("take", tense="past") and clause.has("is.goods"))
    )
    future = clause.verb("come", "reach", "receive", tense="future")
    if not says_so or clause.has("is.money", "is.cash", "is.bill", "is.code", "is.credit", *_WAYS):
        return []
    if (
        clause.figures
        or (clause.strangers and not clause.orders)
        or (future and (clause.has("mood.asked") or clause.is_asked))
    ):
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
            *_WAYS,
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
    if not clause.verb("cancel") and not (clause.verb("keep", "send") and clause.orders and _denied(clause)):
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
            ignoring=_denials(clause) if not clause.verb("cancel") else (),
        )
    ]


def _denied(clause: Clause) -> bool:
    return clause.has("mood.neg") or any(sense.endswith(".not") for sense in clause.senses)


def _changed(clause: Clause) -> list[Act]:
    if (
        not clause.verb("change")
        or clause.strangers
        or clause.figures
        or clause.has("talk.language", "talk.english", "talk.nepali", "talk.switch", "is.price")
    ):
        return []
    if not (clause.orders or clause.has("is.order") or len(clause.words) <= 2):
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
    if not clause.has("is.code") or clause.strangers or clause.names or clause.has("is.reference", *_WAYS):
        return []
    return [
        draft(
            ActKind.ASK_CODE, clause, means=("is.", "v.", "talk."), mood=_asking(clause), orders=clause.orders
        )
    ]


def _asking(clause: Clause) -> Mood:
    mood = mood_of(clause)
    return mood if mood in (Mood.DENIED, Mood.REPORTED, Mood.CONDITIONAL) else Mood.ASKED


# Money that is owed


def _bill(clause: Clause) -> list[Act]:
    if clause.has("is.bill") or clause.has("is.pdf") or (clause.invoices and not clause.has(*_WAYS)):
        kind = ActKind.COMPLAINT if clause.has("is.wrong", "is.problem") else ActKind.INVOICE
        return [
            draft(
                kind,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("order", "invoice", "when"),
                mood=_asking(clause),
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
                mood=_asking(clause),
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
    on_credit = (
        clause.has("is.credit", "is.money")
        and (clause.has("mood.asked") or clause.is_asked)
        and not clause.verb("send")
    )
    if clause.has("is.balance") or owes or on_credit:
        return [draft(ActKind.BALANCE, clause, means=("is.", "v.", "talk."), mood=_asking(clause))]
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
            *_WAYS,
        )
    ):
        return []
    if clause.strangers:
        return []
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
        return [draft(ActKind.SHOW_BASKET, clause, means=("is.", "v.", "talk."), mood=_asking(clause))]
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
    asks = clause.is_asked or clause.has("mood.asked")
    if clause.has("is.price") and (clause.strangers or asks) and not _is_an_order(clause):
        return [
            draft(
                ActKind.ASK_PRICE,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("count", "line", "when", "money"),
                used=clause.strangers,
                mood=Mood.ASKED,
                goods=facts.goods_of(clause),
            )
        ]
    if (
        asks
        and clause.strangers
        and (clause.has("is.stock", "is.back", "talk.yes") or clause.verb("receive", "allowed", "be"))
        and not clause.figures
    ):
        return [
            draft(
                ActKind.ASK_STOCK,
                clause,
                means=("is.", "v.", "talk."),
                used=clause.strangers,
                mood=Mood.ASKED,
                goods=facts.goods_of(clause),
            )
        ]
    return []


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


_RULES: tuple[Callable[[Clause], list[Act]], ...] = (
    _asks_code,
    _pay_how,
    _payment_put_right,
    _payment,
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
