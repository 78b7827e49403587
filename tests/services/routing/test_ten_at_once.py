"""Ten vendors tap "accept" at the same moment, each in a transaction of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from core.db.locks import LockRank, lock
from core.orders.models import Order
from core.routing import queries
from core.routing import service as routing
from core.routing.errors import OfferNotOpen
from core.routing.models import OfferStatus
from core.routing.settings import RoutingSettings
from core.settings.service import change
from core.vendors.models import ObservationKind, VendorObservation
from tests.services.routing.conftest import NOW, Bazaar


def test_one_of_ten_wins_and_nine_get_a_polite_notice(fresh_database, admin, vendor_actor):
    with fresh_database.database.transaction() as session:
        bazaar = Bazaar(session)
        change(
            session,
            RoutingSettings,
            {"offers_at_once": 10},
            seen_version=0,
            reason="",
            actor=admin,
            now=NOW,
        )
        rice = bazaar.product()
        for _ in range(10):
            bazaar.lists(bazaar.vendor(), rice, price=100)
        order, needs = bazaar.order({rice: 10})
        order_id, offer_ids = order.id, bazaar.decide(order, needs).offer_ids
    start = Barrier(10)

    def accept(offer_id):
        start.wait()
        with fresh_database.database.transaction() as session:
            lock(session, Order, order_id, LockRank.ORDER)
            try:
                return routing.accept_offer(session, offer_id, actor=vendor_actor, now=NOW).status.value
            except OfferNotOpen as notice:
                return notice.facts["status"]

    with ThreadPoolExecutor(10) as people:
        answers = sorted(people.map(accept, offer_ids))

    assert answers == ["accepted"] + ["beaten"] * 9
    with fresh_database.database.transaction() as session:
        statuses = [offer.status for offer in queries.offers_of_order(session, order_id)]
        assert sorted(statuses) == [OfferStatus.ACCEPTED] + [OfferStatus.BEATEN] * 9
        seen = session.scalars(
            select(VendorObservation.kind).where(VendorObservation.kind != ObservationKind.OFFERED)
        ).all()
        assert seen == [ObservationKind.ACCEPTED]


def test_forgotten_lock_still_leaves_one_answer_per_offer(fresh_database, vendor_actor):
    with fresh_database.database.transaction() as session:
        bazaar = Bazaar(session)
        rice = bazaar.product()
        bazaar.lists(bazaar.vendor(), rice, price=100)
        order, needs = bazaar.order({rice: 10})
        [offer_id] = bazaar.decide(order, needs).offer_ids
    start = Barrier(2)

    def accept():
        with fresh_database.database.transaction() as session:
            queries.get_offer(session, offer_id)
            start.wait()
            try:
                return routing.accept_offer(session, offer_id, actor=vendor_actor, now=NOW).status.value
            except OfferNotOpen:
                return "notice"

    def decline():
        with fresh_database.database.transaction() as session:
            queries.get_offer(session, offer_id)
            start.wait()
            try:
                reason = "busy"
                return routing.decline_offer(
                    session, offer_id, reason=reason, actor=vendor_actor, now=NOW
                ).status.value
            except OfferNotOpen:
                return "notice"

    with ThreadPoolExecutor(2) as people:
        answers = [people.submit(accept), people.submit(decline)]
        outcome = sorted(answer.result() for answer in answers)

    assert outcome in (["accepted", "notice"], ["declined", "notice"])
