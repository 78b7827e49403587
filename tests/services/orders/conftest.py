import pytest

from core.db.session import Database
from core.money import rupees
from tests.market import Market


@pytest.fixture
def market(database: Database) -> Market:
    return Market(database)


@pytest.fixture
def deal(market):
    """A shop, a wholesaler, and noodles at Rs. 20."""
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.listing = market.sells(vendor, noodles, price=rupees(20), stock_of=100)
    return shop, vendor, noodles
