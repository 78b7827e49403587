"""What became of a city's orders, measured from its database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

# An order is on time when all of it has arrived so many hours after the yes.
ON_TIME_HOURS = 48

_ORDERS = """
WITH goods AS (
    SELECT fl.order_line_id, sum(fl.delivered_quantity) AS delivered, max(f.delivered_at) AS last_at
    FROM fulfillment_lines fl JOIN fulfillments f ON f.id = fl.fulfillment_id
    WHERE f.status = 'delivered' GROUP BY fl.order_line_id
), told AS (
    SELECT o.id, o.placed_at, o.status,
           bool_and(coalesce(goods.delivered, 0) = l.quantity) AS in_full,
           max(goods.last_at) AS arrived_at,
           avg(coalesce(goods.delivered, 0) / l.quantity) AS filled,
           (SELECT count(*) FROM offers WHERE offers.order_id = o.id) AS offers,
           (SELECT min(f.accepted_at) FROM fulfillments f WHERE f.order_id = o.id) AS accepted_at,
           (SELECT count(*) FROM fulfillments f WHERE f.order_id = o.id AND f.status = 'delivered') AS parcels
    FROM orders o JOIN order_lines l ON l.order_id = o.id LEFT JOIN goods ON goods.order_line_id = l.id
    WHERE o.placed_at >= :since GROUP BY o.id
)
SELECT count(*) AS orders,
       avg((in_full AND arrived_at <= placed_at + make_interval(hours => :hours))::int) AS in_full_on_time,
       avg(in_full::int) AS in_full,
       avg(filled) AS filled,
       avg((status = 'unfulfilled')::int) AS unfulfilled,
       avg(offers) AS offers,
       avg(parcels) FILTER (WHERE parcels > 0) AS parcels,
       avg(extract(epoch FROM accepted_at - placed_at)) / 3600 AS hours_to_acceptance,
       avg(extract(epoch FROM arrived_at - placed_at)) / 3600 AS hours_to_arrival
FROM told
"""

_PRICES = """
WITH paid AS (
    SELECT f.vendor_id, fl.unit_price_minor * fl.delivered_quantity AS paid,
           (r.facts -> 'market' -> 'averages_minor' ->> fl.product_id::text)::numeric * fl.delivered_quantity AS usual
    FROM fulfillment_lines fl
    JOIN fulfillments f ON f.id = fl.fulfillment_id
    JOIN offers o ON o.id = f.offer_id
    JOIN routing_rounds r ON r.id = o.round_id
    JOIN orders ON orders.id = f.order_id
    WHERE f.status = 'delivered' AND orders.placed_at >= :since
), traded AS (
    SELECT v.id, coalesce(sum(paid.paid), 0) AS total,
           cume_dist() OVER (ORDER BY coalesce(sum(paid.paid), 0), v.id) AS size
    FROM vendors v LEFT JOIN paid ON paid.vendor_id = v.id GROUP BY v.id
)
SELECT sum(paid) / sum(usual) AS paid_of_market,
       (SELECT max(total) / sum(total) FROM traded) AS largest,
       (SELECT sum(total) FILTER (WHERE size <= 0.5) / sum(total) FROM traded) AS smaller_half
FROM paid
"""

_DECISIONS = """
SELECT md5(string_agg(concat_ws(' ', c.round_id, c.vendor_id, c.rank, c.score, c.excluded_reason, c.total_minor), ';'
           ORDER BY c.round_id, c.vendor_id))
FROM routing_candidates c
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """Shares are 0–1. `paid_of_market` is what was paid, measured by the market's averages when it was decided."""

    orders: int
    in_full_on_time: float
    in_full: float
    filled: float
    unfulfilled: float
    offers: float
    parcels: float
    hours_to_acceptance: float
    hours_to_arrival: float
    paid_of_market: float
    largest_share: float
    # Of the half of the vendors that sold the least, those included that sold nothing.
    smaller_half_share: float


def measure(session: Session, *, since: dt.datetime) -> Measures:
    """Measure all orders that were placed since then. Raises ValueError when nothing was delivered."""
    orders = session.execute(text(_ORDERS), {"since": since, "hours": ON_TIME_HOURS}).mappings().one()
    prices = session.execute(text(_PRICES), {"since": since}).one()
    if prices.paid_of_market is None:
        raise ValueError("nothing was delivered")
    numbers = {name: float(value) for name, value in orders.items() if name != "orders"}
    return Measures(
        orders=orders["orders"],
        paid_of_market=float(prices.paid_of_market),
        largest_share=float(prices.largest),
        smaller_half_share=float(prices.smaller_half),
        **numbers,
    )


def decisions_digest(session: Session) -> str | None:
    """A digest of every decision with its scores: equal for two lives of one city."""
    digest: str | None = session.scalar(text(_DECISIONS))
    return digest
