"""The business clock: the machine's time plus what a developer moved it forward (development and test only)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from sqlalchemy import CheckConstraint, ColumnElement, Interval, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import TIMESTAMP, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import system_now
from core.db.base import Base
from core.errors import DomainError


class ClockOffset(Base):
    """One row at most. Production never writes it, so there the business clock is the machine's."""

    __tablename__ = "clock_offset"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("ahead >= interval '0'", name="never_back"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ahead: Mapped[dt.timedelta] = mapped_column(Interval)


# Built once: every entry point asks.
_AHEAD: Final = select(ClockOffset.ahead).where(ClockOffset.id == 1)


def business_time() -> ColumnElement[dt.datetime]:
    """The business clock inside a statement, which must be given `machine_time()` with its parameters."""
    ahead = select(ClockOffset.ahead).where(ClockOffset.id == 1).scalar_subquery()
    machine = bindparam("machine_now", type_=TIMESTAMP(timezone=True))
    return machine + func.coalesce(ahead, literal(dt.timedelta(), Interval))


def machine_time() -> dict[str, dt.datetime]:
    return {"machine_now": system_now()}


class ClockMovesForwardOnly(DomainError):
    """The business clock cannot be moved back: rows already carry the later time."""

    code = "clock_moves_forward_only"


def business_now(session: Session) -> dt.datetime:
    """The instant that an entry point passes on as `now`."""
    ahead = session.connection().scalar(_AHEAD)
    return system_now() + (ahead or dt.timedelta())


def running_from(now: dt.datetime) -> Callable[[], dt.datetime]:
    """A clock that shows *now* and goes on with the machine's: for work of some seconds that need not ask again."""
    ahead = now - system_now()
    return lambda: system_now() + ahead


def move_clock(session: Session, *, to: dt.datetime) -> dt.datetime:
    """Move the business clock to *to*. Raises ClockMovesForwardOnly."""
    now = business_now(session)
    if to < now:
        raise ClockMovesForwardOnly(now=now, asked=to)
    ahead = to - system_now()
    session.execute(
        insert(ClockOffset)
        .values(id=1, ahead=ahead)
        .on_conflict_do_update(index_elements=["id"], set_={"ahead": ahead})
    )
    return to
