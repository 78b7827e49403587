"""What lowers a debt without money: credit notes, write-offs, adjustments. Each carries its approver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, select, update
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.clock import business_date
from core.credit import policy
from core.credit.errors import AmountNotPositive, AmountTooLarge, SettlementHeld
from core.credit.kinds import PaymentMethod, PostingKind
from core.credit.models import Invoice, InvoiceLine, Posting, VendorSettlement
from core.credit.policy import Application, CreditedLine
from core.credit.queries.balances import open_invoices
from core.credit.queries.settlement import settlement
from core.credit.service import four_eyes, ledger, payments
from core.credit.service.accounts import lock_account
from core.db.constraints import refusals
from core.db.locks import LockRank, lock
from core.errors import NotAllowed, NotFound
from core.identity import reference_key
from core.money import ZERO, Money
from core.parties.models import Vendor


def credit_note(
    session: Session,
    invoice_id: int,
    *,
    lines: Mapping[int, Decimal],
    reason: str,
    idempotency_key: str,
    approver: Actor,
    now: dt.datetime,
) -> Money:
    """Take back what came short or damaged, at the invoice's prices with VAT and commission. Returns its amount.

    *lines* are quantities in base pieces by the invoice's line positions. What is already paid stays with the retailer as
    a prepayment. Idempotent by key. The invoice's vendor or an admin approves; NotFound to others. Raises AmountTooLarge
    when more comes back than was invoiced, AmountNotPositive.
    """
    invoice = _lock_invoice(session, invoice_id, approver=approver, now=now)
    key = f"credit_note:{idempotency_key}"
    if posting := session.scalar(select(Posting).where(Posting.idempotency_key == key)):
        return Money(posting.memo["total_minor"])
    credited = _credited(session, invoice, lines)
    net = _net_credited_before(session, invoice_id)
    note = policy.credit_note(
        credited,
        net_before=Money(invoice.taxable_minor + invoice.exempt_minor) - net,
        commission_basis_points=invoice.commission_basis_points,
    )
    if note.total <= ZERO:
        raise AmountNotPositive(amount=note.total)
    plan = _on_invoice(session, invoice, note.total)
    ledger.post(
        session,
        key,
        kind=PostingKind.CREDIT_NOTE,
        lines=[
            ledger.debit(ledger.payable(invoice.vendor_id), note.total - note.commission),
            ledger.debit(ledger.COMMISSION, note.commission),
            *payments.paying(invoice.retailer_id, plan),
            ledger.credit(ledger.prepayment(invoice.retailer_id), plan.left),
        ],
        memo={
            "invoice_id": invoice.id,
            "invoice": invoice.number,
            "reason": reason,
            "lines": [line.as_facts() for line in credited],
            "net_minor": note.net.minor,
            "vat_minor": note.vat.minor,
            "total_minor": note.total.minor,
        },
        actor=approver,
        approved_by=approver,
        now=now,
    )
    payments.use_prepayment(session, invoice.retailer_id, cause=key, actor=approver, now=now)
    return note.total


def write_off(
    session: Session,
    invoice_id: int,
    *,
    amount: Money,
    reason: str,
    idempotency_key: str,
    approver: Actor,
    now: dt.datetime,
    asker: Actor | None = None,
) -> int:
    """Give up *amount* of an invoice; returns the posting. An admin approves what he, or the *asker*, found.

    Raises NotAllowed, AmountTooLarge above what is owed, ApprovalNeeded when it is too much for one admin alone.
    """
    _admin_only(approver, "write_off")
    invoice = _lock_invoice(session, invoice_id, approver=approver, now=now)
    key = f"write_off:{idempotency_key}"
    if posting_id := session.scalar(select(Posting.id).where(Posting.idempotency_key == key)):
        return posting_id
    plan = _on_invoice(session, invoice, amount)
    if amount <= ZERO:
        raise AmountNotPositive(amount=amount)
    if plan.left:
        raise AmountTooLarge(asked=amount, left=amount - plan.left)
    if asker is None:
        four_eyes.check_alone(session, invoice.retailer_id, amount, approver=approver, now=now)
    return ledger.post(
        session,
        key,
        kind=PostingKind.WRITE_OFF,
        lines=[ledger.debit(ledger.ADJUSTMENT, amount), *payments.paying(invoice.retailer_id, plan)],
        memo={"invoice_id": invoice.id, "invoice": invoice.number, "reason": reason},
        actor=asker or approver,
        approved_by=approver,
        now=now,
    )


def allow_discount(
    session: Session,
    retailer_id: int,
    *,
    amount: Money,
    reason: str,
    idempotency_key: str,
    approver: Actor,
    now: dt.datetime,
    asker: Actor | None = None,
) -> int:
    """Lower a retailer's debt at our own cost, oldest invoice first; what is left over is a prepayment.

    Raises NotAllowed, AmountNotPositive, ApprovalNeeded when it is too much for one admin alone and nobody else asked.
    """
    _admin_only(approver, "allow_discount")
    if amount <= ZERO:
        raise AmountNotPositive(amount=amount)
    lock_account(session, retailer_id, now=now)
    key = f"adjustment:{idempotency_key}"
    if posting_id := session.scalar(select(Posting.id).where(Posting.idempotency_key == key)):
        return posting_id
    if asker is None:
        four_eyes.check_alone(session, retailer_id, amount, approver=approver, now=now)
    plan = policy.apply_payment(amount, open_invoices(session, retailer_id))
    return ledger.post(
        session,
        key,
        kind=PostingKind.ADJUSTMENT,
        lines=[
            ledger.debit(ledger.ADJUSTMENT, amount),
            *payments.paying(retailer_id, plan),
            ledger.credit(ledger.prepayment(retailer_id), plan.left),
        ],
        memo={"reason": reason},
        actor=asker or approver,
        approved_by=approver,
        now=now,
    )


def settle_vendor(
    session: Session,
    vendor_id: int,
    *,
    amount: Money,
    method: PaymentMethod,
    reference: str,
    idempotency_key: str,
    approver: Actor,
    now: dt.datetime,
    is_confirmed: bool = False,
) -> int:
    """Post what we paid a vendor; returns the posting. Idempotent by key, and a reference pays once.

    More than the vendor is owed is held back, SettlementHeld, unless *is_confirmed* (somebody looked at it twice).
    Raises NotAllowed, AmountNotPositive, ReferenceMissing, ReferenceTaken.
    """
    _admin_only(approver, "settle_vendor")
    payments.check(method, reference, amount)
    # Two settlements of one vendor at the same moment must not both find it owed.
    lock(session, Vendor, vendor_id, LockRank.VENDOR)
    key = f"settlement:{idempotency_key}"
    is_new = session.scalar(select(Posting.id).where(Posting.idempotency_key == key)) is None
    if is_new and not is_confirmed:
        today = business_date(now)
        owed = settlement(session, vendor_id, start=today, end=today).owed
        if amount > owed:
            raise SettlementHeld(amount=amount, owed=owed)
    posting_id = ledger.post(
        session,
        key,
        kind=PostingKind.SETTLEMENT,
        lines=[ledger.debit(ledger.payable(vendor_id), amount), ledger.credit(ledger.bank(method), amount)],
        memo={"method": method, "reference": reference},
        actor=approver,
        approved_by=approver,
        now=now,
    )
    if is_new:
        with refusals(session, method=method, reference=reference):
            session.add(
                VendorSettlement(
                    vendor_id=vendor_id,
                    method=method,
                    reference_key=reference_key(reference),
                    posting_id=posting_id,
                )
            )
    return posting_id


def reverse_posting(
    session: Session,
    posting_id: int,
    *,
    reason: str,
    idempotency_key: str,
    approver: Actor,
    now: dt.datetime,
) -> int:
    """Take back a wrong write-off or settlement; returns the posting that does. Raises NotFound, PostingReversed."""
    _admin_only(approver, "reverse_posting")
    key = f"reversal:{idempotency_key}"
    reversal_id = ledger.reverse(session, posting_id, key=key, reason=reason, approver=approver, now=now)
    session.execute(
        update(VendorSettlement)
        .where(VendorSettlement.posting_id == posting_id, VendorSettlement.reversed_at.is_(None))
        .values(reversed_at=now)
    )
    invoice_id = session.get_one(Posting, reversal_id).memo.get("invoice_id")
    if invoice_id is not None:
        retailer_id = session.get_one(Invoice, invoice_id).retailer_id
        payments.use_prepayment(session, retailer_id, cause=key, actor=approver, now=now)
    return reversal_id


def _lock_invoice(session: Session, invoice_id: int, *, approver: Actor, now: dt.datetime) -> Invoice:
    invoice = session.get(Invoice, invoice_id)
    is_own = (
        invoice is not None and approver.kind is ActorKind.VENDOR and approver.vendor_id == invoice.vendor_id
    )
    if invoice is None or not (approver.kind is ActorKind.ADMIN or is_own):
        raise NotFound(kind="invoices", id=invoice_id)
    lock_account(session, invoice.retailer_id, now=now)
    return invoice


def _on_invoice(session: Session, invoice: Invoice, amount: Money) -> Application:
    """As much of *amount* as this invoice still owes."""
    owed = [one for one in open_invoices(session, invoice.retailer_id) if one.invoice_id == invoice.id]
    return policy.apply_payment(amount, owed)


def _credited(session: Session, invoice: Invoice, lines: Mapping[int, Decimal]) -> tuple[CreditedLine, ...]:
    billed = {
        line.position: line
        for line in session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))
    }
    before = _lines_credited_before(session, invoice.id)
    credited = []
    for position, quantity in sorted(lines.items()):
        line = billed.get(position)
        if line is None:
            raise NotFound(kind="invoice_lines", position=position)
        earlier = before.get(position, (Decimal(0), ZERO, ZERO))
        left = line.quantity - earlier[0]
        if not 0 < quantity <= left:
            raise AmountTooLarge(position=position, asked=quantity, left=left)
        credited.append(
            policy.credited_line(
                position=position,
                quantity=quantity,
                quantity_left=left,
                net_left=Money(line.net_minor) - earlier[1],
                vat_left=Money(line.vat_minor) - earlier[2],
            )
        )
    return tuple(credited)


def _lines_credited_before(session: Session, invoice_id: int) -> dict[int, tuple[Decimal, Money, Money]]:
    """By position: quantity, net and VAT that earlier notes took back."""
    taken: dict[int, tuple[Decimal, Money, Money]] = {}
    for posting in _notes(session, invoice_id):
        for facts in posting.memo["lines"]:
            line = CreditedLine.from_facts(facts)
            quantity, net, vat = taken.get(line.position, (Decimal(0), ZERO, ZERO))
            taken[line.position] = (quantity + line.quantity, net + line.net, vat + line.vat)
    return taken


def _net_credited_before(session: Session, invoice_id: int) -> Money:
    return Money(sum(posting.memo["net_minor"] for posting in _notes(session, invoice_id)))


def _notes(session: Session, invoice_id: int) -> list[Posting]:
    return list(
        session.scalars(
            select(Posting).where(
                Posting.kind == PostingKind.CREDIT_NOTE,
                Posting.memo["invoice_id"] == _as_json(invoice_id),
            )
        )
    )


def _as_json(value: int) -> ColumnElement[Any]:
    """A number as the index on the memo holds it."""
    return func.to_jsonb(cast(value, BigInteger))


def _admin_only(approver: Actor, action: str) -> None:
    if approver.kind is not ActorKind.ADMIN:
        raise NotAllowed(actor=approver.label, action=action)
