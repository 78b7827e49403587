"""The ledger's own promises: once per key, balanced, never changed; kept by the database as well."""

import pytest
from sqlalchemy import func, select, text

from core.credit import queries
from core.credit.errors import AccountOpenAlready, IdempotencyKeyReused
from core.credit.kinds import PostingKind
from core.credit.models import Entry, LedgerAccount, Posting
from core.credit.service import change_limit, ledger, open_account
from core.errors import NotAllowed, NotFound
from core.money import Money, rupees
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    check_books,
    deliver,
    pay,
    refused_by_database,
    retailer_actor,
)


def post(session, parties, amount=5, *, key="k1", also=0):
    return ledger.post(
        session,
        key,
        kind=PostingKind.SETTLEMENT,
        lines=[
            ledger.debit(ledger.payable(parties.everest), rupees(amount)),
            ledger.credit(ledger.ADJUSTMENT, rupees(amount + also)),
        ],
        memo={},
        actor=ADMIN,
        now=NOW,
    )


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_key_is_posted_once(session, parties):
    assert post(session, parties) == post(session, parties)

    assert (count(session, Posting), count(session, Entry)) == (1, 2)
    with pytest.raises(IdempotencyKeyReused):
        post(session, parties, 6)
    assert count(session, Posting) == 1


def test_an_account_is_made_once(session, parties):
    post(session, parties, key="k1")
    post(session, parties, key="k2")

    assert count(session, LedgerAccount) == 2


def test_the_database_refuses_a_posting_that_does_not_balance(session, parties):
    with refused_by_database(session, "sum to"):
        post(session, parties, 5, also=1)

    assert count(session, Posting) == 0


def test_the_database_refuses_a_posting_without_entries(session, parties):
    with refused_by_database(session, "has 0 entries"):
        ledger.post(session, "empty", kind=PostingKind.SETTLEMENT, lines=[], memo={}, actor=ADMIN, now=NOW)

    assert count(session, Posting) == 0


@pytest.mark.parametrize(
    "change",
    [
        f"{verb} {table} {rest}"
        for table in (
            "postings",
            "entries",
            "invoices",
            "invoice_lines",
            "hold_movements",
            "payment_applications",
        )
        for verb, rest in (("UPDATE", "SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", "CASCADE"))
    ],
)
def test_the_books_cannot_be_rewritten(session, parties, change):
    deliver(session, parties, 100)
    pay(session, parties.asha, 100)

    # TRUNCATE would refuse the waiting balance checks before it asks the trigger.
    check_books(session)

    with refused_by_database(session, "is append-only"):
        session.execute(text(change))


def test_the_database_knows_who_owns_which_account(session, parties):
    with refused_by_database(session, "owner_fits_kind"):
        session.add(LedgerAccount(kind="receivable", vendor_id=parties.everest))


def test_what_is_not_there_is_not_reversed(session, parties):
    with pytest.raises(NotFound):
        ledger.reverse(session, 0, key="r", reason="?", approver=ADMIN, now=NOW)


def test_an_account_is_opened_once_and_then_changed(session, parties):
    opened = open_account(session, parties.asha, limit=rupees(10_000), actor=ADMIN, now=NOW)
    with pytest.raises(AccountOpenAlready):
        open_account(session, parties.asha, limit=rupees(20_000), actor=ADMIN, now=NOW)
    assert opened.limit_minor == 1_000_000

    change_limit(session, parties.asha, limit=rupees(20_000), reason="pays well", actor=ADMIN, now=NOW)

    assert queries.standing(session, parties.asha, now=NOW).limit == rupees(20_000)
    audited = session.execute(
        text("SELECT before, after, reason FROM audit_entries WHERE action = 'credit_limit_changed'")
    ).one()
    assert tuple(audited) == ({"limit_minor": 1_000_000}, {"limit_minor": 2_000_000}, "pays well")


def test_only_admins_set_limits(session, parties):
    with pytest.raises(NotAllowed):
        change_limit(
            session, parties.asha, limit=Money(1), reason="more", actor=retailer_actor(parties.asha), now=NOW
        )

    assert queries.standing(session, parties.asha, now=NOW).limit == rupees(10_000)
