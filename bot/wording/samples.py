"""One or more typical views for every message: what the wording check renders, in every language, before anybody is written to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from core.money import Money, rupees

View = Mapping[str, Any]

_NOW: Final = dt.datetime(2026, 11, 22, 8, 15, tzinfo=dt.UTC)
_DAY: Final = dt.date(2026, 12, 22)


def samples() -> Mapping[str, Sequence[View]]:
    """By the name of the message. A message without an entry takes no facts."""
    return {
        **_anywhere(),
        **_onboarding(),
        **_ordering(),
        **_tracking(),
        **_account(),
        **_vendor(),
        **_notify(),
        **_errors(),
    }


def _thing(**facts: Any) -> Any:
    return SimpleNamespace(**facts)


def _product(number: int = 1) -> Any:
    return _thing(
        name=f"Wai Wai Chicken Noodles {number} 75g",
        name_ne=f"वाइ वाइ चिकेन चाउचाउ {number} ७५ ग्राम",
        short_label=f"Wai Wai Chicken {number} 75g",
        sku=f"WW-CHK-{number}",
        unit="pkt",
    )


def _price() -> Any:
    return _thing(net=rupees("1233.00"), vat=rupees("160.29"), total=rupees("1393.29"))


def _line(number: int = 1, *, short_by: str = "0", is_priced: bool = True, why: Any = None) -> Any:
    return _thing(
        **vars(_product(number)),
        product_id=number,
        quantity=Decimal("60.000"),
        short_by=Decimal(short_by),
        unit_price=rupees("20.55") if is_priced else None,
        price=_price() if is_priced else None,
        case_quantity=30,
        why_short=why,
    )


def _basket(lines: int = 3) -> Any:
    return _thing(
        lines=tuple(_line(number) for number in range(1, lines + 1)),
        net=rupees("103699.00"),
        vat=rupees("13480.87"),
        total=rupees("117179.87"),
    )


def _order_line() -> Any:
    line = _thing(**vars(_product()), quantity=Decimal(60))
    return _thing(line=line, promised=Decimal(40), unfulfilled=Decimal(20))


def _parcel(*, status: str = "dispatched", terms: str = "cash", lines: int = 3) -> Any:
    row = _thing(line=_order_line().line, delivered=None, unit_price=rupees("20.55"), price=_price())
    return _thing(
        short_code=1042,
        vendor_name="Shree Ganesh Khadya Bhandar",
        shop_name="Asha Kirana Pasal",
        status=status,
        terms=terms,
        lines=(row,) * lines,
        total=rupees("1983.72"),
        delivery_code="4821",
        eta_at=_NOW,
        delivered_at=_NOW if status == "delivered" else None,
    )


def _order(*, status: str = "offered", asked: str | None = None, terms: str = "credit") -> Any:
    parcels = (
        () if status in ("placed", "canceled", "unfulfilled") else (_parcel(status="delivered"), _parcel())
    )
    return _thing(
        short_code=1042,
        status=status,
        terms=terms,
        lines=(_order_line(),) * 3,
        fulfillments=parcels,
        total=rupees("117179.87"),
        asked=asked,
    )


def _orders() -> Sequence[Any]:
    return [_order(), _order(status="delivered")]


def _shortage(status: str = "open", words: str | None = "2 ota futeko") -> Any:
    row = _thing(line=_order_line().line, quantity=Decimal(5))
    return _thing(parcel=_parcel(), status=status, lines=(row, row), words=words, worth=rupees("116.10"))


def _offer(status: str = "open", lines: int = 3) -> Any:
    return _thing(
        short_code=1042,
        status=status,
        shop_name="Asha Kirana Pasal",
        area="New Baneshwor",
        terms="credit",
        expires_at=_NOW,
        lines=tuple(_line(number) for number in range(1, lines + 1)),
        total=rupees("117179.87"),
    )


def _anywhere() -> dict[str, Sequence[View]]:
    abouts = [{"short_code": 1042, "total_minor": 198372}, {"amount_minor": 500000}, {}]
    kinds = ["offer", "claim", "language"]
    questions = [
        {"choice": f"Ab3dEf9hKl2m:yes{number}", "kind": kind, "about": about, "title": "Accept"}
        for number, (kind, about) in enumerate(zip(kinds, abouts, strict=True))
    ]
    parties = [
        {"choice": "retailer-1", "name": "Asha Kirana", "is_vendor": False},
        {"choice": "vendor-2", "name": "Himal Traders", "is_vendor": True},
    ]
    return {
        "anywhere/stopped": [{"is_vendor": False}, {"is_vendor": True}],
        "anywhere/started": [{"is_vendor": False}, {"is_vendor": True}],
        "anywhere/choose": [{"choices": []}, {"choices": ["Yes, cancel it", "No, keep it"]}],
        "anywhere/which": [
            {"questions": questions, "is_no": False},
            {"questions": questions * 4, "is_no": True},
        ],
        "anywhere/party": [{"parties": parties}],
        "anywhere/party_set": [
            {"name": "Himal Traders", "is_vendor": True},
            {"name": "Asha", "is_vendor": False},
        ],
    }


def _onboarding() -> dict[str, Sequence[View]]:
    return {
        "onboarding/welcome": [
            {"keeps_order": False, "has_pin": False},
            {"keeps_order": True, "has_pin": False},
            {"keeps_order": False, "has_pin": True},
        ],
        "onboarding/name_again": [
            {"keeps_order": True, "has_pin": False},
            {"keeps_order": False, "has_pin": True},
        ],
        "onboarding/area": [
            {"shop_name": "Nabin Store", "keeps_order": True},
            {"shop_name": "", "keeps_order": False},
        ],
        "onboarding/phone": [{"shop_name": "Nabin Store", "keeps_order": True}],
        "onboarding/applied": [{"shop_name": "Nabin Store", "keeps_order": True}],
        "onboarding/waiting": [
            {"is_refused": False, "keeps_order": True},
            {"is_refused": True, "keeps_order": False},
        ],
    }


def _notes() -> list[dict[str, Any]]:
    product = _product()
    changed = _thing(name=product.name, name_ne=product.name_ne, then=rupees(20), now=rupees(21))
    return [
        {"code": "repeated"},
        {"code": "dropped", "said": ["2 case coke"]},
        {"code": "unread", "said": ["asdf", "qwer"]},
        {"code": "too_long"},
        {"code": "not_understood"},
        {"code": "no_such_line", "number": 7},
        {"code": "no_such_line", "number": None},
        {"code": "say_line", "number": Decimal(10)},
        {"code": "changed", "product": product, "quantity": Decimal(30)},
        {"code": "removed", "product": product},
        {"code": "instead", "old": product, "new": product},
        {"code": "cleared"},
        {"code": "same_again", "short_code": 1041, "prices": [changed]},
        {"code": "same_again", "short_code": 1041, "prices": []},
        {"code": "cancel_what", "has_orders": True},
        {"code": "cancel_what", "has_orders": False},
        {"code": "stale"},
        {"code": "basket_changed"},
        {"code": "total_rose", "shown": 198372, "total": 208372},
        {"code": "lines_missing", "products": [product, product]},
        {"code": "reopened", "short_code": 1042},
    ]


def _questions() -> list[dict[str, Any]]:
    choices = [{"choice": f"line.0.SKU{n}", "number": n, "product": _product(n)} for n in range(1, 5)]
    return [
        {"said": "2 case coke", "kind": "which_pack", "choices": choices, "product": _product()},
        {"said": "wai wai", "kind": "how_many", "choices": [], "product": _product()},
        {"said": "chiya", "kind": "how_many", "choices": [], "product": None},
    ]


def _basket_view(**facts: Any) -> View:
    lines = facts.pop("lines", 3)
    basket = _basket(lines)
    return {
        "basket": basket,
        "lines": basket.lines,
        "style": "full" if lines < 9 else "short" if lines < 18 else "shortest",
        "can_credit": True,
        "can_order": True,
        "notes": [],
        "instead": (),
        "next_number": 1,
        "questions": [],
        "numbered": False,
        "as_list": False,
        "not_sold": [],
        "unread": [],
        **facts,
    }


def _short_basket() -> View:
    """Lines that nobody has, or not so few, or not so many."""
    reasons = [
        None,
        _thing(least_quantity=Decimal(30), least_order=None),
        _thing(least_quantity=None, least_order=rupees(5000)),
    ]
    lines = [_line(short_by="60", is_priced=False, why=why) for why in reasons]
    instead = tuple(
        _thing(
            line=line,
            choices=tuple(
                _thing(
                    choice=f"instead.{number}.{first + each}",
                    number=first + each,
                    product=_product(first + each),
                    unit_price=rupees(25),
                )
                for each in range(3)
            ),
        )
        for number, (line, first) in enumerate(zip(lines[:2], (1, 4), strict=True))
    )
    return {**_basket_view(), "lines": (*lines, _line(short_by="10")), "instead": instead, "next_number": 7}


def _ordering() -> dict[str, Sequence[View]]:
    asked = {"questions": _questions(), "numbered": True, "not_sold": ["3 iphone"], "unread": ["xyz"]}
    one = _questions()[1:2]
    refusals = [
        (
            "credit_refused",
            "limit_exceeded",
            {"asked": rupees(3000), "available": rupees(2000), "shortfall": rupees(1000)},
        ),
        ("credit_refused", "no_account", {}),
        ("credit_refused", "overdue", {}),
        ("cash_due", "cash_due", {"due_minor": 100000}),
        ("orders_blocked", "old debt", {}),
        ("cash_limit", "cash_limit", {"limit_minor": 2500000, "total_minor": 3000000}),
        ("not_approved", "not_approved", {}),
        ("nothing_available", "nothing_available", {}),
        ("something_new", "something_new", {}),
    ]
    placed = _thing(short_code=1042, total=rupees("1983.72"), terms="credit", saved=rupees(10))
    return {
        "ordering/basket": [
            _basket_view(),
            _basket_view(can_credit=False),
            _basket_view(can_order=False),
            _short_basket(),
            _basket_view(lines=12),
            _basket_view(lines=28),
            _basket_view(**asked, as_list=True),
            _basket_view(**asked, can_order=False),
            _basket_view(questions=one),
            *(_basket_view(notes=[note], lines=2) for note in _notes()),
        ],
        "ordering/questions": [
            _basket_view(**asked, as_list=True, basket=None, lines=0, can_order=False),
            _basket_view(questions=one, lines=0),
        ],
        "ordering/nothing": [_basket_view(lines=0), _basket_view(lines=0, notes=[{"code": "cleared"}])],
        "ordering/which_line": [
            {"notes": [], "lines": _basket(9).lines, "quantity": Decimal(10), "unit": "kg", "as_list": True},
            {"notes": [], "lines": _basket(2).lines, "quantity": Decimal(10), "unit": None, "as_list": False},
            {"notes": [], "lines": _basket(2).lines, "quantity": None, "unit": None, "as_list": True},
        ],
        "ordering/clear_part": [
            {"basket": _basket(1), "left_out": ["2 case coke", "noodles"], "can_credit": True},
            {"basket": _basket(4), "left_out": ["2 case coke"], "can_credit": False},
        ],
        "ordering/already_placed": [{"order": _order()}, {"order": _thing(short_code=None)}],
        "ordering/placed": [
            {"placed": placed, "nobody_has": [_product()], "left_out": ["2 case coke"]},
            {"placed": _thing(**{**vars(placed), "saved": Money(0)}), "left_out": [], "nobody_has": []},
        ],
        "ordering/owner_must_approve": [
            {"facts": {"total_minor": 1393290, "limit_minor": 1000000}},
            {"facts": {"since": _NOW}},
        ],
        "ordering/refused": [
            {"code": code, "reason": reason, "facts": facts, "may_pay_cash": may_pay}
            for code, reason, facts in refusals
            for may_pay in (True, False)
        ],
        "ordering/owner_asked": [
            {"basket": _basket(), "helper": "Bibek Gurung", "has_risen": False},
            {"basket": _basket(20), "helper": None, "has_risen": True},
        ],
        "ordering/prices": [
            {"goods": []},
            {
                "goods": [
                    {"product": _product(), "price": rupees(20)},
                    {"product": _product(2), "price": None},
                ]
            },
        ],
        "ordering/not_understood": [{"words": "asdf qwer " * 30}],
        "ordering/help": [{"name": "Asha Kirana Pasal"}],
    }


def _tracking() -> dict[str, Sequence[View]]:
    rows = [{"line": _order_line().line, "quantity": Decimal(5)}]
    return {
        "tracking/order": [
            {"order": _order(status=status, asked=asked)}
            for status in (
                "placed",
                "offered",
                "accepted",
                "dispatched",
                "delivered",
                "canceled",
                "unfulfilled",
            )
            for asked in (None, "part")
        ],
        "tracking/orders": [{"orders": _orders()}],
        "tracking/code": [{"parcels": [_parcel(), _parcel()]}],
        "tracking/cancel_which": [{"orders": _orders()}],
        "tracking/cancel_asked": [{"order": _order()}],
        "tracking/canceled": [{"order": _order(status="canceled")}, {"order": _order(terms="cash")}],
        "tracking/asked_answered": [
            {"order": order, "question": question, "yes": yes}
            for order in (_order(), _order(status="unfulfilled"))
            for question in ("dearer", "part")
            for yes in (True, False)
        ],
        "tracking/received": [{"order": _order(status="completed")}],
        "tracking/shortfall_asked": [{"order": _order(), "lines": rows}],
        "tracking/shortfall_kept": [{"order": _order(), "words": "sabai bigreko"}],
        "tracking/shortfall_reported": [{"order": _order(), "reports": [_shortage(), _shortage()]}],
        "tracking/short_which": [{"orders": [_order(), _order()]}],
        **{
            name: [{"shortage": _shortage()}, {"shortage": _shortage(status="agreed", words=None)}]
            for name in (
                "vendor/shortage",
                "vendor/shortage_agreed",
                "vendor/shortage_refused",
                "vendor/shortage_closed",
                "notify/shortage_refused",
            )
        },
        "notify/shortage_agreed": [
            {"shortage": _shortage(), "owed": rupees(100)},
            {"shortage": _shortage(), "owed": Money(0)},
        ],
    }


def _standing(**facts: Any) -> Any:
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
    return _thing(**{**nothing, **facts})


def _account() -> dict[str, Sequence[View]]:
    much = _standing(
        owed=rupees(50_000),
        overdue=rupees(20_000),
        oldest_days_past_due=12,
        cash_due=rupees(500),
        prepaid=rupees(10),
        held=rupees(1_000),
        limit=rupees(200_000),
        available=rupees(149_000),
        next_due_on=_DAY,
        next_due_amount=rupees(30_000),
    )
    invoice = _thing(number="2083/84-00007", outstanding=rupees("1983.72"), due_on=_DAY)
    owed = {"invoice": invoice, "vendor_name": "Shree Ganesh Khadya Bhandar"}
    debit = _thing(
        at=_NOW, kind="delivery", debit=rupees("1983.72"), credit=Money(0), balance=rupees("1983.72")
    )
    credit = _thing(at=_NOW, kind="payment", debit=Money(0), credit=rupees("1983.72"), balance=Money(0))
    billed = {"line": debit, "number": "2083/84-00007", "vendor_name": "Shree Ganesh Khadya Bhandar"}
    statement = _thing(start=dt.date(2026, 10, 23), end=dt.date(2026, 11, 22), closing=rupees("1983.72"))
    paid = {"amount": rupees(5000), "method": "esewa", "reference": "5KD92"}
    return {
        "account/balance": [
            {"standing": much, "invoices": [owed] * 5, "more": 2},
            {"standing": _standing(), "invoices": [], "more": 0},
        ],
        "account/statement": [
            {
                "statement": statement,
                "opening": Money(0),
                "lines": [billed, {"line": credit, "number": None, "vendor_name": None}] * 7,
            },
            {"statement": statement, "opening": rupees(10), "lines": []},
        ],
        "account/claim_method": [{"amount": rupees(5000)}],
        "account/claim_reference": [{"amount": rupees(5000), "method": "esewa"}],
        "account/claim_contested": [paid],
        "account/claimed": [{**paid, "owed": rupees(5000)}, {**paid, "reference": None, "owed": Money(0)}],
    }


def _counts(**facts: int) -> Any:
    counted = {
        "answerable": 10,
        "answered_yes": 8,
        "lapsed": 1,
        "accepted": 8,
        "delivered": 7,
        "withdrawn": 1,
    }
    return _thing(**{**counted, **facts})


def _claim() -> dict[str, Any]:
    return {"shop_name": "Asha Kirana", "amount": rupees(5000), "method": "cash", "reference": None}


def _vendor() -> dict[str, Sequence[View]]:
    delivered = _thing(invoice_number="2083/84-00007", total=rupees("1983.72"))
    settlement = _thing(
        delivered=rupees(9800),
        returned=rupees(-500),
        received=rupees(-5000),
        paid=Money(0),
        owed=rupees(-100),
    )
    listing, other = _product(1), _product(2)
    return {
        "vendor/help": [{"name": "Himal Traders"}],
        "vendor/offer": [{"offer": _offer()}, {"offer": _offer(lines=20)}],
        "vendor/accepted": [{"parcel": _parcel(), "is_part": is_part} for is_part in (True, False)],
        "vendor/noted": [{"offer": _offer(), "until": _NOW}],
        "vendor/offer_closed": [
            {"offer": _offer(status), "is_done": is_done}
            for status in ("open", "accepted", "declined", "lapsed", "beaten", "closed")
            for is_done in (True, False)
        ],
        "vendor/part_waits": [{"offer": _offer()}],
        "vendor/part_asked": [{"offer": _offer()}, {"offer": _offer(lines=1)}],
        "vendor/reason_asked": [
            {"offer": _offer(), "reasons": ["no_stock", "price", "too_far", "closed", "other"]}
        ],
        "vendor/declined": [{"offer": _offer()}],
        "vendor/offers": [{"offers": [_offer(), _offer()]}],
        "vendor/packing": [
            {"to_pack": [_parcel(), _parcel()], "on_the_way": [_parcel()]},
            {"to_pack": [], "on_the_way": [_parcel()]},
        ],
        "vendor/dispatch_which": [{"parcels": [_parcel(), _parcel()]}],
        "vendor/dispatched": [{"parcel": _parcel()}, {"parcel": _parcel(terms="credit")}],
        "vendor/short_asked": [{"parcel": _parcel()}],
        "vendor/cash_asked": [{"parcel": _parcel(), "is_short": is_short} for is_short in (True, False)],
        "vendor/wrong_code": [{"tries_left": left} for left in (4, 1, 0)],
        "vendor/delivered": [
            {"delivered": delivered, "parcel": _parcel(terms=terms), "cash": cash}
            for terms in ("cash", "credit")
            for cash in (True, False)
        ],
        "vendor/code_asked": [{"parcel": _parcel()}],
        "vendor/withdraw_asked": [{"parcel": _parcel()}],
        "vendor/withdrawn": [{"parcel": _parcel()}],
        "vendor/claim": [_claim(), {**_claim(), "method": "esewa", "reference": "5KD92"}],
        "vendor/claim_confirmed": [_claim()],
        "vendor/claim_rejected": [_claim()],
        "vendor/claim_closed": [{**_claim(), "status": "confirmed"}],
        "vendor/closed": [{"day": _DAY}],
        "vendor/scorecard": [
            {"counts": _counts(answerable=10), "score": Decimal("72.4")},
            {"counts": _counts(answerable=0, accepted=0), "score": None},
        ],
        "vendor/settlement": [
            {"settlement": settlement, "today": _DAY},
            {
                "settlement": _thing(**{**vars(settlement), "owed": rupees(100), "returned": Money(0)}),
                "today": _DAY,
            },
        ],
        "vendor/changed": [
            {
                "prices": [{"listing": listing, "price": rupees(95)}],
                "stocks": [{"listing": listing, "quantity": Decimal(40)}],
                "sold_out": [listing],
                "back": [listing],
                "unread": ["asdf 5"],
                "below_promised": [other],
                "question": question,
            }
            for question in (
                None,
                {"kind": "which_listing", "said": "chini 95", "listings": [listing, other]},
                {"kind": "figure", "listing": listing, "figure": Decimal(95)},
                {"kind": "price_check", "listing": listing, "old": rupees(50), "new": rupees(95)},
            )
        ],
    }


def _notify() -> dict[str, Sequence[View]]:
    amounts = {"amount": rupees(5000), "method": "esewa", "reference": "5KD92"}
    delivered: list[View] = [
        {
            "parcel": _parcel(status="delivered"),
            "invoice_number": "2083/84-00007",
            "total": rupees("1983.72"),
            "is_cash": is_cash,
            "is_cash_paid": is_cash_paid,
            "due_on": _DAY,
            "short": [{"line": _order_line().line, "missing": Decimal(2)}],
        }
        for is_cash, is_cash_paid in ((False, False), (True, True), (True, False))
    ]
    return {
        "notify/approved": [{"shop_name": "Nabin Store", "has_basket": has} for has in (True, False)],
        "notify/refused": [{"shop_name": "Nabin Store", "reason": "no shop there"}],
        "notify/owner_allowed": [{"order": _order()}],
        "notify/accepted": [
            {"order": _order(), "parcels": [_parcel()], "missing": [_order_line()]},
            {"order": _order(), "parcels": [_parcel(), _parcel()], "missing": []},
        ],
        "notify/dispatched": [{"parcel": _parcel()}, {"parcel": _parcel(terms="credit")}],
        "notify/delivered": delivered,
        "notify/delivered_part": delivered,
        "notify/unfulfilled": [{"order": _order(status="unfulfilled")}, {"order": _order(terms="cash")}],
        "notify/canceled": [{"order": _order(status="canceled")}],
        "notify/parcel_canceled": [{"parcel": _parcel()}],
        "notify/withdrawn": [{"order": _order(), "vendor_name": "Himal Traders"}],
        "notify/asked_dearer": [
            {
                "order": _order(),
                "promised": promised,
                "rest": rupees(100),
                "new_total": rupees(200),
                "gone": gone,
            }
            for promised in (Money(0), rupees(100))
            for gone in (None, "Himal Traders")
        ],
        "notify/asked_part": [
            {
                "order": _order(),
                "promised": rupees(100),
                "gone": "Himal Traders",
                "promised_lines": [_order_line()],
                "missing": [{"line": _order_line().line, "amount": Decimal(20)}],
            }
        ],
        "notify/claim_rejected": [amounts, {**amounts, "reference": None}],
        "notify/payment_posted": [{**amounts, "owed": rupees(10)}, {**amounts, "owed": Money(0)}],
    }


def _errors() -> dict[str, Sequence[View]]:
    with_order: View = {"facts": {"short_code": 1042, "status": "canceled"}}
    without: View = {"facts": {}}
    offers: list[View] = [{"facts": {"status": status}} for status in ("beaten", "accepted", "closed")]
    return {
        "errors/already_done": [with_order, without],
        "errors/too_late": [with_order, without],
        "errors/nothing_asked": [with_order, without],
        "errors/offer_not_open": [*offers, without],
    }
