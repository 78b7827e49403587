"""How invoices on credit were paid – in time, late, not yet – as SQL that scores and reports build on."""

from __future__ import annotations

from typing import Final

# `{whose}` is a condition on `i`. An invoice counts once it is paid or past due. What was written off was never paid: it is
# late until that day. A claim counts from the day it was made, once confirmed. Parameters: since, until (due days), today.
_SETTLED: Final = """
    billed AS (
        SELECT i.id, i.retailer_id, i.due_on, coalesce(d.amount_minor, 0) AS owed
        FROM invoices i LEFT JOIN open_debts d ON d.invoice_id = i.id
        WHERE {whose} AND i.on_credit AND i.due_on >= :since AND i.due_on <= :until
          AND (i.due_on < :today OR d.invoice_id IS NULL)
    ), paid AS (
        SELECT b.id, sum(p.amount_minor) AS amount, max(p.day) AS last_day,
               coalesce(sum(p.amount_minor) FILTER (WHERE p.day <= b.due_on), 0) AS in_time
        FROM billed b
        JOIN LATERAL (
            SELECT x.amount_minor,
                   (coalesce(c.claimed_at, y.received_at) AT TIME ZONE 'Asia/Kathmandu')::date AS day
            FROM payment_applications x
            JOIN payments y ON y.id = x.payment_id AND y.status = 'posted'
            LEFT JOIN payment_claims c ON c.payment_id = y.id
            WHERE x.invoice_id = b.id
        ) p ON true
        GROUP BY b.id
    ), written_off AS (
        SELECT b.id, w.amount, w.day
        FROM billed b
        -- By invoice: joined whole, it would read all postings for each slice.
        JOIN LATERAL (
            SELECT -sum(e.amount_minor) AS amount, (max(p.at) AT TIME ZONE 'Asia/Kathmandu')::date AS day
            FROM entries e
            JOIN postings p ON p.id = e.posting_id
            LEFT JOIN postings reversed ON reversed.id = p.reverses_id
            WHERE e.invoice_id = b.id AND coalesce(reversed.kind, p.kind) = 'write_off'
        ) w ON w.amount IS NOT NULL
    ), settled AS (
        SELECT b.id, b.retailer_id, b.due_on, b.owed, coalesce(p.in_time, 0) AS in_time,
               b.owed + coalesce(p.amount, 0) + coalesce(w.amount, 0) AS due,
               greatest(0, CASE WHEN b.owed > 0 THEN :today
                                ELSE greatest(p.last_day, CASE WHEN w.amount > 0 THEN w.day END)
                           END - b.due_on) AS days_late
        FROM billed b LEFT JOIN paid p ON p.id = b.id LEFT JOIN written_off w ON w.id = b.id
    )
"""


def settled_invoices(whose: str) -> str:
    """The common table expressions that end in `settled` (id, retailer_id, due_on, owed, in_time, due, days_late).

    *whose* is a constant condition on the invoices `i`. The statement binds `since` and `until`, the days between which
    they fall due, and `today`. Rows whose `due` is nothing were only corrected away.
    """
    return _SETTLED.format(whose=whose)
