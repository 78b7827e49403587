"""Many shops written at once, in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.db.batch import update_rows
from core.parties.models import Approval, Retailer
from core.parties.service import RetailerFacts
from core.refs import RetailerId


def write_retailers(
    session: Session,
    *,
    new: Mapping[str, RetailerFacts],
    changed: Mapping[RetailerId, tuple[RetailerFacts, RetailerFacts]],
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Enter shops under codes of the caller's own, waiting for approval, and give known ones other facts.

    The shops in *changed*, each with its facts before and after, are locked by the caller.
    """
    ids: list[int] = []
    if new:
        rows = [
            {**_columns(facts), "code": code, "approval": Approval.APPLIED, "created_at": now}
            for code, facts in new.items()
        ]
        ids = list(
            session.scalars(insert(Retailer).returning(Retailer.id, sort_by_parameter_order=True), rows)
        )
    update_rows(
        session,
        Retailer,
        [{"id": retailer_id, **_columns(after)} for retailer_id, (_, after) in changed.items()],
    )
    for retailer_id in ids:
        _audit(session, "retailer_created", retailer_id, reason=reason, actor=actor, now=now)
    for retailer_id, (before, after) in changed.items():
        _audit(
            session,
            "retailer_updated",
            retailer_id,
            reason=reason,
            actor=actor,
            now=now,
            before=_terms(before),
            after=_terms(after),
        )
    session.flush()


def _columns(facts: RetailerFacts) -> dict[str, Any]:
    columns = asdict(facts)
    address = columns.pop("address")
    return {**columns, **address}


def _terms(facts: RetailerFacts) -> dict[str, object]:
    return {"shop_name": facts.shop_name, "pan": facts.pan, "terms_days": facts.terms_days}


def _audit(
    session: Session,
    action: str,
    retailer_id: int,
    *,
    reason: str,
    actor: Actor,
    now: dt.datetime,
    **facts: Any,
) -> None:
    record_action(
        session,
        action,
        subject_kind="retailer",
        subject_id=retailer_id,
        actor=actor,
        now=now,
        reason=reason,
        **facts,
    )
