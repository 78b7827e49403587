"""What a wholesaler's clause does. The rules stand in their order: the first that fits reads the clause."""

from collections.abc import Callable

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.door import read_cash, read_delivered, read_door, read_shortage
from core.intake.acts.drafting import draft
from core.intake.acts.listings import read_listing
from core.intake.acts.promises import (
    read_accepted,
    read_arrival,
    read_declined,
    read_dispatched,
    read_returned,
    read_some,
    read_withdrawn,
)
from core.intake.acts.types import Act, ActKind, Mood


def read(clause: Clause) -> list[Act]:
    """Give the acts of one clause; none when no rule fits."""
    for rule in _RULES:
        if acts := rule(clause):
            return acts
    return []


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
    english = clause.verb("receive", "come", tense="bare") and clause.has("mood.neg")
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
            orders=tuple(order for order in clause.orders if not used or clause.has("is.order")),
        )
    ]


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
    is_about = is_about or (
        (clause.is_asked or clause.has("mood.asked"))
        and clause.has("is.open", "is.offer")
        and not clause.orders
    )
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
    read_door,
    _asks_about_itself,
    read_cash,
    read_returned,
    read_shortage,
    _shop_hours,
    read_withdrawn,
    _claim,
    read_dispatched,
    read_declined,
    read_some,
    read_accepted,
    read_arrival,
    read_delivered,
    read_listing,
    _asks,
    _order_alone,
)
