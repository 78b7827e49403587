"""How the index of a catalogue is made: the words of names, codes and categories, and the ways they may be spoken."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import KILO, Product, Size
from core.intake.catalogue.wordbook import WordBook, frozen
from core.intake.language.lexicon import Lexicon, lexicon
from core.intake.language.measures import BARE, Attribute, find_measures
from core.intake.language.measures import CONTENTS as CONTENTS_KIND
from core.intake.language.phonetics import (
    english,
    is_devanagari,
    is_inside,
    light,
    native,
    run_together,
    skeleton,
    sound_keys,
)
from core.intake.language.units import is_doubled
from core.intake.reading import WEIGHTS, CatalogEntry, Unit

SIZE = re.compile(r"(?:(\d+)\s*x\s*)?(\d+(?:\.\d+)?)\s*(kg|g|gm|ml|l|ltr)\b", re.IGNORECASE)
CONTENTS = re.compile(r"\s*(\d+)\s*(?:x\b|pcs|pieces|boxes|sachets)", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\(([^)]*)\)")
SIZE_IN_NAME = re.compile(
    r"(?<![\w.])\d+(?:\.\d+)?\s*(?:kg|gm|g|ml|ltr|l|केजी|किलो|ग्राम|लिटर|मिलि|मिली|एमएल|मि\.लि\.?)(?![^\W\d_])",
    re.IGNORECASE,
)
DASHED_CODE = re.compile(r"\b(?=[A-Za-z-]*\d)[A-Za-z]{1,4}-[A-Za-z0-9]{1,5}\b")
LETTERS_AND_NUMBER = re.compile(r"(?<![^\W\d_-])[A-Za-z]{2,4}(\d{1,3})\b")
BARE_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
Key = TypeVar("Key")
CAMEL_CASE = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
CAMEL_PART = re.compile(r"[A-Z][a-z]+")
DIGITS_OR_LETTERS = re.compile(r"\d+|[a-z]+")
WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0971-\u097f])+")
PACK_WORDS = frozenset(Unit) - WEIGHTS
GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "gm": Decimal(1)}
MILLILITRES = {"l": Decimal(1000), "ltr": Decimal(1000), "ml": Decimal(1)}
LETTER_NAMES = {
    "b": "bi", "c": "si", "d": "di", "e": "i", "f": "ef", "g": "ji", "h": "ech", "j": "je", "k": "ke", "l": "el",
    "m": "em", "n": "en", "p": "pi", "q": "kyu", "r": "ar", "s": "es", "t": "ti", "u": "yu", "v": "bhi", "z": "jed",
}  # fmt: skip
DIGIT_NAMES = {
    "1": "van", "2": "tu", "3": "thri", "4": "for", "5": "faiv", "6": "siks", "7": "seven", "8": "et", "9": "nain",
}  # fmt: skip


LONGEST_INITIALS = 4
VOWELS = frozenset("aeiouy")


def build_index(entries: Iterable[CatalogEntry]) -> CatalogIndex:
    """Build the index of a catalogue; under two seconds for 50,000 products."""
    return _IndexBuilder(lexicon()).build(entries)


class _IndexBuilder:
    def __init__(self, words: Lexicon) -> None:
        self.words = words
        self.names: dict[str, set[int]] = defaultdict(set)
        self.short: dict[str, set[int]] = defaultdict(set)
        self.with_and: set[int] = set()
        self.spoken: dict[str, set[str]] = defaultdict(set)
        self.pairs: set[tuple[str, str]] = set()
        self.attributes: dict[Attribute, set[int]] = defaultdict(set)
        self.numerals: dict[Decimal, set[int]] = defaultdict(set)
        self.unit_words: set[str] = set()
        self.unit_nouns: set[str] = set()
        self.brands: dict[str, set[int]] = defaultdict(set)
        self.pack_words: dict[str, set[int]] = defaultdict(set)

    def build(self, entries: Iterable[CatalogEntry]) -> CatalogIndex:
        products: list[Product] = []
        by_sku: dict[str, int] = {}
        for entry in entries:
            by_sku[entry.sku.upper()] = len(products)
            products.append(self._add(len(products), entry))
        self._enter_brands()
        odd = {word for word in self.names if not word.isalpha() and not is_devanagari(word)}
        for word in odd:
            self.spoken[word] |= _spoken_digits(word)
        for word in LETTER_NAMES.keys() & self.names.keys():
            self.spoken[word] |= {native(LETTER_NAMES[word])}
        for word in filter(_is_initials, self.names):
            self.spoken[word] |= {native("".join(LETTER_NAMES[letter] for letter in word))}
        names = WordBook.build(self.names, self.spoken)
        keys_by_letter: dict[str, list[str]] = defaultdict(list)
        bones: dict[str, list[str]] = defaultdict(list)
        for key in names.by_sound:
            keys_by_letter[key[0]].append(key)
            bones[skeleton(key)].append(key)
        return CatalogIndex(
            products=tuple(products),
            by_sku=MappingProxyType(by_sku),
            names=names,
            other_words=WordBook.build(self._other_words(names)),
            short_forms=WordBook.build(self.short),
            pairs=self._joined(names),
            keys_by_letter=frozen(keys_by_letter),
            sorted_keys=tuple(sorted(names.by_sound)),
            bones=frozen(bones),
            with_and=frozenset(self.with_and),
            odd_names=frozenset(odd),
            with_attribute=_frozen_sets(self.attributes),
            with_numeral=_frozen_sets(self.numerals),
            with_pack_word=_frozen_sets(self.pack_words),
            unit_words=frozenset(self.unit_words),
            unit_nouns=frozenset(self.unit_nouns),
            staples=frozenset(
                product.category
                for product in products
                if product.is_loose or product.packs & {Unit.SACK, Unit.TIN}
            ),
            goods_words=frozenset(light(word) for group in self.words.goods for word in group),
        )

    def _add(self, number: int, entry: CatalogEntry) -> Product:
        unit = self._unit(entry.unit)
        packs = {unit} if unit else set()
        if unit is None and light(entry.unit):
            self.unit_words |= self.words.trade_units.get(light(entry.unit), {light(entry.unit)})
        is_loose = "loose" in entry.pack_size.lower() or unit is Unit.KG
        row = self._add_name(number, entry.name, packs)
        if not set(row) - set(_words_again(entry.brand)):
            row += self._add_nouns(number, entry.name)
        for text in (entry.name_ne, *entry.aliases):
            if text:
                self._add_name(number, text, packs)
        for word in _words_again(entry.brand):
            self.brands[word].add(number)
        if is_loose:
            self.names["loose"].add(number)
        for word in _words_again(entry.category):
            self.short[word].add(number)
        self._add_codes(number, entry, row)
        brand = entry.brand.lower()
        attributes, numerals = self._add_attributes(number, entry)
        return Product(
            sku=entry.sku,
            product_id=entry.product_id,
            size=None if is_loose else _size(entry.pack_size) or _size(entry.name),
            unit=unit,
            packs=frozenset(packs),
            is_loose=is_loose,
            contents=_contents(entry.pack_size),
            case_qty=max(1, entry.case_qty),
            price_minor=entry.price_minor,
            category=entry.category,
            brand=brand,
            words=frozenset(row),
            family=f"{brand}|{' '.join(word for word in row if word != 'loose')}",
            attributes=attributes,
            numerals=numerals,
        )

    def _enter_brands(self) -> None:
        """Let a brand name its products; where only some names spell it ("Local"), it is no more than a short form."""
        for word, numbers in self.brands.items():
            spelled = self.names.get(word, set()) & numbers
            target = self.names if not spelled or spelled == numbers else self.short
            target[word] |= numbers - spelled

    def _add_name(self, number: int, text: str, packs: set[Unit]) -> list[str]:
        """Enter the words of a name; give those that tell the goods, without sizes and packs."""
        text = _without_measures(SIZE_IN_NAME.sub(" ", text))
        if "(" in text:
            text = IN_BRACKETS.sub(
                lambda inside: " " if any(map(str.isdigit, inside[1])) else inside[0], text
            )
        if "&" in text or " and " in text.lower():
            self.with_and.add(number)
        row: list[str] = []
        for word in _words_of(text):
            if word.isdigit() or word in self.words.exact["joining_names"]:
                continue
            if (pack := self._unit(word)) and word not in self.words.exact["size_names"]:
                packs |= {pack} & PACK_WORDS
                self.pack_words[light(word)].add(number)
                continue
            self.names[word].add(number)
            row.append(word)
        for code in DASHED_CODE.findall(text):
            self.names[code.lower().replace("-", "")].add(number)
        self.pairs.update(pairwise(row[:5]))
        for word in CAMEL_CASE.findall(text):
            self.spoken[word.lower()] |= _spoken_parts(word)
        return row

    def _add_nouns(self, number: int, name: str) -> list[str]:
        """Enter the words of a name that count pieces elsewhere, where nothing else in it says what the goods are ("CEAT Tube")."""
        nouns = [word for word in _words_of(name) if self._unit(word) is Unit.PIECE]
        for word in nouns:
            self.names[word].add(number)
            self.unit_nouns.add(light(word))
        return nouns

    def _add_attributes(
        self, number: int, entry: CatalogEntry
    ) -> tuple[frozenset[Attribute], frozenset[Decimal]]:
        """Enter the measures of the name and the pack; a bare number of the name is one too ("Dolo 650")."""
        name = SIZE_IN_NAME.sub(" ", " ; ".join((entry.name, entry.name_ne, *entry.aliases)))
        packed = find_measures(SIZE_IN_NAME.sub(" ", entry.pack_size))
        found = [*find_measures(name), *(one for one in packed if one.numeral != 1)]
        attributes = {one.attribute for one in found}
        numerals = {one.numeral for one in found if one.attribute.kind != CONTENTS_KIND}
        for written in self._bare_numbers(entry):
            attributes.add(Attribute(kind=BARE, value=written.normalize()))
            numerals.add(written.normalize())
        for written in LETTERS_AND_NUMBER.findall(name):
            attributes.add(Attribute(kind=BARE, value=Decimal(written)))
            numerals.add(Decimal(written))
        for attribute in attributes:
            self.attributes[attribute].add(number)
        for numeral in numerals:
            self.numerals[numeral].add(number)
        return frozenset(attributes), frozenset(numerals)

    def _bare_numbers(self, entry: CatalogEntry) -> set[Decimal]:
        """Give the numbers of a name without a unit; an alias that only repeats the weight tells no more than the weight."""
        own, others = (
            {
                Decimal(number)
                for number in BARE_NUMBER.findall(_without_measures(SIZE_IN_NAME.sub(" ", text)))
            }
            for text in (entry.name, " ; ".join((entry.name_ne, *entry.aliases)))
        )
        size = _size(entry.pack_size) or _size(entry.name)
        weight = {size.amount, size.amount / KILO} if size else set()
        return own | (others - weight)

    def _add_codes(self, number: int, entry: CatalogEntry, row: list[str]) -> None:
        """Enter the initials of the brand, and the parts of the code that shorten the name ("COKE" for Coca-Cola)."""
        brand = [word for word in _words_again(entry.brand) if word.isalpha()]
        codes = {"".join(word[0] for word in brand[:3])} if len(brand) > 1 else set()
        codes |= {
            part for part in _parts_of_code(entry.sku) if part not in row and _shortens(part, brand, row)
        }
        for code in codes:
            key = light(code)
            if len(code) > 1 and key not in self.words.units and (key,) not in self.words.exact_cues:
                self.short[code].add(number)

    def _unit(self, word: str) -> Unit | None:
        return None if is_doubled(word) else self.words.units.get(light(word))

    def _joined(self, names: WordBook) -> Mapping[str, tuple[tuple[str, str], ...]]:
        sounds: dict[str, list[str]] = defaultdict(list)
        for key, words in names.by_sound.items():
            for word in words:
                sounds[word].append(key)
        joined: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for left, right in self.pairs:
            for one in sounds[left]:
                for other in sounds[right]:
                    joined[run_together(one, other)].append((left, right))
        return MappingProxyType({key: tuple(pairs) for key, pairs in joined.items()})

    def _other_words(self, names: WordBook) -> Mapping[str, set[int]]:
        """Give each word of a group of goods the products that carry any other word of the group."""
        others: dict[str, set[int]] = defaultdict(set)
        for group in self.words.goods:
            carried = [(word, names.spelled(word)) for word in group]
            together = set().union(*(products for _, products in carried))
            if not together:
                continue
            for word in group:
                others[word] |= together
        return others


def _parts_of_code(sku: str) -> list[str]:
    """Give the parts of a code that may be words: letters, or digits with letters behind them."""
    parts = [part for part in WORD.findall(sku.lower()) if len(part) > 1 and not part.isdigit()]
    return [part for part in parts if part.isalpha() or not part[0].isalpha()]


def _shortens(part: str, brand: list[str], row: list[str]) -> bool:
    """Say whether a part of a code stands inside the words of the name, or begins the brand as it sounds."""
    words = [*brand, *row]
    tails = ("".join(words[start:]) for start in range(len(words)) if words[start][0] == part[0])
    return any(is_inside(part, tail) for tail in tails) or native("".join(brand)).startswith(english(part))


def _without_measures(text: str) -> str:
    """Blank the measures of a name, so that their units are no words of it."""
    for one in find_measures(text):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _frozen_sets(sets: Mapping[Key, set[int]]) -> Mapping[Key, frozenset[int]]:
    return MappingProxyType({key: frozenset(numbers) for key, numbers in sets.items()})


def _is_initials(word: str) -> bool:
    """Say whether a word of a name is spoken letter by letter (DDC: didisi)."""
    if not 1 < len(word) <= LONGEST_INITIALS:
        return False
    return all(letter in LETTER_NAMES and letter not in VOWELS for letter in word)


def _spoken_parts(word: str) -> set[str]:
    """Give the sounds of a word written in one ("CloseUp"), part by part."""
    keys = {""}
    for part in CAMEL_PART.findall(word):
        keys = {run_together(key, sound) for key in keys for sound in sound_keys(part)}
    return keys


def _spoken_digits(word: str) -> set[str]:
    """Give the sounds of "7up" read aloud in English."""
    keys = {""}
    for group in DIGITS_OR_LETTERS.findall(word):
        if group.isdigit():
            sounds = {group, "".join(native(DIGIT_NAMES.get(digit, digit)) for digit in group)}
        else:
            sounds = {
                *sound_keys(group),
                native("".join(LETTER_NAMES.get(letter, letter) for letter in group)),
            }
        keys = {run_together(key, sound) for key in keys for sound in sounds}
    return keys


@lru_cache(maxsize=8192)
def _words_again(text: str) -> tuple[str, ...]:
    """Part brands and categories, which come again and again."""
    return tuple(_words_of(text))


def _words_of(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("'", "").replace("\u2019", ""))


@lru_cache(maxsize=1024)
def _contents(pack_size: str) -> int | None:
    match = CONTENTS.match(pack_size)
    return int(match[1]) if match else None


@lru_cache(maxsize=1024)
def _size(pack_size: str) -> Size | None:
    match = SIZE.search(pack_size)
    if match is None:
        return None
    amount, unit = Decimal(match[2]), match[3].lower()
    if unit in GRAMS:
        return Size(amount=amount * GRAMS[unit], is_volume=False)
    return Size(amount=amount * MILLILITRES[unit], is_volume=True)
