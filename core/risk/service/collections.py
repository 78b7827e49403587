"""Remind shops of what they owe: at most once a day, and not while they promised, claimed to have paid, or paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor
from core.clock import business_date
from core.credit.kinds import ClaimStatus
from core.credit.models import Invoice, OpenDebt, PaymentClaim
from core.events import PaymentReminded
from core.money import Money
from core.outbox.models import Queue
from core.outbox.service import add_job, record
from core.parties.models import Retailer
from core.risk.models import PaymentPromise, PaymentReminder
from core.risk.policy.collections import ReminderSettings, kept_until, reminder
from core.settings.service import current

REMIND: Final = "remind_retailers"
SLICE: Final = 500


def note_promise(
    session: Session,
    retailer_id: int,
    *,
    promised_on: dt.date,
    amount: Money | None,
    actor: Actor,
    now: dt.datetime,
) -> dt.date:
    """Keep that the shop promised to pay on that day. Returns the day until which it is not reminded, included."""
    until = kept_until(promised_on, today=business_date(now))
    session.add(
        PaymentPromise(
            retailer_id=retailer_id,
            promised_on=promised_on,
            quiet_until=until,
            amount_minor=None if amount is None else amount.minor,
            actor=actor.label,
            at=now,
        )
    )
    session.flush()
    return until


def ask_for_all(session: Session, *, now: dt.datetime) -> int:
    """One job for each slice of the shops that are to be reminded today. Returns how many shops."""
    ids = _to_remind(session, today=business_date(now))
    for start in range(0, len(ids), SLICE):
        chosen = ids[start : start + SLICE]
        add_job(
            session,
            REMIND,
            queue=Queue.PAYMENT_REMINDERS,
            arguments={"retailer_ids": chosen},
            dedup_key=f"retailers:{chosen[0]}-{chosen[-1]}",
            now=now,
        )
    return len(ids)


def remind(session: Session, retailer_ids: Collection[int], *, now: dt.datetime) -> int:
    """Write today's reminder of each shop that still is to get one, once a day each. Returns how many."""
    today = business_date(now)
    chosen = _to_remind(session, today=today, among=retailer_ids)
    if not chosen:
        return 0
    debts = session.execute(
        select(OpenDebt.retailer_id, Invoice.due_on, OpenDebt.amount_minor)
        .join(Invoice, Invoice.id == OpenDebt.invoice_id)
        .where(OpenDebt.retailer_id.in_(chosen), OpenDebt.amount_minor > 0)
    )
    by_shop: dict[int, list[tuple[dt.date, Money]]] = {retailer_id: [] for retailer_id in chosen}
    for retailer_id, due_on, amount_minor in debts:
        by_shop[retailer_id].append((due_on, Money(amount_minor)))
    rows = []
    for retailer_id, owed in by_shop.items():
        told = reminder(owed, today=today)
        rows.append(
            {
                "retailer_id": retailer_id,
                "on_date": today,
                "late_minor": told.late.minor,
                "oldest_days_late": told.oldest_days_late,
                "due_today_minor": told.due_today.minor,
                "due_tomorrow_minor": told.due_tomorrow.minor,
                "at": now,
            }
        )
    added = insert(PaymentReminder).values(rows).on_conflict_do_nothing()
    reminded = session.execute(added.returning(PaymentReminder.id, PaymentReminder.retailer_id)).all()
    for reminder_id, retailer_id in reminded:
        event = PaymentReminded(retailer_id=retailer_id, reminder_id=reminder_id)
        record(session, event, actor=SYSTEM, now=now)
    return len(reminded)


def _to_remind(session: Session, *, today: dt.date, among: Collection[int] | None = None) -> list[int]:
    """Shops with a debt of one of today's days, in one statement; not those that promised or claim to have paid."""
    rules = current(session, ReminderSettings).values
    promised = exists().where(
        PaymentPromise.retailer_id == OpenDebt.retailer_id, PaymentPromise.quiet_until >= today
    )
    claimed = exists().where(
        PaymentClaim.retailer_id == OpenDebt.retailer_id, PaymentClaim.status == ClaimStatus.OPEN
    )
    wanted = (
        select(OpenDebt.retailer_id)
        .join(Invoice, Invoice.id == OpenDebt.invoice_id)
        .join(Retailer, Retailer.id == OpenDebt.retailer_id)
        .where(
            OpenDebt.amount_minor > 0,
            Invoice.due_on.in_(rules.due_days(today)),
            Retailer.is_active,
            ~promised,
            ~claimed,
        )
        .distinct()
        .order_by(OpenDebt.retailer_id)
    )
    if among is not None:
        wanted = wanted.where(OpenDebt.retailer_id.in_(among))
    return list(session.scalars(wanted))
