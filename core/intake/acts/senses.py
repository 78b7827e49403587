"""The words of acts and moods, loaded once: senses by spelling, and the forms of the verbs."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from core.intake.acts.verbs import Tense, forms
from core.intake.language.plain import fold, keys_of, plain

LETTER_BY_LETTER = "="
SHORTEST_DENIAL = 4  # "nai" is a particle before it is a verb
SHORTEST_FORM = 3  # a shorter word is an article or a slip
_TENSES = {
    "past": Tense.PAST, "future": Tense.FUTURE, "command": Tense.COMMAND, "bare": Tense.BARE,
    "not_past": Tense.PAST, "not_future": Tense.FUTURE,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Senses:
    """Senses are names such as "mood.neg" or "is.cash"; a verb's is "v.send.past", or "v.send.past.not" when it denies."""

    # By the first word: the further words and the senses of the whole.
    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[str]]]]
    pictures: Mapping[str, str]

    def alone(self, keys: frozenset[str]) -> frozenset[str]:
        """Give the senses of one word by itself."""
        return frozenset(
            sense
            for key in keys
            for rest, senses in self.phrases.get(key, ())
            if not rest
            for sense in senses
        )

    def find(self, keys: Sequence[frozenset[str]], at: int) -> tuple[int, frozenset[str]] | None:
        """Give the longest form that begins at *at* as (its number of words, its senses)."""
        best, senses = 0, frozenset[str]()
        for first in keys[at]:
            for rest, found in self.phrases.get(first, ()):
                length = 1 + len(rest)
                if length < best or at + length > len(keys):
                    continue
                if all(word in keys[at + 1 + place] for place, word in enumerate(rest)):
                    senses = found | senses if length == best else found
                    best = length
        return (best, senses) if best else None


@cache
def act_senses() -> Senses:
    """Load the words; the result is shared and never changes."""
    senses = _all_senses()
    phrases: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = defaultdict(list)
    for (first, *rest), names in senses.items():
        phrases[first].append((tuple(rest), frozenset(names)))
    pictures = {picture: sense for sense, several in _toml("pictures.toml").items() for picture in several}
    return Senses(phrases=phrases, pictures=pictures)


@cache
def exact_words() -> Mapping[str, frozenset[str]]:
    """Load the words that a rule knows letter by letter, in lists by name."""
    return MappingProxyType({name: frozenset(words) for name, words in _toml("exact.toml").items()})


def _all_senses() -> dict[tuple[str, ...], set[str]]:
    senses: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for section, groups in _toml("senses.toml").items():
        for name, words in groups.items():
            _add(senses, words, f"{section}.{name}")
    verbs = _toml("verbs.toml")
    for conjugation in ("consonant", "au", "i"):
        for verb, stems in verbs[conjugation].items():
            _conjugate(senses, verb, stems, conjugation)
    for list_name, tense in _TENSES.items():
        for verb, words in verbs[list_name].items():
            _add(senses, words, _sense(verb, tense, denies=list_name.startswith("not_")))
    return senses


def _conjugate(
    senses: dict[tuple[str, ...], set[str]], verb: str, stems: Iterable[str], conjugation: str
) -> None:
    for stem in stems:
        for form, tense, denies in forms(stem, conjugation):
            if len(fold(form)) >= (SHORTEST_DENIAL if denies else SHORTEST_FORM):
                senses[fold(form),].add(_sense(verb, tense, denies=denies))


def _sense(verb: str, tense: Tense, *, denies: bool) -> str:
    return f"v.{verb}.{tense}" + (".not" if denies else "")


def word_keys(word: str) -> frozenset[str]:
    """Give all keys under which a word may stand among the senses."""
    return frozenset((LETTER_BY_LETTER + word, *(key for key in keys_of(word) if key)))


def _add(senses: dict[tuple[str, ...], set[str]], words: Iterable[str], name: str) -> None:
    for form in words:
        exact = form.startswith(LETTER_BY_LETTER)
        written = plain(form.removeprefix(LETTER_BY_LETTER)).text.split()
        if exact:
            senses[tuple(LETTER_BY_LETTER + word for word in written)].add(name)
        else:
            senses[tuple(fold(word) or LETTER_BY_LETTER + word for word in written)].add(name)


def _toml(name: str) -> Any:
    return tomllib.loads((files("core.intake.acts.words") / name).read_text(encoding="utf-8"))
