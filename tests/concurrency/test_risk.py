"""Risk control by several at once: the hourly job, a payment's own look, and admins who undo."""

import threading

import pytest
from sqlalchemy import func, select

from core.credit import queries, service
from core.credit.models import CreditAccount
from core.money import rupees
from core.parties.service import approve_retailer
from core.risk.errors import ActionEnded
from core.risk.kinds import ActionKind
from core.risk.models import PaymentReminder, RiskAction
from core.risk.service import checking, collections
from core.risk.service.actions import undo_cut
from tests.services.credit import parties as people
from tests.services.credit.parties import ADMIN, NOW, days, deliver, pay

AT_ONCE = 6


@pytest.fixture
def database(fresh_database):
    yield fresh_database.database
    with fresh_database.database.transaction() as session:
        assert queries.find_differences(session) == []


@pytest.fixture
def shops(database):
    """Asha paid three bills five days late and owes one that is due; Bina has a bill that stopped its credit."""
    with database.transaction() as session:
        made = people.create_parties(session)
        for shop in (made.asha, made.bina):
            approve_retailer(session, shop, actor=ADMIN, now=NOW - days(400))
        for shop in (made.asha, made.bina):
            service.open_account(session, shop, limit=rupees(100_000), actor=ADMIN, now=NOW)
        for place in range(3):
            deliver(session, made, 1_000, at=NOW - days(80 - place))
        pay(session, made.asha, 3_000, at=NOW - days(43))
        deliver(session, made, 700, at=NOW - days(30))
        deliver(session, made, 1_000, retailer=made.bina, at=NOW - days(61))
    return made


def at_once(database, work):
    """Run *work* in transactions of their own at the same moment: what each returned or was refused with."""
    barrier, results = threading.Barrier(AT_ONCE), [None] * AT_ONCE

    def run(number):
        barrier.wait(timeout=10)
        try:
            with database.transaction() as session:
                results[number] = work(session)
        except ActionEnded as refused:
            results[number] = refused

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return results


def test_the_same_delays_cut_once_and_a_block_is_told_once(database, shops):
    at_once(database, lambda session: len(checking.check(session, [shops.asha, shops.bina], now=NOW)))

    with database.transaction() as session:
        done = session.scalars(select(RiskAction).order_by(RiskAction.kind)).all()
        assert [action.kind for action in done] == [ActionKind.CREDIT_BLOCKED, ActionKind.LIMIT_CUT]
        limit = select(CreditAccount.limit_minor).where(CreditAccount.retailer_id == shops.asha)
        assert session.scalar(limit) == 7_500_000
        told = [*people.events(session, "CreditLimitCut"), *people.events(session, "CreditBlocked")]
        assert len(told) == 2


def test_a_cut_is_undone_once(database, shops):
    with database.transaction() as session:
        checking.check(session, [shops.asha], now=NOW)
        cut = session.scalars(select(RiskAction.id)).one()

    results = at_once(
        database, lambda session: undo_cut(session, cut, reason="wrong", actor=ADMIN, now=NOW).id
    )

    assert sum(isinstance(result, ActionEnded) for result in results) == AT_ONCE - 1
    with database.transaction() as session:
        limit = select(CreditAccount.limit_minor).where(CreditAccount.retailer_id == shops.asha)
        assert session.scalar(limit) == 10_000_000


def test_a_shop_is_reminded_once_a_day(database, shops):
    results = at_once(
        database, lambda session: collections.remind(session, [shops.asha, shops.bina], now=NOW)
    )

    assert sum(results) == 1
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(PaymentReminder)) == 1


def test_limits_are_cut_whichever_account_was_opened_first(database):
    with database.transaction() as session:
        made = people.create_parties(session)
    for shop in (made.bina, made.asha):
        with database.transaction() as session:
            approve_retailer(session, shop, actor=ADMIN, now=NOW - days(400))
            service.open_account(session, shop, limit=rupees(40_000), actor=ADMIN, now=NOW)
        with database.transaction() as session:
            for place in range(3):
                deliver(session, made, 1_000, retailer=shop, at=NOW - days(80 - place))

    with database.transaction() as session:
        checking.check(session, [made.asha, made.bina], now=NOW)

    with database.transaction() as session:
        cut = select(func.count()).where(RiskAction.kind == ActionKind.LIMIT_CUT)
        assert session.scalar(cut) == 2
