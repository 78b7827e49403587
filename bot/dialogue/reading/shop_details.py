"""Reads what a newcomer says about their shop: its name, its place in words or as a pin, or a question instead."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from bot.dialogue.machine import InputKind, Turn, does
from bot.dialogue.reading.line_numbers import unit_named
from bot.dialogue.reading.words import is_said, mentions, phrases, plain_words
from core.intake.acts.chunks import read_chunks
from core.intake.acts.clauses import split_into_clauses
from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind
from core.intake.language.lexicon import is_known_place
from core.intake.reading import Role
from core.parties.naming import clean_name

# "Balkhu. but I will shift to Kirtipur" is at Balkhu.
_ASIDE = re.compile(r"[\s.;।]+(?:but|tara|lekin|तर|लेकिन)\s", re.IGNORECASE)
# "naam X ra thau Y"
_JOINING = re.compile(r"\s+(?:ra|र|and|ani|अनि|aur)\s*$", re.IGNORECASE)
_ROWS = re.compile(r"[,\n।;]")
_ROWS_AND_SENTENCES = re.compile(r"[,\n।;]|[.!]\s")
_FROM = re.compile(r"(.+?)\s+(?:from|at|in|near)\s+(.+)", re.IGNORECASE)
_FROM_BEHIND = re.compile(r"\s+(?:bata|baata|dekhi|बाट|देखि)$", re.IGNORECASE)
_QUOTED = re.compile(r"['\"“‘]([^'\"”’]{2,})['\"”’]")
_SHORTEST_NAME = 2
_LONGEST_NAME_WORDS = 8
# How the reader of acts may classify a name or a place, which it doesn't know.
_MAY_BE_NAME: Final = frozenset(
    {ActKind.UNREAD, ActKind.ORDER, ActKind.CHOICE, ActKind.CODE, ActKind.EDIT, ActKind.NUMBER}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """A shop's name and place as far as they were said. `is_named` tells that the words say which is which."""

    name: str = ""
    area: str = ""
    is_named: bool = False
    is_correction: bool = False


def details_of(turn: Turn) -> Details:
    """What the text says of the shop: labelled ("नाम X हो, ठाउँ Y"), put right, or in the order name, place."""
    if turn.input.kind is not InputKind.TEXT or orders_goods(turn) or asks_something(turn.text):
        return Details()
    if says_it_was_told(turn.text):
        return Details()
    pieces, is_correction = _without_corrections(turn.text)
    if is_correction:
        pieces = [rest for piece in pieces if (rest := _without_ending(piece))]
    if not pieces:
        return Details(is_correction=is_correction)
    labelled = [_labelled(piece) for piece in pieces]
    is_named = any(kind for kind, _ in labelled)
    if not is_named and not may_be_name(turn) and not (is_correction and pieces):
        return Details()
    names = [words for kind, words in labelled if kind == "name"]
    places = [words for kind, words in labelled if kind == "place"]
    others = [words for kind, words in labelled if not kind]
    if not names and others and not is_town(others[0]):
        names, others = others[:1], others[1:]
    elif not names and any(is_shops(one) for one in others):
        # "Janakpur, Maa Janaki Bhandar" is the other way round.
        names = [next(one for one in others if is_shops(one))]
        others = [one for one in others if one != names[0]]
    name = (
        clean_name(_bare(without_phrase(names[0])) if is_correction else without_phrase(names[0]))
        if names
        else None
    )
    if name is not None and (len(name) < _SHORTEST_NAME or len(name.split()) > _LONGEST_NAME_WORDS):
        return Details()
    if name is not None and (is_said(name, "correction") or is_said(name, "no") or is_said(name, "yes")):
        # "मेरो पसलको नाम हैन" denies a name, and is none.
        return Details(is_correction=True)
    area = clean_name(", ".join([*places, *others])) or ""
    return Details(name=name or "", area=area, is_named=is_named, is_correction=is_correction)


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What stands beside the goods of an order: the shop's name and place, and the words of the goods alone."""

    details: Details
    goods: str


def details_beside_goods(turn: Turn) -> Beside | None:
    """The shop's name and place in the message that orders goods: "Hamro Pasal, Balaju-16, 2 bora chini".

    None unless a piece of the message is surely the shop's name, and none of what is left may be goods.
    """
    if not orders_goods(turn) or asks_something(turn.text):
        return None
    pieces = [piece.strip(" .!") for piece in _ROWS_AND_SENTENCES.split(turn.text) if piece.strip(" .!")]
    goods = [piece for piece in pieces if _may_be_goods(turn, piece)]
    others = [piece for piece in pieces if piece not in goods and not _only_greets(piece)]
    told = [part for piece in others for part in _name_from_place(without_greeting(piece))]
    if not goods or not told:
        return None
    words = ", ".join(told)
    details = details_of(
        replace(turn, input=replace(turn.input, text=words), acts=read_acts(words, role=turn.role))
    )
    if not (details.is_named or is_shops(details.name)):
        return None
    return Beside(details=details, goods="\n".join(goods)) if details.name else None


def _may_be_goods(turn: Turn, piece: str) -> bool:
    if is_shops(piece) or _FROM_BEHIND.search(piece):
        return False
    alone = replace(turn, input=replace(turn.input, text=piece), acts=read_acts(piece, role=turn.role))
    return orders_goods(alone) or any(unit_named(word) for word in piece.split())


def _only_greets(piece: str) -> bool:
    acts = read_acts(piece, role=Role.RETAILER)
    return bool(acts) and not is_shops(piece) and all(act.kind is ActKind.GREETING for act in acts)


def without_greeting(piece: str) -> str:
    """The piece without the greeting and the "this is" or "I am" before it."""
    words = piece.split()
    while len(words) > 1 and (_only_greets(words[0]) or words[0].casefold() in phrases("self")):
        words = words[1:]
    rest = " ".join(words)
    leading = next((one for one in _longest_first("this_is") if _begins_with(rest, one)), "")
    return rest[len(leading) :].strip()


def _name_from_place(piece: str) -> list[str]:
    """The name and the place of "Gupta Store from Birgunj"; a place without the "bata" behind it."""
    found = _FROM.fullmatch(piece)
    if found is not None and is_shops(found[1]) and not is_shops(found[2]):
        return [found[1], found[2]]
    return [_FROM_BEHIND.sub("", piece)]


def says_it_was_told(text: str) -> bool:
    """Whether it says only that something was said before: "thau ta bhaneko ho ni", "I did tell you"."""
    clauses = split_into_clauses(read_chunks(text))
    return not is_shops(text) and any(
        clause.verb("say", tense="past") or mentions(text, "was_told") for clause in clauses
    )


def place_now(text: str) -> str:
    """A place without what is said beside it."""
    return _ASIDE.split(text, maxsplit=1)[0] or text


def name_and_area(turn: Turn) -> tuple[str, str]:
    """The parts of the text that can be a name and a place; an empty string where there is none."""
    said = details_of(turn)
    return said.name, said.area


def _without_corrections(text: str) -> tuple[list[str], bool]:
    """The pieces of the text, each with one name or place, without what only says that something was wrong."""
    pieces = [piece.strip() for row in _ROWS.split(text) for piece in _apart(row) if piece.strip()]
    kept: list[str] = []
    is_correction = False
    for piece in pieces:
        leading = next((one for one in _longest_first("correction") if _begins_with(piece, one)), None)
        is_correction = is_correction or leading is not None
        rest = piece if leading is None else piece[len(leading) :].strip(" :-–,")
        kept += [rest] if rest and not is_said(rest, "correction") else []
    return kept, is_correction


def _apart(row: str) -> list[str]:
    """A row cut before each label behind another one: "naam X ho thau Y"."""
    places = [
        match.start()
        for label in phrases("place_label")
        if (match := re.search(rf"(?<!\S){re.escape(label)}(?=[\s:\-])", row.casefold()))
        and match.start() > 0
    ]
    if not places or not any(_begins_with(row.strip(), label) for label in phrases("name_label")):
        return [row]
    return [_JOINING.sub("", row[: min(places)]), row[min(places) :]]


def _longest_first(group: str) -> list[str]:
    return sorted(phrases(group), key=len, reverse=True)


def _begins_with(words: str, phrase: str) -> bool:
    plain = words.casefold()
    return plain == phrase or (
        plain.startswith(phrase) and not plain[len(phrase)].isalnum() and not _is_mark(plain[len(phrase)])
    )


def _is_mark(character: str) -> bool:
    """Whether it belongs to the letter before it, as the vowel signs of Devanagari do."""
    return unicodedata.category(character).startswith("M")


def _labelled(piece: str) -> tuple[str, str]:
    """`name` or `place` and the words behind that label; an empty label where none is said."""
    if (shop := _named_shop(piece)) is not None:
        return "name", shop
    for kind in ("name",) if is_shops(piece) else ("name", "place"):
        label = next((one for one in _longest_first(f"{kind}_label") if _begins_with(piece, one)), None)
        if label is not None and (rest := _bare(piece[len(label) :])):
            return kind, rest
        if behind := next(
            filter(None, (_before_label(piece, one) for one in phrases(f"{kind}_label"))), None
        ):
            return kind, behind
    before = next((one for one in _longest_first("place_before") if _begins_with(piece, one)), "")
    rest = piece[len(before) :].strip()
    after = next(
        (f" {one}" for one in _longest_first("place_after") if rest.casefold().endswith(f" {one}")), ""
    )
    says_place = after or (before and before.endswith((" at", " in", " near")))
    if says_place and (place := rest[: len(rest) - len(after)].strip()):
        return "place", place
    return "", piece


def _named_shop(piece: str) -> str | None:
    """The name behind "my shop": "pasal chai Shrestha Kirana"; None where those words may be the name or lead to a place."""
    leading = next((one for one in _longest_first("shop_is") if _begins_with(piece, one)), None)
    rest = "" if leading is None else _bare(piece[len(leading) :])
    return rest if is_shops(rest) else None


def _before_label(piece: str, label: str) -> str | None:
    """The words before a label that stands behind them with a "ho": "kalimati ho thau", "Kiran Store naam ho"."""
    ho, mine = "(?:ho|हो)", "(?:mero|hamro|मेरो|हाम्रो)"
    found = re.fullmatch(
        rf"(.+?)\s+(?:{ho}\s+(?:{mine}\s+)?{re.escape(label)}|{re.escape(label)}\s+{ho})",
        piece,
        re.IGNORECASE,
    )
    return found[1] if found else None


def _bare(words: str) -> str:
    """The words behind a label without what only says that it is so."""
    rest = words.strip(" :-–=")
    if (quoted := _QUOTED.match(rest)) is not None:
        return quoted[1].strip()
    for polite in ("ko", "is", "chai", "चाहिँ"):
        rest = rest[len(polite) :].strip() if _begins_with(rest, polite) else rest
    return _without_ending(rest)


def _without_ending(words: str) -> str:
    """The words without the "ho" behind them."""
    ending = next(
        (f" {one}" for one in phrases("after_shop_name") if words.casefold().endswith(f" {one}")), ""
    )
    return words[: len(words) - len(ending)].strip()


def is_town(words: str) -> bool:
    """Whether nothing but places that everybody knows are named: "जनकपुर", "malangwa sarlahi tira"."""
    said = [
        word
        for word in plain_words(words).split()
        if word not in phrases("place_after") and not word.isdigit()
    ]
    return bool(said) and all(is_known_place(word) for word in said)


def is_shops(name: str) -> bool:
    """Whether a word for a shop stands in the name."""
    return any(word in phrases("shop_word") for word in plain_words(name).split())


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
    if says_it_was_told(turn.text):
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
    """Whether any clause is a question, or wants to be told something: "पहिला भाउ भन्नुस्"."""
    return any(
        clause.is_asked or clause.has("mood.asked") or clause.verb("say", "show", tense="command")
        for clause in split_into_clauses(read_chunks(text))
    )


def topic_of(turn: Turn) -> str | None:
    """What a newcomer asks about: `credit`, `price`, `how_long`, `how`, `what`; None without a question."""
    if turn.input.kind is not InputKind.TEXT:
        return None
    clauses = split_into_clauses(read_chunks(turn.text))
    if any(clause.has("is.credit") for clause in clauses):
        return "credit"
    asks_of_goods = any(
        act.kind in (ActKind.ASK_PRICE, ActKind.ASK_STOCK) and not act.is_guess for act in turn.acts
    )
    if any(clause.has("is.price") for clause in clauses) or asks_of_goods:
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
