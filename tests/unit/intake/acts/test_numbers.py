"""Every number in a message has its readings; one that was not read whole is never certain."""

import time
from decimal import Decimal

import pytest

from core.intake.language.numbers import order_numbers, read_numbers
from core.intake.language.numerals import NumberKind, Numeral
from core.intake.language.plain import plain
from core.intake.reading import Unit


def numerals(message: str) -> tuple[Numeral, ...]:
    return read_numbers(plain(message).text)


def only(message: str) -> Numeral:
    (found,) = numerals(message)
    return found


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("stock 1,200", "1200"), ("1,20,000", "120000"), ("1,234,567", "1234567"), ("12,500.50", "12500.50"), ("1250.", "1250"), ("१,२००", "1200"),
        ("5k", "5000"), ("5 hajar", "5000"), ("2 hajar 5 saya", "2500"), ("dui hajar pachas", "2050"), ("1.5 lakh", "150000.0"), ("ek saya bis", "120"),
        ("½", "0.5"), ("2½", "2.5"), ("१ १/२ किलो", "1.5"), ("sadhe dui", "2.5"), ("paune 3", "2.75"), ("dedh saya", "150.0"), ("twenty five", "25"),
        ("पाँच हजार", "5000"), ("stock -5", "-5"), ("5", "5"), ("५", "5"),
    ],
)  # fmt: skip
def test_a_number_has_its_whole_value(message: str, value: str) -> None:
    found = only(message)

    assert found.value == Decimal(value)
    assert found.is_certain


@pytest.mark.parametrize(
    ("message", "kind", "value", "unit"),
    [
        ("2250/bora", NumberKind.RATE, "2250", Unit.SACK), ("@2250", NumberKind.RATE, "2250", None), ("95 per kg", NumberKind.RATE, "95", Unit.KG),
        ("Rs. 500/-", NumberKind.MONEY, "500", None), ("500 rupaye", NumberKind.MONEY, "500", None), ("रु ५००", NumberKind.MONEY, "500", None),
        ("10%", NumberKind.PERCENT, "10", None), ("12 darjan", NumberKind.COUNT, "12", Unit.DOZEN), ("2.5 kg", NumberKind.MEASURE, "2.5", Unit.KG),
        ("cha ota", NumberKind.COUNT, "6", Unit.PIECE), ("duita", NumberKind.COUNT, "2", Unit.PIECE), ("1,5 kg", NumberKind.MEASURE, "1.5", Unit.KG),
        ("Kalanki-14", NumberKind.PLACE, "14", None), ("ward no 5", NumberKind.PLACE, "5", None), ("Shop 22", NumberKind.PLACE, "22", None),
    ],
)  # fmt: skip
def test_a_number_is_of_one_kind(message: str, kind: NumberKind, value: str, unit: Unit | None) -> None:
    found = only(message)

    assert found.is_certain
    assert (found.best.kind, found.value, found.best.unit) == (kind, Decimal(value), unit)


@pytest.mark.parametrize(
    ("message", "kind", "said"),
    [
        ("04821", NumberKind.CODE, "04821"), ("०४८२१", NumberKind.CODE, "04821"), ("KH-001042", NumberKind.ORDER, "1042"), ("#1042", NumberKind.ORDER, "1042"),
        ("2083/84-00006", NumberKind.INVOICE, "2083/84-00006"), ("9841000001", NumberKind.PHONE, "9841000001"), ("+977 9841000001", NumberKind.PHONE, "9779841000001"),
        ("98XXXXX011", NumberKind.ACCOUNT, "98xxxxx011"), ("0012****3456", NumberKind.ACCOUNT, "0012****3456"), ("8A7F3K", NumberKind.NAME, "8a7f3k"),
    ],
)  # fmt: skip
def test_a_figure_that_names_something_counts_nothing(message: str, kind: NumberKind, said: str) -> None:
    found = only(message)

    assert (found.best.kind, found.best.said, found.value) == (kind, said, None)


@pytest.mark.parametrize(
    ("message", "day"),
    [
        ("21-Nov-2026", "2026-11-21"), ("21 November 2026", "2026-11-21"), ("2026-11-21", "2026-11-21"), ("21/11/2026", "2026-11-21"),
        ("2083 Mangsir 10", "2026-11-26"), ("2083-08-10", "2026-11-26"), ("२०८३ मंसिर १०", "2026-11-26"),
    ],
)  # fmt: skip
def test_a_date_is_a_day_and_never_an_amount(message: str, day: str) -> None:
    found = only(message)

    assert (found.best.kind, str(found.best.date)) == (NumberKind.DATE, day)


@pytest.mark.parametrize(("message", "hour"), [("2 baje", 2), ("10am", 10), ("2:30 pm", 14), ("10:05", 10)])
def test_a_time_is_no_amount(message: str, hour: int) -> None:
    found = only(message)

    assert found.best.kind is NumberKind.TIME
    assert found.best.time is not None
    assert found.best.time.hour == hour


@pytest.mark.parametrize("message", ["21,50", "1.234,56", "500gx", "7abc", "1/2", "-5 kg", "1,3"])
def test_what_can_be_read_in_two_ways_or_not_to_its_end_is_not_certain(message: str) -> None:
    assert not only(message).is_certain


def test_ranges_and_lists_keep_their_numbers() -> None:
    assert only("2-3").best.values == (2, 3)
    assert only("2 to 3 kg").best.unit is Unit.KG
    assert only("1,3").best.values == (1, 3)
    assert only("1025,1028").best.values == (1025, 1028)


def test_orders_are_told_from_delivery_codes_by_their_form() -> None:
    assert [order for found in numerals("1025, 1028 ra KH-001030, 04821") for order in order_numbers(found)] == ["1025", "1028", "1030"]  # fmt: skip
    assert order_numbers(only("1042kg")) == ()


@pytest.mark.parametrize(
    "piece",
    ["1,", "9", "1.1", "1-", "a1", "x*", "1 1/2 ", "dui hajar ", "1/", "kh-", "2 to ", "म्", "½", "Rs "],
)
def test_reading_time_grows_no_faster_than_the_message(piece: str) -> None:
    message = piece * (16_000 // len(piece))

    started = time.process_time()
    numerals(message)

    assert time.process_time() - started < 2
