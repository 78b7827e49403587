"""The audit of what people with power change about a shop or a vendor."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.parties.models import Retailer, Vendor


def audit_party(
    session: Session,
    action: str,
    party: Retailer | Vendor,
    *,
    actor: Actor,
    now: dt.datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Record *action* on this shop or vendor."""
    record_action(
        session,
        action,
        subject_kind="retailer" if isinstance(party, Retailer) else "vendor",
        subject_id=party.id,
        actor=actor,
        now=now,
        before=before,
        after=after,
        reason=reason,
    )
