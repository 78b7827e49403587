"""Judge the order reader on one labelled set, and list what failed, compactly.

usage: python -m bench.judge --catalog catalog.csv --gold messages.jsonl [--show 40] [--line NAME]

Beside the figures of `bench/score.py` it says how many of the expected lines, and of the messages, are right after at most one
tap: carted, or among the first three that one of the questions offers.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.score import Acc, agg, eval_option, options
from core.intake.__main__ import prediction
from core.intake.catalogue.csv_file import entries_from_csv
from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import Role

FIRST = 3
ORDERS = {"order", "ambiguous", "out_of_catalog", "cart_edit", "reorder"}


@dataclass(frozen=True, kw_only=True)
class Judged:
    gold: dict[str, Any]
    got: dict[str, Any]
    result: dict[str, Any]
    offered: list[tuple[str, ...]]
    """What each question offers, best first, cut to what a person sees without scrolling."""

    @property
    def missed_but_offered(self) -> int:
        return sum(any(sku in question for question in self.offered) for sku in self._missed)

    @property
    def is_right_after_a_tap(self) -> bool:
        return bool(
            self.result["em"]
            or (
                self.result["intent"]
                and not self.result["fp"]
                and self._missed
                and self.missed_but_offered == len(self._missed)
            )
        )

    @property
    def has_line_without_order(self) -> bool:
        return bool(self.gold["kind"] not in ORDERS and self.result["fp"])

    @property
    def _missed(self) -> list[str]:
        return [sku for sku in self.result["fn"] if sku not in self.result["wrong_qty"]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.judge", description=__doc__)
    parser.add_argument("--catalog", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--show", type=int, default=40, help="failures to list, the worst first")
    parser.add_argument("--line", metavar="NAME", help="print one row of a table and nothing else")
    given = parser.parse_args()
    judged = judge(given.catalog, given.gold)
    figures = figures_of(judged)
    if given.line:
        print(
            f"| {given.line} | {len(judged)} | " + " | ".join(str(value) for value in figures.values()) + " |"
        )
        return 0
    for name, value in figures.items():
        print(f"{name:32}{value}")
    for name, rows in (("kind", _by(judged, "kind")), ("language", _by(judged, "lang"))):
        print(
            f"whole, by {name}:  "
            + "  ".join(f"{key} {right}/{total}" for key, (right, total) in rows.items())
        )
    failed = sorted((one for one in judged if not one.result["em"]), key=lambda one: -one.result["cost"])
    for one in failed[: given.show]:
        print(_compact(one))
    return 0


def judge(catalog: Path, gold: Path) -> list[Judged]:
    with catalog.open(encoding="utf-8", newline="") as rows:
        products = {row["sku"]: row for row in csv.DictReader(rows)}
    index = build_index(entries_from_csv(catalog))
    judged = []
    for row in gold.read_text(encoding="utf-8").splitlines():
        message = json.loads(row)
        got, offered = _read(message, index)
        judged.append(
            Judged(gold=message, got=got, result=_best(message["expect"], got, products), offered=offered)
        )
    return judged


def figures_of(judged: list[Judged]) -> dict[str, str | int]:
    total = Acc()
    for one in judged:
        total.add(one.result, 1.0)
    of_all = total.d()
    lines = total.tp + total.fn
    offered = sum(one.missed_but_offered for one in judged)
    return {
        "whole": f"{of_all['exact_match']:.3f}",
        "line precision": f"{of_all['line_precision']:.4f}",
        "line recall": f"{of_all['line_recall']:.3f}",
        "intent": f"{of_all['intent_acc']:.3f}",
        "wrong lines": total.fp,
        "messages with a wrong line": total.wrongmsg,
        "lines without an order": sum(one.has_line_without_order for one in judged),
        "lines right after a tap": f"{(total.tp + offered) / lines if lines else 1:.3f}",
        "messages right after a tap": f"{sum(one.is_right_after_a_tap for one in judged) / len(judged):.3f}",
    }


def _read(message: dict[str, Any], index: CatalogIndex) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """Return the prediction and what each question offers; a reader that fails has read nothing, and the others still count."""
    try:
        reading = read_message(message["text"], role=Role(message["role"]), index=index)
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is shown as the intent
        return {"intent": f"FAILED {failure!r}", "lines": [], "clarify": False}, []
    return dict(prediction(reading)), [question.candidates[:FIRST] for question in reading.questions]


def _best(
    expected: dict[str, Any], got: dict[str, Any], products: dict[str, dict[str, str]]
) -> dict[str, Any]:
    summed, _ = agg(got["lines"], products)
    said = {"intent": str(got["intent"]), "clarify": bool(got["clarify"]), "agg": summed}
    any_clarify = bool(expected.get("clarify_any"))
    results = [eval_option(said, option, any_clarify, products) for option in options(expected)]
    return min(results, key=lambda result: (not result["em"], result["cost"], len(result["fp"])))


def _by(judged: list[Judged], key: str) -> dict[str, tuple[int, int]]:
    total = Counter(one.gold[key] for one in judged)
    right = Counter(one.gold[key] for one in judged if one.result["em"])
    return {name: (right[name], count) for name, count in total.most_common()}


def _compact(one: Judged) -> str:
    expected = one.gold["expect"]
    flags = "".join(
        mark
        for mark, is_so in (
            ("W", one.result["fp"]),
            ("I", not one.result["intent"]),
            ("?", not one.result["clar"]),
            ("·", one.is_right_after_a_tap),
        )
        if is_so
    )
    return (
        f"{one.gold['id']} [{flags}] {one.gold['text']!r}\n"
        f"    want {expected['intent']} {_lines(expected.get('lines', []))}{'?' if expected.get('clarify') else ''}\n"
        f"    got  {one.got['intent']} {_lines(one.got['lines'])}{'?' if one.got['clarify'] else ''}"
        f"  offers {[list(question) for question in one.offered]}"
    )


def _lines(lines: list[dict[str, Any]]) -> str:
    return ", ".join(f"{line['sku']}={line['qty']:g}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
