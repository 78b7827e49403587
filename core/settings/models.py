"""Business numbers that an admin changed, version by version. What nobody changed keeps its default in code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.db.base import Base, primary_key


class SettingVersion(Base):
    """One version of one category, whole. Append-only: decisions name the version they used."""

    __tablename__ = "setting_versions"
    __table_args__ = (UniqueConstraint("category", "version"),)

    id: Mapped[int] = primary_key()
    category: Mapped[str]
    version: Mapped[int]
    values: Mapped[dict[str, Any]]
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[str]
    reason: Mapped[str]
