"""Signing in, staying in, getting out, and being slowed down."""

import datetime as dt

import jwt
import pytest

from core.actor import SYSTEM
from core.parties import service as parties
from core.parties.models import Role
from core.parties.service import sign_ins
from core.refs import UserId
from tests.api.conftest import PASSWORD, Client, make_app, signed_in
from tests.conftest import SECRET


@pytest.fixture
def asha(market):
    """A user of a shop, by e-mail and phone."""
    shop = market.shop()
    return market.do(
        parties.create_user,
        role=Role.RETAILER,
        name="Asha",
        email="Asha@Example.test",
        phone="9841000099",
        password=PASSWORD,
        retailer_id=shop.id,
        actor=SYSTEM,
    )


@pytest.mark.parametrize(
    "name", [{"email": "asha@example.TEST"}, {"phone": "+977 9841000099"}, {"phone": "9841000099"}]
)
def test_user_signs_in_by_email_or_phone(nobody, asha, name):
    answer = nobody.post("/auth/login", {**name, "password": PASSWORD})

    assert answer.status_code == 200
    assert answer.json["user"]["id"] == asha.id
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "asha@example.test", "password": "wrong"},
        {"email": "nobody@example.test", "password": PASSWORD},
    ],
)
def test_wrong_password_and_unknown_name_are_answered_alike(nobody, asha, wrong):
    answer = nobody.post("/auth/login", wrong)

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "/api/v1/docs#sign_in_refused",
        "title": "The name or the password is wrong, or the user is not active: never said which.",
        "status": 401,
        "code": "sign_in_refused",
        "instance": "/api/v1/auth/login",
        "facts": {},
        "errors": [],
    }


def test_inactive_user_cannot_sign_in_and_open_sessions_end(app, nobody, market, asha):
    inside = signed_in(app, "asha@example.test")
    market.do(parties.deactivate_user, UserId(asha.id), actor=SYSTEM)

    assert inside.get("/auth/me").status_code == 401
    assert nobody.post("/auth/refresh", {"refresh_token": inside.refresh_token}).status_code == 401
    assert nobody.post("/auth/login", {"email": "asha@example.test", "password": PASSWORD}).status_code == 401


def test_refresh_token_works_once_and_its_second_use_ends_the_session(app, nobody, asha):
    first = signed_in(app, "asha@example.test")
    second = nobody.post("/auth/refresh", {"refresh_token": first.refresh_token}).json

    again = nobody.post("/auth/refresh", {"refresh_token": first.refresh_token})

    assert (again.status_code, again.json["code"]) == (401, "sign_in_ended")
    heir = Client(nobody.http, token=second["access_token"])
    assert heir.get("/auth/me").status_code == 401
    assert nobody.post("/auth/refresh", {"refresh_token": second["refresh_token"]}).status_code == 401


def test_logout_ends_both_tokens(app, nobody, asha):
    inside = signed_in(app, "asha@example.test")

    assert inside.post("/auth/logout").status_code == 204

    assert inside.get("/auth/me").status_code == 401
    assert nobody.post("/auth/refresh", {"refresh_token": inside.refresh_token}).status_code == 401


def test_new_password_ends_the_other_sessions_only(app, nobody, asha):
    here, elsewhere = signed_in(app, "asha@example.test"), signed_in(app, "asha@example.test")

    refused = here.put("/auth/password", {"current_password": "wrong", "new_password": "another password"})
    assert (refused.status_code, refused.json["code"]) == (401, "sign_in_refused")
    changed = here.put("/auth/password", {"current_password": PASSWORD, "new_password": "another password"})

    assert changed.status_code == 204
    assert (here.get("/auth/me").status_code, elsewhere.get("/auth/me").status_code) == (200, 401)
    signed_in(app, "asha@example.test", "another password")


def test_short_password_is_refused(app, asha):
    here = signed_in(app, "asha@example.test")

    answer = here.put("/auth/password", {"current_password": PASSWORD, "new_password": "short"})

    assert (answer.status_code, answer.json["code"]) == (422, "password_too_short")
    assert answer.json["facts"] == {"minimum": 8}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer nonsense", "Basic YTpi", f"Bearer {jwt.encode({'sub': '1'}, SECRET, 'HS256')}"],
)
def test_what_is_no_token_is_refused(nobody, header):
    answer = nobody.get("/auth/me", headers={"Authorization": header})

    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_token_of_another_kind_secret_or_algorithm_is_refused(app, asha):
    inside = signed_in(app, "asha@example.test")
    claims = jwt.decode(inside.token, SECRET, ["HS256"], issuer="khaacho")
    forged = [
        inside.refresh_token,
        jwt.encode(claims, "another secret that is long enough to sign", "HS256"),
        jwt.encode(claims, None, "none"),
        jwt.encode(claims | {"exp": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, SECRET, "HS256"),
        jwt.encode(claims | {"sid": claims["sid"] + 1}, SECRET, "HS256"),
        *(
            jwt.encode(claims | {name: value}, SECRET, "HS256")
            for name in ("sub", "sid")
            for value in ("0", "-1", "1" + "0" * 30, "one", "", "1.5")
        ),
    ]

    for token in forged:
        assert Client(inside.http, token=token).get("/auth/me").status_code == 401


def test_guessing_is_slowed_where_it_happens_and_the_owner_signs_in_elsewhere(nobody, asha):
    wrong = {"email": "asha@example.test", "password": "wrong"}
    guessed = [
        nobody.post("/auth/login", wrong, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code
        for _ in range(6)
    ]
    right = {**wrong, "password": PASSWORD}

    there = nobody.post("/auth/login", right, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    here = nobody.post("/auth/login", right, environ_base={"REMOTE_ADDR": "198.51.100.7"})

    assert guessed == [401, 401, 401, 401, 401, 429]
    assert (there.status_code, there.json["code"]) == (429, "sign_in_slowed")
    assert 1 <= int(there.headers["Retry-After"]) <= 6
    assert here.status_code == 200


def test_name_guessed_from_everywhere_is_slow_for_strangers_but_not_for_its_owner(session, asha):
    start = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)

    def attempt(password, address, minutes=0):
        return sign_ins.sign_in(
            session,
            name="asha@example.test",
            password=password,
            address=address,
            device="",
            lasts=dt.timedelta(days=7),
            now=start + dt.timedelta(minutes=minutes),
        )

    attempt(PASSWORD, "the shop")
    for number in range(sign_ins.PER_NAME.free):
        attempt("wrong", f"address {number}")

    stranger, owner = attempt(PASSWORD, "a new phone"), attempt(PASSWORD, "the shop")

    assert isinstance(stranger, sign_ins.SignInSlowed)
    assert owner.user_id == asha.id
    assert attempt(PASSWORD, "a new phone", minutes=16).user_id == asha.id


def test_many_sign_ins_from_one_address_are_limited(settings, database, asha):
    from admin_api.limiter import Budgets

    nobody = Client(make_app(settings, database, budgets=Budgets(address_sign_ins=2)).test_client())
    answers = [
        nobody.post("/auth/login", {"email": f"{number}@example.test", "password": "x"})
        for number in range(3)
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[2].json["code"] == "too_many_requests"


def test_failures_keep_no_name_and_no_password(session, nobody, asha):
    from core.parties.sign_in_models import SignInFailures

    nobody.post("/auth/login", {"email": "my-password@typed.here", "password": "wrong"})

    kept = session.query(SignInFailures).all()
    assert {row.address for row in kept} == {"", "127.0.0.1"}
    assert all("typed" not in row.name_hash and len(row.name_hash) == 64 for row in kept)


def test_no_secret_is_logged(app, nobody, asha, caplog):
    caplog.set_level("DEBUG")
    inside = signed_in(app, "asha@example.test")
    nobody.post("/auth/login", {"email": "asha@example.test", "password": "a wrong password"})
    inside.put("/auth/password", {"current_password": PASSWORD, "new_password": "another password"})
    nobody.post("/auth/refresh", {"refresh_token": inside.refresh_token})

    for secret in (PASSWORD, "a wrong password", "another password", inside.token, inside.refresh_token):
        assert secret not in caplog.text
