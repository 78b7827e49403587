"""Two people of a vendor who agree own prices at the same moment never leave a shop with two for one day."""

import threading

import pytest
from sqlalchemy import select

from core.clock import business_date
from core.money import rupees
from core.pricing import service as pricing
from core.pricing.errors import PriceListsOverlap
from core.pricing.models import PriceListLine
from tests.market import MONDAY, Market

TODAY = business_date(MONDAY)
PEOPLE = 6


@pytest.fixture
def market(fresh_database):
    return Market(fresh_database.database)


def test_one_of_many_price_lists_written_at_once_wins(market):
    shop, vendor = market.shop(), market.wholesaler()
    listings = [market.sells(vendor, market.product(sku), price=rupees(100)) for sku in ("TEA", "SUGAR")]
    start = threading.Barrier(PEOPLE)
    results = [None] * PEOPLE

    def agree(number):
        order = listings if number % 2 else listings[::-1]
        facts = pricing.PriceListFacts(
            starts_on=TODAY, prices={listing: rupees(90 + number) for listing in order}
        )
        start.wait()
        try:
            results[number] = market.do(
                pricing.create_price_list,
                facts,
                vendor_id=vendor.id,
                retailer_id=shop.id,
                actor=vendor.owner,
            ).id
        except PriceListsOverlap as refused:
            results[number] = refused.code

    people = [threading.Thread(target=agree, args=[number]) for number in range(PEOPLE)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert results.count("price_lists_overlap") == PEOPLE - 1
    (won,) = [result for result in results if isinstance(result, int)]
    lines = market.look(lambda session: session.execute(select(PriceListLine.price_list_id)).all())
    assert [row.price_list_id for row in lines] == [won, won]
