"""The rows of each report: one statement, read some rows at a time, in the order of its columns.

The statements are put together from constants only.
"""
# ruff: noqa: S608

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from core.clock import business_date
from core.credit import policy as credit
from core.credit.queries.settled import settled_invoices
from core.reports import policy
from core.reports.kinds import Calendar, ReportKind
from core.reports.periods import Period, months_of
from core.risk.settings import CreditScoreSettings
from core.settings.service import current

Value = str | int | Decimal | list[Any] | None
_BATCH: Final = 500
_STATEMENT_SECONDS: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which report about whom: one retailer, or everybody that was ever approved."""

    kind: ReportKind
    period: Period
    retailer_id: int | None = None
    calendar: Calendar = Calendar.GREGORIAN


# What every report says of a retailer. Balances are those of now; scores those of the end of the period. `shares` has how the
# invoices were paid that fell due in the window of the credit score, and of those in the period.
_PEOPLE: Final = f"""
    WITH {settled_invoices("(CAST(:retailer_id AS bigint) IS NULL OR i.retailer_id = :retailer_id)")}
    , shares AS (
        SELECT retailer_id,
               sum(in_time) FILTER (WHERE due_on >= :window)::bigint AS window_in_time,
               sum(due) FILTER (WHERE due_on >= :window)::bigint AS window_due,
               sum(in_time) FILTER (WHERE is_asked)::bigint AS in_time,
               sum(due) FILTER (WHERE is_asked)::bigint AS due,
               count(*) FILTER (WHERE is_asked) AS invoices,
               count(*) FILTER (WHERE is_asked AND days_late = 0) AS on_time,
               count(*) FILTER (WHERE is_asked AND days_late > 0 AND owed <= 0) AS late,
               count(*) FILTER (WHERE is_asked AND days_late > 0 AND owed > 0) AS unpaid,
               sum(days_late) FILTER (WHERE is_asked)::bigint AS days_late
        FROM (SELECT *, due_on BETWEEN :start AND :end AS is_asked FROM settled WHERE due > 0) s
        GROUP BY retailer_id
    ), people AS (
        SELECT r.id AS retailer_id, r.code, r.owner_name, r.shop_name, who.phone,
               coalesce(a.limit_minor, 0) AS limit_minor, coalesce(a.posted_minor, 0) AS posted_minor,
               coalesce(a.held_minor, 0) AS held_minor,
               cs.score AS credit_score, cs.tier, rs.score AS risk_score, rs.level,
               s.window_in_time, s.window_due, s.in_time, s.due, coalesce(s.invoices, 0) AS invoices,
               s.on_time, s.late, s.unpaid, s.days_late
        FROM retailers r
        LEFT JOIN credit_accounts a ON a.retailer_id = r.id AND a.vendor_id IS NULL
        LEFT JOIN LATERAL (
            SELECT c.phone FROM memberships m JOIN contacts c ON c.id = m.contact_id
            WHERE m.retailer_id = r.id
            ORDER BY m.position <> 'owner', m.id LIMIT 1
        ) who ON true
        LEFT JOIN LATERAL (
            SELECT score, tier FROM credit_scores
            WHERE retailer_id = r.id AND calculated_at < :after ORDER BY id DESC LIMIT 1
        ) cs ON true
        LEFT JOIN LATERAL (
            SELECT score, level FROM risk_scores
            WHERE retailer_id = r.id AND calculated_at < :after ORDER BY id DESC LIMIT 1
        ) rs ON true
        LEFT JOIN shares s ON s.retailer_id = r.id
        WHERE r.approved_at IS NOT NULL AND (CAST(:retailer_id AS bigint) IS NULL OR r.id = :retailer_id)
    )
"""

_CREDIT_SUMMARY: Final = f"""{_PEOPLE}
    , owing AS (
        SELECT d.retailer_id, sum(d.amount_minor)::bigint AS owed_minor, min(i.due_on) AS oldest_due_on
        FROM open_debts d JOIN invoices i ON i.id = d.invoice_id
        WHERE d.amount_minor > 0 GROUP BY d.retailer_id
    ), received AS (
        SELECT retailer_id, sum(amount_minor)::bigint AS paid_minor FROM payments
        WHERE status = 'posted' AND received_at >= :first AND received_at < :after GROUP BY retailer_id
    )
    SELECT p.*, coalesce(o.owed_minor, 0) AS owed_minor, o.oldest_due_on, coalesce(x.paid_minor, 0) AS paid_minor
    FROM people p LEFT JOIN owing o USING (retailer_id) LEFT JOIN received x USING (retailer_id)
    ORDER BY p.retailer_id
"""

# An order counts in the month in which it was placed; its value is what was delivered and billed of it, with VAT.
_PURCHASE_VOLUME: Final = f"""{_PEOPLE}
    , months AS (
        SELECT * FROM unnest(CAST(:labels AS text[]), CAST(:firsts AS timestamptz[]), CAST(:afters AS timestamptz[]))
            AS m (month, first, after)
    ), placed AS (
        SELECT o.id, o.retailer_id, m.month, o.status
        FROM orders o JOIN months m ON o.placed_at >= m.first AND o.placed_at < m.after
        WHERE CAST(:retailer_id AS bigint) IS NULL OR o.retailer_id = :retailer_id
    ), counted AS (
        SELECT retailer_id, month, count(*) AS orders,
               count(*) FILTER (WHERE status IN ('delivered', 'completed')) AS delivered,
               count(*) FILTER (WHERE status = 'canceled') AS canceled,
               count(*) FILTER (WHERE status = 'unfulfilled') AS unfulfilled
        FROM placed GROUP BY retailer_id, month
    ), delivered AS (
        SELECT p.retailer_id, p.month, i.order_id, i.id, i.on_credit, i.total_minor
        FROM placed p JOIN invoices i ON i.order_id = p.id
    ), valued AS (
        SELECT retailer_id, month, sum(total_minor)::bigint AS value_minor, count(DISTINCT order_id) AS billed_orders,
               coalesce(sum(total_minor) FILTER (WHERE on_credit), 0)::bigint AS credit_minor
        FROM delivered GROUP BY retailer_id, month
    ), goods AS (
        SELECT b.retailer_id, b.month, g.sku, sum(l.quantity) AS quantity, sum(l.net_minor + l.vat_minor)::bigint AS minor
        FROM delivered b JOIN invoice_lines l ON l.invoice_id = b.id JOIN products g ON g.id = l.product_id
        GROUP BY b.retailer_id, b.month, g.sku
    ), gathered AS (
        SELECT retailer_id, month,
               jsonb_agg(jsonb_build_array(sku, quantity::text, minor) ORDER BY minor DESC, sku) AS by_product
        FROM goods GROUP BY retailer_id, month
    )
    SELECT p.*, c.month, c.orders, c.delivered, c.canceled, c.unfulfilled,
           coalesce(v.value_minor, 0) AS value_minor, coalesce(v.credit_minor, 0) AS credit_minor,
           coalesce(v.billed_orders, 0) AS billed_orders, coalesce(g.by_product, '[]') AS by_product
    FROM people p JOIN counted c USING (retailer_id)
    LEFT JOIN valued v USING (retailer_id, month)
    LEFT JOIN gathered g USING (retailer_id, month)
    ORDER BY p.retailer_id, c.month
"""

_PAYMENT_DISCIPLINE: Final = f"{_PEOPLE} SELECT p.* FROM people p WHERE p.invoices > 0 ORDER BY p.retailer_id"

# What was owed when the period ended, from the ledger itself: the report of a past day never changes, unless the day's books do.
_OUTSTANDING_LIABILITY: Final = f"""{_PEOPLE}
    , owed AS (
        SELECT i.retailer_id, i.due_on, sum(e.amount_minor)::bigint AS minor
        FROM invoices i JOIN entries e ON e.invoice_id = i.id JOIN postings t ON t.id = e.posting_id
        WHERE i.issued_at >= :first AND i.issued_at < :after AND t.at < :after
          AND (CAST(:retailer_id AS bigint) IS NULL OR i.retailer_id = :retailer_id)
        GROUP BY i.id HAVING sum(e.amount_minor) > 0
    ), aged AS (
        SELECT retailer_id, sum(minor)::bigint AS owed_minor,
               coalesce(sum(minor) FILTER (WHERE :end - due_on <= 0), 0)::bigint AS current_minor,
               coalesce(sum(minor) FILTER (WHERE :end - due_on BETWEEN 1 AND 30), 0)::bigint AS days_1_30,
               coalesce(sum(minor) FILTER (WHERE :end - due_on BETWEEN 31 AND 60), 0)::bigint AS days_31_60,
               coalesce(sum(minor) FILTER (WHERE :end - due_on BETWEEN 61 AND 90), 0)::bigint AS days_61_90,
               coalesce(sum(minor) FILTER (WHERE :end - due_on > 90), 0)::bigint AS days_over_90
        FROM owed GROUP BY retailer_id
    )
    SELECT p.*, a.* FROM people p JOIN aged a USING (retailer_id)
    ORDER BY a.days_over_90 DESC, a.days_61_90 DESC, a.days_31_60 DESC, a.days_1_30 DESC, a.current_minor DESC, p.retailer_id
"""


def report_rows(session: Session, asked: Asked, *, now: dt.datetime) -> Iterator[tuple[Value, ...]]:
    """The rows, each in the order of the report's columns; nobody's memory has more than some hundred of them."""
    # A report may take longer than a page: the web's limit is for people who wait.
    session.execute(text(f"SET LOCAL statement_timeout = '{_STATEMENT_SECONDS}s'"))
    statement, own = _REPORTS[asked.kind]
    today = business_date(now)
    rows = session.execute(
        text(statement).execution_options(yield_per=_BATCH), _bound(session, asked, today=today)
    )
    for row in rows:
        yield (*_common(row), *own(row, today))


def _bound(session: Session, asked: Asked, *, today: dt.date) -> Mapping[str, Any]:
    period = asked.period
    window = today - dt.timedelta(days=current(session, CreditScoreSettings).values.payment_days)
    months = list(months_of(period, asked.calendar)) if asked.kind is ReportKind.PURCHASE_VOLUME else []
    return {
        "retailer_id": asked.retailer_id,
        "start": period.start,
        "end": period.end,
        "first": period.first,
        "after": period.after,
        "since": min(window, period.start),
        "until": max(today, period.end),
        "window": window,
        "today": today,
        "labels": [month.label for month in months],
        "firsts": [month.period.first for month in months],
        "afters": [month.period.after for month in months],
    }


def _common(row: Row[Any]) -> tuple[Value, ...]:
    rating = _rating(row)
    return (
        row.retailer_id,
        row.code,
        row.owner_name,
        row.shop_name,
        row.phone,
        row.limit_minor,
        row.credit_score,
        row.tier,
        rating,
        None if rating is None else policy.reliability_grade(rating),
    )


def _rating(row: Row[Any]) -> Decimal | None:
    """None until the retailer has both scores and something of it fell due."""
    if row.credit_score is None or row.risk_score is None or not row.window_due:
        return None
    return policy.reliability_rating(
        credit_score=row.credit_score,
        risk_score=row.risk_score,
        on_time_share=Decimal(row.window_in_time or 0) / row.window_due,
    )


def _credit_summary(row: Row[Any], today: dt.date) -> tuple[Value, ...]:
    exposure = row.posted_minor + row.held_minor
    return (
        max(row.limit_minor - exposure, 0),
        row.owed_minor,
        policy.percent(exposure, row.limit_minor),
        row.risk_score,
        row.level,
        0 if row.oldest_due_on is None else credit.days_past_due(row.oldest_due_on, today),
        row.paid_minor,
        policy.percent(row.in_time or 0, row.due or 0),
    )


def _purchase_volume(row: Row[Any], _today: dt.date) -> tuple[Value, ...]:
    average = policy.mean(row.value_minor, row.billed_orders)
    return (
        row.month,
        row.orders,
        row.value_minor,
        None if average is None else round(average),
        row.credit_minor,
        row.orders - row.delivered - row.canceled - row.unfulfilled,
        row.delivered,
        row.canceled,
        row.unfulfilled,
        row.by_product,
    )


def _payment_discipline(row: Row[Any], _today: dt.date) -> tuple[Value, ...]:
    return (
        row.invoices,
        row.due,
        row.on_time,
        row.late,
        row.unpaid,
        policy.mean(row.days_late, row.invoices),
        policy.percent(row.in_time, row.due),
    )


def _outstanding_liability(row: Row[Any], _today: dt.date) -> tuple[Value, ...]:
    return (
        row.owed_minor,
        row.current_minor,
        row.days_1_30,
        row.days_31_60,
        row.days_61_90,
        row.days_over_90,
    )


_REPORTS: Final[Mapping[ReportKind, tuple[str, Callable[[Row[Any], dt.date], tuple[Value, ...]]]]] = {
    ReportKind.CREDIT_SUMMARY: (_CREDIT_SUMMARY, _credit_summary),
    ReportKind.PURCHASE_VOLUME: (_PURCHASE_VOLUME, _purchase_volume),
    ReportKind.PAYMENT_DISCIPLINE: (_PAYMENT_DISCIPLINE, _payment_discipline),
    ReportKind.OUTSTANDING_LIABILITY: (_OUTSTANDING_LIABILITY, _outstanding_liability),
}
