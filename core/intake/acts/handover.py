"""A wholesaler hands over: the code, the cash, what is short or broken."""

from dataclasses import replace

from core.intake.acts import facts
from core.intake.acts.chunks import Chunk
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.types import Act, ActKind, CashShare, Mood
from core.intake.language.numerals import NumberKind
from core.money import Money

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


def read_handover(clause: Clause) -> list[Act]:
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
    if not extra and clause.counts:
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
    main = make_act(
        ActKind.DELIVER,
        clause,
        means=means,
        numbers=numbers,
        used=clause.unknown_words if extra or _tells_all_of(clause) else (),
        codes=clause.codes,
        orders=extra[0].orders if extra else clause.orders,
    )
    if extra and main.mood is Mood.DENIED and extra[0].kind is ActKind.CASH:
        # "4821 cash paina": the denial is about the cash, and may be about all of it.
        main = replace(main, mood=Mood.NOW, is_certain=False)
    return [main, *extra]


def _tells_all_of(clause: Clause) -> bool:
    """Say whether every unknown word stands before "all", as goods do: "04822 wai wai sabai"."""
    full = [chunk.start for chunk in clause.chunks if chunk.has("is.full")]
    return bool(full) and all(chunk.start < full[0] for chunk in clause.unknown_words)


# What may be of the goods whose code stands beside it, and says that they were not taken.
_NOT_TAKEN = frozenset({ActKind.UNREAD, ActKind.RETURNED, ActKind.CLOSED, ActKind.DECLINE, ActKind.WITHDRAW})
_OF_ITS_ORDER = frozenset({ActKind.DECLINE, ActKind.WITHDRAW})


def may_deny_handover(act: Act) -> bool:
    """Say whether an act beside a code may say that the goods weren't taken: "code dinubhayo tara saman linubhaena".

    What isn't read may say it, too. A no to an order that it names is of that order.
    """
    has_more = bool(act.left) and not act.is_certain
    if act.kind is ActKind.DELIVER:
        return has_more or act.mood not in (Mood.DONE, Mood.NOW)
    if act.kind in _OF_ITS_ORDER and act.orders:
        return False
    is_not = act.kind in (ActKind.ACCEPT, ActKind.DISPATCH) and (act.is_denied or has_more)
    if act.kind is ActKind.RETURNED and act.is_denied:
        return False
    return is_not or act.kind in _NOT_TAKEN


# A code of these is a reference of money, not a delivery's.
_NO_DELIVERY_CODE = ("is.money", "is.claims", "is.reference", "is.price", "is.stock", *facts.WAYS)
_MOST_UNKNOWN_WORDS = 2


def read_missing_code(clause: Clause) -> list[Act]:
    """The shop has no code, has lost it, or is to get it again: "code aayena", "pasal sanga code chaina"."""
    if not clause.has("is.code") or clause.codes or clause.counts or clause.names:
        return []
    if clause.has(*_NO_DELIVERY_CODE) or len(clause.unknown_words) > _MOST_UNKNOWN_WORDS:
        return []
    is_missing = clause.is_denied or clause.has("is.short", "is.wrong") or clause.says("forgotten")
    return [
        make_act(
            ActKind.ASK_CODE,
            clause,
            means=("is.", "v.", "talk."),
            used=clause.unknown_words,
            mood=Mood.DENIED if is_missing else mood_of(clause),
            orders=clause.orders,
        )
    ]


def _speaks_of_cash(clause: Clause) -> bool:
    return clause.has("is.cash") or (clause.has("is.money") and bool(clause.codes))


def read_cash(clause: Clause) -> list[Act]:
    """Cash that a wholesaler got on delivery: all of it, a part, or none."""
    if not clause.has("is.cash") or clause.has("is.claims"):
        return []
    return _cash(clause)


def _cash(clause: Clause) -> list[Act]:
    amount, is_sure, used = _cash_said(clause)
    orders = tuple(order for order in clause.orders if order not in {_digits(chunk) for chunk in used})
    # "1000 diyo, baki bholi": what came has come, whatever is said of the rest.
    has_come = clause.verb("give", "receive", "pay", "come", "take", tense="past") and all(
        chunk.has("is.rest") for chunk in clause.chunks if chunk.has("mood.due")
    )
    mood = mood_of(clause, ignoring=_OF_THE_REST if has_come else ())
    share = _share(clause, mood, has_sum=bool(used), has_come=has_come)
    if clause.has("is.none") and mood in (Mood.DONE, Mood.NOW):
        mood = Mood.DENIED
    tenses_of_doing = clause.verb("pay", "receive", tense="bare")
    is_certain = (is_sure if used else share is not CashShare.PART) and not tenses_of_doing
    return [
        make_act(
            ActKind.CASH, clause, means=(*_CASH, "is.short", "is.rest"), numbers=("order", "code", "money"), used=used, mood=mood, is_certain=is_certain,
            orders=orders, codes=clause.codes, amount=amount, share=share,
        )
    ]  # fmt: skip


_OF_THE_REST = ("mood.due", "mood.tomorrow", "mood.day_after", "mood.later")


def _share(clause: Clause, mood: Mood, *, has_sum: bool, has_come: bool) -> CashShare:
    if mood is Mood.DENIED or clause.has("is.none"):
        return CashShare.NONE
    if has_sum and (clause.has("is.short") or (clause.has("is.rest") and not has_come)):
        return CashShare.LESS
    return CashShare.PART if has_sum or clause.has("is.part", "is.rest") else CashShare.FULL


def _cash_said(clause: Clause) -> tuple[Money | None, bool, tuple[Chunk, ...]]:
    """Give the cash that was named. Beside a code, a bare number is money; without one the first may be the order's."""
    amount, is_sure, used = facts.money_of(clause)
    marked = any(
        chunk.numeral is not None
        and (chunk.numeral.best.kind is NumberKind.MONEY or not chunk.text.isdigit())
        for chunk in used
    )
    if marked or clause.codes or not used:
        return amount, is_sure, used
    if len(used) == 1 and len(_digits(used[0])) >= _SHORTEST_ORDER:
        return None, True, ()
    if len(used) == 2:
        amount, is_sure, second = facts.money_of(clause, besides=used[:1])
        return amount, is_sure and clause.has("is.part"), second
    return amount, is_sure, used


_SHORTEST_ORDER = 4


def _digits(chunk: Chunk) -> str:
    return "".join(letter for letter in chunk.text if letter.isdigit())


def _shortage(clause: Clause) -> list[Act]:
    kind = (
        ActKind.DAMAGED
        if clause.has("is.damaged", "is.expired", "is.wrong") or clause.verb("break", "spoil")
        else ActKind.SHORT
    )
    amounts = facts.amounts_of(clause)
    return [
        make_act(
            kind, clause, means=("is.", "v."), numbers=("order", "code", "line", "count"), used=clause.unknown_words,
            orders=clause.orders, codes=clause.codes, amounts=tuple(replace(one, is_less=True) for one in amounts),
            goods=facts.goods_of(clause), reason=facts.damage_of(clause),
        )
    ]  # fmt: skip


def _line_amounts(clause: Clause) -> list[Act]:
    return [
        make_act(
            ActKind.PART, clause, means=("is.", "v."), numbers=("order", "code", "line", "count"), used=clause.unknown_words,
            orders=clause.orders, codes=clause.codes, amounts=facts.amounts_of(clause),
        )
    ]  # fmt: skip


def read_delivered(clause: Clause) -> list[Act]:
    """Delivered without its code: the code is asked."""
    says_so = clause.verb("deliver", "hand") or (clause.verb("reach") and not clause.counts)
    gives_goods = clause.verb("give", tense="past") and clause.has("is.goods")
    if (
        not (says_so or gives_goods)
        or clause.has("is.packing", "is.cash")
        or clause.verb("deliver", tense="future")
    ):
        return []
    if clause.unknown_words and not clause.orders and clause.verb("deliver", tense="bare"):
        return []
    return [make_act(ActKind.DELIVER, clause, means=_DELIVER, orders=clause.orders)]


def read_shortage(clause: Clause) -> list[Act]:
    """Goods that were missing or broken on delivery, in a wholesaler's words."""
    is_short = clause.has("is.short", "is.damaged", "is.expired") or clause.verb("miss", "break", "spoil")
    if clause.says("vehicle"):
        # "gadi bigryo": a van broke down, and no goods.
        return []
    return _shortage(clause) if is_short and (clause.counts or clause.unknown_words or clause.orders) else []
