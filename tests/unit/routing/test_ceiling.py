from dataclasses import replace
from decimal import Decimal
from random import Random  # noqa: TID251 - seeded

from core.money import Money, total
from core.pricing.policy import price_line
from core.routing.policy.ceiling import roundings_of
from core.routing.policy.planning import plan
from core.routing.policy.ranking import rank
from core.routing.policy.weighing import PartialAnswer, PartialLine, weigh_partials
from tests.unit.routing.market_of import WEIGHTS, listing, market, need, vendor

# Ten at Rs. 20.04 cost Rs. 226.45 with VAT; three and seven of them Rs. 226.46.
TEN = Money(22_645)


def test_parts_of_a_line_cost_no_more_than_a_paisa_for_each_rounding():
    chance = Random(7)
    for _ in range(5_000):
        unit, most = chance.choice([(Decimal("0.001"), 20_000), (Decimal(1), 40)])
        pieces = [unit * chance.randint(1, most) for _ in range(chance.randint(2, 6))]
        price, vat = Money(chance.randint(1, 50_000)), chance.choice([0, 1300])

        parts = total(price_line(price, piece, vat).total for piece in pieces)

        dearer = parts - price_line(price, sum(pieces), vat).total
        assert dearer.minor <= sum(roundings_of(piece, vat) for piece in pieces)


def test_a_split_line_may_pass_the_ceiling_by_its_roundings_and_no_more():
    sellers = [vendor(1, _at(2004, stock=7)), vendor(2, _at(2004, stock=3))]
    split = market([need(1, 10)], sellers, vat=1300)
    dearer = market([need(1, 10)], [sellers[0], vendor(2, _at(2006, stock=3))], vat=1300)

    assert len(_plan(split, spare=Money(0)).parts) < 2
    assert _plan(split, spare=Money(5)).total == TEN + Money(1)
    assert len(_plan(dearer, spare=Money(5)).parts) < 2


def test_a_whole_line_may_not_pass_the_ceiling_though_the_rest_of_one_may():
    wanted = market([need(1, 7)], [vendor(1, _at(2004, stock=7))], vat=1300)
    rest = replace(wanted, needs=(replace(wanted.needs[0], is_part=True),))
    seven = price_line(Money(2004), Decimal(7), 1300).total

    assert plan(wanted, rank(wanted, WEIGHTS), ceiling=seven - Money(1), spare=Money(5)).parts == ()
    assert plan(rest, rank(rest, WEIGHTS), ceiling=seven - Money(1), spare=Money(5)).total == seven


def test_noted_parts_of_one_line_pass_the_ceiling_by_their_roundings():
    answers = [
        PartialAnswer(
            offer_id=offer_id,
            lines={1: PartialLine(quantity=Decimal(taken), unit_price=Money(2004), vat_basis_points=1300)},
        )
        for offer_id, taken in ((1, 7), (2, 3))
    ]

    assert weigh_partials({1: Decimal(10)}, answers, ceiling=TEN) == {1: {1: 7}}
    assert weigh_partials({1: Decimal(10)}, answers, ceiling=TEN, spare=Money(5)) == {1: {1: 7}, 2: {1: 3}}


def _at(price_minor, *, stock):
    return listing(1, stock=stock)._replace(price_minor=price_minor)


def _plan(wanted, *, spare):
    return plan(wanted, rank(wanted, WEIGHTS), ceiling=TEN, spare=spare)
