"""Stored responses, sign-ins and failures are deleted once nobody will ask for them again."""

import datetime as dt

from sqlalchemy import func, select, update

from core import reactions
from core.clock import system_now
from core.db.idempotency import IdempotentRequest
from core.parties.sign_in_models import SignIn, SignInFailures

SHOP = {"shop_name": "Asha Kirana"}


def test_old_answers_and_sessions_are_forgotten_and_new_ones_kept(admin, nobody, session):
    for key in ("old", "new"):
        admin.post("/retailers", SHOP, headers={"Idempotency-Key": key})
    nobody.post("/auth/login", {"email": "a@example.test", "password": "wrong"})
    long_ago = system_now() - dt.timedelta(days=200)
    session.execute(update(IdempotentRequest).where(IdempotentRequest.key == "old").values(at=long_ago))
    session.execute(update(SignInFailures).values(last_at=long_ago))

    reactions.apply_retention(session, {}, system_now())

    assert session.scalars(select(IdempotentRequest.key)).all() == ["new"]
    assert session.scalar(select(func.count()).select_from(SignInFailures)) == 0
    assert session.scalar(select(func.count()).select_from(SignIn)) == 1
