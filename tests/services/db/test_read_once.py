"""What one transaction reads once: rows under its lock, settings. And when it reads them again."""

import datetime as dt

import pytest
from sqlalchemy import text, update

from core.actor import SYSTEM
from core.db.locks import LockRank, lock
from core.orders.settings import OrderSettings
from core.parties import service as parties
from core.parties.models import Contact
from core.settings import service as settings

NOW = dt.datetime(2026, 11, 25, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def asha(fresh_database):
    with fresh_database.database.transaction() as session:
        address = ["whatsapp:+9779841000001"]
        contact = parties.contact_for(
            session, channel="whatsapp", addresses=address, profile_name="Asha", now=NOW
        )
        return contact.id


def named(session, contact_id):
    return lock(session, Contact, contact_id, LockRank.CONTACT).name


def test_lock_given_back_with_an_undone_step_is_taken_and_read_again(fresh_database, asha):
    database = fresh_database.database

    with database.transaction() as session:
        step = session.begin_nested()
        before = named(session, asha)
        step.rollback()
        with database.transaction() as other:
            lock(other, Contact, asha, LockRank.CONTACT).name = "Asha Devi"
        after = named(session, asha)

    assert (before, after) == ("Asha", "Asha Devi")


def test_locked_row_keeps_a_change_that_is_not_written_yet(fresh_database, asha):
    with fresh_database.database.transaction() as session:
        lock(session, Contact, asha, LockRank.CONTACT).name = "Asha Devi"

        assert named(session, asha) == "Asha Devi"


@pytest.mark.parametrize(
    "change",
    [
        text("UPDATE contacts SET name = 'Asha Devi'"),
        update(Contact).values(name="Asha Devi").execution_options(synchronize_session=False),
    ],
    ids=["words", "statement"],
)
def test_locked_row_that_a_statement_changed_is_read_again(fresh_database, asha, change):
    with fresh_database.database.transaction() as session:
        before = named(session, asha)
        session.execute(change)
        after = named(session, asha)

    assert (before, after) == ("Asha", "Asha Devi")


def test_settings_that_another_admin_changes_count_from_the_next_transaction_on(fresh_database):
    database = fresh_database.database

    with database.transaction() as session:
        before = settings.current(session, OrderSettings)
        with database.transaction() as other:
            change(other)
        within = settings.current(session, OrderSettings)
    with database.transaction() as session:
        after = settings.current(session, OrderSettings)

    assert (before.version, within.version, after.version) == (0, 0, 1)
    assert after.values.basket_idle_hours == 1


def test_changed_settings_count_at_once_where_they_were_changed_and_not_when_that_is_undone(fresh_database):
    with fresh_database.database.transaction() as session:
        step = session.begin_nested()
        change(session)
        changed = settings.current(session, OrderSettings).version
        step.rollback()

        assert (changed, settings.current(session, OrderSettings).version) == (1, 0)


def change(session):
    settings.change(
        session, OrderSettings, {"basket_idle_hours": 1}, seen_version=0, reason="test", actor=SYSTEM, now=NOW
    )
