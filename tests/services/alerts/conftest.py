import pytest

from core.db.session import Database
from tests.market import Market


@pytest.fixture
def market(database: Database) -> Market:
    return Market(database)
