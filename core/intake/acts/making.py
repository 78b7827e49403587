"""Making an act of a clause: its mood, and whether anything in it is left unexplained."""

from collections.abc import Sequence
from typing import Any

from core.intake.acts import facts
from core.intake.acts.chunks import Chunk
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.types import Act, ActKind, Mood

# What an act may always have beside it without a second meaning.
_ALWAYS = ("talk.yes", "talk.thanks", "talk.greeting", "mood.today", "mood.ago")
_MOODS = ("mood.",)


def make_act(
    kind: ActKind,
    clause: Clause,
    *,
    means: Sequence[str] = (),
    numbers: Sequence[str] = ("order",),
    ignoring: Sequence[str] = (),
    mood: Mood | None = None,
    denial_counts: bool = True,
    future_counts: bool = True,
    used: Sequence[Chunk] = (),
    is_certain: bool = True,
    **found: Any,
) -> Act:
    """Make an act of *clause*.

    *means* are the senses that this kind of act explains, *numbers* the groups of numbers that have a place in it, *used* the
    chunks that its facts were read from. A word or a number outside of them makes the act uncertain and is named in `left`.
    """
    how = mood or mood_of(clause, ignoring=ignoring, denial_counts=denial_counts, future_counts=future_counts)
    placed = {id(chunk) for chunk in (*used, *facts.span_chunks(clause))}
    left = [chunk for chunk in clause.left(*_ALWAYS, *_MOODS, *means) if id(chunk) not in placed]
    left += [
        chunk
        for chunk in clause.chunks
        if chunk.numeral is not None
        and id(chunk) not in placed
        and (facts.group_of(chunk.numeral) not in numbers or chunk.numeral.tail)
    ]
    return Act(
        kind=kind,
        mood=how,
        is_certain=is_certain and not left and not clause.is_doubted,
        text="",
        start=clause.start,
        end=clause.end,
        left=tuple(chunk.text for chunk in left),
        **found,
    )
