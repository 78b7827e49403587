"""Sample views of messages to vendors, notices and refusals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.wording.samples.records import (
    DAY,
    NOW,
    View,
    make_claim,
    make_counts,
    make_offer,
    make_order,
    make_order_line,
    make_parcel,
    make_product,
    make_record,
)
from core.money import Money, rupees
from core.routing.models import OfferStatus
from core.routing.passing import NOBODY, OVERRIDE
from core.routing.policy.explaining import A_TIE, FAIR_SHARE, FILLS_EVERYTHING
from core.routing.policy.facts import Exclusion
from core.routing.policy.scores import SCORE_PARTS


def vendor() -> dict[str, Sequence[View]]:
    bill = rupees("1983.72")
    delivered = [
        make_record(
            invoice_number="2083/84-00007",
            total=bill,
            cash_taken=taken,
            cash_received=taken == bill,
            fulfillment=make_parcel(),
        )
        for taken in (None, Money(0), rupees(1000), bill)
    ]
    many = [make_parcel() for _ in range(20)]
    numbers = [*range(1042, 1062)]
    waits = {"offers": numbers, "to_pack": numbers, "on_the_way": numbers, "claims": 3, "shortages": 1}
    nothing = {"offers": [], "to_pack": [], "on_the_way": [], "claims": 0, "shortages": 0}
    cut = {"changed": 4, "is_cut": False, "more_unread": 0}
    settlement = make_record(
        opening=rupees(-4600),
        gross=rupees(10_000),
        delivered=rupees(9800),
        commission=rupees(200),
        returned=rupees(-500),
        received=rupees(-5000),
        paid=Money(0),
        other=rupees(200),
        owed=rupees(-100),
    )
    listing, other = make_product(1), make_product(2)
    return {
        "vendor/help": [{"name": "Himal Traders"}],
        "vendor/offer": [
            {"offer": make_offer(), "note": None, "eta_at": None},
            {"offer": make_offer(lines=20), "note": "denied", "eta_at": NOW},
        ],
        "vendor/accepted": [{"parcel": make_parcel(), "is_part": is_part} for is_part in (True, False)],
        "vendor/accept_all_asked": [
            {"offers": [make_offer()] * count, "total": rupees(44_860)} for count in (2, 60)
        ],
        "vendor/accepted_several": [
            {
                "parcels": many,
                "more": 40,
                "count": 60,
                "total": rupees(144_860),
                "noted": [1043],
                "refused": [{"short_code": 1044, "code": "stock_short"}],
                "yours": [1045],
                "unknown": ["1999"],
                "left": ["1046 bholi hunxa"],
            },
            {
                "parcels": [],
                "more": 0,
                "count": 0,
                "total": Money(0),
                "noted": [],
                "refused": [],
                "yours": [1045],
                "unknown": [],
                "left": [],
            },
        ],
        "vendor/late_asked": [
            {"promises": [{"offer": make_offer(), "eta_at": NOW, "is_part": True}], "unknown": []},
            {
                "promises": [
                    {"offer": make_offer(), "eta_at": NOW, "is_part": False},
                    {"offer": make_offer(), "eta_at": None, "is_part": False},
                ],
                "unknown": ["1999"],
            },
        ],
        "vendor/cheque_told": [{}],
        "vendor/link": [
            {
                "link": "https://wa.me/9779800000000?text=Namaste%21%20JOIN%20V-0001",
                "picture": "https://khaacho.example/api/v1/join/V-0001.png",
            }
        ],
        "vendor/noted": [{"offer": make_offer(), "until": NOW}],
        "vendor/offer_closed": [
            {"offer": make_offer(status), "is_done": is_done}
            for status in ("open", "accepted", "declined", "lapsed", "undelivered", "beaten", "closed")
            for is_done in (True, False)
        ],
        "vendor/part_waits": [{"offer": make_offer()}],
        "vendor/part_asked": [{"offer": make_offer()}, {"offer": make_offer(lines=1)}],
        "vendor/reason_asked": [
            {
                "offer": make_offer(),
                "numbers": some,
                "reasons": ["no_stock", "price", "too_far", "closed", "other"],
            }
            for some in ([1042], [1042, 1043])
        ],
        "vendor/reason_noted": [{"numbers": some} for some in ([1042], [1042, 1043])],
        "vendor/declined": [{"offer": make_offer(), "numbers": some} for some in ([1042], [1042, 1043])],
        "vendor/no_offers": [
            {"what": "offer", "unknown": [], "may_be_code": False, **waits},
            {"what": "parcel", "unknown": ["1999"], "may_be_code": False, **nothing},
            {"what": "parcel", "unknown": ["2865"], "may_be_code": True, **waits},
        ],
        "vendor/offers": [{"offers": [make_offer(), make_offer()]}],
        "vendor/packing": [
            {"to_pack": [make_parcel(), make_parcel()], "on_the_way": [make_parcel()], "more": 0},
            {"to_pack": many, "on_the_way": [make_parcel()], "more": 40},
            {"to_pack": [], "on_the_way": [make_parcel()], "more": 0},
        ],
        "vendor/dispatch_disputed": [
            {"parcels": [make_parcel()]},
            {"parcels": [make_parcel(), make_parcel()]},
        ],
        "vendor/dispatch_which": [{"parcels": [make_parcel(), make_parcel()]}],
        "vendor/dispatched": [
            {"parcel": make_parcel(), "lacking": []},
            {"parcel": make_parcel(terms="credit"), "lacking": ["chini 2 kg matra"]},
        ],
        "vendor/dispatched_several": [
            {"parcels": many, "more": 3, "sent": [1042], "unknown": ["1999"], "lacking": []},
            {
                "parcels": [make_parcel(terms="credit")],
                "more": 0,
                "sent": [],
                "unknown": [],
                "lacking": ["chini 2 kg matra"],
            },
        ],
        "vendor/not_sent": [
            {"parcel": make_parcel(), "mood": mood} for mood in ("denied", "future", "fresh")
        ],
        "vendor/not_delivered": [
            {"parcel": parcel, "back": back, "bill": parcel.total, "may_be_part": may_be_part}
            for parcel in [make_parcel()]
            for back, may_be_part in (
                ([], False),
                ([], True),
                ([{"line": row.line, "quantity": row.line.quantity} for row in parcel.lines[:1]], True),
            )
        ],
        "vendor/delivered_several": [
            {"delivered": delivered, "wrong": ["04822", "04823"], "left": ["04821"]},
            {"delivered": [], "wrong": [], "left": ["04821"]},
        ],
        "vendor/too_many_codes": [{"parcels": 3}],
        "vendor/cash_amount_asked": [{"parcel": make_parcel()}],
        "vendor/cash_part_asked": [
            {"parcel": make_parcel(), "amount": rupees(1000), "rest": rupees("983.72")}
        ],
        "vendor/returned_asked": [{"parcel": make_parcel()}],
        "vendor/returned": [{"parcel": make_parcel()}],
        "vendor/eta_noted": [{"parcel": make_parcel(status=status)} for status in ("accepted", "dispatched")],
        "vendor/unread": [{"said": ["asdf"], "more": 0}, {"said": ["x" * 400] * 3, "more": 140}],
        "vendor/not_understood": [{"said": [], "more": 0}, {"said": ["x" * 400] * 3, "more": 140}],
        "vendor/close_asked": [{"day": DAY}],
        "vendor/who_owes": [
            {
                "shops": [
                    {
                        "shop_name": "Asha Kirana",
                        "row": make_record(owed=rupees(1000), oldest_due_on=DAY),
                    }
                ],
                "more": 3,
                "total": rupees(1000),
            },
            {"shops": [], "more": 0, "total": Money(0)},
        ],
        "vendor/short_asked": [
            {"parcel": make_parcel(), "in_parts": in_parts} for in_parts in (None, make_order_line().line)
        ],
        "vendor/cash_asked": [
            {"parcel": make_parcel(), "bill": make_parcel().total, "is_short": is_short, "note": note}
            for is_short in (True, False)
            for note in (None, "no_cash", "too_much")
        ],
        "vendor/wrong_code": [{"tries_left": left} for left in (4, 1, 0)],
        "vendor/delivered": [
            {"delivered": one, "parcel": make_parcel(terms=terms), "has_said_cash": has_said_cash}
            for terms in ("cash", "credit")
            for has_said_cash in (True, False)
            for one in delivered
        ],
        "vendor/code_asked": [
            {"parcel": make_parcel(), "note": note} for note in (None, "no_cash", "future", "some_back")
        ],
        "vendor/address": [
            {
                "shops": [
                    {
                        "parcel": make_parcel(),
                        "shop": make_record(
                            shop_name="Asha Kirana",
                            area=area,
                            municipality="Kathmandu" if area else None,
                            ward=10 if area else None,
                            latitude=point,
                            longitude=point,
                        ),
                    }
                ]
                * count
            }
            for area in ("New Baneshwor", None)
            for point in (Decimal("27.700000"), None)
            for count in (1, 8)
        ],
        "vendor/code_help": [{"parcel": make_parcel(), "is_sent": is_sent} for is_sent in (True, False)],
        "vendor/withdraw_asked": [{"parcels": [make_parcel()]}, {"parcels": [make_parcel(), make_parcel()]}],
        "vendor/withdrawn": [{"parcels": [make_parcel(), make_parcel()]}],
        "vendor/claim": [
            make_claim(),
            {**make_claim(), "is_again": True},
            {**make_claim(), "is_again": True, "words": "aayo tara esewa ma haina"},
            {**make_claim(), "method": "esewa", "reference": "5KD92"},
            {**make_claim(), "method": "esewa", "reference": "5KD92", "instead": rupees(4500)},
        ],
        "vendor/claim_sum_asked": [
            {**make_claim(), "reference": reference, "received": rupees(3000), "missing": rupees(missing)}
            for reference in (None, "5KD92")
            for missing in (2000, -1000)
        ],
        "vendor/claims": [
            {"claims": [make_claim()] * 2, "more": 0, "total": rupees(10_000)},
            {
                "claims": [{**make_claim(), "method": "esewa", "reference": "5KD92"}] * 15,
                "more": 25,
                "total": rupees(200_000),
            },
        ],
        "vendor/claims_read": [
            {
                "received": [make_claim()],
                "missing": [make_claim()],
                "total": rupees(5_000),
                "left": ["herdai"],
            },
            {"received": [], "missing": [make_claim()], "total": Money(0), "left": []},
        ],
        "vendor/claims_settled": [
            {
                "booked": [make_claim()],
                "rejected": [make_claim()],
                "kept": [make_claim()],
                "total": rupees(5_000),
                "more": 3,
            }
        ],
        "vendor/claim_confirmed": [make_claim()],
        "vendor/claim_rejected": [make_claim()],
        "vendor/claim_closed": [{**make_claim(), "status": "confirmed"}],
        "vendor/claim_disputed": [{**make_claim(), "status": status} for status in ("confirmed", "rejected")],
        "vendor/hours": [
            {
                "rows": [{"first": "7", "last": "5", "opens": NOW, "closes": NOW}],
                "closed": ["6"],
                "is_changed": True,
            },
            {
                "rows": [{"first": "1", "last": "1", "opens": NOW, "closes": NOW}] * 7,
                "closed": [],
                "is_changed": False,
            },
            {"rows": [], "closed": list("7123456"), "is_changed": True},
        ],
        "vendor/weekly_asked": [
            {"day": DAY, "weekday": "6", "is_open": is_open} for is_open in (True, False)
        ],
        "vendor/closed": [{"days": [DAY]}, {"days": [DAY] * 7}],
        "vendor/opened": [{"day": None}, {"day": DAY}],
        "vendor/scorecard": [
            {"counts": make_counts(), "score": Decimal("72.4"), "grade": "B", "weakest": "completion"},
            {"counts": make_counts(), "score": Decimal(100), "grade": "A+", "weakest": None},
            {
                "counts": make_counts(answerable=0, accepted=0),
                "score": None,
                "grade": None,
                "weakest": None,
            },
        ],
        "vendor/why_not": [
            {"number": None, "found": None},
            {"number": "1042", "found": None},
            *(
                {
                    "number": 1042,
                    "day": DAY,
                    "found": make_record(order_id=1, offer_status=status, reason=reason),
                }
                for status, reason in (
                    *((status, None) for status in OfferStatus),
                    *(
                        (None, reason)
                        for reason in (*Exclusion, *SCORE_PARTS, FILLS_EVERYTHING, A_TIE, FAIR_SHARE)
                    ),
                    (None, OVERRIDE),
                    (None, NOBODY),
                )
            ),
        ],
        "vendor/settlement": [
            {"settlement": settlement, "today": DAY},
            {
                "settlement": make_record(**{**vars(settlement), "owed": rupees(100), "returned": Money(0)}),
                "today": DAY,
            },
        ],
        "vendor/changed": [
            {
                "prices": [{"listing": listing, "price": rupees(95)}],
                "stocks": [{"listing": listing, "quantity": Decimal(40)}],
                "sold_out": [listing],
                "back": [listing],
                "unread": ["asdf 5"],
                "too_general": [{"said": "tel sakiyo", "count": 14}],
                "below_promised": [other],
                "question": question,
                **cut,
            }
            for question in (
                None,
                {"kind": "listing_check", "listing": listing, "what": "stock", "number": Decimal(5)},
                {"kind": "listing_check", "listing": listing, "what": "price", "number": Decimal("84.07")},
                {"kind": "listing_check", "listing": listing, "what": "sold_out", "number": None},
                {
                    "kind": "which_listing",
                    "said": "chini 95",
                    "listings": [listing, other],
                    "has_buttons": True,
                    "takes_several": False,
                },
                {
                    "kind": "which_listing",
                    "said": "tel sakiyo",
                    "listings": [listing, other] * 12,
                    "has_buttons": False,
                    "takes_several": True,
                },
                {"kind": "all_listings", "what": "sold_out", "listings": [listing] * 24},
                {"kind": "price_or_stock", "listing": listing, "number": Decimal(95)},
                {"kind": "price_check", "listing": listing, "old": rupees(50), "new": rupees(95)},
            )
        ],
    }


def notify() -> dict[str, Sequence[View]]:
    amounts = {"amount": rupees(5000), "method": "esewa", "reference": "5KD92"}
    delivered: list[View] = [
        {
            "parcel": make_parcel(status="delivered"),
            "invoice_number": "2083/84-00007",
            "total": rupees("1983.72"),
            "is_cash": is_cash,
            "cash_taken": rupees(taken),
            "cash_due": rupees("1983.72") - rupees(taken),
            "due_on": DAY,
            "short": [{"line": make_order_line().line, "missing": Decimal(2)}],
        }
        for is_cash, taken in ((False, "0"), (True, "1983.72"), (True, "1000"), (True, "0"))
    ]
    return {
        "notify/claim_withdrawn": [make_claim(), {**make_claim(), "method": "esewa", "reference": "5KD92"}],
        "notify/claim_replaced": [make_claim(), {**make_claim(), "method": "esewa", "reference": "5KD92"}],
        "notify/approved": [{"shop_name": "Nabin Store", "has_basket": has} for has in (True, False)],
        "notify/refused": [{"shop_name": "Nabin Store", "reason": "no shop there"}],
        "notify/owner_refused": [
            {"how": how, "lines": lines} for how in ("refused", "taken_over", "silent") for lines in (1, 3)
        ],
        "notify/owner_allowed": [{"order": make_order()}],
        "notify/accepted": [
            {"order": make_order(), "parcels": [make_parcel()], "missing": [make_order_line()]},
            {"order": make_order(), "parcels": [make_parcel(), make_parcel()], "missing": []},
        ],
        "notify/code_again": [{"parcel": make_parcel()}],
        "notify/dispatched": [{"parcel": make_parcel()}, {"parcel": make_parcel(terms="credit")}],
        "notify/delivered": delivered,
        "notify/delivered_part": delivered,
        "notify/unfulfilled": [
            {"order": make_order(status="unfulfilled")},
            {"order": make_order(terms="cash")},
        ],
        "notify/canceled": [{"order": make_order(status="canceled")}],
        "notify/parcel_canceled": [{"parcel": make_parcel()}],
        "notify/returned": [{"parcel": make_parcel()}],
        "notify/withdrawn": [{"order": make_order(), "vendor_name": "Himal Traders"}],
        "notify/asked_dearer": [
            {
                "order": make_order(),
                "promised": promised,
                "rest": rupees(100),
                "new_total": rupees("117309.87"),
                "gone": gone,
                "missing": [{"line": make_order_line().line, "amount": Decimal(20)}] * 3,
            }
            for promised in (Money(0), rupees(100))
            for gone in (None, "Himal Traders")
        ],
        "notify/asked_part": [
            {
                "order": make_order(),
                "promised": rupees(100),
                "gone": "Himal Traders",
                "promised_lines": [make_order_line()],
                "missing": [{"line": make_order_line().line, "amount": Decimal(20)}],
            }
        ],
        "notify/cheque_taken": [{"amount": rupees(5_000), "reference": "123456"}],
        "notify/cheque_bounced": [
            {"amount": rupees(5_000), "reference": "123456", "owed": owed} for owed in (rupees(9_000), None)
        ],
        "notify/cheque_bounced_of_shop": [
            {"amount": rupees(5_000), "reference": "123456", "shop_name": "Asha Kirana"}
        ],
        "notify/claim_rejected": [
            {**amounts, "by_us": False, "reason": None},
            {**amounts, "reference": None, "by_us": True, "reason": "no such transfer on the statement"},
        ],
        "notify/limit_cut": [
            {"before": rupees(100_000), "after": rupees(75_000), "delays": 3, "days": 90},
        ],
        "notify/limit_restored": [{"limit": rupees(100_000)}],
        "notify/overdue_warned": [{"overdue": rupees(5_000), "days": 15, "block_after": 30}],
        "notify/vendor_week": [
            {"counts": counts, "score": Decimal("72.4"), "weakest": weakest}
            for counts in (make_counts(), make_counts(answerable=0, answered_yes=0, delivered=1))
            for weakest in ("acceptance", "completion", "speed", "cancellation", "price", None)
        ],
        "notify/payment_due": [
            {
                "late": late,
                "days": 3 if late else 0,
                "due_today": today,
                "due_tomorrow": rupees(1_000),
                "total": late + today + rupees(1_000),
            }
            for late in (rupees(5_000), Money(0))
            for today in (rupees(2_000), Money(0))
        ],
        "notify/credit_blocked": [{"overdue": rupees(5_000), "days": 31, "cash_limit": rupees(25_000)}],
        "notify/block_lifted": [{}],
        "notify/appeal_answered": [{"answer": "The cheque was counted late. Your score is 690 again."}],
        "notify/payment_posted": [
            {**amounts, "owed": owed, "claimed": claimed}
            for owed in (rupees(10), Money(0), None)
            for claimed in (None, rupees(9_000))
        ],
    }


def errors() -> dict[str, Sequence[View]]:
    with_order: View = {"facts": {"short_code": 1042, "status": "canceled"}}
    without: View = {"facts": {}}
    offers: list[View] = [{"facts": {"status": status}} for status in ("beaten", "accepted", "closed")]
    return {
        "errors/already_done": [with_order, without],
        "errors/too_late": [with_order, without],
        "errors/nothing_asked": [with_order, without],
        "errors/question_changed": [with_order],
        "errors/cash_not_stated": [{"facts": {"short_code": 1042, "total": rupees(100)}}],
        "errors/cash_limit": [{"facts": {"limit_minor": 2_500_000, "total_minor": 100, "open_minor": 0}}],
        "errors/offer_not_open": [*offers, without],
        "errors/vendor_limit_full": [{"facts": {"short_code": 1042, "shortfall": rupees(893)}}],
        "errors/quantity_not_whole": [{"facts": {"name": "Wai Wai Chicken 75g", "unit": "pkt"}}],
    }
