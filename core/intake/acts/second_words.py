"""Money that came, and a word beside it that takes some of that back: "aayo tara 18000 matra", "20000 haina 18000 aayo".

Such a word books nothing. The one sum that came, or the one that is missing, is kept to be read back.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from core.intake.acts import facts
from core.intake.acts.chunks import Chunk, ChunkKind
from core.intake.acts.said_against import is_but
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, CashShare, Mood
from core.intake.language.numerals import NumberKind
from core.money import Money

_SAID = frozenset({Mood.DONE, Mood.NOW})
_ON_CLAIM = frozenset({ActKind.CONFIRM_PAYMENT, ActKind.REJECT_PAYMENT})
# Business of its own beside it; whatever is neither that nor politeness is said of the money.
_BUSINESS = frozenset(
    {
        ActKind.ACCEPT, ActKind.PART, ActKind.SHORT, ActKind.DECLINE, ActKind.ETA, ActKind.DISPATCH, ActKind.DELIVER, ActKind.WITHDRAW, ActKind.RETURNED, ActKind.DAMAGED, ActKind.PRICE,
        ActKind.STOCK, ActKind.NUMBER, ActKind.SOLD_OUT, ActKind.BACK, ActKind.CLOSED, ActKind.OPEN, ActKind.HOURS, ActKind.OFFERS, ActKind.PARCELS, ActKind.CLAIMS,
        ActKind.ASK_CODE, ActKind.ASK_ABOUT, ActKind.ASK_ADDRESS, ActKind.SCORECARD, ActKind.WHY_NOT, ActKind.LINK, ActKind.PERSON, ActKind.HELP,
        ActKind.LANGUAGE, ActKind.SWITCH_PARTY, ActKind.STOP, ActKind.START,
    }
)  # fmt: skip
_OF_GOODS = frozenset({ActKind.SOLD_OUT, ActKind.BACK})
_POLITE = frozenset({ActKind.GREETING, ActKind.THANKS, ActKind.CHAT, ActKind.YES})
# What words beside a sum may mean that says something of it alone.
_OF_A_SUM = (
    "is.part", "is.short", "is.rest", "is.balance", "is.full", "is.money", "is.none", "mood.", "talk.", "small.", "v.be.", "v.come.", "v.receive.", "v.reach.",
    "v.give.", "v.do.",
)  # fmt: skip
_IS_MISSING = ("is.short", "is.rest", "mood.due", "mood.later", "mood.tomorrow")
_NO_SUM = frozenset(
    {NumberKind.PHONE, NumberKind.NAME, NumberKind.DATE, NumberKind.TIME, NumberKind.CODE, NumberKind.INVOICE, NumberKind.ACCOUNT, NumberKind.PLACE}
)  # fmt: skip
# What may stand before the word that it came without naming anything.
_LEADING = ("small.", "talk.", "is.money", "is.mine")
_CAME = ("v.come.past", "v.receive.past", "v.reach.past")
_ENDINGS_OF_WHOM = ("को", "ले", "बाट")
_OF_WHOM = ("'s", "’s")
# In paisa. What is smaller than a hundred rupees counts or numbers something; less than one is a half.
_LARGEST_PART, _SMALLEST_SUM = 99, 10_000


def with_second_words(acts: Sequence[Act], chunks: Sequence[Chunk]) -> list[Act]:
    """Make one act of the word that money came and what is said of it beside; it books nothing if that takes some of it back."""
    if not any(chunk.has(*_CAME) for chunk in chunks):
        return list(acts)
    acts = [_one_word(act, chunks) for act in acts]
    words = [place for place, act in enumerate(acts) if act.kind in _ON_CLAIM and act.mood in _SAID]
    if not any(acts[place].kind is ActKind.CONFIRM_PAYMENT for place in words):
        return [_doubted(act, chunks) for act in acts]
    second = [
        place
        for place, act in enumerate(acts)
        if place not in words and _is_second(act, _before(acts, place), chunks)
    ]
    rejects = [place for place in words if acts[place].kind is ActKind.REJECT_PAYMENT]
    if not second and not rejects:
        return acts
    together = sorted((*words, *second))
    one = _merged([acts[place] for place in together], chunks)
    politeness = [place for place in range(together[0], together[-1]) if acts[place].kind in _POLITE]
    gone = {*together[1:], *politeness}
    return [one if place == together[0] else act for place, act in enumerate(acts) if place not in gone]


def _doubted(act: Act, chunks: Sequence[Chunk]) -> Act:
    """What may be goods, and is somebody's money as well: "asha ko haina, arko ko aayo"."""
    inside = _between(chunks, act.start, act.end)
    is_somebodys = _says_it_is_not(inside) or any(_is_of_somebody(chunk) for chunk in inside)
    return replace(act, is_certain=False) if act.kind in _OF_GOODS and is_somebodys else act


def _between(chunks: Sequence[Chunk], start: int, end: int) -> Sequence[Chunk]:
    first, last = (bisect_left(chunks, place, key=attrgetter("start")) for place in (start, end))
    return chunks[first:last]


def _before(acts: Sequence[Act], place: int) -> int:
    """Give where the act before ends: between there and here stand the words that join."""
    return acts[place - 1].end if place else 0


def _one_word(act: Act, chunks: Sequence[Chunk]) -> Act:
    """What says in one breath that money came and what is wrong with it: "aayo tara aaja haina hijo", "it came - 2000 less"."""
    inside = _between(chunks, act.start, act.end)
    came = next((place for place, chunk in enumerate(inside) if chunk.has(*_CAME)), None)
    if act.mood not in _SAID or came is None or (came and inside[came - 1].has("mood.neg")):
        return act
    behind = inside[came + 1 :]
    if act.kind is ActKind.REJECT_PAYMENT:
        is_of_it = len(behind) > 1 or any(chunk.has("mood.neg") for chunk in inside[:came])
    elif act.kind is ActKind.CONFIRM_PAYMENT:
        is_of_it = any(is_but(chunk) or _limits(chunk) for chunk in behind)
    else:
        says_first = all(any(sense.startswith(_LEADING) for sense in chunk.senses) for chunk in inside[:came])
        says_more = any(is_but(chunk) for chunk in behind) or _says_it_is_not(behind)
        is_of_it = says_first and (says_more or _is_only_a_sum(inside))
    return _merged([replace(act, kind=ActKind.CONFIRM_PAYMENT)], chunks) if is_of_it else act


def _is_second(act: Act, before: int, chunks: Sequence[Chunk]) -> bool:
    """Say whether an act beside the word that money came speaks of that money."""
    around, inside = _between(chunks, before, act.end), _between(chunks, act.start, act.end)
    if _is_only_a_sum(inside) or _says_it_is_not(inside) or _says_whose(inside):
        return True
    if act.kind in _POLITE:
        # "pakka chaina" is a yes that is denied.
        return act.mood not in _SAID
    is_of_rest = any(chunk.has("is.rest") for chunk in inside) and not act.orders and act.mood not in _SAID
    return act.kind not in _BUSINESS or is_of_rest or any(is_but(chunk) for chunk in around)


def _limits(chunk: Chunk) -> bool:
    return chunk.has("is.part", "is.short", "mood.due") or chunk.text in exact_words()["only_so_much"]


def _is_only_a_sum(chunks: Sequence[Chunk]) -> bool:
    exact = exact_words()
    joining = frozenset(exact["but"]) | frozenset(exact["missing"])
    words = [chunk for chunk in chunks if chunk.kind is ChunkKind.WORD and chunk.text not in joining]
    has_number = any(
        (paisa := _paisa(chunk)) is not None
        and not _LARGEST_PART < paisa < _SMALLEST_SUM
        and not _is_whole(chunks[place + 1 : place + 2])
        for place, chunk in enumerate(chunks)
    )
    return has_number and all(any(sense.startswith(_OF_A_SUM) for sense in chunk.senses) for chunk in words)


def _says_it_is_not(chunks: Sequence[Chunk]) -> bool:
    """Say whether somebody or something else is meant: "asha ko haina", "not from asha"."""
    exact = exact_words()
    denied = any(chunk.has("mood.neg") for chunk in chunks)
    if any(
        chunk.text in exact["not_but"] or (denied and chunk.text in exact["not_knowing"]) for chunk in chunks
    ):
        return True
    belongs = any(
        _is_of_somebody(chunk) or chunk.text in exact["of_whom"] or chunk.text.endswith(_OF_WHOM)
        for chunk in chunks
    )
    return belongs and denied


def _says_whose(chunks: Sequence[Chunk]) -> bool:
    """Say whether it ends with whose the money is: "arkai manche ko"."""
    words = [chunk for chunk in chunks if _is_of_somebody(chunk) or not chunk.has("small.func")]
    return bool(words) and _is_of_somebody(words[-1])


def _is_of_somebody(chunk: Chunk) -> bool:
    return chunk.text in exact_words()["of_somebody"] or chunk.text.endswith(_ENDINGS_OF_WHOM)


def _merged(acts: Sequence[Act], chunks: Sequence[Chunk]) -> Act:
    word = next(act for act in acts if act.kind is ActKind.CONFIRM_PAYMENT)
    sums = _sums([chunk for act in acts for chunk in _between(chunks, act.start, act.end)])
    amount = sums.missing if sums.came is None else sums.came
    return replace(
        word,
        start=acts[0].start,
        end=acts[-1].end,
        is_certain=False,
        amount=None if amount is None else Money(amount),
        share=CashShare.LESS if sums.came is None and amount is not None else None,
        method=None,
        orders=(),
        left=(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    """In paisa; None where no sum, or more than one, is said."""

    came: int | None
    missing: int | None


def _sums(chunks: Sequence[Chunk]) -> _Sums:
    """Tell the sum that came from those that are denied, missing, or the whole of which it is a part."""
    came: set[int] = set()
    missing: set[int] = set()
    for place, chunk in enumerate(chunks):
        paisa = _paisa(chunk)
        if paisa is None or paisa <= _LARGEST_PART:
            continue
        behind = _up_to_number(chunks, place + 1)
        before = chunks[place - 1] if place else None
        if _is_missing(behind):
            missing.add(paisa)
        elif not _is_denied(before, behind) and not _is_whole(behind):
            came.add(paisa)
    return _Sums(
        came=came.pop() if len(came) == 1 else None,
        missing=missing.pop() if len(missing) == 1 and not came else None,
    )


def _up_to_number(chunks: Sequence[Chunk], place: int) -> list[Chunk]:
    """Give the words from *place* up to the next number or the end of the clause."""
    behind: list[Chunk] = []
    while place < len(chunks) and chunks[place].kind is ChunkKind.WORD and not is_but(chunks[place]):
        behind.append(chunks[place])
        place += 1
    return behind


def _is_missing(behind: Sequence[Chunk]) -> bool:
    did_not = any(sense.endswith((".past.not", ".future")) for chunk in behind for sense in chunk.senses)
    says_no = any(chunk.has("mood.neg") for chunk in behind)
    says_verb = any(chunk.has(*_CAME, "v.give.past") for chunk in behind)
    is_gone = any(chunk.has(*_IS_MISSING) or chunk.text in exact_words()["missing"] for chunk in behind)
    first = behind[0].text if behind else ""
    return did_not or is_gone or (says_no and says_verb) or first in exact_words()["is_not_there"]


def _is_denied(before: Chunk | None, behind: Sequence[Chunk]) -> bool:
    """Say whether a number is denied: "not 20000", "20000 haina"."""
    is_before = before is not None and before.text in exact_words()["never_alone"]
    return is_before or (bool(behind) and behind[0].has("mood.neg"))


def _is_whole(behind: Sequence[Chunk]) -> bool:
    """Say whether a part of it is meant: "20000 ma 18000", "out of"."""
    return bool(behind) and behind[0].text in exact_words()["out_of"]


def _paisa(chunk: Chunk) -> int | None:
    if chunk.numeral is None or chunk.numeral.best.kind in _NO_SUM or chunk.numeral.best.unit is not None:
        return None
    value = chunk.numeral.value
    if value is None or not 0 < value < facts.MOST_MONEY:
        return None
    paisa = value * 100
    return int(paisa) if paisa == int(paisa) else None
