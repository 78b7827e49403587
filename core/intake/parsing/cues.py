"""The cues of a message: those its words give, without what is only a number sign or a unit, and what their neighbours make of them."""

from collections.abc import Iterable, Iterator, Sequence

from core.intake.catalogue.index import CatalogIndex
from core.intake.language.lexicon import Cue, Lexicon
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.phrases import states_of_some

REPEATING = frozenset({"again_strong", "again", "usual", "resend"})
FARTHEST_DENIAL = 2  # words between a repetition and what denies it
DENYING = frozenset({"correct", "withdraw"})
FARTHEST_NOT = 4  # words between "don't" and the repetition it denies
SHORTEST_FAILING = 7  # letters of a verb that says what goods do not do


def cues_of(
    tokens: Sequence[Token], words: Lexicon, index: CatalogIndex, masked: Sequence[bool]
) -> tuple[Cue, ...]:
    """Find the cues of a message, also those that are pieces of longer ones."""
    found = _without_denied_repetitions(_said(tokens, words, index, masked), tokens, words)
    taken = {place for cue in found for place in range(cue.start, cue.end)}
    failing = (
        Cue(name="complaint", start=at, end=at + 1)
        for at, token in enumerate(tokens)
        if at not in taken and _fails(token, words) and not index.is_name(token.text)
    )
    return (*found, *failing, *states_of_some(tokens))


def _said(
    tokens: Sequence[Token], words: Lexicon, index: CatalogIndex, masked: Sequence[bool]
) -> Iterator[Cue]:
    """Give the cues without a word for a unit of this trade, and without the "no" of "shop no 12"."""
    for cue in words.find_cues([token.key for token in tokens]):
        is_one_word = cue.end == cue.start + 1
        is_unit = is_one_word and tokens[cue.start].key in index.unit_words
        is_number_sign = is_one_word and cue.name == "no" and masked[cue.start]
        if not is_unit and not is_number_sign:
            yield cue


def _without_denied_repetitions(
    cues: Iterable[Cue], tokens: Sequence[Token], words: Lexicon
) -> tuple[Cue, ...]:
    """Leave out "like yesterday" and its denial where both stand together: "hijo jasto hoina" repeats nothing and corrects nothing."""
    found = tuple(cues)
    denials = _Denials(found)
    denied = [
        Cue(name="denied", start=min(cue.start, denial.start), end=max(cue.end, denial.stop))
        for cue in found
        if cue.name in REPEATING and (denial := _denial_of(cue, denials, tokens, words))
    ]
    if not denied:
        return found
    void = {place for cue in denied for place in range(cue.start, cue.end)}
    kept = (cue for cue in found if not void & set(range(cue.start, cue.end)))
    return (*kept, *_joined(void))


def _joined(places: set[int]) -> Iterator[Cue]:
    """Give a cue over each run of places."""
    start = None
    for at in sorted(places):
        start = at if start is None else start
        if at + 1 not in places:
            yield Cue(name="denied", start=start, end=at + 1)
            start = None


class _Denials:
    """The cues that may deny, by the place they start at, each with its place among all cues."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._at: dict[int, list[tuple[int, Cue]]] = {}
        for place, cue in enumerate(cues):
            if cue.name in DENYING:
                self._at.setdefault(cue.start, []).append((place, cue))

    def near(self, end: int) -> list[Cue]:
        """Give those right behind *end*, in the order in which they were found."""
        near = [one for gap in range(FARTHEST_DENIAL + 1) for one in self._at.get(end + gap, ())]
        return [cue for _, cue in sorted(near, key=lambda one: one[0])]


def _denial_of(cue: Cue, cues: _Denials, tokens: Sequence[Token], words: Lexicon) -> range | None:
    """Give the place of the words that deny a repetition: a denial right behind it, or "not" and "don't" before it."""
    likens = any(
        token.key.startswith(tuple(words.markers["likening"])) for token in tokens[cue.start : cue.end]
    )
    denials = (
        {"correct", "withdraw"} if likens else {"correct"}
    )  # "the earlier order, don't send" takes that one back
    for other in cues.near(cue.end):
        if other.name in denials and not any(
            token.kind is not Kind.WORD for token in tokens[cue.end : other.start]
        ):
            return range(other.start, other.end)
    for at in range(cue.start - 1, max(-1, cue.start - 1 - FARTHEST_NOT), -1):
        if tokens[at].kind is not Kind.WORD:
            return None
        if tokens[at].text in words.exact["denying_verbs"]:
            return range(at, cue.start)
    return None


def _fails(token: Token, words: Lexicon) -> bool:
    """Say whether a verb tells what goods do not do ("baldaina", "ghumdaina"): they are no good."""
    is_long = token.kind is Kind.WORD and len(token.key) >= SHORTEST_FAILING
    return is_long and token.key.endswith(words.failing_endings)
