"""A small simulated city: it lives through the real use cases, and its books agree at the end."""

from sqlalchemy.orm import sessionmaker

from core.db.session import Database
from core.orders.checks import find_differences
from core.outbox.service import HISTORY
from core.seeds.city import seasons
from core.seeds.city.living import live
from core.seeds.city.measures import decisions_digest, measure
from core.seeds.city.town import CityPlan, build
from tests.databases import cloned

PLAN = CityPlan(seed=7, vendors=10, retailers=12, days=5)


def test_books_agree_and_the_seed_repeats_every_decision(servers, template):
    lives = []
    for _ in range(2):
        with cloned(servers.database_url, template) as clone:
            database = Database(sessionmaker(clone.engine, expire_on_commit=False, info=HISTORY))
            live(build(database, PLAN))
            with database.transaction() as session:
                assert find_differences(session) == []
                found = measure(session, since=seasons.at(PLAN.starts_on, 0))
                lives.append((found, decisions_digest(session)))

    (measured, decided), again = lives
    assert again == (measured, decided)
    assert measured.orders >= 5
    assert 0 < measured.in_full_on_time <= measured.in_full <= measured.filled <= 1
    assert 0.8 < measured.paid_of_market < 1.3
