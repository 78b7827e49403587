"""Sample views of messages to shops: onboarding, ordering, tracking, money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.wording.samples.records import (
    DAY,
    NOW,
    View,
    make_basket,
    make_line,
    make_order,
    make_order_line,
    make_order_line_left,
    make_orders,
    make_parcel,
    make_product,
    make_record,
    make_said,
    make_shortage,
    make_standing,
)
from core.intake.acts.types import Topic
from core.money import Money, rupees


def anywhere() -> dict[str, Sequence[View]]:
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
        "anywhere/later": [{"said": ["1028 chaina"], "more": 0}, {"said": ["x" * 300] * 3, "more": 40}],
        "anywhere/stopped": [{"is_vendor": False}, {"is_vendor": True}],
        "anywhere/started": [{"is_vendor": False}, {"is_vendor": True}],
        "anywhere/choose": [{"choices": []}, {"choices": ["Yes, cancel it", "No, keep it"]}],
        "anywhere/still": [
            {"message": message} for message in ("not_understood", "help", "person", "balance", "part_asked")
        ],
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


def onboarding() -> dict[str, Sequence[View]]:
    kept = [
        {**vars(make_product()), "quantity": Decimal(60), "said": make_said()},
        {"words": "wai wai 2 carton"},
    ] * 2
    topics = ("credit", "price", "how_long", "how", "what", None)
    plain = {
        "kept": (),
        "keeps_order": False,
        "has_pin": False,
        "area": None,
        "topic": None,
        "times": 0,
        "introducer": None,
    }
    ordered = {**plain, "kept": kept, "keeps_order": True}
    asked = [{**plain, "topic": topic, "times": times} for times, topic in enumerate(topics)]
    waiting = {"is_refused": False, "kept": kept, "goods": [], "topic": None, "times": 0}
    priced = [
        {"product": make_product(1), "price": rupees("20.55")},
        {"product": make_product(2), "price": None},
    ]
    return {
        "onboarding/welcome": [
            {**plain, "introducer": "Shree Ganesh Khadya Bhandar"},
            *asked,
            ordered,
            {**plain, "keeps_order": True},
            {**plain, "has_pin": True},
        ],
        "onboarding/name_again": [
            *asked,
            ordered,
            {**plain, "keeps_order": True},
            {**plain, "has_pin": True},
            {**plain, "area": "Janakpur"},
        ],
        "onboarding/area": [
            *({**view, "shop_name": "Nabin Store"} for view in (*asked, ordered)),
            {**plain, "keeps_order": True, "shop_name": "", "times": 1},
        ],
        "onboarding/phone": [
            {"shop_name": "Nabin Store", "kept": kept},
            {"shop_name": "Nabin Store", "kept": ()},
        ],
        "onboarding/applied": [
            {"shop_name": "Nabin Store", "area": "Kalanki-14", "has_pin": True, "kept": kept},
            {"shop_name": "Nabin Store", "area": None, "has_pin": False, "kept": ()},
        ],
        "onboarding/waiting": [
            *({**waiting, "topic": topic, "times": times} for times, topic in enumerate(topics)),
            {**waiting, "kept": (), "goods": priced, "topic": "price"},
            {**waiting, "is_refused": True},
        ],
    }


def _notes() -> list[dict[str, Any]]:
    product = make_product()
    changed = make_record(name=product.name, name_ne=product.name_ne, then=rupees(20), now=rupees(21))
    return [
        {"code": "repeated", "who": None},
        {"code": "repeated", "who": "Bibek"},
        {"code": "dropped", "said": ["2 case coke"]},
        {"code": "unread", "said": ["asdf", "qwer"]},
        {"code": "too_long"},
        {"code": "not_understood"},
        {"code": "no_such_line", "number": 7},
        {"code": "no_such_line", "number": None},
        {"code": "say_line", "number": Decimal(10)},
        {"code": "usual"},
        {"code": "already", "said": ["2 carton wai wai chicken", "5 kg chini"]},
        {"code": "say_unit", "line": 1, "number": Decimal(90), "unit": "case", "product": product},
        {"code": "changed", "product": product, "goods": make_line()},
        {"code": "removed", "product": product},
        {"code": "instead", "old": product, "new": product},
        {"code": "cleared"},
        *({"code": "not_ordered", "why": why} for why in ("condition", "later", "asked")),
        {"code": "same_again", "short_code": 1041, "prices": [changed]},
        {"code": "same_again", "short_code": 1041, "prices": []},
        {"code": "cancel_what", "has_orders": True},
        {"code": "cancel_what", "has_orders": False},
        {"code": "stale"},
        {"code": "basket_changed"},
        {"code": "total_rose", "shown": 198372, "total": 208372},
        {"code": "lines_missing", "products": [product, product]},
        {"code": "reopened", "short_code": 1042},
        {"code": "taken_over"},
    ]


def _questions() -> list[dict[str, Any]]:
    choices = [{"choice": f"line.0.SKU{n}", "number": n, "product": make_product(n)} for n in range(1, 5)]
    return [
        {"said": "2 case coke", "kind": "which_pack", "choices": choices, "product": make_product()},
        {"said": "wai wai", "kind": "how_many", "choices": [], "product": make_product()},
        {"said": "chiya", "kind": "how_many", "choices": [], "product": None},
    ]


def _terms(why: str | None = None, *, cash_room: Money | None = None, in_cash: bool = True) -> Any:
    owes = make_standing(
        available=rupees(1250),
        overdue=rupees(15000),
        oldest_days_past_due=34,
        cash_due=rupees(1800) if why == "cash_due" else Money(0),
    )
    return make_record(
        why_no_credit=why, standing=owes, cash_room=cash_room, in_cash=in_cash, on_credit=not why
    )


def _answers() -> list[View]:
    asked: View = {
        "standing": make_standing(limit=rupees(50000), available=rupees(20000)),
        "is_blocked": False,
        "stops_after": 30,
        "cash_limit": rupees(25000),
        "least": None,
        "claims": [],
        "last": None,
        "sees_debt": True,
    }
    late = make_standing(limit=rupees(50000), overdue=rupees(15000), oldest_days_past_due=34)
    claims = [
        {"amount": rupees(5000), "method": "esewa", "asked": "Himal Traders"},
        {"amount": rupees(700), "method": "cash", "asked": None},
    ]
    return [
        *({**asked, "topic": topic.value} for topic in Topic),
        *({**asked, "topic": topic.value, "sees_debt": False} for topic in Topic),
        {**asked, "topic": "minimum", "least": rupees(2000)},
        {**asked, "topic": "why_blocked", "is_blocked": True},
        {**asked, "topic": "why_blocked", "standing": late},
        {**asked, "topic": "why_blocked", "standing": make_standing()},
        {**asked, "topic": "payment", "claims": claims},
        {**asked, "topic": "payment", "last": {"amount": rupees(5000), "paid_on": DAY}},
    ]


def _basket_view(**facts: Any) -> View:
    lines = facts.pop("lines", 3)
    basket = make_basket(lines)
    return {
        "basket": basket,
        "lines": basket.lines,
        "style": "full" if lines < 9 else "short" if lines < 18 else "shortest",
        "can_credit": True,
        "can_order": True,
        "is_placeable": True,
        "yes_is_cash": True,
        "can": _terms(),
        "sees_debt": True,
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


def _read_by_hand() -> list[View]:
    """The basket that our people filled."""
    views = [
        _basket_view(),
        _basket_view(can_credit=False),
        _basket_view(can=_terms("overdue"), can_credit=False, yes_is_cash=False, sees_debt=False),
        _basket_view(is_placeable=False, can_order=False),
        _basket_view(can=_terms("cash_due"), can_credit=False, can_order=False, yes_is_cash=False),
        _basket_view(lines=12),
        _basket_view(lines=28),
    ]
    names = (
        "basket",
        "lines",
        "style",
        "is_placeable",
        "can_order",
        "can_credit",
        "yes_is_cash",
        "can",
        "sees_debt",
    )
    return [{name: view[name] for name in names} for view in views]


def _short_basket() -> View:
    """Lines that nobody has, or only in larger or smaller amounts."""
    reasons = [
        None,
        make_record(least_quantity=Decimal(30), least_order=None),
        make_record(least_quantity=None, least_order=rupees(5000)),
    ]
    lines = [make_line(short_by="60", is_priced=False, why=why) for why in reasons]
    instead = tuple(
        make_record(
            line=line,
            choices=tuple(
                make_record(
                    choice=f"instead.{number}.{first + each}",
                    number=first + each,
                    product=make_product(first + each),
                    unit_price=rupees(25),
                )
                for each in range(3)
            ),
        )
        for number, (line, first) in enumerate(zip(lines[:2], (1, 4), strict=True))
    )
    return {
        **_basket_view(),
        "lines": (*lines, make_line(short_by="10")),
        "instead": instead,
        "next_number": 7,
    }


def ordering() -> dict[str, Sequence[View]]:
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
    placed = make_record(
        short_code=1042,
        total=rupees("1983.72"),
        terms="credit",
        saved=rupees(10),
        rings_at=None,
        answer_by=None,
    )
    return {
        "notify/read_by_hand": _read_by_hand(),
        "ordering/basket": [
            _basket_view(),
            _basket_view(can_credit=False),
            _basket_view(is_placeable=False, can_order=False),
            *(
                _basket_view(can=_terms(why), can_credit=False, yes_is_cash=False, sees_debt=sees_debt)
                for why in ("limit_exceeded", "cash_due", "overdue", "blocked")
                for sees_debt in (True, False)
            ),
            _basket_view(
                can=_terms("overdue", cash_room=rupees(25000), in_cash=False),
                can_credit=False,
                can_order=False,
            ),
            _short_basket(),
            _basket_view(lines=12),
            _basket_view(lines=28),
            _basket_view(**asked, as_list=True),
            _basket_view(**asked, is_placeable=False, can_order=False),
            _basket_view(questions=one),
            *(_basket_view(notes=[note], lines=2) for note in _notes()),
        ],
        "ordering/questions": [
            _basket_view(**asked, as_list=True, basket=None, lines=0, is_placeable=False, can_order=False),
            _basket_view(questions=one, lines=0),
        ],
        "ordering/nothing": [_basket_view(lines=0), _basket_view(lines=0, notes=[{"code": "cleared"}])],
        "ordering/which_line": [
            {
                "notes": [],
                "lines": make_basket(9).lines,
                "quantity": Decimal(10),
                "unit": "kg",
                "as_list": True,
            },
            {
                "notes": [],
                "lines": make_basket(2).lines,
                "quantity": Decimal(10),
                "unit": None,
                "as_list": False,
            },
            {"notes": [], "lines": make_basket(2).lines, "quantity": None, "unit": None, "as_list": True},
        ],
        "ordering/clear_part": [
            {"basket": make_basket(1), "left_out": ["2 case coke", "noodles"], "can_credit": True},
            {"basket": make_basket(4), "left_out": ["2 case coke"], "can_credit": False},
        ],
        "ordering/already_placed": [{"order": make_order()}, {"order": make_record(short_code=None)}],
        "ordering/placed": [
            {"placed": placed, "nobody_has": [make_product()], "left_out": ["2 case coke"]},
            {"placed": make_record(**{**vars(placed), "saved": Money(0)}), "left_out": [], "nobody_has": []},
            {
                "placed": make_record(**{**vars(placed), "rings_at": NOW, "answer_by": NOW}),
                "left_out": [],
                "nobody_has": [],
            },
        ],
        "ordering/owner_must_approve": [
            {"facts": {"total_minor": 1393290, "limit_minor": 1000000}},
            {"facts": {"since": NOW}},
        ],
        "ordering/refused": [
            {"code": code, "reason": reason, "facts": facts, "may_pay_cash": may_pay, "sees_debt": sees}
            for code, reason, facts in refusals
            for may_pay, sees in ((True, True), (False, True), (True, False))
        ],
        "ordering/owner_refused": [{"is_stale": is_stale} for is_stale in (False, True)],
        "ordering/owner_asked": [
            {"basket": make_basket(), "helper": "Bibek Gurung", "has_risen": False},
            {"basket": make_basket(20), "helper": None, "has_risen": True},
        ],
        "ordering/prices": [
            {"goods": []},
            *(
                {
                    "goods": [{"product": make_product(), "price": rupees(20)}],
                    "can": can,
                    "sees_debt": sees_debt,
                }
                for can in (_terms(), _terms("no_account"), _terms("overdue"))
                for sees_debt in (True, False)
            ),
            {
                "goods": [
                    {"product": make_product(), "price": rupees(20)},
                    {"product": make_product(2), "price": None},
                ]
            },
        ],
        "ordering/not_ordered": [
            {
                "notes": [{"code": "not_ordered", "why": why}],
                "basket": make_basket(lines),
                "can_credit": can_credit,
                "yes_is_cash": yes_is_cash,
            }
            for why, lines, can_credit, yes_is_cash in (
                ("later", 3, True, False),
                ("asked", 1, False, True),
                ("condition", 1, False, False),
            )
        ],
        "ordering/about": _answers(),
        "ordering/not_understood": [{"words": "asdf qwer " * 30}],
        "ordering/help": [{"name": "Asha Kirana Pasal"}],
    }


def tracking() -> dict[str, Sequence[View]]:
    rows = [{"line": make_order_line().line, "quantity": Decimal(5), "is_off": Decimal(10)}]
    return {
        "ordering/placed_already": [
            {"order": make_order(status=status)} for status in ("placed", "accepted")
        ],
        "tracking/order": [
            {"order": make_order(status=status, asked=asked)}
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
        ]
        + [{"order": make_order(asked="dearer"), "was_asked": False}],
        "tracking/orders": [{"orders": make_orders(), "more": more} for more in (0, 4)],
        "tracking/code": [{"parcels": [make_parcel()] * 15, "more": more} for more in (0, 4)],
        "tracking/cancel_which": [{"orders": make_orders(), "more": more} for more in (0, 4)],
        "tracking/cancel_asked": [
            {"order": make_order(), "rest": (make_order_line_left(),) * 3, "gone": gone}
            for gone in (Money(0), rupees("1983.72"))
        ],
        "tracking/rest_canceled": [
            {"order": make_order(), "rest": (make_order_line_left(),) * lines, "gone": rupees("1983.72")}
            for lines in (1, 3)
        ],
        "tracking/canceled": [{"order": make_order(status="canceled")}, {"order": make_order(terms="cash")}],
        "tracking/asked_answered": [
            {"order": order, "question": question, "yes": yes}
            for order in (
                *(make_order(), make_order(status="dispatched")),
                *(make_order(status="delivered"), make_order(status="unfulfilled")),
            )
            for question in ("dearer", "part")
            for yes in (True, False)
        ],
        "tracking/waits_for_owner": [
            {"total": rupees("13932.90"), "is_owner": is_owner} for is_owner in (True, False)
        ],
        "tracking/short_on_the_way": [{"orders": [make_order()]}],
        "ordering/put_off": [{"has_basket": True}, {"has_basket": False}],
        "tracking/asked_again": [
            {"order": make_order(), "question": question, "new_total": new_total}
            for question, new_total in (("dearer", rupees(1200)), ("dearer", None), ("part", None))
        ],
        "tracking/cancel_too_late": [
            {"order": make_order(status=s)} for s in ("dispatched", "delivered", "completed")
        ],
        "tracking/not_received": [{"order": make_order(status="delivered")}],
        "tracking/receipt_asked": [{"order": make_order(status="delivered")}],
        "tracking/received": [
            {"order": make_order(status="completed"), "reports": reports}
            for reports in ([], [make_shortage()])
        ],
        "tracking/shortfall_asked": [
            {"order": make_order(), "lines": rows, "in_parts": in_parts}
            for in_parts in (None, rows[0]["line"])
        ],
        "tracking/shortfall_kept": [{"order": make_order(), "words": "sabai bigreko"}],
        "tracking/shortfall_reported": [
            {"order": make_order(), "reports": [make_shortage(), make_shortage()]}
        ],
        "tracking/short_already": [{"order": make_order(), "lines": rows}],
        "tracking/short_which": [{"orders": [make_order(), make_order()]}],
        **{
            name: [{"shortage": make_shortage()}, {"shortage": make_shortage(status="agreed", words=None)}]
            for name in (
                "vendor/shortage",
                "vendor/shortage_agreed",
                "vendor/shortage_refused",
                "vendor/shortage_closed",
                "notify/shortage_refused",
            )
        },
        "notify/shortage_agreed": [
            {"shortage": make_shortage(), "owed": rupees(100)},
            {"shortage": make_shortage(), "owed": Money(0)},
            {"shortage": make_shortage(), "owed": None},
        ],
    }
