"""The closed sets of the order life cycle, apart from the tables so that pure decisions can use them."""

from enum import StrEnum


class OrderStatus(StrEnum):
    DRAFT = "draft"
    PLACED = "placed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELED = "canceled"
    UNFULFILLED = "unfulfilled"


class FulfillmentStatus(StrEnum):
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    CANCELED = "canceled"
    RETURNED = "returned"


class Terms(StrEnum):
    CREDIT = "credit"
    CASH = "cash"


class ShortageStatus(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
