"""Words with the products that carry them, found by spelling and by sound."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz.distance import OSA

from core.intake.language.phonetics import is_devanagari, light, native, sound_keys

Products = frozenset[int]
NO_PRODUCTS: Products = frozenset()
SHORTEST_SOUND = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class WordBook:
    """Words with the products that carry them, found by spelling and by sound."""

    carriers: Mapping[str, Products]
    by_light: Mapping[str, tuple[str, ...]]
    by_native: Mapping[str, tuple[str, ...]]
    by_sound: Mapping[str, tuple[str, ...]]

    @classmethod
    def build(
        cls, carriers: Mapping[str, Iterable[int]], spoken: Mapping[str, Iterable[str]] | None = None
    ) -> "WordBook":
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
            by_light=frozen(by_light),
            by_native=frozen(by_native),
            by_sound=frozen(by_sound),
        )

    def products(self, words: Iterable[str]) -> Products:
        found = [self.carriers[word] for word in dict.fromkeys(words)]
        return found[0] if len(found) == 1 else NO_PRODUCTS.union(*found)

    def written(self, word: str) -> Products:
        """Products with this very word, whatever the script and the length of its vowels."""
        return self.products(self.by_light.get(light(word) or word, ()))

    def spelled(self, word: str) -> Products:
        """The same, and with words that differ only in breath (k, kh)."""
        return self.products(
            [*self.by_light.get(light(word) or word, ()), *self.by_native.get(native(word) or word, ())]
        )

    def sounding(self, word: str) -> Products:
        shortest = 1 if is_devanagari(word) else SHORTEST_SOUND
        keys = [key for key in sound_keys(word) if len(key) >= shortest]
        return self.products(
            found
            for key in keys
            for found in self.by_sound.get(key, ())
            if len(key) > SHORTEST_SOUND or not word.isascii() or _is_near(word, found)
        )


def _is_near(word: str, other: str) -> bool:
    """Say whether two short words that sound alike are also written nearly alike: "mach" and "match", not "win" and "beans"."""
    one, two = (light(text).replace("c", "k") for text in (word, other))
    return not other.isascii() or OSA.distance(one, two) <= 1


def frozen(table: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    """Give a table that cannot change."""
    return MappingProxyType({key: tuple(words) for key, words in table.items()})
