"""The application as real processes: web, workers, and phones that post to it as Twilio does."""

import http.client
import itertools
import socket
import time
from contextlib import closing

from sqlalchemy import select, text

from core.config import load_settings
from core.messaging.models import Conversation, OutboundMessage, OutboundStatus
from core.outbox.claims import LIVING_WORKERS
from tests.platform.processes import wait_until

from .twilio_post import MESSAGES, message, signed

SECRET = "only-for-tests-0123456789-abcdefghijkl"
_message_numbers = itertools.count(1)


class Running:
    """One web process on a database, workers as they are wanted."""

    def __init__(self, clone, redis_url, processes):
        self.database, self.engine, self.processes = clone.database, clone.engine, processes
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
            "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "2", "--no-ws", "wsgi:request_buffering", **self.env,
        )  # fmt: skip
        wait_until(self._answers, "the web process answers", seconds=90)

    def lock(self, statement):
        """A connection that holds what *statement* locks until it is closed."""
        connection = self.engine.connect()
        connection.detach()
        connection.execute(text(statement))
        return connection

    def waiting_for_locks(self):
        """How many statements of this database wait for a lock."""
        with self.database.transaction() as session:
            return session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            )

    def living_workers(self):
        """How many workers look for jobs."""
        with self.database.transaction() as session:
            return session.scalar(
                text(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :living AND granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ).bindparams(living=LIVING_WORKERS)
            )

    def _answers(self):
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)) as connection:
                connection.request("GET", MESSAGES)
                return connection.getresponse().status == http.HTTPStatus.METHOD_NOT_ALLOWED
        except OSError:
            return False


class Phone:
    """Somebody's WhatsApp."""

    def __init__(self, running, address):
        self.running, self.address = running, address

    def write(self, words, **fields):
        """Post a message; the status of the answer, and how many seconds it took."""
        return self.deliver(self.message(words, **fields))

    def tap(self, choice, title, **fields):
        return self.write(title, ButtonPayload=choice, ButtonText=title, **fields)

    def message(self, words, **fields):
        account = self.running.settings.webhook_account
        return message(
            words,
            number=next(_message_numbers),
            sender=self.address,
            **{"AccountSid": account.account_sid, "To": account.whatsapp_from, **fields},
        )

    def deliver(self, form):
        settings = self.running.settings
        request = signed(MESSAGES, form, token=settings.webhook_account.auth_token, url=settings.public_url)
        started = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=10)) as connection:
            connection.request("POST", request.path, request.body, request.headers)
            status = connection.getresponse().status
        return status, time.monotonic() - started

    def received(self):
        """Our messages that have been sent to this phone."""
        return [row for row in self.rows(OutboundMessage) if row.status is OutboundStatus.SENT]

    def rows(self, table):
        """Those of this phone's conversation."""
        with self.running.database.transaction() as session:
            return list(
                session.scalars(
                    select(table)
                    .join(Conversation, Conversation.id == table.conversation_id)
                    .where(Conversation.address == self.address)
                    .order_by(table.id)
                )
            )

    def conversations(self):
        with self.running.database.transaction() as session:
            return list(session.scalars(select(Conversation).where(Conversation.address == self.address)))

    def wait_for(self, count):
        wait_until(lambda: len(self.received()) >= count, f"{count} messages have arrived")
        return self.received()


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
