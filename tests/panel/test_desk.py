"""The clerk's desk: what was typed is read, put into the shop's basket, and nothing is ordered."""

import re
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from admin_api.endpoints import EXTENSION
from core.actor import SYSTEM
from core.catalog import service as catalog
from core.catalog.models import VatClass
from core.messaging.models import Conversation, InboundMessage
from core.orders import basket
from core.orders.models import Order
from core.outbox.models import Event
from tests.panel.test_pages import story

__all__ = ["story"]


def in_basket(market, story):
    def look(session):
        found = basket.find_basket(session, story["shop"].id)
        return (
            []
            if found is None
            else [(row.product_id, row.quantity) for row in basket.lines_of(session, found.id)]
        )

    return market.look(look)


def test_a_typed_order_is_read_and_put_into_the_basket_but_not_ordered(admin, market, story):
    desk = f"/admin/conversations/{story['chat']}/desk"
    before = market.count(Order, Order.placed_at.is_not(None))

    facts = catalog.ProductFacts(
        sku="WAI-CHK-75",
        name="Wai Wai Chicken Noodles",
        brand="Wai Wai",
        category="Noodles",
        unit="pkt",
        pack_size="75 g",
        case_quantity=30,
        vat_class=VatClass.EXEMPT,
    )
    market.do(catalog.create_product, facts, actor=SYSTEM)

    read = admin.get(desk, query_string={"text": "12 pkt wai wai chicken noodles"}).text
    assert 'name="sku" value="WAI-CHK-75"' in read
    assert in_basket(market, story) == []

    said = admin.said(desk, sku="WW-CHK-75", quantity="१२", words="12 pkt noodles", corrected="no")
    assert "Lines put into the shop&#39;s basket: 1" in said
    assert in_basket(market, story) == [(story["product"], Decimal(12))]
    assert market.count(Order, Order.placed_at.is_not(None)) == before


def test_a_line_that_cannot_be_read_puts_nothing_into_the_basket(admin, market, story):
    desk = f"/admin/conversations/{story['chat']}/desk"

    for fields in (
        {"quantity": "many"},
        {"sku": "NOTHING"},
        {"quantity": "-1"},
        {"quantity": "NaN"},
        {"quantity": "1000000"},
    ):
        form = {"sku": "WW-CHK-75", "quantity": "1", "words": "x", "corrected": "no"} | fields
        assert "can&#39;t be read" in admin.said(desk, **form), fields
    assert in_basket(market, story) == []


def test_what_was_typed_is_shown_as_text(admin, story):
    page = admin.get(
        f"/admin/conversations/{story['chat']}/desk",
        query_string={"text": "</textarea><script>alert(1)</script>"},
    ).text

    assert "<script>alert" not in page


def test_one_click_sends_the_basket_and_hands_the_chat_back(admin, market, story):
    chat = f"/admin/conversations/{story['chat']}"
    admin.said(f"{chat}/take-over")

    said = admin.said(
        f"{chat}/desk",
        back=f"{chat}/desk",
        then="send",
        sku="WW-CHK-75",
        quantity="12",
        words="12 pkt noodles",
        corrected="no",
    )

    assert "Nothing is ordered before its yes" in said
    assert in_basket(market, story) == [(story["product"], Decimal(12))]
    assert market.look(lambda session: session.get_one(Conversation, story["chat"]).taken_over_at) is None
    asked = market.look(
        lambda session: session.scalars(select(Event).where(Event.name == "BasketYesAsked")).one()
    )
    assert asked.payload["retailer_id"] == story["shop"].id
    assert market.count(Order, Order.placed_at.is_not(None)) == 2


def test_an_empty_basket_is_not_sent(admin, story):
    assert "The basket is empty" in admin.said(f"/admin/conversations/{story['chat']}/send-basket")


def test_what_the_clerk_names_instead_is_learned_as_the_shops_own(admin, market, story):
    other = market.product("RARA-VEG-60")
    desk = f"/admin/conversations/{story['chat']}/desk"
    form = {"sku": "WW-CHK-75", "quantity": "3", "words": "3 pkt wai chau", "corrected": "no"}

    assert "fits no product" in admin.said(desk, **form, instead="zzz")
    assert in_basket(market, story) == []
    admin.said(desk, **form, instead="rara-veg-60")

    assert in_basket(market, story) == [(other, Decimal(3))]


def test_a_carton_of_unclear_words_is_a_carton_of_what_the_clerk_chooses(admin, market, story):
    desk = f"/admin/conversations/{story['chat']}/desk"
    form = {"sku": "WW-CHK-75", "quantity": "2", "words": "2 carton chau", "corrected": "yes"}

    admin.said(desk, **form, instead="", unit="case")

    assert in_basket(market, story) == [(story["product"], Decimal(60))]


def test_a_photo_is_shown_beside_the_field_and_read_from_its_keeper_only(app, admin, market, story):
    with market.database.transaction() as session:
        message = session.scalars(select(InboundMessage)).one()
        message.content = {"media": [{"url": "https://keeper/1", "content_type": "image/jpeg"}] * 2}
        message_id = message.id
    path = f"/admin/messages/{message_id}/media/0"
    kept = {
        "https://keeper/1": SimpleNamespace(content=b"picture", content_type="image/jpeg"),
        "https://keeper/2": SimpleNamespace(content=b"<script>", content_type="text/html"),
    }
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], read_media=kept.get)

    assert f'<img src="{path}"' in admin.text(f"/admin/conversations/{story['chat']}/desk")
    shown = admin.get(path)
    assert (shown.mimetype, shown.data) == ("image/jpeg", b"picture")
    assert admin.get(f"/admin/messages/{message_id}/media/2").status_code == 404

    with market.database.transaction() as session:
        session.get_one(InboundMessage, message_id).content = {"media": [{"url": "https://keeper/2"}]}
    odd = admin.get(path)
    assert odd.mimetype == "application/octet-stream"
    assert odd.headers["Content-Disposition"] == "attachment"
    kept.clear()
    assert admin.get(path).status_code == 502


def test_a_form_that_is_sent_twice_fills_the_basket_once(admin, market, story):
    desk = f"/admin/conversations/{story['chat']}/desk"
    seen = re.search(
        r'name="seen" value="([^"]+)"', admin.get(desk, query_string={"text": "12 pkt noodles"}).text
    )
    form = {"sku": "WW-CHK-75", "quantity": "12", "words": "noodles", "corrected": "no", "seen": seen[1]}
    admin.said(desk, **form)

    said = admin.said(desk, **form)

    assert "since you opened the page" in said
    assert in_basket(market, story) == [(story["product"], Decimal(12))]


@pytest.mark.parametrize("fields", [{"instead": "rara-veg-60"}, {"corrected": "yes"}])
def test_a_product_that_was_chosen_without_an_amount_is_not_passed_over(admin, market, story, fields):
    desk = f"/admin/conversations/{story['chat']}/desk"
    form = {"sku": "WW-CHK-75", "quantity": "", "words": "noodles", "corrected": "no"} | fields

    assert "can&#39;t be read" in admin.said(desk, **form)
    assert in_basket(market, story) == []


def test_a_photo_whose_basket_was_sent_waits_for_nobody(admin, market, story):
    chat = f"/admin/conversations/{story['chat']}"

    def waits(session, value=None):
        message = session.scalars(
            select(InboundMessage).where(InboundMessage.conversation_id == story["chat"]).limit(1)
        ).one()
        if value is not None:
            message.needs_person, message.handled_at = value, message.received_at
        return message.needs_person

    market.look(lambda session: waits(session, value=True))
    form = {"sku": "WW-CHK-75", "quantity": "12", "words": "noodles", "corrected": "no"}

    admin.said(f"{chat}/desk", **form)
    assert market.look(waits) is True
    admin.said(f"{chat}/send-basket")

    assert market.look(waits) is False
