"""A shop applies, is approved or refused, and may be blocked."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.outbox.models import Event
from core.parties import queries, service
from core.parties.errors import AlreadyApproved
from core.parties.models import Approval, Language
from core.parties.service import RetailerFacts


@pytest.fixture
def asha(session, now):
    return service.contact_for(
        session,
        channel="whatsapp",
        addresses=["whatsapp:+9779841000001"],
        profile_name="Asha",
        phone="+9779841000001",
        now=now,
    )


def apply(session, asha, by_chat, now, shop_name="Asha Kirana"):
    return service.apply_retailer(
        session,
        asha.id,
        shop_name=shop_name,
        area="Baneshwor",
        location=(Decimal("27.688912"), Decimal("85.335601")),
        language=Language.NEPALI,
        actor=by_chat,
        now=now,
    )


def events(session):
    return [(row.name, row.payload) for row in session.scalars(select(Event).order_by(Event.id))]


def test_an_applicant_waits_and_owns_the_shop(session, asha, by_chat, now):
    shop = apply(session, asha, by_chat, now)

    assert (shop.approval, shop.approved_at) == (Approval.APPLIED, None)
    assert (shop.area, shop.latitude, shop.longitude) == (
        "Baneshwor",
        Decimal("27.688912"),
        Decimal("85.335601"),
    )
    (owner,) = queries.people_of_retailer(session, shop.id)
    assert (owner.contact_id, owner.position, owner.language) == (asha.id, "owner", "ne")
    assert events(session) == [("RetailerApplied", {"retailer_id": shop.id, "contact_id": asha.id})]


def test_applying_again_corrects_the_waiting_application(session, asha, by_chat, now):
    first = apply(session, asha, by_chat, now)

    again = apply(session, asha, by_chat, now, shop_name="Asha Kirana Pasal")

    assert again.id == first.id
    assert first.shop_name == "Asha Kirana Pasal"
    assert len(events(session)) == 1


def test_an_approved_owner_keeps_the_shop_as_it_is(session, asha, by_chat, admin, now):
    shop = apply(session, asha, by_chat, now)
    service.approve_retailer(session, shop.id, actor=admin, now=now)

    again = apply(session, asha, by_chat, now, shop_name="Another")

    assert (again.id, again.shop_name, again.approval) == (shop.id, "Asha Kirana", Approval.APPROVED)


def test_a_refused_shop_may_apply_again(session, asha, by_chat, admin, now):
    shop = apply(session, asha, by_chat, now)
    service.refuse_retailer(session, shop.id, reason="no shop at this place", actor=admin, now=now)

    again = apply(session, asha, by_chat, now)

    assert (again.id, again.approval) == (shop.id, Approval.APPLIED)
    assert [name for name, _ in events(session)] == ["RetailerApplied", "RetailerRefused", "RetailerApplied"]


def test_a_second_approval_is_boring(session, asha, by_chat, admin, now):
    shop = apply(session, asha, by_chat, now)

    service.approve_retailer(session, shop.id, actor=admin, now=now)
    service.approve_retailer(session, shop.id, actor=admin, now=now.replace(hour=9))

    assert (shop.approval, shop.approved_at) == (Approval.APPROVED, now)
    assert [name for name, _ in events(session)] == ["RetailerApplied", "RetailerApproved"]


def test_an_approved_shop_is_not_refused(session, asha, by_chat, admin, now):
    shop = apply(session, asha, by_chat, now)
    service.approve_retailer(session, shop.id, actor=admin, now=now)

    with pytest.raises(AlreadyApproved):
        service.refuse_retailer(session, shop.id, reason="changed my mind", actor=admin, now=now)

    assert shop.approval is Approval.APPROVED


def test_the_first_block_stands_until_it_is_lifted(session, asha, by_chat, admin, now):
    shop = apply(session, asha, by_chat, now)
    service.block_retailer(session, shop.id, reason="old debt", actor=admin, now=now)

    service.block_retailer(session, shop.id, reason="another", actor=admin, now=now)
    blocked = (shop.blocked_at, shop.block_reason)
    service.unblock_retailer(session, shop.id, reason="paid", actor=admin, now=now)

    assert blocked == (now, "old debt")
    assert (shop.blocked_at, shop.block_reason) == (None, None)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["retailer_blocked", "retailer_unblocked"]


def test_codes_count_up(session, admin, now):
    first, second = (
        service.create_retailer(session, RetailerFacts(shop_name=name), actor=admin, now=now)
        for name in ("One", "Two")
    )

    assert int(second.code.removeprefix("R-")) == int(first.code.removeprefix("R-")) + 1
    assert len(first.code) >= 6
