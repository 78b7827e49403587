"""A second opinion on what a message wants, where no rule found anything: a small linear model over letters and words.

Its weights are the file `words/second_opinion.txt`, trained by `python -m bench.train_second_opinion` from the labelled sets.
It only ever names something to show or to ask; money, goods and promises never move on it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.intake.acts.types import ActKind
from core.intake.language.plain import fold, plain
from core.intake.reading import Intent, Role

BUCKETS = 1 << 13
MARGIN = 1.5  # how far ahead the best must be, in the model's own measure
MOST_WORDS = 40
_WORD = re.compile(r"[^\W_]+[\u0900-\u097f]*")
# What may be shown or asked for an intent; every other intent changes nothing.
_SHOWN: Mapping[Role, Mapping[Intent, ActKind]] = {
    Role.RETAILER: {
        Intent.STATUS: ActKind.STATUS,
        Intent.BALANCE: ActKind.BALANCE,
        Intent.HELP: ActKind.HELP,
        Intent.QUERY: ActKind.ASK_STOCK,
        Intent.GREETING: ActKind.GREETING,
        Intent.SMALLTALK: ActKind.CHAT,
    },
    Role.VENDOR: {
        Intent.BALANCE: ActKind.SETTLEMENT,
        Intent.HELP: ActKind.HELP,
        Intent.GREETING: ActKind.GREETING,
        Intent.SMALLTALK: ActKind.CHAT,
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A linear model: weights of labels by bucket of features."""

    labels: tuple[str, ...]
    weights: Mapping[int, Sequence[int]]  # by bucket, one for each label

    def scores(self, text: str) -> list[float]:
        """Give the sum of the weights of a text for each label, by the root of the number of its features."""
        buckets = list(features(text))
        totals = [0.0] * len(self.labels)
        for bucket in buckets:
            for place, weight in enumerate(self.weights.get(bucket, ())):
                totals[place] += weight
        size = max(len(buckets), 1) ** 0.5
        return [total / size for total in totals]


def second_opinion(text: str, *, role: Role) -> ActKind | None:
    """Name something to show or to ask that a message is probably about; None when it is not clear."""
    model = _model()
    ranked = sorted(zip(model.scores(text), model.labels, strict=True), reverse=True)
    (best, label), (next_best, _) = ranked[0][:2], ranked[1][:2]
    if best <= 0 or best - next_best < MARGIN:
        return None
    return _SHOWN[role].get(Intent(label))


def features(text: str) -> Iterator[int]:
    """Give the buckets of a text: its words, pairs of words, and the three to four letters in a row of each word."""
    words = [fold(word) or word for word in _WORD.findall(plain(text).text)[:MOST_WORDS]]
    for place, word in enumerate(words):
        yield _bucket(f"w {word}")
        if place:
            yield _bucket(f"p {words[place - 1]} {word}")
        padded = f"<{word}>"
        for length in (3, 4):
            for start in range(len(padded) - length + 1):
                yield _bucket(f"c {padded[start : start + length]}")


def _bucket(feature: str) -> int:
    """Give a bucket that is the same in every process."""
    value = 2166136261
    for byte in feature.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value % BUCKETS


@cache
def _model() -> Model:
    rows = (files("core.intake.acts.words") / "second_opinion.txt").read_text(encoding="ascii").splitlines()
    weights: dict[int, tuple[int, ...]] = {}
    for row in rows[1:]:
        bucket, *numbers = row.split()
        weights[int(bucket, 36)] = tuple(int(number) for number in numbers)
    return Model(labels=tuple(rows[0].split()), weights=weights)
