"""The money's decisions: may credit be held, what a delivery bills, which invoices a payment pays, how late a debt is.

Pure: values in, a value with its reason out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from core.credit.errors import AmountNotPositive, AmountTooLarge
from core.credit.kinds import CashAnswer, HoldRefusal, PaidState, PaymentMethod, WhyAdmin
from core.identity import reference_key
from core.money import ZERO, Money, total
from core.quantity import Said


@dataclass(frozen=True, kw_only=True, slots=True)
class OverdueBlocking:
    """From how many days past due the oldest debt stops new orders on credit, and the shop is warned (DOMAIN.md, section 5)."""

    CATEGORY: ClassVar[str] = "credit_overdue_blocking"

    block_after_days: int = 30
    warn_after_days: int = 15

    def __post_init__(self) -> None:
        if not 1 <= self.warn_after_days <= self.block_after_days:
            raise ValueError("the warning comes a day late at least, and not after credit stopped")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimSettings:
    """Above `ceiling_minor` paisa in one payment an admin looks, whoever confirms."""

    CATEGORY: ClassVar[str] = "payment_claims"

    ceiling_minor: int = 50_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionSettings:
    """Up to `alone_up_to_minor` paisa of one shop's debt in a day an admin gives up alone; above, another approves."""

    CATEGORY: ClassVar[str] = "corrections"

    alone_up_to_minor: int = 1_000_000

    def __post_init__(self) -> None:
        if self.alone_up_to_minor < 0:
            raise ValueError("the amount is nothing or more")


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountView:
    """A credit account as `decide_hold` needs it."""

    limit: Money
    posted: Money
    held: Money
    cash_due: Money
    oldest_days_past_due: int

    @property
    def available(self) -> Money:
        """Negative when the limit was lowered, or a cheque bounced, below the exposure."""
        return self.limit - self.posted - self.held


def decide_hold(account: AccountView, amount: Money, settings: OverdueBlocking) -> HoldRefusal | None:
    """Why *amount* may not be held; None when it may. Exposure equal to the limit is allowed.

    What the retailer can do something about comes before the shortfall: paying lifts it whatever the amount.
    """
    if account.limit <= ZERO:
        return HoldRefusal.NO_ACCOUNT
    if account.cash_due > ZERO:
        return HoldRefusal.CASH_DUE
    if account.oldest_days_past_due >= settings.block_after_days:
        return HoldRefusal.OVERDUE
    if amount > account.available:
        return HoldRefusal.LIMIT_EXCEEDED
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveredLine:
    product_id: int
    description: str
    quantity: Decimal
    unit_price: Money
    vat_basis_points: int
    # How the shop said `quantity`, if not in base pieces.
    said: Said | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PricedLine:
    line: DeliveredLine
    net: Money
    vat: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PricedDelivery:
    lines: tuple[PricedLine, ...]
    taxable: Money
    exempt: Money
    vat: Money
    commission: Money

    @property
    def total(self) -> Money:
        return self.taxable + self.exempt + self.vat


def price_delivery(lines: Iterable[DeliveredLine], commission_basis_points: int) -> PricedDelivery:
    """Price what was handed over; lines of which nothing came are left out.

    Rounded per line exactly as the basket was. Commission is a share of the net: VAT is the state's money.
    """
    priced = tuple(_priced(line) for line in lines if line.quantity > 0)
    taxable = total(entry.net for entry in priced if entry.line.vat_basis_points)
    exempt = total(entry.net for entry in priced if not entry.line.vat_basis_points)
    return PricedDelivery(
        lines=priced,
        taxable=taxable,
        exempt=exempt,
        vat=total(entry.vat for entry in priced),
        commission=(taxable + exempt).share(commission_basis_points),
    )


def _priced(line: DeliveredLine) -> PricedLine:
    net = line.unit_price.times(line.quantity)
    return PricedLine(line=line, net=net, vat=net.share(line.vat_basis_points))


@dataclass(frozen=True, kw_only=True, slots=True)
class Cash:
    """The cash handed over on delivery, as the vendor says. `amount` is set for a part only."""

    answer: CashAnswer
    amount: Money | None = None


ALL_CASH = Cash(answer=CashAnswer.FULL)
NO_CASH = Cash(answer=CashAnswer.NONE)


def part_of_cash(amount: Money) -> Cash:
    return Cash(answer=CashAnswer.PART, amount=amount)


def cash_taken(cash: Cash, billed: Money) -> Money:
    """How much of the invoice was paid in cash on delivery. Raises AmountNotPositive, AmountTooLarge for more than it."""
    if cash.answer is CashAnswer.FULL:
        return billed
    if cash.answer is CashAnswer.NONE:
        return ZERO
    amount = cash.amount or ZERO
    if amount <= ZERO:
        raise AmountNotPositive(amount=amount)
    if amount > billed:
        raise AmountTooLarge(amount=amount, left=billed)
    return amount


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditedLine:
    """What a credit note takes back of one invoice line."""

    position: int
    quantity: Decimal
    net: Money
    vat: Money

    def as_facts(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "quantity": str(self.quantity),
            "net_minor": self.net.minor,
            "vat_minor": self.vat.minor,
        }

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> CreditedLine:
        return cls(
            position=facts["position"],
            quantity=Decimal(facts["quantity"]),
            net=Money(facts["net_minor"]),
            vat=Money(facts["vat_minor"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditNote:
    """What a credit note takes back in all."""

    net: Money
    vat: Money
    # The share of the net that we had kept and now return.
    commission: Money

    @property
    def total(self) -> Money:
        return self.net + self.vat


def credited_line(
    *, position: int, quantity: Decimal, quantity_left: Decimal, net_left: Money, vat_left: Money
) -> CreditedLine:
    """The part that *quantity* is of what earlier notes left of the line.

    Computed as what is left minus what stays, so that notes over the whole line take back all of it to the paisa.
    """
    stays = (quantity_left - quantity) / quantity_left
    return CreditedLine(
        position=position,
        quantity=quantity,
        net=net_left - net_left.times(stays),
        vat=vat_left - vat_left.times(stays),
    )


def credit_note(
    lines: Sequence[CreditedLine], *, net_before: Money, commission_basis_points: int
) -> CreditNote:
    """The note over these lines; *net_before* is what earlier notes left of the invoice's net."""
    net = total(line.net for line in lines)
    stays = net_before - net
    return CreditNote(
        net=net,
        vat=total(line.vat for line in lines),
        commission=net_before.share(commission_basis_points) - stays.share(commission_basis_points),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenInvoice:
    """An invoice on which something is owed."""

    invoice_id: int
    vendor_id: int
    number: str
    order_id: int | None
    on_credit: bool
    issued_at: dt.datetime
    due_on: dt.date
    total: Money
    outstanding: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidPart:
    invoice: OpenInvoice
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """Where a payment goes: parts for invoices, and what is left over as paid ahead."""

    parts: tuple[PaidPart, ...]
    left: Money


def apply_payment(amount: Money, invoices: Iterable[OpenInvoice], *, named: int | None = None) -> Application:
    """Spread *amount* over the open invoices: the *named* one first, then the oldest."""
    parts = []
    left = amount
    for invoice in sorted(invoices, key=lambda one: (one.invoice_id != named, one.issued_at, one.invoice_id)):
        part = min(left, invoice.outstanding)
        if part > ZERO:
            parts.append(PaidPart(invoice=invoice, amount=part))
            left -= part
    return Application(parts=tuple(parts), left=left)


def decide_payee(amount: Money, *, owed: Money, ceiling: Money, is_on_both_sides: bool) -> WhyAdmin | None:
    """Whether a vendor's own word is enough for *amount*, and if not, why an admin is needed.

    *owed* is what the retailer owes this vendor: more than that would pay others, or be paid ahead, on its word.
    """
    if is_on_both_sides:
        return WhyAdmin.BOTH_SIDES
    if amount > ceiling:
        return WhyAdmin.ABOVE_CEILING
    return WhyAdmin.MORE_THAN_OWED if amount > owed else None


def is_reference_needed(method: PaymentMethod) -> bool:
    """Every payment but cash carries a reference."""
    return method is not PaymentMethod.CASH


def find_named(reference: str | None, invoices: Sequence[OpenInvoice]) -> int | None:
    """The open invoice whose number is the reference. None when none or, with two vendors, several have it."""
    key = reference_key(reference)
    named = [invoice.invoice_id for invoice in invoices if reference_key(invoice.number) == key]
    return named[0] if len(named) == 1 else None


class Bucket(StrEnum):
    """Ageing: how many days past due."""

    CURRENT = "current"
    TO_30 = "1-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "over_90"


def bucket(days_past_due: int) -> Bucket:
    """The ageing bucket (DOMAIN.md, section 4)."""
    if days_past_due <= 0:
        return Bucket.CURRENT
    if days_past_due <= 30:
        return Bucket.TO_30
    if days_past_due <= 60:
        return Bucket.TO_60
    if days_past_due <= 90:
        return Bucket.TO_90
    return Bucket.OVER_90


def days_past_due(due_on: dt.date, today: dt.date) -> int:
    """Zero on the due day and before."""
    return max(0, (today - due_on).days)


def paid_state(*, billed: Money, outstanding: Money, due_on: dt.date, today: dt.date) -> PaidState:
    """How far an invoice is paid. One that is partly paid and late is late."""
    if outstanding <= ZERO:
        return PaidState.PAID
    if days_past_due(due_on, today):
        return PaidState.OVERDUE
    return PaidState.PART_PAID if outstanding < billed else PaidState.UNPAID
