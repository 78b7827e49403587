"""Many heavy answers asked for at once, of real processes: what is light is answered meanwhile."""

import http.client
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

import core.models  # noqa: F401 - the whole mapping
from core.actor import SYSTEM
from core.clock import business_date, system_now
from core.parties import service as parties
from core.parties.models import Retailer, Role
from core.reports.printed import sign_link, statement_of
from tests.bot.stage import MORNING, seed
from tests.databases import cloned
from tests.platform.processes import Processes, wait_until

from .running import Phone, Running

PASSWORD = "correct horse battery"
PDFS = 100
LOOKS = 6
# What else runs on this machine may spoil one round, but hardly all of them.
MOST_ROUNDS = 3


@pytest.fixture(scope="module")
def running(servers, template, redis_of_this_process):
    processes = Processes(life_seconds=600)
    with cloned(servers.database_url, template) as clone:
        with clone.engine.begin() as connection:
            seed(connection)
        try:
            market = Running(clone, redis_of_this_process, processes)
            processes.python("-m", "wsgi", "worker", **market.env)
            wait_until(market.living_workers, "the worker is up")
            yield market
        finally:
            processes.end()


@pytest.fixture(scope="module")
def shop(running):
    """The id of a shop, and the header of its user."""
    with running.database.transaction() as session:
        shop_id = session.query(Retailer).order_by(Retailer.id).first().id
        parties.create_user(
            session,
            role=Role.RETAILER,
            name="Many papers",
            email="papers@example.test",
            password=PASSWORD,
            retailer_id=shop_id,
            actor=SYSTEM,
            now=MORNING,
        )
    status, _, answer = asked(
        running, "POST", "/auth/login", {"email": "papers@example.test", "password": PASSWORD}
    )
    assert status == 200
    return shop_id, {"Authorization": f"Bearer {json.loads(answer)['access_token']}"}


def asked(running, method, path, body=None, headers=None):
    with closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)) as connection:
        sent = None if body is None else json.dumps(body)
        connection.request(
            method, f"/api/v1{path}", sent, {"Content-Type": "application/json", **(headers or {})}
        )
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def looks_during(running, ask):
    """The statuses of a flood of *ask*, and the slowest answers to health, to a webhook and in the chat meanwhile."""
    phone = Phone(running, f"whatsapp:+97798{time.monotonic_ns() % 10**8:08}")
    slowest = dict.fromkeys(("health", "webhook"), 0.0)
    with ThreadPoolExecutor(PDFS) as crowd:
        flood = [crowd.submit(ask) for _ in range(PDFS)]
        for _ in range(LOOKS):
            began = time.monotonic()
            assert asked(running, "GET", "/health")[0] == 200
            slowest["health"] = max(slowest["health"], time.monotonic() - began)
            status, took = phone.write("namaste")
            assert status == 200
            slowest["webhook"] = max(slowest["webhook"], took)
        answers = [one.result() for one in flood]
    phone.wait_for(1)
    return answers, slowest


def must_stay_light(running, ask):
    rounds = []
    while len(rounds) < MOST_ROUNDS:
        answers, slowest = looks_during(running, ask)
        rounds.append(slowest)
        if max(slowest.values()) < 1:
            return answers
    pytest.fail(f"light answers wait too long: {rounds}")


def test_a_hundred_pdfs_of_one_user_keep_nobody_waiting(running, shop):
    shop_id, headers = shop

    answers = must_stay_light(
        running, lambda: asked(running, "GET", f"/retailers/{shop_id}/statement/pdf", headers=headers)
    )

    statuses = Counter(status for status, _, _ in answers)
    assert set(statuses) == {200, 429}
    refused = next((head, json.loads(body)) for status, head, body in answers if status == 429)
    assert refused[1]["code"] in {"too_many_at_once", "too_many_requests"}
    assert int({name.lower(): value for name, value in refused[0].items()}["retry-after"]) >= 1


def test_a_hundred_openings_of_one_link_keep_nobody_waiting(running, shop):
    today = business_date(system_now())
    printed = statement_of(shop[0], start=today, end=today, language="en")
    token = sign_link(printed.to_json(), secret=running.settings.jwt_secret, now=system_now())

    answers = must_stay_light(running, lambda: asked(running, "GET", f"/files/{token}/x.pdf"))

    assert {status for status, _, _ in answers} <= {200, 429, 503}
    assert sum(status == 200 for status, _, _ in answers) <= 20 * MOST_ROUNDS


def test_a_hundred_sign_ins_keep_nobody_waiting(running):
    answers = must_stay_light(
        running,
        lambda: asked(
            running,
            "POST",
            "/auth/login",
            {"email": f"nobody{time.monotonic_ns()}@example.test", "password": PASSWORD},
        ),
    )

    assert {status for status, _, _ in answers} <= {401, 429, 503}
