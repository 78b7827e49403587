"""A limit with one vendor binds that vendor's goods inside the limit on the platform."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.credit import service
from core.credit.errors import CreditRefused
from core.credit.kinds import HoldRefusal, HoldStatus
from core.credit.models import CreditAccount
from core.credit.service.holds import find_hold
from core.errors import NotAllowed
from core.money import rupees
from tests.services.credit.cast import (
    ADMIN,
    NOW,
    deliver,
    delivery,
    line,
    pay,
    place_order,
    retailer_actor,
    vendor_actor,
)


def limit_with_everest(session, cast, amount, actor=ADMIN):
    return service.limit_with_vendor(
        session, cast.asha, cast.everest, limit=rupees(amount), reason="new", actor=actor, now=NOW
    )


def pair(session, cast):
    account = session.scalars(
        select(CreditAccount).where(
            CreditAccount.retailer_id == cast.asha, CreditAccount.vendor_id == cast.everest
        )
    ).one()
    return account.posted_minor, account.held_minor


def ordered(session, cast, amount):
    order_id = place_order(session, cast.asha)
    service.place_hold(session, order_id=order_id, retailer_id=cast.asha, amount=rupees(amount), now=NOW)
    return order_id


def accept(session, cast, order_id, amount, vendor=None):
    service.hold_with_vendor(
        session,
        order_id=order_id,
        retailer_id=cast.asha,
        vendor_id=vendor or cast.everest,
        amount=rupees(amount),
        now=NOW,
    )


def test_it_starts_with_what_is_owed_and_follows_every_payment(session, cast):
    deliver(session, cast, 700)
    deliver(session, cast, 200, vendor=cast.himal)

    limit_with_everest(session, cast, 1_000)

    assert pair(session, cast) == (70_000, 0)
    pay(session, cast.asha, 800)
    assert pair(session, cast) == (0, 0)


def test_an_acceptance_is_held_and_captured_with_the_vendor_too(session, cast):
    limit_with_everest(session, cast, 1_000)
    order_id = ordered(session, cast, 3_000)

    accept(session, cast, order_id, 600)
    accept(session, cast, order_id, 400)
    accept(session, cast, order_id, 2_000, vendor=cast.himal)
    assert pair(session, cast) == (0, 100_000)

    goods = delivery(
        session,
        cast,
        retailer=cast.asha,
        vendor=cast.everest,
        order_id=order_id,
        lines=[line(cast.rice, Decimal("0.5"), 1_800)],
    )
    service.post_delivery(session, goods, actor=vendor_actor(cast.everest), now=NOW)
    assert pair(session, cast) == (90_000, 10_000)

    service.release_hold(session, order_id=order_id, cause="order delivered", now=NOW)
    assert pair(session, cast) == (90_000, 0)
    assert find_hold(session, order_id).status is HoldStatus.RESOLVED


def test_more_than_the_pair_may_owe_is_refused(session, cast):
    limit_with_everest(session, cast, 1_000)
    order_id = ordered(session, cast, 3_000)

    with pytest.raises(CreditRefused) as refused:
        accept(session, cast, order_id, "1000.01")

    assert (refused.value.reason, refused.value.shortfall) == (HoldRefusal.LIMIT_EXCEEDED, rupees("0.01"))
    assert pair(session, cast) == (0, 0)
    assert find_hold(session, order_id, vendor_id=cast.everest) is None


def test_a_vendor_that_withdraws_frees_only_its_own(session, cast):
    limit_with_everest(session, cast, 1_000)
    order_id = ordered(session, cast, 800)
    accept(session, cast, order_id, 800)

    service.release_hold_with_vendor(
        session, order_id=order_id, vendor_id=cast.everest, cause="withdrawn", now=NOW
    )

    assert pair(session, cast) == (0, 0)
    assert find_hold(session, order_id).status is HoldStatus.OPEN


def test_only_an_admin_limits_a_pair(session, cast):
    with pytest.raises(NotAllowed):
        limit_with_everest(session, cast, 1_000, actor=retailer_actor(cast.asha))
