"""One person's flood, and what it costs somebody else: with the real dialogue, in real processes."""

import datetime as dt
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

import core.models  # noqa: F401 - the whole mapping
from core.db.clock import business_now, move_clock
from core.messaging.models import InboundMessage
from tests.bot.stage import seed
from tests.databases import cloned
from tests.platform.processes import Processes, wait_until

from .running import Phone, Running

FLOOD = 200
ORDER = "wai wai chicken 2 carton, chini 5 kg, dhara tel 1 ltr 6 ota, coke 12, surf 3"
TAPS = 9
# What the scheduler of a busy machine may add to a median.
ALLOWANCE_SECONDS = 0.25


@pytest.fixture(scope="module")
def running(servers, template, redis_of_this_process):
    """The demo market with its web process and one worker, as they run on the smallest machine."""
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


@pytest.fixture
def maya(running):
    return Phone(running, "whatsapp:+9779841000002")


@pytest.fixture
def asha(running):
    return Phone(running, "whatsapp:+9779841000001")


def tap_and_wait(phone):
    """How many seconds pass between a tap and its answer."""
    before = len(phone.received())
    started = time.monotonic()
    phone.tap("menu", "Menu")
    wait_until(lambda: len(phone.received()) > before, "the tap is answered")
    return time.monotonic() - started


def taps_while(phone, holds, *, at_least=0):
    taken = []
    while len(taken) < at_least or holds():
        taken.append(tap_and_wait(phone))
        Event().wait(0.05)
    return taken


def unread(phone):
    return [message for message in phone.rows(InboundMessage) if message.handled_at is None]


def move_on(running, **time):
    with running.database.transaction() as session:
        move_clock(session, to=business_now(session) + dt.timedelta(**time))


def test_during_a_flood_somebody_else_is_answered_within_twice_the_quiet_time(running, maya, asha):
    tap_and_wait(maya)
    quiet = taps_while(maya, lambda: False, at_least=TAPS)

    with ThreadPoolExecutor(2) as thumbs:
        posts = [thumbs.submit(asha.write, f"{ORDER} {number}") for number in range(FLOOD)]
        while_written = taps_while(maya, lambda: not all(post.done() for post in posts))
    assert {post.result()[0] for post in posts} == {200}
    # What is above her budget is read a minute later, in as few turns as its size allows.
    assert len(unread(asha)) == FLOOD
    move_on(running, minutes=2)
    while_read = taps_while(maya, lambda: unread(asha))
    move_on(running, minutes=2)
    quiet += taps_while(maya, lambda: False, at_least=TAPS)

    allowed = 2 * statistics.median(quiet) + ALLOWANCE_SECONDS
    assert statistics.median(while_written) < allowed
    assert statistics.median(while_read) < allowed
