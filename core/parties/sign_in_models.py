"""Who is signed in, and who tried in vain: sessions that can be ended, and failures that slow down guessing."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key


class EndReason(StrEnum):
    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a reason, not a secret
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    DEACTIVATED = "deactivated"


class SignIn(Base):
    """One signed-in device. Each refresh makes a new generation; a token of an older one ends the whole sign-in."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        CheckConstraint("generation > 0", name="generation_is_positive"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        Index(None, "user_id", "address"),
    )

    id: Mapped[int] = primary_key()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    generation: Mapped[int] = mapped_column(default=1)
    address: Mapped[str]
    device: Mapped[str]
    started_at: Mapped[dt.datetime]
    refreshed_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    end_reason: Mapped[EndReason | None] = mapped_column(one_of(EndReason))


class SignInFailures(Base):
    """How often a name was tried in vain from one address, or (address empty) from all together.

    The name is kept as a hash: it may be one that nobody has, or a password typed into the wrong field.
    """

    __tablename__ = "sign_in_failures"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_is_a_count"),)

    name_hash: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[dt.datetime]
