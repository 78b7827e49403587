"""Redis goes away under traffic and comes back: the webhook answers, nothing is lost, and answers go on.

`REDIS_AWAY_SECONDS=60 python -m pytest -s -n 0 tests/bot/test_redis_away.py` takes a minute and prints figures.
"""

import itertools
import socket
import sys
import threading
import time
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest

from core.config import environment
from core.messaging.models import InboundMessage, OutboundMessage
from tests.databases import cloned
from tests.platform.processes import Processes, wait_until

from .running import Phone, Running

AWAY_SECONDS = float(environment().get("REDIS_AWAY_SECONDS", "10"))
# Nobody writes more than twenty messages a minute: above thirty, answers wait on purpose.
PHONES = 24
PAUSE_SECONDS = 0.125


class Road:
    """The only way to a Redis server; it can be closed."""

    def __init__(self, url):
        self._to = urlsplit(url)
        self._server, self._open = None, []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._address = free.getsockname()
        number = parse_qs(self._to.query)["db"][0] if self._to.scheme == "unix" else self._to.path.strip("/")
        self.url = f"redis://127.0.0.1:{self._address[1]}/{number}"

    def open(self):
        self._server = socket.create_server(self._address)
        threading.Thread(target=self._let_through, args=(self._server,), daemon=True).start()

    def close(self):
        """Whoever is on it is thrown off, and nobody gets on."""
        # Closing alone does not wake the one who waits for the next to come.
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def _let_through(self, server):
        with suppress(OSError):
            while True:
                near, _ = server.accept()
                far = self._reach()
                self._open += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=ends, daemon=True).start()

    def _reach(self):
        if self._to.scheme == "unix":
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._to.path)
            return far
        return socket.create_connection((self._to.hostname, self._to.port))


def _carry(from_, to):
    with suppress(OSError):
        while read := from_.recv(65_536):
            to.sendall(read)
        to.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def road(redis_url):
    road = Road(redis_url)
    road.open()
    yield road
    road.close()


@pytest.fixture
def running(servers, template, road):
    processes = Processes(life_seconds=300 + AWAY_SECONDS)
    with cloned(servers.database_url, template) as clone:
        try:
            running = Running(clone, road.url, processes)
            for _ in range(2):
                processes.python("-m", "tests.bot.echo", **running.env)
            yield running
        finally:
            processes.end()


def test_messages_are_taken_in_and_answered_while_redis_is_away_and_after(running, road):
    phones = [Phone(running, f"whatsapp:+97798412{number:05d}") for number in range(PHONES)]
    written = {phone: ["before"] for phone in phones}
    for phone in phones:
        phone.tap("t:yes", "before")
    wait_until(lambda: all(phone.received() for phone in phones), "the workers are up")
    road.close()

    posts = []
    until = time.monotonic() + AWAY_SECONDS
    for phone in itertools.cycle(phones):
        if time.monotonic() > until:
            break
        written[phone].append(f"word {len(posts)}")
        posts.append(phone.tap("t:yes", written[phone][-1]))
        threading.Event().wait(PAUSE_SECONDS)
    in_time = sum(len(all_said(phone)) - 1 for phone in phones)
    road.open()
    came_back = time.monotonic()

    wait_until(lambda: all(all_said(phone) == written[phone] for phone in phones), "all is answered")
    took = time.monotonic() - came_back
    waits = sorted(wait for phone in phones for wait in answer_waits(phone))
    sys.stderr.write(
        f"away {AWAY_SECONDS:.0f} s: {len(posts)} messages, the slowest webhook {max(s for _, s in posts):.2f} s;"
        f" {in_time} answered meanwhile; answers after {waits[len(waits) // 2]:.1f} s (median)"
        f" and {waits[-1]:.1f} s at most; all answered {took:.1f} s after the return\n"
    )
    assert {status for status, _ in posts} == {200}
    assert max(seconds for _, seconds in posts) < 5
    assert in_time > 0
    for phone in phones:
        assert len(phone.rows(InboundMessage)) == len(written[phone])
    assert took < 20


def all_said(phone):
    """What was said back, one by one: what waited together is answered together."""
    return [part for message in phone.received() for part in message.body.split(" + ")]


def answer_waits(phone):
    """How long after each message its answer was sent, in seconds."""
    sent_at = {message.turn_id: message.sent_at for message in phone.rows(OutboundMessage)}
    for message in phone.rows(InboundMessage):
        yield (sent_at[message.turn_id] - message.received_at).total_seconds()
