"""Tables whose head says which column counts, and numbers that prove to be prices."""

from itertools import permutations

import pytest

from .conftest import basket

ROWS = (
    ("Dabur Amla 200ml", "12", "pcs", "240"),
    ("Vim bar", "3", "ctn", "32"),
    ("Muna tea", "5", "pkt", "320"),
)
WANTED = {"AMLA-200": "12", "VIM-BAR-200": "180", "MUNA-500": "5"}
HEADS = (
    ("Name", "Qty", "Unit", "Rate"),
    ("Particulars", "Quantity", "UOM", "Rate (Rs)"),
    ("Item name", "Qty.", "Unit", "Price"),
    ("सामान", "परिमाण", "एकाइ", "दर"),
    ("saman", "matra", "ekai", "bhau"),
)


def table(head, rows, order, between, *, framed=False):
    lines = [head, *rows]
    written = [between.join(line[place] for place in order) for line in lines]
    return "\n".join(f"| {line} |" if framed else line for line in written)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("between", ["\t", " | "])
def test_the_head_of_a_table_says_which_column_counts(head, between, read):
    for order in permutations(range(4)):
        reading = read(table(head, ROWS, order, between))

        assert (basket(reading), reading.clarify) == (WANTED, False), order


def test_a_table_with_row_numbers_sums_and_a_rule_is_read(read):
    text = "| S.N. | Item | Qty | Rate | Amount |\n|---|---|---|---|---|\n| 1 | Vim bar | 24 | 30 | 720 |\n| 2 | Tide | 5 | 275 | 1375 |"

    assert basket(read(text)) == {"VIM-BAR-200": "24", "TIDE-1": "5"}


@pytest.mark.parametrize(
    "text",
    [
        "tide\t24\t270\t6480",
        "tide 24 x 270 = 6480",
        "tide 24 @ 270 = 6480",
        "tide 24 pcs 270",
        "tide\n24 pcs 270",
        "Item 1: tide, 24 pcs, Rs 270 each",
        "1. tide, 24 pcs, Rs 270 each",
    ],
)
def test_a_rate_and_a_sum_count_nothing(text, read):
    reading = read(text)

    assert (basket(reading), reading.clarify) == ({"TIDE-1": "24"}, False)


@pytest.mark.parametrize("text", ["tide 24 60", "tide 24 pcs 60"])
def test_a_second_number_that_is_no_price_is_asked_about(text, read):
    reading = read(text)

    assert (reading.lines, reading.clarify) == ((), True)
