"""What can be refused about alerts."""

from core.errors import DomainError


class AlertNotOpen(DomainError):
    """The alert was acknowledged, resolved or expired before."""

    code = "alert_not_open"
