"""Whatever shops, vendors and banks do in whatever order: the books balance and no hold passes the limit."""

from contextlib import suppress
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.credit import queries, service
from core.credit.errors import AmountNotPositive, AmountTooLarge, ChequeNotOpen, CreditRefused
from core.credit.kinds import HoldStatus, PaymentMethod
from core.credit.models import CreditAccount, CreditHold, Entry, Invoice, Payment
from core.money import ZERO, Money, rupees
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    check_books,
    deliver_for_cash,
    delivery,
    line,
    pay,
    place_order,
    vendor_actor,
)

MOVES = ("order", "deliver", "cancel", "cash", "pay", "cheque", "clear", "bounce", "credit_note", "write_off")
walks = st.lists(
    st.tuples(st.sampled_from(MOVES), st.integers(1, 400_000), st.booleans()), min_size=5, max_size=25
)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(walk=walks)
def test_every_walk_leaves_the_books_in_order(session, parties, walk):
    savepoint = session.begin_nested()
    limit = rupees(10_000)
    for step, (move, minor, is_everest) in enumerate(walk):
        before = queries.standing(session, parties.asha, now=NOW)
        take(session, parties, move, Money(minor), parties.everest if is_everest else parties.himal, step)
        after = queries.standing(session, parties.asha, now=NOW)
        exposure = after.posted + after.held
        # Only a bounced cheque may leave more than the limit, and nothing but that grows it further.
        assert exposure <= max(limit, before.posted + before.held) or move == "bounce"
        assert min(after.posted, after.held, after.cash_due, after.prepaid) >= ZERO
        # Nobody owes while money of theirs lies idle.
        assert not (after.owed and after.prepaid)
    check_books(session)
    account = session.scalars(select(CreditAccount).where(CreditAccount.retailer_id == parties.asha)).one()
    assert account.posted_minor == queries.standing(session, parties.asha, now=NOW).posted.minor
    assert session.scalar(select(func.coalesce(func.sum(Entry.amount_minor), 0))) == 0
    savepoint.rollback()
    session.expire_all()


def take(session, parties, move, amount, vendor, step):
    match move:
        case "order":
            with suppress(CreditRefused):
                service.place_hold(
                    session,
                    order_id=place_order(session, parties.asha),
                    retailer_id=parties.asha,
                    amount=amount,
                    now=NOW,
                )
        case "deliver" if hold := first(session, CreditHold, CreditHold.status == HoldStatus.OPEN):
            part = min(amount, Money(hold.amount_minor))
            goods = delivery(
                session,
                parties,
                retailer=parties.asha,
                vendor=vendor,
                order_id=hold.order_id,
                lines=[line(parties.rice, 1, part.rupees)],
            )
            service.post_delivery(session, goods, actor=vendor_actor(vendor), now=NOW)
            service.release_hold(session, order_id=hold.order_id, cause="delivered", now=NOW)
        case "cancel" if hold := first(session, CreditHold, CreditHold.status == HoldStatus.OPEN):
            service.release_hold(session, order_id=hold.order_id, cause="canceled", now=NOW)
        case "cash":
            deliver_for_cash(session, parties, amount.rupees, received=bool(amount.minor % 2), vendor=vendor)
        case "pay":
            pay(session, parties.asha, amount.rupees, vendor_id=vendor if amount.minor % 2 else None)
        case "cheque":
            pay(session, parties.asha, amount.rupees, method="cheque", vendor_id=vendor)
        case "clear" | "bounce" if cheque := first(session, Payment, Payment.method == PaymentMethod.CHEQUE):
            settle = service.clear_cheque if move == "clear" else bounce
            with suppress(ChequeNotOpen):
                settle(session, cheque.id, actor=ADMIN, now=NOW)
        case "credit_note" if invoice := first(session, Invoice, Invoice.retailer_id == parties.asha):
            with suppress(AmountTooLarge, AmountNotPositive):
                service.credit_note(
                    session,
                    invoice.id,
                    lines={1: Decimal("0.25")},
                    reason="damaged",
                    idempotency_key=f"walk-{step}",
                    approver=ADMIN,
                    now=NOW,
                )
        case "write_off" if owed := queries.open_invoices(session, parties.asha):
            service.write_off(
                session,
                owed[0].invoice_id,
                amount=min(amount, owed[0].outstanding),
                reason="gone",
                idempotency_key=f"walk-{step}",
                approver=ADMIN,
                now=NOW,
            )


def bounce(session, payment_id, *, actor, now):
    return service.bounce_cheque(session, payment_id, reason="returned", actor=actor, now=now)


def first(session, model, condition):
    return session.scalar(select(model).where(condition).order_by(model.id.desc()).limit(1))
