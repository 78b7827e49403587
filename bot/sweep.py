"""Every 30 seconds, finds what was missed: jobs of dead workers, lost bells, messages without a job."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot import sending, turns
from core.jobs.handlers import Arguments, Handler
from core.outbox import claims


def sweep(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    claims.take_back(session, now=now)
    turns.sweep_unread(session, now=now)
    sending.sweep_unsent(session, now=now)
    claims.ring_for_due(session, now=now)


SWEEPING = Handler(act=sweep)
