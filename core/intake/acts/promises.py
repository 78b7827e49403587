"""A wholesaler's promises: taken, taken in part, not taken, sent, given back, and when they arrive."""

from dataclasses import replace

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.drafting import draft
from core.intake.acts.types import Act, ActKind, Mood

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


def read_returned(clause: Clause) -> list[Act]:
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


def read_withdrawn(clause: Clause) -> list[Act]:
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


def read_dispatched(clause: Clause) -> list[Act]:
    """On its way; with the day it arrives, if that is said ("1042 pathaye, bholi pugcha")."""
    says_so = (
        clause.verb("dispatch") or clause.verb("send", tense="past") or clause.verb("load", tense="past")
    )
    left_now = clause.verb("leave", "go", tense="past") and (
        clause.has("is.goods", "is.order") or bool(clause.orders)
    )
    bare_send = bool(clause.orders) and (
        clause.verb("send", tense="bare") or (clause.is_asked and clause.verb("send"))
    )
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


def read_declined(clause: Clause) -> list[Act]:
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
        any(
            unit.has("mood.neg", "talk.no") and unit.text not in ("not", "no", "never")
            for unit in clause.units
        )
        and bool(clause.orders)
        and not clause.has("talk.yes")
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
        not no_stock
        and facts.reason_of(clause) is None
        and (clause.has("mood.neg") or any(sense.endswith(".not") for sense in clause.senses))
    )
    mood = mood_of(clause, denial_counts=False, future_counts=says_no, ignoring=("v.must.future.not",))
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


def read_accepted(clause: Clause) -> list[Act]:
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
    names_some = (
        bool(clause.strangers)
        and clause.has("mood.neg", "is.none", "is.sold_out")
        and not clause.verb("accept")
    )
    if clause.figures or names_some or clause.has("is.part", "is.rest"):
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


def read_some(clause: Clause) -> list[Act]:
    """A part by lines or goods: "5 matra", "1,3 cha", "1032 lays 36 matra", "1031 मा अण्डा १ क्रेट मात्र"."""
    says_part = clause.has("is.part") and not clause.has("is.stock", "is.price", "is.money", "is.sold_out")
    if says_part and not clause.figures and not clause.strangers and facts.when_of(clause) is not None:
        return []
    has_lines = (
        bool(clause.small_numbers())
        and clause.has("talk.yes", "talk.no", "mood.neg", "is.none")
        and not clause.strangers
    )
    lacks_some = bool(clause.orders and clause.strangers) and clause.has("mood.neg", "is.none", "is.sold_out")
    if lacks_some and not clause.verb(
        "accept", "decline", "send", "deliver", "dispatch", "do", "give", "say"
    ):
        return [replace(act, is_certain=False) for act in _part_of(clause)]
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


def read_arrival(clause: Clause) -> list[Act]:
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
