"""The catalogue as the reader searches it: which products a written word may speak of, and how surely."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from enum import IntEnum
from types import MappingProxyType
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.intake.lexicon import Lexicon, lexicon
from core.intake.reading import CatalogEntry, Unit
from core.intake.sound import english, is_devanagari, light, native, skeleton, sound_keys

MOST_SOUNDS = 16
Products = frozenset[int]
NO_PRODUCTS: Products = frozenset()
ROUGH_LENGTH = 5  # shorter words are compared by their consonants only
TWO_SLIPS_LENGTH = 8
SHORTEST_SOUND = 3
SHORTEST_BEGINNING = 4
SIZE = re.compile(r"(?:(\d+)\s*x\s*)?(\d+(?:\.\d+)?)\s*(kg|g|gm|ml|l|ltr)\b", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\(([^)]*)\)")
SIZE_IN_NAME = re.compile(r"(?<![\w.])\d+(?:\.\d+)?\s*(?:kg|gm|g|ml|ltr|l)\b", re.IGNORECASE)
JOINING = frozenset({"and", "of", "with", "र"})
CAMEL_CASE = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
CAMEL_PART = re.compile(r"[A-Z][a-z]+")
DIGITS_OR_LETTERS = re.compile(r"\d+|[a-z]+")
LETTER_NAMES = {
    "b": "bi", "c": "si", "d": "di", "e": "i", "f": "ef", "g": "ji", "h": "ech", "j": "je", "k": "ke", "l": "el",
    "m": "em", "n": "en", "p": "pi", "q": "kyu", "r": "ar", "s": "es", "t": "ti", "u": "yu", "v": "bhi", "z": "jed",
}  # fmt: skip
DIGIT_NAMES = {
    "1": "van", "2": "tu", "3": "thri", "4": "for", "5": "faiv", "6": "siks", "7": "seven", "8": "et", "9": "nain",
}  # fmt: skip
WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0971-\u097f])+")
PACK_WORDS = frozenset(Unit) - {Unit.KG, Unit.GRAM, Unit.LITRE, Unit.ML}
GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "gm": Decimal(1)}
MILLILITRES = {"l": Decimal(1000), "ltr": Decimal(1000), "ml": Decimal(1)}


class Surety(IntEnum):
    """How a word was recognised, the surest first."""

    SPELLED = 0
    HEARD = 1  # the same letters, but for breath ("thin", "tin")
    SOUNDS_ALIKE = 2  # another reading of its spelling
    SAME_THING = 3  # another language's word for it
    SHORT_FORM = 4  # a code, initials, or the category
    BEGINNING = 5
    MISSPELLED = 6


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Size:
    """A pack's weight in grams or volume in millilitres."""

    amount: Decimal
    is_volume: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    sku: str
    size: Size | None
    unit: Unit | None
    packs: frozenset[Unit]  # every kind of pack its name and unit speak of
    is_loose: bool
    case_qty: int
    price_minor: int
    category: str
    brand: str
    words: frozenset[str]  # of its name, without sizes and packs
    family: str  # the same goods in other packs




@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    surety: Surety
    products: Products


@dataclass(frozen=True, kw_only=True, slots=True)
class WordBook:
    """Words with the products that carry them, found by spelling and by sound."""

    carriers: Mapping[str, Products]
    by_light: Mapping[str, tuple[str, ...]]
    by_native: Mapping[str, tuple[str, ...]]
    by_sound: Mapping[str, tuple[str, ...]]

    @classmethod
    def build(cls, carriers: Mapping[str, Iterable[int]], spoken: Mapping[str, Iterable[str]] | None = None) -> "WordBook":
        """Build the book; `spoken` gives further sounds of a word."""
        by_light: dict[str, list[str]] = defaultdict(list)
        by_native: dict[str, list[str]] = defaultdict(list)
        by_sound: dict[str, list[str]] = defaultdict(list)
        for word in carriers:
            by_light[light(word) or word].append(word)
            by_native[native(word) or word].append(word)
            for key in sound_keys(word):
                by_sound[key].append(word)
        for word, keys in (spoken or {}).items():
            for key in keys:
                by_sound[key].append(word)
        return cls(
            carriers=MappingProxyType({word: frozenset(products) for word, products in carriers.items()}),
            by_light=_frozen(by_light),
            by_native=_frozen(by_native),
            by_sound=_frozen(by_sound),
        )

    def products(self, words: Iterable[str]) -> Products:
        found = [self.carriers[word] for word in dict.fromkeys(words)]
        return found[0] if len(found) == 1 else NO_PRODUCTS.union(*found)

    def written(self, word: str) -> Products:
        """Products with this very word, whatever the script and the length of its vowels."""
        return self.products(self.by_light.get(light(word) or word, ()))

    def spelled(self, word: str) -> Products:
        """The same, and with words that differ only in breath (k, kh)."""
        return self.products([*self.by_light.get(light(word) or word, ()), *self.by_native.get(native(word) or word, ())])

    def sounding(self, word: str) -> Products:
        shortest = 1 if is_devanagari(word) else SHORTEST_SOUND
        keys = [key for key in sound_keys(word) if len(key) >= shortest]
        return self.products(found for key in keys for found in self.by_sound.get(key, ()))


def _frozen(table: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({key: tuple(words) for key, words in table.items()})


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogIndex:
    """All that can be asked of a catalogue. Never changes after it is built, so threads share it."""

    products: tuple[Product, ...]
    by_sku: Mapping[str, int]
    names: WordBook
    other_words: WordBook  # the same thing in the other languages
    short_forms: WordBook
    pairs: Mapping[str, tuple[tuple[str, str], ...]]  # neighbours in a name, by the sound of both in one word
    keys_by_letter: Mapping[str, tuple[str, ...]]
    sorted_keys: tuple[str, ...]
    bones: Mapping[str, tuple[str, ...]]
    with_and: Products  # products whose name holds "&" or "and"
    odd_names: frozenset[str]  # names of letters and digits, such as 7up
    goods_words: frozenset[str]
    staples: frozenset[str]  # categories of goods that are also sold loose, by the sack or by the tin

    @classmethod
    def build(cls, entries: Iterable[CatalogEntry]) -> "CatalogIndex":
        """Build the index of a catalogue; under two seconds for 50,000 products."""
        return _Builder(lexicon()).build(entries)

    def is_name(self, text: str) -> bool:
        """Say whether a mix of letters, digits and dashes is a product code or a word of a name."""
        if text.upper() in self.by_sku:
            # "tide-1" is one Tide as often as the code TIDE-1: such a code counts only as it is printed.
            return text == text.upper() or len(text.rpartition("-")[2]) > 2
        return "-" not in text and text.lower() in self.odd_names

    def meanings(self, word: str) -> tuple[Meaning, ...]:
        """Say which products a word may speak of, the surest reading first; a misspelling only if nothing fits."""
        found = list(self._known(word))
        if not found:
            found = list(self._guessed(word))
        return tuple(found)

    def known(self, word: str) -> tuple[Meaning, ...]:
        """As `meanings`, without the guesses."""
        return tuple(self._known(word))

    def _known(self, word: str) -> Iterator[Meaning]:
        seen: Products = NO_PRODUCTS
        for surety, products in (
            (Surety.SPELLED, self.names.written(word)),
            (Surety.HEARD, self.names.spelled(word)),
            (Surety.SOUNDS_ALIKE, self.names.sounding(word) or self._in_one_word(sound_keys(word))),
            (Surety.SAME_THING, self.other_words.spelled(word) or self.other_words.sounding(word)),
            (Surety.SHORT_FORM, self._short(word)),
        ):
            if not products <= seen:
                seen = seen | products
                yield Meaning(surety=surety, products=products)

    def _short(self, word: str) -> Products:
        """Codes and initials count only as they are written; in the other script, as they sound."""
        written = self.short_forms.products(self.short_forms.by_light.get(light(word) or word, ()))
        return written or (self.short_forms.sounding(word) if is_devanagari(word) else NO_PRODUCTS)

    def _in_one_word(self, keys: Iterable[str]) -> Products:
        """Products with neighbours that were written as one word ("redbull")."""
        found = [self.names.carriers[left] & self.names.carriers[right] for key in keys for left, right in self.pairs.get(key, ())]
        return NO_PRODUCTS.union(*found) if found else NO_PRODUCTS

    def joined(self, words: tuple[str, ...]) -> tuple[Meaning, ...]:
        """Read neighbours as one word of a name ("good knight", "7 up")."""
        whole = "".join(words)
        written = self.names.products(self.names.by_light.get("".join(light(word) or word for word in words), ()))
        if written:
            return (Meaning(surety=Surety.SPELLED, products=written),)
        if whole.isascii() and not whole.isalpha():
            return ()
        keys = [""]
        for word in words:
            keys = [_run_together(key, sound) for key in keys for sound in sound_keys(word)][:MOST_SOUNDS]
        sounding = self.names.products(found for key in keys for found in self.names.by_sound.get(key, ()))
        if sounding:
            return (Meaning(surety=Surety.SOUNDS_ALIKE, products=sounding),)
        if neighbours := self._in_one_word(keys):
            written_so = any(
                tuple(light(word) for word in pair) == tuple(light(word) for word in words)
                for key in keys
                for pair in self.pairs.get(key, ())
            )
            return (Meaning(surety=Surety.SPELLED if written_so else Surety.SOUNDS_ALIKE, products=neighbours),)
        other = self.other_words.written(whole)
        return (Meaning(surety=Surety.SAME_THING, products=other),) if other else ()

    def _guessed(self, word: str) -> Iterator[Meaning]:
        key = native(word)
        if len(key) < 3 or light(word) in self.goods_words:
            return  # a word of the language for something this catalogue lacks is no misspelling of what it has
        if len(key) >= SHORTEST_BEGINNING and (products := self._beginning(word, key)):
            yield Meaning(surety=Surety.BEGINNING, products=products)
            return
        if products := self._same_bones(word, key) or self._misspelled(word, key):
            yield Meaning(surety=Surety.MISSPELLED, products=products)

    def _beginning(self, word: str, key: str) -> Products:
        written = light(word)
        at = bisect_left(self.sorted_keys, key)
        words: list[str] = []
        while at < len(self.sorted_keys) and self.sorted_keys[at].startswith(key):
            if len(self.sorted_keys[at]) <= 2 * len(key) + 2:
                words += [
                    found
                    for found in self.names.by_sound[self.sorted_keys[at]]
                    if light(found).startswith(written)
                ]
            at += 1
        return self.names.products(words) if words else NO_PRODUCTS

    def _same_bones(self, word: str, key: str) -> Products:
        """Products whose word has the same consonants: vowels of the other script, or none at all ("chkn")."""
        bones = skeleton(key)
        foreign = is_devanagari(word)
        if len(bones) < (2 if foreign else 3):
            return NO_PRODUCTS
        vowels = len(key) - len(bones.lstrip("."))
        if not foreign and vowels > 1:
            return NO_PRODUCTS
        allowed = max(1, len(key) // 2 if len(key) > 5 else len(key) - 3) if foreign else len(key)
        words = [
            found
            for other in self.bones.get(bones, ())
            if OSA.distance(key, other) <= allowed and (foreign or _is_inside(key, other))
            for found in self.names.by_sound[other]
        ]
        if foreign and words:
            best = min(OSA.distance(key, other) for other in self.bones[bones])
            words = [
                found
                for other in self.bones[bones]
                if OSA.distance(key, other) == best <= allowed
                for found in self.names.by_sound[other]
            ]
        return self.names.products(words) if words else NO_PRODUCTS

    def _misspelled(self, word: str, key: str) -> Products:
        best: dict[str, int] = {}
        for sound in dict.fromkeys((key, *(() if is_devanagari(word) else (english(word),)))):
            if len(sound) < SHORTEST_BEGINNING:
                continue
            slips = 2 if len(sound) >= TWO_SLIPS_LENGTH else 1
            near = process.extract(
                sound, self.keys_by_letter.get(sound[0], ()), scorer=OSA.distance, score_cutoff=slips, limit=8
            )
            for other, distance, _ in near:
                if min(len(sound), len(other)) < ROUGH_LENGTH and not _vowel_slip(sound, other):
                    continue
                if distance == 2 and min(len(sound), len(other)) < TWO_SLIPS_LENGTH:
                    continue
                best[other] = min(distance, best.get(other, 9))
        if not best:
            return NO_PRODUCTS
        nearest = min(best.values())
        return self.names.products(
            found for other, distance in best.items() if distance == nearest for found in self.names.by_sound[other]
        )


CLOSE_VOWELS = {frozenset(pair) for pair in ("ie", "ou", "ai")}


def _vowel_slip(one: str, other: str) -> bool:
    """Say whether two short words differ only in one vowel that is often taken for the other."""
    if len(one) != len(other):
        return skeleton(one) == skeleton(other) and abs(len(one) - len(other)) == 1
    pairs = [frozenset(pair) for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and pairs[0] in CLOSE_VOWELS


class _Builder:
    def __init__(self, words: Lexicon) -> None:
        self.words = words
        self.names: dict[str, set[int]] = defaultdict(set)
        self.short: dict[str, set[int]] = defaultdict(set)
        self.with_and: set[int] = set()
        self.spoken: dict[str, set[str]] = defaultdict(set)
        self.unit_of: dict[str, Unit | None] = {}
        self.pairs: set[tuple[str, str]] = set()

    def build(self, entries: Iterable[CatalogEntry]) -> CatalogIndex:
        products: list[Product] = []
        by_sku: dict[str, int] = {}
        for entry in entries:
            by_sku[entry.sku.upper()] = len(products)
            products.append(self._add(len(products), entry))
        odd = {word for word in self.names if not word.isalpha() and not is_devanagari(word)}
        for word in odd:
            self.spoken[word] |= _spoken_figures(word)
        for word in LETTER_NAMES.keys() & self.names.keys():
            self.spoken[word] |= {native(LETTER_NAMES[word])}
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
            keys_by_letter=_frozen(keys_by_letter),
            sorted_keys=tuple(sorted(names.by_sound)),
            bones=_frozen(bones),
            with_and=frozenset(self.with_and),
            odd_names=frozenset(odd),
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
        is_loose = "loose" in entry.pack_size.lower() or unit is Unit.KG
        row = self._add_name(number, entry.name, packs)
        for text in (entry.name_ne, *entry.aliases):
            if text:
                self._add_name(number, text, packs)
        for word in _words_of(entry.brand):
            self.names[word].add(number)
        if is_loose:
            self.names["loose"].add(number)
        for word in _words_of(entry.category):
            self.short[word].add(number)
        self._add_codes(number, entry, row)
        brand = entry.brand.lower()
        return Product(
            sku=entry.sku,
            size=None if is_loose else _size(entry.pack_size),
            unit=unit,
            packs=frozenset(packs),
            is_loose=is_loose,
            case_qty=max(1, entry.case_qty),
            price_minor=entry.price_minor,
            category=entry.category,
            brand=brand,
            words=frozenset(row),
            family=f"{brand}|{' '.join(word for word in row if word != 'loose')}",
        )

    def _add_name(self, number: int, text: str, packs: set[Unit]) -> list[str]:
        """Enter the words of a name; give those that tell the goods, without sizes and packs."""
        text = SIZE_IN_NAME.sub(" ", text)
        if "(" in text:
            text = IN_BRACKETS.sub(lambda inside: " " if any(map(str.isdigit, inside[1])) else inside[0], text)
        if "&" in text or " and " in text.lower():
            self.with_and.add(number)
        row: list[str] = []
        for word in _words_of(text):
            if word.isdigit() or word in JOINING:
                continue
            if (pack := self._unit(word)) in PACK_WORDS:
                packs.add(pack)
                continue
            self.names[word].add(number)
            row.append(word)
        self.pairs.update(pairwise(row[:5]))
        for word in CAMEL_CASE.findall(text):
            self.spoken[word.lower()] |= _spoken_parts(word)
        return row

    def _add_codes(self, number: int, entry: CatalogEntry, row: list[str]) -> None:
        """Enter the initials of the brand, and the parts of the code that shorten the name ("COKE" for Coca-Cola)."""
        brand = [word for word in _words_of(entry.brand) if word.isalpha()]
        codes = {"".join(word[0] for word in brand[:3])} if len(brand) > 1 else set()
        words = [*brand, *row]
        for part in WORD.findall(entry.sku.lower()):
            if len(part) < 2 or part.isdigit() or (part[0].isalpha() and not part.isalpha()):
                continue
            tails = ("".join(words[start:]) for start in range(len(words)) if words[start][0] == part[0])
            if part not in row and (any(_is_inside(part, tail) for tail in tails) or native("".join(brand)).startswith(english(part))):
                codes.add(part)
        for code in codes:
            key = light(code)
            if len(code) > 1 and key not in self.words.units and (key,) not in self.words.exact_cues:
                self.short[code].add(number)

    def _unit(self, word: str) -> Unit | None:
        return self.words.units.get(light(word))

    def _joined(self, names: WordBook) -> Mapping[str, tuple[tuple[str, str], ...]]:
        sounds: dict[str, list[str]] = defaultdict(list)
        for key, words in names.by_sound.items():
            for word in words:
                sounds[word].append(key)
        joined: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for left, right in self.pairs:
            for one in sounds[left]:
                for other in sounds[right]:
                    joined[_run_together(one, other)].append((left, right))
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


def _is_inside(short: str, whole: str) -> bool:
    """Say whether the letters of an abbreviation stand in the word in their order."""
    rest = iter(whole)
    return all(letter in rest for letter in short)


def _spoken_parts(word: str) -> set[str]:
    """Give the sounds of a word written in one ("CloseUp"), part by part."""
    keys = {""}
    for part in CAMEL_PART.findall(word):
        keys = {_run_together(key, sound) for key in keys for sound in sound_keys(part)}
    return keys


def _spoken_figures(word: str) -> set[str]:
    """Give the sounds of "7up" read aloud in English."""
    keys = {""}
    for group in DIGITS_OR_LETTERS.findall(word):
        if group.isdigit():
            sounds = {group, "".join(native(DIGIT_NAMES.get(digit, digit)) for digit in group)}
        else:
            sounds = {*sound_keys(group), native("".join(LETTER_NAMES.get(letter, letter) for letter in group))}
        keys = {_run_together(key, sound) for key in keys for sound in sounds}
    return keys


def _words_of(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("'", "").replace("\u2019", ""))


def _run_together(one: str, other: str) -> str:
    """Join two sounds; a letter doubled where they meet is heard once."""
    return one + other[1:] if one[-1:] == other[:1] else one + other


def _size(pack_size: str) -> Size | None:
    match = SIZE.search(pack_size)
    if match is None:
        return None
    amount, unit = Decimal(match[2]), match[3].lower()
    if unit in GRAMS:
        return Size(amount=amount * GRAMS[unit], is_volume=False)
    return Size(amount=amount * MILLILITRES[unit], is_volume=True)
