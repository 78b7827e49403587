import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy import text as text_of_sql

import core.models  # noqa: F401 - the whole mapping
from bot import inbox, turns
from bot.channels.types import WHATSAPP, Inbound, InboundKind, SenderAddress
from bot.sweep import SWEEPING
from bot.turns import UnreadMessage, answer_at
from core.actor import SYSTEM
from core.db.clock import business_now, move_clock
from core.messaging import service as messaging
from core.messaging.models import InboundMessage, OutboundMessage
from core.outbox import claims
from core.outbox.models import Event, Job, JobStatus, Queue
from tests.running_jobs import run_due

from .echo import Echo

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)


def at(seconds):
    return NOW + dt.timedelta(seconds=seconds)


def text(words, seconds):
    return UnreadMessage(kind="text", text=words, received_at=at(seconds))


@pytest.mark.parametrize(
    ("messages", "answered"),
    [
        pytest.param([text("chini 5 kg", 0)], 1.5, id="one text"),
        pytest.param([text("chini 5 kg", 0), text("tel 2", 1)], 2.5, id="texts in a row"),
        pytest.param([text("a b c d", s) for s in (0, 1, 2, 3, 4)], 5, id="somebody who goes on and on"),
        pytest.param([text("chini 5 kg", 0), text("ho", 1)], 1, id="a yes ends the waiting"),
        pytest.param([UnreadMessage(kind="choice", text="Yes", received_at=NOW)], 0, id="a tap"),
        pytest.param([UnreadMessage(kind="media", text="", received_at=NOW)], 0, id="a photo"),
    ],
)
def test_moment_of_the_answer(messages, answered):
    assert answer_at(messages) == at(answered)


@pytest.fixture
def room(database, session):
    return Room(database, session)


class Room:
    """A conversation and the worker that answers it, on a clock that the test moves."""

    def __init__(self, database, session):
        self.database = database
        self.session = session
        self.count = 0

    def write(self, words, *, kind=InboundKind.TEXT, take_in=inbox.receive):
        self.count += 1
        inbound = Inbound(
            channel=WHATSAPP,
            provider_message_id=f"SM{self.count:032x}",
            sender=SenderAddress(phone_address="whatsapp:+9779841000001"),
            kind=kind,
            text=words,
        )
        with self.database.transaction() as session:
            return take_in(session, inbound, now=business_now(session))

    def pass_time(self, seconds):
        with self.database.transaction() as session:
            move_clock(session, to=business_now(session) + dt.timedelta(seconds=seconds))

    def work(self, engine):
        handlers = {"answer_conversation": turns.answering(engine), "sweep": SWEEPING}
        return run_due(self.database, handlers, queues=[Queue.ORDER_PROCESSING])

    def sweep(self):
        with self.database.transaction() as session:
            SWEEPING.act(session, {}, business_now(session))

    def said(self):
        self.session.expire_all()
        return list(self.session.scalars(select(OutboundMessage.body).order_by(OutboundMessage.id)))

    def messages(self):
        self.session.expire_all()
        return list(self.session.scalars(select(InboundMessage).order_by(InboundMessage.id)))

    def job(self):
        self.session.expire_all()
        return self.session.scalars(select(Job).where(Job.kind == "answer_conversation")).one()


def test_messages_in_a_row_are_one_turn(room):
    room.write("chini 5 kg")
    assert room.work(Echo()) == 0
    room.pass_time(1)
    room.write("tel 2 carton")
    room.pass_time(1)

    room.work(Echo())
    assert room.said() == []
    room.pass_time(1)
    room.work(Echo())

    assert room.said() == ["chini 5 kg + tel 2 carton"]
    assert room.work(Echo()) == 0


def test_tap_is_answered_at_once(room):
    room.write("Yes", kind=InboundKind.CHOICE)

    room.work(Echo())

    assert room.said() == ["Yes"]


def test_failure_is_told_once_and_the_message_is_tried_again(room):
    engine = Echo(failures=2)
    room.write("Yes", kind=InboundKind.CHOICE)

    room.work(engine)
    assert room.said() == ["Sorry"]
    assert [(m.handled_at, m.attempts, m.needs_person) for m in room.messages()] == [(None, 1, False)]
    assert (room.job().status, room.job().error) == (JobStatus.PENDING, "RuntimeError: the engine broke")
    room.pass_time(5)
    room.work(engine)
    assert room.said() == ["Sorry"]
    room.pass_time(10)
    room.work(engine)

    assert room.said() == ["Sorry", "Yes"]
    assert [(m.attempts, m.needs_person) for m in room.messages()] == [(2, False)]
    assert room.job().status is JobStatus.DONE


def test_person_gets_what_failed_three_times(room):
    engine = Echo(failures=99)
    room.write("Yes", kind=InboundKind.CHOICE)

    for wait in (1, 5, 10, 20, 60):
        room.pass_time(wait)
        room.work(engine)
        room.sweep()

    (message,) = room.messages()
    assert room.said() == ["Sorry"]
    assert (message.attempts, message.needs_person, message.handled_at is None) == (3, True, False)
    (asked,) = room.session.scalars(select(Event))
    assert (asked.name, asked.payload["reason"]) == ("PersonAsked", "failed")


def test_message_that_kills_its_workers_reaches_a_person(room):
    recorded = room.write("Yes", kind=InboundKind.CHOICE)
    for _ in range(3):
        with room.database.transaction() as session:
            claims.claim(session, Queue.ORDER_PROCESSING, worker="here-1-9", now=business_now(session))
        room.sweep()
    assert room.job().status is JobStatus.FAILED

    room.pass_time(11)
    room.sweep()
    room.work(Echo(failures=99))

    (message,) = room.messages()
    assert (message.conversation_id, message.needs_person) == (recorded.conversation_id, True)
    assert room.said() == ["Sorry"]


def test_stored_only_message_is_answered_after_the_sweep(room):
    room.write("Yes", kind=InboundKind.CHOICE, take_in=inbox.store)
    room.sweep()
    assert room.work(Echo()) == 0
    room.pass_time(11)

    room.sweep()
    room.work(Echo())

    assert room.said() == ["Yes"]


def test_conversation_that_a_person_has_taken_over_is_not_swept(room):
    recorded = room.write("Yes", kind=InboundKind.CHOICE, take_in=inbox.store)
    admin = dataclasses.replace(SYSTEM)
    with room.database.transaction() as session:
        messaging.take_over(session, recorded.conversation_id, actor=admin, now=business_now(session))
    room.pass_time(11)

    room.sweep()

    assert room.session.scalars(select(Job)).all() == []


def test_failure_in_telling_of_a_failure_is_still_tried_again(room):
    class Broken(Echo):
        def say_unexpected(self, *_arguments, **_facts):
            raise RuntimeError("no words either")

    room.write("Yes", kind=InboundKind.CHOICE)

    room.work(Broken(failures=1))
    assert room.job().status is JobStatus.PENDING
    room.pass_time(5)
    room.work(Echo())

    assert room.said() == ["Yes"]


def test_after_a_failure_messages_are_tried_one_by_one_and_only_the_bad_one_goes_to_a_person(room):
    for words in ("chini 5 kg", "bomb", "tel 2 carton"):
        room.write(words)
    engine = Echo(poison="bomb")

    for wait in (3, 1, 1, 6, 1, 11, 1, 25):
        room.pass_time(wait)
        room.work(engine)
        room.sweep()

    assert room.said() == ["Sorry", "chini 5 kg", "tel 2 carton"]
    assert [(m.text, m.needs_person, m.handled_at is not None) for m in room.messages()] == [
        ("chini 5 kg", False, True),
        ("bomb", True, True),
        ("tel 2 carton", False, True),
    ]
    asked = room.session.scalars(select(Event)).all()
    assert [(event.name, event.payload["reason"]) for event in asked] == [("PersonAsked", "failed")]


def test_message_that_kills_its_workers_takes_no_neighbour_with_it(room):
    room.write("bomb")
    room.write("tel 2 carton")
    for _ in range(2):
        for _ in range(3):
            room.pass_time(30)
            with room.database.transaction() as session:
                claims.claim(session, Queue.ORDER_PROCESSING, worker="here-1-9", now=business_now(session))
            room.sweep()
        room.pass_time(11)
        room.sweep()

    for _ in range(3):
        room.work(Echo())
        room.pass_time(3)

    assert [(m.text, m.needs_person) for m in room.messages()] == [("bomb", True), ("tel 2 carton", False)]
    assert room.said() == ["tel 2 carton", "Sorry"]


def test_a_turn_reads_a_bounded_amount_and_drops_nothing(room):
    for number in range(4):
        room.write(f"{number} " + "x" * 3_000)
    room.pass_time(5)

    room.work(Echo())
    assert [len(said.split(" + ")) for said in room.said()] == [2]
    room.pass_time(turns.PAUSE_AFTER_FULL_TURN.total_seconds())
    room.work(Echo())

    assert [len(said.split(" + ")) for said in room.said()] == [2, 2]
    assert all(message.handled_at for message in room.messages())


def test_flood_is_answered_in_one_message_at_the_end_of_the_minute_and_an_admin_sees_it(room):
    for number in range(turns.PER_MINUTE):
        room.write(str(number), kind=InboundKind.CHOICE)
        room.work(Echo())
    for number in range(40):
        room.write(f"more {number}", kind=InboundKind.CHOICE)
        room.work(Echo())
    assert len(room.said()) == turns.PER_MINUTE
    room.pass_time(61)

    room.work(Echo())

    assert len(room.said()) == turns.PER_MINUTE + 1
    assert room.said()[-1] == " + ".join(f"more {number}" for number in range(40))
    asked = room.session.scalars(select(Event)).all()
    assert [(event.name, event.payload["reason"]) for event in asked] == [("PersonAsked", "flood")]


@pytest.mark.parametrize(
    ("minute", "day", "until"),
    [(None, None, None), (-59, None, 60), (-61, None, None), (-61, -86_399, 900), (-59, -86_401, 60)],
)
def test_wait_of_somebody_beyond_the_budget(minute, day, until):
    times = [None if seconds is None else at(seconds) for seconds in (minute, day)]

    assert turns.beyond_budget_until(*times, first=NOW) == (None if until is None else at(until))


class Cut(Echo):
    """The database ends its connection while it works: as many times as it is told to, at the named moment."""

    def __init__(self, *, times, moment):
        super().__init__()
        self.times, self.moment = times, moment
        self.turns = 0

    def take_turn(self, session, conversation, unread, *, now):
        self.turns += 1
        self.cut(session, "before")
        with session.begin_nested():
            self.cut(session, "in a savepoint")
            super().take_turn(session, conversation, unread, now=now)
        self.cut(session, "after")

    def cut(self, session, moment):
        if self.times and moment == self.moment:
            self.times -= 1
            session.execute(text_of_sql("SELECT pg_terminate_backend(pg_backend_pid())"))


@pytest.fixture
def real_room(fresh_database):
    with fresh_database.database.sessions() as session:
        yield Room(fresh_database.database, session)


@pytest.mark.parametrize("moment", ["before", "in a savepoint", "after"])
def test_turn_whose_connection_is_cut_is_taken_again_at_once_and_nothing_is_said_of_it(real_room, moment):
    engine = Cut(times=1, moment=moment)
    real_room.write("Yes", kind=InboundKind.CHOICE)

    real_room.work(engine)

    assert engine.turns == 2
    assert real_room.said() == ["Yes"]
    assert [(m.attempts, m.needs_person, m.handled_at is not None) for m in real_room.messages()] == [
        (0, False, True)
    ]
    assert (real_room.job().status, real_room.job().attempts) == (JobStatus.DONE, 1)


def test_turn_that_loses_every_connection_is_tried_later_and_only_then_told_and_given_to_a_person(real_room):
    engine = Cut(times=99, moment="after")
    real_room.write("Yes", kind=InboundKind.CHOICE)

    for wait in (1, 5, 10):
        real_room.pass_time(wait)
        real_room.work(engine)
        assert real_room.said() == []
    real_room.pass_time(11)
    real_room.sweep()
    real_room.work(engine)

    assert real_room.said() == ["Sorry"]
    assert [(m.needs_person, m.handled_at is not None) for m in real_room.messages()] == [(True, True)]


def test_connection_that_comes_back_after_a_while_costs_no_word(real_room):
    engine = Cut(times=2, moment="in a savepoint")
    real_room.write("Yes", kind=InboundKind.CHOICE)

    real_room.work(engine)
    assert real_room.said() == []
    real_room.pass_time(5)
    real_room.work(engine)

    assert real_room.said() == ["Yes"]
