"""However people write a phone number, it is one number."""

import pytest

from core.parties.phones import find_phone


@pytest.mark.parametrize(
    "written",
    [
        "9841000001",
        "9779841000001",
        "+977-9841000001",
        "+977 984-1000001",
        "009779841000001",
        "९८४१०००००१",
        " 98410 00001 ",
    ],
)
def test_a_nepali_mobile_is_one_number_however_it_is_written(written):
    assert find_phone(written) == "+9779841000001"


def test_a_landline_keeps_its_area():
    assert find_phone("01-4412345") == "+97714412345"


def test_a_foreign_number_needs_its_country_code():
    assert find_phone("+91 98101 23456") == "+919810123456"


@pytest.mark.parametrize("text", ["", "abc", "98410", "asha@example.com", "9841000001 9841000002", "1042"])
def test_what_cannot_be_dialed_is_no_phone(text):
    assert find_phone(text) is None
