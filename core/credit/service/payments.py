"""Money that came in: applied to invoices, kept as paid ahead, cheques that clear or bounce."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.credit import policy
from core.credit.errors import (
    AmountNotPositive,
    ChequeNotOpen,
    IdempotencyKeyReused,
    PaymentHeld,
    ReferenceMissing,
    ReferenceTaken,
)
from core.credit.kinds import ClaimStatus, PaymentMethod, PaymentStatus, PostingKind
from core.credit.models import Invoice, Payment, PaymentApplication, PaymentClaim
from core.credit.policy import Application
from core.credit.queries.balances import open_invoices, prepaid
from core.credit.queries.documents import get_invoice
from core.credit.service import ledger, payees, references
from core.credit.service.accounts import lock_account
from core.errors import NotAllowed, NotFound
from core.events import ChequeBounced, ChequeTaken, PaymentPosted
from core.identity import bare_key, reference_key
from core.money import ZERO, Money, total
from core.outbox.service import record
from core.parties.naming import clean_reference
from core.parties.queries import check_active, get_vendor
from core.refs import VendorId
from core.settings import service as settings


def record_payment(
    session: Session,
    *,
    retailer_id: int,
    method: PaymentMethod,
    reference: str | None,
    amount: Money,
    idempotency_key: str,
    actor: Actor,
    now: dt.datetime,
    vendor_id: int | None = None,
    invoice_id: int | None = None,
    is_confirmed: bool = False,
) -> Payment:
    """Post money that an admin knows was received, by the platform or by the vendor *vendor_id*.

    Pays *invoice_id*, or the invoice that the reference names, first; then the oldest. A cheque waits for clearance.
    More than the debt and the ceiling of claims together is held back, PaymentHeld, unless *is_confirmed* (somebody
    looked at it twice). Raises NotAllowed, NotFound, AmountNotPositive, ReferenceMissing, ReferenceTaken,
    IdempotencyKeyReused.
    """
    if actor.kind not in {ActorKind.ADMIN, ActorKind.SYSTEM}:
        raise NotAllowed(actor=actor.label, action="record_payment")
    if vendor_id is not None:
        get_vendor(session, VendorId(vendor_id))
    if invoice_id is not None and get_invoice(session, invoice_id, actor=actor).retailer_id != retailer_id:
        raise NotFound(kind="invoices", id=invoice_id)
    key = f"recorded:{idempotency_key}"
    if not is_confirmed:
        _hold_back(session, retailer_id, amount, key=key, now=now)
    lock_account(session, retailer_id, now=now)
    bare = bare_key(clean_reference(reference))
    references.wait_for_others(session, method, bare)
    if references.payer_of(session, method, bare, besides=key) is not None:
        raise ReferenceTaken(method=method, reference=reference)
    return receive(
        session,
        retailer_id=retailer_id,
        vendor_id=vendor_id,
        method=method,
        reference=reference,
        amount=amount,
        key=key,
        claim_id=None,
        invoice_id=invoice_id,
        actor=actor,
        now=now,
    )


def receive(
    session: Session,
    *,
    retailer_id: int,
    vendor_id: int | None,
    method: PaymentMethod,
    reference: str | None,
    amount: Money,
    key: str,
    claim_id: int | None,
    invoice_id: int | None,
    actor: Actor,
    now: dt.datetime,
) -> Payment:
    """The payment for this key: found, or written and (unless it is a cheque) posted."""
    reference = clean_reference(reference)
    check(method, reference, amount)
    lock_account(session, retailer_id, now=now)
    payment_id = session.scalar(
        insert(Payment)
        .values(
            retailer_id=retailer_id,
            vendor_id=vendor_id,
            method=method,
            reference=reference,
            reference_key=reference_key(reference),
            amount_minor=amount.minor,
            named_invoice_id=invoice_id,
            status=PaymentStatus.AWAITING_CLEARANCE,
            received_at=now,
            idempotency_key=key,
            confirmed_by=actor.label,
        )
        # Also waits for a payment that another transaction is writing with this reference.
        .on_conflict_do_nothing()
        .returning(Payment.id)
    )
    if payment_id is None:
        return _received_before(
            session, key, retailer_id=retailer_id, method=method, reference=reference, amount=amount
        )
    payment = session.get_one(Payment, payment_id)
    if method is PaymentMethod.CHEQUE:
        taken = ChequeTaken(payment_id=payment.id, retailer_id=retailer_id, claim_id=claim_id)
        record(session, taken, actor=actor, now=now)
    else:
        _post(session, payment, claim_id=claim_id, actor=actor, now=now)
    return payment


def post_cash_on_delivery(
    session: Session, invoice: Invoice, amount: Money, *, actor: Actor, now: dt.datetime
) -> Payment:
    """Post cash paid on delivery: the vendor holds it, so we owe the vendor that much less."""
    return receive(
        session,
        retailer_id=invoice.retailer_id,
        vendor_id=invoice.vendor_id,
        method=PaymentMethod.CASH,
        reference=None,
        amount=amount,
        key=f"cash:invoice:{invoice.id}",
        claim_id=None,
        invoice_id=invoice.id,
        actor=actor,
        now=now,
    )


def clear_cheque(session: Session, payment_id: int, *, actor: Actor, now: dt.datetime) -> Payment:
    """Post a cheque that the bank paid. Idempotent. Raises NotFound, ChequeNotOpen, and ClaimNeedsAdmin to a vendor."""
    payment = _lock_cheque(session, payment_id, actor=actor, now=now)
    if payment.status is PaymentStatus.BOUNCED:
        raise ChequeNotOpen(payment_id=payment_id, status=payment.status)
    if payment.status is PaymentStatus.AWAITING_CLEARANCE:
        claim_id = session.scalar(select(PaymentClaim.id).where(PaymentClaim.payment_id == payment.id))
        is_vendors_word = actor.kind is ActorKind.VENDOR and claim_id is not None
        if is_vendors_word and payment.vendor_id is not None:
            amount = Money(payment.amount_minor)
            payees.check_vendor_may_confirm(session, payment.retailer_id, payment.vendor_id, amount)
        _post(session, payment, claim_id=claim_id, actor=actor, now=now)
    return payment


def bounce_cheque(
    session: Session, payment_id: int, *, reason: str, actor: Actor, now: dt.datetime
) -> Payment:
    """Mark a cheque as bounced. If it had cleared, its posting is reversed and the invoices are owed again.

    What else was paid ahead meanwhile takes the cheque's place. The exposure may pass the limit; new holds stop.
    """
    payment = _lock_cheque(session, payment_id, actor=actor, now=now)
    if payment.status is PaymentStatus.BOUNCED:
        return payment
    if payment.posting_id is not None:
        _undo(session, payment, payment.posting_id, reason=reason, actor=actor, now=now)
    payment.status = PaymentStatus.BOUNCED
    session.execute(
        update(PaymentClaim)
        .where(PaymentClaim.payment_id == payment.id)
        .values(status=ClaimStatus.BOUNCED)
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
    claim_id = session.scalar(select(PaymentClaim.id).where(PaymentClaim.payment_id == payment.id))
    bounced = ChequeBounced(payment_id=payment.id, retailer_id=payment.retailer_id, claim_id=claim_id)
    record(session, bounced, actor=actor, now=now)
    use_prepayment(session, payment.retailer_id, cause=f"bounced:{payment.id}", actor=actor, now=now)
    return payment


def use_prepayment(session: Session, retailer_id: int, *, cause: str, actor: Actor, now: dt.datetime) -> None:
    """Apply prepayments to open invoices, the oldest first. Does nothing when there is none of either."""
    ahead = prepaid(session, retailer_id)
    plan = policy.apply_payment(ahead, open_invoices(session, retailer_id))
    if not plan.parts:
        return
    posting_id = ledger.post(
        session,
        f"prepayment:{cause}",
        kind=PostingKind.PREPAYMENT_USED,
        lines=[
            ledger.debit(ledger.prepayment(retailer_id), ahead - plan.left),
            *paying(retailer_id, plan),
        ],
        memo={"invoices": [part.invoice.number for part in plan.parts]},
        actor=actor,
        now=now,
    )
    _draw_from_payments(session, retailer_id, plan, posting_id)


def paying(retailer_id: int, plan: Application) -> list[ledger.EntryDraft]:
    """The credit side of a payment: each invoice's debt goes down, in the account where it is owed."""
    return [
        ledger.credit(
            ledger.debt(retailer_id, on_credit=part.invoice.on_credit), part.amount, part.invoice.invoice_id
        )
        for part in plan.parts
    ]


def check(method: PaymentMethod, reference: str | None, amount: Money) -> None:
    """Raise AmountNotPositive or ReferenceMissing for what cannot be a payment."""
    if amount <= ZERO:
        raise AmountNotPositive(amount=amount)
    if policy.is_reference_needed(method) and reference_key(reference) is None:
        raise ReferenceMissing(method=method)


def _hold_back(session: Session, retailer_id: int, amount: Money, *, key: str, now: dt.datetime) -> None:
    """Raise PaymentHeld for an amount that is rather a slip; what was booked under this key is not asked again."""
    lock_account(session, retailer_id, now=now)
    if session.scalar(select(Payment.id).where(Payment.idempotency_key == key)) is not None:
        return
    owed = total(invoice.outstanding for invoice in open_invoices(session, retailer_id))
    ceiling = Money(settings.current(session, policy.ClaimSettings).values.ceiling_minor)
    if amount > owed + ceiling:
        raise PaymentHeld(amount=amount, owed=owed, ceiling=ceiling)


def _post(
    session: Session, payment: Payment, *, claim_id: int | None, actor: Actor, now: dt.datetime
) -> None:
    amount = Money(payment.amount_minor)
    owed = open_invoices(session, payment.retailer_id)
    if payment.vendor_id is not None and claim_id is not None:
        # On a vendor's own word nobody else's invoice is paid.
        owed = [invoice for invoice in owed if invoice.vendor_id == payment.vendor_id]
    named = payment.named_invoice_id or policy.find_named(payment.reference, owed)
    plan = policy.apply_payment(amount, owed, named=named)
    payment.posting_id = ledger.post(
        session,
        f"payment:{payment.id}",
        kind=PostingKind.PAYMENT,
        lines=[
            ledger.debit(_taker(payment), amount),
            *paying(payment.retailer_id, plan),
            ledger.credit(ledger.prepayment(payment.retailer_id), plan.left),
        ],
        memo={"payment_id": payment.id, "method": payment.method, "reference": payment.reference},
        actor=actor,
        now=now,
    )
    payment.status = PaymentStatus.POSTED
    session.add_all(
        PaymentApplication(
            posting_id=payment.posting_id,
            payment_id=payment.id,
            invoice_id=part.invoice.invoice_id,
            amount_minor=part.amount.minor,
        )
        for part in plan.parts
    )
    session.flush()
    record(
        session,
        PaymentPosted(payment_id=payment.id, retailer_id=payment.retailer_id, claim_id=claim_id),
        actor=actor,
        now=now,
    )


def _taker(payment: Payment) -> ledger.AccountKey:
    """Who has the money: a vendor that took it is owed that much less."""
    return ledger.payable(payment.vendor_id) if payment.vendor_id else ledger.bank(payment.method)


def _received_before(
    session: Session,
    key: str,
    *,
    retailer_id: int,
    method: PaymentMethod,
    reference: str | None,
    amount: Money,
) -> Payment:
    payment = session.scalar(select(Payment).where(Payment.idempotency_key == key))
    if payment is None:
        raise ReferenceTaken(method=method, reference=reference)
    same = (payment.retailer_id, payment.method, payment.reference_key, payment.amount_minor)
    if same != (retailer_id, method, reference_key(reference), amount.minor):
        raise IdempotencyKeyReused(key=key)
    return payment


def _lock_cheque(session: Session, payment_id: int, *, actor: Actor, now: dt.datetime) -> Payment:
    """The cheque as it is under the lock. The vendor that took it or an admin may say what the bank did."""
    payment = session.get(Payment, payment_id)
    is_payee = payment is not None and payment.vendor_id is not None and actor.vendor_id == payment.vendor_id
    if payment is None or not (actor.kind in {ActorKind.ADMIN, ActorKind.SYSTEM} or is_payee):
        raise NotFound(kind="payments", id=payment_id)
    lock_account(session, payment.retailer_id, now=now)
    check_active(session, actor)
    if payment.method is not PaymentMethod.CHEQUE:
        raise ChequeNotOpen(payment_id=payment_id, method=payment.method)
    session.refresh(payment)
    return payment


def _undo(
    session: Session, payment: Payment, posting_id: int, *, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Owe again what the payment has paid by now, directly or as paid ahead, and take the money back out."""
    applied = _applications(session, payment.id)
    left = Money(payment.amount_minor) - total(applied.values())
    on_credit = {
        invoice.id: invoice.on_credit
        for invoice in session.scalars(select(Invoice).where(Invoice.id.in_(applied)))
    }
    ledger.post(
        session,
        f"bounced:payment:{payment.id}",
        kind=PostingKind.REVERSAL,
        lines=[
            *(
                ledger.debit(
                    ledger.debt(payment.retailer_id, on_credit=on_credit[invoice_id]), amount, invoice_id
                )
                for invoice_id, amount in applied.items()
            ),
            ledger.debit(ledger.prepayment(payment.retailer_id), left),
            ledger.credit(_taker(payment), Money(payment.amount_minor)),
        ],
        memo={"payment_id": payment.id, "reference": payment.reference, "reason": reason},
        actor=actor,
        now=now,
        reverses_id=posting_id,
    )


def _applications(session: Session, payment_id: int) -> dict[int, Money]:
    rows = session.execute(
        select(PaymentApplication.invoice_id, func.sum(PaymentApplication.amount_minor))
        .where(PaymentApplication.payment_id == payment_id)
        .group_by(PaymentApplication.invoice_id)
        .order_by(PaymentApplication.invoice_id)
    )
    return {invoice_id: Money(int(amount)) for invoice_id, amount in rows}


def _draw_from_payments(session: Session, retailer_id: int, plan: Application, posting_id: int) -> None:
    """Say which payments the used money came from, the oldest first. Credit notes paid ahead have no payment to name."""
    unapplied = _unapplied(session, retailer_id)
    for part in plan.parts:
        wanted = part.amount
        for payment_id, left in unapplied.items():
            drawn = min(wanted, left)
            if drawn <= ZERO:
                continue
            unapplied[payment_id] -= drawn
            wanted -= drawn
            session.add(
                PaymentApplication(
                    posting_id=posting_id,
                    payment_id=payment_id,
                    invoice_id=part.invoice.invoice_id,
                    amount_minor=drawn.minor,
                )
            )
    session.flush()


def _unapplied(session: Session, retailer_id: int) -> dict[int, Money]:
    applied = func.coalesce(func.sum(PaymentApplication.amount_minor), 0)
    rows = session.execute(
        select(Payment.id, Payment.amount_minor - applied)
        .outerjoin(PaymentApplication, PaymentApplication.payment_id == Payment.id)
        .where(Payment.retailer_id == retailer_id, Payment.status == PaymentStatus.POSTED)
        .group_by(Payment.id)
        .having(Payment.amount_minor > applied)
        .order_by(Payment.id)
    )
    return {payment_id: Money(int(left)) for payment_id, left in rows}
