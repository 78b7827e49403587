"""Decisions by form: what each changes, what it says, that a refusal changes nothing, and the undo."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.actor import SYSTEM
from core.audit.models import AuditEntry
from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.messaging.models import Conversation, InboundMessage, OutboundMessage
from core.money import rupees
from core.orders.kinds import OrderStatus
from core.orders.models import Order
from core.parties import service as parties
from core.parties.models import Approval, Contact, Retailer, Vendor
from tests.panel.test_pages import story

__all__ = ["story"]


def one(market, table, row_id):
    return market.look(lambda session: session.get_one(table, row_id))


def test_a_shop_is_approved_on_credit_in_one_click(admin, market):
    shop = market.shop("Sita", approved=False, limit=None)

    said = admin.said(f"/admin/retailers/{shop.id}/approve", limit="१,००,०००")

    assert "Sita may order on credit up to Rs. 1,00,000.00" in said
    assert one(market, Retailer, shop.id).approval is Approval.APPROVED
    assert market.standing(shop).limit == rupees(100_000)
    entry = market.look(
        lambda session: session.scalar(select(AuditEntry).where(AuditEntry.action == "retailer_approved"))
    )
    assert entry.via == "panel"


@pytest.mark.parametrize("limit", ["lots", "1e9", "0x10", "-5", "NaN", "1_000", "५e३"])
def test_an_amount_that_cannot_be_read_approves_nobody(admin, market, limit):
    shop = market.shop("Sita", approved=False, limit=None)

    said = admin.said(f"/admin/retailers/{shop.id}/approve", limit=limit)

    assert "can&#39;t be read" in said
    assert one(market, Retailer, shop.id).approval is Approval.APPLIED


def test_a_limit_is_changed_and_taken_back(admin, market):
    shop = market.shop(limit=rupees(50_000))

    said = admin.said(f"/admin/retailers/{shop.id}/limit", limit="60000", reason="festival")

    assert "from Rs. 50,000.00 to Rs. 60,000.00" in said
    assert 'name="limit" value="50000' in said
    admin.said(f"/admin/retailers/{shop.id}/limit", limit="50000.00", reason="undone")
    assert market.standing(shop).limit == rupees(50_000)


def test_a_limit_that_somebody_else_changed_is_not_overwritten_by_an_old_page(admin, market):
    shop = market.shop(limit=rupees(50_000))
    path = f"/admin/retailers/{shop.id}/limit"
    admin.said(path, limit="60000", seen="50000.00", reason="festival")

    said = admin.said(path, limit="70000", seen="50000.00", reason="the other window")

    assert "since you opened the page" in said
    assert market.standing(shop).limit == rupees(60_000)


def test_a_shop_that_was_refused_meanwhile_is_not_approved_by_an_old_page(admin, market):
    shop = market.shop("Sita", approved=False, limit=None)
    admin.said(f"/admin/retailers/{shop.id}/refuse", reason="twice here")

    said = admin.said(f"/admin/retailers/{shop.id}/approve", limit="5000", seen="applied")

    assert "since you opened the page" in said
    assert one(market, Retailer, shop.id).approval is Approval.REFUSED


def test_a_shop_is_blocked_and_unblocked(admin, market):
    shop = market.shop()

    assert "gets no more credit" in admin.said(f"/admin/retailers/{shop.id}/block", reason="bounced cheque")
    assert one(market, Retailer, shop.id).blocked_at is not None
    assert "on credit again" in admin.said(f"/admin/retailers/{shop.id}/unblock", reason="paid")
    assert one(market, Retailer, shop.id).blocked_at is None


def test_a_wholesaler_is_approved(admin, market):
    facts = parties.VendorFacts(business_name="New Traders")
    vendor = market.do(parties.create_vendor, facts, actor=SYSTEM)

    assert "New Traders gets offers from now on" in admin.said(f"/admin/vendors/{vendor.id}/approve")
    assert one(market, Vendor, vendor.id).approval is Approval.APPROVED


def test_a_claim_is_confirmed_once(admin, market, story):
    said = admin.said(f"/admin/claims/{story['claim']}/confirm")

    assert "owed Rs. 1,000.00 and now owes Rs. 700.00" in said
    admin.said(f"/admin/claims/{story['claim']}/confirm")
    assert market.standing(story["shop"]).owed == rupees(700)


def test_a_claim_is_rejected_with_a_reason_only(admin, market, story):
    admin.said(f"/admin/claims/{story['claim']}/reject", reason="")
    assert one(market, PaymentClaim, story["claim"]).status is ClaimStatus.OPEN

    admin.said(f"/admin/claims/{story['claim']}/reject", reason="nothing came")
    assert one(market, PaymentClaim, story["claim"]).status is ClaimStatus.REJECTED


def test_a_chat_is_taken_over_answered_once_and_handed_back(admin, market, story):
    chat = f"/admin/conversations/{story['chat']}"
    early = admin.said(f"{chat}/reply", text="Namaste", once="a")
    assert "Take over first" in early
    assert market.count(OutboundMessage, OutboundMessage.body == "Namaste") == 0

    admin.said(f"{chat}/take-over")
    admin.said(f"{chat}/reply", text="Namaste", once="b")
    admin.said(f"{chat}/reply", text="Namaste", once="b")

    assert market.count(OutboundMessage, OutboundMessage.body == "Namaste") == 1
    admin.said(f"{chat}/hand-back")
    assert one(market, Conversation, story["chat"]).taken_over_at is None


def test_a_chat_that_was_taken_over_comes_first_when_its_person_writes(admin, market, story):
    chat = f"/admin/conversations/{story['chat']}"
    admin.said(f"{chat}/take-over")

    def another_wrote_later_and_then_the_first(session):
        first = session.get_one(Conversation, story["chat"])
        first.last_inbound_at = market.now - dt.timedelta(hours=5)
        contact = Contact(phone="+9779841999999", name="Later", created_at=market.now)
        session.add(contact)
        session.flush()
        other = Conversation(
            contact_id=contact.id,
            channel="whatsapp",
            address="whatsapp:+9779841999999",
            state="idle",
            slots={},
            last_inbound_at=market.now - dt.timedelta(hours=1),
            created_at=market.now,
        )
        session.add(other)
        session.flush()
        for row, moment in ((other, dt.timedelta(hours=1)), (first, dt.timedelta(minutes=5))):
            session.add(
                InboundMessage(
                    conversation_id=row.id,
                    channel="whatsapp",
                    provider_message_id=f"SM-{row.id}",
                    kind="text",
                    text="namaste",
                    content={},
                    raw={},
                    received_at=market.now - moment,
                )
            )
        return other.id

    other = market.look(another_wrote_later_and_then_the_first)
    listed = admin.get("/admin/conversations").text

    assert listed.index(f'{chat}"') < listed.index(f'/admin/conversations/{other}"')


def test_a_chat_in_which_nobody_wrote_for_a_day_takes_no_words_of_ours(admin, market, story):
    chat = f"/admin/conversations/{story['chat']}"
    admin.said(f"{chat}/take-over")

    def a_day_ago(session):
        before = market.now - dt.timedelta(days=2)
        session.get_one(Conversation, story["chat"]).last_inbound_at = before
        for message in session.scalars(
            select(InboundMessage).where(InboundMessage.conversation_id == story["chat"])
        ):
            message.received_at = before

    market.look(a_day_ago)

    assert "more than a day ago" in admin.said(f"{chat}/reply", text="Namaste")
    assert market.count(OutboundMessage, OutboundMessage.body == "Namaste") == 0


def test_an_order_is_given_to_another_wholesaler_and_canceled(admin, market, story):
    other = market.look(
        lambda session: session.scalar(select(Vendor).where(Vendor.business_name == "Everest Trade"))
    )
    order = f"/admin/orders/{story['waits']}"

    assert "can&#39;t be read" in admin.said(f"{order}/override", vendor=other.code, reason="")
    said = admin.said(f"{order}/override", vendor=other.code.lower(), reason="closer")
    assert "Nothing was changed" not in said
    assert "canceled" in admin.said(f"{order}/cancel", reason="shop called")
    assert one(market, Order, story["waits"]).status is OrderStatus.CANCELED
    assert 'class="said refused"' in admin.said(f"{order}/cancel", reason="again")


def test_an_offer_is_declined_for_a_wholesaler(admin, market, story):
    (offer,) = market.open_offers(story["waits"])

    admin.said(f"/admin/offers/{offer.id}/decline", reason="no_stock")

    assert [one.vendor_id for one in market.open_offers(story["waits"])] != [offer.vendor_id]


def test_an_alert_is_seen_to(admin, story):
    page = admin.text("/admin/alerts")
    path = page.split('action="/admin/alerts/')[1].split('"')[0]

    assert "seen to" in admin.said(f"/admin/alerts/{path}", note="called them")
    assert "called them" in admin.text("/admin/alerts")
    assert "ended already" in admin.said(f"/admin/alerts/{path}")


def test_no_decision_is_made_without_the_token(admin, market, story):
    for path in (
        f"/admin/retailers/{story['shop'].id}/limit",
        f"/admin/claims/{story['claim']}/confirm",
        f"/admin/orders/{story['waits']}/cancel",
        f"/admin/conversations/{story['chat']}/take-over",
    ):
        assert admin.http.post(path, data={"limit": "1", "reason": "x"}).status_code == 403, path
    assert one(market, PaymentClaim, story["claim"]).status is ClaimStatus.OPEN
    assert one(market, Order, story["waits"]).status is OrderStatus.OFFERED


def test_every_form_of_the_panel_refuses_strangers_and_missing_tokens(app, stranger):
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin") or "POST" not in rule.methods:
            continue
        path = rule.rule.replace("<id:", "<").split("<")
        made = path[0] + "".join("1" + part.split(">", 1)[1] for part in path[1:])
        assert stranger.http.post(made).status_code == 403, rule.rule


def test_every_page_of_the_panel_sends_strangers_to_the_sign_in(app, stranger):
    open_pages = {
        "/admin/sign-in",
        "/admin/devanagari.ttf",
        "/admin/<path:rest>",
        "/admin/static/<path:filename>",
    }
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin") or "GET" not in rule.methods or rule.rule in open_pages:
            continue
        path = rule.rule.replace("<id:", "<").split("<")
        made = path[0] + "".join("1" + part.split(">", 1)[1] for part in path[1:])
        assert stranger.get(made).location.startswith("/admin/sign-in"), rule.rule
