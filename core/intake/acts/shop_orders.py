"""A shop's orders that were placed: how they stand, what arrived, what is short or broken, and what is changed or given up."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking, mood_of
from core.intake.acts.drafting import draft
from core.intake.acts.types import Act, ActKind, Mood

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


def read_shortage(clause: Clause) -> list[Act]:
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


def read_received(clause: Clause) -> list[Act]:
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


def read_status(clause: Clause) -> list[Act]:
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


def read_canceled(clause: Clause) -> list[Act]:
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


def read_changed(clause: Clause) -> list[Act]:
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


def read_code(clause: Clause) -> list[Act]:
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
