"""What a wholesaler sells: prices, stock, what is gone and what is back."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.drafting import draft
from core.intake.acts.types import Act, ActKind, Mood
from core.intake.language.numerals import NumberKind


def read_listing(clause: Clause) -> list[Act]:
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
    is_sure = not facts.hides_a_verb(clause) and (
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
    if not has_number and clause.verb("finish", tense="past") and not clause.has("is.sold_out"):
        return ActKind.SOLD_OUT if not _denies(clause) else None
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
