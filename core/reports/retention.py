"""How long the files of reports are kept. By itself, because whoever cleans up writes no reports."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.reports.models import ReportFile


def delete_expired(session: Session, *, now: dt.datetime) -> None:
    """Their pieces go with them."""
    session.execute(delete(ReportFile).where(ReportFile.expires_at <= now))
