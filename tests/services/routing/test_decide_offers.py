import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.money import rupees
from core.outbox.models import Event
from core.routing import queries
from core.routing import service as routing
from core.routing.errors import AnswerRefused, OfferExpired, OfferNotOpen
from core.routing.models import OfferStatus, RoundCause
from core.vendors.models import ObservationKind, VendorObservation


def test_preview_prices_the_basket_by_the_vendor_that_would_be_asked(session, bazaar, now):
    rice, oil = bazaar.product(), bazaar.product()
    near, far = bazaar.vendor(), bazaar.vendor(latitude=Decimal("27.900000"))
    for vendor in (near, far):
        bazaar.lists(vendor, rice, price=100)
        bazaar.lists(vendor, oil, price=250)

    plan = routing.preview(
        session,
        retailer_id=bazaar.shop.id,
        needs=[
            routing.Need(product_id=rice.id, quantity=Decimal(3)),
            routing.Need(product_id=oil.id, quantity=Decimal(2)),
        ],
        now=now,
    )

    assert [part.vendor_id for part in plan.parts] == [near.id]
    assert plan.total == rupees(800)
    assert plan.missing == ()
    assert queries.decisions(session, 1) == []


def test_decide_asks_the_best_vendor_and_writes_down_why(session, bazaar, now):
    rice = bazaar.product()
    near, far = bazaar.vendor(), bazaar.vendor(latitude=Decimal("27.900000"))
    bazaar.lists(near, rice, price=100)
    bazaar.lists(far, rice, price=100)
    order, needs = bazaar.order({rice: 3})

    decision = bazaar.decide(order, needs)

    [offer] = queries.open_offers(session, order.id)
    assert decision.outcome is routing.RoundOutcome.OFFERED
    assert decision.offer_ids == (offer.id,)
    assert (offer.vendor_id, offer.expires_at) == (near.id, now + dt.timedelta(hours=2))
    [line] = queries.offer_lines(session, [offer.id])[offer.id]
    assert (line.quantity, line.unit_price_minor) == (Decimal(3), 10_000)
    [decided] = queries.decisions(session, order.id)
    assert [view.vendor_id for view in decided.chosen] == [near.id]
    assert decided.runner_up.vendor_id == far.id
    assert decided.explanation == "one_vendor"
    assert session.scalars(select(Event.name)).all() == ["OfferOpened"]


def test_declined_offer_goes_to_the_next_best_and_then_to_nobody(session, bazaar, now, vendor_actor):
    rice = bazaar.product()
    first, second = bazaar.vendor(), bazaar.vendor(latitude=Decimal("27.900000"))
    bazaar.lists(first, rice, price=100)
    bazaar.lists(second, rice, price=100)
    order, needs = bazaar.order({rice: 3})
    offer_id = bazaar.decide(order, needs).offer_ids[0]

    routing.decline_offer(session, offer_id, reason="no_transport", actor=vendor_actor, now=now)
    next_decision = bazaar.decide(order, needs, cause=RoundCause.DECLINED)
    routing.lapse_offer(session, next_decision.offer_ids[0], now=now + dt.timedelta(hours=2))
    last = bazaar.decide(order, needs, cause=RoundCause.LAPSED)

    assert [offer.vendor_id for offer in queries.offers_of_order(session, order.id)] == [first.id, second.id]
    assert last.outcome is routing.RoundOutcome.NOBODY
    assert {
        view.vendor_id: view.excluded_reason for view in queries.decisions(session, order.id)[-1].candidates
    } == {first.id: "declined", second.id: "lapsed"}


def test_accepting_part_of_an_offer_keeps_what_was_taken(session, bazaar, now, vendor_actor):
    rice, oil = bazaar.product(), bazaar.product()
    vendor = bazaar.vendor()
    bazaar.lists(vendor, rice, price=100)
    bazaar.lists(vendor, oil, price=100)
    order, needs = bazaar.order({rice: 3, oil: 5})
    offer_id = bazaar.decide(order, needs).offer_ids[0]

    offer = routing.accept_offer(
        session,
        offer_id,
        quantities={needs[0].order_line_id: Decimal(2)},
        actor=vendor_actor,
        now=now + dt.timedelta(minutes=30),
    )

    assert offer.status is OfferStatus.ACCEPTED
    assert [line.accepted_quantity for line in queries.offer_lines(session, [offer_id])[offer_id]] == [2, 0]
    seen = session.scalars(select(VendorObservation).order_by(VendorObservation.id)).all()
    assert [(row.kind, row.hours) for row in seen] == [
        (ObservationKind.OFFERED, None),
        (ObservationKind.ACCEPTED, Decimal("0.5")),
    ]


def test_second_answer_is_refused_with_the_present_status(session, bazaar, now, vendor_actor):
    rice = bazaar.product()
    bazaar.lists(bazaar.vendor(), rice, price=100)
    order, needs = bazaar.order({rice: 3})
    offer_id = bazaar.decide(order, needs).offer_ids[0]
    routing.accept_offer(session, offer_id, actor=vendor_actor, now=now)

    with pytest.raises(OfferNotOpen) as refusal:
        routing.decline_offer(session, offer_id, reason="late", actor=vendor_actor, now=now)

    assert refusal.value.facts["status"] == "accepted"
    assert queries.get_offer(session, offer_id).status is OfferStatus.ACCEPTED


def test_answer_at_the_deadline_is_too_late_even_before_the_job_ran(session, bazaar, now, vendor_actor):
    rice = bazaar.product()
    bazaar.lists(bazaar.vendor(), rice, price=100)
    order, needs = bazaar.order({rice: 3})
    offer_id = bazaar.decide(order, needs).offer_ids[0]

    with pytest.raises(OfferExpired):
        routing.accept_offer(session, offer_id, actor=vendor_actor, now=now + dt.timedelta(hours=2))

    assert queries.get_offer(session, offer_id).status is OfferStatus.OPEN
    assert queries.expired_offers(session, now + dt.timedelta(hours=2)) == [(offer_id, order.id)]


@pytest.mark.parametrize(
    ("quantities", "reason"),
    [
        pytest.param({-1: Decimal(1)}, "unknown_line", id="a line of another order"),
        pytest.param({0: Decimal(4)}, "more_than_asked", id="more than was asked"),
        pytest.param({0: Decimal(0)}, "nothing_taken", id="nothing"),
        pytest.param({}, "nothing_taken", id="no line"),
    ],
)
def test_quantities_that_are_no_answer_are_refused(session, bazaar, now, vendor_actor, quantities, reason):
    rice = bazaar.product()
    bazaar.lists(bazaar.vendor(), rice, price=100)
    order, needs = bazaar.order({rice: 3})
    offer_id = bazaar.decide(order, needs).offer_ids[0]
    named = {needs[0].order_line_id if key == 0 else key: taken for key, taken in quantities.items()}

    with pytest.raises(AnswerRefused) as refusal:
        routing.accept_offer(session, offer_id, quantities=named, actor=vendor_actor, now=now)

    assert refusal.value.facts["reason"] == reason
    assert queries.get_offer(session, offer_id).status is OfferStatus.OPEN
