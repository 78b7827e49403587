"""What people with power did: one row for each change by an admin or a job that overrides a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, primary_key


class AuditEntry(Base):
    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = primary_key()
    at: Mapped[dt.datetime] = mapped_column(index=True)
    actor: Mapped[str]
    via: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
