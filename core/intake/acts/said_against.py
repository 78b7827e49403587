"""What stands behind a "but": "1001 pathaye tara chini chaina", "ok pathaunu tara sodhera bhanchu", "cash paye tara 500 kam".

Whatever would move money, goods or a promise is made uncertain by it, unless the act itself tells what is different, or the
words behind the "but" are about another order.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from core.intake.acts.chunks import Chunk, ChunkKind
from core.intake.acts.senses import exact_words
from core.intake.acts.types import MOVING, Act, ActKind, CashShare

# Politeness, and what is only shown or set beside it: "order thik cha tara udharo nadekhaunu".
_BESIDE = frozenset(
    {
        ActKind.GREETING, ActKind.THANKS, ActKind.CHAT, ActKind.BALANCE, ActKind.STATEMENT, ActKind.INVOICE, ActKind.SCORECARD, ActKind.LANGUAGE, ActKind.STOP,
        ActKind.START,
    }
)  # fmt: skip
# The dialogue asks about these beside a code, before anything is billed.
_AT_THE_DOOR = frozenset(
    {
        ActKind.CASH, ActKind.SHORT, ActKind.DAMAGED, ActKind.RETURNED, ActKind.REJECT_PAYMENT, ActKind.CONFIRM_PAYMENT, ActKind.PART, ActKind.WITHDRAW,
        ActKind.DISPATCH, ActKind.CLOSED, ActKind.DECLINE, ActKind.SOLD_OUT,
    }
)  # fmt: skip


def is_but(chunk: Chunk) -> bool:
    return chunk.kind is ChunkKind.WORD and chunk.text in exact_words()["but"]


def with_doubts(acts: Sequence[Act], chunks: Sequence[Chunk]) -> list[Act]:
    """Make uncertain what a word behind a "but" speaks against."""
    buts = [chunk.start for chunk in chunks if is_but(chunk)]
    if not buts:
        return list(acts)
    denials = [chunk.start for chunk in chunks if chunk.text in exact_words()["not_but"]]
    following = [*acts[1:], None]
    return [
        replace(act, is_certain=False) if _is_against(act, after, buts, denials) else act
        for act, after in zip(acts, following, strict=True)
    ]


def _is_against(act: Act, after: Act | None, buts: Sequence[int], denials: Sequence[int]) -> bool:
    if act.kind not in MOVING or not act.moves:
        return False
    if _stands_between(buts, act.start + 1, act.end) and not _tells_itself(act):
        return True
    if after is None or not _stands_between(buts, act.end, after.start):
        return False
    # "1001 pathaye tara hoina 1002" is no other order's business.
    return _stands_between(denials, act.end, after.end) or not _is_apart(act, after)


def _stands_between(buts: Sequence[int], start: int, end: int) -> bool:
    place = bisect_left(buts, start)
    return place < len(buts) and buts[place] < end


def _tells_itself(act: Act) -> bool:
    """Say whether the act has in its facts what is different: the part, the day, the sum or the terms."""
    if act.kind is ActKind.CASH:
        return act.amount is not None or act.share is not CashShare.FULL
    if act.kind in (ActKind.PAY, ActKind.CONFIRM_PAYMENT):
        return False
    if act.kind is ActKind.CORRECT_PAYMENT:
        # "ref is not A1 but A2"
        return True
    return bool(act.amounts) or act.when is not None or act.terms is not None


def _is_apart(act: Act, after: Act) -> bool:
    """Say whether the act behind the "but" is about something else, or is asked about together with this one."""
    if after.kind in _BESIDE:
        return True
    if act.kind is ActKind.DELIVER and after.kind in _AT_THE_DOOR:
        return True
    numbers, others = {*act.orders, *act.codes}, {*after.orders, *after.codes}
    return bool(numbers) and bool(others) and numbers.isdisjoint(others)
