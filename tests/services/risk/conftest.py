import pytest

from core.credit import service
from core.money import rupees
from core.parties.service import approve_retailer
from tests.services.credit import parties as people

LONG_AGO = people.NOW - people.days(800)


@pytest.fixture
def parties(session):
    """Asha with a limit of 100,000, approved long ago; the books must agree after every test."""
    made = people.create_parties(session)
    approve_retailer(session, made.asha, actor=people.SYSTEM, now=LONG_AGO)
    service.open_account(session, made.asha, limit=rupees(100_000), actor=people.ADMIN, now=people.NOW)
    session.commit()
    yield made
    people.check_books(session)
