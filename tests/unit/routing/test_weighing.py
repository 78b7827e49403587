from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Money, rupees, total
from core.pricing.policy import price_line
from core.routing.policy.weighing import PartialAnswer, PartialLine, weigh_partials

RICE, OIL = 1, 2


def part(quantity, price=100):
    return PartialLine(quantity=Decimal(quantity), unit_price=rupees(price), vat_basis_points=0)


def answer(offer_id, **lines):
    names = {"rice": RICE, "oil": OIL}
    return PartialAnswer(offer_id=offer_id, lines={names[name]: own for name, own in lines.items()})


WANTED = {RICE: Decimal(10), OIL: Decimal(5)}


def test_largest_part_is_used_first_and_the_next_is_trimmed_to_what_is_left():
    small, large = answer(1, rice=part(4), oil=part(5)), answer(2, rice=part(10))

    assert weigh_partials(WANTED, [small, large], ceiling=None) == {2: {RICE: 10}, 1: {OIL: 5}}


def test_answer_that_adds_nothing_is_not_used():
    assert weigh_partials(WANTED, [answer(1, rice=part(10)), answer(2, rice=part(3))], ceiling=None) == {
        1: {RICE: 10}
    }


def test_equal_parts_go_to_the_better_ranked():
    assert weigh_partials(WANTED, [answer(7, rice=part(4)), answer(3, rice=part(4))], ceiling=None) == {
        7: {RICE: 4},
        3: {RICE: 4},
    }
    assert weigh_partials(
        {RICE: Decimal(4)}, [answer(7, rice=part(4)), answer(3, rice=part(4))], ceiling=None
    ) == {7: {RICE: 4}}


def test_parts_together_stay_below_the_ceiling():
    dear, cheap = answer(1, rice=part(10, 150)), answer(2, oil=part(5, 100))

    assert weigh_partials(WANTED, [dear, cheap], ceiling=rupees(1600)) == {1: {RICE: 10}}
    assert weigh_partials(WANTED, [dear, cheap], ceiling=rupees(1499)) == {2: {OIL: 5}}


@given(
    st.lists(st.dictionaries(st.sampled_from([RICE, OIL]), st.integers(1, 12), max_size=2), max_size=8),
    st.integers(0, 400_000),
)
@settings(max_examples=40, deadline=None)
def test_never_more_than_wanted_nor_than_answered_nor_above_the_ceiling(answers, ceiling_minor):
    own = [
        PartialAnswer(offer_id=number, lines={line: part(quantity) for line, quantity in lines.items()})
        for number, lines in enumerate(answers)
    ]

    used = weigh_partials(WANTED, own, ceiling=Money(ceiling_minor))

    for line, wanted in WANTED.items():
        assert sum(quantities.get(line, 0) for quantities in used.values()) <= wanted
    for offer_id, quantities in used.items():
        assert all(
            0 < quantity <= own[offer_id].lines[line].quantity for line, quantity in quantities.items()
        )
    assert total(
        price_line(rupees(100), quantity, 0).total
        for quantities in used.values()
        for quantity in quantities.values()
    ) <= Money(ceiling_minor)
