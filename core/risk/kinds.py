"""The closed sets of scores and risk, free of the database so that decisions can use them."""

from __future__ import annotations

from enum import StrEnum


class ScorePart(StrEnum):
    """The parts of the credit score (DOMAIN.md, section 4)."""

    TIMELINESS = "payment_timeliness"
    CONSISTENCY = "order_consistency"
    UTILISATION = "credit_utilisation"
    AGE = "account_age"
    DISPUTES = "disputes_and_cancellations"


class CreditTier(StrEnum):
    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    VERY_POOR = "very_poor"


class ReasonCode(StrEnum):
    """Why a credit score is what it is, or what would raise it. Each has a sentence in `templates/`."""

    NO_DELIVERY_YET = "no_delivery_yet"
    OVERDUE_NOW = "overdue_now"
    PAYS_LATE = "pays_late"
    PAYS_ON_TIME = "pays_on_time"
    ORDERS_SELDOM = "orders_seldom"
    ORDERS_REGULARLY = "orders_regularly"
    USES_MUCH_CREDIT = "uses_much_credit"
    USES_LITTLE_CREDIT = "uses_little_credit"
    IS_NEW = "is_new"
    CANCELS = "cancels"


class RiskPart(StrEnum):
    """The parts of the risk score (DOMAIN.md, section 5)."""

    PAYMENT_DELAY = "payment_delay"
    UTILISATION = "credit_utilisation"
    ORDER_PATTERN = "order_pattern"
    OVERDUE = "overdue_amount"


class RiskLevel(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ActionKind(StrEnum):
    """What risk control did to a retailer by itself."""

    LIMIT_CUT = "limit_cut"
    LIMIT_RESTORED = "limit_restored"
    CREDIT_BLOCKED = "credit_blocked"
    OVERDUE_WARNED = "overdue_warned"
