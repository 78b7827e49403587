"""The demo market with its people, played through the real webhook and the real jobs, in one process and one thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import sessionmaker

import wsgi
from bot import notifications, sending
from bot.channels.twilio.signature import HEADER, sign, signed_url
from bot.channels.types import Failure, Later, Message, SendResult, Sent
from core.clock import KATHMANDU
from core.config import Environment, Settings
from core.db.clock import ClockMovesForwardOnly, business_now, move_clock
from core.db.session import Database
from core.jobs.handlers import Handlers
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment
from core.outbox import service as outbox
from core.outbox.models import Job, JobStatus, Queue
from core.seeds import demo
from core.seeds.people import DEMO_PEOPLE
from tests.running_jobs import run_due

# A Monday morning on which every vendor of the demo works, far enough ahead that the clock never has to go back.
MORNING = dt.datetime(2035, 1, 8, 10, 0, tzinfo=KATHMANDU)
PATH = "/webhooks/whatsapp"


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A message on somebody's phone."""

    to: str
    message: Message
    sid: str


@dataclass
class Phones:
    """The outside: keeps what is sent, in order."""

    arrived: list[Arrived] = field(default_factory=list)
    # The provider takes nothing for now, so what is said waits.
    busy: bool = False

    def send(self, to: str, message: Message, *, outbox_ref: str) -> SendResult:
        if self.busy:
            return Later(code=None, failure=Failure.BUSY, retry_after_seconds=60)
        sid = f"SM{outbox_ref.encode().hex():0>32.32}"
        self.arrived.append(Arrived(to=to, message=message, sid=sid))
        return Sent(provider_message_id=sid)


class NoBell:
    """Nobody sleeps here, so nobody is woken: the stage runs what is due itself."""

    def ring(self, queue: Any) -> None:
        pass


@dataclass
class Stage:
    """Somebody acts, everything that follows happens, and what arrived on the phones is returned."""

    client: FlaskClient
    settings: Settings
    database: Database
    handlers: Handlers
    phones: Phones
    now: dt.datetime = MORNING
    # A test of failures says so; everywhere else a job that failed is a failed test.
    allow_failures: bool = False
    _posts: int = 0
    _last: dict[str, Arrived] = field(default_factory=dict)

    def write(self, who: str, words: str) -> list[Arrived]:
        return self.post(who, Body=words, MessageType="text")

    def tap(self, who: str, number: int) -> list[Arrived]:
        """Tap a button or a row of the last message on this phone that has any."""
        last = self._last[address_of(who)]
        return self.tap_on(who, last, number)

    def tap_on(self, who: str, arrived: Arrived, number: int) -> list[Arrived]:
        choice = arrived.message.choices[number - 1]
        payload = (
            {"ListId": choice.id, "ListTitle": choice.title}
            if arrived.message.rows
            else {
                "ButtonPayload": choice.id,
                "ButtonText": choice.title,
            }
        )
        return self.post(
            who,
            Body=choice.title,
            MessageType="interactive",
            OriginalRepliedMessageSid=arrived.sid,
            **payload,
        )

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """What happens inside is undone at the end, so that one situation can be answered in many ways."""
        with self.database.transaction() as session:
            connection = session.connection()
        savepoint = connection.begin_nested()
        kept = self.mark()
        try:
            yield
        finally:
            savepoint.rollback()
            self.back_to(kept)

    def mark(self) -> tuple[dict[str, Arrived], int]:
        """What is on the phones now, for `back_to`."""
        return dict(self._last), len(self.phones.arrived)

    def back_to(self, marked: tuple[dict[str, Arrived], int]) -> None:
        """Forget what has arrived since. The caller takes the database back."""
        self._last, count = dict(marked[0]), marked[1]
        del self.phones.arrived[count:]

    def last(self, who: str) -> Arrived:
        return self._last[address_of(who)]

    def last_with_choices(self, who: str) -> Arrived | None:
        """The last message on this phone that can be tapped, if any ever came."""
        last = self._last.get(address_of(who))
        return last if last is not None and last.message.choices else None

    def wait(self, time: dt.timedelta) -> list[Arrived]:
        """Let time pass, and run what the timetable and the jobs have due then."""
        self.now += time
        with self.database.transaction() as session:
            for kind in ("lapse_offers", "end_waiting"):
                outbox.add_job(
                    session, kind, queue=Queue.ORDER_ROUTING, arguments={}, dedup_key=kind, now=self.now
                )
        return self._follow()

    def post(self, who: str, **fields: str) -> list[Arrived]:
        self.deliver(who, **fields)
        return self._follow()

    def deliver(self, who: str, **fields: str) -> Mapping[str, str]:
        """One signed webhook, as Twilio posts it; what follows from it does not run yet."""
        self._posts += 1
        person = address_of(who)
        form = {
            "MessageSid": f"SM{self._posts:032x}",
            "AccountSid": self.settings.webhook_account.account_sid,
            "From": person,
            "To": "whatsapp:+14155238886",
            "NumMedia": "0",
            "ProfileName": who.title(),
            **fields,
        }
        self.repeat(form)
        return form

    def repeat(self, form: Mapping[str, str]) -> None:
        self._set_clock()
        signature = sign(
            signed_url(self.settings.public_url, PATH), form, self.settings.webhook_account.auth_token
        )
        answer = self.client.post(PATH, data=form, headers={HEADER: signature})
        assert answer.status_code == 200, answer.get_data(as_text=True)

    def follow(self) -> list[Arrived]:
        return self._follow()

    def delivery_codes(self) -> list[str]:
        """The codes of what is on its way, oldest first."""
        with self.database.transaction() as session:
            codes = session.scalars(
                select(Fulfillment.delivery_code)
                .where(Fulfillment.status == FulfillmentStatus.DISPATCHED)
                .order_by(Fulfillment.id)
            )
            return [code for code in codes if code]

    def _follow(self) -> list[Arrived]:
        before = len(self.phones.arrived)
        # Long enough for free text to be answered; three rounds for what follows from what follows.
        for _ in range(3):
            self.now += dt.timedelta(seconds=2)
            self._set_clock()
            run_due(self.database, self.handlers)
        self._assert_no_failure()
        arrived = self.phones.arrived[before:]
        for one in arrived:
            if one.message.choices or one.to not in self._last:
                self._last[one.to] = one
        return arrived

    def _assert_no_failure(self) -> None:
        if self.allow_failures:
            return
        with self.database.transaction() as session:
            broken = session.scalars(
                select(Job).where(Job.error.is_not(None), Job.status != JobStatus.DONE)
            ).all()
            assert not broken, [(job.kind, job.error) for job in broken]

    def catch_up(self) -> None:
        """Go on from the clock's time where something slow, such as a browser, let it run ahead of the story."""
        with self.database.transaction() as session:
            self.now = max(self.now, business_now(session))

    def _set_clock(self) -> None:
        # The clock goes on by itself: on a slow machine it may be there already.
        with suppress(ClockMovesForwardOnly), self.database.transaction() as session:
            if business_now(session) < self.now:
                move_clock(session, to=self.now)


def address_of(who: str) -> str:
    member = DEMO_PEOPLE.get(who.lower())
    return member.address if member else f"whatsapp:{who}"


def name_of(address: str) -> str:
    return next((name for name, member in DEMO_PEOPLE.items() if member.address == address), address)


def staged(connection: Connection, settings: Settings) -> Iterator[Stage]:
    """A stage on *connection*, whose transaction the caller rolls back."""
    database = Database(
        sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    )
    app = wsgi.create_app(settings, database)
    wsgi.wire(NoBell())  # type: ignore[arg-type]
    phones = Phones()
    table = {
        **wsgi.handlers(settings, database),
        "send_message": sending.sending(phones),
        "send_notices": sending.sending_notices(phones, notifications.why_obsolete),
    }
    connection.execute(text("ALTER SEQUENCE order_short_codes RESTART WITH 1001"))
    stage = Stage(
        client=app.test_client(), settings=settings, database=database, handlers=table, phones=phones
    )
    try:
        yield stage
    finally:
        outbox.wire(reactions={}, ring=lambda _queue: None)


def seed(connection: Connection) -> None:
    demo.seed_market(connection, environment=Environment.TEST, now=MORNING - dt.timedelta(days=100))
