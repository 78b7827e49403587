"""What a shop's clause does. The rules stand in their order: the first that fits reads the clause."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from core.intake.acts.clauses import Clause
from core.intake.acts.making import make_act
from core.intake.acts.payments import read_correction, read_pay_how, read_payment, read_taken_back
from core.intake.acts.questions import read_question
from core.intake.acts.shop_balances import read_appeal, read_balance, read_bill, read_score
from core.intake.acts.shop_basket import (
    read_again,
    read_goods,
    read_goods_asked,
    read_list_shown,
    read_placed,
)
from core.intake.acts.shop_later import read_postponed, read_too_dear
from core.intake.acts.shop_orders import (
    names_orders,
    read_canceled,
    read_changed,
    read_code,
    read_order_agreed,
    read_received,
    read_shortage,
    read_status,
)
from core.intake.acts.types import Act, ActKind, Mood
from core.intake.language.plain import plain


def read(clause: Clause) -> list[Act]:
    """Give the acts of one clause; none when no rule fits."""
    for rule in _RULES:
        if acts := rule(clause):
            return acts
    return []


def read_alone(clause: Clause) -> list[Act]:
    """What a word or two ask for as a whole message; an order's number alone asks how it stands."""
    if clause.orders and len(clause.chunks) == len(clause.numerals) == 1 and not clause.codes:
        return [make_act(ActKind.CODE, clause, mood=Mood.ASKED, orders=clause.orders)]
    kind = (
        _alone().get(" ".join(plain(chunk.text).text.strip() for chunk in clause.words))
        if clause.words
        else None
    )
    if clause.numerals:
        return []
    if kind is None and names_orders(clause):
        kind = ActKind.STATUS
    if kind is None:
        return []
    moves = kind in (ActKind.CLEAR, ActKind.REORDER)
    return [
        make_act(
            kind,
            clause,
            means=("is.", "v.", "talk.", ""),
            mood=Mood.NOW if moves else Mood.ASKED,
            used=clause.words,
        )
    ]


@cache
def _alone() -> Mapping[str, ActKind]:
    file = files("core.intake.acts.words") / "alone.toml"
    kinds = tomllib.loads(file.read_text(encoding="utf-8"))
    return {plain(words).text.strip(): ActKind(kind) for kind, phrases in kinds.items() for words in phrases}


_RULES: tuple[Callable[[Clause], list[Act]], ...] = (
    read_code,
    read_appeal,
    read_postponed,
    read_too_dear,
    read_score,
    read_question,
    read_pay_how,
    read_taken_back,
    read_correction,
    read_payment,
    read_bill,
    read_goods_asked,
    read_shortage,
    read_status,
    read_received,
    read_canceled,
    read_again,
    read_list_shown,
    read_changed,
    read_balance,
    read_order_agreed,
    read_placed,
    read_goods,
)
