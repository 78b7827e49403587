"""What cells say: whatever goes out comes back, and nothing that goes out is a formula."""

import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.exchange import listings, products, retailers, stock
from core.exchange.cells import CellRefused, escape_formula, one_line, plain_decimal, unescape_formula
from core.exchange.errors import Errors
from core.exchange.files import FileKind, read_rows, write_rows

KINDS = (products, listings, stock, retailers)
EXAMPLES = {FileKind.CSV: 40, FileKind.XLSX: 15}

TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("'=+-@\t\r\n \xa0वा")), min_size=1, max_size=30
)
SKUS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", fullmatch=True)


def exact(least, most, places):
    return st.decimals(least, most, places=places)


def plain(least, most, places):
    return exact(least, most, places).map(plain_decimal)


# Values that columns may have, as the database would give them; other columns are any text.
LABELS = TEXTS.map(lambda text: one_line(text)[:24].strip()).filter(bool)
NAMES = TEXTS.map(one_line).filter(bool)
PRICES = exact(Decimal("0.01"), Decimal("99999999.99"), 2).map(lambda value: f"{value:.2f}")
QUANTITIES = plain(Decimal("0.001"), 999_999, 3)
CANONICAL = {
    "sku": SKUS,
    "code": SKUS,
    "vendor": st.from_regex(r"V-[0-9]{4}", fullmatch=True),
    "price": PRICES,
    "reference_price": PRICES,
    "minimum_quantity": QUANTITIES,
    "on_hand": QUANTITIES,
    "pack_multiple": QUANTITIES,
    "latitude": plain(-90, 90, 6),
    "longitude": plain(-180, 180, 6),
    "case_quantity": st.integers(1, 100_000),
    "lead_time_days": st.integers(0, 365),
    "terms_days": st.integers(0, 365),
    "ward": st.integers(1, 40),
    "is_active": st.booleans(),
    "is_available": st.booleans(),
    "vat_class": st.sampled_from(["standard", "exempt"]),
    "language": st.sampled_from(["en", "ne"]),
    "pan": st.from_regex(r"[0-9]{9}", fullmatch=True),
    "short_label": LABELS,
}


def rows_of(kind):
    parts = {}
    for column in kind.SHEET.columns:
        values = CANONICAL.get(column.name, NAMES)
        parts[column.name] = st.none() | values if column.is_clearable else values
    return st.lists(st.fixed_dictionaries(parts), min_size=1, max_size=5)


@pytest.mark.parametrize("file_kind", list(FileKind))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_what_is_written_is_read_again(kind, file_kind):
    @settings(max_examples=EXAMPLES[file_kind], deadline=None)
    @given(rows_of(kind))
    def check(rows):
        file, errors = io.BytesIO(), Errors()
        write_rows(file, file_kind, [kind.SHEET.names, *map(kind.SHEET.show_row, rows)])
        file.seek(0)

        (_, heading), *found = read_rows(file, file_kind)
        columns = kind.SHEET.read_heading(heading)
        read = [kind.SHEET.read_row(columns, number, cells, errors, {}) for number, cells in found]

        assert errors.first() == []
        assert read == rows

    check()


@given(st.text())
def test_no_text_goes_out_as_a_formula_and_every_one_comes_back(text):
    shown = escape_formula(text)

    assert unescape_formula(shown) == text
    assert shown[:1] not in set("=+-@＝＋－＠")


@given(st.text())
def test_tidy_text_is_tidy(text):
    tidied = one_line(text)

    assert one_line(tidied) == tidied
    assert tidied == tidied.strip()
    assert not set(tidied) & set("\n\t\r\x00\x0b")


PRICE = listings.SHEET.columns[2].parse


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("20", "20.00"),
        (" 20.5 ", "20.50"),
        ("२०.५०", "20.50"),
        ("1,250.00", "1250.00"),
        ("1,25,000", "125000.00"),
        ("+5", "5.00"),
        (20, "20.00"),
        (20.1, "20.10"),
        (0.1 + 0.2, "0.30"),
    ],
)
def test_numbers_are_read_as_people_write_them(cell, plain):
    assert PRICE(cell) == plain


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Rs 20", "number_malformed"),
        ("1,5", "number_malformed"),
        ("1,25,00", "number_malformed"),
        ("1.234,50", "number_malformed"),
        ("1e3", "scientific_notation"),
        ("٢٠", "number_malformed"),
        ("nan", "number_malformed"),
        (float("nan"), "number_malformed"),
        (float("inf"), "number_malformed"),
        (True, "number_malformed"),
        ("20.005", "too_many_decimals"),
        ("0", "out_of_range"),
        ("9" * 100_000, "out_of_range"),
        ("1." + "0" * 100_000 + "1", "too_many_decimals"),
    ],
)
def test_what_is_no_price_is_refused(cell, code):
    with pytest.raises(CellRefused) as refused:
        PRICE(cell)

    assert refused.value.code == code
