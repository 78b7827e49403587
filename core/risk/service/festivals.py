"""The calendar of festivals, by Bikram Sambat year."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.risk.models import Festival

LONGEST_DAYS: Final = 30


def set_festival(
    session: Session,
    *,
    name: str,
    bs_year: int,
    first_day: dt.date,
    last_day: dt.date,
    actor: Actor,
    now: dt.datetime,
) -> Festival:
    """Write the days of a festival in a year, over those that were there."""
    days = insert(Festival).values(name=name, bs_year=bs_year, first_day=first_day, last_day=last_day)
    festival_id = session.scalars(
        days.on_conflict_do_update(
            index_elements=["name", "bs_year"], set_={"first_day": first_day, "last_day": last_day}
        ).returning(Festival.id)
    ).one()
    record_action(
        session,
        "festival_set",
        subject_kind="festival",
        subject_id=festival_id,
        actor=actor,
        now=now,
        after={"name": name, "bs_year": bs_year, "first_day": str(first_day), "last_day": str(last_day)},
    )
    return session.get_one(Festival, festival_id, populate_existing=True)
