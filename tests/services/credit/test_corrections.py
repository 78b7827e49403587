"""Credit notes, write-offs, discounts and settlements: each approved, each once, each balanced."""

from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from core.credit import queries, service
from core.credit.errors import AmountNotPositive, AmountTooLarge, IdempotencyKeyReused, PostingReversed
from core.credit.kinds import PaymentMethod
from core.credit.models import CreditNoteRow, Posting
from core.db.locks import LockRank, lock
from core.errors import NotAllowed, NotFound
from core.money import ZERO, rupees
from core.parties.models import Vendor
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    TODAY,
    balances,
    deliver,
    delivery,
    line,
    owed,
    pay,
    place_order,
    retailer_actor,
    vendor_actor,
)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def taxed_delivery(session, parties):
    """Seven oils at 33.33 with VAT: net 233.31, VAT 30.33, commission 4.67."""
    order_id = place_order(session, parties.asha)
    service.place_hold(session, order_id=order_id, retailer_id=parties.asha, amount=rupees(1_000), now=NOW)
    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=order_id,
        lines=[line(parties.oil, 7, "33.33", 1300)],
    )
    return service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)


def note(session, invoice, lines, *, key="n1", approver=ADMIN):
    return service.credit_note(
        session, invoice.id, lines=lines, reason="damaged", idempotency_key=key, approver=approver, now=NOW
    )


def test_a_credit_note_takes_back_price_vat_and_commission(session, parties):
    invoice = taxed_delivery(session, parties)

    amount = note(session, invoice, {1: Decimal(2)}, approver=vendor_actor(parties.everest))

    # Two of seven: net 66.66, VAT 30.33 − 21.66 = 8.67; commission 4.67 − 3.33 = 1.34.
    assert amount == rupees("75.33")
    assert owed(session, invoice) == rupees("188.31")
    assert balances(session) == {
        ("receivable", parties.asha): Decimal("188.31"),
        ("payable", parties.everest): Decimal("-184.98"),
        ("commission", None): Decimal("-3.33"),
    }


def test_notes_over_the_whole_invoice_leave_nothing_to_the_paisa(session, parties):
    invoice = taxed_delivery(session, parties)

    total = ZERO
    for number, quantity in enumerate(("2", "1.5", "3.5")):
        total += note(session, invoice, {1: Decimal(quantity)}, key=f"n{number}")

    assert total.minor == invoice.total_minor
    assert balances(session) == {}
    with pytest.raises(AmountTooLarge):
        note(session, invoice, {1: Decimal("0.001")}, key="more")


def test_a_note_on_a_paid_invoice_is_paid_ahead_and_pays_the_next_one(session, parties):
    invoice = deliver(session, parties, 1_000)
    pay(session, parties.asha, 1_000)

    note(session, invoice, {1: Decimal("0.25")})

    assert (owed(session, invoice), queries.prepaid(session, parties.asha)) == (ZERO, rupees(250))
    following = deliver(session, parties, 400)
    assert (owed(session, following), queries.prepaid(session, parties.asha)) == (rupees(150), ZERO)


def test_the_same_note_twice_is_one_note(session, parties):
    invoice = deliver(session, parties, 1_000)

    assert note(session, invoice, {1: Decimal("0.5")}) == note(session, invoice, {1: Decimal("0.5")})

    assert owed(session, invoice) == rupees(500)


@pytest.mark.parametrize(
    ("_case", "lines", "error"),
    [
        ("more than invoiced", {1: Decimal("1.001")}, AmountTooLarge),
        ("nothing", {1: Decimal(0)}, AmountTooLarge),
        ("no line", {}, AmountNotPositive),
        ("another line", {2: Decimal(1)}, NotFound),
    ],
)
def test_a_note_that_cannot_be_is_refused(session, parties, _case, lines, error):
    invoice = deliver(session, parties, 1_000)

    with pytest.raises(error):
        note(session, invoice, lines)

    assert owed(session, invoice) == rupees(1_000)


def test_notes_are_numbered_in_a_series_of_their_own(session, parties):
    delivered = taxed_delivery(session, parties)

    for cause, quantity in (("a", 2), ("b", 5), ("a", 2)):
        service.credit_note(
            session,
            delivered.id,
            lines={1: Decimal(quantity)},
            reason="short",
            idempotency_key=cause,
            approver=ADMIN,
            now=NOW,
        )
    notes = session.scalars(select(CreditNoteRow).order_by(CreditNoteRow.serial)).all()

    assert [note.number for note in notes] == ["CN-2083/84-00001", "CN-2083/84-00002"]
    assert [(note.taxable_minor, note.exempt_minor) for note in notes] == [(6666, 0), (16665, 0)]
    assert sum(note.total_minor for note in notes) == 26364


def test_the_database_refuses_a_gap(session, parties):
    delivered = taxed_delivery(session, parties)
    note = {
        "invoice_id": delivered.id,
        "vendor_id": parties.everest,
        "fiscal_year": "2083/84",
        "serial": 2,
        "taxable_minor": 0,
        "exempt_minor": 1,
        "vat_minor": 0,
        "total_minor": 1,
        "reason": "-",
        "issued_at": NOW,
        "issued_on_bs": "2083-08-07",
    }
    posting_id = session.scalar(select(func.max(Posting.id)))

    with pytest.raises(IntegrityError, match="does not follow"), session.begin_nested():
        session.execute(insert(CreditNoteRow).values(posting_id=posting_id, **note))


def test_only_the_invoices_vendor_or_an_admin_agrees_to_a_note(session, parties):
    invoice = deliver(session, parties, 1_000)

    for approver in (vendor_actor(parties.himal), retailer_actor(parties.asha)):
        with pytest.raises(NotFound):
            note(session, invoice, {1: Decimal(1)}, approver=approver)

    assert owed(session, invoice) == rupees(1_000)


def write_off(session, invoice, amount, *, key="w1", approver=ADMIN):
    return service.write_off(
        session,
        invoice.id,
        amount=rupees(amount),
        reason="closed down",
        idempotency_key=key,
        approver=approver,
        now=NOW,
    )


def test_a_write_off_is_ours_to_bear(session, parties):
    invoice = deliver(session, parties, 1_000)

    first = write_off(session, invoice, 600)

    assert write_off(session, invoice, 600) == first
    assert owed(session, invoice) == rupees(400)
    assert balances(session)["adjustment", None] == Decimal(600)
    posting = session.get_one(Posting, first)
    assert (posting.approved_by, posting.memo["reason"]) == ("admin", "closed down")


def test_a_write_off_is_refused_above_the_debt_and_to_vendors(session, parties):
    invoice = deliver(session, parties, 1_000)

    with pytest.raises(AmountTooLarge):
        write_off(session, invoice, "1000.01")
    with pytest.raises(NotAllowed):
        write_off(session, invoice, 1, approver=vendor_actor(parties.everest))

    assert owed(session, invoice) == rupees(1_000)


def reverse(session, posting_id, *, key="r1", approver=ADMIN):
    return service.reverse_posting(
        session, posting_id, reason="paid after all", idempotency_key=key, approver=approver, now=NOW
    )


def test_a_write_off_is_reversed_once(session, parties):
    invoice = deliver(session, parties, 1_000)
    posting_id = write_off(session, invoice, 600)

    assert reverse(session, posting_id) == reverse(session, posting_id)

    assert owed(session, invoice) == rupees(1_000)
    assert queries.standing(session, parties.asha, now=NOW).posted == rupees(1_000)
    with pytest.raises(PostingReversed):
        reverse(session, posting_id, key="r2")


def test_a_debt_that_comes_back_is_paid_from_what_was_paid_ahead(session, parties):
    invoice = deliver(session, parties, 1_000)
    posting_id = write_off(session, invoice, 1_000)
    pay(session, parties.asha, 300)

    reverse(session, posting_id)

    assert (owed(session, invoice), queries.prepaid(session, parties.asha)) == (rupees(700), ZERO)


def test_a_payment_is_not_reversed_behind_its_back_nor_by_a_vendor(session, parties):
    payment = pay(session, parties.asha, 100)

    with pytest.raises(PostingReversed):
        reverse(session, payment.posting_id)
    with pytest.raises(NotAllowed):
        reverse(session, payment.posting_id, approver=vendor_actor(parties.everest))

    assert queries.prepaid(session, parties.asha) == rupees(100)


def test_a_discount_lowers_the_oldest_debt_and_the_rest_is_paid_ahead(session, parties):
    invoice = deliver(session, parties, 1_000)

    service.allow_discount(
        session,
        parties.asha,
        amount=rupees(1_200),
        reason="late truck",
        idempotency_key="d1",
        approver=ADMIN,
        now=NOW,
    )

    assert (owed(session, invoice), queries.prepaid(session, parties.asha)) == (ZERO, rupees(200))


def test_a_settlement_pays_the_vendor_what_it_is_owed(session, parties):
    # One transaction does here what several do: the vendor comes before accounts in the order of locks.
    lock(session, Vendor, parties.everest, LockRank.VENDOR)
    invoice = deliver(session, parties, 1_000)
    note(session, invoice, {1: Decimal("0.1")})
    pay(session, parties.asha, 300, vendor_id=parties.everest)
    facts = {
        "amount": rupees(500),
        "method": PaymentMethod.BANK_TRANSFER,
        "reference": "NABIL 1",
        "idempotency_key": "s1",
        "approver": ADMIN,
        "now": NOW,
    }

    first = service.settle_vendor(session, parties.everest, **facts)
    again = service.settle_vendor(session, parties.everest, **facts)

    assert again == first
    settled = queries.settlement(session, parties.everest, start=TODAY, end=TODAY)
    assert settled == queries.Settlement(
        opening=ZERO,
        delivered=rupees(980),
        commission=rupees(20),
        returned=rupees(-98),
        received=rupees(-300),
        paid=rupees(-500),
        other=ZERO,
        owed=rupees(82),
    )
    with pytest.raises(IdempotencyKeyReused):
        service.settle_vendor(session, parties.everest, **facts | {"amount": rupees(501)})
    assert queries.vendor_statement(session, parties.everest, start=TODAY, end=TODAY).closing == rupees(-82)
