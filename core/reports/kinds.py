"""The closed sets of the financial export."""

from __future__ import annotations

from enum import StrEnum


class ReportKind(StrEnum):
    CREDIT_SUMMARY = "credit-summary"
    PURCHASE_VOLUME = "purchase-volume"
    PAYMENT_DISCIPLINE = "payment-discipline"
    OUTSTANDING_LIABILITY = "outstanding-liability"


class ReportFormat(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


class Calendar(StrEnum):
    """By whose months purchases are grouped."""

    GREGORIAN = "ad"
    BIKRAM_SAMBAT = "bs"


class CellKind(StrEnum):
    """What the values of a column are, before any format writes them."""

    TEXT = "text"
    COUNT = "count"  # a whole number
    MONEY = "money"  # paisa
    NUMBER = "number"  # an exact decimal
    SHARE = "share"  # per cent with two decimals
    GOODS = "goods"  # what was bought: SKU, quantity and paisa of each product
