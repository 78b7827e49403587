import socket
import time

import pytest
from redis import Redis
from rq import Queue as RQueue
from rq.serializers import JSONSerializer

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
