"""Train the second opinion on the intent from the labelled sets, print its figure by cross-validation, write its weights.

An averaged perceptron over hashed words and letters; the same sets give the same weights.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from core.intake.acts.second_opinion import features

SETS = Path("tests/data")
WEIGHTS = Path("core/intake/acts/words/second_opinion.txt")
ROUNDS = 6
FOLDS = 5
LARGEST = 99
SMALLEST = 4  # rows that weigh less are left out of the file

Example = tuple[list[int], str]


def examples() -> list[Example]:
    """Give the features and the intent of every labelled message, each text once."""
    found: dict[str, str] = {}
    for path in sorted(SETS.rglob("*.jsonl")):
        for row in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(row)
            intent = message.get("expect", {}).get("intent")
            if intent and message.get("text"):
                found.setdefault(message["text"], intent)
    return [(list(features(text)), intent) for text, intent in sorted(found.items())]


def train(rows: Sequence[Example], labels: Sequence[str]) -> dict[int, list[float]]:
    """Give the averaged weights of each bucket."""
    width = len(labels)
    weights: dict[int, list[float]] = defaultdict(lambda: [0.0] * width)
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0] * width)
    step = 1
    for turn in range(ROUNDS):
        # Strides visit every row once in another order each time.
        stride = 7 + 2 * turn
        while len(rows) % stride == 0:
            stride += 2
        for place in range(len(rows)):
            buckets, intent = rows[place * stride % len(rows)]
            totals = score(buckets, weights, width)
            best = max(range(width), key=totals.__getitem__)
            right = labels.index(intent)
            if best != right or totals[right] <= 0:
                for bucket in buckets:
                    for label, change in ((right, 1.0), (best, -1.0)):
                        if label == right or best != right:
                            weights[bucket][label] += change
                            sums[bucket][label] += change * step
            step += 1
    return {
        bucket: [weight - total / step for weight, total in zip(row, sums[bucket], strict=True)]
        for bucket, row in weights.items()
    }


def score(buckets: Sequence[int], weights: dict[int, list[float]], width: int) -> list[float]:
    """Give the total of each label."""
    totals = [0.0] * width
    for bucket in buckets:
        row = weights.get(bucket)
        if row is not None:
            for label in range(width):
                totals[label] += row[label]
    return totals


def cross_validated(rows: Sequence[Example], labels: Sequence[str]) -> float:
    """Give the share of messages that a model which has not seen them reads rightly."""
    right = 0
    for fold in range(FOLDS):
        weights = train([row for place, row in enumerate(rows) if place % FOLDS != fold], labels)
        for buckets, intent in (row for place, row in enumerate(rows) if place % FOLDS == fold):
            totals = score(buckets, weights, len(labels))
            right += labels[max(range(len(labels)), key=totals.__getitem__)] == intent
    return right / len(rows)


def main() -> None:
    """Train, print and write."""
    rows = examples()
    labels = sorted({intent for _, intent in rows})
    print(f"{len(rows)} messages, {len(labels)} intents")
    print(f"right by {FOLDS}-fold cross-validation: {cross_validated(rows, labels):.1%}")
    weights = train(rows, labels)
    largest = max(abs(weight) for row in weights.values() for weight in row)
    lines = [" ".join(labels)]
    for bucket in sorted(weights):
        scaled = [round(weight * LARGEST / largest) for weight in weights[bucket]]
        if max(map(abs, scaled)) >= SMALLEST:
            lines.append(" ".join((_base36(bucket), *(str(number) for number in scaled))))
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{len(lines) - 1} buckets, {WEIGHTS.stat().st_size // 1024} KB")


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    written = ""
    while True:
        number, rest = divmod(number, 36)
        written = digits[rest] + written
        if not number:
            return written


if __name__ == "__main__":
    main()
