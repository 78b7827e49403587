"""From tokens to the parts of an order: quantities, sizes, prices, products named, and what joins or parts them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from core.intake import noise
from core.intake.figures import FigureReader, Number
from core.intake.index import CatalogIndex, Size, Surety
from core.intake.lexicon import Cue, Lexicon
from core.intake.reading import Unit
from core.intake.sound import without_case_ending
from core.intake.text import Kind, Token
from core.intake.wordbook import Products

GRAMS = {Unit.KG: Decimal(1000), Unit.GRAM: Decimal(1)}
MILLILITRES = {Unit.LITRE: Decimal(1000), Unit.ML: Decimal(1)}
SENSES_KEPT = 4
LONGEST_ALIAS_WORDS = 5


class Atom(StrEnum):
    PRODUCT = "product"
    STRANGER = "stranger"  # a word that might name goods this catalogue lacks
    QUANTITY = "quantity"
    MEASURE = "measure"  # a weight or volume: a pack or an amount, seen later
    PRICE = "price"
    PACK = "pack"  # a kind of pack without a number
    SMALL = "small"
    BIG = "big"
    EACH = "each"
    VAGUE = "vague"
    APPROXIMATE = "approximate"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    NOT = "not"
    COMMA = "comma"  # parts items of one row
    STOP = "stop"  # ends a row
    TALK = "talk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sense:
    """One way to read the words of a mention; a smaller `doubt` is surer."""

    doubt: int
    products: Products


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    kind: Atom
    start: int
    end: int
    value: Decimal | None = None
    many: tuple[Decimal, ...] = ()
    unit: Unit | None = None
    size: Size | None = None
    senses: tuple[Sense, ...] = ()
    surety: Surety = Surety.SPELLED
    is_pack: bool = False  # "5 kg ko" is surely a pack, "40 wala" surely tells packs apart
    is_fixed: bool = False  # a product code or the shop's own word
    is_vague: bool = False
    is_digits: bool = False
    in_brackets: bool = False
    word: str = ""  # the key of a stranger


@dataclass(frozen=True, kw_only=True, slots=True)
class Atoms:
    parts: tuple[Part, ...]
    cues: tuple[Cue, ...]


def read_atoms(
    text: str, tokens: list[Token], *, index: CatalogIndex, words: Lexicon, aliases: Mapping[str, str]
) -> Atoms:
    """Say what each token is. Parts come in the order of the text and never overlap."""
    return _AtomReader(text, tokens, index, words, aliases).read()


def _largest(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Leave out a cue that is only a piece of a longer one ("send" in "do not send")."""
    ordered = sorted(cues, key=lambda cue: (cue.start, -cue.end))
    kept: list[Cue] = []
    reach = (-1, -1)
    for cue in ordered:
        if cue.end > reach[1] or (cue.start, cue.end) == reach:
            kept.append(cue)
            reach = (cue.start, cue.end)
    return tuple(kept)


ROLE_OF_CUE = {
    "and": Atom.COMMA, "each": Atom.EACH, "approximate": Atom.APPROXIMATE, "vague": Atom.VAGUE, "usual": Atom.VAGUE, "correct": Atom.CORRECT,
    "withdraw": Atom.WITHDRAW, "remove": Atom.WITHDRAW, "cancel": Atom.WITHDRAW, "not": Atom.NOT, "small": Atom.SMALL, "big": Atom.BIG,
}  # fmt: skip
COUNTS_OF_KINDS = {"both": 2, "all_three": 3, "all_four": 4}
STOPS = frozenset(".?!;")
COMMAS = frozenset(",+&/")
OPENING, CLOSING = "([{", ")]}"
LONGEST_ASIDE = 8


class _AtomReader:
    def __init__(
        self, text: str, tokens: list[Token], index: CatalogIndex, words: Lexicon, aliases: Mapping[str, str]
    ) -> None:
        self.text, self.tokens, self.index, self.words, self.aliases = text, tokens, index, words, aliases
        keys = [token.key for token in tokens]
        every = tuple(words.find_cues(keys))
        self.cues = _largest(every)
        self.noise = noise.mark(text, tokens, words)
        self.longest: dict[int, list[Cue]] = {}
        for cue in every:
            best = self.longest.get(cue.start)
            if best is None or cue.end > best[0].end:
                self.longest[cue.start] = [cue]
            elif cue.end == best[0].end:
                best.append(cue)
        self.figures = FigureReader(tokens, words, self.noise, self._starts_product)
        self.known: dict[int, tuple[Sense, ...]] = {}
        self.aside_until = -1
        self.clause_has_product = False

    def read(self) -> Atoms:
        parts: list[Part] = []
        position = 0
        while position < len(self.tokens):
            part = self._part(position)
            if part.kind in (Atom.COMMA, Atom.STOP):
                self.clause_has_product = False
            self.clause_has_product |= part.kind is Atom.PRODUCT
            if self.aside_until > position:
                part = replace(part, in_brackets=True)
            parts.append(part)
            position = part.end
        return Atoms(parts=tuple(self._under_headings(self._brought_together(parts))), cues=self.cues)

    def _brought_together(self, parts: list[Part]) -> list[Part]:
        """Join a name that a size or brackets split ("ghiu 1 ltr amul", "Oreo (vanilla)")."""
        done: list[Part] = []
        for part in parts:
            back = (
                2
                if len(done) > 1
                and (
                    done[-1].kind is Atom.MEASURE
                    or (done[-1].kind is Atom.TALK and self._text(done[-1]) in OPENING)
                )
                else 0
            )
            name = done[-back] if back and part.kind is Atom.PRODUCT else None
            if (
                name is not None
                and name.kind is Atom.PRODUCT
                and (both := _together(name.senses, part.senses))
            ):
                counted = len(done) > 2 and done[-3].kind in (Atom.MEASURE, Atom.QUANTITY)
                between = done[-1]
                if between.kind is Atom.TALK or (not counted and both[0].products < name.senses[0].products):
                    done[-2:] = [
                        replace(name, senses=both, end=between.start),
                        replace(between, end=part.end),
                    ]
                    continue
            done.append(part)
        return done

    def _under_headings(self, parts: list[Part]) -> list[Part]:
        """Read "Lux: rose 12, jasmine 12": goods named before a colon stand before each of the things after it."""
        done: list[Part] = []
        heading: tuple[Sense, ...] = ()
        for place, part in enumerate(parts):
            if part.kind is Atom.PRODUCT and self._is_heading(parts, place):
                heading = part.senses
                done.append(replace(part, kind=Atom.TALK))
            elif part.kind is Atom.PRODUCT and heading:
                heading = heading if (both := _together(heading, part.senses)) else ()
                done.append(replace(part, senses=both or part.senses))
            else:
                done.append(part)
        return done

    def _is_heading(self, parts: list[Part], place: int) -> bool:
        following = parts[place + 1 : place + 4]
        if not following or self._text(following[0]) != ":":
            return False
        rest = [part.kind for part in following[1:] if part.kind is not Atom.STOP]
        return bool(rest) and rest[0] is Atom.PRODUCT

    def _text(self, part: Part) -> str:
        return self.tokens[part.start].text if part.start < len(self.tokens) else ""

    def _part(self, at: int) -> Part:
        token = self.tokens[at]
        if self.noise[at]:
            return Part(kind=Atom.TALK, start=at, end=at + 1)
        if token.kind is Kind.BREAK:
            return Part(kind=Atom.STOP, start=at, end=at + 1)
        found = self._alias(at) or self._figure(at)
        if found is None and token.kind is Kind.SIGN:
            return self._sign(at)
        return found or self._phrase(at) or self._unit(at) or self._mention(at) or self._word(at)

    def _figure(self, at: int) -> Part | None:
        """Read a price or a quantity; "7 up" is neither."""
        if self.tokens[at].kind is Kind.NUMBER and self._joined(at, 2):
            return self._mention(at)
        if number := self.figures.price(at):
            return Part(kind=Atom.PRICE, start=at, end=number.end, value=number.value, is_pack=number.is_pack)
        number = self.figures.number(at)
        return self._counted(at, number) if number else None

    def _unit(self, at: int) -> Part | None:
        """Read a unit that stands before its number ("ctn 2"), or a kind of pack without one."""
        unit = self.figures.unit(at)
        if unit is None:
            return None
        if turned := self.figures.number_after_unit(unit):
            return self._counted(at, turned)
        if self._is_talk(at) or self._word_senses(at, extending=False):
            return None
        return Part(kind=Atom.PACK, start=at, end=unit.end, unit=unit.unit)

    def _sign(self, at: int) -> Part:
        sign = self.tokens[at].text
        if sign in OPENING:
            self._open_aside(at)
        kind = Atom.STOP if sign in STOPS else Atom.COMMA if sign in COMMAS else Atom.TALK
        return Part(kind=kind, start=at, end=at + 1)

    def _open_aside(self, at: int) -> None:
        closing = CLOSING[OPENING.index(self.tokens[at].text)]
        for place in range(at + 1, min(at + 1 + LONGEST_ASIDE, len(self.tokens))):
            if self.tokens[place].text == closing:
                self.aside_until = place
                return

    def _counted(self, at: int, number: Number) -> Part:
        unit = number.unit
        size = None
        if unit in GRAMS and number.value is not None:
            size = Size(amount=number.value * GRAMS[unit], is_volume=False)
        elif unit in MILLILITRES and number.value is not None:
            size = Size(amount=number.value * MILLILITRES[unit], is_volume=True)
        kind = Atom.MEASURE if size else Atom.QUANTITY
        return Part(
            kind=kind,
            start=at,
            end=number.end,
            value=number.value,
            many=number.many,
            unit=unit,
            size=size,
            is_pack=number.is_pack,
            is_vague=number.is_vague,
            is_digits=number.is_digits,
        )

    def _phrase(self, at: int) -> Part | None:
        """Read a cue of two words or more; its words never name goods, unless they do so together."""
        cues = self.longest.get(at)
        if not cues or cues[0].end - at < 2:
            return None
        if all(cue.name in MILD for cue in cues) and self._word_senses(at, extending=False):
            return None
        return self._cue_part(cues)

    def _cue_part(self, cues: list[Cue]) -> Part:
        names = {cue.name for cue in cues}
        kind = next((role for name, role in ROLE_OF_CUE.items() if name in names), Atom.TALK)
        count = next((Decimal(number) for name, number in COUNTS_OF_KINDS.items() if name in names), None)
        word = "remove" if "remove" in names else ""
        return Part(kind=kind, start=cues[0].start, end=cues[0].end, value=count, word=word)

    def _word(self, at: int) -> Part:
        if cues := self.longest.get(at):
            return self._cue_part(cues)
        token = self.tokens[at]
        if (
            token.text in self.words.never_goods
            or self._looks_like_a_verb(token.key)
            or token.key in self.words.places
        ):
            return Part(kind=Atom.TALK, start=at, end=at + 1)
        return Part(kind=Atom.STRANGER, start=at, end=at + 1, word=token.key)

    def _looks_like_a_verb(self, key: str) -> bool:
        return len(key) > 4 and key.endswith(self.words.verb_endings)

    def _is_talk(self, at: int) -> bool:
        return at in self.longest

    def _alias(self, at: int) -> Part | None:
        if not self.aliases:
            return None
        for length in range(min(LONGEST_ALIAS_WORDS, len(self.tokens) - at), 0, -1):
            key = " ".join(token.key for token in self.tokens[at : at + length])
            sku = self.aliases.get(key)
            number = self.index.by_sku.get(sku.upper()) if sku else None
            if number is not None:
                senses = (Sense(doubt=0, products=frozenset((number,))),)
                return Part(kind=Atom.PRODUCT, start=at, end=at + length, senses=senses, is_fixed=True)
        return None

    def _mention(self, at: int) -> Part | None:
        """Read the longest run of words that one product can carry together."""
        token = self.tokens[at]
        if (number := self.index.by_sku.get(token.text.upper())) is not None and not token.text.isdigit():
            code = (Sense(doubt=0, products=frozenset((number,))),)
            return Part(kind=Atom.PRODUCT, start=at, end=at + 1, senses=code, is_fixed=True)
        senses, end = self._first_word(at)
        if not senses:
            return None
        while (grown := self._grow(senses, end)) is not None:
            senses, end = grown
        return Part(kind=Atom.PRODUCT, start=at, end=end, senses=senses)

    def _first_word(self, at: int) -> tuple[tuple[Sense, ...], int]:
        senses = self._word_senses(at, extending=False)
        for length in (3, 2):
            joined = self._joined(at, length)
            if joined and (not senses or _is_surer(joined[0], senses[0])):
                return joined, at + length
        if initials := self._initials(at):
            return initials, at + 3
        return senses, at + 1

    def _initials(self, at: int) -> tuple[Sense, ...]:
        """Read "H&S"."""
        row = [token.text for token in self.tokens[at : at + 3]]
        if len(row) < 3 or row[1] != "&" or len(row[0]) != 1 or len(row[2]) != 1:
            return ()
        meanings = self.index.known(row[0] + row[2])
        return tuple(Sense(doubt=int(meaning.surety), products=meaning.products) for meaning in meanings)

    def _grow(self, senses: tuple[Sense, ...], end: int) -> tuple[tuple[Sense, ...], int] | None:
        """Add the next word if some product carries it too, across "ko", "&" inside a name, or a size."""
        if both := self._plus(senses, end):
            return both, end + 1
        for start in self._next_words(end):
            for length in (3, 2):
                joined = self._joined(start, length)
                if (
                    joined
                    and not (start > end and self._is_connector(end, start))
                    and (both := _together(senses, joined))
                ):
                    return both, start + length
            both = _together(senses, self._word_senses(start, extending=True))
            if both and start > end:
                both = self._across(end, senses, both)
            if both:
                return both, start + 1
        return None

    def _across(self, gap: int, senses: tuple[Sense, ...], both: tuple[Sense, ...]) -> tuple[Sense, ...]:
        """Say whether words belong together across the one between them: "and" only inside a name, talk only if it tells more."""
        if self._is_connector(gap, gap + 1):
            return _together(both, (Sense(doubt=0, products=self.index.with_and),))
        if self._has_cue(gap, "filler") and not both[0].products < senses[0].products:
            return ()
        return both

    def _plus(self, senses: tuple[Sense, ...], end: int) -> tuple[Sense, ...]:
        """Read the sign in "Clinic+" as the word of the name it stands for."""
        if end >= len(self.tokens) or self.tokens[end].text != "+" or not self.tokens[end].glued:
            return ()
        return _together(
            senses, tuple(Sense(doubt=0, products=one.products) for one in self.index.known("plus"))
        )

    def _next_words(self, end: int) -> Iterator[int]:
        yield end
        if end + 1 < len(self.tokens) and self._is_passed_over(end):
            yield end + 1

    def _is_passed_over(self, at: int) -> bool:
        if self._is_connector(at, at + 1) or self._has_cue(at, "of") or self._has_cue(at, "filler"):
            return True
        return self.tokens[at].text == "-" or (self.tokens[at].text == "." and self.tokens[at + 1].glued)

    def _is_connector(self, end: int, start: int) -> bool:
        return start == end + 1 and (self.tokens[end].text == "&" or self._has_cue(end, "and"))

    def _has_cue(self, at: int, name: str) -> bool:
        return any(cue.name == name for cue in self.longest.get(at, ()))

    def _joined(self, at: int, length: int) -> tuple[Sense, ...]:
        """Read neighbours as one word ("good knight", "7 up")."""
        row = self.tokens[at : at + length]
        if len(row) < length or any(token.kind not in (Kind.WORD, Kind.NUMBER) for token in row):
            return ()
        if any(self.noise[place] for place in range(at, at + length)):
            return ()
        whole = "".join(token.text for token in row)
        if (
            len(whole) < 3
            or row[-1].kind is Kind.NUMBER
            or (row[0].kind is Kind.NUMBER and whole.isascii() and whole not in self.index.odd_names)
        ):
            return ()
        meanings = self.index.joined(tuple(token.text for token in row))
        return tuple(Sense(doubt=int(meaning.surety), products=meaning.products) for meaning in meanings)

    def _word_senses(self, at: int, *, extending: bool) -> tuple[Sense, ...]:
        """Say what a word may name. A word that is also talk names goods only beside a word that does."""
        if at >= len(self.tokens) or self.noise[at]:
            return ()
        token = self.tokens[at]
        if token.kind is not Kind.WORD or (not extending and len(token.text) == 1):
            return ()
        if self.figures.is_plain_number(at) or (self.figures.unit(at) and not extending):
            return ()
        is_talk = self._is_talk(at)
        if is_talk and not extending and not self._is_goods_after_all(at):
            return ()
        if (
            is_talk
            and extending
            and not all(cue.name in MILD for cue in self.longest[at])
            and not self._other_send(at)
        ):
            return ()
        if at not in self.known:
            self.known[at] = self._look_up(token, guess=not is_talk)
        return self.known[at]

    def _look_up(self, token: Token, *, guess: bool) -> tuple[Sense, ...]:
        find = self.index.meanings if guess else self.index.known
        meanings = find(token.text) or self.index.compound(token.text)
        if token.text in self.words.never_goods and (not meanings or meanings[0].surety > Surety.SPELLED):
            return ()
        if not meanings or meanings[0].surety >= Surety.BEGINNING:
            endings = () if self._looks_like_a_verb(token.key) else self.words.case_endings
            stems = [token.key.removesuffix(ending) for ending in endings]
            stems = [without_case_ending(token.text) or "", *(stem for stem in stems if stem != token.key)]
            meanings = next(
                (found for stem in stems if len(stem) > 2 and (found := self.index.known(stem))), meanings
            )
        if (
            meanings
            and meanings[0].surety >= Surety.BEGINNING
            and (self._looks_like_a_verb(token.key) or token.key in self.words.places)
        ):
            return ()
        return tuple(Sense(doubt=int(meaning.surety), products=meaning.products) for meaning in meanings)

    def _is_goods_after_all(self, at: int) -> bool:
        """Say whether a word of talk is goods here: "pani" (also, water) and "rin" (debt, a soap) when nothing else is."""
        token = self.tokens[at]
        if token.text not in self.words.spellings and self._is_single_cue(at):
            return True  # "weel" is heard like "will", but nobody writes "will" so
        if all(cue.name == "due" for cue in self.longest[at]):
            return any(one.kind is Kind.NUMBER for one in self.tokens) or bool(self.figures.number(at + 1))
        return token.text in self.words.goods_spellings and not self.clause_has_product

    def _is_single_cue(self, at: int) -> bool:
        """Say whether only the sound of this one word makes it a cue, not a stem such as "patha…"."""
        key = self.tokens[at].key
        names = {cue.name for cue in self.longest[at]}
        return self.longest[at][0].end == at + 1 and names <= set(self.words.exact_cues.get((key,), ()))

    def _other_send(self, at: int) -> bool:
        """Say whether the message asks for goods elsewhere too, so that this verb may be a name (भेज: veg)."""
        if not self._has_cue(at, "send"):
            return False
        return any(cue.name == "send" and not cue.start <= at < cue.end for cue in self.cues)

    def _starts_product(self, at: int) -> bool:
        return bool(self._word_senses(at, extending=False))


MILD = frozenset(
    {
        "filler",
        "and",
        "of",
        "thanks",
        "money",
        "price",
        "vague",
        "each",
        "all_lines",
        "yes",
        "greeting",
        "add",
        "help",
        "story",
        "approximate",
        "up_to",
    }
)


def _is_surer(one: Sense, other: Sense) -> bool:
    return one.doubt < other.doubt or (one.doubt == other.doubt and len(one.products) < len(other.products))


def _together(one: tuple[Sense, ...], other: tuple[Sense, ...]) -> tuple[Sense, ...]:
    both = [
        Sense(doubt=left.doubt + right.doubt, products=products)
        for left in one
        for right in other
        if (products := left.products & right.products)
    ]
    return tuple(sorted(both, key=lambda sense: sense.doubt)[:SENSES_KEPT])
