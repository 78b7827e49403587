"""The doorbell: tells the workers of a queue through Redis that there is something to look for.

It carries no work and may be lost, repeated or late at any time; the rows in PostgreSQL are the truth. Ringing often
rings once: a bell that nobody has answered yet is not rung again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue as RQueue
from rq import get_current_job
from rq.serializers import JSONSerializer

from core.outbox.models import Queue

# A web request waits for Redis this long at most, and then not again for a while.
TIMEOUT_SECONDS = 0.25
SILENT_SECONDS = 2.0
# After so long a bell that nobody has answered is rung again: Redis may have lost it, or a worker died before it answered.
UNANSWERED_SECONDS = 1
# A bell that is older than this is not worth answering: the workers have looked by themselves.
WORTH_ANSWERING_SECONDS = 10

logger = logging.getLogger(__name__)


class Bell:
    """Rings queues. Keeps a connection to Redis and whether it answered lately."""

    def __init__(self, redis_url: str) -> None:
        self._redis: Redis = Redis.from_url(
            redis_url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._queues = {
            queue: RQueue(queue.value, connection=self._redis, serializer=JSONSerializer) for queue in Queue
        }
        self._mutex = Lock()
        self._silent_until = 0.0
        # Queues whose bell may not have come through although Redis noted that it was rung.
        self._doubtful: set[Queue] = set()

    def ring(self, queue: Queue) -> None:
        """Ring for *queue*. Never raises and never waits long: the workers look by themselves every few seconds."""
        with self._mutex:
            if time.monotonic() < self._silent_until:
                return
        try:
            is_doubtful = queue in self._doubtful
            if self._redis.set(_rung(queue), 1, nx=not is_doubtful, ex=UNANSWERED_SECONDS):
                self._queues[queue].enqueue_call(
                    "core.jobs.bell.answer",
                    args=(queue.value,),
                    result_ttl=0,
                    failure_ttl=0,
                    ttl=WORTH_ANSWERING_SECONDS,
                    timeout=-1,
                )
                self._doubtful.discard(queue)
        except RedisError as problem:
            self._doubtful.add(queue)
            with self._mutex:
                self._silent_until = time.monotonic() + SILENT_SECONDS
            logger.warning("the bell is out of order", extra={"problem": type(problem).__name__})


_listeners: list[Callable[[Queue], None]] = []


def listen(answer_with: Callable[[Queue], None]) -> None:
    """Say what this worker process does when a bell rings. RQ calls functions by name, so it is kept here."""
    _listeners[:] = [answer_with]


def answer(queue_name: str) -> None:
    """What RQ runs. From here on a ring is a new bell: what comes in while we look is not missed."""
    queue = Queue(queue_name)
    job = get_current_job()
    if job is not None:
        job.connection.delete(_rung(queue))
    for act in _listeners:
        act(queue)


def _rung(queue: Queue) -> str:
    return f"khaacho:rung:{queue.value}"
