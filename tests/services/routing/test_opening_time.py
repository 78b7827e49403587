"""Offers outside opening hours: when they ring, until when they may be answered, and who wins a tie."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.actor import Actor, ActorKind, Via
from core.clock import KATHMANDU
from core.routing import queries
from core.routing import service as routing
from core.routing.models import RoutingCandidate
from core.routing.policy.facts import Exclusion
from tests.services.routing.conftest import NOW

# A Sunday; wholesalers are open from seven to eight.
NIGHT = NOW.astimezone(KATHMANDU).replace(hour=22, minute=0)
AT_SEVEN = NIGHT.replace(hour=7) + dt.timedelta(days=1)
WEEK_FROM_NINE = {"opens_minutes": [540] * 7, "closes_minutes": [1200] * 7}


def decided_at_night(bazaar, session, vendors):
    rice = bazaar.product()
    for vendor in vendors:
        bazaar.lists(vendor, rice, price=100)
    order, needs = bazaar.order({rice: 3})
    decision = bazaar.decide(order, needs, now=NIGHT)
    return decision, queries.open_offers(session, order.id)


def test_offer_of_the_night_has_two_hours_from_the_opening(session, bazaar):
    vendor = bazaar.vendor()

    decision, [offer] = decided_at_night(bazaar, session, [vendor])

    assert (offer.opened_at, offer.rings_at) == (NIGHT, AT_SEVEN)
    assert offer.expires_at == AT_SEVEN + dt.timedelta(hours=2)
    assert (decision.rings.rings_at, decision.rings.expires_at) == (offer.rings_at, offer.expires_at)


def test_who_opens_sooner_wins_a_tie(session, bazaar):
    late, early = bazaar.vendor(**WEEK_FROM_NINE), bazaar.vendor()

    _order, [offer] = decided_at_night(bazaar, session, [late, early])

    assert offer.vendor_id == early.id


def test_who_opens_later_and_has_more_in_stock_still_wins(session, bazaar):
    late, early = bazaar.vendor(**WEEK_FROM_NINE), bazaar.vendor()
    rice = bazaar.product()
    bazaar.lists(late, rice, price=100)
    bazaar.lists(early, rice, price=100, stock=4)
    order, needs = bazaar.order({rice: 3})

    bazaar.decide(order, needs, now=NIGHT)

    [offer] = queries.open_offers(session, order.id)
    assert (offer.vendor_id, offer.rings_at) == (late.id, AT_SEVEN.replace(hour=9))


@pytest.mark.parametrize(
    "values",
    [
        {"working_days": [NIGHT.isoweekday()]},
        {"closed_days": [(NIGHT + dt.timedelta(days=ahead)).date() for ahead in range(1, 90)]},
    ],
)
def test_who_opens_only_after_the_longest_wait_is_left_out(session, bazaar, values):
    decision, offers = decided_at_night(bazaar, session, [bazaar.vendor(**values)])

    assert offers == []
    assert (decision.offer_ids, decision.rings) == ((), None)
    rows = session.scalars(select(RoutingCandidate).where(RoutingCandidate.round_id == decision.round_id))
    assert [row.excluded_reason for row in rows] == [Exclusion.OPENS_TOO_LATE]


def test_admin_may_ask_a_vendor_that_never_opens(session, bazaar):
    never, rice = bazaar.vendor(working_days=[]), bazaar.product()
    bazaar.lists(never, rice, price=100)
    order, needs = bazaar.order({rice: 3})

    routing.override(
        session,
        order_id=order.id,
        retailer_id=bazaar.shop.id,
        needs=needs,
        vendor_id=never.id,
        reason="somebody is there",
        actor=Actor(kind=ActorKind.ADMIN, via=Via.PANEL),
        now=NIGHT,
    )

    [offer] = queries.open_offers(session, order.id)
    assert (offer.rings_at, offer.expires_at) == (None, NIGHT + dt.timedelta(hours=2))
