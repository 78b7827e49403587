"""What is known of many retailers at once: three statements, however many they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from core.clock import business_date, start_of_business_day
from core.credit import policy
from core.credit.queries.settled import settled_invoices
from core.money import Money
from core.parties.models import Approval, Retailer
from core.risk.policy.facts import DueInvoice, OrderFacts, PaymentFacts, RetailerFacts
from core.risk.settings import CreditScoreSettings

# Written as SQL, because what matters in it is how the rows are grouped. `:ids` is an array, so that the statement is the
# same for every slice.

_ACCOUNTS: Final = text("""
    SELECT r.id, r.approved_at, a.limit_minor, a.posted_minor + a.held_minor AS exposure_minor,
           late.overdue_minor, late.oldest_due_on, late.oldest_invoice_id,
           EXISTS (SELECT FROM invoices i WHERE i.retailer_id = r.id) AS has_delivery,
           EXISTS (
               SELECT FROM payment_claims c
               WHERE c.retailer_id = r.id AND c.status = 'open'
           ) OR EXISTS (
               SELECT FROM shortages s
               JOIN fulfillments f ON f.id = s.fulfillment_id
               JOIN orders o ON o.id = f.order_id
               WHERE s.status = 'open' AND o.retailer_id = r.id
           ) AS has_open_dispute
    FROM retailers r
    LEFT JOIN credit_accounts a ON a.retailer_id = r.id AND a.vendor_id IS NULL
    LEFT JOIN LATERAL (
        SELECT sum(d.amount_minor) AS overdue_minor, min(i.due_on) AS oldest_due_on,
               (array_agg(i.id ORDER BY i.due_on, i.id))[1] AS oldest_invoice_id
        FROM open_debts d JOIN invoices i ON i.id = d.invoice_id
        WHERE d.retailer_id = r.id AND d.amount_minor > 0 AND i.due_on < :today
    ) late ON true
    WHERE r.id = ANY (:ids) AND r.approval = 'approved'
    ORDER BY r.id
""")

_PAYMENTS: Final = text(
    f"WITH {settled_invoices('i.retailer_id = ANY (:ids)')}"  # noqa: S608 - constants
    """
    , ranked AS (
        SELECT s.*, s.due_on < :today AS is_past,
               row_number() OVER (PARTITION BY retailer_id ORDER BY due_on < :today DESC, due_on DESC, id DESC) AS rank
        FROM settled s WHERE due > 0
    )
    SELECT retailer_id, count(*) AS invoices, sum(due)::bigint AS due, sum(in_time)::bigint AS in_time,
           sum(days_late)::bigint AS days_late,
           count(*) FILTER (WHERE is_past AND rank <= 50) AS recent,
           count(*) FILTER (WHERE is_past AND rank <= 50 AND days_late > 0) AS recent_late,
           coalesce(sum(days_late) FILTER (WHERE is_past AND rank <= 50), 0)::bigint AS recent_days_late,
           max(due_on) FILTER (WHERE days_late > 0) AS last_delay_on,
           array_agg(id ORDER BY rank) FILTER (WHERE is_past AND rank <= 50) AS newest_ids,
           array_agg(due_on ORDER BY rank) FILTER (WHERE is_past AND rank <= 50) AS newest_due,
           array_agg(days_late ORDER BY rank) FILTER (WHERE is_past AND rank <= 50) AS newest_late
    FROM ranked GROUP BY retailer_id
"""
)

# A cancellation to change the order is none. An order is stale when our question about it was left unanswered.
_ORDERS: Final = text("""
    WITH seen AS (
        SELECT o.id, o.retailer_id, o.placed_at, o.ceiling_minor,
               o.status IN ('delivered', 'completed') AS is_delivered,
               o.status = 'canceled' AND EXISTS (
                   SELECT FROM order_transitions t
                   WHERE t.order_id = o.id AND t.to_status = 'canceled' AND t.actor LIKE 'retailer%'
                     AND t.reason IS DISTINCT FROM 'changed'
               ) AS is_canceled,
               o.status = 'unfulfilled' AND o.end_reason = 'dearer_unanswered' AS is_stale,
               (
                   SELECT count(*) FROM fulfillments f JOIN shortages s ON s.fulfillment_id = f.id
                   WHERE f.order_id = o.id AND s.status = 'refused'
               ) AS disputes_refused
        FROM orders o
        WHERE o.retailer_id = ANY (:ids) AND o.placed_at > :since AND o.placed_at <= :now
    ), spaced AS (
        SELECT *, CASE WHEN is_delivered THEN extract(epoch FROM placed_at - lag(placed_at) OVER (
                     PARTITION BY retailer_id, is_delivered ORDER BY placed_at, id)) / 86400 END AS gap
        FROM seen
    )
    SELECT retailer_id, count(*) AS placed,
           count(*) FILTER (WHERE is_delivered) AS delivered,
           count(*) FILTER (WHERE is_canceled) AS canceled,
           count(*) FILTER (WHERE is_stale) AS stale,
           sum(disputes_refused)::bigint AS disputes_refused,
           min(placed_at) FILTER (WHERE is_delivered) AS first_at,
           max(placed_at) FILTER (WHERE is_delivered) AS last_at,
           count(gap) AS gaps, avg(gap) AS gap_mean, stddev_pop(gap) AS gap_deviation,
           avg(ceiling_minor) AS value_mean, stddev_pop(ceiling_minor) AS value_deviation,
           count(*) FILTER (WHERE placed_at > :week_ago) AS last_week,
           count(*) FILTER (WHERE placed_at <= :week_ago AND placed_at > :five_weeks_ago) AS four_weeks_before
    FROM spaced GROUP BY retailer_id
""")


def approved_ids(session: Session, *, after: int, limit: int) -> list[int]:
    """The next approved retailers by id, blocked ones included."""
    return list(
        session.scalars(
            select(Retailer.id)
            .where(Retailer.approval == Approval.APPROVED, Retailer.is_active, Retailer.id > after)
            .order_by(Retailer.id)
            .limit(limit)
        )
    )


def gather_facts(
    session: Session, retailer_ids: Collection[int], settings: CreditScoreSettings, *, now: dt.datetime
) -> list[RetailerFacts]:
    """The facts of the approved ones among these retailers, by id."""
    ids, today = sorted(retailer_ids), business_date(now)
    since = today - dt.timedelta(days=settings.payment_days)
    payments = {
        row.retailer_id: _payment_facts(row)
        for row in session.execute(
            _PAYMENTS, {"ids": ids, "today": today, "since": since, "until": dt.date.max}
        )
    }
    week_ago = now - dt.timedelta(days=7)
    windows = {
        "since": start_of_business_day(now) - dt.timedelta(days=settings.order_days),
        "now": now,
        "week_ago": week_ago,
        "five_weeks_ago": week_ago - dt.timedelta(days=28),
    }
    orders = {
        row.retailer_id: _order_facts(row, today) for row in session.execute(_ORDERS, {"ids": ids, **windows})
    }
    return [
        RetailerFacts(
            retailer_id=row.id,
            today=today,
            approved_on=business_date(row.approved_at),
            has_delivery=row.has_delivery,
            limit=Money(row.limit_minor or 0),
            exposure=Money(row.exposure_minor or 0),
            overdue=Money(int(row.overdue_minor or 0)),
            oldest_overdue_invoice_id=row.oldest_invoice_id,
            oldest_days_past_due=0
            if row.oldest_due_on is None
            else policy.days_past_due(row.oldest_due_on, today),
            has_open_dispute=row.has_open_dispute,
            payments=payments.get(row.id, PaymentFacts()),
            orders=orders.get(row.id, OrderFacts()),
        )
        for row in session.execute(_ACCOUNTS, {"ids": ids, "today": today})
    ]


def _payment_facts(row: Row[*tuple[Any, ...]]) -> PaymentFacts:
    return PaymentFacts(
        invoices=row.invoices,
        due=Money(row.due),
        paid_in_time=Money(row.in_time),
        days_late=row.days_late,
        recent=row.recent,
        recent_late=row.recent_late,
        recent_days_late=row.recent_days_late,
        newest=tuple(
            DueInvoice(invoice_id=invoice_id, due_on=due_on, days_late=days_late)
            for invoice_id, due_on, days_late in zip(
                row.newest_ids or (), row.newest_due or (), row.newest_late or (), strict=True
            )
        ),
        last_delay_on=row.last_delay_on,
    )


def _order_facts(row: Row[*tuple[Any, ...]], today: dt.date) -> OrderFacts:
    has_gaps = row.gaps >= 2
    return OrderFacts(
        placed=row.placed,
        delivered=row.delivered,
        canceled=row.canceled,
        stale=row.stale,
        disputes_refused=row.disputes_refused,
        days_observed=0 if row.first_at is None else (today - business_date(row.first_at)).days,
        days_since_last=None if row.last_at is None else (today - business_date(row.last_at)).days,
        gap_mean_days=_rounded(row.gap_mean) if has_gaps else None,
        gap_deviation_days=_rounded(row.gap_deviation) if has_gaps else None,
        value_mean_minor=_rounded(row.value_mean),
        value_deviation_minor=_rounded(row.value_deviation),
        last_week=row.last_week,
        four_weeks_before=row.four_weeks_before,
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal("0.000001"))
