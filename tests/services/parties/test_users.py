"""Who may sign in."""

import argon2
import pytest
from sqlalchemy import func, select

from core.actor import Actor, ActorKind, Via
from core.errors import NotAllowed
from core.parties import passwords, queries, service
from core.parties.errors import PasswordTooShort, PhoneNotUnderstood, SignInRefused, UserNameTaken
from core.parties.models import Role, User

PASSWORD = "kirana-pasal"


def make_admin(session, admin, now, *, email="Asha@Example.com", phone="9841000001", password=PASSWORD):
    return service.create_user(
        session,
        role=Role.ADMIN,
        name="Asha",
        email=email,
        phone=phone,
        password=password,
        actor=admin,
        now=now,
    )


@pytest.mark.parametrize(
    "name", ["asha@example.com", " ASHA@example.COM ", "9841000001", "977-9841000001", "+977 98410 00001"]
)
def test_people_sign_in_by_email_or_phone_as_they_write_it(session, admin, now, name):
    user = make_admin(session, admin, now)

    assert service.authenticate(session, name=name, password="kirana-pasal").id == user.id


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("asha@example.com", "kirana-pasa"),
        ("nobody@example.com", "kirana-pasal"),
        ("9841999999", "kirana-pasal"),
        ("", ""),
        ("asha", "kirana-pasal"),
    ],
)
def test_a_refusal_does_not_say_what_was_wrong(session, admin, now, name, password):
    make_admin(session, admin, now)

    with pytest.raises(SignInRefused) as refused:
        service.authenticate(session, name=name, password=password)

    assert refused.value.facts == {}


def test_an_unknown_name_is_checked_against_a_hash_as_well(session, admin, now, monkeypatch):
    make_admin(session, admin, now)
    verified = []
    verify = passwords.is_password
    monkeypatch.setattr(passwords, "is_password", lambda *given: verified.append(given) or verify(*given))

    for name in ("nobody@example.com", "9841999999", "asha@example.com"):
        with pytest.raises(SignInRefused):
            service.authenticate(session, name=name, password="wrong")

    assert len(verified) == 3


def test_a_deactivated_user_cannot_sign_in(session, admin, now):
    user = make_admin(session, admin, now)
    service.deactivate_user(session, user.id, actor=admin, now=now)

    with pytest.raises(SignInRefused):
        service.authenticate(session, name="asha@example.com", password="kirana-pasal")

    service.activate_user(session, user.id, actor=admin, now=now)
    assert service.authenticate(session, name="asha@example.com", password="kirana-pasal").id == user.id


def test_a_weak_old_hash_is_renewed_at_sign_in(session, admin, now):
    user = make_admin(session, admin, now)
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    user.password_hash = weak.hash("kirana-pasal")

    service.authenticate(session, name="asha@example.com", password="kirana-pasal")

    assert not passwords.is_outdated(user.password_hash)
    assert passwords.is_password("kirana-pasal", user.password_hash)


@pytest.mark.parametrize(
    ("email", "phone", "taken"),
    [("ASHA@example.com", "9841000002", "email"), ("bibek@example.com", "+977-9841000001", "phone")],
)
def test_a_name_belongs_to_one_user(session, admin, now, email, phone, taken):
    make_admin(session, admin, now)

    with pytest.raises(UserNameTaken) as refused:
        make_admin(session, admin, now, email=email, phone=phone)

    assert refused.value.facts == {"name": taken}
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_nobody_registers_as_admin(session, now):
    for kind in (ActorKind.RETAILER, ActorKind.VENDOR):
        with pytest.raises(NotAllowed):
            make_admin(session, Actor(kind=kind, via=Via.API), now)

    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_a_password_has_eight_characters(session, admin, now):
    with pytest.raises(PasswordTooShort):
        make_admin(session, admin, now, password="1234567")


def test_a_phone_must_be_one(session, admin, now):
    with pytest.raises(PhoneNotUnderstood):
        make_admin(session, admin, now, phone="98410")


def test_demo_logins_are_found_as_long_as_they_work(session, admin, now):
    assert not queries.has_demo_logins(session)
    user = make_admin(session, admin, now, email="admin@khaacho.com", password="admin123")

    assert queries.has_demo_logins(session)

    service.change_password(session, user.id, password="something else", actor=admin, now=now)
    assert not queries.has_demo_logins(session)
