"""What the business does on its own: which events lead to jobs, and what each kind of job does.

Who is told of what is the other table, in `bot/notifications.py`; when the clock starts what is `jobs/schedule.py`.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from core.actor import SYSTEM
from core.alerts import service as alerts
from core.alerts.causes import RAISED_BY, RESOLVED_BY, Cause
from core.alerts.kinds import AlertKind, Severity
from core.audit.service import record_action
from core.clock import system_now
from core.db import idempotency
from core.events import (
    FulfillmentDelivered,
    FulfillmentWithdrawn,
    NoticeUndelivered,
    OfferAccepted,
    OfferDeclined,
    OfferLapsed,
    OfferOpened,
    PaymentPosted,
    RetailerDeactivated,
    VendorDeactivated,
    from_payload,
)
from core.messaging import notices, retention
from core.messaging import service as messaging
from core.messaging.retention import RetentionSettings
from core.orders import checks, delivery, offers, placing, stopping
from core.outbox import claims
from core.outbox.models import Queue
from core.outbox.service import Reaction, ReactionTable, add_job
from core.parties import queries as parties
from core.parties.service import sign_ins
from core.pricing.service import watching
from core.refs import RetailerId, VendorId
from core.reports import retention as reports
from core.risk.service import checking as risk
from core.risk.service import collections, scores
from core.routing import queries as routing
from core.settings import service as settings
from core.vendors import service as vendors

Arguments = dict[str, Any]
Act = Callable[[Session, Arguments, dt.datetime], None]

logger = logging.getLogger(__name__)

# How long a request sent again is still answered as before, and how long it is known from where somebody signed in.
RESPONSES_KEPT_FOR: Final = dt.timedelta(days=7)
SIGN_INS_KEPT_FOR: Final = sign_ins.KNOWN_FOR

# Orders, credit and routing act together in one transaction; what follows later by itself is that people are alerted.
_FOLLOW_ALERTS: Final = Reaction(kind="follow_alerts", queue=Queue.ORDER_PROCESSING)
# Routing needs no scorecard to see what has just happened; those who look at the vendor's day or week do.
_COUNT_VENDOR: Final = Reaction(kind="recalculate_vendor", queue=Queue.ORDER_ROUTING)
REACTIONS: Final[ReactionTable] = dict.fromkeys({*RAISED_BY, *RESOLVED_BY}, (_FOLLOW_ALERTS,)) | {
    PaymentPosted: (_FOLLOW_ALERTS, Reaction(kind="judge_payer", queue=Queue.CREDIT_SCORE)),
    NoticeUndelivered: (
        _FOLLOW_ALERTS,
        Reaction(kind="close_undelivered", queue=Queue.ORDER_ROUTING),
    ),
    OfferAccepted: (_COUNT_VENDOR,),
    OfferDeclined: (_COUNT_VENDOR,),
    OfferLapsed: (_COUNT_VENDOR,),
    FulfillmentWithdrawn: (_COUNT_VENDOR,),
    FulfillmentDelivered: (_FOLLOW_ALERTS, _COUNT_VENDOR),
    VendorDeactivated: (Reaction(kind="stop_vendor", queue=Queue.ORDER_ROUTING),),
    RetailerDeactivated: (Reaction(kind="stop_retailer", queue=Queue.ORDER_ROUTING),),
}


def follow_alerts(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    alerts.follow(session, from_payload(arguments["event"], arguments), now=now)


def lapse_offers(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    """Each order by itself: its locks and its next offers are its own."""
    for order_id in {order_id for _, order_id in routing.expired_offers(session, now)}:
        _about_order(session, "lapse_offers_of_order", order_id, queue=Queue.ORDER_ROUTING, now=now)


def lapse_offers_of_order(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    offers.lapse(session, arguments["order_id"], now=now)


def close_undelivered(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    """An offer that nobody got is no offer, unless somebody has got it since."""
    is_offer = arguments["cause"] == OfferOpened.name()
    if is_offer and not notices.was_told(session, arguments["cause_id"]):
        offers.close_undelivered(session, arguments["offer_id"], now=now)


def stop_vendor(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    """Each order of a deactivated vendor by itself. What its people are asked ends at once."""
    vendor_id = arguments["vendor_id"]
    if not parties.get_vendor(session, VendorId(vendor_id)).is_active:
        messaging.void_all_prompts(session, parties.acting_only_for(session, vendor_id=vendor_id), now=now)
    for order_id in stopping.orders_of_vendor(session, vendor_id):
        add_job(
            session,
            "stop_vendor_in_order",
            queue=Queue.ORDER_ROUTING,
            arguments={"order_id": order_id, "vendor_id": vendor_id},
            dedup_key=f"order:{order_id}:vendor:{vendor_id}",
            now=now,
        )


def stop_vendor_in_order(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    stopping.stop_vendor(session, arguments["order_id"], arguments["vendor_id"], now=now)


def stop_retailer(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    """Each order of a deactivated shop by itself. What its people are asked ends at once."""
    retailer_id = arguments["retailer_id"]
    if not parties.get_retailer(session, RetailerId(retailer_id)).is_active:
        messaging.void_all_prompts(
            session, parties.acting_only_for(session, retailer_id=retailer_id), now=now
        )
    for order_id in stopping.orders_of_retailer(session, retailer_id):
        _about_order(session, "stop_retailer_in_order", order_id, queue=Queue.ORDER_ROUTING, now=now)


def stop_retailer_in_order(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    stopping.stop_retailer(session, arguments["order_id"], now=now)


def end_waiting(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    """What silence decides: receipts, owners' answers, questions about a part or a dearer rest."""
    delivery.complete_due(session, now=now)
    placing.drop_unanswered_baskets(session, actor=SYSTEM, now=now)
    alerts.expire_due(session, now=now)
    for order_id in offers.orders_with_late_questions(session, now=now):
        _about_order(session, "close_unanswered", order_id, queue=Queue.ORDER_ROUTING, now=now)


def close_unanswered(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    offers.close_unanswered(session, arguments["order_id"], now=now)


def check_books(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    """Compare all cached balances with the ledger; each difference is stored and raises an alert; nothing is corrected automatically."""
    for difference in checks.find_differences(session):
        alerts.raise_alert(
            session,
            Cause(
                kind=AlertKind.BOOKS_DIFFER,
                subject_kind=difference.checked,
                subject_id=difference.subject_id,
                severity=Severity.CRITICAL,
                facts=difference.facts,
            ),
            now=now,
        )
        logger.error(
            "the books do not agree",
            extra={"checked": difference.checked, "subject_id": difference.subject_id},
        )
        record_action(
            session,
            "books_differ",
            subject_kind=difference.checked,
            subject_id=difference.subject_id,
            actor=SYSTEM,
            now=now,
            after=difference.facts,
        )


def recalculate_vendors(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    vendors.recalculate(session, now=now)


def recalculate_vendor(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    vendors.recalculate(session, now=now, vendor_id=arguments["vendor_id"])


def end_vendors_week(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    vendors.end_week(session, now=now)


def ask_for_all_markets(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    watching.ask_for_all_markets(session, now=now)


def look_at_markets(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    watching.look_at_markets(session, product_ids=arguments["product_ids"], now=now)


def judge_payer(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    """A payment may raise the score, and lift a block at once."""
    risk.check(session, [arguments["retailer_id"]], now=now)


def check_all_risks(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    risk.ask_for_all(session, risk.CHECK_RISK, now=now)


def check_risk(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    risk.check(session, arguments["retailer_ids"], now=now)


def remind_all(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    collections.ask_for_all(session, now=now)


def remind_retailers(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    collections.remind(session, arguments["retailer_ids"], now=now)


def score_all(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    risk.ask_for_all(session, risk.SCORE_RETAILERS, now=now)


def score_retailers(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    scores.recalculate_credit(session, arguments["retailer_ids"], now=now)


def apply_retention(session: Session, _arguments: Arguments, now: dt.datetime) -> None:
    claims.prune(session, now=now)
    rules = settings.current(session, RetentionSettings).values
    if retention.apply_retention(session, rules, now=now):
        add_job(
            session,
            "apply_retention",
            queue=Queue.ORDER_PROCESSING,
            arguments={},
            dedup_key="retention",
            now=now,
        )
    reports.delete_expired(session, now=now)
    # These are of the machine's time: a moved business clock must not sign anybody out.
    idempotency.delete_old(session, before=system_now() - RESPONSES_KEPT_FOR)
    sign_ins.delete_old(session, before=system_now() - SIGN_INS_KEPT_FOR)


ACTS: Final[Mapping[str, Act]] = {
    "follow_alerts": follow_alerts,
    "lapse_offers": lapse_offers,
    "lapse_offers_of_order": lapse_offers_of_order,
    "close_undelivered": close_undelivered,
    "stop_vendor": stop_vendor,
    "stop_vendor_in_order": stop_vendor_in_order,
    "stop_retailer": stop_retailer,
    "stop_retailer_in_order": stop_retailer_in_order,
    "end_waiting": end_waiting,
    "close_unanswered": close_unanswered,
    "check_books": check_books,
    "recalculate_vendors": recalculate_vendors,
    "recalculate_vendor": recalculate_vendor,
    "end_vendors_week": end_vendors_week,
    "ask_for_all_markets": ask_for_all_markets,
    watching.LOOK_AT_MARKETS: look_at_markets,
    "judge_payer": judge_payer,
    "check_all_risks": check_all_risks,
    risk.CHECK_RISK: check_risk,
    "remind_all": remind_all,
    collections.REMIND: remind_retailers,
    "score_all": score_all,
    risk.SCORE_RETAILERS: score_retailers,
    "apply_retention": apply_retention,
}


def _about_order(session: Session, kind: str, order_id: int, *, queue: Queue, now: dt.datetime) -> None:
    add_job(
        session,
        kind,
        queue=queue,
        arguments={"order_id": order_id},
        dedup_key=f"order:{order_id}",
        now=now,
    )
