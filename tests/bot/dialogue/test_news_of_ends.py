"""What ended is told to those who wait for it: a helper, a shop that did not answer, a shop whose parcel went back."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.credit import service as credit
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.credit.models import PaymentClaim
from core.money import rupees
from core.orders.models import Order
from core.routing.models import Offer, OfferStatus
from tests.bot.dialogue.test_vendor_says import offered, on_the_way, said_to
from tests.market import ADMIN

VENDORS = {1: "hari", 2: "gita", 3: "sunil", 4: "kamala"}


def asked_vendors(stage):
    with stage.database.transaction() as session:
        asked = session.scalars(select(Offer.vendor_id).where(Offer.status == OfferStatus.OPEN)).all()
        return [VENDORS[vendor_id] for vendor_id in asked]


@pytest.fixture
def part(stage):
    """Gita takes the noodles of order 1001; somebody else is asked for the sugar."""
    offered(stage)
    stage.write("gita", "1001 1 cha, 2 chaina")
    stage.write("gita", "ho")


@pytest.mark.parametrize(
    ("button", "told"), [(2, "The owner said no"), (3, "The owner is changing your basket")]
)
def test_a_helper_is_told_what_the_owner_decided(stage, button, told):
    stage.write("bibek", "33 carton rara chicken")
    stage.write("bibek", "ho")
    assert "Bibek" in stage.last("asha").message.text

    arrived = stage.tap("asha", button)

    (news,) = said_to(arrived, "bibek")
    assert told in news


def test_a_shop_that_said_nothing_is_told_that_the_rest_will_not_come(stage, part):
    for _ in range(4):
        for vendor in asked_vendors(stage):
            stage.write(vendor, "1001 stock chaina")
    with stage.database.transaction() as session:
        assert session.scalar(select(Order.asked)) == "part"
    stage.write("gita", "dispatch 1001")

    arrived = stage.wait(dt.timedelta(hours=4, minutes=1))

    (told,) = said_to(arrived, "asha")
    assert "Sugar" in told
    assert "1001" in told


def test_a_parcel_that_goes_back_is_told_while_the_rest_goes_on(stage, part):
    (other,) = asked_vendors(stage)
    stage.write(other, "1001 huncha")
    stage.write("gita", "dispatch 1001")

    stage.write("gita", "1001 firta aayo")
    arrived = stage.write("gita", "ho")

    (told,) = said_to(arrived, "asha")
    assert "took back their part of order *1001*" in told


def test_one_claim_that_is_booked_elsewhere_stops_no_other(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 300 esewa ref A1B2")
    stage.write("asha", "paid 200 cash")
    with stage.database.transaction() as session:
        credit.record_payment(
            session,
            retailer_id=2,
            method=PaymentMethod.ESEWA,
            reference="A1B2",
            amount=rupees(300),
            idempotency_key="elsewhere",
            is_confirmed=True,
            actor=ADMIN,
            now=stage.now,
        )

    stage.write("gita", "claims")
    stage.write("gita", "1 2 aayo")
    stage.write("gita", "ho")

    with stage.database.transaction() as session:
        claims = session.scalars(select(PaymentClaim).order_by(PaymentClaim.id)).all()
        states = {claim.amount_minor: claim.status for claim in claims}
    assert states == {30_000: ClaimStatus.OPEN, 20_000: ClaimStatus.CONFIRMED}
