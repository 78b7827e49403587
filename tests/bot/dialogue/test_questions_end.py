"""A question closes with what it is about, by whosever hand that ends, in the chats of all who were asked."""

import datetime as dt

import pytest
from sqlalchemy import exists, select

from bot.notifications import tell
from core.actor import SYSTEM
from core.events import QuestionEnded
from core.messaging.models import Prompt
from core.orders import ending, offers
from core.orders.kinds import OrderStatus
from core.orders.models import Fulfillment, Order
from core.parties import service as parties
from core.routing.models import Offer, OfferStatus
from core.routing.settings import RoutingSettings
from core.settings import service as settings
from tests.bot.dialogue.test_news_of_ends import VENDORS, asked_vendors
from tests.bot.dialogue.test_open_questions import dearer
from tests.bot.dialogue.test_vendor_says import offered, on_the_way, said_to
from tests.market import ADMIN

OFFER_KINDS = ("offer", "decline", "late")


def do(stage, act, *args, **facts):
    with stage.database.transaction() as session:
        act(session, *args, now=stage.now, **facts)
    return stage.follow()


def offers_by_status(stage):
    with stage.database.transaction() as session:
        rows = session.execute(select(Offer.id, Offer.vendor_id, Offer.status).order_by(Offer.id)).all()
    return [(row.id, VENDORS[row.vendor_id], row.status) for row in rows]


def open_questions(stage, *kinds):
    with stage.database.transaction() as session:
        found = select(Prompt.subject_id).where(Prompt.kind.in_(kinds), Prompt.closed_at.is_(None))
        return sorted(set(session.scalars(found)))


def asked_of_ended_offers(stage):
    is_open = exists().where(Offer.id == Prompt.subject_id, Offer.status == OfferStatus.OPEN)
    with stage.database.transaction() as session:
        found = select(Prompt.kind, Prompt.subject_id).where(
            Prompt.kind.in_(OFFER_KINDS), Prompt.closed_at.is_(None), ~is_open
        )
        return session.execute(found).all()


def the_offer(stage):
    return next(offer_id for offer_id, _, status in offers_by_status(stage) if status is OfferStatus.OPEN)


def newest(stage):
    """The order or basket that was begun last."""
    with stage.database.transaction() as session:
        return session.scalars(select(Order.id).order_by(Order.id.desc())).first()


def accepted_elsewhere(stage, offer_id):
    do(stage, offers.accept, offer_id, actor=ADMIN)


def declined_elsewhere(stage, offer_id):
    do(stage, offers.decline, offer_id, reason="no_stock", actor=ADMIN)


def lapsed(stage, _offer_id):
    stage.wait(dt.timedelta(hours=12))


def told_nobody(stage, offer_id):
    do(stage, offers.close_undelivered, offer_id)


def canceled(stage, _offer_id):
    do(stage, ending.cancel, newest(stage), reason="retailer", actor=ADMIN)


def overridden(stage, _offer_id):
    do(stage, offers.override, newest(stage), vendor_id=1, reason="asked by phone", actor=ADMIN)


def deactivated(stage, offer_id):
    with stage.database.transaction() as session:
        vendor_id = session.get_one(Offer, offer_id).vendor_id
    do(stage, parties.deactivate_vendor, vendor_id, reason="fraud", actor=ADMIN)


def shop_deactivated(stage, _offer_id):
    do(stage, parties.deactivate_retailer, 1, reason="fraud", actor=ADMIN)


def another_was_quicker(stage, offer_id):
    other = max(one for one, _, status in offers_by_status(stage) if status is OfferStatus.OPEN)
    assert other != offer_id
    do(stage, offers.accept, other, actor=ADMIN)


ENDS = {
    accepted_elsewhere: OfferStatus.ACCEPTED,
    declined_elsewhere: OfferStatus.DECLINED,
    lapsed: OfferStatus.LAPSED,
    told_nobody: OfferStatus.UNDELIVERED,
    canceled: OfferStatus.CLOSED,
    overridden: OfferStatus.CLOSED,
    deactivated: OfferStatus.CLOSED,
    shop_deactivated: OfferStatus.CLOSED,
    another_was_quicker: OfferStatus.BEATEN,
}


def test_every_way_an_offer_ends_is_tried():
    assert set(ENDS.values()) == set(OfferStatus) - {OfferStatus.OPEN}


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_the_question_about_an_offer_closes_with_it(stage, end):
    if end is another_was_quicker:
        at_once = {"offers_at_once": 2}
        do(stage, settings.change, RoutingSettings, at_once, seen_version=0, reason="test", actor=SYSTEM)
    offered(stage)
    offer_id = the_offer(stage)
    (vendor,) = [vendor for one, vendor, _ in offers_by_status(stage) if one == offer_id]
    assert open_questions(stage, "offer")[0] == offer_id

    end(stage, offer_id)

    assert (offer_id, vendor, ENDS[end]) in offers_by_status(stage)
    assert asked_of_ended_offers(stage) == []


def test_a_bare_yes_means_the_one_offer_that_is_left(stage):
    offered(stage, "asha", "asha")
    do(stage, ending.cancel, newest(stage), reason="retailer", actor=ADMIN)

    arrived = stage.write("gita", "huncha")

    assert "१००१" in said_to(arrived, "gita")[0]
    with stage.database.transaction() as session:
        statuses = session.scalars(select(Order.status).order_by(Order.id)).all()
    assert statuses == [OrderStatus.ACCEPTED, OrderStatus.CANCELED]


@pytest.fixture
def part_asked(stage):
    """Nobody takes the rest of order 1001: whether the part is taken is asked."""
    offered(stage)
    stage.write("gita", "1001 1 cha, 2 chaina")
    stage.write("gita", "ho")
    for _ in range(4):
        for vendor in asked_vendors(stage):
            stage.write(vendor, "1001 stock chaina")
    assert open_questions(stage, "asked") == [newest(stage)]


def part_refused(stage):
    do(stage, offers.answer_asked, newest(stage), yes=False, actor=ADMIN)


def part_taken(stage):
    do(stage, offers.answer_asked, newest(stage), yes=True, actor=ADMIN)


def part_left(stage):
    stage.write("gita", "dispatch 1001")
    stage.wait(dt.timedelta(hours=4, minutes=1))


def order_canceled(stage):
    do(stage, ending.cancel, newest(stage), reason="retailer", actor=ADMIN)


def taken_after_it_left(stage):
    stage.write("gita", "dispatch 1001")
    do(stage, offers.answer_asked, newest(stage), yes=True, actor=ADMIN)


def vendor_found(stage):
    do(stage, offers.override, newest(stage), vendor_id=2, reason="has it after all", actor=ADMIN)


@pytest.mark.parametrize(
    "end",
    [part_refused, part_taken, part_left, order_canceled, taken_after_it_left, vendor_found],
    ids=lambda end: end.__name__,
)
def test_what_a_shop_is_asked_closes_with_the_answer_of_anybody(stage, part_asked, end):
    end(stage)

    with stage.database.transaction() as session:
        assert session.scalars(select(Order.asked)).all() == [None]
    assert open_questions(stage, "asked") == []


def test_a_question_that_is_asked_anew_stays_when_the_earlier_one_is_closed_late(stage, part_asked):
    do(stage, offers.override, newest(stage), vendor_id=2, reason="has it after all", actor=ADMIN)
    do(stage, offers.decline, the_offer(stage), reason="no_stock", actor=ADMIN)
    assert open_questions(stage, "asked") == [newest(stage)]

    do(stage, tell, QuestionEnded(order_id=newest(stage)))

    assert open_questions(stage, "asked") == [newest(stage)]
    stage.write("asha", "ho")
    assert open_questions(stage, "asked") == []


def test_nothing_is_asked_about_an_order_that_went_back(stage):
    on_the_way(stage, terms="ho")
    stage.write("asha", "1001 cancel")
    with stage.database.transaction() as session:
        parcel_id = session.scalars(select(Fulfillment.id)).one()
    do(stage, ending.mark_returned, parcel_id, reason="shop_closed", actor=ADMIN)

    assert open_questions(stage, "receipt", "cancel", "asked") == []


def test_an_owner_is_asked_no_more_about_a_basket_that_was_canceled(stage):
    stage.write("bibek", "33 carton rara chicken")
    stage.write("bibek", "ho")
    assert open_questions(stage, "owner") == [newest(stage)]

    do(stage, ending.cancel, newest(stage), reason="admin", actor=ADMIN)

    assert open_questions(stage, "owner") == []


def test_a_tap_on_one_price_agrees_to_no_other_that_is_asked_by_now(stage):
    dearer(stage)
    order_id, seen = newest(stage), stage.last_with_choices("asha")
    # What is asked by now has not been told yet.
    stage.phones.busy = True
    do(stage, offers.override, order_id, vendor_id=3, reason="asked by phone", actor=ADMIN)
    asked_by_now = asked_of(stage, order_id)
    assert asked_by_now[1] == "dearer"

    stage.tap_on("asha", seen, 1)

    assert asked_of(stage, order_id) == asked_by_now


def asked_of(stage, order_id):
    with stage.database.transaction() as session:
        order = session.get_one(Order, order_id)
        return order.status, order.asked, order.asked_facts, order.ceiling_minor
