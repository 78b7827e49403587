"""The webhook and its workers as real processes: repeated, killed, flushed, stopped, frozen."""

import itertools
import signal
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import redis

import core.models  # noqa: F401 - the whole mapping
from core.messaging.models import InboundMessage, OutboundMessage, Turn
from tests.databases import cloned
from tests.platform.processes import Processes, wait_until

from .echo import GATE, SENDING_GATE
from .running import Phone, Running

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def running(servers, template, redis_of_this_process):
    """The web process of all these tests, with a database of its own."""
    processes = Processes(life_seconds=600)
    with cloned(servers.database_url, template) as clone:
        try:
            yield Running(clone, redis_of_this_process, processes)
        finally:
            processes.end()


@pytest.fixture
def house(running, redis_url):
    processes = Processes()
    yield House(running, redis_url, processes)
    processes.end()


class House:
    """The workers of one test, which writes from a phone of its own; they say back what they read."""

    def __init__(self, running, redis_url, processes):
        self.running, self.redis_url, self.processes = running, redis_url, processes
        self.phone = Phone(running, f"whatsapp:+97798410{next(NUMBERS):05d}")

    def worker(self):
        return self.processes.python("-m", "tests.bot.echo", **self.running.env)

    def tap(self, words="Yes"):
        return self.phone.tap("t:yes", words)

    def said(self):
        return [message.body for message in self.phone.received()]

    def stop_the_network(self):
        return self.running.lock(f"SELECT pg_advisory_lock({SENDING_GATE})")

    def close_gate(self):
        return self.running.lock(f"SELECT pg_advisory_lock({GATE})")

    def is_in_a_turn(self):
        return self.running.waiting_for_locks() == 1


def test_same_message_twenty_times_at_once_is_answered_once(house):
    house.worker()

    form = house.phone.message("Yes", ButtonPayload="t:yes")
    with ThreadPoolExecutor(20) as posts:
        answers = list(posts.map(lambda _: house.phone.deliver(form), range(20)))

    wait_until(house.said, "the answer is there")
    Event().wait(0.3)
    assert {status for status, _ in answers} == {200}
    assert house.said() == ["Yes"]
    assert [len(house.phone.rows(table)) for table in (InboundMessage, Turn, OutboundMessage)] == [1, 1, 1]


def test_worker_killed_in_the_middle_of_a_turn_leads_to_one_answer(house):
    gate = house.close_gate()
    killed = house.worker()
    house.tap()
    wait_until(house.is_in_a_turn, "the worker is in the middle of the turn")

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert house.phone.rows(Turn) == []
    gate.close()
    heir = house.worker()

    wait_until(house.said, "the answer is there")
    assert house.said() == ["Yes"]
    assert [turn.steps for turn in house.phone.rows(Turn)] == [[heir.pid]]


def test_answer_that_a_killed_worker_was_about_to_send_arrives_within_ten_seconds(house):
    network = house.stop_the_network()
    killed = house.worker()
    house.tap()
    wait_until(house.is_in_a_turn, "the worker is about to send")
    house.worker()
    wait_until(lambda: house.running.living_workers() == 2, "another worker is up")

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    network.close()
    started = time.monotonic()

    wait_until(house.said, "the answer is there")
    assert time.monotonic() - started < 10
    assert house.said() == ["Yes"]
    assert [message.attempts for message in house.phone.rows(OutboundMessage)] == [2]


def test_flushed_redis_in_the_middle_of_a_conversation_loses_no_answer(house):
    gate = house.close_gate()
    house.worker()
    house.tap("one")
    wait_until(house.is_in_a_turn, "the first turn is being taken")
    house.tap("two")

    with redis.from_url(house.redis_url) as client:
        client.flushdb()
    gate.close()

    wait_until(lambda: len(house.said()) == 2, "both answers are there")
    assert house.said() == ["one", "two"]


def test_webhook_does_not_wait_for_workers_and_nothing_is_lost_without_them(house):
    answers = [house.tap(f"word {number}") for number in range(1, 41)]
    assert {status for status, _ in answers} == {200}
    assert statistics.median(seconds for _, seconds in answers) < 0.1
    assert house.said() == []

    house.worker()

    wait_until(house.said, "the answer is there")
    assert house.said() == [" + ".join(f"word {number}" for number in range(1, 41))]


def test_webhook_answers_while_a_worker_is_frozen_in_the_middle_of_a_turn(house):
    gate = house.close_gate()
    frozen = house.worker()
    house.tap("one")
    wait_until(house.is_in_a_turn, "the worker is in the middle of the turn")
    frozen.send_signal(signal.SIGSTOP)

    answers = [house.tap("two"), house.tap("three")]

    frozen.send_signal(signal.SIGCONT)
    gate.close()
    assert [status for status, _ in answers] == [200, 200]
    assert max(seconds for _, seconds in answers) < 1
    wait_until(lambda: len(house.said()) == 2, "all is answered")
    assert house.said() == ["one", "two + three"]


def test_quiet_time_makes_one_answer_of_texts_in_a_row(house):
    house.worker()
    house.tap("wake up")
    wait_until(house.said, "the worker is up")

    house.phone.write("chini 5 kg")
    Event().wait(0.7)
    house.phone.write("ra tel 2 carton")
    started = time.monotonic()

    wait_until(lambda: len(house.said()) == 2, "the answer is there")
    assert 1.4 <= time.monotonic() - started < 4
    assert house.said()[1] == "chini 5 kg + ra tel 2 carton"
