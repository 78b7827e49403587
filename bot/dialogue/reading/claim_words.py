"""What a run of words says of money that was claimed: that it came, or that it did not.

A denial binds to the word beside it, so the run is read whole: "aako" alone is a yes, "aako chaina" a no, and what mixes
the two ("aayo chaina") is neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.dialogue.reading.words import phrases
from core.intake.acts.verbs import Tense, forms
from core.intake.language.plain import keys_of

# The verbs of money that comes, by their stems and conjugation (see core.intake.acts.verbs).
STEMS = (
    ("aa", "au"), ("a", "au"), ("pa", "au"), ("pug", "consonant"), ("aaipug", "consonant"), ("mil", "consonant"), ("bhet", "consonant"),
    ("bhett", "consonant"), ("d", "i"), ("tir", "consonant"),
)  # fmt: skip
_PARTICIPLE_ENDINGS = ("eko", "ako", "eka", "iko")


class Said(StrEnum):
    """What one word says by itself."""

    CAME = "came"  # a whole verb: "aayo", "received"
    HAVING_COME = "having_come"  # a participle, which waits for "cha" or "chaina": "aako"
    BARE = "bare"
    DONE = "done"
    HAVING_BEEN_DONE = "having_been_done"
    NOT_DONE = "not_done"
    NOT_COME = "not_come"  # verb and denial in one word: "aayena", "missing"
    NOT_BEFORE = "not_before"
    NOT_BEHIND = "not_behind"
    NOT_AROUND = "not_around"
    YES = "yes"
    NO = "no"
    YET = "yet"


_ANSWERS = frozenset({Said.YES, Said.NO})
_DENIES = frozenset(
    {Said.NOT_DONE, Said.NOT_COME, Said.NOT_BEFORE, Said.NOT_BEHIND, Said.NOT_AROUND, Said.NO}
)
_TELLS = frozenset({Said.CAME, Said.BARE, Said.DONE})
_WAITS_FOR_ITS_VERB = frozenset({Said.HAVING_COME, Said.HAVING_BEEN_DONE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`came` is None where the words contradict each other. An answer such as "ok" or "hoina" may be about anything."""

    came: bool | None
    is_answer: bool
    # "Baki cha" is what is still due, "2 cha" is there.
    is_only_there: bool = False


def said_by(word: str) -> Said | None:
    """What the word says of money, in any usual spelling. None for any other word."""
    plain = word.casefold().replace("'", "").replace("’", "")
    exact, by_sound = _vocabulary()
    if (said := exact.get(plain)) is not None:
        return said
    heard = [by_sound[key] for key in keys_of(plain) if key in by_sound]
    # आएन is heard as "aaena", never as "aaen".
    return next((one for one in heard if one in _DENIES), heard[0] if heard else None)


def joined(words: Sequence[str]) -> list[str]:
    """The words with "aa ko chaina" and "aaye ko cha" written as one participle: "aako chaina"."""
    found: list[str] = []
    rest = list(words)
    while rest:
        if len(rest) > 2 and rest[1].casefold() in ("ko", "को") and _is_participle(*rest[:3]):
            found.append(rest[0] + rest[1])
            rest = rest[2:]
        else:
            found.append(rest.pop(0))
    return found


def verdict_of(words: Sequence[str]) -> Verdict:
    """The verdict of a run of words that each say something of the money."""
    found = [one for word in words if (one := said_by(word)) is not None]
    said = [one for one in found if one is not Said.YET]
    is_there = all(word.casefold() in phrases("claim_is_there") for word in words)
    return Verdict(
        came=_came(said, is_waited_for=len(said) < len(found)),
        is_answer=bool(said) and all(one in _ANSWERS for one in said),
        is_only_there=is_there,
    )


def _came(said: Sequence[Said], *, is_waited_for: bool) -> bool | None:
    if not any(one in _DENIES for one in said):
        has_verb = any(one is not Said.DONE and one is not Said.HAVING_BEEN_DONE for one in said)
        is_bare = all(one is Said.BARE for one in said)
        return True if has_verb and not is_bare and not is_waited_for else None
    # "Hoina, aayena": an answer before a denial only repeats it.
    if said[0] is Said.NO and len(said) > 1 and any(one in _DENIES for one in said[1:]):
        said = said[1:]
    return False if _denies_whole(said) else None


def _denies_whole(said: Sequence[Said]) -> bool:
    """Whether the one denial of the run is about all the rest of it."""
    places = [place for place, one in enumerate(said) if one in _DENIES]
    if len(places) != 1:
        return False
    (place,) = places
    denial, others = said[place], [*said[:place], *said[place + 1 :]]
    if not others:
        return denial is not Said.NOT_DONE
    is_first, is_last = place == 0, place == len(said) - 1
    match denial:
        case Said.NOT_BEFORE:
            return is_first and all(one in _TELLS for one in others)
        case Said.NOT_AROUND:
            return (is_first or is_last) and all(one in _TELLS | _WAITS_FOR_ITS_VERB for one in others)
        case Said.NOT_BEHIND | Said.NO:
            return is_last and others[-1] in _WAITS_FOR_ITS_VERB and Said.YES not in others
        case Said.NOT_DONE | Said.NOT_COME:
            return is_last and all(one is Said.BARE for one in others)
        case _:
            return False


def _is_participle(word: str, ending: str, after: str) -> bool:
    """Whether "aaye ko" before "cha" or "chaina" is the participle "aayeko"."""
    if said_by(word) not in (Said.CAME, Said.BARE) or said_by(word + ending) is not Said.HAVING_COME:
        return False
    return said_by(after) in (Said.NOT_BEHIND, Said.NO, Said.YES)


@cache
def _vocabulary() -> tuple[dict[str, Said], dict[str, Said]]:
    """What words say, letter by letter and by their sound."""
    exact: dict[str, Said] = {}
    by_sound: dict[str, Said] = {}
    for stem, conjugation in STEMS:
        for form, tense, denies in forms(stem, conjugation):
            # "Aaen" is how some write आएन, and others mean "they came" by it.
            if tense is not Tense.PAST or form.endswith("n"):
                continue
            said = Said.NOT_COME if denies else _whole_or_participle(form)
            for key in keys_of(form):
                by_sound.setdefault(key, said)
    groups = (
        ("claim_came", None), ("claim_bare", Said.BARE), ("claim_done", None), ("claim_not_done", Said.NOT_DONE), ("claim_fused_no", Said.NOT_COME),
        ("claim_not_before", Said.NOT_BEFORE), ("claim_not_behind", Said.NOT_BEHIND), ("claim_not_around", Said.NOT_AROUND),
        ("claim_answer_yes", Said.YES), ("claim_answer_no", Said.NO), ("claim_yet", Said.YET),
    )  # fmt: skip
    for group, told in groups:
        for word in phrases(group):
            said = told or _whole_or_participle(word, is_done=group == "claim_done")
            exact[word.casefold().replace("'", "")] = said
            by_sound.update((key, said) for key in keys_of(word) if key)
    return exact, by_sound


def _whole_or_participle(form: str, *, is_done: bool = False) -> Said:
    is_participle = any(key.endswith(_PARTICIPLE_ENDINGS) for key in keys_of(form))
    if is_done:
        return Said.HAVING_BEEN_DONE if is_participle else Said.DONE
    return Said.HAVING_COME if is_participle else Said.CAME
