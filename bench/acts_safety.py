"""Read every generated sentence: what moved that must not, what did not move that should, and the time of one sentence.

`make fuzz-acts` runs it; `make check` reads every eighth sentence in tests/unit/intake/acts/test_safety.py.
"""

import time

from core.intake.acts.reader import read_acts
from core.intake.acts.types import MOVING, ActKind
from tests.unit.intake.acts.generated import Sentence, sentences

ACTS_OF_DENIAL = frozenset({ActKind.REJECT_PAYMENT, ActKind.DECLINE, ActKind.CANCEL})


def moved_by(sentence: Sentence) -> list[ActKind]:
    """Give the kinds of what a sentence moves; a denial that is an act of its own is none."""
    moved = [
        act.kind for act in read_acts(sentence.text, role=sentence.role) if act.moves and act.kind in MOVING
    ]
    return [kind for kind in moved if sentence.mood != "denied" or kind not in ACTS_OF_DENIAL]


def main() -> None:
    """Print the figures; fail when anything moved that must not."""
    every = list(sentences())
    started = time.process_time()
    moved = [(sentence, moved_by(sentence)) for sentence in every]
    each = (time.process_time() - started) / len(every)
    unsafe = [(sentence, kinds) for sentence, kinds in moved if kinds and not sentence.may_move]
    missed = [sentence for sentence, kinds in moved if not kinds and sentence.may_move]
    for sentence, kinds in unsafe:
        print("moved:", sentence.text, "|", sentence.mood, [kind.value for kind in kinds])
    for sentence in missed:
        print("not moved:", sentence.text)
    affirmed = sum(sentence.may_move for sentence in every)
    print(f"{len(every) - affirmed} sentences must not move anything: {len(unsafe)} did")
    print(f"{affirmed} sentences should: {affirmed - len(missed)} did ({1 - len(missed) / affirmed:.1%})")
    print(f"{each * 1000:.2f} ms each")
    if unsafe:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
