"""Sample views of a shop's account: what it owes, its score, its documents and its payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.wording.samples.records import (
    DAY,
    NOW,
    View,
    make_record,
    make_standing,
)
from core.money import Money, rupees


def account() -> dict[str, Sequence[View]]:
    much = make_standing(
        owed=rupees(50_000),
        overdue=rupees(20_000),
        oldest_days_past_due=12,
        cash_due=rupees(500),
        prepaid=rupees(10),
        held=rupees(1_000),
        limit=rupees(200_000),
        available=rupees(149_000),
        next_due_on=DAY,
        next_due_amount=rupees(30_000),
    )
    invoice = make_record(number="2083/84-00007", outstanding=rupees("1983.72"), due_on=DAY)
    owed = {"invoice": invoice, "vendor_name": "Shree Ganesh Khadya Bhandar"}
    debit = make_record(
        at=NOW, kind="delivery", debit=rupees("1983.72"), credit=Money(0), balance=rupees("1983.72")
    )
    credit = make_record(at=NOW, kind="payment", debit=Money(0), credit=rupees("1983.72"), balance=Money(0))
    billed = {"line": debit, "number": "2083/84-00007", "vendor_name": "Shree Ganesh Khadya Bhandar"}
    statement = make_record(
        start=dt.date(2026, 10, 23),
        end=dt.date(2026, 11, 22),
        closing=rupees("1983.72"),
        debits=rupees("1983.72"),
        credits=rupees(500),
    )
    paid = {"amount": rupees(5000), "method": "esewa", "reference": "5KD92"}
    told = {**paid, "id": 41, "asked": "Shree Ganesh Khadya Bhandar"}
    in_cash = {"id": 42, "amount": rupees(800), "method": "cash", "reference": None, "asked": None}
    views: dict[str, Sequence[View]] = {
        "account/balance": [
            {"standing": much, "invoices": [owed] * 5, "more": 2},
            {"standing": make_standing(), "invoices": [], "more": 0},
        ],
        "account/score": [{"credit": None}, *({"credit": _scored(*codes)} for codes in _REASONS)],
        "account/statement": [
            {
                "statement": statement,
                "opening": Money(0),
                "lines": [billed, {"line": credit, "number": None, "vendor_name": None}] * 7,
            },
            {"statement": statement, "opening": rupees(10), "lines": []},
        ],
        "account/appealed": [{"is_more": is_more} for is_more in (False, True)],
        "account/statement_file": [{"statement": statement}],
        "account/no_credit_note": [{}],
        "account/claim_amount": [{}],
        "account/claim_method": [{"amount": rupees(5000)}],
        "account/claim_reference": [{"amount": rupees(5000), "method": "esewa"}],
        "account/claim_contested": [paid],
        "account/claimed": [
            {**paid, "owed": rupees(5000), "asked": "Shree Ganesh Khadya Bhandar", "named": None},
            {**paid, "reference": None, "owed": Money(0), "asked": None, "named": None},
            {**paid, "owed": None, "asked": None, "named": "Shree Ganesh Khadya Bhandar"},
        ],
        "account/claimed_several": [
            {"rows": [{**paid, "asked": asked, "is_taken": taken}] * 3, "owed": owed}
            for asked, taken, owed in (
                ("Shree Ganesh Khadya Bhandar", False, rupees(5000)),
                (None, True, None),
            )
        ],
        "account/invoices": [
            {
                "is_newest": is_newest,
                "invoices": [
                    {
                        "number": "2083/84-00007",
                        "vendor_name": "Shree Ganesh Khadya Bhandar",
                        "total": rupees("1983.72"),
                        "vat": rupees("228.22"),
                        "issued_at": NOW,
                        "due_on": DAY,
                        "owed": left,
                        "notes": notes,
                    }
                    for left, notes in (
                        (rupees(10), [{"number": "CN-2083/84-00001", "total": rupees(5)}]),
                        (Money(0), []),
                    )
                ],
            }
            for is_newest in (False, True)
        ],
        "account/pay_how": [
            {"invoice": invoice, "vendor_name": "Shree Ganesh Khadya Bhandar"},
            {"invoice": None, "vendor_name": None},
        ],
        "account/not_paid": [{"owed": rupees(5000)}, {"owed": Money(0)}, {"owed": None}],
        "account/debt_asked": [{"helper": "Bibek Gurung"}, {"helper": None}],
        "account/debt_decided": [
            {"helper": "Bibek Gurung", "is_allowed": is_allowed} for is_allowed in (True, False)
        ],
        "account/paid_asked": [{"amount": rupees(5000)}],
        "account/take_back_asked": [{"claims": [told]}, {"claims": [told, in_cash]}],
        "account/claims_kept": [{"claims": [told, in_cash]}, {"claims": [told]}, {"claims": []}],
        "account/claim_withdrawn": [
            {**told, "owed": rupees(5000)},
            {**in_cash, "owed": Money(0)},
            {**in_cash, "owed": None},
        ],
        "account/payment_disputed": [told, in_cash],
        "account/claim_answered": [
            {**told, "status": "confirmed"},
            {**in_cash, "status": "confirmed"},
            {**told, "status": "rejected"},
        ],
        "account/promised": [
            {"amount": rupees(5000), "quiet_until": None},
            {"amount": None, "quiet_until": dt.date(2026, 11, 24)},
        ],
    }
    named = {name: _with_begun(views[name]) for name in _NAMES_BEGUN}
    return {**views, **named, "account/begun": named["account/claim_amount"][1:]}


# The messages that name the payments that wait for something.
_NAMES_BEGUN = (
    "account/claim_method",
    "account/claim_reference",
    "account/claim_amount",
    "account/claim_contested",
    "account/claimed",
    "account/claimed_several",
    "account/not_paid",
    "account/paid_asked",
)


def _with_begun(views: Sequence[View]) -> list[View]:
    begun = [
        {"amount": amount, "method": method, "lacks": lacks}
        for amount, method, lacks in (
            (rupees(5000), "fonepay", "reference"),
            (rupees(10_000), "bank_transfer", "paid"),
            (rupees(300), None, "method"),
            (None, "esewa", "amount"),
        )
    ]
    return [{**view, "begun": some} for view in views for some in ([], begun[:1], begun)]


_FIGURES = {
    "overdue_minor": 500_000,
    "days": 12,
    "per_cent": 80,
    "months": 3,
    "orders": 8,
    "canceled": 2,
    "placed": 10,
}
_REASONS = (
    ("no_delivery_yet",),
    ("overdue_now", "pays_late", "orders_seldom", "uses_much_credit"),
    ("is_new", "cancels", "pays_on_time", "orders_regularly"),
    ("uses_little_credit",),
)


def _scored(*codes: str) -> Any:
    """A credit score with these reasons, and what would raise it."""
    reasons = [make_record(code=code, facts=_FIGURES) for code in codes]
    ways = [code for code in codes if code in {"overdue_now", "pays_late", "orders_seldom", "cancels"}]
    return make_record(
        score=640,
        tier="fair",
        reasons=reasons,
        raises=[make_record(code=code, points=48, facts=_FIGURES) for code in ways[:2]],
    )
