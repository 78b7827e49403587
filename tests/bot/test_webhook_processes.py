"""The webhook and its workers as real processes: repeated, killed, flushed, stopped."""

import http.client
import itertools
import signal
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest
import redis
from sqlalchemy import select, text

import core.models  # noqa: F401 - the whole mapping
from core.config import load_settings
from core.messaging.models import Conversation, InboundMessage, OutboundMessage, OutboundStatus, Turn
from tests.databases import cloned
from tests.platform.processes import Processes, wait_until

from .echo import GATE
from .twilio_post import MESSAGES, message, signed

PHONES = itertools.count(1)
SECRET = "only-for-tests-0123456789-abcdefghijkl"


@pytest.fixture(scope="module")
def web(servers, template, redis_of_this_process):
    """The web process of all these tests, with a database of its own."""
    processes = Processes()
    with cloned(servers.database_url, template) as clone:
        web = Web(clone, redis_of_this_process, processes)
        yield web
        processes.end()


@pytest.fixture
def house(web, redis_url):
    """The web process, and the workers of one test, which writes from a phone of its own."""
    processes = Processes()
    yield House(web, redis_url, processes, phone=f"whatsapp:+97798410{next(PHONES):05d}")
    processes.end()


class Web:
    def __init__(self, clone, redis_url, processes):
        self.database, self.engine = clone.database, clone.engine
        self.port = _free_port()
        self.env = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": clone.url,
            "REDIS_URL": redis_url,
            "JWT_SECRET": SECRET,
            "PORT": str(self.port),
        }
        self.settings = load_settings(self.env)
        processes.python(
            "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "2", "--blocking-threads", "4", "--no-ws", "wsgi:app", **self.env,
        )  # fmt: skip
        wait_until(self._answers, "the web process answers")

    def _answers(self):
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)) as connection:
                connection.request("GET", MESSAGES)
                return connection.getresponse().status == http.HTTPStatus.METHOD_NOT_ALLOWED
        except OSError:
            return False


class House:
    """As many workers as a test wants, and a phone."""

    def __init__(self, web, redis_url, processes, *, phone):
        self.web, self.processes, self.phone = web, processes, phone
        self.redis_url = redis_url
        self.database, self.engine = web.database, web.engine

    def worker(self):
        return self.processes.python("-m", "tests.bot.echo", **self.web.env)

    def post(self, words="Yes", *, number=1, button="t:yes"):
        """Post one message as Twilio would; its status, and how long the answer took."""
        account = self.web.settings.webhook_account
        form = message(words, number=int(self.phone[-5:]) * 1000 + number, sender=self.phone) | {
            "AccountSid": account.account_sid,
            "To": account.whatsapp_from,
            **({"ButtonPayload": button} if button else {}),
        }
        request = signed(MESSAGES, form, token=account.auth_token, url=self.web.settings.public_url)
        started = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=10)) as connection:
            connection.request("POST", request.path, request.body, request.headers)
            status = connection.getresponse().status
        return status, time.monotonic() - started

    def said(self):
        return [row.body for row in self.rows(OutboundMessage) if row.status is OutboundStatus.SENT]

    def rows(self, table):
        """Those of this phone's conversation."""
        with self.database.transaction() as session:
            return list(
                session.scalars(
                    select(table)
                    .join(Conversation, Conversation.id == table.conversation_id)
                    .where(Conversation.address == self.phone)
                    .order_by(table.id)
                )
            )

    def close_gate(self):
        gate = self.engine.connect()
        gate.detach()
        gate.execute(text(f"SELECT pg_advisory_lock({GATE})"))
        gate.commit()
        return gate

    def is_in_a_turn(self):
        with self.database.transaction() as session:
            waiting = session.scalar(
                text(
                    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
                    " WHERE locktype = 'advisory' AND objid = :gate AND NOT granted"
                    " AND datname = current_database()"
                ).bindparams(gate=GATE)
            )
        return waiting == 1


def test_same_message_twenty_times_at_once_is_answered_once(house):
    house.worker()

    with ThreadPoolExecutor(20) as phones:
        answers = list(phones.map(lambda _: house.post(), range(20)))

    wait_until(house.said, "the answer is there")
    Event().wait(0.3)
    assert {status for status, _ in answers} == {200}
    assert house.said() == ["Yes"]
    assert [len(house.rows(table)) for table in (InboundMessage, Turn, OutboundMessage)] == [1, 1, 1]


def test_worker_killed_in_the_middle_of_a_turn_leads_to_one_answer(house):
    gate = house.close_gate()
    killed = house.worker()
    house.post()
    wait_until(house.is_in_a_turn, "the worker is in the middle of the turn")

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert house.rows(Turn) == []
    gate.close()
    heir = house.worker()

    wait_until(house.said, "the answer is there")
    assert house.said() == ["Yes"]
    assert [turn.steps for turn in house.rows(Turn)] == [[heir.pid]]


def test_flushed_redis_in_the_middle_of_a_conversation_loses_no_answer(house):
    gate = house.close_gate()
    house.worker()
    house.post("one")
    wait_until(house.is_in_a_turn, "the first turn is being taken")
    house.post("two", number=2)

    with redis.from_url(house.redis_url) as client:
        client.flushdb()
    gate.close()

    wait_until(lambda: len(house.said()) == 2, "both answers are there")
    assert house.said() == ["one", "two"]


def test_webhook_does_not_wait_for_workers_and_nothing_is_lost_without_them(house):
    answers = [house.post(f"word {number}", number=number) for number in range(1, 41)]
    assert {status for status, _ in answers} == {200}
    assert statistics.median(seconds for _, seconds in answers) < 0.1
    assert house.said() == []

    house.worker()

    wait_until(house.said, "the answer is there")
    assert house.said() == [" + ".join(f"word {number}" for number in range(1, 41))]


def test_webhook_answers_while_a_worker_is_frozen_in_the_middle_of_a_turn(house):
    gate = house.close_gate()
    frozen = house.worker()
    house.post("one")
    wait_until(house.is_in_a_turn, "the worker is in the middle of the turn")
    frozen.send_signal(signal.SIGSTOP)

    answers = [house.post("two", number=2), house.post("three", number=3)]

    frozen.send_signal(signal.SIGCONT)
    gate.close()
    assert [status for status, _ in answers] == [200, 200]
    assert max(seconds for _, seconds in answers) < 0.3
    wait_until(lambda: len(house.said()) == 2, "all is answered")
    assert house.said() == ["one", "two + three"]


def test_quiet_time_makes_one_answer_of_texts_in_a_row(house):
    house.worker()
    house.post("wake up", number=1)
    wait_until(house.said, "the worker is up")

    house.post("chini 5 kg", number=2, button=None)
    Event().wait(0.7)
    house.post("ra tel 2 carton", number=3, button=None)
    started = time.monotonic()

    wait_until(lambda: len(house.said()) == 2, "the answer is there")
    assert 1.4 <= time.monotonic() - started < 3
    assert house.said()[1] == "chini 5 kg + ra tel 2 carton"


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
