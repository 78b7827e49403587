"""What is remembered about files: how a vendor heads the columns of its own lists."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base


class ImportMapping(Base):
    """Which title means which of our columns. `sheet` names the sheet of a workbook; None is the first one."""

    __tablename__ = "import_mappings"
    __table_args__ = (CheckConstraint("kind IN ('listings', 'stock')", name="kind_has_own_lists"),)

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sheet: Mapped[str | None]
    # Title in lower case → column.
    columns: Mapped[dict[str, str]] = mapped_column(JSONB)
    updated_at: Mapped[dt.datetime]
    updated_by: Mapped[str]
