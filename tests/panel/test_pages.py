"""Every page: what it costs, that it says what to do when it is empty, and that what people wrote stays text."""

import pytest
from sqlalchemy import select

from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind, Severity
from core.alerts.service import raise_alert
from core.credit import service as credit
from core.credit.kinds import PaymentMethod
from core.messaging.models import Conversation, InboundMessage
from core.money import rupees
from core.parties.models import Membership
from core.routing.models import RoutingRound
from tests.panel.conftest import counted

ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;"
MOST_STATEMENTS = 10

EMPTY = (
    "/admin/",
    "/admin/orders",
    "/admin/orders?show=open",
    "/admin/conversations",
    "/admin/conversations?show=person",
    "/admin/conversations?q=x",
    "/admin/claims",
    "/admin/alerts",
    "/admin/retailers",
    "/admin/vendors",
    "/admin/prices",
    "/admin/costs",
    "/admin/queues",
    "/admin/search?q=zzz",
)


@pytest.fixture
def story(market):
    """A delivered order, one that waits for its answer, a claim, a chat and an alert."""
    shop, vendor, other = market.shop(), market.wholesaler(), market.wholesaler("Everest Trade")
    noodles = market.product()
    market.sells(vendor, noodles, price=rupees(50))
    market.sells(other, noodles, price=rupees(51))
    done = market.place(shop, {noodles: 20})
    parcel = market.dispatch(vendor, market.accept(vendor, done.order_id))
    market.deliver(vendor, parcel.delivery_code)
    waits = market.place(shop, {noodles: 5})
    claim = market.do(
        credit.claim_payment,
        retailer_id=shop.id,
        method=PaymentMethod.ESEWA,
        reference="ESW-1",
        amount=rupees(300),
        actor=shop.owner,
    )
    with market.database.transaction() as session:
        contact_id = session.scalar(select(Membership.contact_id).where(Membership.retailer_id == shop.id))
        chat = Conversation(
            contact_id=contact_id,
            channel="whatsapp",
            address="whatsapp:+9779841000000",
            state="idle",
            slots={},
            last_inbound_at=market.now,
            created_at=market.now,
        )
        session.add(chat)
        session.flush()
        session.add(
            InboundMessage(
                conversation_id=chat.id,
                channel="whatsapp",
                provider_message_id="SM1",
                kind="text",
                text=ATTACK,
                content={},
                raw={},
                received_at=market.now,
                needs_person=True,
            )
        )
        cause = Cause(
            kind=AlertKind.PERSON_ASKED,
            subject_kind="conversation",
            subject_id=chat.id,
            severity=Severity.HIGH,
            facts={"reason": ATTACK},
        )
        raise_alert(session, cause, now=market.now)
        round_id = session.scalar(select(RoutingRound.id).where(RoutingRound.order_id == done.order_id))
        chat_id = chat.id
    return {
        "shop": shop,
        "vendor": vendor,
        "product": noodles,
        "done": done.order_id,
        "waits": waits.order_id,
        "claim": claim.id,
        "chat": chat_id,
        "round": round_id,
    }


def pages(story):
    return [
        *EMPTY,
        f"/admin/orders/{story['done']}",
        f"/admin/orders/{story['waits']}",
        f"/admin/orders/{story['done']}/routing",
        f"/admin/orders/{story['done']}/books",
        f"/admin/routing/{story['round']}/what-if?price=100",
        "/admin/routing/what-if?price_weight=100&availability_weight=0",
        f"/admin/retailers/{story['shop'].id}",
        f"/admin/retailers/{story['shop'].id}/ledger",
        f"/admin/vendors/{story['vendor'].id}",
        f"/admin/vendors/{story['vendor'].id}/prices",
        f"/admin/claims/{story['claim']}",
        f"/admin/prices/{story['product']}",
        f"/admin/search?q={story['done']}",
        "/admin/search?q=himal",
        "/admin/schedule",
        "/admin/exports",
        "/admin/database",
        "/admin/imports",
        "/admin/imports/listings",
        "/admin/rules",
        "/admin/rules/order_routing",
        "/admin/rules/payment_delay_threshold",
        f"/admin/conversations/{story['chat']}",
        f"/admin/conversations/{story['chat']}/desk",
    ]


def test_every_page_answers_in_both_languages_with_ten_statements_at_most(admin, story, database):
    for language in ("en", "ne"):
        admin.send("/admin/language", language=language)
        for path in pages(story):
            with counted(database) as statements:
                page = admin.get(path)
            assert page.status_code == 200, path
            assert len(statements) <= MOST_STATEMENTS, f"{path}: {len(statements)}\n" + "\n\n".join(
                statements
            )


def test_empty_pages_say_what_will_be_there(admin):
    for path in EMPTY:
        assert 'class="empty"' in admin.text(path), path


def test_what_people_wrote_is_shown_as_text(admin, story, market):
    shop = story["shop"].id
    admin.send(f"/admin/retailers/{shop}/block", reason=ATTACK)

    for path in (
        "/admin/",
        "/admin/alerts",
        f"/admin/conversations/{story['chat']}",
        f"/admin/retailers/{shop}",
    ):
        page = admin.text(path)
        assert SHOWN in page, path
        assert "<script>alert" not in page, path


def test_what_the_address_holds_is_shown_as_text(admin):
    for path in (
        "/admin/retailers",
        "/admin/vendors",
        "/admin/conversations",
        "/admin/prices",
        "/admin/search",
    ):
        page = admin.get(path, query_string={"q": ATTACK}).text
        assert SHOWN in page, path
        assert "<script>alert" not in page, path


def test_an_odd_cursor_is_refused_with_a_way_back(admin):
    odd = admin.get("/admin/orders?after=xx")

    assert odd.status_code == 422
    assert "Go to Today" in odd.text


def test_a_long_list_is_paged(admin, market):
    for number in range(27):
        market.shop(f"Shop {number}", limit=None)

    first = admin.text("/admin/retailers")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = admin.text(following)

    assert "27 in all" in first
    assert "Shop 26<" in first
    assert "Shop 1<" in second
    assert "Shop 26<" not in second


def test_today_shows_what_waits_with_the_most_urgent_first(admin, market, story):
    market.shop("Late Application", approved=False, limit=None)

    page = admin.text("/admin/")

    assert page.index("A person is asked for") < page.index("Late Application")
    assert "Shop to approve" in page


def test_a_part_of_a_page_comes_alone_to_htmx(admin, story):
    part = admin.get(f"/admin/orders/{story['done']}/routing", headers={"HX-Request": "true"}).text

    assert "<html" not in part
    assert "Himal Traders" in part


def test_the_order_tells_its_whole_story(admin, story):
    page = admin.text(f"/admin/orders/{story['done']}")
    books = admin.text(f"/admin/orders/{story['done']}/books")
    routing = admin.text(f"/admin/orders/{story['done']}/routing")

    assert "Himal Traders" in page
    assert "Rs. 1,000.00" in page
    assert "We owe the wholesaler" in books
    assert "Rs. 20.00" in books
    assert "Everest Trade" in routing
    assert "dearer than the shop agreed to" in routing


def test_the_story_of_an_order_begins_with_what_its_shop_wrote(admin, market, story):
    other = market.place(market.shop("Sita"), {story["product"]: 2})

    assert SHOWN in admin.text(f"/admin/orders/{story['waits']}")
    assert SHOWN not in admin.text(f"/admin/orders/{other.order_id}")
    assert "Asha Kirana" in admin.text(f"/admin/conversations/{story['chat']}")
    assert f"/admin/conversations/{story['chat']}" in admin.text(
        f"/admin/conversations?retailer={story['shop'].id}"
    )


def test_a_page_about_nothing_is_not_found(admin):
    for path in ("orders/999", "retailers/999", "vendors/999", "claims/999", "conversations/999"):
        assert admin.get(f"/admin/{path}").status_code == 404, path
