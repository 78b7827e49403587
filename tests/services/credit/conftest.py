import pytest

from core.credit import service
from core.money import rupees
from tests.services.credit import cast as people


@pytest.fixture
def cast(session):
    """Asha with a limit of 10,000, Bina with none; the books must agree after every test."""
    hired = people.hire(session)
    service.open_account(session, hired.asha, limit=rupees(10_000), actor=people.ADMIN, now=people.NOW)
    session.commit()
    yield hired
    people.check_books(session)
