"""The closed sets of the money's words, free of the database so that decisions can use them."""

from __future__ import annotations

from enum import StrEnum


class HoldStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class LedgerAccountKind(StrEnum):
    """Debit balances: receivable, cash_due, bank. Credit balances: payable, commission, prepayment."""

    RECEIVABLE = "receivable"  # what a retailer owes on credit; counts against the limit
    CASH_DUE = "cash_due"  # cash on delivery that was not handed over; outside the limit, stops more orders
    PREPAYMENT = "prepayment"  # what a retailer has paid ahead
    PAYABLE = "payable"  # what we owe a vendor: delivered − commission − returns − already paid
    COMMISSION = "commission"
    BANK = "bank"  # money that reached us, by method
    ADJUSTMENT = "adjustment"  # write-offs and corrections


class PostingKind(StrEnum):
    DELIVERY = "delivery"
    BROUGHT = "brought"  # old paper debt
    PAYMENT = "payment"
    PREPAYMENT_USED = "prepayment_used"  # what was paid ahead now pays an invoice
    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"
    ADJUSTMENT = "adjustment"
    SETTLEMENT = "settlement"
    REVERSAL = "reversal"


class PaymentMethod(StrEnum):
    CASH = "cash"
    BANK_TRANSFER = "bank_transfer"
    CHEQUE = "cheque"
    ESEWA = "esewa"
    KHALTI = "khalti"
    FONEPAY = "fonepay"


class CashAnswer(StrEnum):
    """How much of the cash was handed over on delivery."""

    FULL = "full"
    PART = "part"
    NONE = "none"


class PaymentStatus(StrEnum):
    AWAITING_CLEARANCE = "awaiting_clearance"
    POSTED = "posted"
    BOUNCED = "bounced"


class ClaimStatus(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"  # the shop took its word back before anybody answered
    BOUNCED = "bounced"  # the bank did not pay the cheque; presented again, it is a new claim
    CONTESTED = "contested"  # another shop named this reference first; kept for the admin who looks


class CorrectionKind(StrEnum):
    """What an admin may ask another to approve."""

    WRITE_OFF = "write_off"
    DISCOUNT = "discount"


class CorrectionStatus(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


class WhyAdmin(StrEnum):
    """Why a vendor's word is not enough to book a payment."""

    MORE_THAN_OWED = "more_than_owed"
    ABOVE_CEILING = "above_ceiling"
    BOTH_SIDES = "both_sides"


class PaidState(StrEnum):
    """How far an invoice or an order is paid. Derived from the ledger, never stored."""

    UNPAID = "unpaid"
    PART_PAID = "part_paid"
    PAID = "paid"
    OVERDUE = "overdue"


class HoldRefusal(StrEnum):
    """Why no credit is held."""

    NO_ACCOUNT = "no_account"
    CASH_DUE = "cash_due"
    OVERDUE = "overdue"
    LIMIT_EXCEEDED = "limit_exceeded"


class Series(StrEnum):
    """What is numbered without a gap, for each vendor and Nepali fiscal year."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
