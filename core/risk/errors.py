"""What can be refused about scores and risk control."""

from core.errors import DomainError


class ActionEnded(DomainError):
    """The action was undone, taken back or over before."""

    code = "risk_action_ended"


class ActionNotReversible(DomainError):
    """Nothing to undo: a warning, or a block, which lifts itself when the overdue amount is paid."""

    code = "risk_action_not_reversible"


class LimitChangedSince(DomainError):
    """An admin set another limit after the cut, which stands."""

    code = "limit_changed_since"


class RetailerNotJudged(DomainError):
    """The retailer isn't approved, so it has no scores."""

    code = "retailer_not_judged"


class AppealAnsweredBefore(DomainError):
    """The appeal was answered before, and the shop has read it."""

    code = "appeal_answered"
