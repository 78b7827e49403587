"""A shop hears and pays the price that was agreed with it, and another shop does not."""

import pytest
from sqlalchemy import select

from core.actor import Actor, ActorKind, Via
from core.catalog import queries as catalog
from core.clock import business_date
from core.money import rupees
from core.parties.models import Retailer
from core.pricing import service as pricing
from core.refs import ProductId

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL)


@pytest.fixture
def agreed(stage):
    """Every vendor of Wai Wai Chicken agreed Rs. 18.25 with Asha, without an end."""
    with stage.database.transaction() as session:
        asha = session.scalars(select(Retailer).where(Retailer.shop_name.startswith("Asha"))).one()
        product = catalog.products_by_skus(session, ["WW-CHK-75"])["WW-CHK-75"]
        for listing in catalog.find_listings(session, [ProductId(product.id)]):
            pricing.create_price_list(
                session,
                pricing.PriceListFacts(
                    starts_on=business_date(stage.now), prices={listing.listing_id: rupees("18.25")}
                ),
                vendor_id=listing.vendor_id,
                retailer_id=asha.id,
                actor=ADMIN,
                now=stage.now,
            )


def said(arrived):
    (one,) = arrived
    return one.message.text


def test_a_question_about_a_price_is_answered_with_the_shops_own(stage, agreed):
    assert "18.25" in said(stage.write("asha", "wai wai chicken ko price kati ho?"))
    assert "18.25" not in said(stage.write("maya", "wai wai chicken ko price kati ho?"))


def test_the_basket_shows_the_own_price(stage, agreed):
    assert "18.25" in said(stage.write("asha", "60 wai wai chicken"))
    assert "18.25" not in said(stage.write("maya", "60 wai wai chicken"))
