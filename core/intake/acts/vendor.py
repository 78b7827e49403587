"""What a wholesaler's clause does. The rules stand in their order: the first that fits reads the clause."""

from collections.abc import Callable
from dataclasses import replace

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.drafting import draft
from core.intake.acts.types import Act, ActKind, CashShare, Mood
from core.intake.language.numerals import NumberKind

_DELIVER = (
    "v.deliver.",
    "v.hand.",
    "v.reach.",
    "v.give.",
    "v.do.",
    "v.be.",
    "v.take.",
    "v.receive.",
    "v.put.",
    "v.finish.",
    "is.goods",
    "is.order",
    "is.code",
    "is.full",
    "small.",
    "is.ready",
    "v.come.",
)
_CASH = (
    "is.cash",
    "is.money",
    "is.full",
    "is.part",
    "is.none",
    "is.order",
    "is.goods",
    "v.receive.",
    "v.give.",
    "v.take.",
    "v.pay.",
    "v.do.",
    "v.be.",
    "v.come.",
    "v.deliver.",
    "v.hand.",
    "v.reach.",
    "v.put.",
    "v.finish.",
    "is.code",
    "v.place.",
)
_SEND = (
    "v.dispatch.",
    "v.send.",
    "v.leave.",
    "v.go.",
    "v.load.",
    "v.do.",
    "v.be.",
    "v.finish.",
    "v.give.",
    "v.put.",
    "v.return.",
    "is.goods",
    "is.order",
    "is.full",
    "v.order.",
    "v.say.bare",
    "is.load",
    "v.deliver.bare",
)
_ACCEPT = (
    "v.accept.",
    "v.confirm.",
    "v.do.",
    "v.be.",
    "v.take.",
    "v.give.",
    "v.send.",
    "v.deliver.",
    "v.arrange.",
    "v.allowed.",
    "v.finish.",
    "is.order",
    "is.goods",
    "is.offer",
    "is.full",
    "is.mine",
    "v.order.",
    "is.ready",
    "talk.",
    "v.reach.",
    "v.come.",
    "v.place.",
    "is.stock",
    "v.put.",
)
_DECLINE = (
    "v.decline.",
    "v.do.",
    "v.be.",
    "v.finish.",
    "v.give.",
    "v.send.",
    "v.accept.",
    "v.take.",
    "v.allowed.",
    "v.want.",
    "v.arrange.",
    "v.deliver.",
    "is.order",
    "is.goods",
    "is.offer",
    "is.stock",
    "is.sold_out",
    "is.too_far",
    "is.cheap",
    "is.price",
    "is.closed",
    "is.full",
    "is.shop",
    "talk.",
    "v.reach.",
    "v.must.",
    "v.sell.",
    "is.none",
)
_WHEN = ("order", "when")
_TIMES = ("mood.tomorrow", "mood.day_after", "mood.later", "mood.today", "day.")


def read(clause: Clause) -> list[Act]:
    """Give the acts of one clause; none when no rule fits."""
    for rule in _RULES:
        if acts := rule(clause):
            return acts
    return []


# At the door


def _door(clause: Clause) -> list[Act]:
    """A delivery code is a delivery; cash and shortages beside it are acts of their own."""
    if not clause.codes:
        return []
    extra: list[Act] = []
    if _speaks_of_cash(clause):
        extra += _cash(clause)
    if clause.has("is.short", "is.damaged", "is.expired", "is.wrong") or clause.verb(
        "miss", "break", "spoil"
    ):
        extra += _shortage(clause)
    if not extra and clause.figures:
        extra += _line_amounts(clause)
    means = (
        *_DELIVER,
        *(_CASH if extra else ()),
        "is.short",
        "is.damaged",
        "is.expired",
        "is.wrong",
        "is.part",
        "v.miss.",
        "v.break.",
        "v.spoil.",
    )
    numbers = ("code", "order", *(("money", "count", "line") if extra else ()))
    main = draft(
        ActKind.DELIVER,
        clause,
        means=means,
        numbers=numbers,
        used=clause.strangers if extra else (),
        codes=clause.codes,
        orders=clause.orders,
    )
    if extra and main.mood is Mood.DENIED and extra[0].kind is ActKind.CASH:
        # "4821 cash paina": the denial is about the cash, and may be about all of it.
        main = replace(main, mood=Mood.NOW, is_certain=False)
    return [main, *extra]


def _speaks_of_cash(clause: Clause) -> bool:
    return clause.has("is.cash") or (clause.has("is.money") and bool(clause.codes))


def _cash_at_door(clause: Clause) -> list[Act]:
    if not clause.has("is.cash"):
        return []
    if clause.has("is.asked_how", "is.claims"):
        return []
    return _cash(clause)


def _cash(clause: Clause) -> list[Act]:
    amount, is_sure, used = facts.money_of(clause)
    mood = mood_of(clause)
    is_part = clause.has("is.part") or bool(used)
    share = (
        CashShare.NONE
        if mood is Mood.DENIED or clause.has("is.none")
        else CashShare.PART
        if is_part
        else CashShare.FULL
    )
    if clause.has("is.none") and mood in (Mood.DONE, Mood.NOW):
        mood = Mood.DENIED
    tenses_of_doing = clause.verb("pay", "receive", tense="bare")
    is_certain = (is_sure if used else share is not CashShare.PART) and not tenses_of_doing
    return [
        draft(
            ActKind.CASH, clause, means=(*_CASH, "is.short"), numbers=("order", "code", "money"), used=used, mood=mood, is_certain=is_certain,
            orders=clause.orders, codes=clause.codes, amount=amount, share=share,
        )
    ]  # fmt: skip


def _shortage(clause: Clause) -> list[Act]:
    kind = (
        ActKind.DAMAGED
        if clause.has("is.damaged", "is.expired", "is.wrong") or clause.verb("break", "spoil")
        else ActKind.SHORT
    )
    amounts = facts.amounts_of(clause)
    return [
        draft(
            kind, clause, means=("is.", "v."), numbers=("order", "code", "line", "count"), used=clause.strangers,
            orders=clause.orders, codes=clause.codes, amounts=tuple(replace(one, is_less=True) for one in amounts),
            goods=facts.goods_of(clause), reason=facts.damage_of(clause),
        )
    ]  # fmt: skip


def _line_amounts(clause: Clause) -> list[Act]:
    return [
        draft(
            ActKind.PART, clause, means=("is.", "v."), numbers=("order", "code", "line", "count"), used=clause.strangers,
            orders=clause.orders, codes=clause.codes, amounts=facts.amounts_of(clause),
        )
    ]  # fmt: skip


def _delivered(clause: Clause) -> list[Act]:
    """Delivered without its code: the code is asked."""
    says_so = clause.verb("deliver", "hand") or (clause.verb("reach") and not clause.figures)
    gives_goods = clause.verb("give", tense="past") and clause.has("is.goods")
    if (
        not (says_so or gives_goods)
        or clause.has("is.packing", "is.cash")
        or clause.verb("deliver", tense="future")
    ):
        return []
    if clause.strangers and not clause.orders and clause.verb("deliver", tense="bare"):
        return []
    return [draft(ActKind.DELIVER, clause, means=_DELIVER, orders=clause.orders)]


def _short_at_door(clause: Clause) -> list[Act]:
    is_short = clause.has("is.short", "is.damaged", "is.expired") or clause.verb("miss", "break", "spoil")
    return _shortage(clause) if is_short and (clause.figures or clause.strangers or clause.orders) else []


# Promises


def _returned(clause: Clause) -> list[Act]:
    came_back = clause.verb("return", tense="past") or (
        clause.verb("return") and (clause.verb("come", tense="past") or clause.verb("be", tense="past"))
    )
    if not came_back:
        return []
    return [
        draft(
            ActKind.RETURNED,
            clause,
            means=("v.return.", "v.come.", "v.be.", "v.do.", "is.goods", "is.order", "is.full"),
            orders=clause.orders,
        )
    ]


def _withdrawn(clause: Clause) -> list[Act]:
    if not clause.verb("withdraw") and not (clause.verb("return") and not clause.has("is.money")):
        return []
    means = (
        "v.withdraw.",
        "v.return.",
        "v.do.",
        "v.take.",
        "v.be.",
        "is.goods",
        "is.order",
        "is.full",
        "v.finish.",
        "v.give.",
        "v.send.",
    )
    return [
        draft(ActKind.WITHDRAW, clause, means=means, orders=clause.orders, reason=facts.reason_of(clause))
    ]


def _dispatched(clause: Clause) -> list[Act]:
    """On its way; with the day it arrives, if that is said ("1042 pathaye, bholi pugcha")."""
    says_so = (
        clause.verb("dispatch") or clause.verb("send", tense="past") or clause.verb("load", tense="past")
    )
    left_now = clause.verb("leave", "go", tense="past") and (
        clause.has("is.goods", "is.order") or bool(clause.orders)
    )
    bare_send = clause.verb("send", tense="bare") and bool(clause.orders)
    if not (says_so or left_now or bare_send) or clause.has("is.bill", "is.code", "is.claims", "is.message"):
        return []
    if clause.has("is.money", "is.cash") or any(
        clause.has(f"way.{way}") for way in ("esewa", "khalti", "bank_transfer")
    ):
        return []
    has_gone = clause.verb("dispatch", "send", "load", "leave", "go", tense="past")
    arrives = has_gone and clause.verb("reach", "come", "deliver", tense="future")
    ignoring = tuple(
        sense
        for sense in clause.senses
        if arrives
        and (sense.startswith(("v.reach.future", "v.come.future", "v.deliver.future")) or sense in _TIMES[:3])
        and not sense.endswith(".not")
    )
    means = (*_SEND, *_TIMES, *(("v.reach.", "v.come.", "v.deliver.") if arrives else ()))
    return [
        draft(
            ActKind.DISPATCH,
            clause,
            means=means,
            numbers=_WHEN if arrives else ("order", "when"),
            ignoring=ignoring,
            orders=clause.orders,
            is_all=clause.has("is.full"),
            when=facts.when_of(clause),
        )
    ]


def _declined(clause: Clause) -> list[Act]:
    """Not this offer: "hudaina", "dina sakdina", "stock chaina 1030", "reject 1025"."""
    if (clause.figures and not clause.has("is.part")) or clause.has("is.cash", "is.money"):
        return []
    says_no = clause.verb("decline")
    cannot = any(
        sense in clause.senses
        for sense in (
            "v.give.future.not",
            "v.send.future.not",
            "v.finish.future.not",
            "v.be.future.not",
            "v.finish.past.not",
            "v.take.future.not",
            "v.deliver.future.not",
            "v.allowed.future.not",
            "v.allowed.past.not",
        )
    )
    english = (
        clause.has("mood.neg")
        and (clause.verb("give", "send", "deliver", "take", tense="bare"))
        and clause.has("mood.neg")
    )
    english = english and any(
        unit.text in ("cant", "cannot", "can't", "wont", "won't", "unable", "will not", "couldnt")
        for unit in clause.units
    )
    no_stock = (clause.has("is.sold_out") or (clause.has("is.stock") and clause.has("mood.neg"))) and bool(
        clause.orders
    )
    only_no = (
        clause.has("mood.neg", "talk.no")
        and bool(clause.orders)
        and not clause.left(*_DECLINE, "mood.", "talk.")
        and not clause.verb(
            "accept", "dispatch", "deliver", "send", "receive", "come", "withdraw", "do", "reach"
        )
    )
    if not (says_no or cannot or english or no_stock or only_no) or (clause.verb("accept") and not says_no):
        return []
    if clause.strangers and not clause.orders:
        return []
    denied_no = says_no and (
        clause.has("mood.neg") or (any(sense.endswith(".not") for sense in clause.senses) and not no_stock)
    )
    mood = mood_of(
        clause, denial_counts=False, future_counts=says_no, ignoring=("mood.due", "v.must.future.not")
    )
    if denied_no:
        mood = Mood.DENIED
    return [
        draft(
            ActKind.DECLINE,
            clause,
            means=(*_DECLINE, *_TIMES),
            numbers=_WHEN,
            mood=Mood.NOW if mood is Mood.DONE and cannot else mood,
            orders=clause.orders,
            is_all=clause.has("is.full"),
            reason=facts.reason_of(clause),
        )
    ]


def _accepted(clause: Clause) -> list[Act]:
    """Promised: "accept 1025", "1025 thik cha bholi bihana", "sabai hunxa"; with a future alone only announced."""
    about = bool(clause.orders) or clause.has("is.full", "is.order", "is.offer")
    is_yes = clause.has("talk.yes") and about and not _is_only_is(clause)
    will_send = clause.verb("send", "give", "deliver", tense="future") and (
        is_yes or clause.has("talk.yes") or bool(clause.orders) or not clause.strangers
    )
    bare_future = any(
        sense in ("v.send.future", "v.give.future", "v.take.future", "v.deliver.future")
        for sense in clause.senses
    )
    if not (
        clause.verb("accept") or is_yes or (will_send and bare_future) or (clause.verb("confirm") and about)
    ):
        return []
    if clause.has("is.money", "is.cash", "is.price", "is.packing", "is.shop", "is.closed"):
        return []
    if clause.verb("send", "dispatch", "deliver", tense="past") or clause.verb("dispatch"):
        return []
    is_promise = clause.has("talk.yes") and not clause.verb("accept") and not _is_only_is(clause)
    ignoring = [
        sense
        for sense in clause.senses
        if sense in _TIMES
        or (
            is_promise
            and sense
            in (
                "v.send.future",
                "v.give.future",
                "v.deliver.future",
                "v.reach.future",
                "v.come.future",
                "mood.will",
            )
        )
    ]
    if clause.verb("do", tense="future") or (clause.verb("accept") and clause.verb("accept", tense="future")):
        ignoring = []
    if (
        clause.verb("accept")
        and clause.has("mood.will", "mood.wish", "mood.later")
        and "day" not in str(clause.senses)
    ):
        ignoring = []
    if clause.figures or clause.strangers or clause.has("is.part", "is.rest"):
        return _part_of(clause)
    return [
        draft(
            ActKind.ACCEPT,
            clause,
            means=(*_ACCEPT, *_TIMES),
            numbers=_WHEN,
            ignoring=ignoring,
            orders=clause.orders,
            is_all=clause.has("is.full"),
            when=facts.when_of(clause),
        )
    ]


def _is_only_is(clause: Clause) -> bool:
    """Say whether the only "yes" is the copula: "1025 cha"."""
    return all(
        unit.text in ("cha", "chha", "xa", "छ", "ho", "हो", "bhayo", "भयो")
        for unit in clause.units
        if unit.has("talk.yes")
    )


def _part_of(clause: Clause) -> list[Act]:
    amounts = facts.amounts_of(clause)
    sure = bool(amounts) and len(clause.figures) <= max(1, 2 * len(amounts))
    return [
        draft(
            ActKind.PART,
            clause,
            means=(
                *_ACCEPT,
                *_TIMES,
                "is.part",
                "is.rest",
                "is.none",
                "is.short",
                "is.sold_out",
                "is.line",
                "mood.neg",
            ),
            numbers=("order", "when", "line", "count"),
            used=clause.strangers,
            denial_counts=False,
            orders=clause.orders,
            amounts=amounts,
            is_certain=sure,
            when=facts.when_of(clause),
        )
    ]


def _some(clause: Clause) -> list[Act]:
    """A part by lines or goods: "5 matra", "1,3 cha", "1032 lays 36 matra", "1031 मा अण्डा १ क्रेट मात्र"."""
    says_part = clause.has("is.part") and not clause.has("is.stock", "is.price", "is.money", "is.sold_out")
    has_lines = (
        bool(clause.small_numbers())
        and clause.has("talk.yes", "talk.no", "mood.neg", "is.none")
        and not clause.strangers
    )
    pointing = clause.has("is.line") or any(
        unit.text in ("these", "those", "this", "that", "यी", "ti", "yi") for unit in clause.units
    )
    if (
        says_part
        or has_lines
        or (pointing and clause.has("talk.yes", "talk.no", "is.line") and not clause.orders)
    ):
        return _part_of(clause)
    return []


def _arrives(clause: Clause) -> list[Act]:
    """Nothing but a time: "1038 aaune somabar matra", "bholi bihana pugcha"."""
    when = facts.when_of(clause)
    if when is None or clause.left(
        "mood.",
        "day.",
        "v.reach.",
        "v.come.",
        "v.be.",
        "is.part",
        "is.goods",
        "is.order",
        "talk.",
        "v.deliver.",
        "v.give.",
        "v.send.future",
    ):
        return []
    if not (clause.orders or clause.verb("reach", "come", "deliver", tense="future")):
        return []
    ignoring = tuple(
        sense
        for sense in clause.senses
        if sense in _TIMES
        or (
            sense.startswith(
                (
                    "v.reach.future",
                    "v.come.future",
                    "v.deliver.future",
                    "v.give.future",
                    "v.send.future",
                    "v.be.future",
                )
            )
            and not sense.endswith(".not")
        )
        or sense == "mood.will"
    )
    return [
        draft(
            ActKind.ETA,
            clause,
            means=(
                "day.",
                "v.reach.",
                "v.come.",
                "v.be.",
                "v.deliver.",
                "v.give.",
                "v.send.",
                "is.part",
                "is.goods",
                "is.order",
            ),
            numbers=_WHEN,
            ignoring=ignoring,
            orders=clause.orders,
            when=when,
        )
    ]


# Payments that wait for its word


def _claim(clause: Clause) -> list[Act]:
    if clause.strangers or clause.has("is.goods", "is.stock", "is.price", "is.order"):
        return []
    speaks = clause.has("is.money") or any(
        clause.has(f"way.{way}")
        for way in ("esewa", "khalti", "fonepay", "bank_transfer", "cheque", "imepay", "connectips")
    )
    came = (clause.verb("come", "receive") and not clause.verb("come", "receive", tense="bare")) or (
        clause.verb("be", tense="past") and speaks
    )
    english = clause.verb("receive", tense="bare") and clause.has("mood.neg")
    confirms = clause.verb("confirm") and (speaks or clause.has("is.claims"))
    rejects = clause.verb("decline") and (speaks or clause.has("is.claims"))
    given = speaks and clause.verb("give", "pay", "send", "put", tense="past")
    if not (came or english or confirms or rejects or given):
        return []
    if clause.orders and not speaks:
        return []
    denies = clause.has("mood.neg") or any(sense.endswith(".not") for sense in clause.senses)
    amount, is_sure, used = facts.money_of(clause)
    kind = ActKind.REJECT_PAYMENT if denies or rejects else ActKind.CONFIRM_PAYMENT
    mood = mood_of(clause, denial_counts=False, ignoring=("mood.today",))
    if denies and (confirms or rejects):
        kind, mood = (ActKind.CONFIRM_PAYMENT if confirms else ActKind.REJECT_PAYMENT), Mood.DENIED
    means = (
        "is.money",
        "is.full",
        "is.claims",
        "way.",
        "v.come.",
        "v.receive.",
        "v.be.",
        "v.give.",
        "v.pay.",
        "v.send.",
        "v.put.",
        "v.confirm.",
        "v.decline.",
        "v.do.",
        "is.mine",
    )
    return [
        draft(
            kind,
            clause,
            means=means,
            numbers=("money", "order"),
            used=used,
            mood=mood,
            amount=amount,
            method=facts.method_of(clause),
            is_certain=not used or is_sure,
            orders=clause.orders,
        )
    ]


# Prices and stock


def _listing(clause: Clause) -> list[Act]:
    """Goods with a price or a stock, or with the word that they are gone or back."""
    goods = facts.goods_of(clause)
    numbers = [unit for unit in clause.figures if unit.numeral is not None]
    if clause.has("is.stock") or clause.has("is.price"):
        if not (numbers or clause.has("is.sold_out") or goods):
            return []
    elif not goods:
        return []
    kind = _kind_of_listing(clause, has_number=bool(numbers) or bool(clause.orders))
    if kind is None:
        return []
    if kind in (ActKind.SOLD_OUT, ActKind.BACK):
        denied = kind is ActKind.SOLD_OUT and clause.has("is.sold_out") and _denies(clause)
        return [
            draft(
                kind,
                clause,
                means=(
                    "is.sold_out",
                    "is.back",
                    "is.stock",
                    "is.goods",
                    "v.be.",
                    "v.finish.",
                    "v.come.",
                    "is.full",
                    "v.sell.",
                    "talk.no",
                ),
                numbers=(),
                used=clause.strangers,
                mood=Mood.DENIED if denied else mood_of(clause, denial_counts=kind is ActKind.BACK),
                goods=goods,
            )
        ]
    figures = [
        unit
        for unit in clause.units
        if unit.numeral is not None
        and unit.numeral.best.value is not None
        and facts.group_of(unit.numeral) not in ("when", "code")
    ]
    said = figures[-1] if figures else None
    value = said.numeral.best if said and said.numeral else None
    is_sure = (
        said is not None
        and said.numeral is not None
        and said.numeral.is_certain
        and len(figures) == 1
        and (value is not None and value.value is not None and value.value >= 0)
    )
    used = (*clause.strangers, *(figures if len(figures) == 1 else ()))
    means = (
        "is.stock",
        "is.price",
        "is.with_vat",
        "is.goods",
        "v.be.",
        "v.do.",
        "v.keep.",
        "v.change.",
        "v.put.",
        "v.arrange.",
        "is.mine",
        "is.shop",
        "is.part",
    )
    return [
        draft(
            kind,
            clause,
            means=means,
            numbers=(),
            used=used,
            goods=goods,
            figure=value.value if value else None,
            unit=value.unit if value else None,
            with_vat=clause.has("is.with_vat"),
            is_certain=is_sure,
        )
    ]


def _denies(clause: Clause) -> bool:
    return (
        clause.has("mood.neg")
        and any(unit.has("mood.neg") and not unit.has("is.sold_out") for unit in clause.units)
    ) or any(sense.endswith(".not") for sense in clause.senses)


def _kind_of_listing(clause: Clause, *, has_number: bool) -> ActKind | None:
    money = any(one.best.kind in (NumberKind.MONEY, NumberKind.RATE) for one in clause.numerals)
    if has_number and (money or clause.has("is.price")) and not (clause.has("is.stock") and not money):
        return ActKind.PRICE
    if has_number and clause.has("is.stock"):
        return ActKind.STOCK
    if not has_number and (
        clause.has("is.sold_out")
        or (clause.has("mood.neg") and not clause.verb("do", "send", "give", "accept", "deliver", "dispatch"))
    ):
        return ActKind.SOLD_OUT
    if not has_number and (clause.has("is.back") or clause.verb("come", tense="past")):
        return ActKind.BACK
    return (
        ActKind.FIGURE
        if has_number and not clause.verb("do", "send", "give", "accept", "deliver", "dispatch", "say")
        else None
    )


# The shop itself


def _shop_hours(clause: Clause) -> list[Act]:
    if clause.strangers:
        return []
    times = [one.best.time for one in clause.numerals if one.best.time is not None]
    if len(times) == 2 and (clause.has("is.open", "is.hours", "is.shop") or clause.verb("open")):
        return [
            draft(
                ActKind.HOURS,
                clause,
                means=("is.open", "is.hours", "is.shop", "v.open.", "v.be.", "is.mine"),
                numbers=("when",),
                ignoring=("v.open.future", "mood.if"),
                hours=(times[0], times[1]),
            )
        ]
    if (
        not clause.orders
        and clause.has("is.closed")
        and not clause.has("is.stock", "is.goods", "is.message")
        and not clause.figures
    ):
        means = (
            "is.closed",
            "is.shop",
            "is.mine",
            "v.close.",
            "v.be.",
            "v.do.",
            "v.keep.",
            "is.full",
            "day.",
            "is.offer",
            "is.order",
        )
        ignoring = (
            ("mood.tomorrow", "mood.day_after", "mood.later")
            if not clause.verb("do", "be", "close", tense="future")
            else ()
        )
        return [
            draft(
                ActKind.CLOSED,
                clause,
                means=means,
                numbers=("when",),
                ignoring=ignoring,
                when=facts.when_of(clause),
            )
        ]
    if (
        not clause.orders
        and not clause.has("is.offer", "is.order")
        and (clause.has("is.open") or clause.verb("open"))
    ):
        return [
            draft(
                ActKind.OPEN,
                clause,
                means=("is.open", "is.shop", "is.mine", "v.open.", "v.be.", "v.do.", "day."),
                numbers=("when",),
                when=facts.when_of(clause),
            )
        ]
    return []


# Questions


def _asks(clause: Clause) -> list[Act]:
    if clause.strangers and len(clause.strangers) > 2:
        return []
    for kind, senses in (
        (ActKind.WHO_OWES, ("is.who_owes",)), (ActKind.SCORECARD, ("is.scorecard",)), (ActKind.CLAIMS, ("is.claims",)),
        (ActKind.SETTLEMENT, ("is.settlement",)), (ActKind.OFFERS, ("is.offer",)), (ActKind.PARCELS, ("is.packing",)),
    ):  # fmt: skip
        if clause.has(*senses):
            return [
                draft(kind, clause, means=("is.", "v.", "talk."), mood=_asking(clause), orders=clause.orders)
            ]
    if clause.has("is.statement", "is.balance") and not clause.figures:
        return [draft(ActKind.SETTLEMENT, clause, means=("is.", "v."), mood=_asking(clause))]
    if (
        clause.has("is.order")
        and not clause.orders
        and (
            clause.has("mood.asked", "is.list", "is.open", "mood.due")
            or clause.is_asked
            or clause.verb("show")
            or len(clause.words) <= 2
        )
    ):
        return [draft(ActKind.OFFERS, clause, means=("is.", "v."), mood=_asking(clause))]
    if (clause.has("is.open") and clause.is_asked) or (clause.has("mood.asked") and clause.has("is.open")):
        return [draft(ActKind.OFFERS, clause, means=("is.", "v."), mood=_asking(clause))]
    if clause.has("is.list") and not clause.strangers:
        return [draft(ActKind.PARCELS, clause, means=("is.", "v."), mood=_asking(clause))]
    return []


def _asks_about_itself(clause: Clause) -> list[Act]:
    is_about = clause.has("is.who_owes", "is.scorecard", "is.claims", "is.settlement") and not clause.codes
    return _asks(clause) if is_about else []


def _asking(clause: Clause) -> Mood:
    mood = mood_of(clause)
    return mood if mood in (Mood.DENIED, Mood.REPORTED, Mood.CONDITIONAL) else Mood.ASKED


def _order_alone(clause: Clause) -> list[Act]:
    """The number of an order and nothing else."""
    if not clause.orders or clause.left("talk.", "is.order", "is.goods", "mood.") or clause.figures:
        return []
    return [draft(ActKind.CODE, clause, means=("is.order", "is.goods"), orders=clause.orders)]


_RULES: tuple[Callable[[Clause], list[Act]], ...] = (
    _door,
    _asks_about_itself,
    _cash_at_door,
    _returned,
    _short_at_door,
    _shop_hours,
    _withdrawn,
    _claim,
    _dispatched,
    _declined,
    _some,
    _accepted,
    _delivered,
    _arrives,
    _listing,
    _asks,
    _order_alone,
)
