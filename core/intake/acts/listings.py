"""What a wholesaler sells: prices, stock, what is gone and what is back."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.types import Act, ActKind, Mood
from core.intake.language.numerals import NumberKind

_GONE_OR_BACK = (
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
)
_LISTED = (
    "is.stock", "is.price", "is.with_vat", "is.goods", "v.be.", "v.do.", "v.keep.", "v.change.", "v.put.", "v.arrange.", "is.mine", "is.shop", "is.part",
)  # fmt: skip
# With these verbs a clause does something else than tell what is sold.
_OTHER_VERBS = ("do", "send", "give", "accept", "deliver", "dispatch")


def read_listing(clause: Clause) -> list[Act]:
    """Goods with a price or a stock, or with the word that they are gone or back."""
    goods = facts.goods_of(clause)
    says_what = clause.has("is.stock", "is.price") and (bool(clause.counts) or clause.has("is.sold_out"))
    kind = _kind_of_listing(clause) if goods or says_what else None
    if kind is None:
        return []
    if kind in (ActKind.SOLD_OUT, ActKind.BACK):
        return [_gone_or_back(clause, kind, goods)]
    return [_with_number(clause, kind, goods)]


def _gone_or_back(clause: Clause, kind: ActKind, goods: str) -> Act:
    is_denied = kind is ActKind.SOLD_OUT and clause.has("is.sold_out") and _denies(clause)
    return make_act(
        kind,
        clause,
        means=_GONE_OR_BACK,
        numbers=(),
        used=clause.unknown_words,
        mood=Mood.DENIED if is_denied else mood_of(clause, denial_counts=kind is ActKind.BACK),
        goods=goods,
    )


def _with_number(clause: Clause, kind: ActKind, goods: str) -> Act:
    """Goods and the number last said of them; of several numbers none is certain."""
    numbers = [
        (chunk, chunk.numeral)
        for chunk in clause.chunks
        if chunk.numeral is not None
        and chunk.numeral.best.value is not None
        and facts.group_of(chunk.numeral) not in ("when", "code")
    ]
    numeral = numbers[-1][1] if numbers else None
    is_one = len(numbers) == 1 and numeral is not None and numeral.is_certain and (numeral.value or 0) >= 0
    return make_act(
        kind,
        clause,
        means=_LISTED,
        numbers=(),
        used=(*clause.unknown_words, *(chunk for chunk, _ in numbers if len(numbers) == 1)),
        goods=goods,
        number=numeral.best.value if numeral else None,
        unit=numeral.best.unit if numeral else None,
        with_vat=clause.has("is.with_vat"),
        is_certain=is_one and not facts.hides_a_verb(clause),
    )


def _denies(clause: Clause) -> bool:
    """Say whether something beside the word for "sold out" denies."""
    return clause.has_denied_verb or any(
        chunk.has("mood.neg") and not chunk.has("is.sold_out") for chunk in clause.chunks
    )


def _kind_of_listing(clause: Clause) -> ActKind | None:
    return _kind_with_number(clause) if clause.counts or clause.orders else _kind_without_number(clause)


def _kind_with_number(clause: Clause) -> ActKind | None:
    is_money = any(one.best.kind in (NumberKind.MONEY, NumberKind.RATE) for one in clause.numerals)
    if is_money:
        return ActKind.PRICE
    if clause.has("is.stock"):
        return ActKind.STOCK
    if clause.has("is.price"):
        return ActKind.PRICE
    return None if clause.verb(*_OTHER_VERBS, "say") else ActKind.NUMBER


def _kind_without_number(clause: Clause) -> ActKind | None:
    if clause.has("is.sold_out"):
        return ActKind.SOLD_OUT
    if clause.verb("finish", tense="past"):
        return None if _denies(clause) else ActKind.SOLD_OUT
    if clause.has("mood.neg") and not clause.verb(*_OTHER_VERBS):
        return ActKind.SOLD_OUT
    return ActKind.BACK if clause.has("is.back") or clause.verb("come", tense="past") else None
