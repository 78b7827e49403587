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
from tests.services.credit.parties import (
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


def limit_with_everest(session, parties, amount, actor=ADMIN):
    return service.limit_with_vendor(
        session, parties.asha, parties.everest, limit=rupees(amount), reason="new", actor=actor, now=NOW
    )


def pair(session, parties):
    account = session.scalars(
        select(CreditAccount).where(
            CreditAccount.retailer_id == parties.asha, CreditAccount.vendor_id == parties.everest
        )
    ).one()
    return account.posted_minor, account.held_minor


def ordered(session, parties, amount):
    order_id = place_order(session, parties.asha)
    service.place_hold(session, order_id=order_id, retailer_id=parties.asha, amount=rupees(amount), now=NOW)
    return order_id


def accept(session, parties, order_id, amount, vendor=None):
    service.hold_with_vendor(
        session,
        order_id=order_id,
        retailer_id=parties.asha,
        vendor_id=vendor or parties.everest,
        amount=rupees(amount),
        now=NOW,
    )


def test_it_starts_with_what_is_owed_and_follows_every_payment(session, parties):
    deliver(session, parties, 700)
    deliver(session, parties, 200, vendor=parties.himal)

    limit_with_everest(session, parties, 1_000)

    assert pair(session, parties) == (70_000, 0)
    pay(session, parties.asha, 800)
    assert pair(session, parties) == (0, 0)


def test_an_acceptance_is_held_and_captured_with_the_vendor_too(session, parties):
    limit_with_everest(session, parties, 1_000)
    order_id = ordered(session, parties, 3_000)

    accept(session, parties, order_id, 600)
    accept(session, parties, order_id, 400)
    accept(session, parties, order_id, 2_000, vendor=parties.himal)
    assert pair(session, parties) == (0, 100_000)

    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=order_id,
        lines=[line(parties.rice, Decimal("0.5"), 1_800)],
    )
    service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)
    assert pair(session, parties) == (90_000, 10_000)

    service.release_hold(session, order_id=order_id, cause="order delivered", now=NOW)
    assert pair(session, parties) == (90_000, 0)
    assert find_hold(session, order_id).status is HoldStatus.RESOLVED


def test_more_than_the_pair_may_owe_is_refused(session, parties):
    limit_with_everest(session, parties, 1_000)
    order_id = ordered(session, parties, 3_000)

    with pytest.raises(CreditRefused) as refused:
        accept(session, parties, order_id, "1000.01")

    assert (refused.value.reason, refused.value.shortfall) == (HoldRefusal.LIMIT_EXCEEDED, rupees("0.01"))
    assert pair(session, parties) == (0, 0)
    assert find_hold(session, order_id, vendor_id=parties.everest) is None


def test_a_vendor_that_withdraws_frees_only_its_own(session, parties):
    limit_with_everest(session, parties, 1_000)
    order_id = ordered(session, parties, 800)
    accept(session, parties, order_id, 800)

    service.release_hold_with_vendor(
        session, order_id=order_id, vendor_id=parties.everest, cause="withdrawn", now=NOW
    )

    assert pair(session, parties) == (0, 0)
    assert find_hold(session, order_id).status is HoldStatus.OPEN


def test_only_an_admin_limits_a_pair(session, parties):
    with pytest.raises(NotAllowed):
        limit_with_everest(session, parties, 1_000, actor=retailer_actor(parties.asha))
