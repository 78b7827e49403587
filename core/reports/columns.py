"""The columns of each report: their names, what they hold, and which of them have a total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.reports.kinds import CellKind, ReportKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """`name` is its name in JSON and CSV; `templates/reports/headings.toml` has what people read."""

    name: str
    kind: CellKind
    has_total: bool = False
    on_paper: bool = True  # a page is not wide enough for all


def _text(name: str, *, on_paper: bool = True) -> Column:
    return Column(name=name, kind=CellKind.TEXT, on_paper=on_paper)


def _count(name: str, *, has_total: bool = True, on_paper: bool = True) -> Column:
    return Column(name=name, kind=CellKind.COUNT, has_total=has_total, on_paper=on_paper)


def _money(name: str, *, has_total: bool = True) -> Column:
    return Column(name=name, kind=CellKind.MONEY, has_total=has_total)


def _share(name: str) -> Column:
    return Column(name=name, kind=CellKind.SHARE)


_COMMON: Final = (
    _count("retailer_id", has_total=False, on_paper=False),
    _text("code"),
    _text("business_name", on_paper=False),
    _text("shop_name"),
    _text("phone", on_paper=False),
    _money("credit_limit", has_total=False),
    _count("credit_score", has_total=False),
    _text("credit_tier", on_paper=False),
    Column(name="reliability_rating", kind=CellKind.NUMBER, on_paper=False),
    _text("reliability_grade"),
)

_OWN: Final = {
    ReportKind.CREDIT_SUMMARY: (
        _money("available_credit"),
        _money("outstanding"),
        _share("utilisation"),
        Column(name="risk_score", kind=CellKind.NUMBER),
        _text("risk_level"),
        _count("oldest_days_overdue", has_total=False),
        _money("payments"),
        _share("on_time_rate"),
    ),
    ReportKind.PURCHASE_VOLUME: (
        _text("month"),
        _count("orders"),
        _money("value"),
        _money("average_order", has_total=False),
        _money("on_credit"),
        _count("orders_open"),
        _count("orders_delivered"),
        _count("orders_canceled"),
        _count("orders_unfulfilled"),
        Column(name="by_product", kind=CellKind.GOODS, on_paper=False),
    ),
    ReportKind.PAYMENT_DISCIPLINE: (
        _count("due_invoices"),
        _money("due_amount"),
        _count("on_time"),
        _count("late"),
        _count("unpaid"),
        Column(name="mean_delay_days", kind=CellKind.NUMBER),
        Column(name="discipline_score", kind=CellKind.NUMBER),
    ),
    ReportKind.OUTSTANDING_LIABILITY: (
        _money("outstanding"),
        _money("current"),
        _money("days_1_30"),
        _money("days_31_60"),
        _money("days_61_90"),
        _money("days_over_90"),
    ),
}

COLUMNS: Final[Mapping[ReportKind, tuple[Column, ...]]] = {
    kind: (*_COMMON, *own) for kind, own in _OWN.items()
}
