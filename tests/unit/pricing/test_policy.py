"""What a line costs, and which price changes wait."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.models import VatClass
from core.credit.policy import DeliveredLine, price_delivery
from core.money import Money, rupees
from core.pricing import policy
from core.pricing.policy import LinePrice, PricingSettings

RULES = PricingSettings()


@pytest.mark.parametrize(
    ("_case", "price", "quantity", "vat", "net", "tax"),
    [
        ("whole", rupees(100), "3", 1300, rupees(300), rupees(39)),
        ("VAT of half a paisa goes up", Money(50), "1", 1300, Money(50), Money(7)),
        ("VAT under half goes down", Money(49), "1", 1300, Money(49), Money(6)),
        ("loose goods", rupees("87.55"), "2.345", 1300, rupees("205.30"), rupees("26.69")),
        ("exempt", rupees(95), "1.5", 0, rupees("142.50"), rupees(0)),
    ],
)
def test_a_line_is_priced(_case, price, quantity, vat, net, tax):
    line = policy.price_line(price, Decimal(quantity), vat)

    assert line == LinePrice(net=net, vat=tax)
    assert line.total == net + tax


def test_only_the_standard_class_bears_vat():
    assert policy.vat_basis_points(VatClass.STANDARD, RULES) == 1300
    assert policy.vat_basis_points(VatClass.EXEMPT, RULES) == 0


@given(
    price=st.integers(1, 10**8),
    quantity=st.decimals(min_value="0.001", max_value="9999", places=3),
    vat=st.sampled_from([0, 1300]),
)
def test_the_basket_and_the_invoice_agree_to_the_paisa(price, quantity, vat):
    shown = policy.price_line(Money(price), quantity, vat)
    delivered = DeliveredLine(
        product_id=1, description="goods", quantity=quantity, unit_price=Money(price), vat_basis_points=vat
    )

    (billed,) = price_delivery([delivered], 0).lines

    assert (billed.net, billed.vat) == (shown.net, shown.vat)


def test_lines_add_up():
    assert LinePrice(net=Money(1), vat=Money(2)) + LinePrice(net=Money(10), vat=Money(20)) == LinePrice(
        net=Money(11), vat=Money(22)
    )


@pytest.mark.parametrize(
    ("_case", "old", "new", "is_held"),
    [
        ("half as much again", 100, 150, False),
        ("a paisa more", 100, 151, True),
        ("half", 100, 50, False),
        ("less than half", 100, 49, True),
        ("the same", 100, 100, False),
        ("just above although it rounds to 50 %", 30_000, 45_001, True),
    ],
)
def test_a_change_of_more_than_half_either_way_is_held(_case, old, new, is_held):
    assert policy.is_change_held(Money(old), Money(new), RULES) is is_held


def test_changes_are_told_in_basis_points():
    assert policy.change_in_basis_points(rupees(90), rupees(95)) == 556
    assert policy.change_in_basis_points(rupees(95), rupees(90)) == -526


def test_the_average_is_rounded_half_up():
    assert policy.average_price(301, 2) == Money(151)
