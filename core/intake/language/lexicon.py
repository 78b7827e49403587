"""The words of the language, loaded once from the files under `words/`: numbers, units, goods, places and cues."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from core.intake.language.phonetics import light, native, skeleton
from core.intake.reading import Unit

SHORTEST_STEM = 4
MOST_REMEMBERED = 50_000  # words of messages
SCALES = (100, 1_000, 100_000, 10_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """A word, or several, that tell how something is said: the tokens from `start` up to `end`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    numbers: Mapping[str, int]
    scales: Mapping[str, int]
    fractions: Mapping[str, Decimal]
    before_number: Mapping[str, Decimal]
    alone_or_before: Mapping[str, Decimal]
    units: Mapping[str, Unit]
    glued_units: Mapping[str, Unit]
    trade_units: Mapping[str, frozenset[str]]  # spellings of units that only some catalogues count in
    unit_bones: Mapping[str, frozenset[Unit]]  # units by their consonants alone
    never_goods: frozenset[str]
    before_goods: frozenset[str]
    goods: tuple[tuple[str, ...], ...]
    places: frozenset[str]
    methods: Mapping[tuple[str, ...], str]  # how money is sent, by its words
    reference_words: frozenset[str]
    ordinals: Mapping[str, int]
    markers: Mapping[str, frozenset[str]]  # short words whose meaning hangs on their neighbours
    exact: Mapping[str, frozenset[str]]  # short words that are compared letter by letter
    verb_endings: tuple[str, ...]
    case_endings: tuple[str, ...]
    participle_endings: tuple[str, ...]
    plural_endings: tuple[str, ...]  # of units
    failing_endings: tuple[str, ...]  # of verbs that say what goods do not do
    spellings: frozenset[str]  # every single word of a cue, as it is written
    goods_spellings: frozenset[str]
    exact_cues: Mapping[tuple[str, ...], tuple[str, ...]]
    cue_lengths: Mapping[str, int]  # how many words the longest cue has that begins with a word
    open_cues: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    number_words: frozenset[
        str
    ]  # light keys of the words that are numbers, scales or fractions, or change a number
    amount_words: frozenset[
        str
    ]  # light keys of other words that may begin an amount or a price ("rs", "dozen")
    piece_endings: tuple[str, ...]
    begun: dict[
        str, tuple[tuple[tuple[str, ...], str], ...]
    ]  # the open cues a word may begin, as they were asked for

    def may_be_number(self, key: str) -> bool:
        """Say whether a word, by its light key, may be a number; most words of a message are none, and this is quick."""
        return key in self.number_words or key.endswith(self.piece_endings)

    def looks_like_a_verb(self, key: str) -> bool:
        return len(key) > SHORTEST_STEM and key.endswith(self.verb_endings)

    def find_cues(self, keys: list[str]) -> Iterator[Cue]:
        """Find every cue in a row of words given by their light keys."""
        for start, first in enumerate(keys):
            for length in range(1, min(self.cue_lengths.get(first, 0), len(keys) - start) + 1):
                for name in self.exact_cues.get(tuple(keys[start : start + length]), ()):
                    yield Cue(name=name, start=start, end=start + length)
            for forms, name in self._begun_by(first):
                if _opens(forms, keys, start):
                    yield Cue(name=name, start=start, end=start + len(forms))

    def _begun_by(self, first: str) -> tuple[tuple[tuple[str, ...], str], ...]:
        found = self.begun.get(first)
        if found is None:
            if len(self.begun) >= MOST_REMEMBERED:
                self.begun.clear()
            found = self.begun[first] = tuple(
                (forms, name)
                for forms, name in self.open_cues.get(first[:2], ())
                if (first == forms[0] if len(forms) > 1 else first.startswith(forms[0]))
            )
        return found


def _opens(forms: tuple[str, ...], keys: list[str], start: int) -> bool:
    if start + len(forms) > len(keys):
        return False
    *whole, stem = forms
    if any(keys[start + place] != word for place, word in enumerate(whole)):
        return False
    return keys[start + len(whole)].startswith(stem)


@cache
def lexicon() -> Lexicon:
    """Load the words of the language; the result is shared and never changes."""
    units = _toml("units.toml")
    fractions = _toml("fractions.toml")
    numbers, scales = _numbers()
    payments = _toml("payments.toml")
    methods = _methods(payments)
    exact, opened = _cues(methods)
    endings = _lists("endings.toml")
    whole, before, both = (_by_key(fractions[name]) for name in ("whole", "before", "both"))
    markers = _sets("markers.toml", light)
    return Lexicon(
        numbers=numbers,
        scales=scales,
        fractions=whole,
        before_number=before,
        alone_or_before=both,
        units=_units(units["forms"]),
        glued_units=_units(units["glued"]),
        trade_units=MappingProxyType(
            {light(name): frozenset(_keys(forms)) for name, forms in units["trade"].items()}
        ),
        unit_bones=MappingProxyType(_unit_bones(units["forms"])),
        never_goods=frozenset(
            (*_lists("english.toml")["never_goods"], *_lists("everyday.toml")["never_goods"])
        ),
        before_goods=frozenset(_lists("english.toml")["before_goods"]),
        goods=tuple(tuple(group) for group in _toml("goods.toml")["groups"]),
        places=frozenset(_keys(_lists("places.toml")["names"])),
        methods=MappingProxyType(methods),
        reference_words=frozenset(_keys(payments["reference"]["words"])),
        ordinals=MappingProxyType(
            {key: int(place) for place, forms in _lists("ordinals.toml").items() for key in _keys(forms)}
        ),
        markers=markers,
        exact=_sets("exact.toml", str),
        verb_endings=tuple(_keys(endings["verbs"])),
        case_endings=tuple(_keys(endings["cases"])),
        participle_endings=tuple(_keys(endings["participles"])),
        plural_endings=tuple(_keys(endings["plurals"])),
        failing_endings=tuple(_keys(endings["failing"])),
        spellings=frozenset(form for cue in _toml("cues.toml").values() for form in cue["forms"]),
        goods_spellings=frozenset(form for group in _toml("goods.toml")["groups"] for form in group),
        exact_cues=exact,
        cue_lengths=MappingProxyType(_longest(exact)),
        open_cues=opened,
        number_words=frozenset((*numbers, *scales, *whole, *before, *both)),
        amount_words=markers["money"] | markers["rate"] | markers["full"] | markers["begins_amount"],
        piece_endings=tuple(markers["piece_endings"]),
        begun={},
    )


def _toml(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("core.intake.language.words") / name).read_text("utf-8"))


def _lists(name: str) -> dict[str, list[str]]:
    return tomllib.loads((files("core.intake.language.words") / name).read_text("utf-8"))


def _keys(forms: list[str]) -> list[str]:
    return [light(form) for form in forms]


def _sets(name: str, key: Callable[[str], str]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType(
        {name: frozenset(key(form) for form in forms) for name, forms in _lists(name).items()}
    )


def _units(table: dict[str, list[str]]) -> Mapping[str, Unit]:
    return MappingProxyType({key: Unit(unit) for unit, forms in table.items() for key in _keys(forms)})


def _methods(payments: dict[str, dict[str, list[str]]]) -> dict[tuple[str, ...], str]:
    """Give the ways money goes by their words; Nepali ones also with an ending written onto them."""
    glued = payments["endings"]["glued"]
    return {
        _words(form + ending): name
        for name, forms in payments["methods"].items()
        for form in forms
        for ending in (("",) if form.isascii() else ("", *glued))
    }


def _by_key(table: dict[str, list[str]]) -> Mapping[str, Decimal]:
    return MappingProxyType({key: Decimal(value) for value, forms in table.items() for key in _keys(forms)})


def _numbers() -> tuple[Mapping[str, int], Mapping[str, int]]:
    numbers: dict[str, int] = {}
    scales: dict[str, int] = {}
    rows = (files("core.intake.language.words") / "numbers.csv").read_text("utf-8").splitlines()
    for row in csv.DictReader(rows):
        value = int(row["value"])
        for key in _keys(row["forms"].split()):
            (scales if value in SCALES else numbers).setdefault(key, value)
    return MappingProxyType(numbers), MappingProxyType(scales)


def _unit_bones(forms: Mapping[str, list[str]]) -> dict[str, frozenset[Unit]]:
    found: dict[str, set[Unit]] = defaultdict(set)
    for unit, spellings in forms.items():
        for spelling in spellings:
            found[skeleton(native(spelling))].add(Unit(unit))
    return {bones: frozenset(units) for bones, units in found.items()}


def _longest(cues: Iterable[tuple[str, ...]]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for words in cues:
        longest[words[0]] = max(len(words), longest.get(words[0], 0))
    return longest


def _words(form: str) -> tuple[str, ...]:
    return tuple(light(word) for word in form.split())


def _cues(
    methods: Iterable[tuple[str, ...]],
) -> tuple[Mapping[tuple[str, ...], tuple[str, ...]], Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]]:
    exact: dict[tuple[str, ...], list[str]] = {}
    opened: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, cue in _toml("cues.toml").items():
        for form in dict.fromkeys(cue["forms"]):
            words = _words(form.rstrip("*"))
            if not all(words):
                words = (form,)  # an emoji stands for itself
            if not form.endswith("*"):
                exact.setdefault(words, []).append(name)
            else:
                opened.setdefault(words[0][:2], []).append((words, name))
    for words in methods:
        exact.setdefault(words, []).append("method")
    return (
        MappingProxyType({words: tuple(dict.fromkeys(names)) for words, names in exact.items()}),
        MappingProxyType({prefix: tuple(found) for prefix, found in opened.items()}),
    )


def is_known_place(word: str) -> bool:
    """Whether everybody knows this word as a town, a district or a part of one."""
    return not lexicon().places.isdisjoint({light(word)})
