"""What people are told about money: statements, ageing, standings, and whether the books agree."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from core.credit import queries, service
from core.credit.kinds import PaidState, PaymentMethod, PostingKind
from core.credit.models import CreditAccount, CreditHold, Entry, LedgerAccount, OpenDebt, Posting
from core.credit.policy import Bucket
from core.credit.queries.check import Difference, LedgerCheck
from core.money import ZERO, rupees
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    TODAY,
    days,
    deliver,
    deliver_for_cash,
    delivery,
    line,
    owed,
    pay,
    place_order,
    retailer_actor,
    vendor_actor,
)


def test_a_statement_runs_to_the_paisa_from_the_balance_before(session, parties):
    old = deliver(session, parties, "100.10", at=NOW - days(10))
    bought = deliver(session, parties, "200.25", at=NOW - days(5))
    pay(session, parties.asha, "150.05", reference="E1", at=NOW - days(4))
    deliver_for_cash(session, parties, 40, received=True, at=NOW - days(3))
    deliver(session, parties, 999, at=NOW)

    statement = queries.statement(session, parties.asha, start=TODAY - days(5), end=TODAY - days(3))

    assert statement.opening == rupees("100.10")
    assert [
        (row.kind, row.debit.rupees, row.credit.rupees, row.balance.rupees) for row in statement.lines
    ] == [
        (PostingKind.DELIVERY, Decimal("200.25"), Decimal(0), Decimal("300.35")),
        (PostingKind.PAYMENT, Decimal(0), Decimal("150.05"), Decimal("150.30")),
        (PostingKind.DELIVERY, Decimal(40), Decimal(0), Decimal("190.30")),
        (PostingKind.PAYMENT, Decimal(0), Decimal(40), Decimal("150.30")),
    ]
    assert (statement.debits, statement.credits, statement.closing) == (
        rupees("240.25"),
        rupees("190.05"),
        rupees("150.30"),
    )
    assert statement.lines[0].facts["invoice"] == bought.number
    assert statement.lines[1].facts["reference"] == "E1"
    assert owed(session, old) == ZERO


def test_a_statement_ends_at_midnight_in_kathmandu(session, parties):
    last_minute = dt.datetime(2026, 11, 22, 18, 14, tzinfo=dt.UTC)
    deliver(session, parties, 1, at=last_minute)
    deliver(session, parties, 2, at=last_minute + dt.timedelta(minutes=1))

    assert queries.statement(session, parties.asha, start=TODAY, end=TODAY).closing == rupees(1)
    assert queries.statement(
        session, parties.asha, start=TODAY + days(1), end=TODAY + days(1)
    ).opening == rupees(1)


def test_paid_ahead_makes_the_balance_negative_and_using_it_is_no_line(session, parties):
    pay(session, parties.asha, 500)
    deliver(session, parties, 300)

    statement = queries.statement(session, parties.asha, start=TODAY, end=TODAY)

    assert [(row.kind, row.balance) for row in statement.lines] == [
        (PostingKind.PAYMENT, rupees(-500)),
        (PostingKind.DELIVERY, rupees(-200)),
    ]


def test_a_statement_without_movements_keeps_its_balance(session, parties):
    deliver(session, parties, 300, at=NOW - days(9))

    statement = queries.statement(session, parties.asha, start=TODAY, end=TODAY)

    assert (statement.opening, statement.lines, statement.closing) == (rupees(300), (), rupees(300))


def test_debts_are_sorted_into_buckets_by_days_past_due(session, parties):
    for late, amount in ((0, 1), (1, 2), (30, 4), (31, 8), (60, 16), (61, 32), (90, 64), (91, 128)):
        # Due 30 days after the delivery.
        deliver(session, parties, amount, at=NOW - days(30 + late))
    session.commit()
    deliver_for_cash(session, parties, 5, received=False, retailer=parties.bina, at=NOW - days(2))

    worst, other = queries.ageing(session, None, on=TODAY)

    assert (worst.retailer_id, worst.total, worst.oldest_days_past_due) == (parties.asha, rupees(255), 91)
    assert worst.buckets == {
        Bucket.CURRENT: rupees(1),
        Bucket.TO_30: rupees(6),
        Bucket.TO_60: rupees(24),
        Bucket.TO_90: rupees(96),
        Bucket.OVER_90: rupees(128),
    }
    assert (other.retailer_id, other.buckets[Bucket.TO_30]) == (parties.bina, rupees(5))
    assert queries.ageing(session, parties.bina, on=TODAY) == [other]


def test_the_age_of_debts_on_a_past_day_is_what_the_ledger_knew_then(session, parties):
    deliver(session, parties, 100, at=NOW - days(50))
    pay(session, parties.asha, 30, at=NOW - days(15))
    second = deliver(session, parties, 200, at=NOW - days(12))
    pay(session, parties.asha, 250, at=NOW - days(2))
    service.write_off(
        session,
        second.id,
        amount=rupees(10),
        reason="gone",
        idempotency_key="w",
        approver=ADMIN,
        now=NOW - days(1),
    )
    session.commit()
    deliver_for_cash(session, parties, 40, received=False, retailer=parties.bina, at=NOW - days(45))

    for back in range(55):
        day = TODAY - days(back)
        for shop in (parties.asha, parties.bina):
            then = queries.ageing(session, shop, on=day)
            closing = queries.statement(session, shop, start=day, end=day).closing
            assert sum((one.total for one in then), ZERO) == closing, (back, shop)

    everybody = queries.ageing(session, None, on=TODAY - days(15))
    assert [(one.retailer_id, one.total, one.oldest_days_past_due) for one in everybody] == [
        (parties.bina, rupees(40), 30),
        (parties.asha, rupees(70), 5),
    ]
    assert everybody[1].buckets[Bucket.TO_30] == rupees(70)
    assert queries.ageing(session, None, on=TODAY - days(51)) == []


def test_a_standing_says_what_is_late_and_what_is_next(session, parties):
    deliver(session, parties, 100, at=NOW - days(42))
    deliver(session, parties, 200, at=NOW - days(20))
    deliver(session, parties, 300, at=NOW - days(20), vendor=parties.himal)
    deliver(session, parties, 400, at=NOW - days(1))
    service.place_hold(
        session,
        order_id=place_order(session, parties.asha),
        retailer_id=parties.asha,
        amount=rupees(1_000),
        now=NOW,
    )

    assert queries.standing(session, parties.asha, now=NOW) == queries.Standing(
        limit=rupees(10_000),
        posted=rupees(1_000),
        held=rupees(1_000),
        available=rupees(8_000),
        cash_due=ZERO,
        prepaid=ZERO,
        overdue=rupees(100),
        oldest_days_past_due=12,
        next_due_on=TODAY + days(10),
        next_due_amount=rupees(500),
    )


def test_a_shop_we_never_dealt_with_owes_nothing(session, parties):
    standing = queries.standing(session, parties.bina, now=NOW)

    assert (standing.limit, standing.owed, standing.next_due_on, standing.next_due_amount) == (
        ZERO,
        ZERO,
        None,
        ZERO,
    )


def test_the_payment_status_of_an_order_follows_the_ledger(session, parties):
    order_id = place_order(session, parties.asha)
    assert queries.paid_state_of_order(session, order_id, today=TODAY) is None
    service.place_hold(session, order_id=order_id, retailer_id=parties.asha, amount=rupees(300), now=NOW)
    for vendor, amount in ((parties.everest, 100), (parties.himal, 200)):
        goods = delivery(
            session,
            parties,
            retailer=parties.asha,
            vendor=vendor,
            order_id=order_id,
            lines=[line(parties.rice, 1, amount)],
        )
        service.post_delivery(session, goods, actor=vendor_actor(vendor), now=NOW)

    def state(today=TODAY):
        return queries.paid_state_of_order(session, order_id, today=today)

    assert state() is PaidState.UNPAID
    pay(session, parties.asha, 100)
    assert (state(), state(TODAY + days(31))) == (PaidState.PART_PAID, PaidState.OVERDUE)
    pay(session, parties.asha, 200)
    assert (state(), state(TODAY + days(31))) == (PaidState.PAID, PaidState.PAID)


def test_admins_page_through_claims(session, parties):
    claims = [
        service.claim_payment(
            session,
            retailer_id=parties.asha,
            method=PaymentMethod.ESEWA,
            reference=f"R{number}",
            amount=rupees(1),
            actor=retailer_actor(parties.asha),
            now=NOW,
        )
        for number in range(3)
    ]

    first = queries.list_claims(session, limit=2)

    assert first == [claims[2], claims[1]]
    assert queries.list_claims(session, after_id=first[-1].id, limit=2) == [claims[0]]


@pytest.fixture
def wounded(session, parties):
    """What the check finds stays inside a savepoint, so that the books agree again for the fixture's own check."""
    deliver(session, parties, 1_000)
    savepoint = session.begin_nested()
    yield session
    savepoint.rollback()


@pytest.mark.parametrize(
    ("checked", "cache", "cached", "actual"),
    [
        (LedgerCheck.POSTED, CreditAccount.posted_minor, 99_999, 100_000),
        (LedgerCheck.HELD, CreditAccount.held_minor, 5, 0),
    ],
)
def test_a_cache_that_drifted_is_found(wounded, parties, checked, cache, cached, actual):
    session = wounded
    account_id = session.scalar(
        update(CreditAccount)
        .where(CreditAccount.retailer_id == parties.asha)
        .values({cache: cached})
        .returning(CreditAccount.id)
    )

    found = queries.find_differences(session)

    assert [(one.checked, one.subject_id, one.cached.minor, one.actual.minor) for one in found] == [
        (checked, account_id, cached, actual)
    ]


@pytest.mark.parametrize(("kept", "told"), [(4_000, 4_000), (None, 0)])
def test_an_open_debt_that_is_not_its_entries_is_found(wounded, parties, kept, told):
    session = wounded
    invoice = deliver(session, parties, 50, at=NOW)
    of_invoice = OpenDebt.invoice_id == invoice.id
    session.execute(
        delete(OpenDebt).where(of_invoice)
        if kept is None
        else update(OpenDebt).where(of_invoice).values(amount_minor=kept)
    )

    found = queries.find_differences(session)

    assert [(one.checked, one.subject_id, one.cached.minor, one.actual.minor) for one in found] == [
        (LedgerCheck.OPEN_DEBT, invoice.id, told, 5_000)
    ]


def test_a_debt_that_belongs_to_no_invoice_is_found(wounded, parties):
    session = wounded
    posting = Posting(
        idempotency_key="by hand", kind=PostingKind.ADJUSTMENT, memo={}, actor="somebody", at=NOW
    )
    session.add(posting)
    session.flush()
    receivable = session.scalars(
        select(LedgerAccount).where(
            LedgerAccount.kind == "receivable", LedgerAccount.retailer_id == parties.asha
        )
    ).one()
    session.add(Entry(posting_id=posting.id, account_id=receivable.id, amount_minor=700))

    found = queries.find_differences(session)

    assert {one.checked for one in found} == {LedgerCheck.POSTED, LedgerCheck.POSTING, LedgerCheck.RECEIVABLE}
    assert (
        Difference(checked=LedgerCheck.RECEIVABLE, subject_id=parties.asha, cached=ZERO, actual=rupees(7))
        in found
    )


def test_a_hold_whose_parts_have_no_movements_is_found(wounded, parties):
    session = wounded
    hold_id = session.scalar(
        update(CreditHold)
        .values(amount_minor=CreditHold.amount_minor + 1, released_minor=CreditHold.released_minor + 1)
        .returning(CreditHold.id)
    )

    assert queries.find_differences(session) == [
        Difference(
            checked=LedgerCheck.HOLD_PARTS, subject_id=hold_id, cached=rupees("1000.01"), actual=rupees(1_000)
        )
    ]
