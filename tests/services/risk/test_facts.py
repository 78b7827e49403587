"""What the ledger says of a shop's payments: days late, paid in time, what doesn't count."""

import datetime as dt

from sqlalchemy import event

from core.credit import service
from core.credit.kinds import PaymentMethod
from core.money import rupees
from core.risk.queries.facts import gather_facts
from core.risk.settings import CreditScoreSettings
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    TODAY,
    days,
    deliver,
    deliver_for_cash,
    more_shops,
    pay,
    retailer_actor,
    vendor_actor,
)


def facts_of(session, retailer_id, now=NOW):
    (found,) = gather_facts(session, [retailer_id], CreditScoreSettings(), now=now)
    return found


def test_a_bill_that_is_not_due_yet_says_nothing(session, parties):
    deliver(session, parties, 1_000, at=NOW - days(30))

    found = facts_of(session, parties.asha)

    assert (found.payments.invoices, found.overdue) == (0, rupees(0))
    assert found.has_delivery


def test_what_is_paid_before_its_day_counts_at_once(session, parties):
    deliver(session, parties, 1_000, at=NOW - days(3))
    pay(session, parties.asha, 1_000, at=NOW)

    payments = facts_of(session, parties.asha).payments

    assert (payments.invoices, payments.due, payments.paid_in_time) == (1, rupees(1_000), rupees(1_000))
    # Its day has not passed, so it is none of the due ones.
    assert (payments.recent, payments.newest) == (0, ())


def test_a_bill_paid_in_two_parts_is_late_until_the_second(session, parties):
    invoice = deliver(session, parties, 1_000, at=NOW - days(60))
    pay(session, parties.asha, 400, at=NOW - days(30))
    pay(session, parties.asha, 600, at=NOW - days(20))

    payments = facts_of(session, parties.asha).payments

    assert (payments.paid_in_time, payments.days_late) == (rupees(400), 10)
    assert [(one.invoice_id, one.days_late) for one in payments.newest] == [(invoice.id, 10)]
    assert payments.last_delay_on == TODAY - days(30)


def test_an_unpaid_bill_is_late_to_date(session, parties):
    deliver(session, parties, 1_000, at=NOW - days(45))

    found = facts_of(session, parties.asha)

    assert (found.payments.days_late, found.payments.recent_late) == (15, 1)
    assert (found.overdue, found.oldest_days_past_due) == (rupees(1_000), 15)


def test_a_claim_counts_from_the_day_it_was_made(session, parties):
    deliver(session, parties, 1_000, at=NOW - days(40))
    claim = service.claim_payment(
        session,
        retailer_id=parties.asha,
        method=PaymentMethod.ESEWA,
        reference="AB1",
        amount=rupees(1_000),
        actor=retailer_actor(parties.asha),
        now=NOW - days(10),
    )
    assert facts_of(session, parties.asha).has_open_dispute

    service.confirm_claim(session, claim.id, actor=vendor_actor(parties.everest), now=NOW)

    found = facts_of(session, parties.asha)
    assert (found.payments.days_late, found.payments.paid_in_time) == (0, rupees(1_000))
    assert not found.has_open_dispute


def test_a_bounced_cheque_never_paid(session, parties):
    deliver(session, parties, 1_000, at=NOW - days(40))
    cheque = pay(session, parties.asha, 1_000, method="cheque", at=NOW - days(20))
    service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW - days(18))
    assert facts_of(session, parties.asha).payments.days_late == 0

    service.bounce_cheque(session, cheque.id, reason="no funds", actor=ADMIN, now=NOW)

    assert facts_of(session, parties.asha).payments.days_late == 10


def test_cash_on_delivery_is_no_bill_on_credit(session, parties):
    deliver_for_cash(session, parties, 700, received=True, at=NOW - days(60))

    found = facts_of(session, parties.asha)

    assert (found.payments.invoices, found.has_delivery) == (0, True)


def test_facts_take_three_statements_however_many_retailers(session, parties):
    shops = more_shops(session, 20)
    session.flush()
    statements = []

    def count(*sent):
        statements.append(sent[2])

    event.listen(session.get_bind(), "before_cursor_execute", count)
    gather_facts(session, [parties.asha, *shops], CreditScoreSettings(), now=NOW)
    event.remove(session.get_bind(), "before_cursor_execute", count)

    assert len(statements) == 3


def test_a_shop_that_is_not_approved_is_not_judged(session, parties):
    found = gather_facts(session, [parties.asha, parties.bina], CreditScoreSettings(), now=NOW)

    assert [one.retailer_id for one in found] == [parties.asha]


def test_the_age_of_an_account_begins_with_its_approval(session, parties):
    assert facts_of(session, parties.asha).approved_on == TODAY - dt.timedelta(days=800)
