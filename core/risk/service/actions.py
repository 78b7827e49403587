"""What risk control does by itself, each a row: cut a limit and give it back, tell that credit stopped or soon will."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor, ActorKind
from core.audit.service import record_action
from core.credit import service as credit
from core.credit.policy import OverdueBlocking
from core.errors import NotAllowed
from core.events import CreditBlocked, CreditBlockLifted, CreditLimitCut, CreditLimitRestored, OverdueWarned
from core.money import Money
from core.outbox.service import record
from core.risk.errors import ActionEnded, ActionNotReversible, LimitChangedSince
from core.risk.kinds import ActionKind
from core.risk.models import RiskAction
from core.risk.policy.actions import (
    delays_in_a_row,
    limit_after_cut,
    may_restore,
    original_limit,
    standing_cuts,
)
from core.risk.policy.facts import RetailerFacts
from core.risk.queries.kept import Past, get_action, past_of
from core.risk.service.scores import judge
from core.risk.settings import DelayRule, LimitRules
from core.settings.service import current


def cut_limit(session: Session, retailer_id: int, *, now: dt.datetime) -> RiskAction | None:
    """Cut the limit for delays in a row that have not cut it before; None when there are none, or nothing to cut.

    Looks again under the lock on the retailer's money, so that the same delays cut it once.
    """
    credit.lock_account(session, retailer_id, now=now)
    judged = judge(session, [retailer_id], now=now)
    if not judged or judged[0].facts.has_open_dispute:
        return None
    facts, past = judged[0].facts, past_of(session, [retailer_id])
    rule, bounds = current(session, DelayRule), current(session, LimitRules).values
    delays = delays_in_a_row(facts.payments.newest, counted=past.counted(retailer_id), rule=rule.values)
    if delays is None:
        return None
    after = limit_after_cut(facts.limit, past.cuts(retailer_id), rule.values, bounds)
    if after is None:
        return None
    action = _add(
        session,
        retailer_id,
        ActionKind.LIMIT_CUT,
        cause=f"delays:{','.join(map(str, delays))}",
        rule=DelayRule.CATEGORY,
        version=rule.version,
        before=facts.limit,
        after=after,
        facts={"invoice_ids": list(delays)},
        now=now,
    )
    if action is not None:
        _set_limit(session, action, after, reason="delays in a row", actor=SYSTEM, now=now)
        record(session, CreditLimitCut(retailer_id=retailer_id, action_id=action.id), actor=SYSTEM, now=now)
    return action


def restore_limit(session: Session, retailer_id: int, *, now: dt.datetime) -> RiskAction | None:
    """Give back what automatic cuts took, once their time is over; None when it is not."""
    credit.lock_account(session, retailer_id, now=now)
    judged = judge(session, [retailer_id], now=now)
    cuts = past_of(session, [retailer_id]).cuts(retailer_id)
    bounds = current(session, LimitRules)
    if not judged or not may_restore(
        judged[0].facts, cuts, risk=judged[0].risk.score, now=now, bounds=bounds.values
    ):
        return None
    limit = judged[0].facts.limit
    standing, original = standing_cuts(limit, cuts), original_limit(limit, cuts)
    action = _add(
        session,
        retailer_id,
        ActionKind.LIMIT_RESTORED,
        cause=f"restored:{standing[-1].action_id}",
        rule=LimitRules.CATEGORY,
        version=bounds.version,
        before=limit,
        after=original,
        facts={"cuts": [cut.action_id for cut in standing]},
        now=now,
    )
    if action is not None:
        _end(session, [cut.action_id for cut in standing], reason="restored", actor=SYSTEM, now=now)
        _set_limit(session, action, original, reason="no delay since the cut", actor=SYSTEM, now=now)
        record(
            session, CreditLimitRestored(retailer_id=retailer_id, action_id=action.id), actor=SYSTEM, now=now
        )
    return action


def undo_cut(session: Session, action_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> RiskAction:
    """Take back the last automatic cut of a limit. The delays behind it don't cut it again.

    Raises NotFound, NotAllowed, ActionNotReversible, ActionEnded, and LimitChangedSince when another limit, or a later
    cut, has followed.
    """
    if actor.kind is not ActorKind.ADMIN:
        raise NotAllowed(actor=actor.label, action="undo_cut")
    retailer_id = get_action(session, action_id).retailer_id
    account = credit.lock_account(session, retailer_id, now=now)
    action = session.get_one(RiskAction, action_id, populate_existing=True)
    if action.kind is not ActionKind.LIMIT_CUT or action.before_minor is None:
        raise ActionNotReversible(action_id=action_id, kind=action.kind)
    if action.ended_at is not None:
        raise ActionEnded(action_id=action_id)
    if account.limit_minor != action.after_minor:
        raise LimitChangedSince(action_id=action_id, limit=Money(account.limit_minor))
    _end(session, [action.id], reason=reason, actor=actor, now=now)
    _set_limit(session, action, Money(action.before_minor), reason=reason, actor=actor, now=now)
    record(session, CreditLimitRestored(retailer_id=retailer_id, action_id=action.id), actor=actor, now=now)
    session.refresh(action)
    return action


def follow_overdue(
    session: Session, everybody: Sequence[RetailerFacts], past: Past, *, now: dt.datetime
) -> None:
    """Note and tell where credit stopped, goes on again, or will stop soon. Credit itself asks the ledger, not these rows."""
    rule = current(session, OverdueBlocking)
    late = [facts for facts in everybody if facts.oldest_overdue_invoice_id is not None]
    stopped = {
        facts.retailer_id: facts
        for facts in late
        if facts.oldest_days_past_due >= rule.values.block_after_days
    }
    lifted = [action for retailer_id, action in past.blocked.items() if retailer_id not in stopped]
    _end(session, [action.id for action in lifted], reason="paid", actor=SYSTEM, now=now)
    for action in lifted:
        lift = CreditBlockLifted(retailer_id=action.retailer_id, action_id=action.id)
        record(session, lift, actor=SYSTEM, now=now)
    blocked = _add_overdue(
        session,
        ActionKind.CREDIT_BLOCKED,
        {
            f"overdue:{facts.oldest_overdue_invoice_id}@{facts.today}": facts
            for facts in stopped.values()
            if facts.retailer_id not in past.blocked
        },
        version=rule.version,
        now=now,
    )
    for action_id, retailer_id in blocked:
        block = CreditBlocked(retailer_id=retailer_id, action_id=action_id)
        record(session, block, actor=SYSTEM, now=now)
    warned = _add_overdue(
        session,
        ActionKind.OVERDUE_WARNED,
        {
            f"warned:{facts.oldest_overdue_invoice_id}": facts
            for facts in late
            if facts.retailer_id not in stopped and facts.oldest_days_past_due >= rule.values.warn_after_days
        },
        version=rule.version,
        now=now,
    )
    for action_id, retailer_id in warned:
        warning = OverdueWarned(retailer_id=retailer_id, action_id=action_id)
        record(session, warning, actor=SYSTEM, now=now)


def _add_overdue(
    session: Session,
    kind: ActionKind,
    causes: Mapping[str, RetailerFacts],
    *,
    version: int,
    now: dt.datetime,
) -> list[tuple[int, int]]:
    """Write these actions where their cause is new, in one statement. Returns the new ones with their retailers."""
    if not causes:
        return []
    rows = [
        {
            "retailer_id": facts.retailer_id,
            "kind": kind,
            "cause": cause,
            "rule": OverdueBlocking.CATEGORY,
            "settings_version": version,
            "facts": {
                "invoice_id": facts.oldest_overdue_invoice_id,
                "days": facts.oldest_days_past_due,
                "overdue_minor": facts.overdue.minor,
            },
            "actor": SYSTEM.label,
            "at": now,
        }
        for cause, facts in causes.items()
    ]
    added = insert(RiskAction).values(rows).on_conflict_do_nothing()
    found = session.execute(added.returning(RiskAction.id, RiskAction.retailer_id))
    return sorted((action_id, retailer_id) for action_id, retailer_id in found)


def _add(
    session: Session,
    retailer_id: int,
    kind: ActionKind,
    *,
    cause: str,
    rule: str,
    version: int,
    before: Money,
    after: Money,
    facts: dict[str, Any],
    now: dt.datetime,
) -> RiskAction | None:
    """None when this cause has led to an action before."""
    action_id = session.scalar(
        insert(RiskAction)
        .values(
            retailer_id=retailer_id,
            kind=kind,
            cause=cause,
            rule=rule,
            settings_version=version,
            before_minor=before.minor,
            after_minor=after.minor,
            facts=facts,
            actor=SYSTEM.label,
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(RiskAction.id)
    )
    return None if action_id is None else session.get_one(RiskAction, action_id)


def _end(session: Session, action_ids: Sequence[int], *, reason: str, actor: Actor, now: dt.datetime) -> None:
    if action_ids:
        session.execute(
            update(RiskAction)
            .where(RiskAction.id.in_(action_ids), RiskAction.ended_at.is_(None))
            .values(ended_at=now, ended_by=actor.label, end_reason=reason)
            .execution_options(synchronize_session=False)
        )


def _set_limit(
    session: Session, action: RiskAction, limit: Money, *, reason: str, actor: Actor, now: dt.datetime
) -> None:
    credit.change_limit(session, action.retailer_id, limit=limit, reason=reason, actor=actor, now=now)
    record_action(
        session,
        f"risk_{action.kind.value}" if actor is SYSTEM else "risk_action_undone",
        subject_kind="retailer",
        subject_id=action.retailer_id,
        actor=actor,
        now=now,
        after={"action_id": action.id, "limit_minor": limit.minor},
        reason=reason,
    )
