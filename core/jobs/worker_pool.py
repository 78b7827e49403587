"""The worker pool of one queue: a dispatcher thread claims due jobs and submits them to a fixed number of threads."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event, Semaphore, Thread

from sqlalchemy.exc import SQLAlchemyError

from core.db.session import Database
from core.jobs import runner
from core.jobs.claim_connection import ClaimConnection
from core.jobs.handlers import Handlers
from core.outbox.claims import Claim
from core.outbox.models import Queue

# How long a lost bell can go unnoticed: even without Redis the dispatcher looks this often.
LOOK_EVERY_SECONDS = 2.0
DATABASE_AWAY_SECONDS = 1.0

logger = logging.getLogger(__name__)


class WorkerPool:
    """Runs the jobs of one queue in threads until it is stopped."""

    def __init__(
        self,
        queue: Queue,
        *,
        threads: int,
        database: Database,
        handlers: Handlers,
        connection: ClaimConnection,
        ring_others: Callable[[Queue], None],
    ) -> None:
        self.queue = queue
        self._database = database
        self._handlers = handlers
        self._connection = connection
        self._ring_others = ring_others
        self._free_threads = Semaphore(threads)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=queue.value)
        self._dispatcher = Thread(target=self._dispatch, name=f"{queue.value} dispatcher", daemon=True)
        self._rung = Event()
        self._stopping = Event()
        self._running: set[Future[None]] = set()

    def start(self) -> None:
        self._dispatcher.start()

    def wake(self) -> None:
        """Look for work now."""
        self._rung.set()

    def stop(self) -> None:
        """Begin to stop: see `has_claimed_last` and `wait`."""
        self._stopping.set()
        self._rung.set()
        self._free_threads.release()

    def has_claimed_last(self, seconds: float) -> bool:
        """Wait for the claim that was being made when it was stopped; no other follows. Running jobs continue."""
        self._dispatcher.join(seconds)
        return not self._dispatcher.is_alive()

    def wait(self, seconds: float) -> bool:
        """Wait for the running jobs to end. False when some have not."""
        self._dispatcher.join(seconds)
        _, unfinished = wait(set(self._running), timeout=seconds)
        self._executor.shutdown(wait=False)
        return not unfinished and not self._dispatcher.is_alive()

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            if not self._free_threads.acquire(blocking=False):
                # All threads are busy; another process may have a free one.
                self._ring_others(self.queue)
                self._free_threads.acquire()
            self._rung.clear()
            found = self._claim()
            if isinstance(found, Claim):
                self._submit(found)
            else:
                self._free_threads.release()
                self._rung.wait(found)

    def _claim(self) -> Claim | float:
        """A claimed job, or how many seconds to wait for the next one."""
        if self._stopping.is_set():
            return 0.0
        try:
            found = self._connection.claim(self.queue)
        except SQLAlchemyError as problem:
            logger.warning("cannot look for work", extra={"problem": type(problem).__name__})
            return DATABASE_AWAY_SECONDS
        except Exception:  # a dispatcher that dies stops the queue for good, and nobody sees it
            logger.exception("cannot look for work")
            return DATABASE_AWAY_SECONDS
        if isinstance(found, Claim):
            return found
        return LOOK_EVERY_SECONDS if found is None else min(LOOK_EVERY_SECONDS, found)

    def _submit(self, claim: Claim) -> None:
        future = self._executor.submit(self._work, claim)
        self._running.add(future)
        future.add_done_callback(self._running.discard)

    def _work(self, claim: Claim) -> None:
        try:
            failure = self._run(claim)
            # While we live nobody takes the job from us, so its failure must be stored, however long that takes.
            while failure is not None and not self._stopping.wait(DATABASE_AWAY_SECONDS):
                failure = self._store(failure, claim)
        finally:
            self._free_threads.release()
            # A duplicate that was waiting for this one may go now.
            self._rung.set()

    def _run(self, claim: Claim) -> Exception | None:
        """None when the job has been settled, one way or the other; else why it could not be."""
        try:
            runner.run(self._database, self._handlers, claim)
        except Exception as problem:  # noqa: BLE001 - a thread has nobody to raise to
            logger.warning("cannot store a failure", extra={"problem": type(problem).__name__})
            return problem
        return None

    def _store(self, failure: Exception, claim: Claim) -> Exception | None:
        try:
            runner.settle_failure(self._database, self._handlers, claim, failure)
        except Exception as problem:  # noqa: BLE001 - a thread has nobody to raise to
            logger.warning("cannot store a failure", extra={"problem": type(problem).__name__})
            return failure
        return None
