"""Vendors with a history, written as observations of offers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Order
from core.parties.models import Approval, Retailer, Vendor
from core.routing.models import Offer, RoundCause, RoutingRound
from core.vendors.models import ObservationKind
from core.vendors.service import observe

NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def add(session, row):
    session.add(row)
    session.flush()
    return row


def a_vendor(session, code, **facts):
    values = {"approval": Approval.APPROVED, "approved_at": NOW} | facts
    return add(session, Vendor(code=code, business_name=code, created_at=NOW, **values))


@pytest.fixture
def order(session):
    retailer = add(session, Retailer(code="R-1", shop_name="Asha Kirana", created_at=NOW))
    return add(
        session,
        Order(
            retailer_id=retailer.id,
            status=OrderStatus.PLACED,
            terms=Terms.CASH,
            short_code=1001,
            ceiling_minor=0,
            opened_at=NOW,
            touched_at=NOW,
            placed_at=NOW,
        ),
    )


@pytest.fixture
def saw(session, order):
    """Observe kinds of a new offer to a vendor: saw(vendor, "accepted", "delivered", hours=36)."""
    search = add(
        session,
        RoutingRound(
            order_id=order.id,
            sequence=1,
            cause=RoundCause.PLACED,
            settings_version=0,
            weights={},
            needed=[],
            outcome="offered",
            facts={},
            market={},
            actor="system",
            decided_at=NOW,
        ),
    )

    def see(vendor, *kinds, hours=None, is_override=False, at=NOW):
        offer = add(
            session,
            Offer(
                round_id=search.id,
                order_id=order.id,
                vendor_id=vendor.id,
                status="closed",
                opened_at=at,
                expires_at=at + HOUR,
            ),
        )
        for kind in kinds:
            observe(
                session,
                ObservationKind(kind),
                vendor_id=vendor.id,
                offer_id=offer.id,
                order_id=order.id,
                hours=None if hours is None else Decimal(hours),
                is_override=is_override,
                now=at,
            )
        return offer

    return see
