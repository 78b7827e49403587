"""A worker is killed after each statement, around each commit and each request of a turn and of a send; another goes on.

What the database and the provider then have is what an undisturbed worker leaves: each row once, each message once.

`make check` takes every few points and all around commits and requests; `make fault-points` takes all.
"""

import copy
import datetime as dt
import json
import signal
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, make_url, select, text, update

import core.models  # noqa: F401 - the whole mapping
import wsgi
from bot.channels.twilio.signature import HEADER, sign, signed_url
from core.clock import KATHMANDU, system_now
from core.config import Environment, environment, load_settings
from core.db.base import Base
from core.db.clock import ClockOffset, business_now, move_clock
from core.messaging.models import OutboundMessage, OutboundStatus
from core.outbox import service as outbox
from core.outbox.models import Job, JobStatus, Queue
from core.seeds import demo
from core.seeds.people import DEMO_PEOPLE
from tests.bot.stage import PATH, NoBell
from tests.chaos import checking
from tests.contract.fake_twilio import running_peer
from tests.contract.peer import ACCOUNT_SID, AUTH_TOKEN, SENDER
from tests.databases import cloned
from tests.platform.processes import Processes

# A Monday on which every wholesaler works.
MORNING = dt.datetime(2035, 1, 8, 10, 0, tzinfo=KATHMANDU)
EVERY = 1 if environment().get("FAULT_POINTS") == "all" else 25
TURN, SEND = [Queue.ORDER_PROCESSING], [Queue.WHATSAPP]
# An heir first does what is asked of it here, so that both ends of a turn are tried.
SHORT = [
    Queue.ORDER_PROCESSING,
    Queue.WHATSAPP,
    Queue.ORDER_ROUTING,
    Queue.CREDIT_SCORE,
    Queue.PAYMENT_REMINDERS,
]
# How a run went, and not what came of it.
_OF_THE_RUN = {"jobs", "job_runs", "schedule_runs", "clock_offset", "status_reports"}


class Foreman:
    """Has workers forked by a process that has loaded the program once."""

    def __init__(self, processes, env):
        self._process = processes.python("-m", "tests.faults.mortal_worker", **env)

    def send(self, url, queues, *, deadly=None, at_most=1_000, **how):
        """Let a worker do jobs of *queues*, and die after point *deadly*."""
        asked = {
            "database": name_of(url), "queues": queues, "deadly": deadly, "at_most": at_most,
            "is_heir": False, "is_fork": True, "is_watched": True, **how,
        }  # fmt: skip
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        said = []
        for line in self._process.stdout:
            if line.startswith('{"died_of"'):
                return json.loads(line)
            said.append(line)
        raise AssertionError("".join(said))


@dataclass
class Town:
    """The demo market, a provider and workers; people write through the real webhook."""

    server: str
    template: str
    peer: object
    foreman: Foreman
    settings: object
    written: list[str] = field(default_factory=list)

    @contextmanager
    def begun(self, begin, *, now):
        """A scene in a database of its own, from which copies are made."""
        with cloned(self.server, self.template) as clone:
            with clone.engine.begin() as connection:
                demo.seed_market(connection, environment=Environment.TEST, now=now - dt.timedelta(days=100))
                connection.execute(text("ALTER SEQUENCE order_short_codes RESTART WITH 1001"))
            with clone.database.transaction() as session:
                if now > business_now(session):
                    move_clock(session, to=now)
            begin(Writing(self, clone))
            clone.engine.dispose()
            with self.peer_undone(), cloned(self.server, name_of(clone.url)) as first:
                self.foreman.send(first.url, SHORT, is_fork=False, is_watched=False)
            yield clone

    @contextmanager
    def peer_undone(self):
        """What the provider is told inside is forgotten at the end."""
        peer = self.peer
        kept = copy.deepcopy((peer.messages, peer.posts, peer.contents))
        try:
            yield
        finally:
            peer.messages, peer.posts, peer.contents = kept

    def quiet(self, clone):
        """Let a living worker do all there is to do now and in the next minute, whatever that takes."""
        for _ in range(20):
            assert self.heir(clone)["died_of"] == 0
            with clone.database.transaction() as session:
                now = business_now(session)
                soon = session.scalar(
                    select(func.min(Job.due_at)).where(
                        Job.status == JobStatus.PENDING, Job.due_at <= now + dt.timedelta(minutes=1)
                    )
                )
                if soon is None and not checking.what_is_open(session):
                    return
                move_clock(session, to=max(now, soon or now) + dt.timedelta(seconds=0.1))
        raise AssertionError("it never becomes quiet")

    def heir(self, clone):
        return self.foreman.send(clone.url, SHORT, is_heir=True, is_watched=False)


class Writing:
    """People of one database."""

    def __init__(self, town, clone):
        self.town, self.clone = town, clone
        self.client = wsgi.create_app(town.settings, clone.database).test_client()
        wsgi.wire(NoBell())

    def deliver(self, who, words):
        """What they write is there, and nobody has seen to it yet."""
        person = DEMO_PEOPLE[who].address
        sid = self.town.peer.receive(from_=person, body=words)
        self.town.written.append(sid)
        form = {
            "MessageSid": sid, "AccountSid": ACCOUNT_SID, "From": person, "To": SENDER, "Body": words,
            "NumMedia": "0", "MessageType": "text",
        }  # fmt: skip
        url = signed_url(self.town.settings.public_url, PATH)
        answer = self.client.post(PATH, data=form, headers={HEADER: sign(url, form, AUTH_TOKEN)})
        assert answer.status_code == 200
        with self.clone.database.transaction() as session:
            # Longer than the quiet time after a free text.
            move_clock(session, to=business_now(session) + dt.timedelta(seconds=2))

    def say(self, who, words):
        self.deliver(who, words)
        self.town.quiet(self.clone)

    def delivery_code(self):
        with self.clone.database.transaction() as session:
            return session.scalar(text("SELECT delivery_code FROM fulfillments WHERE status = 'dispatched'"))


@pytest.fixture(scope="module")
def town(servers, template, redis_of_this_process):
    processes = Processes(life_seconds=1_800)
    with running_peer() as peer:
        env = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": redis_of_this_process,
            "JWT_SECRET": "only-for-tests-0123456789-abcdefghijkl",
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": peer.base_url,
        }
        try:
            yield Town(
                server=servers.database_url,
                template=template,
                peer=peer,
                foreman=Foreman(processes, env),
                settings=load_settings(env),
            )
        finally:
            processes.end()
            outbox.wire(reactions={}, ring=lambda _queue: None)


def yes_to_a_basket(writing):
    writing.say("asha", "2 case wai wai chicken, 5 kg chini")
    writing.deliver("asha", "ho")


def code_at_the_door(writing):
    writing.say("asha", "2 case wai wai chicken, 5 kg chini")
    writing.say("asha", "ho")
    writing.say("gita", "1")
    writing.say("gita", "dispatch 1001")
    writing.deliver("gita", writing.delivery_code())


def help_to_send(writing):
    writing.deliver("asha", "help")
    assert writing.town.foreman.send(writing.clone.url, TURN)["died_of"] == 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run has come to."""

    rows: dict[str, int]
    said: Counter
    at_provider: int
    violations: list[str]


class Scene:
    """A situation, with a copy of it for each worker that is let loose on it."""

    def __init__(self, town, begun, queues, *, starts_at):
        self.town, self.begun, self.queues, self.starts_at = town, begun, queues, starts_at

    @contextmanager
    def copied(self):
        with self.town.peer_undone(), cloned(self.town.server, name_of(self.begun.url)) as clone:
            if self.starts_at:
                # For every worker at the same time, however long the others took.
                with clone.database.transaction() as session:
                    session.execute(update(ClockOffset).values(ahead=self.starts_at - system_now()))
            yield clone

    def work(self, clone, *, deadly=None):
        return self.town.foreman.send(clone.url, self.queues, deadly=deadly, at_most=1)

    def points(self):
        """All that a worker passes which nothing happens to, by name."""
        with self.copied() as clone:
            return self.work(clone)["passed"]

    def outcome(self, *, deadly=None):
        with self.copied() as clone:
            assert self.work(clone, deadly=deadly)["died_of"] == (signal.SIGKILL if deadly else 0)
            self.town.quiet(clone)
            with clone.database.transaction() as session:
                found = list(checking.violations(session, self.town.peer, self.town.written))
            with clone.database.transaction() as session:
                return Outcome(
                    rows={
                        name: session.scalar(select(func.count()).select_from(table))
                        for name, table in Base.metadata.tables.items()
                        if name not in _OF_THE_RUN
                    },
                    said=Counter(
                        map(tuple, session.execute(select(OutboundMessage.say, OutboundMessage.status)))
                    ),
                    at_provider=len(self.town.peer.messages),
                    violations=[f"{rule}: {line}" for rule, lines in found for line in lines],
                )


@contextmanager
def scene_of(town, begin, queues):
    town.peer.reset()
    # Nobody listens for them here.
    town.peer.callbacks = ()
    town.written.clear()
    # Who looks a send up compares with the provider's clock, which is the machine's.
    is_send = queues is SEND
    with town.begun(begin, now=system_now() if is_send else MORNING) as begun:
        with begun.database.transaction() as session:
            now = business_now(session)
        begun.engine.dispose()
        yield Scene(town, begun, queues, starts_at=None if is_send else now)


def chosen(points):
    """The numbers of those to die at: every few, and each around a commit or a request."""
    return [
        number
        for number, name in enumerate(points, start=1)
        if number % EVERY == 0 or name.startswith(("before ", "after ", "answered "))
    ]


def name_of(url):
    return make_url(url).database


@pytest.mark.parametrize(
    ("_case", "begin", "queues", "once"),
    [
        ("an order is placed", yes_to_a_basket, TURN, {"orders": 1, "credit_holds": 1, "turns": 2}),
        ("a parcel is delivered", code_at_the_door, TURN, {"invoices": 1, "postings": 1, "credit_holds": 1}),
        ("an answer is sent", help_to_send, SEND, {"outbound_messages": 1}),
    ],
)
def test_worker_killed_anywhere_leaves_one_effect(town, _case, begin, queues, once):
    with scene_of(town, begin, queues) as scene:
        undisturbed, points = scene.outcome(), scene.points()
        assert undisturbed.violations == []
        assert {table: undisturbed.rows[table] for table in once} == once

        outcomes = {number: scene.outcome(deadly=number) for number in chosen(points)}

        different = {
            f"{number} of {len(points)}, {points[number - 1]}": outcome
            for number, outcome in outcomes.items()
            if outcome != undisturbed
        }
        assert different == {}


def test_send_whose_answer_was_not_written_is_unknown_and_looked_up(town):
    with scene_of(town, help_to_send, SEND) as scene:
        answered = scene.points().index("answered POST Messages.json") + 1
        with scene.copied() as clone:
            scene.work(clone, deadly=answered)
            town.heir(clone)
            between = statuses(clone)
            town.quiet(clone)

            assert between == [OutboundStatus.UNKNOWN]
            assert statuses(clone) == [OutboundStatus.SENT]
            assert len(town.peer.posts) == 1


def statuses(clone):
    with clone.database.transaction() as session:
        return list(session.scalars(select(OutboundMessage.status)))
