"""Sample orders, baskets and offers, with realistically long values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from core.money import Money, rupees
from core.quantity import Said

View = Mapping[str, Any]

NOW: Final = dt.datetime(2026, 11, 22, 8, 15, tzinfo=dt.UTC)
DAY: Final = dt.date(2026, 12, 22)


def make_record(**facts: Any) -> Any:
    return SimpleNamespace(**facts)


def make_product(number: int = 1) -> Any:
    return make_record(
        name=f"Wai Wai Chicken Noodles {number} 75g",
        name_ne=f"वाइ वाइ चिकेन चाउचाउ {number} ७५ ग्राम",
        short_label=f"Wai Wai Chicken {number} 75g",
        sku=f"WW-CHK-{number}",
        unit="pkt",
    )


def make_said(number: int = 1) -> Said | None:
    """Every third line was said in pieces."""
    return Said(count=Decimal(2), unit="case", pieces=Decimal(60)) if number % 3 else None


def make_price() -> Any:
    return make_record(net=rupees("1233.00"), vat=rupees("160.29"), total=rupees("1393.29"))


def make_line(number: int = 1, *, short_by: str = "0", is_priced: bool = True, why: Any = None) -> Any:
    return make_record(
        **vars(make_product(number)),
        product_id=number,
        quantity=Decimal("60.000"),
        said=make_said(number),
        short_by=Decimal(short_by),
        unit_price=rupees("20.55") if is_priced else None,
        price=make_price() if is_priced else None,
        case_quantity=30,
        why_short=why,
    )


def make_basket(lines: int = 3) -> Any:
    return make_record(
        lines=tuple(make_line(number) for number in range(1, lines + 1)),
        net=rupees("103699.00"),
        vat=rupees("13480.87"),
        total=rupees("117179.87"),
    )


def make_order_line() -> Any:
    line = make_record(**vars(make_product()), quantity=Decimal(60), said=make_said())
    return make_record(line=line, promised=Decimal(40), unfulfilled=Decimal(20))


def make_order_line_left() -> Any:
    return make_record(line=make_order_line().line, quantity=Decimal(20))


def make_parcel(*, status: str = "dispatched", terms: str = "cash", lines: int = 3) -> Any:
    row = make_record(
        line=make_order_line().line, delivered=None, unit_price=rupees("20.55"), price=make_price()
    )
    return make_record(
        short_code=1042,
        vendor_name="Shree Ganesh Khadya Bhandar",
        shop_name="Asha Kirana Pasal",
        status=status,
        terms=terms,
        lines=(row,) * lines,
        total=rupees("1983.72"),
        delivery_code="4821",
        eta_at=NOW,
        delivered_at=NOW if status == "delivered" else None,
    )


def make_order(*, status: str = "offered", asked: str | None = None, terms: str = "credit") -> Any:
    parcels = (
        ()
        if status in ("placed", "canceled", "unfulfilled")
        else (make_parcel(status="delivered"), make_parcel())
    )
    return make_record(
        short_code=1042,
        status=status,
        terms=terms,
        lines=(make_order_line(),) * 3,
        fulfillments=parcels,
        total=rupees("117179.87"),
        asked=asked,
        end_reason="no_vendor" if status == "unfulfilled" else None,
    )


def make_orders() -> Sequence[Any]:
    return [make_order(), make_order(status="delivered")]


def make_shortage(status: str = "open", words: str | None = "2 ota futeko") -> Any:
    row = make_record(line=make_order_line().line, quantity=Decimal(5))
    return make_record(
        parcel=make_parcel(), status=status, lines=(row, row), words=words, worth=rupees("116.10")
    )


def make_offer(status: str = "open", lines: int = 3) -> Any:
    return make_record(
        short_code=1042,
        status=status,
        shop_name="Asha Kirana Pasal",
        area="New Baneshwor",
        terms="credit",
        expires_at=NOW,
        lines=tuple(make_line(number) for number in range(1, lines + 1)),
        total=rupees("117179.87"),
    )


def make_standing(**facts: Any) -> Any:
    nothing = {
        "owed": Money(0),
        "overdue": Money(0),
        "oldest_days_past_due": 0,
        "cash_due": Money(0),
        "prepaid": Money(0),
        "held": Money(0),
        "limit": Money(0),
        "available": Money(0),
        "next_due_on": None,
        "next_due_amount": Money(0),
    }
    return make_record(**{**nothing, **facts})


def make_counts(**facts: int) -> Any:
    counted = {
        "answerable": 10,
        "answered_yes": 8,
        "lapsed": 1,
        "accepted": 8,
        "delivered": 7,
        "withdrawn": 1,
    }
    return make_record(**{**counted, **facts})


def make_claim() -> dict[str, Any]:
    return {
        "shop_name": "Asha Kirana",
        "amount": rupees(5000),
        "method": "cash",
        "reference": None,
        "is_again": False,
        "instead": None,
        "words": None,
    }
