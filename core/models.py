"""Every table in one import, for migrations and for programs that need the whole mapping."""

from core.alerts import models as alerts
from core.audit import models as audit
from core.catalog import models as catalog
from core.credit import correction_models as corrections
from core.credit import models as credit
from core.db import clock, idempotency
from core.db.base import Base
from core.exchange import models as exchange
from core.messaging import models as messaging
from core.orders import models as orders
from core.outbox import models as outbox
from core.parties import models as parties
from core.parties import sign_in_models as sign_ins
from core.pricing import models as pricing
from core.reports import models as reports
from core.risk import models as risk
from core.routing import models as routing
from core.settings import models as settings
from core.vendors import models as vendors

__all__ = [
    "Base",
    "alerts",
    "audit",
    "catalog",
    "clock",
    "corrections",
    "credit",
    "exchange",
    "idempotency",
    "messaging",
    "orders",
    "outbox",
    "parties",
    "pricing",
    "reports",
    "risk",
    "routing",
    "settings",
    "sign_ins",
    "vendors",
]
