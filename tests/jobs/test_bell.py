import socket
import time

import pytest
from redis import Redis
from redis.exceptions import TimeoutError as RedisTimeout
from rq import Queue as RQueue
from rq.serializers import JSONSerializer

from core.jobs import bell as bells
from core.jobs.bell import Bell
from core.outbox.models import Queue


def waiting(redis_url, queue=Queue.WHATSAPP):
    with Redis.from_url(redis_url) as connection:
        return RQueue(queue.value, connection=connection, serializer=JSONSerializer).count


def test_ringing_often_rings_once(redis_url):
    bell = Bell(redis_url)

    for _ in range(5):
        bell.ring(Queue.WHATSAPP)

    assert waiting(redis_url) == 1


def test_each_queue_has_its_own_bell(redis_url):
    bell = Bell(redis_url)

    bell.ring(Queue.WHATSAPP)
    bell.ring(Queue.CREDIT_SCORE)

    assert (waiting(redis_url), waiting(redis_url, Queue.CREDIT_SCORE)) == (1, 1)


def test_flushed_redis_can_be_rung_again(redis_url):
    bell = Bell(redis_url)
    bell.ring(Queue.WHATSAPP)
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()

    bell.ring(Queue.WHATSAPP)

    assert waiting(redis_url) == 1


def test_bell_that_did_not_come_through_is_rung_again_at_once(redis_url, monkeypatch):
    monkeypatch.setattr(bells, "SILENT_SECONDS", 0.0)
    bell = Bell(redis_url)
    with monkeypatch.context() as trouble:
        # Redis has noted that it was rung, and is too slow to take the bell itself.
        trouble.setattr(RQueue, "enqueue_call", fail_slowly)
        bell.ring(Queue.WHATSAPP)
    assert waiting(redis_url) == 0

    bell.ring(Queue.WHATSAPP)
    bell.ring(Queue.WHATSAPP)

    assert waiting(redis_url) == 1


def fail_slowly(*_args, **_facts):
    raise RedisTimeout


def test_bell_that_nobody_has_answered_for_long_does_not_keep_others_from_ringing(redis_url):
    # A process that died between the note and the bell.
    with Redis.from_url(redis_url) as connection:
        bell = Bell(redis_url)
        bell.ring(Queue.WHATSAPP)
        left = connection.pttl("khaacho:rung:whatsapp")

    assert 0 < left <= 1_000


@pytest.fixture
def silent_redis():
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", "silent"])
def test_ringing_without_redis_neither_raises_nor_waits_long(url, silent_redis):
    bell = Bell(silent_redis if url == "silent" else url)
    started = time.monotonic()

    for _ in range(50):
        bell.ring(Queue.WHATSAPP)

    assert time.monotonic() - started < 0.8
