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
from tests.services.credit.cast import (
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


def test_the_oldest_invoice_is_paid_first(session, cast):
    newer = deliver(session, cast, 400, at=NOW)
    older = deliver(session, cast, 300, vendor=cast.himal, at=NOW - days(3))

    payment = pay(session, cast.asha, 500)

    assert (owed(session, older), owed(session, newer)) == (ZERO, rupees(200))
    assert applied(session, payment) == [(older.id, 30_000), (newer.id, 20_000)]
    assert queries.standing(session, cast.asha, now=NOW).posted == rupees(200)


def test_an_invoice_that_the_reference_names_is_paid_first(session, cast):
    deliver(session, cast, 300, at=NOW - days(3))
    newer = deliver(session, cast, 400)

    payment = pay(session, cast.asha, 400, method="bank_transfer", reference=" 2083/84-00002 ")

    assert applied(session, payment) == [(newer.id, 40_000)]


def test_a_payment_for_an_invoice_goes_there_first(session, cast):
    older = deliver(session, cast, 300, at=NOW - days(3))
    newer = deliver(session, cast, 400)

    payment = pay(session, cast.asha, 500, invoice_id=newer.id)

    assert applied(session, payment) == [(newer.id, 40_000), (older.id, 10_000)]


def test_money_that_reached_a_vendor_is_on_its_account(session, cast):
    deliver(session, cast, 1_000)

    pay(session, cast.asha, 600, vendor_id=cast.himal)

    assert balances(session) == {
        ("receivable", cast.asha): Decimal(400),
        ("payable", cast.everest): Decimal(-980),
        ("payable", cast.himal): Decimal(600),
        ("commission", None): Decimal(-20),
    }


def test_an_overpayment_stays_as_paid_ahead(session, cast):
    invoice = deliver(session, cast, 1_000)

    pay(session, cast.asha, 1_500)

    assert owed(session, invoice) == ZERO
    standing = queries.standing(session, cast.asha, now=NOW)
    assert (standing.posted, standing.prepaid, standing.available) == (ZERO, rupees(500), rupees(10_000))


def test_one_payment_pays_cash_due_and_credit_alike(session, cast):
    credit = deliver(session, cast, 300, at=NOW - days(2))
    cash = deliver_for_cash(session, cast, 200, received=False, at=NOW - days(1))

    pay(session, cast.asha, 450)

    assert (owed(session, credit), owed(session, cash)) == (ZERO, rupees(50))


def test_the_same_payment_recorded_twice_is_posted_once(session, cast):
    facts = {
        "retailer_id": cast.asha,
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
    assert queries.prepaid(session, cast.asha) == rupees(100)
    with pytest.raises(IdempotencyKeyReused):
        service.record_payment(session, **facts | {"amount": rupees(101)})
    assert queries.prepaid(session, cast.asha) == rupees(100)


def test_a_reference_pays_once_whatever_its_case_and_spaces(session, cast):
    pay(session, cast.asha, 100, reference="Ab 12 c")

    with pytest.raises(ReferenceTaken):
        pay(session, cast.asha, 100, reference="AB12C")

    assert count(session, Payment) == 1
    assert queries.prepaid(session, cast.asha) == rupees(100)
    assert pay(session, cast.asha, 100, method="khalti", reference="AB12C").status is PaymentStatus.POSTED


@pytest.mark.parametrize(
    ("_case", "facts", "error"),
    [
        ("no reference", {"reference": "  ", "amount": rupees(1)}, ReferenceMissing),
        ("nothing", {"reference": "A1", "amount": ZERO}, AmountNotPositive),
        ("less than nothing", {"reference": "A1", "amount": rupees(-5)}, AmountNotPositive),
    ],
)
def test_what_is_no_payment_is_refused(session, cast, _case, facts, error):
    with pytest.raises(error):
        service.record_payment(
            session,
            retailer_id=cast.asha,
            method=PaymentMethod.ESEWA,
            idempotency_key="x",
            actor=ADMIN,
            now=NOW,
            **facts,
        )

    assert count(session, Payment) == 0


def test_only_an_admin_records_payments(session, cast):
    for actor in (retailer_actor(cast.asha), vendor_actor(cast.everest)):
        with pytest.raises(NotAllowed):
            service.record_payment(
                session,
                retailer_id=cast.asha,
                method=PaymentMethod.CASH,
                reference=None,
                amount=rupees(1),
                idempotency_key="x",
                actor=actor,
                now=NOW,
            )

    assert count(session, Payment) == 0


def test_a_cheque_pays_nothing_until_it_clears(session, cast):
    invoice = deliver(session, cast, 1_000)

    cheque = pay(session, cast.asha, 1_000, method="cheque")

    assert (cheque.status, owed(session, invoice)) == (PaymentStatus.AWAITING_CLEARANCE, rupees(1_000))
    assert events(session, "PaymentPosted") == []

    for _ in range(2):
        service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW + days(3))

    assert (cheque.status, owed(session, invoice)) == (PaymentStatus.POSTED, ZERO)
    assert len(events(session, "PaymentPosted")) == 1


def test_a_cheque_for_an_invoice_remembers_it_until_it_clears(session, cast):
    deliver(session, cast, 300, at=NOW - days(3))
    newer = deliver(session, cast, 400)
    cheque = pay(session, cast.asha, 400, method="cheque", invoice_id=newer.id)

    service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW + days(2))

    assert applied(session, cheque) == [(newer.id, 40_000)]
    assert queries.paid_by(session, cheque.id) == [
        queries.PaidInvoice(invoice_id=newer.id, number="2083/84-00002", amount=rupees(400))
    ]


def test_another_shops_invoice_or_an_unknown_payee_is_refused(session, cast):
    invoice = deliver(session, cast, 300)
    session.commit()

    for retailer, names in ((cast.bina, {"invoice_id": invoice.id}), (cast.asha, {"vendor_id": 0}), (0, {})):
        with pytest.raises(NotFound):
            pay(session, retailer, 300, **names)

    assert count(session, Payment) == 0


def test_invoices_and_payments_are_shown_to_their_parties_only(session, cast):
    invoice = deliver(session, cast, 300)
    payment = pay(session, cast.asha, 300, vendor_id=cast.everest)

    for actor in (ADMIN, retailer_actor(cast.asha), vendor_actor(cast.everest)):
        assert queries.get_invoice(session, invoice.id, actor=actor) is invoice
        assert queries.get_payment(session, payment.id, actor=actor) is payment
    for actor in (retailer_actor(cast.bina), vendor_actor(cast.himal)):
        with pytest.raises(NotFound):
            queries.get_invoice(session, invoice.id, actor=actor)
        with pytest.raises(NotFound):
            queries.get_payment(session, payment.id, actor=actor)
    assert [row.position for row in queries.invoice_lines(session, invoice.id)] == [1]
    assert queries.list_invoices(session, retailer_id=cast.asha) == [invoice]
    assert queries.list_invoices(session, retailer_id=cast.asha, after_id=invoice.id) == []


def test_a_cheque_that_bounces_before_clearing_leaves_no_trace_in_the_books(session, cast):
    invoice = deliver(session, cast, 1_000)
    cheque = pay(session, cast.asha, 1_000, method="cheque", reference="CH 77")
    postings = count(session, Posting)

    for _ in range(2):
        service.bounce_cheque(session, cheque.id, reason="no funds", actor=ADMIN, now=NOW)

    assert (cheque.status, owed(session, invoice)) == (PaymentStatus.BOUNCED, rupees(1_000))
    assert count(session, Posting) == postings
    with pytest.raises(ChequeNotOpen):
        service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW)
    assert pay(session, cast.asha, 1_000, method="cheque", reference="CH 77").id != cheque.id


def test_a_cheque_returned_after_clearing_is_owed_again_wherever_it_went(session, cast):
    first = deliver(session, cast, 600)
    cheque = pay(session, cast.asha, 1_000, method="cheque")
    service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW)
    second = deliver(session, cast, 300)
    assert (owed(session, second), queries.prepaid(session, cast.asha)) == (ZERO, rupees(100))

    service.bounce_cheque(session, cheque.id, reason="returned", actor=ADMIN, now=NOW)

    assert (owed(session, first), owed(session, second)) == (rupees(600), rupees(300))
    standing = queries.standing(session, cast.asha, now=NOW)
    assert (standing.posted, standing.prepaid) == (rupees(900), ZERO)
    assert ("bank", "cheque") not in balances(session)


def test_other_money_paid_ahead_takes_the_place_of_a_bounced_cheque(session, cast):
    invoice = deliver(session, cast, 600)
    cheque = pay(session, cast.asha, 600, method="cheque")
    service.clear_cheque(session, cheque.id, actor=ADMIN, now=NOW)
    wallet = pay(session, cast.asha, 250)

    service.bounce_cheque(session, cheque.id, reason="returned", actor=ADMIN, now=NOW)

    assert owed(session, invoice) == rupees(350)
    assert applied(session, wallet) == [(invoice.id, 25_000)]
    assert queries.prepaid(session, cast.asha) == ZERO


def test_a_strangers_cheque_does_not_exist(session, cast):
    cheque = pay(session, cast.asha, 100, method="cheque", vendor_id=cast.everest)

    with pytest.raises(NotFound):
        service.clear_cheque(session, cheque.id, actor=vendor_actor(cast.himal), now=NOW)
    with pytest.raises(NotFound):
        service.bounce_cheque(
            session,
            cheque.id,
            reason="mine",
            actor=Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP, retailer_id=cast.asha),
            now=NOW,
        )
    assert cheque.status is PaymentStatus.AWAITING_CLEARANCE

    service.clear_cheque(session, cheque.id, actor=vendor_actor(cast.everest), now=NOW)
    assert cheque.status is PaymentStatus.POSTED
    assert balances(session)["payable", cast.everest] == Decimal(100)
