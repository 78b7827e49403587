import pytest

from core.money import Money
from core.reports.amount_words import amount_in_words


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (0, "Rupees zero only"),
        (1_00, "Rupees one only"),
        (19_05, "Rupees nineteen and five paisa only"),
        (42_50, "Rupees forty-two and fifty paisa only"),
        (1_00_00, "Rupees one hundred only"),
        (1_02_580_05, "Rupees one lakh two thousand five hundred eighty and five paisa only"),
        (12_243_54, "Rupees twelve thousand two hundred forty-three and fifty-four paisa only"),
        (
            1_23_45_678_90,
            "Rupees one crore twenty-three lakh forty-five thousand six hundred seventy-eight and ninety paisa only",
        ),
        (-200_00, "Rupees minus two hundred only"),
    ],
)
def test_amounts_are_worded_in_lakhs_and_crores(minor, words):
    assert amount_in_words(Money(minor)) == words
