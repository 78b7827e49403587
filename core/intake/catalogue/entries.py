"""How one product of a catalogue is read: the words of its names, codes and category, its measures and packs."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from sys import intern

from core.intake.catalogue.products import KILO, Product, Size
from core.intake.language.lexicon import lexicon
from core.intake.language.measures import BARE, Attribute, Measured, find_measures
from core.intake.language.measures import CONTENTS as CONTENTS_KIND
from core.intake.language.phonetics import english, is_inside, light, native, run_together, sound_keys
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
CAMEL_CASE = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
CAMEL_PART = re.compile(r"[A-Z][a-z]+")
WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0971-\u097f])+")
PACK_WORDS = frozenset(Unit) - WEIGHTS
GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "gm": Decimal(1)}
MILLILITRES = {"l": Decimal(1000), "ltr": Decimal(1000), "ml": Decimal(1)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A name as it is written: what is left of it without its weights and measures, and the measures."""

    text: str
    measures: tuple[Measured, ...] = ()
    bare: frozenset[Decimal] = frozenset()  # numbers that stand alone
    in_codes: frozenset[Decimal] = frozenset()  # numbers behind letters ("A14")


NOTHING: tuple[frozenset[Attribute], frozenset[Decimal]] = (frozenset(), frozenset())


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadEntry:
    """A product with all that finds it. Depends on nothing else in the catalogue, so it is kept while the entry stands."""

    product: Product
    names: tuple[str, ...]
    short: tuple[str, ...]
    brands: tuple[str, ...]
    spoken: tuple[tuple[str, frozenset[str]], ...]  # words of the name with further sounds
    pairs: tuple[tuple[str, str], ...]  # neighbours in a name
    pack_words: tuple[str, ...]
    unit_words: frozenset[str]
    unit_nouns: tuple[str, ...]
    has_and: bool


def read_entry(entry: CatalogEntry) -> ReadEntry:
    """Read an entry by the words of the language alone."""
    return _Entry(entry).read()


class _Entry:
    """One entry while it is read."""

    def __init__(self, entry: CatalogEntry) -> None:
        self.entry = entry
        self.words = lexicon()
        self.names: list[str] = []
        self.short: list[str] = []
        self.spoken: list[tuple[str, frozenset[str]]] = []
        self.pairs: list[tuple[str, str]] = []
        self.pack_words: list[str] = []
        self.unit_nouns: list[str] = []
        self.packs: set[Unit] = set()
        self.has_and = False

    def read(self) -> ReadEntry:
        entry, unit = self.entry, _unit(self.entry.unit)
        self.packs |= {unit} if unit else set()
        is_loose = "loose" in entry.pack_size.lower() or unit is Unit.KG
        name = _written(entry.name)
        others = [_written(text) for text in (entry.name_ne, *entry.aliases) if text]
        row = self._add_name(name)
        brands = _words_again(entry.brand)
        if not set(row) - set(brands):
            row += self._add_nouns()
        for other in others:
            self._add_name(other)
        if is_loose:
            self.names.append("loose")
        self.short += _words_again(entry.category)
        self._add_codes(row)
        size = _size(entry.pack_size) or _size(entry.name)
        attributes, numerals = _attributes(name, others, _written_again(entry.pack_size), size)
        brand = entry.brand.lower()
        product = Product(
            sku=entry.sku,
            product_id=entry.product_id,
            size=None if is_loose else size,
            unit=unit,
            packs=frozenset(self.packs),
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
        return ReadEntry(
            product=product,
            names=tuple(dict.fromkeys(self.names)),
            short=tuple(self.short),
            brands=brands,
            spoken=tuple(self.spoken),
            pairs=tuple(self.pairs),
            pack_words=tuple(self.pack_words),
            unit_words=_unknown_units(entry.unit) if unit is None else frozenset(),
            unit_nouns=tuple(self.unit_nouns),
            has_and=self.has_and,
        )

    def _add_name(self, written: Written) -> list[str]:
        """Enter the words of a name; give those that tell the goods, without sizes and packs."""
        text = written.text
        if "(" in text:
            text = IN_BRACKETS.sub(
                lambda inside: " " if any(map(str.isdigit, inside[1])) else inside[0], text
            )
        self.has_and = self.has_and or "&" in text or " and " in text.lower()
        row: list[str] = []
        for word in _words_of(text):
            if word.isdigit() or word in self.words.exact["joining_names"]:
                continue
            if (pack := _unit(word)) and word not in self.words.exact["size_names"]:
                self.packs |= {pack} & PACK_WORDS
                self.pack_words.append(light(word))
                continue
            row.append(word)
        self.names += row
        for code in DASHED_CODE.findall(text) if "-" in text else ():
            self.names.append(code.lower().replace("-", ""))
        self.pairs += pairwise(row[:5])
        self.names += [f"{one}2" for one, other in pairwise(row) if one == other]  # "wai2"
        for word in () if text.istitle() else CAMEL_CASE.findall(text):
            self.spoken.append((word.lower(), frozenset(_spoken_parts(word))))
        return row

    def _add_nouns(self) -> list[str]:
        """Enter the words of a name that count pieces elsewhere, where nothing else in it says what the goods are ("CEAT Tube")."""
        nouns = [word for word in _words_of(self.entry.name) if _unit(word) is Unit.PIECE]
        self.names += nouns
        self.unit_nouns += map(light, nouns)
        return nouns

    def _add_codes(self, row: list[str]) -> None:
        """Enter the initials of the brand, and the parts of the code that shorten the name ("COKE" for Coca-Cola)."""
        brand = [word for word in _words_again(self.entry.brand) if word.isalpha()]
        codes = {"".join(word[0] for word in brand[:3])} if len(brand) > 1 else set()
        codes |= {
            part for part in _parts_of_code(self.entry.sku) if part not in row and _shortens(part, brand, row)
        }
        for code in sorted(codes):
            key = light(code)
            if len(code) > 1 and key not in self.words.units and (key,) not in self.words.exact_cues:
                self.short.append(code)


def _attributes(
    name: Written, others: list[Written], pack: Written, size: Size | None
) -> tuple[frozenset[Attribute], frozenset[Decimal]]:
    """Give the measures of the names and the pack; a bare number of a name is one too ("Dolo 650")."""
    found = [one for written in (name, *others) for one in written.measures]
    found += [one for one in pack.measures if one.numeral != 1]
    if not found and not any(written.bare or written.in_codes for written in (name, *others)):
        return NOTHING
    attributes = {one.attribute for one in found}
    numerals = {one.numeral for one in found if one.attribute.kind != CONTENTS_KIND}
    # An alias that only repeats the weight tells no more than the weight.
    weight = {size.amount, size.amount / KILO} if size else set()
    bare = name.bare.union(name.in_codes, *(other.in_codes | (other.bare - weight) for other in others))
    attributes |= {Attribute(kind=BARE, value=value.normalize()) for value in bare}
    numerals |= {value.normalize() for value in bare}
    return frozenset(attributes), frozenset(numerals)


@lru_cache(maxsize=8192)
def _unit(word: str) -> Unit | None:
    return None if is_doubled(word) else lexicon().units.get(light(word))


def _unknown_units(unit: str) -> frozenset[str]:
    """Give the words for a unit of this trade that the language does not know."""
    key = light(unit)
    return frozenset(lexicon().trade_units.get(key, {key}) if key else ())


def _parts_of_code(sku: str) -> list[str]:
    """Give the parts of a code that may be words: letters, or digits with letters behind them."""
    parts = [part for part in WORD.findall(sku.lower()) if len(part) > 1 and not part.isdigit()]
    return [part for part in parts if part.isalpha() or not part[0].isalpha()]


def _shortens(part: str, brand: list[str], row: list[str]) -> bool:
    """Say whether a part of a code stands inside the words of the name, or begins the brand as it sounds."""
    words = [*brand, *row]
    tails = ("".join(words[start:]) for start in range(len(words)) if words[start][0] == part[0])
    return any(is_inside(part, tail) for tail in tails) or native("".join(brand)).startswith(english(part))


def _written(text: str) -> Written:
    """Blank the weights and measures of a name, so that their units are no words of it."""
    if not any(map(str.isdigit, text)):
        return Written(text=text)
    text = SIZE_IN_NAME.sub(" ", text)
    measures = tuple(find_measures(text))
    for one in measures:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    if not any(map(str.isdigit, text)):
        return Written(text=text, measures=measures)
    bare, in_codes = (
        frozenset(map(Decimal, pattern.findall(text))) for pattern in (BARE_NUMBER, LETTERS_AND_NUMBER)
    )
    return Written(text=text, measures=measures, bare=bare, in_codes=in_codes)


@lru_cache(maxsize=8192)
def _written_again(pack_size: str) -> Written:
    """Read packs, which come again and again."""
    return _written(pack_size)


def _spoken_parts(word: str) -> set[str]:
    """Give the sounds of a word written in one ("CloseUp"), part by part."""
    keys = {""}
    for part in CAMEL_PART.findall(word):
        keys = {run_together(key, sound) for key in keys for sound in sound_keys(part)}
    return keys


@lru_cache(maxsize=8192)
def _words_again(text: str) -> tuple[str, ...]:
    """Part brands and categories, which come again and again."""
    return tuple(_words_of(text))


def _words_of(text: str) -> list[str]:
    return [intern(word) for word in WORD.findall(text.lower().replace("'", "").replace("\u2019", ""))]


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
