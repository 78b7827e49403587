"""Judge the order reader on generated texts: `python -m tests.generation`, as `make fuzz-reader` does.

Prints its seed first; the same seed and sizes give the same texts. What fails is shown as the smallest list that still fails.
`--marks` ends with an error when a mark is missed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from random import Random  # noqa: TID251 - the seed is printed
from secrets import randbelow

from tests.generation.families import families, make_family_list
from tests.generation.goods import trades
from tests.generation.invariants import BY_ROW, INVARIANTS, contradicted
from tests.generation.judging import Fate, carted, is_lost, is_wrong, judge, read
from tests.generation.layouts import LAYOUTS, Row
from tests.generation.lists import ShopList, make_list
from tests.generation.noise import Dress
from tests.generation.sayings import MAKERS, make_saying
from tests.generation.shrinking import shrunk
from tests.generation.speech import Language

WRONG_PER_1000 = 1.0
SLIP_RIGHT = 0.90
SLIP_WRONG = 0.003


@dataclass(kw_only=True)
class Report:
    """What was found so far; `missed` names the marks that were not reached."""

    show: int
    missed: list[str] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)

    def say(self, text: str = "") -> None:
        sys.stdout.write(text + "\n")

    def hold(self, mark: str, *, is_reached: bool) -> None:
        if not is_reached:
            self.missed.append(mark)

    @contextmanager
    def surviving(self, text: str) -> Iterator[None]:
        """Go on with the next text when the reader fails on this one, and remember that it did."""
        try:
            yield
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is a failure of the reader
            self.hold("the reader reads every text", is_reached=False)
            self.example("failed", f"the reader fails with {failure!r}: {text!r}")

    def example(self, about: str, text: str) -> None:
        self.shown[about] += 1
        if self.shown[about] <= self.show:
            self.say(f"    {text}")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.generation", description=__doc__)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--rounds", type=int, default=2, help="lists for each trade and layout")
    options.add_argument(
        "--seconds", type=int, default=0, help="go on with new seeds until so much time has passed"
    )
    options.add_argument("--size", type=int, default=5, help="goods in a list")
    options.add_argument("--trades", nargs="*", choices=list(trades()), default=list(trades()))
    options.add_argument("--show", type=int, default=3, help="examples of each kind of failure")
    options.add_argument("--marks", action="store_true", help="fail when a mark is missed")
    given = options.parse_args()
    began = time.monotonic()
    seed = given.seed if given.seed is not None else randbelow(1_000_000)
    report = Report(show=given.show)
    while True:
        report.say(f"seed {seed}")
        _lists(report, seed, given)
        _families(report, seed, given)
        _slips(report, seed, given)
        _sayings(report, seed, given)
        _invariants(report, seed, given)
        if time.monotonic() - began >= given.seconds:
            break
        seed += 1
    report.say(f"\nmissed: {', '.join(dict.fromkeys(report.missed)) or 'nothing'}")
    return int(bool(given.marks and report.missed))


def _families(report: Report, seed: int, given: argparse.Namespace) -> None:
    fates: Counter[Fate] = Counter()
    for trade in filter(families, given.trades):
        for number in range(given.rounds * 40):
            written = make_family_list(seed * 1000 + number, trade=trade)
            with report.surviving(written.text):
                found = Counter(fate for _, fate in judge(written, read(written.text, trade)))
                fates += found
                if found[Fate.WRONG] or found[Fate.LOST]:
                    report.example("sizes", f"sizes of one thing ({trade}): {written.text!r}")
    _row(report, "sizes of one thing, named once", fates)
    report.hold("sizes of one thing: wrong lines", is_reached=_wrong_per_1000(fates) <= WRONG_PER_1000)
    report.hold("sizes of one thing: none lost", is_reached=not fates[Fate.LOST])


def _made(seed: int, given: argparse.Namespace) -> Iterator[ShopList]:
    for round_, trade, layout in product(range(given.rounds), given.trades, LAYOUTS):
        yield make_list(seed * 1000 + round_, trade=trade, layout=layout, size=given.size)


def _lists(report: Report, seed: int, given: argparse.Namespace) -> None:
    fates: Counter[Fate] = Counter()
    by_trade: Counter[tuple[str, Fate]] = Counter()
    by_layout: Counter[tuple[str, Fate]] = Counter()
    report.say("\nlists with names that are certain; wrong or lost, made as small as possible:")
    for written in _made(seed, given):
        found: Counter[Fate] = Counter()
        with report.surviving(written.text):
            found.update(fate for _, fate in judge(written, read(written.text, written.trade)))
        fates += found
        for fate, count in found.items():
            by_trade[written.trade, fate] += count
            by_layout[written.layout, fate] += count
        if found[Fate.WRONG]:
            _show(report, "wrong", written, is_wrong)
        if found[Fate.LOST]:
            _show(report, "lost", written, is_lost)
    report.say(
        f"\n{'':32}{'rows':>7}{'right':>8}{'asked':>8}{'named':>8}{'lost':>8}{'wrong per 1,000 carted':>25}"
    )
    for trade in given.trades:
        _row(report, trade, Counter({fate: by_trade[trade, fate] for fate in Fate}))
    worst = sorted(LAYOUTS, key=lambda name: by_layout[name, Fate.RIGHT] - 5 * by_layout[name, Fate.WRONG])[
        :12
    ]
    for layout in worst:
        _row(report, f"  {layout}", Counter({fate: by_layout[layout, fate] for fate in Fate}))
    _row(report, "all lists", fates)
    report.hold(
        f"wrong lines ≤ {WRONG_PER_1000:g} per 1,000 carted",
        is_reached=_wrong_per_1000(fates) <= WRONG_PER_1000,
    )


def _show(report: Report, about: str, written: ShopList, fails: Callable[[ShopList], bool]) -> None:
    if report.shown[f"{about} {written.layout}"] or report.shown[about] >= 5 * report.show:
        return
    report.shown[f"{about} {written.layout}"] += 1
    report.shown[about] += 1
    small = shrunk(written, fails)
    got = {sku: f"{quantity:f}" for sku, quantity in carted(read(small.text, small.trade)).items()}
    want = {sku: f"{quantity:f}" for sku, quantity in small.answer.items()}
    report.say(
        f"    {about} ({small.trade}, {small.layout}): {small.text!r}\n        asked for {want}, carted {got}"
    )


def _slips(report: Report, seed: int, given: argparse.Namespace) -> None:
    slipped: Counter[Fate] = Counter()
    clean: Counter[Fate] = Counter()
    for round_ in range(given.rounds):
        for trade, layout in product(given.trades, BY_ROW):
            lists = (
                make_list(seed * 1000 + round_, trade=trade, layout=layout, size=given.size, slips=slips)
                for slips in (True, False)
            )
            for row, meant in zip(*(written.rows for written in lists), strict=True):
                with report.surviving(row.name):
                    if not row.is_slipped:
                        continue
                    slipped[_fate(report, trade, row)] += 1
                    clean[_fate(None, trade, meant)] += 1
    total = sum(slipped.values()) or 1
    right, wrong = slipped[Fate.RIGHT] / total, slipped[Fate.WRONG] / total
    report.say(
        f"\none slip in a name: {total} rows, right {right:.3f}, wrong {wrong:.4f}, else asked; "
        f"the same rows without the slip: right {clean[Fate.RIGHT] / total:.3f}, wrong {clean[Fate.WRONG] / total:.4f}"
    )
    report.hold(f"one slip: right ≥ {SLIP_RIGHT}", is_reached=right >= SLIP_RIGHT)
    report.hold(f"one slip: wrong ≤ {SLIP_WRONG}", is_reached=wrong <= SLIP_WRONG)


def _fate(report: Report | None, trade: str, row: Row) -> Fate:
    """Return what becomes of one row that stands alone."""
    one = ShopList(trade=trade, layout="name amount", language=Language.ENGLISH, rows=(row,), dress=Dress())
    fates = [fate for _, fate in judge(one, read(one.text, trade))]
    if Fate.WRONG in fates and report:
        report.example("slip", f"slip ({trade}): {one.text!r}")
    return Fate.WRONG if Fate.WRONG in fates else fates[0]


def _sayings(report: Report, seed: int, given: argparse.Namespace) -> None:
    report.say()
    for kind in MAKERS:
        total = wrong = 0
        for trade in given.trades:
            for number in range(given.rounds * 40):
                saying = make_saying(seed * 1000 + number, kind=kind, trade=trade)
                total += 1
                too_much = None
                with report.surviving(saying.text):
                    too_much = saying.wrongly_carted()
                wrong += bool(too_much)
                if too_much:
                    report.example(
                        kind, f"{saying.text!r} carts { {sku: f'{n:f}' for sku, n in too_much.items()} }"
                    )
        report.say(f"{kind}: {wrong} of {total} cart what they should not")
        report.hold(f"{kind}: none carted", is_reached=not wrong)


def _invariants(report: Report, seed: int, given: argparse.Namespace) -> None:
    report.say()
    chance = Random(seed)
    for name, readings in INVARIANTS.items():
        total = differ = contradict = 0
        for written in _made(seed, given):
            if written.layout not in BY_ROW:
                continue
            total += 1
            first, second = {}, {}
            with report.surviving(written.text):
                first, second = readings(written, chance)
            differ += first != second
            if contradicted(first, second):
                contradict += 1
                report.example(name, f"{written.text!r}")
        report.say(f"{name}: {contradict} of {total} contradict, {differ} differ (one asks)")
        report.hold(name, is_reached=not contradict)


def _wrong_per_1000(fates: Counter[Fate]) -> float:
    return 1000 * fates[Fate.WRONG] / ((fates[Fate.WRONG] + fates[Fate.RIGHT]) or 1)


def _row(report: Report, name: str, fates: Counter[Fate]) -> None:
    total = sum(fates.values()) or 1
    shares = "".join(
        f"{fates[fate] / total:>8.3f}" for fate in (Fate.RIGHT, Fate.ASKED, Fate.NAMED_BACK, Fate.LOST)
    )
    report.say(f"{name:32}{total:>7}{shares}{_wrong_per_1000(fates):>25.1f}")


if __name__ == "__main__":
    sys.exit(main())
