"""What the money can refuse."""

from __future__ import annotations

from core.credit.kinds import HoldRefusal
from core.errors import DomainError
from core.money import Money


class CreditRefused(DomainError):
    """No credit is held for this order."""

    code = "credit_refused"

    def __init__(self, *, reason: HoldRefusal, available: Money, asked: Money, shortfall: Money) -> None:
        self.reason = reason
        self.available = available
        self.asked = asked
        self.shortfall = shortfall
        super().__init__(reason=reason, available=available, asked=asked, shortfall=shortfall)


class AccountOpenAlready(DomainError):
    """The retailer has a credit account with another limit: change the limit instead."""

    code = "account_open_already"


class HoldTooSmall(DomainError):
    """More would be taken from the hold than it still has."""

    code = "hold_too_small"


class HoldResolved(DomainError):
    """The hold is captured or released already; it resolves once."""

    code = "hold_resolved"


class NothingDelivered(DomainError):
    """A delivery without goods makes no invoice."""

    code = "nothing_delivered"


class IdempotencyKeyReused(DomainError):
    """The key already stands for something else."""

    code = "idempotency_key_reused"


class ReferenceMissing(DomainError):
    """Every payment but cash carries a reference."""

    code = "reference_missing"


class ReferenceTaken(DomainError):
    """This method and reference already paid something."""

    code = "reference_taken"


class AmountNotPositive(DomainError):
    """The amount must be more than nothing."""

    code = "amount_not_positive"


class AmountTooLarge(DomainError):
    """The amount is more than what is left."""

    code = "amount_too_large"


class PaymentHeld(DomainError):
    """So much more than is owed waits until it is confirmed; nothing was booked."""

    code = "payment_held"


class SettlementHeld(DomainError):
    """More than the vendor is owed waits until it is confirmed; nothing was booked."""

    code = "settlement_held"


class ClaimAnswered(DomainError):
    """The claim was answered or replaced before."""

    code = "claim_answered"


class ClaimNeedsAdmin(DomainError):
    """The vendor's word is not enough for this payment: an admin confirms it."""

    code = "claim_needs_admin"


class ApprovalNeeded(DomainError):
    """One admin may not give up that much of a shop's debt in a day: ask for it, and another admin approves."""

    code = "approval_needed"


class CorrectionAnswered(DomainError):
    """The correction was approved or refused before."""

    code = "correction_answered"


class SecondPersonNeeded(DomainError):
    """Whoever asked for a correction can't approve it."""

    code = "second_person_needed"


class ChequeNotOpen(DomainError):
    """The cheque is not in a state that allows this."""

    code = "cheque_not_open"


class PostingReversed(DomainError):
    """The posting was reversed before, or cannot be reversed by itself."""

    code = "posting_reversed"


class BillBroughtBefore(DomainError):
    """This bill was brought in with another amount or other days. A debt in the books is corrected, never changed."""

    code = "bill_brought_before"


class BillLooksBrought(DomainError):
    """A bill of that day and amount is here under a number that people would call the same: it is another only if somebody says so."""

    code = "bill_looks_brought"


class BillNumberRefused(DomainError):
    """A bill's number is letters, digits and - / . # : on one line, and nothing that changes how a line is read."""

    code = "bill_number_refused"


class DaysOfBillImpossible(DomainError):
    """A bill is made before it is due, and not in the future."""

    code = "days_of_bill_impossible"
