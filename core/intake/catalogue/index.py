"""The catalogue as the reader searches it: which products a written word may speak of, and how surely."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, wraps
from itertools import islice
from typing import TypeVar, cast

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.intake.catalogue.products import Product, Surety
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products, WordBook
from core.intake.language.measures import Attribute
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

MOST_SOUNDS = 16
MOST_REMEMBERED = 100_000  # answers, of all words together
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
MOST_NEAR = 400  # goods with more names than this are no context for a slip
ROUGH_LENGTH = 5  # shorter words are compared by their consonants only
TWO_SLIPS_LENGTH = 8
SHORTEST_BEGINNING = 4
SHORTEST_PART = 3
SURE_LENGTH = 6
SHORTEST_DEVANAGARI = 3  # signs: vowels have signs of their own


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """The products that a word may name, and how surely."""

    surety: Surety
    products: Products


def _remembered(method: Callable[["CatalogIndex", Key], Value]) -> Callable[["CatalogIndex", Key], Value]:
    """Keep what was found for a word: the same few hundred words come again and again."""

    @wraps(method)
    def found(self: "CatalogIndex", key: Key) -> Value:
        place = (method.__name__, key)
        known = self.memory.get(place)
        if known is None:
            if len(self.memory) >= MOST_REMEMBERED:
                self.memory.clear()
            known = self.memory[place] = method(self, key)
        return cast("Value", known)

    return found


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CatalogIndex:
    """All that can be asked of a catalogue. Never changes after it is built, so threads share it."""

    products: tuple[Product, ...]
    by_sku: Mapping[str, int]
    families: Mapping[str, Products]  # the same goods in other packs
    names: WordBook
    other_words: WordBook  # the same goods in the other languages
    short_forms: WordBook
    pairs: Mapping[str, tuple[tuple[str, str], ...]]  # neighbours in a name, by the sound of both in one word
    keys_by_letter: Mapping[str, tuple[str, ...]]
    sorted_keys: tuple[str, ...]
    bones: Mapping[str, tuple[str, ...]]
    with_and: Products  # products whose name holds "&" or "and"
    odd_names: frozenset[str]  # names of letters and digits, such as 7up
    goods_words: frozenset[str]
    with_attribute: Mapping[Attribute, Products]
    with_numeral: Mapping[Decimal, Products]
    with_pack_word: Mapping[
        str, Products
    ]  # names that hold the word for a pack ("box file"), by its light key
    unit_words: frozenset[
        str
    ]  # light keys of units of this trade that the language does not know ("coil", "ream")
    unit_nouns: frozenset[str]  # light keys of words that are units elsewhere and goods here ("tube")
    staples: frozenset[str]  # categories of goods that are also sold loose, by the sack or by the tin

    memory: dict[tuple[str, object], object] = field(default_factory=dict, repr=False)

    def is_name(self, text: str) -> bool:
        """Say whether a mix of letters, digits and dashes is a product code or a word of a name."""
        if text.upper() in self.by_sku:
            # "tide-1" is one Tide as often as the code TIDE-1: such a code counts only as it is printed.
            tail = text.rpartition("-")[2]
            return text == text.upper() or not tail.isdigit() or len(tail) > 2
        plain = text.lower().replace("-", "")
        return plain in self.odd_names and (plain == text.lower() or _is_code(text))

    @_remembered
    def meanings(self, word: str) -> tuple[Meaning, ...]:
        """Say which products a word may speak of, the surest reading first; a misspelling only if nothing fits."""
        found = list(self._known(word))
        if not found:
            found = list(self._guessed(word))
        return tuple(found)

    @_remembered
    def known(self, word: str) -> tuple[Meaning, ...]:
        """As `meanings`, without the guesses."""
        return tuple(self._known(word))

    def _known(self, word: str) -> Iterator[Meaning]:
        seen: Products = NO_PRODUCTS
        for surety, products in (
            (Surety.SPELLED, self.names.written(word)),
            (Surety.HEARD, self.names.spelled(word) or self._spelled_in_latin(word)),
            (Surety.SOUNDS_ALIKE, self.names.sounding(word) or self._in_one_word(sound_keys(word))),
            (Surety.TRANSLATED, self._translated(word)),
            (Surety.SHORT_FORM, self._short(word)),
        ):
            if not products <= seen:
                seen = seen | products
                yield Meaning(surety=surety, products=products)

    def _spelled_in_latin(self, word: str) -> Products:
        """A word of another language that is written letter by letter so ("brus"), where a name only sounds alike ("Bru")."""
        return self.other_words.written(word) if word.isascii() and self.names.sounding(word) else NO_PRODUCTS

    def _translated(self, word: str) -> Products:
        """Words of another language; short ones count only letter by letter ("banda" is not "bhanda", "मा" not "मह")."""
        written = self.other_words.written(word)
        surely_long = SHORTEST_DEVANAGARI if is_devanagari(word) else SURE_LENGTH
        if written or len(word) < surely_long:
            return written
        return self.other_words.spelled(word) or self.other_words.sounding(word)

    def _short(self, word: str) -> Products:
        """Codes and initials count only as they are written; in the other script, as they sound."""
        written = self.short_forms.products(self.short_forms.by_light.get(light(word) or word, ()))
        return written or (self.short_forms.sounding(word) if is_devanagari(word) else NO_PRODUCTS)

    def _in_one_word(self, keys: Iterable[str]) -> Products:
        """Products with neighbours that were written as one word ("redbull")."""
        found = [
            self.names.carriers[left] & self.names.carriers[right]
            for key in keys
            for left, right in self.pairs.get(key, ())
        ]
        return NO_PRODUCTS.union(*found) if found else NO_PRODUCTS

    @_remembered
    def joined(self, words: tuple[str, ...]) -> tuple[Meaning, ...]:
        """Read neighbours as one word of a name ("good knight", "7 up")."""
        found = ((surety, products) for surety, products in self._joined(words) if products)
        return tuple(Meaning(surety=surety, products=products) for surety, products in islice(found, 1))

    def _joined(self, words: tuple[str, ...]) -> Iterator[tuple[Surety, Products]]:
        """Give the ways to read neighbours as one word, the surest first."""
        keys = tuple(light(word) for word in words)
        written = "".join(key or word for key, word in zip(keys, words, strict=True))
        yield Surety.SPELLED, self.names.products(self.names.by_light.get(written, ()))
        whole = "".join(words)
        if whole.isascii() and not whole.isalpha():
            return
        sounds = _sounds_together(words)
        yield (
            Surety.SOUNDS_ALIKE,
            self.names.products(found for sound in sounds for found in self.names.by_sound.get(sound, ())),
        )
        pairs = (pair for sound in sounds for pair in self.pairs.get(sound, ()))
        is_spelled = any(tuple(light(word) for word in pair) == keys for pair in pairs)
        yield (Surety.SPELLED if is_spelled else Surety.SOUNDS_ALIKE), self._in_one_word(sounds)
        yield Surety.TRANSLATED, self.other_words.written(whole)

    def near(self, word: str, among: Products) -> Products:
        """Products among a few whose name holds a word that *word* may be a slip of: the name around it is the prior."""
        if len(among) > MOST_NEAR or len(word) < SHORTEST_PART:
            return NO_PRODUCTS
        best: dict[str, int] = {}
        for other in {other for number in among for other in self.products[number].words}:
            if (distance := slip_distance(word, other)) is not None:
                best[other] = distance
        if not best:
            return NO_PRODUCTS
        nearest = min(best.values())
        return self.names.products(other for other, distance in best.items() if distance == nearest) & among

    def letter(self, word: str) -> tuple[Meaning, ...]:
        """Read the name of a letter that a name holds ("ji" of Parle-G)."""
        letters = [found for found in self.names.by_sound.get(native(word), ()) if len(found) == 1]
        products = self.names.products(letters) if letters else NO_PRODUCTS
        return (Meaning(surety=Surety.SOUNDS_ALIKE, products=products),) if products else ()

    @_remembered
    def compound(self, word: str) -> tuple[Meaning, ...]:
        """Read two words of one name that were written as one, wherever they stand in it ("vimbar")."""
        if not word.isascii() or len(word) < 2 * SHORTEST_PART:
            return ()
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            both = self.names.written(word[:cut]) & self.names.written(word[cut:])
            if both:
                return (Meaning(surety=Surety.SOUNDS_ALIKE, products=both),)
        return ()

    def _guessed(self, word: str) -> Iterator[Meaning]:
        key = native(word)
        if len(key) < 3 or light(word) in self.goods_words:
            return  # a word of the language for something this catalogue lacks is no misspelling of what it has
        is_short = len(key) < SURE_LENGTH and word.isascii()
        if len(key) >= SHORTEST_BEGINNING and (products := self._beginning(word, key)):
            yield Meaning(surety=Surety.GUESSED if is_short else Surety.BEGINNING, products=products)
        elif products := self._same_bones(word, key):
            yield Meaning(surety=Surety.MISSPELLED, products=products)
        elif products := self._misspelled(word, key):
            is_short = is_short and not self._has_a_vowel_more(key)
            yield Meaning(surety=Surety.GUESSED if is_short else Surety.MISSPELLED, products=products)

    def _has_a_vowel_more(self, key: str) -> bool:
        """Say whether leaving out one inner vowel gives a word of a name: "usina" is "usna"."""
        shorter = (key[:at] + key[at + 1 :] for at in range(2, len(key) - 1) if key[at] in "aeiou")
        return len(key) >= ROUGH_LENGTH and any(one in self.names.by_sound for one in shorter)

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
        if is_devanagari(word):
            found = self._nearest_with_bones(key, bones)
        elif len(bones) >= SHORTEST_PART and _vowels(key, bones) <= 1:
            found = [
                other
                for other in self.bones.get(bones, ())
                if is_inside(key, other) and OSA.distance(key, other) <= len(key)
            ]
        else:
            found = []
        words = [word for other in found for word in self.names.by_sound[other]]
        return self.names.products(words) if words else NO_PRODUCTS

    def _nearest_with_bones(self, key: str, bones: str) -> list[str]:
        """Give the sounds with the same consonants that are nearest to *key*, and not too far from it."""
        if len(bones) < 2:
            return []
        allowed = max(1, len(key) // 2 if len(key) > 5 else len(key) - 3)
        distances = {other: OSA.distance(key, other) for other in self.bones.get(bones, ())}
        best = min(distances.values(), default=allowed + 1)
        return [other for other, distance in distances.items() if distance == best <= allowed]

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
            found
            for other, distance in best.items()
            if distance == nearest
            for found in self.names.by_sound[other]
        )


def _sounds_together(words: tuple[str, ...]) -> list[str]:
    """Give the sounds that neighbours may have as one word."""
    keys = [""]
    for word in words:
        keys = [run_together(key, sound) for key in keys for sound in sound_keys(word)][:MOST_SOUNDS]
    return keys


def _vowels(key: str, bones: str) -> int:
    """Count the vowels of a sound by what its bones lack."""
    return len(key) - len(bones.lstrip("."))


def _is_code(text: str) -> bool:
    """Say whether a dash stands inside a code ("20W-40", "BL-5C"), so that what follows is no count of what precedes."""
    head, _, tail = text.rpartition("-")
    return (not head.isalpha() and not head.isdigit()) or not tail.isdigit()


CLOSE_VOWELS = {frozenset(pair) for pair in ("ie", "ou", "ai")}


@lru_cache(maxsize=32768)
def slip_distance(word: str, other: str) -> int | None:
    """Say how far a word is from the one it may be a slip or a short form of; None when it is another word."""
    if len(other) < SHORTEST_PART:
        return None
    sounds = [(one, two) for one in sound_keys(word)[:2] for two in sound_keys(other)]
    written = [(word, other)] if word.isascii() else []
    distances = []
    for one, two in (*written, *sounds):
        if len(one) < SHORTEST_PART or len(two) < SHORTEST_PART:
            continue
        if two.startswith(one) and len(two) <= 2 * len(one) + 2:
            distances.append(1)
            continue
        allowed = 2 if min(len(one), len(two)) >= TWO_SLIPS_LENGTH - 1 else 1
        distance = OSA.distance(one, two, score_cutoff=allowed)
        is_short = min(len(one), len(two)) < SHORTEST_BEGINNING
        if distance <= allowed and not (is_short and distance and not _vowel_slip(one, two)):
            distances.append(distance)
    return min(distances, default=None)


def _vowel_slip(one: str, other: str) -> bool:
    """Say whether two short words differ only in one vowel that is often taken for the other."""
    if len(one) != len(other):
        return skeleton(one) == skeleton(other) and abs(len(one) - len(other)) == 1
    pairs = [frozenset(pair) for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and pairs[0] in CLOSE_VOWELS
