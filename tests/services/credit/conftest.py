import pytest

from core.credit import service
from core.money import rupees
from tests.services.credit import parties as people


@pytest.fixture
def parties(session):
    """Asha with a limit of 10,000, Bina with none; the books must agree after every test."""
    made = people.create_parties(session)
    service.open_account(session, made.asha, limit=rupees(10_000), actor=people.ADMIN, now=people.NOW)
    session.commit()
    yield made
    people.check_books(session)
