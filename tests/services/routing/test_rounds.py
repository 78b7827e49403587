"""What a round does beyond the plain case: splits, ceilings, several asked at once, overrides, replays."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from core.audit.models import AuditEntry
from core.credit.models import CreditAccount
from core.errors import NotAllowed, NotFound
from core.money import rupees
from core.parties.models import Contact, Membership
from core.pricing.models import PriceTier
from core.routing import queries
from core.routing import service as routing
from core.routing.errors import OfferNotOpen, OverrideRefused, ReasonMissing, WeightsRefused
from core.routing.models import OfferStatus, RoundCause
from core.routing.settings import RoutingSettings
from core.settings.service import change
from core.vendors.models import ObservationKind
from core.vendors.service import observe

FAR = {"latitude": Decimal("27.900000")}


def asked(session, order):
    return [offer.vendor_id for offer in queries.open_offers(session, order.id)]


def reasons(session, order):
    [*_, last] = queries.decisions(session, order.id)
    return {view.vendor_id: view.excluded_reason for view in last.candidates if view.excluded_reason}


@pytest.fixture
def three_at_once(session, admin, now):
    change(
        session,
        RoutingSettings,
        {"offers_at_once": 3},
        seen_version=0,
        reason="festival",
        actor=admin,
        now=now,
    )


def test_split_opens_one_offer_per_vendor_for_its_own_lines(session, bazaar):
    rice, oil = bazaar.product(), bazaar.product()
    grains, oils = bazaar.vendor(), bazaar.vendor()
    bazaar.lists(grains, rice, price=100)
    bazaar.lists(oils, oil, price=100)
    order, needs = bazaar.order({rice: 3, oil: 2})

    decision = bazaar.decide(order, needs)

    lines = queries.offer_lines(session, decision.offer_ids)
    assert [[line.product_id for line in own] for own in lines.values()] == [[rice.id], [oil.id]]
    assert decision.total == rupees(500)
    assert queries.decisions(session, order.id)[0].explanation == "split"


def test_rest_waits_for_the_vendor_that_still_thinks(session, bazaar, vendor_actor, now):
    rice, oil = bazaar.product(), bazaar.product()
    both, oils = bazaar.vendor(minimum_order_minor=0), bazaar.vendor()
    bazaar.lists(both, rice, price=100)
    bazaar.lists(both, oil, price=100, stock=1)
    bazaar.lists(oils, oil, price=100)
    order, needs = bazaar.order({rice: 3, oil: 2})
    [_, oil_offer] = bazaar.decide(order, needs).offer_ids
    routing.decline_offer(session, oil_offer, reason="no_stock", actor=vendor_actor, now=now)

    decision = bazaar.decide(order, needs[1:], cause=RoundCause.DECLINED)

    assert decision.outcome is routing.RoundOutcome.NOBODY
    assert reasons(session, order) == {both.id: "has_open_offer", oils.id: "declined"}


def test_only_dearer_vendors_are_not_asked_before_the_retailer_is(session, bazaar):
    rice = bazaar.product()
    dear, dearest = bazaar.vendor(), bazaar.vendor()
    bazaar.lists(dear, rice, price=110)
    bazaar.lists(dearest, rice, price=120)
    order, needs = bazaar.order({rice: 10})

    refused = bazaar.decide(order, needs, ceiling=rupees(1000))
    agreed = bazaar.decide(order, needs, cause=RoundCause.PRICE_AGREED, ceiling=refused.cheapest_total)

    assert (refused.outcome, refused.offer_ids) == (routing.RoundOutcome.ONLY_DEARER, ())
    assert refused.cheapest_total == rupees(1100)
    assert agreed.outcome is routing.RoundOutcome.OFFERED
    assert asked(session, order) == [dear.id]
    assert [view.excluded_reason for view in queries.decisions(session, order.id)[0].candidates] == [
        "above_ceiling",
        "above_ceiling",
    ]


def test_cheaper_vendor_is_asked_where_the_best_is_too_dear(session, bazaar):
    rice = bazaar.product()
    best, cheaper = bazaar.vendor(), bazaar.vendor(**FAR)
    bazaar.lists(best, rice, price=101)
    bazaar.lists(cheaper, rice, price=99)
    order, needs = bazaar.order({rice: 10})

    decision = bazaar.decide(order, needs, ceiling=rupees(1000))

    assert asked(session, order) == [cheaper.id]
    assert decision.total == rupees(990)


def test_first_full_acceptance_beats_the_others_asked_together(
    session, bazaar, three_at_once, vendor_actor, now
):
    rice = bazaar.product()
    vendors = [bazaar.vendor() for _ in range(4)]
    for vendor in vendors:
        bazaar.lists(vendor, rice, price=100)
    order, needs = bazaar.order({rice: 10})
    decision = bazaar.decide(order, needs)
    assert asked(session, order) == [vendor.id for vendor in vendors[:3]]

    routing.accept_offer(session, decision.offer_ids[1], actor=vendor_actor, now=now)
    with pytest.raises(OfferNotOpen) as notice:
        routing.accept_offer(session, decision.offer_ids[0], actor=vendor_actor, now=now)

    assert notice.value.facts["status"] == "beaten"
    assert [offer.status for offer in queries.offers_of_order(session, order.id)] == [
        OfferStatus.BEATEN,
        OfferStatus.ACCEPTED,
        OfferStatus.BEATEN,
    ]
    # To be beaten counts against nobody: when the winner withdraws the others are candidates again.
    observe(
        session,
        ObservationKind.WITHDRAWN,
        vendor_id=vendors[1].id,
        offer_id=decision.offer_ids[1],
        order_id=order.id,
        now=now,
    )
    bazaar.decide(order, needs, cause=RoundCause.WITHDRAWN)
    assert asked(session, order) == [vendors[0].id, vendors[2].id, vendors[3].id]
    assert reasons(session, order) == {vendors[1].id: "withdrew"}


def test_parts_of_vendors_asked_together_are_weighed_at_the_deadline(
    session, bazaar, three_at_once, vendor_actor, now
):
    rice, oil = bazaar.product(), bazaar.product()
    for _ in range(3):
        vendor = bazaar.vendor()
        bazaar.lists(vendor, rice, price=100)
        bazaar.lists(vendor, oil, price=100)
    order, needs = bazaar.order({rice: 10, oil: 4})
    rice_line, oil_line = needs[0].order_line_id, needs[1].order_line_id
    first, second, third = bazaar.decide(order, needs).offer_ids

    noted = routing.accept_offer(
        session, first, quantities={rice_line: Decimal(4)}, actor=vendor_actor, now=now
    )
    routing.accept_offer(
        session,
        second,
        quantities={rice_line: Decimal(8), oil_line: Decimal(4)},
        actor=vendor_actor,
        now=now,
    )
    assert (noted.status, noted.answered_at) == (OfferStatus.OPEN, now)
    assert routing.settle_partials(session, order.id, now=now) == []

    deadline = now + dt.timedelta(hours=2)
    for offer_id, _order_id in queries.expired_offers(session, deadline):
        routing.lapse_offer(session, offer_id, now=deadline)
    accepted = routing.settle_partials(session, order.id, now=deadline)

    assert [offer.id for offer in accepted] == [first, second]
    taken = queries.offer_lines(session, [first, second])
    assert [[line.accepted_quantity for line in taken[offer]] for offer in (first, second)] == [
        [2, 0],
        [8, 4],
    ]
    assert queries.get_offer(session, third).status is OfferStatus.LAPSED
    assert routing.settle_partials(session, order.id, now=deadline) == []


def test_last_refusal_lets_a_noted_part_be_settled_at_once(session, bazaar, three_at_once, vendor_actor, now):
    rice = bazaar.product()
    for _ in range(2):
        bazaar.lists(bazaar.vendor(), rice, price=100)
    order, needs = bazaar.order({rice: 10})
    line = needs[0].order_line_id
    first, second = bazaar.decide(order, needs).offer_ids
    routing.accept_offer(session, first, quantities={line: Decimal(4)}, actor=vendor_actor, now=now)
    routing.decline_offer(session, second, reason="busy", actor=vendor_actor, now=now)

    accepted = routing.settle_partials(session, order.id, now=now)

    assert [(offer.id, offer.status) for offer in accepted] == [(first, OfferStatus.ACCEPTED)]


def test_vendor_that_took_a_part_is_not_asked_for_the_rest(session, bazaar, vendor_actor, now):
    rice = bazaar.product()
    first, second = bazaar.vendor(), bazaar.vendor(**FAR)
    bazaar.lists(first, rice, price=100)
    bazaar.lists(second, rice, price=100)
    order, [need] = bazaar.order({rice: 10})
    [offer_id] = bazaar.decide(order, [need]).offer_ids
    routing.accept_offer(
        session, offer_id, quantities={need.order_line_id: Decimal(4)}, actor=vendor_actor, now=now
    )
    rest = routing.Need(product_id=rice.id, quantity=Decimal(6), order_line_id=need.order_line_id)

    bazaar.decide(order, [rest], cause=RoundCause.PART_ACCEPTED)

    assert asked(session, order) == [second.id]
    assert reasons(session, order) == {first.id: "took_a_part"}


def test_override_asks_a_vendor_that_routing_would_not(session, bazaar, admin, vendor_actor, now):
    rice = bazaar.product()
    best, declined = bazaar.vendor(), bazaar.vendor(closed_days=[now.date()])
    bazaar.lists(best, rice, price=100)
    bazaar.lists(declined, rice, price=100, minimum=100, stock=8)
    order, needs = bazaar.order({rice: 10})
    [first] = bazaar.decide(order, needs).offer_ids

    decision = routing.override(
        session,
        order_id=order.id,
        retailer_id=bazaar.shop.id,
        needs=needs,
        vendor_id=declined.id,
        reason="the shop asked for them",
        actor=admin,
        now=now,
    )

    [offer] = queries.open_offers(session, order.id)
    assert (offer.vendor_id, offer.is_override) == (declined.id, True)
    assert queries.get_offer(session, first).status is OfferStatus.BEATEN
    assert [(line.quantity, line.reason) for line in decision.missing] == [(2, "no_stock")]
    [entry] = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.reason) == ("routing.override", "the shop asked for them")
    [*_, decided] = queries.decisions(session, order.id)
    assert (decided.explanation, decided.chosen[0].vendor_id) == ("override", declined.id)


def test_override_is_refused_without_power_reason_or_goods(session, bazaar, admin, vendor_actor, now):
    rice = bazaar.product()
    listed, unapproved, empty = bazaar.vendor(), bazaar.vendor(is_approved=False), bazaar.vendor()
    for vendor in (listed, unapproved):
        bazaar.lists(vendor, rice, price=100)
    order, needs = bazaar.order({rice: 10})

    def override(vendor, *, actor=admin, reason="because"):
        return routing.override(
            session,
            order_id=order.id,
            retailer_id=bazaar.shop.id,
            needs=needs,
            vendor_id=vendor.id,
            reason=reason,
            actor=actor,
            now=now,
        )

    with pytest.raises(NotAllowed):
        override(listed, actor=vendor_actor)
    with pytest.raises(ReasonMissing):
        override(listed, reason=" ")
    with pytest.raises(OverrideRefused) as refusal:
        override(unapproved)
    assert refusal.value.facts["reason"] == "not_approved"
    with pytest.raises(OverrideRefused) as refusal:
        override(empty)
    assert refusal.value.facts["reason"] == "no_stock"
    assert queries.decisions(session, order.id) == []


def test_override_does_not_pass_the_agreed_price(session, bazaar, admin, now):
    rice = bazaar.product()
    best, dear = bazaar.vendor(), bazaar.vendor()
    bazaar.lists(best, rice, price=100)
    bazaar.lists(dear, rice, price=150)
    order, needs = bazaar.order({rice: 10})
    [first] = bazaar.decide(order, needs).offer_ids

    decision = routing.override(
        session,
        order_id=order.id,
        retailer_id=bazaar.shop.id,
        needs=needs,
        vendor_id=dear.id,
        reason="they have it in the shop",
        ceiling=rupees(1000),
        actor=admin,
        now=now,
    )

    assert (decision.outcome, decision.cheapest_total) == (routing.RoundOutcome.ONLY_DEARER, rupees(1500))
    assert queries.get_offer(session, first).status is OfferStatus.OPEN


def test_full_pair_limit_and_stop_exclude_a_vendor(session, bazaar, now):
    rice = bazaar.product()
    full, silent, left = bazaar.vendor(), bazaar.vendor(), bazaar.vendor(**FAR)
    for vendor in (full, silent, left):
        bazaar.lists(vendor, rice, price=100)
    account = CreditAccount(
        retailer_id=bazaar.shop.id, vendor_id=full.id, limit_minor=rupees(999).minor, updated_at=now
    )
    contact = Contact(name="Hari", opted_out_at=now, created_at=now)
    session.add_all([account, contact])
    session.flush()
    session.add(Membership(contact_id=contact.id, vendor_id=silent.id))
    order, needs = bazaar.order({rice: 10})

    bazaar.decide(order, needs)

    assert asked(session, order) == [left.id]
    assert reasons(session, order) == {full.id: "pair_limit_full", silent.id: "stopped"}
    cash = routing.preview(session, retailer_id=bazaar.shop.id, needs=needs, now=now, on_credit=False)
    assert [part.vendor_id for part in cash.parts] == [full.id]


def test_closed_offers_count_against_nobody(session, bazaar, vendor_actor, now):
    rice = bazaar.product()
    vendor = bazaar.vendor()
    bazaar.lists(vendor, rice, price=100)
    order, needs = bazaar.order({rice: 10})
    [offer_id] = bazaar.decide(order, needs).offer_ids

    ended = routing.close_offers(session, order.id, status=OfferStatus.CLOSED, now=now)
    again = routing.close_offers(session, order.id, status=OfferStatus.CLOSED, now=now)

    assert ([offer.id for offer in ended], again) == ([offer_id], [])
    with pytest.raises(OfferNotOpen) as notice:
        routing.accept_offer(session, offer_id, actor=vendor_actor, now=now)
    assert notice.value.facts["status"] == "closed"
    assert bazaar.decide(order, needs, cause=RoundCause.RETRY).outcome is routing.RoundOutcome.OFFERED


def test_lapsing_twice_or_too_early_changes_nothing(session, bazaar, now):
    rice = bazaar.product()
    bazaar.lists(bazaar.vendor(), rice, price=100)
    order, needs = bazaar.order({rice: 10})
    [offer_id] = bazaar.decide(order, needs).offer_ids
    deadline = now + dt.timedelta(hours=2)

    early = routing.lapse_offer(session, offer_id, now=now).status
    due = routing.lapse_offer(session, offer_id, now=deadline).status
    again = routing.lapse_offer(session, offer_id, now=deadline).answered_at

    assert (early, due, again) == (OfferStatus.OPEN, OfferStatus.LAPSED, deadline)


def test_replay_under_other_weights_uses_only_what_was_stored(session, bazaar, now):
    rice = bazaar.product()
    near, cheap = bazaar.vendor(), bazaar.vendor(**FAR)
    bazaar.lists(near, rice, price=105)
    listing = bazaar.lists(cheap, rice, price=90)
    order, needs = bazaar.order({rice: 10})
    decision = bazaar.decide(order, needs, workloads={near.id: 7})
    # The market moves on; the replay does not.
    listing.price_minor = rupees(300).minor
    cheap.is_active = False
    session.flush()

    same = routing.what_if(session, decision.round_id, {})
    by_price = routing.what_if(
        session, decision.round_id, {"availability": 0, "proximity": 0, "workload": 0, "reliability": 0}
    )

    assert (same.chosen, same.is_different) == ((near.id,), False)
    assert [candidate.score for candidate in same.ranking] == [
        view.score for view in queries.decisions(session, order.id)[0].candidates
    ]
    assert (by_price.chosen, by_price.chosen_then, by_price.is_different) == ((cheap.id,), (near.id,), True)
    assert by_price.plan.total == rupees(900)
    with pytest.raises(WeightsRefused):
        routing.what_if(session, decision.round_id, {"speed": 5})
    with pytest.raises(NotFound):
        routing.what_if(session, 0, {})


def test_replay_prices_by_the_special_prices_of_then(session, bazaar):
    rice = bazaar.product()
    near, far = bazaar.vendor(), bazaar.vendor(**FAR)
    bazaar.lists(near, rice, price=100)
    listing = bazaar.lists(far, rice, price=100)
    bazaar.tiers(listing, from_10=80)
    order, needs = bazaar.order({rice: 10})
    decision = bazaar.decide(order, needs)
    session.execute(delete(PriceTier))

    replay = routing.what_if(
        session, decision.round_id, {"price": 100, "proximity": 0, "workload": 0, "reliability": 0}
    )

    assert (replay.chosen_then, replay.chosen) == ((near.id,), (far.id,))
    assert replay.plan.total == rupees(800)


def test_reads_are_as_many_for_a_large_market_as_for_a_small_one(session, bazaar, statements, now):
    products = [bazaar.product() for _ in range(12)]
    for vendor in [bazaar.vendor(**FAR), bazaar.vendor()]:
        for product in products:
            bazaar.lists(vendor, product, price=100)

    def reads(lines):
        needs = [routing.Need(product_id=product.id, quantity=Decimal(1)) for product in products[:lines]]
        session.expire_all()
        before = len(statements)
        plan = routing.preview(session, retailer_id=bazaar.shop.id, needs=needs, now=now)
        assert len(plan.parts) == 1
        return len(statements) - before

    reads(1)  # the settings, which one transaction reads once
    few = reads(1)
    for _ in range(10):
        vendor = bazaar.vendor(**FAR)
        for product in products:
            bazaar.tiers(bazaar.lists(vendor, product, price=100), from_10=95, from_50=90)
    many = reads(12)

    assert (few, many) == (5, 5)


def test_decision_reads_as_often_for_many_vendors_as_for_one(session, bazaar, statements):
    products = [bazaar.product() for _ in range(8)]

    def reads(lines):
        order, needs = bazaar.order(dict.fromkeys(products[:lines], 1))
        session.expire_all()
        before = len(statements)
        assert bazaar.decide(order, needs).outcome is routing.RoundOutcome.OFFERED
        return sum(statement.startswith("SELECT") for statement in statements[before:])

    def vendor_with_everything():
        vendor = bazaar.vendor()
        for product in products:
            bazaar.lists(vendor, product, price=100)

    vendor_with_everything()
    reads(1)  # the settings, which one transaction reads once
    few = reads(1)
    for _ in range(10):
        vendor_with_everything()
    many = reads(8)

    assert (few, many) == (8, 8)


def test_settings_version_and_weights_are_kept_with_the_decision(session, bazaar, three_at_once):
    rice = bazaar.product()
    lists_nothing = bazaar.vendor()
    bazaar.lists(bazaar.vendor(), rice, price=100)
    order, needs = bazaar.order({rice: 10})

    bazaar.decide(order, needs)

    [decided] = queries.decisions(session, order.id)
    assert decided.settings_version == 1
    assert decided.weights == RoutingSettings().weights
    assert decided.facts["lists_nothing"] == [lists_nothing.id]
    assert decided.chosen[0].scores == {
        "availability": Decimal(100),
        "proximity": Decimal(100),
        "workload": Decimal(100),
        "price": Decimal(80),
        "reliability": Decimal(60),
    }
    assert decided.chosen[0].score == Decimal(90)


def test_full_acceptance_after_a_noted_part_replaces_it_and_clears_the_other_note(
    session, bazaar, three_at_once, vendor_actor, now
):
    rice = bazaar.product()
    for _ in range(2):
        bazaar.lists(bazaar.vendor(), rice, price=100)
    order, needs = bazaar.order({rice: 10})
    line = needs[0].order_line_id
    offers = bazaar.decide(order, needs).offer_ids
    for offer_id in offers:
        routing.accept_offer(session, offer_id, quantities={line: Decimal(4)}, actor=vendor_actor, now=now)

    later = now + dt.timedelta(minutes=5)
    accepted = routing.accept_offer(session, offers[0], actor=vendor_actor, now=later)

    assert (accepted.status, accepted.answered_at) == (OfferStatus.ACCEPTED, later)
    taken = queries.offer_lines(session, offers)
    assert [taken[offer_id][0].accepted_quantity for offer_id in offers] == [10, 0]
