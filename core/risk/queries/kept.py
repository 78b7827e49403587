"""The newest scores of retailers, and what risk control did to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.money import Money
from core.risk.kinds import ActionKind
from core.risk.models import CreditScoreRow, Festival, RiskAction, RiskScoreRow
from core.risk.policy.actions import Cut, FestivalDays


def newest_credit_scores(session: Session, retailer_ids: Collection[int]) -> dict[int, CreditScoreRow]:
    rows = session.scalars(
        select(CreditScoreRow)
        .ext(distinct_on(CreditScoreRow.retailer_id))
        .where(CreditScoreRow.retailer_id.in_(retailer_ids))
        .order_by(CreditScoreRow.retailer_id, CreditScoreRow.id.desc())
    )
    return {row.retailer_id: row for row in rows}


def newest_risk_scores(session: Session, retailer_ids: Collection[int]) -> dict[int, RiskScoreRow]:
    rows = session.scalars(
        select(RiskScoreRow)
        .ext(distinct_on(RiskScoreRow.retailer_id))
        .where(RiskScoreRow.retailer_id.in_(retailer_ids))
        .order_by(RiskScoreRow.retailer_id, RiskScoreRow.id.desc())
    )
    return {row.retailer_id: row for row in rows}


class Past:
    """What risk control did to some retailers before: cuts that were taken back count as causes only."""

    def __init__(self, actions: Sequence[RiskAction]) -> None:
        self._cuts: Mapping[int, list[RiskAction]] = defaultdict(list)
        self.blocked: dict[int, RiskAction] = {}
        for action in actions:
            if action.kind is ActionKind.LIMIT_CUT:
                self._cuts[action.retailer_id].append(action)
            elif action.kind is ActionKind.CREDIT_BLOCKED and action.ended_at is None:
                self.blocked[action.retailer_id] = action

    def cuts(self, retailer_id: int) -> list[Cut]:
        """The cuts that nobody took back, the oldest first."""
        return [_cut(action) for action in self._cuts.get(retailer_id, ()) if action.ended_at is None]

    def counted(self, retailer_id: int) -> set[int]:
        """The late invoices that have caused a cut."""
        return {
            invoice_id
            for action in self._cuts.get(retailer_id, ())
            for invoice_id in action.facts["invoice_ids"]
        }


def past_of(session: Session, retailer_ids: Collection[int]) -> Past:
    wanted = select(RiskAction).where(
        RiskAction.retailer_id.in_(retailer_ids),
        RiskAction.kind.in_([ActionKind.LIMIT_CUT, ActionKind.CREDIT_BLOCKED]),
    )
    rows = session.scalars(wanted.order_by(RiskAction.id).execution_options(populate_existing=True))
    return Past(rows.all())


def get_action(session: Session, action_id: int) -> RiskAction:
    """Raises NotFound."""
    action = session.get(RiskAction, action_id)
    if action is None:
        raise NotFound(kind="risk_actions", id=action_id)
    return action


def festivals(session: Session) -> list[FestivalDays]:
    rows = session.execute(select(Festival.first_day, Festival.last_day))
    return [FestivalDays(first=first, last=last) for first, last in rows]


def _cut(action: RiskAction) -> Cut:
    return Cut(
        action_id=action.id,
        before=Money(action.before_minor or 0),
        after=Money(action.after_minor or 0),
        invoice_ids=tuple(action.facts["invoice_ids"]),
        at=action.at,
    )
