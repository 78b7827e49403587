"""An engine that says back what it read; and a worker whose only difference from ours is that engine.

`python -m tests.bot.echo` works on the short queues of the environment's database.
"""

import os

from sqlalchemy import text

from core.actor import SYSTEM
from core.events import PersonAsked
from core.messaging import service as messaging
from core.outbox.service import record

# Held exclusively by a test, it stops every turn of the worker before its end.
GATE = 43
# Held exclusively by a test, it stops every message of the worker between its claim and its sending.
SENDING_GATE = 44


class Echo:
    """It fails as often as it is told to, after it has done its work."""

    def __init__(self, *, failures=0, gate=False, poison=None):
        self.failures = failures
        # A text that it can never answer.
        self.poison = poison
        self.gate = gate

    def take_turn(self, session, conversation, unread, *, now):
        turn_id = messaging.close_turn(
            session, conversation, unread, state_after="shop", slots={}, steps=[os.getpid()], now=now
        )
        said = " + ".join(message.text for message in unread)
        self._say(session, conversation.id, said, now=now, turn_id=turn_id)
        if self.gate:
            session.execute(text(f"SELECT pg_advisory_xact_lock_shared({GATE})"))
        if self.failures or any(message.text == self.poison for message in unread):
            self.failures = max(0, self.failures - 1)
            raise RuntimeError("the engine broke")

    def say_unexpected(self, session, conversation, *, since, now):
        if not messaging.was_said(session, conversation.id, "sorry", since=since):
            self._say(session, conversation.id, "Sorry", now=now, say="sorry")

    def hand_to_person(self, session, conversation, messages, *, now):
        for message in messages:
            message.needs_person = True
        event = PersonAsked(conversation_id=conversation.id, reason="failed")
        record(session, event, actor=SYSTEM, now=now)
        messaging.close_turn(
            session, conversation, messages, state_after="shop", slots={}, steps=["gave_up"], now=now
        )

    def _say(self, session, conversation_id, body, *, now, say="echo", **cause):
        messaging.queue_outbound(
            session,
            conversation_id=conversation_id,
            say=say,
            language="en",
            body=body,
            content={"text": body},
            now=now,
            **cause,
        )


class GatedSender:
    """The console's sender, on a network that a test can stop."""

    def __init__(self, database):
        self.database = database

    def send(self, to, message, *, outbox_ref):
        from bot.channels.console import ConsoleSender

        with self.database.transaction() as session:
            session.execute(text(f"SELECT pg_advisory_xact_lock_shared({SENDING_GATE})"))
        return ConsoleSender().send(to, message, outbox_ref=outbox_ref)


def main():
    import wsgi
    from bot import sending, turns
    from core import config
    from core.db.session import Database, make_engine
    from core.jobs.bell import Bell
    from core.jobs.worker import SHORT_WORK, work_short

    settings = config.settings()
    engine, bell = make_engine(wsgi.database_url(settings)), Bell(wsgi.redis_url(settings))
    wsgi.wire(bell)
    handlers = wsgi.handlers(settings, Database(engine)) | {
        "answer_conversation": turns.answering(Echo(gate=True)),
        "send_message": sending.sending(GatedSender(Database(engine))),
    }
    work_short(
        SHORT_WORK, engine=engine, handlers=handlers, redis_url=wsgi.redis_url(settings), our_bell=bell
    )


if __name__ == "__main__":
    main()
