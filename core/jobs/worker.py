"""The worker processes: one with pools of threads for short work, one that forks for each bell of heavy work."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from threading import Event, Thread
from types import FrameType
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RQueue
from rq import SimpleWorker, Worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from core import trace
from core.db.clock import business_now
from core.db.session import Database
from core.jobs import bell, runner
from core.jobs.bell import Bell
from core.jobs.claim_connection import ClaimConnection
from core.jobs.handlers import Handlers
from core.jobs.worker_pool import WorkerPool
from core.outbox import claims
from core.outbox.claims import Claim
from core.outbox.models import Queue

# How many jobs of a queue one process does at a time.
THREADS: Mapping[Queue, int] = {
    Queue.WHATSAPP: 5,
    Queue.ORDER_PROCESSING: 5,
    Queue.ORDER_ROUTING: 3,
    Queue.PAYMENT_REMINDERS: 3,
    Queue.CREDIT_SCORE: 2,
}
SHORT_WORK = tuple(THREADS)
# Too heavy for a thread beside others: a process of its own for each bell.
HEAVY_WORK = (Queue.REPORT_GENERATION,)

SWITCH_SECONDS = 0.0005
# How long the job of a killed worker waits for the others to notice.
LOOK_FOR_DEAD_SECONDS = 2.0
REDIS_AWAY_SECONDS = 2.0
CLAIMING_SECONDS = 2.0
ENDING_SECONDS = 20.0

logger = logging.getLogger(__name__)


def work_short(
    queues: Collection[Queue], *, engine: Engine, handlers: Handlers, redis_url: str, our_bell: Bell
) -> bool:
    """Work on *queues* until a signal. False when running jobs did not end in time: the process must end hard then.

    Redis only wakes: without it the pools look by themselves.
    """
    # Long reading must not hold up short answers: between two statements a thread gives the interpreter away, and the
    # default lets it wait five milliseconds each time until a busy one gives it back.
    sys.setswitchinterval(SWITCH_SECONDS)
    database, connection, stopping = Database(engine), ClaimConnection(engine), Event()
    pools = {
        queue: WorkerPool(
            queue,
            threads=THREADS[queue],
            database=database,
            handlers=handlers,
            connection=connection,
            ring_others=our_bell.ring,
        )
        for queue in queues
    }
    bell.listen(lambda queue: pools[queue].wake())
    stop_on_signals(stopping)
    _take_over(database)
    for pool in pools.values():
        pool.start()
    Thread(
        target=_watch_for_dead_workers, args=(database, stopping), name="watch for dead workers", daemon=True
    ).start()
    _listen_for_bells(_ThreadListener, queues, redis_url=redis_url, stopping=stopping)
    for pool in pools.values():
        pool.stop()
    if all(pool.has_claimed_last(CLAIMING_SECONDS) for pool in pools.values()):
        logger.info("the worker claims no more jobs")
    ended = [pool.wait(ENDING_SECONDS / len(pools)) for pool in pools.values()]
    connection.close()
    return all(ended)


def work_heavy(queues: Collection[Queue], *, engine: Engine, handlers: Handlers, redis_url: str) -> None:
    """Work on *queues* in forked processes until a signal. *engine* must not pool: forked processes share no connection."""
    database = Database(engine)

    def drain(queue: Queue) -> None:
        connection = ClaimConnection(engine)
        while isinstance(claim := connection.claim(queue), Claim):
            runner.run(database, handlers, claim)
        connection.close()
        trace.flush()

    stopping = Event()
    bell.listen(drain)
    stop_on_signals(stopping)
    _take_over(database)
    _listen_for_bells(_ForkListener, queues, redis_url=redis_url, stopping=stopping)


def end_hard() -> None:
    """End without waiting for running jobs: their transactions roll back, and another worker takes them back."""
    logger.warning("running jobs are handed back")
    os._exit(1)


def _take_over(database: Database) -> None:
    """Find at the start what dead workers left and what nobody was rung for."""
    _take_back(database)
    with suppress(SQLAlchemyError), database.transaction() as session:
        claims.ring_for_due(session, now=business_now(session))


def _watch_for_dead_workers(database: Database, stopping: Event) -> None:
    while not stopping.wait(LOOK_FOR_DEAD_SECONDS):
        _take_back(database)


def _take_back(database: Database) -> None:
    with suppress(SQLAlchemyError), database.transaction() as session:
        if count := claims.take_back(session, now=business_now(session)):
            logger.info("took back what dead workers held", extra={"jobs": count})


class _Stopping:
    """Lets a signal end the loop around RQ's, and RQ come back soon after Redis does."""

    stopping: Event
    max_connection_wait_time = 5.0

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping.set()
        super().request_stop(signum, frame)  # type: ignore[misc]


class _ThreadListener(_Stopping, SimpleWorker):  # type: ignore[misc]
    """Answers bells in this process."""


class _ForkListener(_Stopping, Worker):  # type: ignore[misc]
    """Answers each bell in a child."""


def _listen_for_bells(
    listener: type[Any], queues: Collection[Queue], *, redis_url: str, stopping: Event
) -> None:
    """Wait for bells until a signal, across outages of Redis."""
    while not stopping.is_set():
        try:
            connection: Redis = Redis.from_url(redis_url)
            worker = listener(
                [RQueue(queue.value, connection=connection, serializer=JSONSerializer) for queue in queues],
                connection=connection,
                serializer=JSONSerializer,
                default_result_ttl=0,
                log_job_description=False,
            )
            worker.stopping = stopping
            worker.work(logging_level="WARNING")
        except StopRequested:
            break
        except RedisError as problem:
            logger.warning("Redis is away", extra={"problem": type(problem).__name__})
        # RQ has put its own handlers in place, which raise in whatever runs after it.
        stop_on_signals(stopping)
        stopping.wait(REDIS_AWAY_SECONDS)


def stop_on_signals(stopping: Event) -> None:
    """Let Ctrl-C and a termination set *stopping* and nothing else."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
