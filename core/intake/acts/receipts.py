"""Messages of banks and wallets that a shop pastes as proof: amount, way, reference and day of the payment."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.intake.acts.types import Act, ActKind, Mood
from core.intake.language.numbers import read_numbers
from core.intake.language.numerals import NumberKind, Numeral
from core.intake.language.plain import plain
from core.money import Money

ENOUGH_CUES = 2
CUES_WITHOUT_A_WAY = 3
_LOOK_BACK = 40
_TWO_DECIMALS = re.compile(r"\.\d\d?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    cues: Sequence[re.Pattern[str]]
    any_cue: re.Pattern[str]  # most rows of a list have none, and need no second look
    done: re.Pattern[str]
    load: re.Pattern[str]
    failed: re.Pattern[str]
    not_paid: re.Pattern[str]
    reference: re.Pattern[str]
    bank: re.Pattern[str]
    ways: Mapping[str, re.Pattern[str]]


def read_receipt(message: str, start: int, end: int) -> Act | None:
    """Read the stretch of *message* from *start* up to *end* as one receipt; None when it is none."""
    text = plain(message[start:end]).text
    words = _words()
    cues = _cues_in(text, words)
    if cues < ENOUGH_CUES:
        return None
    way = _way(text, words)
    is_load = bool(words.load.search(text))
    is_of_a_payment = is_load or bool(words.done.search(text))
    numerals = read_numbers(text)
    sums = _sums_paid(text, numerals, words)
    if not sums or not is_of_a_payment or (way is None and cues < CUES_WITHOUT_A_WAY):
        return None
    amounts = {amount.minor for amount, _ in sums}
    reference = words.reference.search(text)
    return Act(
        kind=ActKind.WALLET_LOAD if is_load else ActKind.PAY,
        mood=Mood.DENIED if words.failed.search(text) else Mood.DONE,
        is_certain=len(amounts) == 1 and all(sure for _, sure in sums) and not is_load,
        text="",
        start=start,
        end=end,
        amount=sums[0][0] if len(amounts) == 1 else None,
        method=way,
        reference=reference[1].strip("-/").upper() if reference else None,
        paid_on=_day(numerals),
    )


def _cues_in(text: str, words: _Words) -> int:
    if not words.any_cue.search(text):
        return 0
    return sum(bool(cue.search(text)) for cue in words.cues)


def _sums_paid(text: str, numerals: Sequence[Numeral], words: _Words) -> list[tuple[Money, bool]]:
    """Give the sums that were paid: those marked as money, or with decimals, that are no balance and no fee."""
    marked: list[tuple[Money, bool]] = []
    decimals: list[tuple[Money, bool]] = []
    for numeral in numerals:
        reading = numeral.best
        if (
            reading.value is None
            or reading.value <= 0
            or words.not_paid.search(text[max(0, numeral.start - _LOOK_BACK) : numeral.start])
        ):
            continue
        paisa = reading.value * 100
        if paisa != int(paisa):
            continue
        found = (Money(int(paisa)), numeral.is_certain)
        if reading.kind is NumberKind.MONEY:
            marked.append(found)
        elif reading.kind is NumberKind.COUNT and _TWO_DECIMALS.search(text[numeral.start : numeral.end]):
            decimals.append(found)
    return marked or decimals


def _way(text: str, words: _Words) -> str | None:
    found = next((way for way, pattern in words.ways.items() if pattern.search(text)), None)
    return found or ("bank_transfer" if words.bank.search(text) else None)


def _day(numerals: Sequence[Numeral]) -> dt.date | None:
    return next((numeral.best.date for numeral in numerals if numeral.best.date is not None), None)


@cache
def _words() -> _Words:
    loaded = tomllib.loads((files("core.intake.acts.words") / "receipts.toml").read_text(encoding="utf-8"))
    return _Words(
        cues=tuple(re.compile(cue) for cue in loaded["cues"]),
        # Each cue begins with a word: looking for its boundary once leaves most places of a text at once.
        any_cue=re.compile(rf"\b(?:{'|'.join(loaded['cues'])})"),
        ways={way: re.compile(pattern) for way, pattern in loaded["ways"].items()},
        **{
            name: re.compile(loaded[name])
            for name in ("done", "load", "failed", "not_paid", "reference", "bank")
        },
    )
