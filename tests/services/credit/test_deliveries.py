"""A delivery becomes an invoice, a balanced posting and captured credit; cash is posted together or stays due."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.credit import queries, service
from core.credit.errors import NothingDelivered
from core.credit.kinds import PaidState
from core.credit.models import Invoice, InvoiceLine, Payment
from core.money import ZERO, rupees
from core.parties.service import RetailerFacts, update_retailer
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    TODAY,
    balances,
    days,
    deliver,
    deliver_for_cash,
    delivery,
    events,
    line,
    owed,
    pay,
    place_order,
    vendor_actor,
)


def held_order(session, parties, amount):
    order_id = place_order(session, parties.asha)
    service.place_hold(session, order_id=order_id, retailer_id=parties.asha, amount=rupees(amount), now=NOW)
    return order_id


def test_a_credit_delivery_is_invoiced_with_vat_per_line_and_commission_on_the_net(session, parties):
    order_id = held_order(session, parties, 5_000)
    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=order_id,
        lines=[line(parties.rice, "2.5", 80), line(parties.oil, 3, "333.35", 1300)],
    )

    invoice = service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)

    # 2.5 × 80 exempt; 3 × 333.35 = 1,000.05 net, VAT 130.0065 → 130.01; commission 2 % of 1,200.05 → 24.00.
    assert (invoice.exempt_minor, invoice.taxable_minor, invoice.vat_minor, invoice.total_minor) == (
        20_000,
        100_005,
        13_001,
        133_006,
    )
    assert balances(session) == {
        ("receivable", parties.asha): Decimal("1330.06"),
        ("payable", parties.everest): Decimal("-1306.06"),
        ("commission", None): Decimal("-24.00"),
    }
    assert owed(session, invoice) == rupees("1330.06")


def test_the_invoice_carries_the_tax_numbers(session, parties):
    invoice = deliver(session, parties, 1_000)

    assert invoice.number == "2083/84-00001"
    assert (invoice.issued_on_bs, invoice.due_on) == ("2083-08-06", TODAY + days(30))
    assert (invoice.vendor_pan, invoice.retailer_pan) == ("301234567", "601234567")
    lines = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)).all()
    assert [(row.position, row.quantity, row.net_minor, row.vat_minor) for row in lines] == [
        (1, Decimal(1), 100_000, 0)
    ]


def test_numbers_run_per_vendor_and_nepali_fiscal_year(session, parties):
    last_of_ashadh = dt.datetime(2026, 7, 16, 12, tzinfo=dt.UTC)
    first_of_shrawan = dt.datetime(2026, 7, 16, 18, 30, tzinfo=dt.UTC)

    numbers = [
        deliver(session, parties, 10, vendor=vendor, at=at).number
        for vendor, at in (
            (parties.everest, last_of_ashadh),
            (parties.everest, last_of_ashadh),
            (parties.himal, last_of_ashadh),
            (parties.everest, first_of_shrawan),
        )
    ]

    assert numbers == ["2082/83-00001", "2082/83-00002", "2082/83-00001", "2083/84-00001"]


def test_a_delivery_posted_twice_is_one_invoice(session, parties):
    order_id = held_order(session, parties, 1_000)
    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=order_id,
        lines=[line(parties.rice, 1, 1_000)],
    )

    first = service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)
    again = service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)

    assert again is first
    assert queries.standing(session, parties.asha, now=NOW).posted == rupees(1_000)


def test_lines_that_came_short_are_not_invoiced(session, parties):
    order_id = held_order(session, parties, 1_000)
    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=order_id,
        lines=[line(parties.rice, 0, 500), line(parties.oil, 1, 100, 1300)],
    )

    invoice = service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)

    assert invoice.total_minor == 11_300
    assert queries.standing(session, parties.asha, now=NOW).held == rupees(887)


def test_a_delivery_of_nothing_makes_no_invoice(session, parties):
    order_id = held_order(session, parties, 1_000)
    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=order_id,
        lines=[line(parties.rice, 0, 5)],
    )

    with pytest.raises(NothingDelivered):
        service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)

    assert session.scalars(select(Invoice)).all() == []
    assert queries.standing(session, parties.asha, now=NOW).held == rupees(1_000)


def test_cash_at_the_door_is_invoice_and_payment_together(session, parties):
    invoice = deliver_for_cash(session, parties, 1_000, received=True)

    # The vendor holds the 1,000 and owes us the commission of 20.
    assert balances(session) == {
        ("payable", parties.everest): Decimal(20),
        ("commission", None): Decimal(-20),
    }
    assert owed(session, invoice) == ZERO
    assert queries.paid_state_of_invoice(session, invoice, today=TODAY) is PaidState.PAID
    payment = session.scalars(select(Payment)).one()
    assert (payment.vendor_id, payment.amount_minor) == (parties.everest, 100_000)
    assert events(session, "PaymentPosted") == [
        {"payment_id": payment.id, "retailer_id": parties.asha, "claim_id": None}
    ]


def test_cash_that_was_not_handed_over_is_a_debt_outside_the_limit(session, parties):
    invoice = deliver_for_cash(session, parties, 1_000, received=False)

    standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.posted, standing.available) == (ZERO, rupees(10_000))
    assert (standing.cash_due, standing.owed) == (rupees(1_000), rupees(1_000))
    assert queries.cash_due(session, parties.asha) == rupees(1_000)
    assert invoice.due_on == TODAY

    pay(session, parties.asha, 1_000)

    assert queries.cash_due(session, parties.asha) == ZERO


def test_a_shop_without_credit_can_buy_for_cash(session, parties):
    deliver_for_cash(session, parties, 300, received=True, retailer=parties.bina)

    standing = queries.standing(session, parties.bina, now=NOW)
    assert (standing.limit, standing.owed) == (ZERO, ZERO)


def test_what_was_paid_ahead_pays_the_next_invoice(session, parties):
    pay(session, parties.asha, 700)

    first = deliver(session, parties, 500)
    second = deliver(session, parties, 500)

    assert (owed(session, first), owed(session, second)) == (ZERO, rupees(300))
    standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.posted, standing.prepaid) == (rupees(300), ZERO)


def test_what_was_paid_ahead_lowers_cash_that_is_due(session, parties):
    pay(session, parties.asha, 700)

    deliver_for_cash(session, parties, 1_000, received=False)

    assert queries.cash_due(session, parties.asha) == rupees(300)


def test_what_was_paid_ahead_stays_when_cash_changes_hands(session, parties):
    pay(session, parties.asha, 700)

    deliver_for_cash(session, parties, 1_000, received=True)

    assert queries.prepaid(session, parties.asha) == rupees(700)


def test_another_pan_later_does_not_change_the_invoice(session, parties):
    invoice = deliver(session, parties, 1_000)

    session.commit()
    update_retailer(
        session,
        parties.asha,
        RetailerFacts(shop_name="Asha Kirana", pan="609999999"),
        actor=ADMIN,
        now=NOW,
    )
    session.expire_all()

    assert invoice.retailer_pan == "601234567"
