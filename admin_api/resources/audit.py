"""The audit log: who changed what, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from flask import Blueprint
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Instant, RowId, Text, View
from admin_api.paging import PageQuery, PageView, narrow, within
from admin_api.problems import json_safe
from core.audit.models import AuditEntry

blueprint = Blueprint("api_audit", __name__)


class AuditFilter(PageQuery):
    subject_kind: Text | None = None
    subject_id: RowId | None = None
    action: Text | None = None
    actor: Text | None = None
    at_from: Instant | None = None
    at_before: Instant | None = None
    sort: Literal["id", "-id"] = "-id"


class AuditView(View):
    id: RowId
    at: dt.datetime
    actor: str
    via: str
    action: str
    subject_kind: str
    subject_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None


class AuditPage(PageView):
    items: list[AuditView]


@blueprint.get("/audit")
@endpoint(tag="audit", roles=ADMIN, answer=AuditPage, query=AuditFilter)
def list_audit(call: Call, query: AuditFilter) -> AuditPage:
    """Who changed what, when and why, newest first."""
    wanted = select(AuditEntry)
    wanted = narrow(
        wanted,
        (AuditEntry.subject_kind, query.subject_kind),
        (AuditEntry.subject_id, query.subject_id),
        (AuditEntry.action, query.action),
        (AuditEntry.actor, query.actor),
    )
    wanted = within(wanted, AuditEntry.at, query.at_from, query.at_before)
    found = paging.cut(call.session, wanted, key=AuditEntry.id, page=query, sort=query.sort)
    items = [
        AuditView(
            id=row.id,
            at=row.at,
            actor=row.actor,
            via=row.via,
            action=row.action,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            before=json_safe(row.before),
            after=json_safe(row.after),
            reason=row.reason,
        )
        for row in found.items
    ]
    return AuditPage(items=items, total=found.total, next=found.next)
