"""Reads what a newcomer says about their shop: its name, its place in words or as a pin, or a question instead."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from bot.dialogue.machine import InputKind, Turn, does
from bot.dialogue.reading.words import mentions, phrases
from core.intake.acts.chunks import read_chunks
from core.intake.acts.clauses import split_into_clauses
from core.intake.acts.types import ActKind
from core.parties.naming import clean_name

_SHORTEST_NAME = 2
_LONGEST_NAME_WORDS = 8
# How the reader of acts may classify a name or a place, which it doesn't know.
_MAY_BE_NAME: Final = frozenset(
    {ActKind.UNREAD, ActKind.ORDER, ActKind.CHOICE, ActKind.CODE, ActKind.EDIT, ActKind.NUMBER}
)


def name_and_area(turn: Turn) -> tuple[str, str]:
    """The parts of the text that can be a name and a place; an empty string where there is none."""
    if not may_be_name(turn):
        return "", ""
    lines = [piece.strip() for piece in turn.text.replace("\n", ",").split(",") if piece.strip()]
    name = clean_name(without_phrase(lines[0])) if lines else None
    if name is None or not len(name) >= _SHORTEST_NAME or len(name.split()) > _LONGEST_NAME_WORDS:
        return "", ""
    return name, clean_name(", ".join(lines[1:])) or ""


def without_phrase(words: str) -> str:
    """The name alone, without the words around it: "mero pasal ko naam Kiran Store ho", "my shop is called …"."""
    plain = words.casefold()
    for phrase in phrases("before_shop_name"):
        if plain.startswith(phrase + " ") or (phrase.endswith(":") and plain.startswith(phrase)):
            rest = words[len(phrase) :].strip(" :-")
            after = (f" {polite}" for polite in phrases("after_shop_name"))
            ending = next((one for one in after if rest.casefold().endswith(one)), "")
            return rest[: len(rest) - len(ending)]
    return words


def may_be_name(turn: Turn) -> bool:
    """Whether the text can be a name or a place: not a greeting, a question, an order, a number or a known act."""
    if turn.input.kind is not InputKind.TEXT or turn.short is not None or orders_goods(turn):
        return False
    if not any(character.isalpha() for character in turn.text) or asks_something(turn.text):
        return False
    return all(act.is_guess or act.kind in _MAY_BE_NAME for act in turn.acts)


def orders_goods(turn: Turn) -> bool:
    """Goods and how many of them, which are neither a shop's name nor a place."""
    if turn.input.kind is not InputKind.TEXT or turn.short is not None:
        return False
    says_how_many = any(act.kind in (ActKind.ORDER, ActKind.EDIT) for act in turn.acts)
    questions = [question for question in turn.reading.questions if question.candidates]
    return bool(turn.reading.lines) or (says_how_many and bool(questions))


def asks_something(text: str) -> bool:
    """Whether any clause is a question."""
    return any(
        clause.is_asked or clause.has("mood.asked") for clause in split_into_clauses(read_chunks(text))
    )


def topic_of(turn: Turn) -> str | None:
    """What a newcomer asks about: `credit`, `price`, `how_long`, `how`, `what`; None without a question."""
    if turn.input.kind is not InputKind.TEXT:
        return None
    clauses = split_into_clauses(read_chunks(turn.text))
    if any(clause.has("is.credit") for clause in clauses):
        return "credit"
    if any(clause.has("is.price") for clause in clauses):
        return "price"
    if does(ActKind.STATUS)(turn) or mentions(turn.text.replace("?", " "), "how_long"):
        return "how_long"
    if does(ActKind.HELP)(turn):
        return "how"
    return "what" if does(ActKind.CHAT)(turn) or asks_something(turn.text) else None


def pin_of(turn: Turn) -> tuple[Decimal, Decimal] | None:
    """Latitude and longitude of a location message in degrees; None for anything else, or off the earth."""
    if turn.input.kind is not InputKind.LOCATION:
        return None
    content = turn.input.content.get("location") or turn.input.content
    try:
        point = Decimal(str(content["latitude"])), Decimal(str(content["longitude"]))
    except (KeyError, InvalidOperation):
        return None
    on_earth = abs(point[0]) <= 90 and abs(point[1]) <= 180
    return point if on_earth else None


def pin_area(turn: Turn) -> str | None:
    """The label or address that WhatsApp sent with the pin."""
    content = turn.input.content.get("location") or turn.input.content
    return clean_name(content.get("label") or content.get("address"))
