"""What retailers say they have paid. Only the payee's word turns a claim into a payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from core.actor import Actor, ActorKind
from core.credit import policy
from core.credit.errors import ClaimAnswered, ReferenceTaken
from core.credit.kinds import ClaimStatus, PaymentMethod, PaymentStatus
from core.credit.models import Payment, PaymentClaim, bare_column
from core.credit.queries.balances import open_invoices
from core.credit.service import payees, payments, references
from core.credit.service.accounts import lock_account
from core.errors import NotAllowed, NotFound
from core.events import ClaimContested, ClaimRejected, ClaimReplaced, ClaimWithdrawn, PaymentClaimed
from core.identity import bare_key, reference_key
from core.money import Money
from core.outbox.service import record
from core.parties import queries as parties
from core.parties.naming import clean_reason, clean_reference
from core.refs import VendorId


def claim_payment(
    session: Session,
    *,
    retailer_id: int,
    method: PaymentMethod,
    reference: str | None,
    amount: Money,
    actor: Actor,
    now: dt.datetime,
    payee: int | None = None,
    corrects: int | None = None,
) -> PaymentClaim:
    """Record what a retailer says was paid. **Look at the status of the result**: it is `open` or `contested`.

    Contested means that another shop named the reference first. The row is kept and an alert goes out, which a raised
    refusal would roll back; it never becomes a payment. The open claim that *corrects* names is replaced, and so is
    one of this shop with the same reference. A second claim for cash stands beside the first, unless the amount is
    the same: the very same claim again is the first one. *payee* is the vendor that the shop says it paid, if it said
    so; a correction keeps the one that was named before. `vendor_id` of the answer is the payee who is asked; None when
    only an admin may confirm.
    Raises ReferenceTaken when this shop's claim or payment with the reference was booked already, ReferenceMissing,
    AmountNotPositive, NotFound when *payee* is no vendor or *corrects* no claim of this shop, ClaimAnswered when it
    waits for no answer.
    """
    if actor.kind is ActorKind.VENDOR or actor.retailer_id not in {None, retailer_id}:
        raise NotAllowed(actor=actor.label, action="claim_payment")
    reference = clean_reference(reference)
    payments.check(method, reference, amount)
    if payee is not None:
        parties.get_vendor(session, VendorId(payee))
    lock_account(session, retailer_id, now=now)
    parties.check_active(session, actor)
    key, bare = reference_key(reference), bare_key(reference)
    references.wait_for_others(session, method, bare)
    payer = references.payer_of(session, method, bare)
    if payer == retailer_id:
        raise ReferenceTaken(method=method, reference=reference)
    is_others = payer is not None or _is_claimed_by_other(session, retailer_id, method, bare)
    earlier = _replaced(session, retailer_id, method, bare, corrects)
    if payee is None:
        payee = next((one.named_vendor_id for one in earlier if one.named_vendor_id), None)
    else:
        earlier += _unnamed(session, retailer_id, method, bare, amount, besides=earlier)
    same = _find_same(session, retailer_id, method, bare, amount, payee=payee)
    if same is not None:
        others = [one for one in earlier if one is not same]
        _replace(others, actor=actor, now=now)
        _note_replaced(session, others, same, actor=actor, now=now)
        return same
    # A claim that turns out to be contested leaves the one it corrects as it was.
    _replace([] if is_others else earlier, actor=actor, now=now)
    session.flush()
    facts = {
        "retailer_id": retailer_id,
        "vendor_id": _payee(session, retailer_id, reference, amount, named=payee),
        "named_vendor_id": payee,
        "method": method,
        "reference": reference,
        "reference_key": key,
        "amount_minor": amount.minor,
        "claimed_by": actor.label,
        "claimed_at": now,
    }
    claim_id = None if is_others else session.scalar(_insert_open(facts))
    if claim_id is None:
        _put_back(earlier)
        return _contest(session, facts, actor=actor, now=now)
    claim = session.get_one(PaymentClaim, claim_id)
    event = PaymentClaimed(claim_id=claim.id, retailer_id=retailer_id, vendor_id=claim.vendor_id)
    record(session, event, actor=actor, now=now)
    _note_replaced(session, earlier, claim, actor=actor, now=now)
    return claim


def confirm_claim(
    session: Session, claim_id: int, *, received: Money | None = None, actor: Actor, now: dt.datetime
) -> Payment:
    """Confirm that the payee has the money and post the payment (a cheque when it clears). Idempotent.

    *received* is what came, where it isn't what the shop claimed; the claim is answered by that payment.

    Who confirms is the payee: a vendor keeps the money on its account with us, an admin says that it reached the vendor
    whom the shop named, or else the platform.
    A vendor confirms no more than the shop owes it, and it pays that vendor's invoices alone.
    When an admin booked the same money meanwhile, the claim is confirmed by that payment.
    Raises NotFound to anybody else, ClaimAnswered, ReferenceTaken, ClaimNeedsAdmin.
    """
    claim = _lock_claim(session, claim_id, actor=actor, now=now)
    if claim.payment_id is not None and claim.status is ClaimStatus.CONFIRMED:
        return session.get_one(Payment, claim.payment_id)
    if claim.status is not ClaimStatus.OPEN:
        raise ClaimAnswered(claim_id=claim_id, status=claim.status)
    amount = Money(claim.amount_minor) if received is None else received
    bare = bare_key(claim.reference)
    references.wait_for_others(session, claim.method, bare)
    payment = _booked_meanwhile(session, claim, amount)
    if payment is None and references.payer_of(session, claim.method, bare) is not None:
        raise ReferenceTaken(method=claim.method, reference=claim.reference)
    payment = payment or _receive(session, claim, amount, actor=actor, now=now)
    claim.status = ClaimStatus.CONFIRMED
    claim.payment_id = payment.id
    claim.answered_by, claim.answered_at = actor.label, now
    session.flush()
    return payment


def reject_claim(
    session: Session, claim_id: int, *, reason: str, actor: Actor, now: dt.datetime
) -> PaymentClaim:
    """Reject the claim: the payee did not receive the money. Idempotent. Raises NotFound, ClaimAnswered."""
    claim = _lock_claim(session, claim_id, actor=actor, now=now)
    if claim.status is ClaimStatus.REJECTED:
        return claim
    if claim.status is not ClaimStatus.OPEN:
        raise ClaimAnswered(claim_id=claim_id, status=claim.status)
    claim.status = ClaimStatus.REJECTED
    claim.reject_reason = clean_reason(reason)
    claim.answered_by, claim.answered_at = actor.label, now
    session.flush()
    event = ClaimRejected(claim_id=claim.id, retailer_id=claim.retailer_id)
    record(session, event, actor=actor, now=now)
    return claim


def withdraw_claim(session: Session, claim_id: int, *, actor: Actor, now: dt.datetime) -> PaymentClaim:
    """Take back what the shop said, before anybody answered it. Idempotent. Raises NotFound, ClaimAnswered.

    Its reference is free again.
    """
    claim = session.get(PaymentClaim, claim_id)
    is_its_shop = (
        claim is not None and actor.kind is ActorKind.RETAILER and actor.retailer_id == claim.retailer_id
    )
    if claim is None or not (actor.kind is ActorKind.ADMIN or is_its_shop):
        raise NotFound(kind="payment_claims", id=claim_id)
    lock_account(session, claim.retailer_id, now=now)
    parties.check_active(session, actor)
    session.refresh(claim)
    if claim.status is ClaimStatus.WITHDRAWN:
        return claim
    if claim.status is not ClaimStatus.OPEN:
        raise ClaimAnswered(claim_id=claim_id, status=claim.status)
    claim.status = ClaimStatus.WITHDRAWN
    claim.answered_by, claim.answered_at = actor.label, now
    session.flush()
    event = ClaimWithdrawn(claim_id=claim.id, retailer_id=claim.retailer_id, vendor_id=claim.vendor_id)
    record(session, event, actor=actor, now=now)
    return claim


def _is_claimed_by_other(session: Session, retailer_id: int, method: PaymentMethod, bare: str | None) -> bool:
    if bare is None:
        return False
    named = select(PaymentClaim.id).where(
        PaymentClaim.method == method,
        bare_column(PaymentClaim.reference_key) == bare,
        PaymentClaim.status.in_([ClaimStatus.OPEN, ClaimStatus.CONFIRMED]),
        PaymentClaim.retailer_id != retailer_id,
    )
    return session.scalar(named.limit(1)) is not None


def _booked_meanwhile(session: Session, claim: PaymentClaim, amount: Money) -> Payment | None:
    """This shop's payment of that amount with the claim's method and reference that no claim brought."""
    if claim.reference_key is None:
        return None
    return session.scalar(
        select(Payment)
        .outerjoin(PaymentClaim, PaymentClaim.payment_id == Payment.id)
        .where(
            Payment.retailer_id == claim.retailer_id,
            Payment.method == claim.method,
            bare_column(Payment.reference_key) == bare_key(claim.reference),
            Payment.amount_minor == amount.minor,
            Payment.status != PaymentStatus.BOUNCED,
            PaymentClaim.id.is_(None),
        )
    )


def _replaced(
    session: Session, retailer_id: int, method: PaymentMethod, bare: str | None, corrects: int | None
) -> list[PaymentClaim]:
    """The open claims that a new one takes the place of: the one it corrects, and one with the same reference.

    Raises NotFound when *corrects* is no claim of this shop, ClaimAnswered when it is not open.
    """
    replaced = []
    if corrects is not None:
        corrected = session.get(PaymentClaim, corrects, populate_existing=True)
        if corrected is None or corrected.retailer_id != retailer_id:
            raise NotFound(kind="payment_claims", id=corrects)
        if corrected.status is not ClaimStatus.OPEN:
            raise ClaimAnswered(claim_id=corrected.id, status=corrected.status)
        replaced.append(corrected)
    if bare is not None:
        named = select(PaymentClaim).where(
            *_open_of(retailer_id, method, bare), PaymentClaim.id.is_distinct_from(corrects)
        )
        replaced += session.scalars(named.execution_options(populate_existing=True))
    return replaced


def _unnamed(
    session: Session,
    retailer_id: int,
    method: PaymentMethod,
    bare: str | None,
    amount: Money,
    *,
    besides: Sequence[PaymentClaim],
) -> list[PaymentClaim]:
    """The open claims of the same payment that named no payee: naming one later says no second payment."""
    unnamed = select(PaymentClaim).where(
        *_open_of(retailer_id, method, bare),
        PaymentClaim.amount_minor == amount.minor,
        PaymentClaim.named_vendor_id.is_(None),
        PaymentClaim.id.not_in([one.id for one in besides]),
    )
    return list(session.scalars(unnamed.execution_options(populate_existing=True)))


def _replace(claims: Sequence[PaymentClaim], *, actor: Actor, now: dt.datetime) -> None:
    for claim in claims:
        claim.status = ClaimStatus.REPLACED
        claim.answered_by, claim.answered_at = actor.label, now


def _note_replaced(
    session: Session, claims: Sequence[PaymentClaim], by: PaymentClaim, *, actor: Actor, now: dt.datetime
) -> None:
    """Keep which claim stands in their place, and record it for the payee who was asked about them."""
    for claim in claims:
        claim.replaced_by_id = by.id
        event = ClaimReplaced(claim_id=claim.id, retailer_id=claim.retailer_id, vendor_id=claim.vendor_id)
        record(session, event, actor=actor, now=now)
    session.flush()


def _put_back(claims: Sequence[PaymentClaim]) -> None:
    for claim in claims:
        claim.status, claim.answered_by, claim.answered_at = ClaimStatus.OPEN, None, None


def _find_same(
    session: Session,
    retailer_id: int,
    method: PaymentMethod,
    bare: str | None,
    amount: Money,
    *,
    payee: int | None,
) -> PaymentClaim | None:
    """The open claim that says exactly the same, as when a message comes twice."""
    same = select(PaymentClaim).where(
        *_open_of(retailer_id, method, bare),
        PaymentClaim.amount_minor == amount.minor,
        true() if payee is None else PaymentClaim.named_vendor_id == payee,
    )
    return session.scalar(same.order_by(PaymentClaim.id).execution_options(populate_existing=True).limit(1))


def _open_of(retailer_id: int, method: PaymentMethod, bare: str | None) -> tuple[ColumnElement[bool], ...]:
    return (
        PaymentClaim.retailer_id == retailer_id,
        PaymentClaim.status == ClaimStatus.OPEN,
        PaymentClaim.method == method,
        bare_column(PaymentClaim.reference_key).is_not_distinct_from(bare),
    )


def _insert_open(facts: dict[str, Any]) -> ReturningInsert[int]:
    return (
        insert(PaymentClaim)
        .values(**facts, status=ClaimStatus.OPEN)
        .on_conflict_do_nothing()
        .returning(PaymentClaim.id)
    )


def _contest(session: Session, facts: dict[str, Any], *, actor: Actor, now: dt.datetime) -> PaymentClaim:
    """Keep the claim to a reference that is another shop's, and say so once."""
    same = ("retailer_id", "method", "reference_key", "amount_minor")
    if before := session.scalar(
        select(PaymentClaim)
        .where(PaymentClaim.status == ClaimStatus.CONTESTED)
        .filter_by(**{name: facts[name] for name in same})
    ):
        return before
    claim = PaymentClaim(**facts, status=ClaimStatus.CONTESTED)
    session.add(claim)
    session.flush()
    event = ClaimContested(claim_id=claim.id, retailer_id=claim.retailer_id)
    record(session, event, actor=actor, now=now)
    return claim


def _payee(
    session: Session, retailer_id: int, reference: str | None, amount: Money, *, named: int | None
) -> int | None:
    """The vendor that the shop named, else the one whose invoice the money would pay first; None for an admin.

    An admin is asked where the vendor's word is not enough.
    What is claimed of the vendor already counts: two claims may not come to more than is owed.
    """
    vendor_id = named or _first_paid(session, retailer_id, reference, amount)
    if vendor_id is None:
        return None
    waiting = session.scalar(
        select(func.sum(PaymentClaim.amount_minor)).where(
            PaymentClaim.retailer_id == retailer_id,
            PaymentClaim.vendor_id == vendor_id,
            PaymentClaim.status == ClaimStatus.OPEN,
        )
    )
    claimed = amount + Money(int(waiting or 0))
    return None if payees.why_admin(session, retailer_id, vendor_id, claimed) else vendor_id


def _first_paid(session: Session, retailer_id: int, reference: str | None, amount: Money) -> int | None:
    owed = open_invoices(session, retailer_id)
    plan = policy.apply_payment(amount, owed, named=policy.find_named(reference, owed))
    return plan.parts[0].invoice.vendor_id if plan.parts else None


def _receive(
    session: Session, claim: PaymentClaim, amount: Money, *, actor: Actor, now: dt.datetime
) -> Payment:
    is_vendors_word = actor.kind is ActorKind.VENDOR
    vendor_id = claim.vendor_id if is_vendors_word else claim.named_vendor_id
    if is_vendors_word and vendor_id is not None:
        payees.check_vendor_may_confirm(session, claim.retailer_id, vendor_id, amount)
    return payments.receive(
        session,
        retailer_id=claim.retailer_id,
        vendor_id=vendor_id,
        method=claim.method,
        reference=claim.reference,
        amount=amount,
        key=f"claim:{claim.id}",
        claim_id=claim.id,
        invoice_id=None,
        actor=actor,
        now=now,
    )


def _lock_claim(session: Session, claim_id: int, *, actor: Actor, now: dt.datetime) -> PaymentClaim:
    """The claim as it is under its shop's lock, for the payee or an admin."""
    claim = session.get(PaymentClaim, claim_id)
    is_payee = (
        claim is not None
        and actor.kind is ActorKind.VENDOR
        and claim.vendor_id is not None
        and actor.vendor_id == claim.vendor_id
    )
    if claim is None or not (actor.kind is ActorKind.ADMIN or is_payee):
        raise NotFound(kind="payment_claims", id=claim_id)
    lock_account(session, claim.retailer_id, now=now)
    parties.check_active(session, actor)
    session.refresh(claim)
    return claim
