"""Raise an alert once for each cause, and end it: by a person's note, by its cause ending, or by time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.alerts.causes import RAISED_BY, RESOLVED_BY, Cause
from core.alerts.errors import AlertNotOpen
from core.alerts.kinds import AlertKind, AlertState
from core.alerts.models import Alert
from core.audit.service import record_action
from core.errors import NotFound
from core.events import DomainEvent


def raise_alert(
    session: Session, cause: Cause, *, now: dt.datetime, expires_at: dt.datetime | None = None
) -> int:
    """Open an alert for *cause*, or count the open one once more. Returns its id.

    An open alert takes the newest facts and severity.
    """
    return raise_alerts(session, [cause], now=now, expires_at=expires_at)[0]


def raise_alerts(
    session: Session, causes: Sequence[Cause], *, now: dt.datetime, expires_at: dt.datetime | None = None
) -> list[int]:
    """The same for many causes, each of its own kind and subject, in one statement."""
    if not causes:
        return []
    new = insert(Alert)
    statement = new.on_conflict_do_update(
        index_elements=["kind", "subject_kind", "subject_id"],
        index_where=text("state = 'open'"),
        set_={
            "severity": new.excluded.severity,
            "facts": new.excluded.facts,
            "last_at": func.greatest(Alert.last_at, new.excluded.last_at),
            "times": Alert.times + 1,
            "expires_at": new.excluded.expires_at,
        },
    ).returning(Alert.id, sort_by_parameter_order=True)
    rows = [
        {
            "kind": cause.kind,
            "severity": cause.severity,
            "subject_kind": cause.subject_kind,
            "subject_id": cause.subject_id,
            "facts": dict(cause.facts),
            "state": AlertState.OPEN,
            "raised_at": now,
            "last_at": now,
            "times": 1,
            "expires_at": expires_at,
        }
        for cause in causes
    ]
    return list(session.scalars(statement, rows))


def follow(session: Session, event: DomainEvent, *, now: dt.datetime) -> None:
    """Raise or resolve the alert that *event* leads to. An event without one is no error: tables change."""
    describe = RAISED_BY.get(type(event))
    if describe is not None and (cause := describe(event)) is not None:
        raise_alert(session, cause, now=now)
    for kind, subject_kind, field in RESOLVED_BY.get(type(event), ()):
        subject_id = getattr(event, field)
        if subject_id is not None:
            resolve(session, kind, subject_kind=subject_kind, subject_ids=[subject_id], now=now)


def resolve(
    session: Session, kind: AlertKind, *, subject_kind: str, subject_ids: Collection[int], now: dt.datetime
) -> None:
    """End the open alerts of these subjects, where there are any: the cause is gone."""
    session.execute(
        update(Alert)
        .where(
            Alert.kind == kind,
            Alert.subject_kind == subject_kind,
            Alert.subject_id.in_(subject_ids),
            Alert.state == AlertState.OPEN,
        )
        .values(state=AlertState.RESOLVED, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def subjects(session: Session, kind: AlertKind, *states: AlertState) -> set[int]:
    """Whom the alerts of this kind in these states are about."""
    return set(session.scalars(select(Alert.subject_id).where(Alert.kind == kind, Alert.state.in_(states))))


def acknowledge(
    session: Session, alert_id: int, *, note: str | None, actor: Actor, now: dt.datetime
) -> Alert:
    """End the alert because somebody has looked at it. Raises NotFound, AlertNotOpen."""
    alert = session.scalar(select(Alert).where(Alert.id == alert_id).with_for_update())
    if alert is None:
        raise NotFound(alert_id=alert_id)
    if alert.state is not AlertState.OPEN:
        raise AlertNotOpen(alert_id=alert_id, state=alert.state)
    alert.state, alert.ended_at, alert.ended_by, alert.note = (
        AlertState.ACKNOWLEDGED,
        now,
        actor.label,
        note,
    )
    record_action(
        session,
        "alert_acknowledged",
        subject_kind="alert",
        subject_id=alert.id,
        actor=actor,
        now=now,
        after={"kind": alert.kind},
        reason=note,
    )
    return alert


def expire_due(session: Session, *, now: dt.datetime) -> None:
    """Expire alerts whose time is over. Alerts without an expiry wait for a person."""
    session.execute(
        update(Alert)
        .where(Alert.state == AlertState.OPEN, Alert.expires_at <= now)
        .values(state=AlertState.EXPIRED, ended_at=now)
        .execution_options(synchronize_session=False)
    )
