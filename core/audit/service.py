"""Write down what was done with power, in the transaction that did it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.models import AuditEntry


def record_action(
    session: Session,
    action: str,
    *,
    subject_kind: str,
    subject_id: int,
    actor: Actor,
    now: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one row of the audit. *before* and *after* hold what the action changed."""
    session.add(
        AuditEntry(
            at=now,
            actor=actor.label,
            via=actor.via,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            before=before,
            after=after,
            reason=reason,
        )
    )
