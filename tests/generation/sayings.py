"""Sentences about goods that order nothing, or something else than what was said first."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random  # noqa: TID251 - each saying is made from its own seed

from tests.generation.goods import trades
from tests.generation.judging import carted, read
from tests.generation.layouts import Need, Row
from tests.generation.lists import make_rows
from tests.generation.speech import (
    AND,
    CORRECTIONS,
    COUNTED_REPORTS,
    NUMBER_WORDS,
    QUESTIONS,
    RATE_HEADINGS,
    REFUSALS,
    REPORTS,
    WITHDRAWALS,
    Language,
)


@dataclass(frozen=True, kw_only=True)
class Saying:
    """A text, and what may be in the basket after it: a thing that is asked about instead is never wrong."""

    kind: str
    trade: str
    text: str
    allowed: dict[str, Decimal]

    def wrongly_carted(self) -> dict[str, Decimal]:
        """Return what the reader carts beyond what may be; taking goods out of the basket is no carting."""
        got = {sku: quantity for sku, quantity in carted(read(self.text, self.trade)).items() if quantity > 0}
        return {sku: quantity for sku, quantity in got.items() if self.allowed.get(sku) != quantity}


Maker = Callable[[list[Row], Language, Random], tuple[str, dict[str, Decimal]]]


def refusal(rows: list[Row], language: Language, chance: Random) -> tuple[str, dict[str, Decimal]]:
    said = [f"{row.amount} {row.name}" if chance.random() < 0.2 else row.name for row in rows]
    return chance.choice(REFUSALS[language]).format(_together(said, language, chance)), {}


def question(rows: list[Row], language: Language, chance: Random) -> tuple[str, dict[str, Decimal]]:
    said = [f"{row.name} {row.amount}" if chance.random() < 0.4 else row.name for row in rows[:2]]
    return chance.choice(QUESTIONS[language]).format(_together(said, language, chance)), {}


def report(rows: list[Row], language: Language, chance: Random) -> tuple[str, dict[str, Decimal]]:
    said = [f"{row.amount} {row.name}" if chance.random() < 0.6 else row.name for row in rows[:2]]
    return chance.choice(REPORTS[language]).format(_together(said, language, chance)), {}


def correction(rows: list[Row], language: Language, chance: Random) -> tuple[str, dict[str, Decimal]]:
    old, *_ = rows
    factor = chance.choice((2, 3, 5))
    base = int(old.number) if old.number.isdigit() else 0
    number = base * factor or 7
    new = f"{number} {old.unit}".strip()
    per_unit = old.quantity / base if base else old.quantity / Decimal(_worth(old, language))
    text = chance.choice(CORRECTIONS[language]).format(name=old.name, old=old.amount, new=new)
    return text, {old.sku: per_unit * number}


def counted_report(rows: list[Row], language: Language, chance: Random) -> tuple[str, dict[str, Decimal]]:
    return chance.choice(COUNTED_REPORTS[language]).format(
        name=rows[0].name, number=chance.choice((2, 3, 5))
    ), {}


def price_list(rows: list[Row], _: Language, chance: Random) -> tuple[str, dict[str, Decimal]]:
    between = chance.choice((" ", " - ", ": ", " Rs ", " @ "))
    said = "\n".join(f"{row.name}{between}{row.price}" for row in rows)
    return f"{chance.choice(RATE_HEADINGS)}\n{said}", {}


def withdrawal(rows: list[Row], language: Language, chance: Random) -> tuple[str, dict[str, Decimal]]:
    taken_back = chance.choice(rows)
    between = chance.choice((", ", "\n"))
    listed = between.join(f"{row.name} {row.amount}" for row in rows)
    text = f"{listed}{between}{chance.choice(WITHDRAWALS[language]).format(taken_back.name)}"
    return text, {row.sku: row.quantity for row in rows if row is not taken_back}


def denial_beside_an_order(
    rows: list[Row], language: Language, chance: Random
) -> tuple[str, dict[str, Decimal]]:
    wanted, *refused = rows
    order = f"{wanted.name} {wanted.amount}"
    denial = chance.choice(REFUSALS[language]).format(
        _together([row.name for row in refused], language, chance)
    )
    return chance.choice((f"{order}\n{denial}", f"{denial}\n{order}", f"{order}. {denial}")), {
        wanted.sku: wanted.quantity
    }


MAKERS: dict[str, Maker] = {
    "refusals of several goods": refusal,
    "questions": question,
    "reports, wishes and conditions": report,
    "reports that count": counted_report,
    "price lists": price_list,
    "corrections": correction,
    "goods taken back in the same message": withdrawal,
    "denials beside an order": denial_beside_an_order,
}


def make_saying(seed: int, *, kind: str, trade: str) -> Saying:
    chance = Random(f"{seed} {kind} {trade}")
    language = chance.choice(list(Language))
    rows = make_rows(
        trades()[trade], chance.choice((2, 2, 3)), language=language, need=Need.UNIT, chance=chance
    )
    text, allowed = MAKERS[kind](rows, language, chance)
    return Saying(kind=kind, trade=trade, text=text, allowed=allowed)


def _together(names: list[str], language: Language, chance: Random) -> str:
    if len(names) == 1:
        return names[0]
    last = chance.choice((f" {AND[language]} ", ", ", " & "))
    return f"{', '.join(names[:-1])}{last}{names[-1]}"


def _worth(row: Row, language: Language) -> int:
    return next(number for number, word in NUMBER_WORDS[language].items() if word == row.number)
