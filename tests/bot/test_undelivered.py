"""An offer that nobody at the vendor could be told of is no offer; another notice that nobody got is an admin's to see."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, select, update

from bot import notifications, sending
from bot.sweep import SWEEPING
from core.alerts.models import Alert
from core.catalog.models import Listing
from core.credit.models import CreditHold
from core.messaging.models import OutboundMessage, Prompt
from core.orders.models import Order, OrderStatus
from core.parties.models import ChannelAddress, Membership
from core.routing.models import Offer, OfferStatus, RoutingRound
from core.vendors import queries as vendors
from core.vendors.models import VendorObservation
from tests.contract import peer as twilio
from tests.contract.fake_twilio import running_peer
from tests.contract.peer import Behavior
from tests.contract.senders import Contents, a_sender, an_account, receiving_callbacks

from .stage import Stage, address_of, name_of

IN_TIME = dt.timedelta(minutes=9)
REFUSALS = [
    Behavior.RATE_LIMIT,
    Behavior.SERVER_ERROR,
    Behavior.UNAVAILABLE,
    Behavior.OPTED_OUT,
    Behavior.WINDOW_CLOSED,
]


@dataclass
class Line:
    """The phones of the stage behind a small Twilio, which treats some of them badly."""

    stage: Stage
    callbacks: object
    peer: twilio.Peer
    behaviors: dict

    def pass_time(self, time):
        """What the clock starts meanwhile, the sweep included."""
        self.stage.wait(time)
        self._sweep()

    def settle(self):
        """Everything that is due follows, and Twilio's word on it arrives."""
        for _ in range(3):
            self.stage.follow()
            self.peer.wait_for_callbacks()
            while self.callbacks.updates:
                with self.stage.database.transaction() as session:
                    sending.receive_status(session, self.callbacks.updates.pop(0), now=self.stage.now)

    def look(self, read):
        with self.stage.database.transaction() as session:
            return read(session)

    def _sweep(self):
        with self.stage.database.transaction() as session:
            SWEEPING.act(session, {}, self.stage.now)
        self.settle()


@pytest.fixture
def line(stage, monkeypatch):
    behaviors = {}
    monkeypatch.setattr(twilio, "_asked_by", lambda to: behaviors.get(to, Behavior.ACCEPT))
    with running_peer() as peer, receiving_callbacks() as callbacks:
        sender = a_sender(an_account(api_url=peer.base_url), callbacks, Contents())
        stage.handlers = {
            **stage.handlers,
            "send_message": sending.sending(sender),
            "send_notices": sending.sending_notices(sender, notifications.why_obsolete),
        }
        line = Line(stage=stage, callbacks=callbacks, peer=peer, behaviors=behaviors)
        for name in ("hari", "gita", "sunil", "kamala", "asha"):
            stage.write(name, "help")
        line.settle()
        with stage.database.transaction() as session:
            # Whoever is asked next is not dearer, so that nobody has to ask the shop.
            session.execute(update(Listing).values(price_minor=2_000))
        yield line


def order_goods(line):
    """The offer that Asha's order leads to, before anybody was told of it, and its vendor's address."""
    line.stage.write("asha", "wai wai chicken 2 carton")
    line.stage.write("asha", "yes")


def offers(line):
    return line.look(lambda session: list(session.scalars(select(Offer).order_by(Offer.id))))


def addresses_of_vendors(line):
    rows = line.look(
        lambda session: session.execute(
            select(Membership.vendor_id, ChannelAddress.address)
            .join(ChannelAddress, ChannelAddress.contact_id == Membership.contact_id)
            .where(Membership.vendor_id.is_not(None))
        ).all()
    )
    return {row.vendor_id: row.address for row in rows}


def alerts(line):
    return line.look(
        lambda session: list(
            session.scalars(select(Alert).where(Alert.kind == "notice_undelivered").order_by(Alert.id))
        )
    )


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name.lower())
def test_offer_that_twilio_does_not_bring_goes_to_the_next_vendor(line, refusal):
    phones = addresses_of_vendors(line)
    line.behaviors |= dict.fromkeys(phones.values(), refusal)
    order_goods(line)
    first = offers(line)[0]
    reliable = line.look(lambda s: vendors.measured_scores(s, [first.vendor_id], now=line.stage.now))

    line.settle()
    line.pass_time(IN_TIME)
    assert [offer.status for offer in offers(line)] == [OfferStatus.OPEN]
    for vendor_id, phone in phones.items():
        if vendor_id != first.vendor_id:
            del line.behaviors[phone]
    line.pass_time(dt.timedelta(minutes=2))

    found = offers(line)
    assert [offer.status for offer in found] == [OfferStatus.UNDELIVERED, OfferStatus.OPEN]
    assert found[0].answered_at is None
    assert found[1].vendor_id != first.vendor_id
    kinds = line.look(
        lambda s: list(
            s.scalars(select(VendorObservation.kind).where(VendorObservation.vendor_id == first.vendor_id))
        )
    )
    assert kinds == ["offered"]
    assert reliable == line.look(lambda s: vendors.measured_scores(s, [first.vendor_id], now=line.stage.now))
    rounds = line.look(lambda s: list(s.scalars(select(RoutingRound.cause).order_by(RoutingRound.id))))
    assert rounds == ["placed", "undelivered"]
    questions = select(Prompt.subject_id).where(Prompt.kind == "offer", Prompt.closed_at.is_(None))
    assert line.look(lambda s: list(s.scalars(questions))) == [found[1].id]
    (alert,) = alerts(line)
    assert (alert.subject_kind, alert.subject_id, alert.severity) == ("vendor", first.vendor_id, "high")
    assert alert.facts["cause"] == "OfferOpened"
    assert alert.facts["reason"]


def test_order_whose_every_vendor_is_out_of_reach_ends_and_holds_nothing(line):
    line.behaviors |= dict.fromkeys(addresses_of_vendors(line).values(), Behavior.UNAVAILABLE)
    order_goods(line)

    for _ in range(6):
        line.pass_time(dt.timedelta(minutes=11))

    statuses = {offer.status for offer in offers(line)}
    order = line.look(lambda s: s.scalars(select(Order).where(Order.placed_at.is_not(None))).one())
    hold = line.look(lambda s: s.scalars(select(CreditHold)).one())
    assert statuses == {OfferStatus.UNDELIVERED}
    assert (order.status, order.end_reason) == (OrderStatus.UNFULFILLED, "no_vendor")
    assert (hold.status, hold.captured_minor) == ("resolved", 0)


def test_vendor_who_gets_the_late_message_after_all_keeps_the_offer(line):
    phones = addresses_of_vendors(line)
    line.behaviors |= dict.fromkeys(phones.values(), Behavior.UNAVAILABLE)
    order_goods(line)
    line.settle()
    line.stage.now += dt.timedelta(minutes=11)
    # The sweep has found it late, and before anything follows the vendor is told.
    with line.stage.database.transaction() as session:
        SWEEPING.act(session, {}, line.stage.now)
    line.behaviors.clear()
    first = offers(line)[0]
    with line.stage.database.transaction() as session:
        message = session.scalars(select(OutboundMessage).where(OutboundMessage.say == "vendor/offer")).one()
        message.status, message.sent_at = "sent", line.stage.now

    line.settle()

    assert [(offer.id, offer.status) for offer in offers(line)] == [(first.id, OfferStatus.OPEN)]


def test_order_is_sought_on_at_once_where_nobody_at_a_vendor_has_an_address(stage):
    with stage.database.transaction() as session:
        session.execute(update(Listing).values(price_minor=2_000))
        people = select(Membership.contact_id).where(Membership.vendor_id.is_not(None))
        session.execute(delete(ChannelAddress).where(ChannelAddress.contact_id.in_(people)))

    stage.write("asha", "wai wai chicken 2 carton")
    stage.write("asha", "yes")
    for _ in range(3):
        stage.follow()

    with stage.database.transaction() as session:
        found = session.scalars(select(Offer)).all()
        order = session.scalars(select(Order).where(Order.placed_at.is_not(None))).one()
        reasons = session.scalars(
            select(Alert.facts["reason"].astext).where(Alert.kind == "notice_undelivered")
        )
        assert {offer.status for offer in found} == {OfferStatus.UNDELIVERED}
        assert order.status is OrderStatus.UNFULFILLED
        assert list(reasons) == ["no_address"] * len(found)


def test_other_news_that_nobody_got_is_an_alert_about_the_order_and_changes_nothing(line):
    order_goods(line)
    line.settle()
    (offer,) = offers(line)
    line.behaviors[address_of("asha")] = Behavior.UNAVAILABLE
    line.stage.write(name_of(addresses_of_vendors(line)[offer.vendor_id]), "accept")
    line.settle()

    line.pass_time(dt.timedelta(minutes=11))

    order = line.look(lambda s: s.scalars(select(Order).where(Order.placed_at.is_not(None))).one())
    (alert,) = alerts(line)
    assert order.status is OrderStatus.ACCEPTED
    assert (alert.subject_kind, alert.subject_id) == ("order", order.id)
    assert alert.facts["cause"] == "OrderAccepted"
