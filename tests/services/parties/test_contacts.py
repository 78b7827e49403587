"""Who is writing: one person, by whatever name the channel has for them."""

import threading

from sqlalchemy import func, select

from core.money import rupees
from core.parties import queries, service
from core.parties.models import ChannelAddress, Contact, Language, Position
from core.parties.service import RetailerFacts

PHONE = "whatsapp:+9779841000001"
USER_ID = "whatsapp:NP.1349208"


def contact(session, now, *addresses, phone=None, name="Asha"):
    return service.contact_for(
        session, channel="whatsapp", addresses=addresses, profile_name=name, phone=phone, now=now
    )


def test_an_unknown_sender_becomes_a_contact_and_stays_the_same_one(session, now):
    first = contact(session, now, PHONE, phone="+9779841000001")

    again = contact(session, now, PHONE)

    assert again.id == first.id
    assert (first.name, first.phone, first.language) == ("Asha", "+9779841000001", None)


def test_a_sender_without_a_phone_is_a_contact_too(session, now):
    hidden = contact(session, now, USER_ID)

    assert hidden.phone is None
    assert queries.addresses_of(session, hidden.id, channel="whatsapp") == (USER_ID,)


def test_a_message_with_phone_and_user_id_joins_them(session, now):
    by_phone = contact(session, now, PHONE)

    by_both = contact(session, now, PHONE, USER_ID)
    by_user_id = contact(session, now, USER_ID)

    assert by_phone.id == by_both.id == by_user_id.id
    assert queries.addresses_of(session, by_phone.id, channel="whatsapp") == (PHONE, USER_ID)


def test_a_known_name_is_not_overwritten_by_a_new_profile(session, now):
    asha = contact(session, now, PHONE, name="")
    contact(session, now, PHONE, name="Asha")

    contact(session, now, PHONE, name="❤️ Jai Nepal ❤️")

    assert asha.name == "Asha"


def test_addresses_of_two_people_are_left_for_an_admin(session, now):
    by_phone = contact(session, now, PHONE)
    by_user_id = contact(session, now, USER_ID)

    answered = contact(session, now, PHONE, USER_ID, phone="+9779841000001")

    assert answered.id == by_phone.id
    assert queries.addresses_of(session, by_user_id.id, channel="whatsapp") == (USER_ID,)
    assert queries.split_contacts(session) == [("+9779841000001", (by_phone.id, by_user_id.id))]


def test_an_admin_joins_two_contacts_of_one_person(session, admin, now):
    kept = contact(session, now, PHONE, phone="+9779841000001")
    other = contact(session, now, USER_ID, phone="+9779841000001")
    shop = service.create_retailer(session, RetailerFacts(shop_name="Asha Kirana"), actor=admin, now=now)
    for person in (kept, other):
        service.add_person(
            session, person.id, retailer_id=shop.id, position=Position.OWNER, actor=admin, now=now
        )

    service.join_contacts(session, keep_id=kept.id, other_id=other.id, actor=admin, now=now)

    assert contact(session, now, USER_ID).id == kept.id
    assert [person.contact_id for person in queries.people_of_retailer(session, shop.id)] == [kept.id]
    assert queries.split_contacts(session) == []


def test_two_messages_of_a_new_sender_at_once_make_one_contact(fresh_database, now):
    barrier = threading.Barrier(8)
    found = []

    def arrive():
        barrier.wait(timeout=10)
        with fresh_database.database.transaction() as session:
            found.append(contact(session, now, PHONE, USER_ID).id)

    threads = [threading.Thread(target=arrive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert len(found) == 8
    assert len(set(found)) == 1
    with fresh_database.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 1
        assert session.scalar(select(func.count()).select_from(ChannelAddress)) == 2


def test_stop_is_remembered_from_the_first_time_until_start(session, now):
    asha = contact(session, now, PHONE)

    assert service.opt_out(session, asha.id, now=now) is True
    assert service.opt_out(session, asha.id, now=now.replace(hour=9)) is False
    session.refresh(asha)
    assert asha.opted_out_at == now
    assert service.opt_in(session, asha.id, now=now) is True
    assert service.opt_in(session, asha.id, now=now) is False
    session.refresh(asha)
    assert asha.opted_out_at is None


def test_people_speak_their_own_language_else_the_shops(session, admin, now):
    owner = contact(session, now, PHONE)
    helper = contact(session, now, USER_ID, name="Bibek")
    facts = RetailerFacts(shop_name="Asha Kirana", language=Language.NEPALI)
    shop = service.create_retailer(session, facts, actor=admin, now=now)
    service.add_person(
        session,
        helper.id,
        retailer_id=shop.id,
        position=Position.HELPER,
        order_limit=rupees(5_000),
        actor=admin,
        now=now,
    )
    service.add_person(session, owner.id, retailer_id=shop.id, position=Position.OWNER, actor=admin, now=now)
    service.set_language(session, owner.id, Language.ENGLISH, now=now)

    asha, bibek = queries.people_of_retailer(session, shop.id)

    assert (asha.name, asha.position, asha.language, asha.order_limit) == ("Asha", "owner", "en", None)
    assert (bibek.name, bibek.position, bibek.language) == ("Bibek", "helper", "ne")
    assert bibek.order_limit == rupees(5_000)
    assert not bibek.opted_out
