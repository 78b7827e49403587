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


class Echo:
    """It fails as often as it is told to, after it has done its work."""

    def __init__(self, *, failures=0, gate=False):
        self.failures = failures
        self.gate = gate

    def take_turn(self, session, conversation_id, *, now):
        conversation = messaging.lock_conversation(session, conversation_id)
        unread = messaging.unread(session, conversation_id)
        turn = messaging.close_turn(
            session, conversation, unread, state_after="shop", slots={}, steps=[os.getpid()], now=now
        )
        said = " + ".join(message.text for message in unread)
        self._say(session, conversation_id, said, now=now, turn_id=turn.id)
        if self.gate:
            session.execute(text(f"SELECT pg_advisory_xact_lock_shared({GATE})"))
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the engine broke")

    def say_unexpected(self, session, conversation_id, *, is_last_try, now):
        conversation = messaging.lock_conversation(session, conversation_id)
        unread = messaging.unread(session, conversation_id)
        self._say(session, conversation_id, "Sorry", now=now, dedup_key=f"unexpected:{unread[0].id}")
        if not is_last_try:
            return
        for message in unread:
            message.needs_person = True
        event = PersonAsked(conversation_id=conversation_id, reason="failed")
        record(session, event, actor=SYSTEM, now=now)
        messaging.close_turn(
            session, conversation, unread, state_after="shop", slots={}, steps=["gave_up"], now=now
        )

    def _say(self, session, conversation_id, body, *, now, **cause):
        messaging.queue_outbound(
            session,
            conversation_id=conversation_id,
            say="echo",
            language="en",
            body=body,
            content={"text": body},
            now=now,
            **cause,
        )


def main():
    import wsgi
    from bot import turns
    from core import config
    from core.db.session import Database, make_engine
    from core.jobs.bell import Bell
    from core.jobs.worker import SHORT_WORK, work_short

    settings = config.settings()
    engine, bell = make_engine(wsgi.database_url(settings)), Bell(wsgi.redis_url(settings))
    wsgi.wire(bell)
    handlers = wsgi.handlers(settings, Database(engine)) | {
        "answer_conversation": turns.answering(Echo(gate=True))
    }
    work_short(SHORT_WORK, engine=engine, handlers=handlers, redis_url=wsgi.redis_url(settings), door=bell)


if __name__ == "__main__":
    main()
