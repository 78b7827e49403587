"""Look at alerts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.alerts.models import Alert
from core.errors import NotFound


def get_alert(session: Session, alert_id: int) -> Alert:
    """Raises NotFound."""
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise NotFound(alert_id=alert_id)
    return alert
