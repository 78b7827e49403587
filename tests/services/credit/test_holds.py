"""Credit is reserved once per order, within the limit, and resolves exactly once."""

import pytest
from sqlalchemy import func, select

from core.credit import queries, service
from core.credit.errors import CreditRefused, HoldResolved, HoldTooSmall
from core.credit.kinds import HoldRefusal, HoldStatus
from core.credit.models import CreditAccount, CreditHold, HoldMovement
from core.money import ZERO, rupees
from tests.services.credit.parties import (
    ADMIN,
    NOW,
    days,
    deliver,
    deliver_for_cash,
    delivery,
    line,
    place_order,
    refused_by_database,
    vendor_actor,
)


def hold(session, parties, amount, *, order_id=None):
    return service.place_hold(
        session,
        order_id=order_id or place_order(session, parties.asha),
        retailer_id=parties.asha,
        amount=rupees(amount),
        now=NOW,
    )


def held(session, parties):
    return queries.standing(session, parties.asha, now=NOW).held


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_hold_reserves_credit(session, parties):
    placed = hold(session, parties, 4_000)

    standing = queries.standing(session, parties.asha, now=NOW)
    assert (placed.amount_minor, placed.status) == (400_000, HoldStatus.OPEN)
    assert (standing.held, standing.available) == (rupees(4_000), rupees(6_000))


def test_second_request_for_the_same_order_returns_the_first_hold(session, parties):
    first = hold(session, parties, 4_000)

    again = hold(session, parties, 4_000, order_id=first.order_id)

    assert again is first
    assert held(session, parties) == rupees(4_000)


def test_exposure_equal_to_the_limit_is_allowed(session, parties):
    hold(session, parties, 4_000)

    hold(session, parties, 6_000)

    assert held(session, parties) == rupees(10_000)


def test_one_paisa_above_the_limit_is_refused_with_the_shortfall(session, parties):
    hold(session, parties, 4_000)

    with pytest.raises(CreditRefused) as refused:
        hold(session, parties, "6000.01")

    assert refused.value.reason is HoldRefusal.LIMIT_EXCEEDED
    assert (refused.value.available, refused.value.asked, refused.value.shortfall) == (
        rupees(6_000),
        rupees("6000.01"),
        rupees("0.01"),
    )
    assert held(session, parties) == rupees(4_000)
    assert count(session, CreditHold) == 1


def test_a_shop_without_an_account_gets_no_credit(session, parties):
    order_id = place_order(session, parties.bina)

    with pytest.raises(CreditRefused) as refused:
        service.place_hold(session, order_id=order_id, retailer_id=parties.bina, amount=rupees(1), now=NOW)

    assert refused.value.reason is HoldRefusal.NO_ACCOUNT
    assert count(session, CreditHold) == 0


def test_cash_that_was_not_handed_over_stops_credit(session, parties):
    deliver_for_cash(session, parties, 500, received=False)

    with pytest.raises(CreditRefused) as refused:
        hold(session, parties, 100)

    assert refused.value.reason is HoldRefusal.CASH_DUE


@pytest.mark.parametrize(("_case", "late", "is_refused"), [("29 days", 29, False), ("30 days", 30, True)])
def test_thirty_days_past_due_stop_credit(session, parties, _case, late, is_refused):
    deliver(session, parties, 500, at=NOW - days(30 + late))
    order_id = place_order(session, parties.asha)

    if is_refused:
        with pytest.raises(CreditRefused) as refused:
            hold(session, parties, 100, order_id=order_id)
        assert refused.value.reason is HoldRefusal.OVERDUE
    else:
        assert hold(session, parties, 100, order_id=order_id).amount_minor == 10_000


def test_shrinking_releases_the_rest_once(session, parties):
    placed = hold(session, parties, 4_000)

    for _ in range(2):
        service.shrink_hold(
            session, order_id=placed.order_id, to=rupees(3_500), cause="offer:1 accepted", now=NOW
        )

    assert held(session, parties) == rupees(3_500)
    assert (placed.amount_minor, placed.released_minor) == (400_000, 50_000)


def test_growing_asks_the_limit_again(session, parties):
    placed = hold(session, parties, 4_000)

    with pytest.raises(CreditRefused) as refused:
        service.grow_hold(session, order_id=placed.order_id, to=rupees(10_001), cause="dearer", now=NOW)
    assert refused.value.shortfall == rupees(1)
    assert held(session, parties) == rupees(4_000)

    for _ in range(2):
        service.grow_hold(session, order_id=placed.order_id, to=rupees(10_000), cause="dearer", now=NOW)
    assert held(session, parties) == rupees(10_000)


def test_a_hold_may_grow_shrink_and_grow_again_to_the_same_amount(session, parties):
    placed = hold(session, parties, 4_000)

    for _ in range(2):
        service.grow_hold(session, order_id=placed.order_id, to=rupees(5_000), cause="dearer", now=NOW)
        assert held(session, parties) == rupees(5_000)
        service.shrink_hold(session, order_id=placed.order_id, to=rupees(4_500), cause="settled", now=NOW)
        assert held(session, parties) == rupees(4_500)


def test_a_released_hold_stays_released(session, parties):
    placed = hold(session, parties, 4_000)

    for _ in range(2):
        service.release_hold(session, order_id=placed.order_id, cause="order canceled", now=NOW)

    assert held(session, parties) == ZERO
    assert (placed.status, placed.resolved_at) == (HoldStatus.RESOLVED, NOW)
    assert count(session, HoldMovement) == 1
    with pytest.raises(HoldResolved):
        service.grow_hold(session, order_id=placed.order_id, to=rupees(1), cause="dearer", now=NOW)


def test_two_parts_capture_what_came_and_the_rest_is_released(session, parties):
    placed = hold(session, parties, 4_000)

    for vendor, amount in ((parties.everest, 1_500), (parties.himal, 2_000)):
        goods = delivery(
            session,
            parties,
            retailer=parties.asha,
            vendor=vendor,
            order_id=placed.order_id,
            lines=[line(parties.rice, 1, amount)],
        )
        service.post_delivery(session, goods, actor=vendor_actor(vendor), now=NOW)
    service.release_hold(session, order_id=placed.order_id, cause="order delivered", now=NOW)

    standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.posted, standing.held, standing.available) == (rupees(3_500), ZERO, rupees(6_500))
    assert (placed.captured_minor, placed.released_minor) == (350_000, 50_000)
    assert placed.status is HoldStatus.RESOLVED


def test_a_delivery_above_its_hold_changes_nothing(session, parties):
    placed = hold(session, parties, 1_000)
    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=placed.order_id,
        lines=[line(parties.rice, 1, "1000.01")],
    )

    with pytest.raises(HoldTooSmall):
        service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)

    standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.posted, standing.held) == (ZERO, rupees(1_000))


def test_a_lowered_limit_stops_new_holds_and_lets_open_ones_be_delivered(session, parties):
    placed = hold(session, parties, 4_000)
    service.change_limit(session, parties.asha, limit=rupees(1_000), reason="late", actor=ADMIN, now=NOW)
    goods = delivery(
        session,
        parties,
        retailer=parties.asha,
        vendor=parties.everest,
        order_id=placed.order_id,
        lines=[line(parties.rice, 1, 4_000)],
    )

    service.post_delivery(session, goods, actor=vendor_actor(parties.everest), now=NOW)

    standing = queries.standing(session, parties.asha, now=NOW)
    assert (standing.posted, standing.held, standing.available) == (rupees(4_000), ZERO, ZERO)
    with pytest.raises(CreditRefused) as refused:
        hold(session, parties, 1)
    assert (refused.value.available, refused.value.shortfall) == (ZERO, rupees(3_001))


def test_the_database_refuses_a_hold_beyond_the_limit_by_itself(session, parties):
    account = session.scalars(select(CreditAccount).where(CreditAccount.retailer_id == parties.asha)).one()

    with refused_by_database(session, "would pass its limit"):
        account.held_minor = 1_000_001

    session.refresh(account)
    assert account.held_minor == 0
