"""Everything that moves money. All of it happens under the lock of the retailer's credit account."""

from core.credit.policy import ALL_CASH, NO_CASH, Cash, DeliveredLine, cash_taken, part_of_cash
from core.credit.service.accounts import (
    change_limit,
    limit_with_vendor,
    lock_account,
    lock_accounts,
    open_account,
)
from core.credit.service.approvals import (
    approve_correction,
    ask_discount,
    ask_write_off,
    refuse_correction,
)
from core.credit.service.claims import claim_payment, confirm_claim, reject_claim, withdraw_claim
from core.credit.service.corrections import (
    allow_discount,
    credit_note,
    reverse_posting,
    settle_vendor,
    write_off,
)
from core.credit.service.deliveries import Delivery, post_delivery
from core.credit.service.holds import (
    grow_hold,
    grow_hold_by_rounding,
    hold_with_vendor,
    place_hold,
    release_hold,
    release_hold_with_vendor,
    shrink_hold,
)
from core.credit.service.payments import bounce_cheque, clear_cheque, record_payment

__all__ = [
    "ALL_CASH",
    "NO_CASH",
    "Cash",
    "DeliveredLine",
    "Delivery",
    "allow_discount",
    "approve_correction",
    "ask_discount",
    "ask_write_off",
    "bounce_cheque",
    "cash_taken",
    "change_limit",
    "claim_payment",
    "clear_cheque",
    "confirm_claim",
    "credit_note",
    "grow_hold",
    "grow_hold_by_rounding",
    "hold_with_vendor",
    "limit_with_vendor",
    "lock_account",
    "lock_accounts",
    "open_account",
    "part_of_cash",
    "place_hold",
    "post_delivery",
    "record_payment",
    "refuse_correction",
    "reject_claim",
    "release_hold",
    "release_hold_with_vendor",
    "reverse_posting",
    "settle_vendor",
    "shrink_hold",
    "withdraw_claim",
    "write_off",
]
