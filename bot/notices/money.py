"""Notices about money: payments that were told, took place or bounced, credit and risk."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogue.machine import Ask
from bot.dialogue.screens.vendor import claims as vendor_claims
from bot.notices.views import Notice
from bot.wording.say import Say
from core import events
from core.actor import ActorKind, kind_of
from core.credit import queries as credit
from core.credit.kinds import ClaimStatus
from core.credit.models import Payment, PaymentClaim
from core.credit.policy import OverdueBlocking
from core.money import Money, total
from core.orders.settings import OrderSettings
from core.parties import queries as parties
from core.refs import RetailerId, VendorId
from core.risk.kinds import ActionKind
from core.risk.models import PaymentReminder, RiskAction, RiskAppeal
from core.risk.settings import LimitRules
from core.settings.service import current


def claim(session: Session, event: events.PaymentClaimed) -> Notice | None:
    row = session.get_one(PaymentClaim, event.claim_id)
    if row.status is not ClaimStatus.OPEN or is_one_of_several(session, event):
        return None
    return Notice(
        say=Say(
            "vendor/claim", {**vendor_claims.claim_view(session, row), "instead": _instead_of(session, row)}
        ),
        subject=f"claim:{row.id}",
        ask=Ask(
            kind=vendor_claims.CLAIM, subject_id=row.id, facts={"about": {"amount_minor": row.amount_minor}}
        ),
    )


def _instead_of(session: Session, claim: PaymentClaim) -> Money | None:
    """What the shop said at first, where this claim puts right one that the same payee was asked about."""
    minor = session.scalar(
        select(PaymentClaim.amount_minor).where(
            PaymentClaim.replaced_by_id == claim.id, PaymentClaim.vendor_id == claim.vendor_id
        )
    )
    return None if minor is None else Money(minor)


def claim_replaced(session: Session, event: events.ClaimReplaced) -> Notice | None:
    """Tells a payee that it has nothing to confirm any more; None where it is asked about the correction."""
    row = session.get_one(PaymentClaim, event.claim_id)
    by = session.get(PaymentClaim, row.replaced_by_id)
    if by is None or by.vendor_id == row.vendor_id:
        return None
    return Notice(
        say=Say("notify/claim_replaced", vendor_claims.claim_view(session, row)),
        subject=f"claim:{row.id}:replaced",
    )


def claim_withdrawn(session: Session, event: events.ClaimWithdrawn) -> Notice:
    """Tells a payee that the shop took its word back."""
    row = session.get_one(PaymentClaim, event.claim_id)
    return Notice(
        say=Say("notify/claim_withdrawn", vendor_claims.claim_view(session, row)),
        subject=f"claim:{row.id}:withdrawn",
    )


def is_one_of_several(session: Session, event: events.PaymentClaimed) -> bool:
    """Whether other claims wait for the same vendor: they are then told together."""
    if event.vendor_id is None:
        return False
    return len(credit.open_claims_for_vendor(session, event.vendor_id)) > 1


def waiting_claims(session: Session, event: events.ClaimsWaiting) -> Notice | None:
    """All that waits for this vendor's word, in one message; None when nothing does.

    One claim that is left has the subject of its own notice, so that nobody is asked about it twice.
    """
    found = vendor_claims.claims_notice(session, VendorId(event.vendor_id))
    if found is None:
        return None
    say, ask = found
    if event.count == 1:
        return Notice(say=say, subject=f"claim:{event.newest_id}", ask=ask)
    return Notice(say=say, subject=f"claims:{event.vendor_id}:{event.newest_id}:{event.count}", ask=ask)


def claim_rejected(session: Session, event: events.ClaimRejected) -> Notice:
    row = session.get_one(PaymentClaim, event.claim_id)
    by_us = row.vendor_id is None or (
        row.answered_by is not None and kind_of(row.answered_by) is ActorKind.ADMIN
    )
    view = {
        "amount": Money(row.amount_minor),
        "method": row.method.value,
        "reference": row.reference,
        "by_us": by_us,
        # A wholesaler's own reason is its no in its own words, which says nothing to the shop.
        "reason": row.reject_reason if by_us else None,
    }
    return Notice(say=Say("notify/claim_rejected", view), subject=f"claim:{row.id}")


def payment_posted(session: Session, event: events.PaymentPosted) -> Notice:
    payment = session.get_one(Payment, event.payment_id)
    standing = credit.standing(session, event.retailer_id, now=payment.received_at)
    claim = None if event.claim_id is None else session.get_one(PaymentClaim, event.claim_id)
    is_other_sum = claim is not None and claim.amount_minor != payment.amount_minor
    view = {
        "amount": Money(payment.amount_minor),
        # What the shop said, where another sum came.
        "claimed": Money(claim.amount_minor) if claim is not None and is_other_sum else None,
        "method": payment.method.value,
        "reference": payment.reference,
        "owed": standing.owed,
    }
    return Notice(
        say=Say("notify/payment_posted", view),
        subject=f"payment:{payment.id}",
        without_debt=Say("notify/payment_posted", {**view, "owed": None}),
    )


def cheque_taken(session: Session, event: events.ChequeTaken) -> Notice:
    payment = session.get_one(Payment, event.payment_id)
    return Notice(say=Say("notify/cheque_taken", _cheque(payment)), subject=f"payment:{payment.id}")


def cheque_bounced(session: Session, event: events.ChequeBounced) -> Notice:
    """To the shop: what is owed with the cheque unpaid."""
    payment = session.get_one(Payment, event.payment_id)
    owed = credit.standing(session, event.retailer_id, now=payment.received_at).owed
    say = Say("notify/cheque_bounced", {**_cheque(payment), "owed": owed})
    without_debt = Say("notify/cheque_bounced", {**_cheque(payment), "owed": None})
    return Notice(say=say, subject=f"bounced:{payment.id}", without_debt=without_debt)


def cheque_bounced_of_shop(session: Session, event: events.ChequeBounced) -> Notice:
    """To the vendor that has the cheque."""
    payment = session.get_one(Payment, event.payment_id)
    shop = parties.get_retailer(session, RetailerId(event.retailer_id))
    view = {**_cheque(payment), "shop_name": shop.shop_name}
    return Notice(say=Say("notify/cheque_bounced_of_shop", view), subject=f"bounced:{payment.id}")


def _cheque(payment: Payment) -> dict[str, object]:
    return {"amount": Money(payment.amount_minor), "reference": payment.reference}


# Credit, by itself


def limit_cut(session: Session, event: events.CreditLimitCut) -> Notice:
    action = session.get_one(RiskAction, event.action_id)
    view = {**_limits(action), "delays": len(action.facts["invoice_ids"]), "days": _restore_days(session)}
    return Notice(say=Say("notify/limit_cut", view), subject=f"action:{action.id}")


def limit_restored(session: Session, event: events.CreditLimitRestored) -> Notice:
    """After an admin's undo the action is the cut itself, whose limit before is in force again."""
    action = session.get_one(RiskAction, event.action_id)
    is_undo = action.kind is ActionKind.LIMIT_CUT
    limit = action.before_minor if is_undo else action.after_minor
    return Notice(
        say=Say("notify/limit_restored", {"limit": Money(limit or 0)}), subject=f"restored:{action.id}"
    )


def overdue_warned(session: Session, event: events.OverdueWarned) -> Notice:
    action = session.get_one(RiskAction, event.action_id)
    block_after = current(session, OverdueBlocking).values.block_after_days
    view = {**_overdue(action), "block_after": block_after}
    return Notice(say=Say("notify/overdue_warned", view), subject=f"action:{action.id}")


def payment_reminded(session: Session, event: events.PaymentReminded) -> Notice:
    row = session.get_one(PaymentReminder, event.reminder_id)
    amounts = (Money(row.late_minor), Money(row.due_today_minor), Money(row.due_tomorrow_minor))
    view = {
        "late": amounts[0],
        "days": row.oldest_days_late,
        "due_today": amounts[1],
        "due_tomorrow": amounts[2],
        "total": total(amounts),
    }
    return Notice(say=Say("notify/payment_due", view), subject=f"reminder:{row.id}")


def credit_blocked(session: Session, event: events.CreditBlocked) -> Notice:
    action = session.get_one(RiskAction, event.action_id)
    cash = Money(current(session, OrderSettings).values.cash_limit_minor)
    view = {**_overdue(action), "cash_limit": cash}
    return Notice(say=Say("notify/credit_blocked", view), subject=f"action:{action.id}")


def block_lifted(_session: Session, event: events.CreditBlockLifted) -> Notice:
    return Notice(say=Say("notify/block_lifted", {}), subject=f"lifted:{event.action_id}")


def appeal_answered(session: Session, event: events.AppealAnswered) -> Notice:
    appeal = session.get_one(RiskAppeal, event.appeal_id)
    return Notice(say=Say("notify/appeal_answered", {"answer": appeal.answer}), subject=f"appeal:{appeal.id}")


def _limits(action: RiskAction) -> dict[str, object]:
    return {"before": Money(action.before_minor or 0), "after": Money(action.after_minor or 0)}


def _overdue(action: RiskAction) -> dict[str, object]:
    return {"overdue": Money(action.facts["overdue_minor"]), "days": action.facts["days"]}


def _restore_days(session: Session) -> int:
    return current(session, LimitRules).values.restore_after_days
