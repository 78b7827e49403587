"""The history of vendors' prices, one row for each change."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, primary_key


class PriceChange(Base):
    __tablename__ = "price_changes"
    __table_args__ = (
        Index(None, "product_id", "at"),
        Index(None, "vendor_id", "product_id", "at"),
        CheckConstraint("new_minor > 0", name="new_price_is_positive"),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    # None for the first price.
    old_minor: Mapped[int | None]
    new_minor: Mapped[int]
    market_average_minor: Mapped[int | None]
    actor: Mapped[str]
    at: Mapped[dt.datetime]
