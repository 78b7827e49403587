"""The ways in which people lay out a list: each turns rows into a text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tests.generation.speech import AND, Language

NEPALI_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that is asked for, as it is written, and what it means."""

    sku: str
    name: str
    number: str
    unit: str
    quantity: Decimal
    price: int
    category: str
    is_slipped: bool = False

    @property
    def amount(self) -> str:
        return f"{self.number} {self.unit}".strip()


class Need(StrEnum):
    """What a layout asks of its rows, so that the answer is known."""

    NOTHING = "nothing"
    UNIT = "unit"
    BARE = "bare"
    SAME_UNIT = "same_unit"
    SAME_AMOUNT = "same_amount"


Writer = Callable[[Sequence[Row], Language], str]


@dataclass(frozen=True, kw_only=True)
class Layout:
    write: Writer
    need: Need = Need.NOTHING
    is_by_row: bool = False
    """Whether each line of the text says all about its goods by itself."""


def filled(template: str, row: Row, place: int, language: Language) -> str:
    return template.format(
        name=row.name,
        amount=row.amount,
        number=row.number,
        tight=f"{row.number}{row.unit}" if row.number.isdigit() else row.amount,
        unit=row.unit,
        price=row.price,
        at=place,
        at_nepali=str(place).translate(NEPALI_DIGITS),
        of={Language.NEPALI: "को", Language.ROMAN_NEPALI: "ko", Language.HINDI: "ka", Language.ENGLISH: "-"}[
            language
        ],
    )


def joined(template: str, between: str) -> Writer:
    def write(rows: Sequence[Row], language: Language) -> str:
        return between.join(filled(template, row, place, language) for place, row in enumerate(rows, 1))

    return write


def lines(template: str, need: Need = Need.NOTHING) -> Layout:
    return Layout(write=joined(template, "\n"), need=need, is_by_row=True)


def headed(heading: str, template: str) -> Layout:
    def write(rows: Sequence[Row], language: Language) -> str:
        return f"{heading}\n{joined(template, chr(10))(rows, language)}"

    return Layout(write=write)


def run(template: str, between: str, need: Need = Need.NOTHING) -> Layout:
    return Layout(write=joined(template, between), need=need)


def _all_and(rows: Sequence[Row], language: Language) -> str:
    return joined("{name} {amount}", f" {AND[language]} ")(rows, language)


def _last_and(rows: Sequence[Row], language: Language) -> str:
    *first, last = (filled("{name} {amount}", row, 0, language) for row in rows)
    return f"{', '.join(first)} {AND[language]} {last}" if first else last


def _columns(rows: Sequence[Row], _: Language) -> str:
    width = max(len(row.name) for row in rows) + 3
    return "\n".join(f"{row.name:<{width}}{row.amount}" for row in rows)


def _under_unit(rows: Sequence[Row], language: Language) -> str:
    return f"{rows[0].unit}:\n{joined('{name} {number}', chr(10))(rows, language)}"


def _under_unit_in_brackets(rows: Sequence[Row], language: Language) -> str:
    return f"({rows[0].unit})\n{joined('{name} - {number}', chr(10))(rows, language)}"


def _ditto(mark: str) -> Writer:
    def write(rows: Sequence[Row], language: Language) -> str:
        first = filled("{name} {amount}", rows[0], 1, language)
        return "\n".join([first, *(f"{row.name} {row.number} {mark}" for row in rows[1:])])

    return write


def _each(rows: Sequence[Row], language: Language) -> str:
    names = ", ".join(row.name for row in rows)
    each = {
        Language.ENGLISH: "each",
        Language.ROMAN_NEPALI: "sabai",
        Language.NEPALI: "सबै",
        Language.HINDI: "sab",
    }[language]
    amount = rows[0].amount
    return f"{names} {amount} {each}" if language is Language.ENGLISH else f"{names} {each} {amount}"


def _by_category(rows: Sequence[Row], language: Language) -> str:
    blocks = []
    for category in dict.fromkeys(row.category for row in rows):
        of_it = [row for row in rows if row.category == category]
        blocks.append(f"{category}:\n{joined('{name} {amount}', chr(10))(of_it, language)}")
    return "\n\n".join(blocks)


def _under_units(rows: Sequence[Row], language: Language) -> str:
    blocks = []
    for unit in dict.fromkeys(row.unit for row in rows):
        of_it = [row for row in rows if row.unit == unit]
        blocks.append(f"{unit}:\n{joined('{name} {number}', chr(10))(of_it, language)}")
    return "\n\n".join(blocks)


def _two_in_a_row(rows: Sequence[Row], language: Language) -> str:
    said = [filled("{name} {amount}", row, 0, language) for row in rows]
    return "\n".join(", ".join(said[at : at + 2]) for at in range(0, len(said), 2))


LAYOUTS: dict[str, Layout] = {
    "name amount": lines("{name} {amount}"),
    "amount name": lines("{amount} {name}"),
    "dash": lines("{name} - {amount}"),
    "tight dash": lines("{name}-{tight}"),
    "colon": lines("{name}: {amount}"),
    "equals": lines("{name} = {amount}"),
    "times": lines("{name} x {amount}"),
    "times sign": lines("{name} × {amount}"),
    "number times": lines("{number} x {name}", Need.BARE),
    "number in brackets": lines("{name} ({amount})"),
    "number in square brackets": lines("{name} [{amount}]"),
    "arrow": lines("{name} → {amount}"),
    "pointing hand": lines("{name} 👉 {amount}"),
    "dots": lines("{name} ...... {amount}"),
    "pipe": lines("{name} | {amount}"),
    "comma in the row": lines("{name}, {amount}"),
    "tab": lines("{name}\t{amount}"),
    "amount - name": lines("{amount} - {name}", Need.UNIT),
    "tight amount": lines("{name} {tight}", Need.UNIT),
    "numbered": lines("{at}. {name} {amount}"),
    "numbered with brackets": lines("{at}) {name} - {amount}"),
    "numbered in Nepali": lines("{at_nepali}. {name} {amount}"),
    "bullet": lines("• {name} {amount}"),
    "hyphen bullet": lines("- {name} {amount}"),
    "star": lines("* {name} - {amount}"),
    "tick": lines("✅ {name} {amount}"),
    "of": lines("{name} {of} {amount}", Need.UNIT),
    "price behind": lines("{name} {amount} @{price}"),
    "price in the middle": lines("{name} @ {price} - {amount}", Need.UNIT),
    "rate": lines("{name} {amount} rate {price}", Need.UNIT),
    "table": headed("Item | Qty", "{name} | {amount}"),
    "table with units": headed("Item | Qty | Unit", "{name} | {number} | {unit}"),
    "table with numbers": headed("S.N | Item | Qty", "{at} | {name} | {amount}"),
    "table with rates": headed("Item | Qty | Rate", "{name} | {amount} | {price}"),
    "table, number first": headed("Qty | Item", "{amount} | {name}"),
    "table with a rule": headed("Item | Qty\n--- | ---", "{name} | {amount}"),
    "table with bars outside": headed("| Item | Qty |", "| {name} | {amount} |"),
    "csv": headed("Item,Qty", "{name},{amount}"),
    "title and date": headed("ORDER LIST\nDate: 2083/08/10", "{name} - {amount}"),
    "purpose": headed("bihe ko lagi", "{name} {amount}"),
    "named order": headed("Order from Shyam Store, Kalanki-14", "{name} - {amount}"),
    "qty words": lines("{name} qty {amount}"),
    "chat headers": lines("[25/11/2026, 9:41 AM] Shyam Store: {name} {amount}"),
    "columns": Layout(write=_columns),
    "separate rows": run("{name}\n{amount}", "\n"),
    "separate rows in pairs": run("{name}\n{amount}", "\n\n"),
    "blank lines": run("{name} {amount}", "\n\n"),
    "comma run": run("{name} {amount}", ", "),
    "comma run, amount first": run("{amount} {name}", ", ", Need.UNIT),
    "semicolons": run("{name} {amount}", "; "),
    "glued plus": run("{name} {amount}", "+"),
    "glued commas": run("{name} {tight}", ",", Need.UNIT),
    "plus": run("{name} {amount}", " + "),
    "slashes": run("{name} {amount}", " / "),
    "sentences": run("{name} {amount}", ". "),
    "all and": Layout(write=_all_and),
    "last and": Layout(write=_last_and),
    "one line": run("{name} {amount}", " ", Need.UNIT),
    "unit heading": Layout(write=_under_unit, need=Need.SAME_UNIT),
    "unit heading in brackets": Layout(write=_under_unit_in_brackets, need=Need.SAME_UNIT),
    "unit headings": Layout(write=_under_units, need=Need.UNIT),
    "ditto mark": Layout(write=_ditto('"'), need=Need.SAME_UNIT),
    "ditto": Layout(write=_ditto("ditto"), need=Need.SAME_UNIT),
    "each": Layout(write=_each, need=Need.SAME_AMOUNT),
    "categories": Layout(write=_by_category),
    "two in a row": Layout(write=_two_in_a_row),
}
