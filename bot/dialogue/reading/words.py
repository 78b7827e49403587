"""Recognizes short messages in all the languages that people type, by the words in `words.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_JOINERS = re.compile("[\u200b-\u200f\u2060\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_NUMBERS = re.compile(r"#?\d{1,2}(?:(?:\s*[,&+]\s*|\s+)#?\d{1,2})*")
_CODE = re.compile(r"(?<!\d)(\d{4,7})(?!\d)")
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_ROMAN_NEPALI = re.compile(
    r"\b(?:cha|chha|xa|chaina|ho|ko|ra|lai|malai|mero|hamro|pasal|namaste|namaskar|kati|chahiyo|chaiyo|dinus|dinu|"
    r"patha\w+|gar(?:nu|di)\w*|hajur|dai|didi|ota|wota|hunch\w+|tapai|saman|paisa|chini|chamal|dal|tel|aja|bholi|"
    # Hindi is answered in Nepali.
    r"mujhe|hume|chahiye|chahie|bhej\w*|hai|karo|kar do|mera|aur|kitna|dijiye)\b"
)

# Used in every language, so they don't tell which.
_EVERYBODYS = frozenset({"hello", "hi", "hey", "hii", "helo", "hllo", "ok", "okay"})


class ShortKind(StrEnum):
    YES = "yes"
    NO = "no"
    THANKS = "thanks"
    NUMBERS = "numbers"


@dataclass(frozen=True, kw_only=True, slots=True)
class Short:
    kind: ShortKind
    numbers: tuple[int, ...] = ()


def short_answer(text: str) -> Short | None:
    """The short answer, if the message is only a yes, a no, thanks, or numbers; None otherwise."""
    if numbers := _NUMBERS.fullmatch(_plain(text, keep=",&+#")):
        return Short(
            kind=ShortKind.NUMBERS, numbers=tuple(int(n) for n in re.findall(r"\d+", numbers.group()))
        )
    for kind in (ShortKind.YES, ShortKind.NO, ShortKind.THANKS):
        if is_said(text, kind.value):
            return Short(kind=kind)
    return None


def is_said(text: str, group: str) -> bool:
    """Whether the whole message is one of the group's phrases, apart from polite words around it."""
    plain = plain_words(text)
    return plain in _group(group) or _bare(plain) in _group(group)


def mentions(text: str, group: str) -> bool:
    plain = f" {plain_words(text)} "
    return any(f" {words} " in plain for words in _group(group))


def without(text: str, group: str) -> str:
    """The text in plain words, without those of the group."""
    plain = f" {plain_words(text)} "
    for words in sorted(_group(group), key=len, reverse=True):
        plain = plain.replace(f" {words} ", " ")
    return plain.strip()


def phrases(group: str) -> tuple[str, ...]:
    """The group's words as the file writes them, in its order."""
    return tuple(_file()[group])


def codes(text: str) -> tuple[str, ...]:
    """Numbers as long as an order number or a delivery code, in plain digits."""
    return tuple(_CODE.findall(plain_words(text)))


def language_of(text: str) -> str | None:
    """The language to answer in, judged by script and a few common words; None if the text doesn't tell."""
    if _DEVANAGARI.search(text):
        return "ne"
    plain = plain_words(text)
    if not any(character.isalpha() for character in plain) or plain in _EVERYBODYS:
        return None
    return "ne" if len(_ROMAN_NEPALI.findall(plain)) >= 1 else "en"


def plain_words(text: str) -> str:
    """The text in lower case, with plain digits and without punctuation other than question marks."""
    return _plain(text, keep="?")


def _plain(text: str, *, keep: str) -> str:
    joined = unicodedata.normalize("NFKC", _JOINERS.sub("", text)).casefold()
    return " ".join("".join(_plain_character(character, keep) for character in joined).split())


def _plain_character(character: str, keep: str) -> str:
    if character.isdecimal():
        return str(int(character))
    category = unicodedata.category(character)
    # Keeps letters with their vowel signs, digits and emoji; everything else separates words.
    if category[0] in "LMN" or category == "So" or character in keep:
        return character
    return " "


def _bare(plain: str) -> str:
    words = plain.split()
    while words and words[0] in _group("polite"):
        words = words[1:]
    while words and words[-1] in _group("polite"):
        words = words[:-1]
    return " ".join(words)


@cache
def _group(name: str) -> frozenset[str]:
    return frozenset(plain_words(words) for words in _file()[name])


@cache
def _file() -> dict[str, list[str]]:
    path = Path(__file__).with_name("words.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
