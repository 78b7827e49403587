"""Payments pay the oldest invoice first; what is left over stays; cheques clear or bounce."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.actor import Actor, ActorKind, Via
from core.credit import queries, service
from core.credit.errors import (
    AmountNotPositive,
    ChequeNotOpen,
    IdempotencyKeyReused,
    ReferenceMissing,
    ReferenceTaken,
)
from core.credit.kinds import PaymentMethod, PaymentStatus
from core.credit.models import Payment, PaymentApplication, Posting
from core.errors import NotAllowed, NotFound
from core.money import ZERO, rupees
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    balances,
    days,
    deliver,
    deliver_for_cash,
    events,
    owed,
    pay,
    retailer_actor,
    vendor_actor,
)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def applied(session, payment):
    rows = session.execute(
        select(PaymentApplication.invoice_id, PaymentApplication.amount_minor)
        .where(PaymentApplication.payment_id == payment.id)
        .order_by(PaymentApplication.id)
    )
    return [tuple(row) for row in rows]


def test_the_oldest_invoice_is_paid_first(session, parties):
    newer = deliver(session, parties, 400, at=NOW)
    older = deliver(session, parties, 300, vendor=parties.himal, at=NOW - days(3))

    payment = pay(session, parties.asha, 500)

    assert (owed(session, older), owed(session, newer)) == (ZERO, rupees(200))
    assert applied(session, payment) == [(older.id, 30_000), (newer.id, 20_000)]
    assert queries.standing(session, parties.asha, now=NOW).posted == rupees(200)


def test_an_invoice_that_the_reference_names_is_paid_first(session, parties):
    deliver(session, parties, 300, at=NOW - days(3))
    newer = deliver(session, parties, 400)

    payment = pay(session, parties.asha, 400, method="bank_transfer", reference=" 2083/84-00002 ")

    assert applied(session, payment) == [(newer.id, 40_000)]


def test_a_payment_for_an_invoice_goes_there_first(session, parties):
    older = deliver(session, parties, 300, at=NOW - days(3))
    newer = deliver(session, parties, 400)

    payment = pay(session, parties.asha, 500, invoice_id=newer.id)

    assert applied(session, payment) == [(newer.id, 40_000), (older.id, 10_000)]


def test_money_that_reached_a_vendor_is_on_its_account(session, parties):
    deliver(session, parties, 1_000)

    pay(session, parties.asha, 600, vendor_id=parties.himal)

    assert balances(session) == {
        ("receivable", parties.asha): Decimal(400),
        ("payable", parties.everest): Decimal(-980),
        ("payable", parties.himal): Decimal(600),
        ("commission", None): Decimal(-20),
    }


def test_an_overpayment_stays_as_paid_ahead(session, parties):
    invoice = deliver(session, parties, 1_000)

    pay(session, parties.asha, 1_500)

    assert owed(session, invoice) == ZERO
    standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.posted, standing.prepaid, standing.available) == (ZERO, rupees(500), rupees(10_000))


def test_one_payment_pays_cash_due_and_credit_alike(session, parties):
    credit = deliver(session, parties, 300, at=NOW - days(2))
    cash = deliver_for_cash(session, parties, 200, received=False, at=NOW - days(1))

    pay(session, parties.asha, 450)

    assert (owed(session, credit), owed(session, cash)) == (ZERO, rupees(50))


def test_the_same_payment_recorded_twice_is_posted_once(session, parties):
    facts = {
        "retailer_id": parties.asha,
        "method": PaymentMethod.KHALTI,
        "reference": "K1",
        "amount": rupees(100),
        "idempotency_key": "press-1",
        "actor": ADMIN,
        "now": NOW,
    }
    first = service.record_payment(session, **facts)

    again = service.record_payment(session, **facts)

    assert again is first
    assert queries.prepaid(session, parties.asha) == rupees(100)
    with pytest.raises(IdempotencyKeyReused):
        service.record_payment(session, **facts | {"amount": rupees(101)})
    assert queries.prepaid(session, parties.asha) == rupees(100)


def test_a_reference_pays_once_whatever_its_case_and_spaces(session, parties):
    pay(session, parties.asha, 100, reference="Ab 12 c")

    with pytest.raises(ReferenceTaken):
        pay(session, parties.asha, 100, reference="AB12C")

    assert count(session, Payment) == 1
    assert queries.prepaid(session, parties.asha) == rupees(100)
    assert pay(session, parties.asha, 100, method="khalti", reference="AB12C").status is PaymentStatus.POSTED


@pytest.mark.parametrize(
    ("_case", "facts", "error"),
    [
        ("no reference", {"reference": "  ", "amount": rupees(1)}, ReferenceMissing),
        ("nothing", {"reference": "A1", "amount": ZERO}, AmountNotPositive),
        ("less than nothing", {"reference": "A1", "amount": rupees(-5)}, AmountNotPositive),
    ],
)
def test_what_is_no_payment_is_refused(session, parties, _case, facts, error):
    with pytest.raises(error):
        service.record_payment(
            session,
            retailer_id=parties.asha,
            method=PaymentMethod.ESEWA,
            idempotency_key="x",
            actor=ADMIN,
            now=NOW,
            **facts,
        )

    assert count(session, Payment) == 0


def test_only_an_admin_records_payments(session, parties):
    for actor in (retailer_actor(parties.asha), vendor_actor(parties.everest)):
        with pytest.raises(NotAllowed):
            service.record_payment(
                session,
                retailer_id=parties.asha,
                method=PaymentMethod.CASH,
                reference=None,
                amount=rupees(1),
                idempotency_key="x",
                actor=actor,
                now=NOW,
            )

    assert count(session, Payment) == 0


def test_a_cheque_pays_nothing_until_it_clears(session, parties):
    invoice = deliver(session, parties, 1_000)

    cheque = pay(session, parties.asha, 1_000, method="cheque")

    assert (cheque.status, owed(session, invoice)) == (PaymentStatus.AWAITING_CLEARANCE, rupees(1_000))
    assert events(session, "PaymentPosted") == []

    for _ in range(2):
        service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW + days(3))

    assert (cheque.status, owed(session, invoice)) == (PaymentStatus.POSTED, ZERO)
    assert len(events(session, "PaymentPosted")) == 1


def test_a_cheque_for_an_invoice_remembers_it_until_it_clears(session, parties):
    deliver(session, parties, 300, at=NOW - days(3))
    newer = deliver(session, parties, 400)
    cheque = pay(session, parties.asha, 400, method="cheque", invoice_id=newer.id)

    service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW + days(2))

    assert applied(session, cheque) == [(newer.id, 40_000)]
    assert queries.paid_by(session, cheque.id) == [
        queries.PaidInvoice(invoice_id=newer.id, number="2083/84-00002", amount=rupees(400))
    ]


def test_another_shops_invoice_or_an_unknown_payee_is_refused(session, parties):
    invoice = deliver(session, parties, 300)
    session.commit()

    for retailer, names in (
        (parties.bina, {"invoice_id": invoice.id}),
        (parties.asha, {"vendor_id": 0}),
        (0, {}),
    ):
        with pytest.raises(NotFound):
            pay(session, retailer, 300, **names)

    assert count(session, Payment) == 0


def test_invoices_and_payments_are_shown_to_their_parties_only(session, parties):
    invoice = deliver(session, parties, 300)
    payment = pay(session, parties.asha, 300, vendor_id=parties.everest)

    for actor in (ADMIN, retailer_actor(parties.asha), vendor_actor(parties.everest)):
        assert queries.get_invoice(session, invoice.id, actor=actor) is invoice
        assert queries.get_payment(session, payment.id, actor=actor) is payment
    for actor in (retailer_actor(parties.bina), vendor_actor(parties.himal)):
        with pytest.raises(NotFound):
            queries.get_invoice(session, invoice.id, actor=actor)
        with pytest.raises(NotFound):
            queries.get_payment(session, payment.id, actor=actor)
    assert [row.position for row in queries.invoice_lines(session, invoice.id)] == [1]
    assert queries.list_invoices(session, retailer_id=parties.asha) == [invoice]
    assert queries.list_invoices(session, retailer_id=parties.asha, after_id=invoice.id) == []


def test_a_cheque_that_bounces_before_clearing_leaves_no_trace_in_the_books(session, parties):
    invoice = deliver(session, parties, 1_000)
    cheque = pay(session, parties.asha, 1_000, method="cheque", reference="CH 77")
    postings = count(session, Posting)

    for _ in range(2):
        service.bounce_cheque(session, cheque.id, reason="no funds", actor=ADMIN, now=NOW)

    assert (cheque.status, owed(session, invoice)) == (PaymentStatus.BOUNCED, rupees(1_000))
    assert count(session, Posting) == postings
    with pytest.raises(ChequeNotOpen):
        service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW)
    assert pay(session, parties.asha, 1_000, method="cheque", reference="CH 77").id != cheque.id


def test_a_cheque_returned_after_clearing_is_owed_again_wherever_it_went(session, parties):
    first = deliver(session, parties, 600)
    cheque = pay(session, parties.asha, 1_000, method="cheque")
    service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW)
    second = deliver(session, parties, 300)
    assert (owed(session, second), queries.prepaid(session, parties.asha)) == (ZERO, rupees(100))

    service.bounce_cheque(session, cheque.id, reason="returned", actor=ADMIN, now=NOW)

    assert (owed(session, first), owed(session, second)) == (rupees(600), rupees(300))
    standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.posted, standing.prepaid) == (rupees(900), ZERO)
    assert ("bank", "cheque") not in balances(session)


def test_other_money_paid_ahead_takes_the_place_of_a_bounced_cheque(session, parties):
    invoice = deliver(session, parties, 600)
    cheque = pay(session, parties.asha, 600, method="cheque")
    service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW)
    wallet = pay(session, parties.asha, 250)

    service.bounce_cheque(session, cheque.id, reason="returned", actor=ADMIN, now=NOW)

    assert owed(session, invoice) == rupees(350)
    assert applied(session, wallet) == [(invoice.id, 25_000)]
    assert queries.prepaid(session, parties.asha) == ZERO


def test_a_strangers_cheque_does_not_exist(session, parties):
    cheque = pay(session, parties.asha, 100, method="cheque", vendor_id=parties.everest)

    with pytest.raises(NotFound):
        service.clear_cheque(session, cheque.id, actor=vendor_actor(parties.himal), now=NOW)
    with pytest.raises(NotFound):
        service.bounce_cheque(
            session,
            cheque.id,
            reason="mine",
            actor=Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP, retailer_id=parties.asha),
            now=NOW,
        )
    assert cheque.status is PaymentStatus.AWAITING_CLEARANCE

    service.clear_cheque(session, cheque.id, actor=vendor_actor(parties.everest), now=NOW)
    assert cheque.status is PaymentStatus.POSTED
    assert balances(session)["payable", parties.everest] == Decimal(100)
