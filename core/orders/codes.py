"""The code that proves a delivery: how it looks, whose parcel it belongs to, and how often one may guess.

A code is five digits of which the first is 0; an order's number never begins with 0, so neither is taken for the other.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import business_date
from core.db.locks import LockRank, lock
from core.errors import NotFound
from core.events import DeliveryCodeAsked, DeliveryCodeExhausted
from core.orders.access import check_part_event, lock_fulfillment
from core.orders.errors import AlreadyDone, CodeLocked
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment, Order, WrongCodeCount
from core.orders.outcomes import PART, PartEvent
from core.orders.settings import OrderSettings
from core.orders.views import WrongCode
from core.outbox.service import record
from core.outcomes import changes
from core.parties.models import Vendor
from core.settings import service as settings

LENGTH: Final = 5
_CODES: Final = 10_000
# A vendor may type yesterday's code again; it must not mean another parcel by then.
_KEPT_FOR: Final = dt.timedelta(days=30)
# A vendor may have a parcel's code sent to the shop again so often, and not sooner than this after the last time.
MOST_SENDS: Final = 3
BETWEEN_SENDS: Final = dt.timedelta(minutes=10)


def is_code(text: str) -> bool:
    """Whether *text* has the form of a delivery code, which no order's number has."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and text[0] == "0"


def new_code(session: Session, vendor_id: int, *, now: dt.datetime) -> str:
    """A code that no parcel of this vendor carries or carried within a month. Beyond 10,000 of them only the former."""
    of_vendor = select(Fulfillment.delivery_code).where(
        Fulfillment.vendor_id == vendor_id, Fulfillment.delivery_code.is_not(None)
    )
    on_the_way = set(session.scalars(of_vendor.where(Fulfillment.status == FulfillmentStatus.DISPATCHED)))
    lately = set(session.scalars(of_vendor.where(Fulfillment.dispatched_at >= now - _KEPT_FOR)))
    every = [f"0{number:0{LENGTH - 1}d}" for number in range(_CODES)]
    unused = [code for code in every if code not in on_the_way and code not in lately]
    return secrets.choice(unused or [code for code in every if code not in on_the_way])


def find_parcel(
    session: Session, vendor_id: int, code: str, *, fulfillment_id: int | None, actor: Actor, now: dt.datetime
) -> int | None:
    """The vendor's parcel on its way that has this code and may still be delivered by code; None for a wrong one.

    Codes of one vendor are judged one after another, under the vendor's lock: however many come at once, no more of
    them are judged than may be wrong.
    Raises AlreadyDone for the code of a parcel that was delivered, CodeLocked once too many were wrong (whatever the
    code is then), NotFound when nothing is on its way.
    """
    lock(session, Vendor, vendor_id, LockRank.VENDOR)
    if fulfillment_id is None:
        return _find_by_code_alone(session, vendor_id, code, actor=actor, now=now)
    parcel = session.get(Fulfillment, fulfillment_id, populate_existing=True)
    if parcel is None or parcel.vendor_id != vendor_id:
        raise NotFound(kind="parcel", id=fulfillment_id)
    if not changes(PART, parcel.status, PartEvent.DELIVER):
        raise _why_nothing_waits(session, vendor_id, code)
    _refuse_locked_channel(session, parcel, actor, now=now)
    check_not_locked(session, parcel)
    return parcel.id if secrets.compare_digest(parcel.delivery_code or "", code) else None


def send_again(session: Session, fulfillment_id: int, *, actor: Actor, now: dt.datetime) -> bool:
    """Send the shop the code of a parcel on its way again; False where it was sent lately, or often enough.

    The vendor learns nothing of the code. Raises NotFound, PartyInactive, AlreadyDone, TooLate.
    """
    order, parcel = lock_fulfillment(session, fulfillment_id, actor)
    check_part_event(order, parcel, PartEvent.DELIVER)
    if parcel.code_sends >= MOST_SENDS or (
        parcel.code_sent_at is not None and now < parcel.code_sent_at + BETWEEN_SENDS
    ):
        return False
    parcel.code_sends += 1
    parcel.code_sent_at = now
    session.flush()
    event = DeliveryCodeAsked(
        fulfillment_id=parcel.id, order_id=order.id, vendor_id=parcel.vendor_id, sends=parcel.code_sends
    )
    record(session, event, actor=actor, now=now)
    return True


def check_not_locked(session: Session, parcel: Fulfillment) -> None:
    """Raise CodeLocked when five codes were wrong: the answer must not tell whether this one is right."""
    if parcel.wrong_codes >= settings.current(session, OrderSettings).values.wrong_codes_allowed:
        order = session.get_one(Order, parcel.order_id)
        raise CodeLocked(order_id=order.id, short_code=order.short_code)


def count_wrong(
    session: Session, vendor_id: int, *, fulfillment_id: int | None, actor: Actor, now: dt.datetime
) -> WrongCode:
    """Count one wrong code: against the parcel it was meant for, and against this vendor, channel and day.

    Follows `find_parcel` in its transaction. Without a parcel named, only one that is on its way alone can have been
    meant. The fifth wrong code of a parcel raises an alert, and so does the last of the day for each that is on its way.
    """
    limits = settings.current(session, OrderSettings).values
    left_today = limits.wrong_codes_per_day - _count_today(session, vendor_id, actor, now=now)
    left = left_today
    locked: list[Fulfillment] = []
    meant = _meant(session, vendor_id, fulfillment_id)
    if meant is not None:
        parcel = lock(session, Fulfillment, meant.id, LockRank.FULFILLMENT)
        parcel.wrong_codes += 1
        session.flush()
        left = min(left, limits.wrong_codes_allowed - parcel.wrong_codes)
        if parcel.wrong_codes == limits.wrong_codes_allowed:
            locked.append(parcel)
    if left_today == 0:
        # Nothing of this vendor can be delivered by code any more today, whichever parcels were meant.
        locked = list(_on_the_way(session, vendor_id))
    for parcel in locked:
        _call_admin(session, parcel, actor=actor, now=now)
    return WrongCode(tries_left=max(left, 0))


def _find_by_code_alone(
    session: Session, vendor_id: int, code: str, *, actor: Actor, now: dt.datetime
) -> int | None:
    on_the_way = _on_the_way(session, vendor_id)
    if not on_the_way:
        raise _why_nothing_waits(session, vendor_id, code)
    _refuse_locked_channel(session, on_the_way[0], actor, now=now)
    if len(on_the_way) == 1:
        check_not_locked(session, on_the_way[0])
    allowed = settings.current(session, OrderSettings).values.wrong_codes_allowed
    matching = [
        parcel.id
        for parcel in on_the_way
        if parcel.wrong_codes < allowed and secrets.compare_digest(parcel.delivery_code or "", code)
    ]
    if matching:
        return matching[0]
    # Only then may it be an old one: after a month a code is drawn again. That of a locked parcel stays a wrong one.
    is_on_the_way = any(secrets.compare_digest(parcel.delivery_code or "", code) for parcel in on_the_way)
    if not is_on_the_way and _find_done(session, vendor_id, code) is not None:
        raise _why_nothing_waits(session, vendor_id, code)
    return None


def _on_the_way(session: Session, vendor_id: int) -> Sequence[Fulfillment]:
    return session.scalars(
        select(Fulfillment)
        .where(Fulfillment.vendor_id == vendor_id, Fulfillment.status == FulfillmentStatus.DISPATCHED)
        .order_by(Fulfillment.id)
        .execution_options(populate_existing=True)
    ).all()


def _meant(session: Session, vendor_id: int, fulfillment_id: int | None) -> Fulfillment | None:
    if fulfillment_id is not None:
        return session.get_one(Fulfillment, fulfillment_id)
    on_the_way = _on_the_way(session, vendor_id)
    return on_the_way[0] if len(on_the_way) == 1 else None


def _find_done(session: Session, vendor_id: int, code: str) -> Fulfillment | None:
    return session.scalar(
        select(Fulfillment)
        .where(
            Fulfillment.vendor_id == vendor_id,
            Fulfillment.status == FulfillmentStatus.DELIVERED,
            Fulfillment.delivery_code == code,
        )
        .order_by(Fulfillment.delivered_at.desc())
        .limit(1)
    )


def _why_nothing_waits(session: Session, vendor_id: int, code: str) -> AlreadyDone | NotFound:
    """The right code of a parcel that was delivered is answered as done; anything else as unknown."""
    done = _find_done(session, vendor_id, code)
    if done is None:
        return NotFound(kind="parcel", id=None)
    order = session.get_one(Order, done.order_id)
    return AlreadyDone(order_id=order.id, short_code=order.short_code, status=done.status)


def _refuse_locked_channel(session: Session, parcel: Fulfillment, actor: Actor, *, now: dt.datetime) -> None:
    """Raise CodeLocked when this vendor typed too many wrong codes through this channel today."""
    tried = session.scalar(
        select(WrongCodeCount.wrong_codes).where(
            WrongCodeCount.vendor_id == parcel.vendor_id,
            WrongCodeCount.via == actor.via,
            WrongCodeCount.on_date == business_date(now),
        )
    )
    if (tried or 0) >= settings.current(session, OrderSettings).values.wrong_codes_per_day:
        order = session.get_one(Order, parcel.order_id)
        raise CodeLocked(order_id=order.id, short_code=order.short_code)


def _count_today(session: Session, vendor_id: int, actor: Actor, *, now: dt.datetime) -> int:
    """One more wrong code of this vendor through this channel today; returns how many there are."""
    return session.scalars(
        insert(WrongCodeCount)
        .values(vendor_id=vendor_id, via=actor.via, on_date=business_date(now), wrong_codes=1)
        .on_conflict_do_update(
            index_elements=["vendor_id", "via", "on_date"],
            set_={"wrong_codes": WrongCodeCount.wrong_codes + 1},
        )
        .returning(WrongCodeCount.wrong_codes)
    ).one()


def _call_admin(session: Session, parcel: Fulfillment, *, actor: Actor, now: dt.datetime) -> None:
    event = DeliveryCodeExhausted(
        fulfillment_id=parcel.id, order_id=parcel.order_id, vendor_id=parcel.vendor_id
    )
    record(session, event, actor=actor, now=now)
