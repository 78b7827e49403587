"""What the market asks for a product, and how one price came about."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog.models import Listing
from core.money import Money
from core.parties.models import Approval, Vendor
from core.pricing.models import PriceChange
from core.pricing.policy import average_price


def market_averages(session: Session, product_ids: Collection[int]) -> dict[int, Money]:
    """The mean price over the available listings of approved, active vendors. A product nobody offers is absent."""
    rows = session.execute(
        select(Listing.product_id, func.sum(Listing.price_minor), func.count())
        .join(Vendor, Vendor.id == Listing.vendor_id)
        .where(
            Listing.product_id.in_(product_ids),
            Listing.is_available,
            Vendor.is_active,
            Vendor.approval == Approval.APPROVED,
        )
        .group_by(Listing.product_id)
    )
    return {product_id: average_price(int(asked), count) for product_id, asked, count in rows}


def list_price_changes(
    session: Session, product_id: int, *, vendor_id: int | None = None, limit: int = 20
) -> list[PriceChange]:
    """The newest changes first, of one vendor or of all."""
    changes = select(PriceChange).where(PriceChange.product_id == product_id)
    if vendor_id is not None:
        changes = changes.where(PriceChange.vendor_id == vendor_id)
    return list(session.scalars(changes.order_by(PriceChange.at.desc(), PriceChange.id.desc()).limit(limit)))
