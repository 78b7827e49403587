"""The processor time of a database's process: a busy machine stretches the clock by its load, this by a little."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session


def backend_of(session: Session) -> int:
    """The process id of the session's connection."""
    return session.scalar(text("SELECT pg_backend_pid()")) or 0


def worked_seconds(pid: int) -> float:
    """What it has worked so far; 0 where the server is on another machine or the system doesn't tell."""
    spent = Path(f"/proc/{pid}/schedstat")
    return int(spent.read_text().split()[0]) / 1e9 if spent.exists() else 0.0
