"""What the shop owes is shown to its owners, and to a helper whom an owner allowed it."""

import pytest

from core.actor import Actor, ActorKind, Via
from core.errors import NotFound
from core.parties import queries, service
from core.parties.models import Position
from core.parties.service import RetailerFacts
from core.refs import ContactId, RetailerId, UserId

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.API, user_id=UserId(1))


@pytest.fixture
def shop(session, now):
    return service.create_retailer(session, RetailerFacts(shop_name="Asha Kirana"), actor=ADMIN, now=now)


def joined(session, now, shop, number, position):
    person = service.contact_for(
        session, channel="whatsapp", addresses=[f"whatsapp:{number}"], profile_name="Bibek", now=now
    )
    service.add_person(
        session,
        ContactId(person.id),
        retailer_id=RetailerId(shop.id),
        position=position,
        actor=ADMIN,
        now=now,
    )
    return ContactId(person.id)


def seeing(session, shop):
    people = queries.people_of_retailer(session, RetailerId(shop.id))
    return {person.position: person.sees_debt for person in people}


def test_a_helper_sees_no_debt_until_it_is_allowed_and_an_owner_always_does(session, now, shop):
    joined(session, now, shop, "+9779841000001", Position.OWNER)
    helper = joined(session, now, shop, "+9779841000011", Position.HELPER)
    before = seeing(session, shop)

    service.let_see_debt(
        session, helper, retailer_id=RetailerId(shop.id), is_allowed=True, actor=ADMIN, now=now
    )

    assert before == {Position.OWNER: True, Position.HELPER: False}
    assert seeing(session, shop) == {Position.OWNER: True, Position.HELPER: True}


def test_somebody_who_is_nobody_of_the_shop_is_allowed_nothing(session, now, shop):
    stranger = service.contact_for(
        session, channel="whatsapp", addresses=["whatsapp:+9779841000099"], profile_name="X", now=now
    )

    with pytest.raises(NotFound):
        service.let_see_debt(
            session,
            ContactId(stranger.id),
            retailer_id=RetailerId(shop.id),
            is_allowed=True,
            actor=ADMIN,
            now=now,
        )

    assert queries.people_of_retailer(session, RetailerId(shop.id)) == []
