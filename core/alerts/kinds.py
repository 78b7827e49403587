"""The kinds of alert, how urgent they are, and the states of one."""

from enum import StrEnum


class AlertKind(StrEnum):
    PERSON_ASKED = "person_asked"
    DELIVERY_CODE_EXHAUSTED = "delivery_code_exhausted"
    CLAIM_CONTESTED = "claim_contested"
    CLAIM_FOR_ADMIN = "claim_for_admin"
    ORDER_UNFULFILLED = "order_unfulfilled"
    SHORTAGE_REFUSED = "shortage_refused"
    BOOKS_DIFFER = "books_differ"
    NOTICE_UNDELIVERED = "notice_undelivered"
    JOB_GIVEN_UP = "job_given_up"
    JOB_OVERDUE = "job_overdue"
    PRICE_RISE = "price_rise"
    PRICE_FALL = "price_fall"
    HIGH_RISK = "high_risk"
    UNUSUAL_ORDERS = "unusual_orders"
    APPEAL = "appeal"
    DEACTIVATED_ON_THE_WAY = "deactivated_on_the_way"


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    # The cause has ended by itself.
    RESOLVED = "resolved"
    EXPIRED = "expired"
