"""What a word, or neighbours written as one word, may name: goods, unless it is talk, a number or a verb here."""

from collections.abc import Iterable, Mapping, Sequence

from core.intake.catalogue.index import CatalogIndex, Meaning
from core.intake.catalogue.products import Surety
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.language.lexicon import Cue, Lexicon
from core.intake.language.phonetics import is_devanagari, without_case_ending
from core.intake.language.quantities import QuantityReader
from core.intake.language.tokens import Kind, Token
from core.intake.language.units import TradeUnits
from core.intake.parsing.spans import Sense, together

SHORTEST_NAME = 3
LONG_NAME = 7
REFUSING = frozenset({"not", "no", "correct", "and", "order_word", "send"})
LONGEST_WORD = 60  # letters in a row beyond this are no word
SPEAKS_OF_DEBT = frozenset({"due", "ask_price", "paid", "money"})
# Cues whose words may also be words of a name, beside other words of it ("good day", "lux rose & …", "total").
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
        "sum",
        "only",
    }
)


class NameReader:
    """Gives the senses of words at a place among the tokens. `clause_has_product` is kept by the one who walks over them."""

    def __init__(
        self,
        tokens: Sequence[Token],
        index: CatalogIndex,
        words: Lexicon,
        *,
        cues: Sequence[Cue],
        cues_at: Mapping[int, list[Cue]],
        masked: list[bool],
        measured: frozenset[int],
    ) -> None:
        self.tokens, self.index, self.words = tokens, index, words
        self.cues, self.cues_at, self.masked = cues, cues_at, masked
        self.numbers = QuantityReader(
            list(tokens),
            words,
            masked,
            self.starts_product,
            measured=measured,
            trade=TradeUnits(own=index.unit_words, goods=index.unit_nouns),
        )
        self.known: dict[int, tuple[Sense, ...]] = {}
        self.joined_at: dict[tuple[int, int], tuple[Sense, ...]] = {}
        self.clause_has_product = False
        self.sends = [cue for cue in cues if cue.name == "send"]
        self.clause_of = self._clauses()
        self.debts: dict[int, set[str]] = {}  # the words that speak of debt, by their clause
        for cue in cues:
            if cue.name in SPEAKS_OF_DEBT:
                clause = self.clause_of[cue.start] - _is_sign(tokens[cue.start])
                self.debts.setdefault(clause, set()).add(tokens[cue.start].text)
        self.debt_words = frozenset[str]().union(*self.debts.values())
        self.and_letter = words.exact["and_letter"]

    def starts_product(self, at: int) -> bool:
        return bool(self.word_senses(at, extending=False))

    def word_senses(self, at: int, *, extending: bool) -> tuple[Sense, ...]:
        """Say what a word may name. A word that is also talk names goods only beside a word that does."""
        if not self._may_name(at, extending=extending):
            return ()
        if at in self.cues_at:
            if not extending and not self._is_goods_after_all(at) and not self._is_spelled_name(at):
                return ()
            if extending and not self._is_mild(at) and not self._other_send(at):
                return self._spelled(at)
        if at not in self.known:
            self.known[at] = self._look_up(self.tokens[at], guess=at not in self.cues_at)
        return self.known[at]

    def _may_name(self, at: int, *, extending: bool) -> bool:
        """Say whether a word stands here that is no number; only behind a name it may be a letter or a unit."""
        if at >= len(self.tokens) or self.masked[at]:
            return False
        token = self.tokens[at]
        if token.kind is not Kind.WORD or token.text in self.and_letter:
            return False
        if not extending and len(token.text) == 1 and not self._is_size_letter(at):
            return False
        return not self.numbers.is_number_word(at) and (extending or not self.numbers.unit(at))

    def _is_mild(self, at: int) -> bool:
        return all(cue.name in MILD for cue in self.cues_at[at])

    def joined(self, at: int, length: int) -> tuple[Sense, ...]:
        """Read neighbours as one word ("good knight", "7 up")."""
        if (at, length) not in self.joined_at:
            self.joined_at[at, length] = self._joined(at, length)
        return self.joined_at[at, length]

    def starts_odd_name(self, at: int) -> bool:
        """Say whether a number word begins a name of letters and digits ("seven up")."""
        row = tuple(token.text for token in self.tokens[at : at + 2])
        if len(row) < 2 or row[1] in self.words.exact["clock"] or not self.numbers.is_number_word(at):
            return False
        meanings = self.index.joined(row)
        if not meanings:
            return False
        odd = NO_PRODUCTS.union(*(self.index.names.carriers[name] for name in self.index.odd_names))
        return any(meaning.products <= odd for meaning in meanings)

    def has_cue(self, at: int, name: str) -> bool:
        cues = self.cues_at.get(at)
        return cues is not None and any(cue.name == name for cue in cues)

    def _joined(self, at: int, length: int) -> tuple[Sense, ...]:
        row = self.tokens[at : at + length]
        if len(row) < length:
            return ()
        for place in range(at, at + length):  # quicker than any(): this is asked three times for each word
            if self._stands_apart(place):
                return ()
        whole = "".join(token.text for token in row)
        if not SHORTEST_NAME <= len(whole) <= LONGEST_WORD or self._is_only_counted(row, whole):
            return ()
        meanings = self.index.joined(tuple(token.text for token in row))
        if meanings and meanings[0].surety > Surety.SPELLED and self._is_everyday(at, row):
            return ()
        return senses_of(meanings)

    def _stands_apart(self, at: int) -> bool:
        token = self.tokens[at]
        is_word_or_number = token.kind in (Kind.WORD, Kind.NUMBER)
        return not is_word_or_number or self.masked[at] or token.text in self.and_letter

    def _is_only_counted(self, row: Sequence[Token], whole: str) -> bool:
        """Say whether a number beside a word only counts: no name of letters and digits ("7up") is so spelled."""
        if whole in self.index.odd_names:
            return False
        return row[-1].kind is Kind.NUMBER or (row[0].kind is Kind.NUMBER and whole.isascii())

    def _is_everyday(self, at: int, row: Sequence[Token]) -> bool:
        """Say whether neighbours are words of every day, one of which is never goods."""
        if any(token.kind is not Kind.WORD for token in row) or self.numbers.is_number_word(at):
            return False
        return any(
            token.text in self.words.never_goods or token.text in self.words.exact["articles"]
            for token in row
        )

    def _spelled(self, at: int) -> tuple[Sense, ...]:
        """Give the names that spell a word of talk, for a name it may go on with; verbs that refuse never do."""
        text = self.tokens[at].text
        is_stem = len(text) >= LONG_NAME and not self._is_single_cue(
            at
        )  # "banaspati" only begins like "banau"
        is_written_so = text in self.words.spellings or is_devanagari(
            text
        )  # "chain" only sounds like "chaina"
        if not is_stem and is_written_so and any(cue.name in REFUSING for cue in self.cues_at.get(at, ())):
            return ()
        products = self.index.names.written(text)
        if not products and is_stem:
            known = self.index.known(text)
            products = known[0].products if known else NO_PRODUCTS
        return (Sense(doubt=0, products=products),) if products else ()

    def _is_spelled_name(self, at: int) -> bool:
        """Say whether a word of talk and the word behind it are spelled in one name ("thulo golbheda")."""
        if at + 1 >= len(self.tokens) or self.masked[at + 1] or self.cues_at[at][0].end > at + 1:
            return False
        spelled = self._spelled(at)
        after = self.tokens[at + 1]
        if not spelled or after.kind is not Kind.WORD or len(after.text) < SHORTEST_NAME:
            return False
        return bool(narrowed(spelled, self.index.names.spelled(after.text)))

    def _is_size_letter(self, at: int) -> bool:
        """Say whether a letter is a size that is counted ("mamypoko M 10, L 10")."""
        token = self.tokens[at]
        if token.text not in self.words.exact["size_letters"] or token.text not in self.index.names.carriers:
            return False
        return at + 1 < len(self.tokens) and self.tokens[at + 1].kind is Kind.NUMBER

    def _look_up(self, token: Token, *, guess: bool) -> tuple[Sense, ...]:
        if len(token.text) > LONGEST_WORD:
            return ()
        if len(token.text) == 1:
            products = self.index.names.written(token.text)  # "vitamin k" sounds like "vitamin c"
            return (Sense(doubt=0, products=products),) if products else ()
        find = self.index.meanings if guess else self.index.known
        meanings = find(token.text) or self.index.compound(token.text)
        plain = without_case_ending(token.text) or token.text
        is_everyday = token.text in self.words.never_goods or plain in self.words.never_goods
        if is_everyday and (not meanings or meanings[0].surety > Surety.SPELLED):
            return ()
        if not meanings or meanings[0].surety >= Surety.BEGINNING:
            meanings = self._known_by_stem(token) or meanings
        if meanings and meanings[0].surety >= Surety.BEGINNING and self._is_verb_or_place(token):
            return ()
        return senses_of(meanings)

    def _is_verb_or_place(self, token: Token) -> bool:
        return self.words.looks_like_a_verb(token.key) or token.key in self.words.places

    def _known_by_stem(self, token: Token) -> tuple[Meaning, ...]:
        """Give what a word names without the ending of its case."""
        endings = () if self.words.looks_like_a_verb(token.key) else self.words.case_endings
        stems = [token.key.removesuffix(ending) for ending in endings]
        stems = [without_case_ending(token.text) or "", *(stem for stem in stems if stem != token.key)]
        return next((found for stem in stems if len(stem) > 2 and (found := self.index.known(stem))), ())

    def _is_goods_after_all(self, at: int) -> bool:
        """Say whether a word of talk is goods here: "pani" (also, water) and "rin" (debt, a soap) when nothing else is."""
        token = self.tokens[at]
        if token.text not in self.words.spellings and self._is_single_cue(at):
            # "weel" is heard like "will", but nobody writes "will" so; the "sathi" of a greeting is no brand.
            return not self.has_cue(at, "filler") or self._is_beside_number(at)
        if all(cue.name == "due" for cue in self.cues_at[at]):
            if self.debt_words <= {token.text}:
                return True
            return self._is_asked_for(at) and self.debts.get(self.clause_of[at], set()) <= {token.text}
        if token.text not in self.words.goods_spellings or self.clause_has_product:
            return False
        return self._is_beside_number(at)

    def _is_asked_for(self, at: int) -> bool:
        return bool(self.sends) and self._is_beside_number(at)

    def _clauses(self) -> list[int]:
        """Number the clauses, parted by a comma or the end of a row, and say in which each word stands."""
        numbers: list[int] = []
        clause = 0
        for token in self.tokens:
            clause += _is_sign(token)
            numbers.append(clause)
        return numbers

    def _is_beside_number(self, at: int) -> bool:
        before = self.tokens[at - 1] if at else None
        is_counted = before is not None and (before.kind is Kind.NUMBER or before.key in self.words.units)
        return is_counted or self.numbers.number(at + 1) is not None

    def _is_single_cue(self, at: int) -> bool:
        """Say whether only the sound of this one word makes it a cue, not a stem such as "patha…"."""
        key = self.tokens[at].key
        names = {cue.name for cue in self.cues_at[at]}
        return self.cues_at[at][0].end == at + 1 and names <= set(self.words.exact_cues.get((key,), ()))

    def _other_send(self, at: int) -> bool:
        """Say whether the message asks for goods elsewhere too, so that this verb may be a name (भेज: veg)."""
        if not self.has_cue(at, "send"):
            return False
        return any(not cue.start <= at < cue.end for cue in self.sends)


def _is_sign(token: Token) -> bool:
    return not any(letter.isalnum() for letter in token.text)


def senses_of(meanings: Iterable[Meaning]) -> tuple[Sense, ...]:
    return tuple(Sense(doubt=int(meaning.surety), products=meaning.products) for meaning in meanings)


def narrowed(senses: tuple[Sense, ...], carriers: Products | None) -> tuple[Sense, ...]:
    return together(senses, (Sense(doubt=0, products=carriers),)) if carriers else ()
