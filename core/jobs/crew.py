"""The people of one queue: a foreman who claims what is due, and as many hands as the queue may have."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event, Semaphore, Thread

from sqlalchemy.exc import SQLAlchemyError

from core.db.session import Database
from core.jobs import runner
from core.jobs.claimant import Claimant
from core.jobs.handlers import Handlers
from core.outbox.claims import Claim
from core.outbox.models import Queue

# How long a lost bell can go unnoticed: even without Redis the foreman looks this often.
LOOK_EVERY_SECONDS = 5.0
DATABASE_AWAY_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Crew:
    """Works on one queue in threads until it is stopped."""

    def __init__(
        self,
        queue: Queue,
        *,
        hands: int,
        database: Database,
        handlers: Handlers,
        claimant: Claimant,
        ask_for_help: Callable[[Queue], None],
    ) -> None:
        self.queue = queue
        self._database = database
        self._handlers = handlers
        self._claimant = claimant
        self._ask_for_help = ask_for_help
        self._free_hands = Semaphore(hands)
        self._hands = ThreadPoolExecutor(hands, thread_name_prefix=queue.value)
        self._foreman = Thread(target=self._lead, name=f"{queue.value} foreman", daemon=True)
        self._rung = Event()
        self._stopping = Event()
        self._at_work: set[Future[None]] = set()

    def start(self) -> None:
        self._foreman.start()

    def wake(self) -> None:
        """Look for work now."""
        self._rung.set()

    def stop(self) -> None:
        """Claim nothing more. What runs goes on: see `wait`."""
        self._stopping.set()
        self._rung.set()
        self._free_hands.release()

    def wait(self, seconds: float) -> bool:
        """Wait for the running jobs to end. False when some have not."""
        self._foreman.join(seconds)
        _, unfinished = wait(set(self._at_work), timeout=seconds)
        self._hands.shutdown(wait=False)
        return not unfinished and not self._foreman.is_alive()

    def _lead(self) -> None:
        while not self._stopping.is_set():
            if not self._free_hands.acquire(blocking=False):
                # All hands are busy: another process may have some.
                self._ask_for_help(self.queue)
                self._free_hands.acquire()
            self._rung.clear()
            found = self._look()
            if isinstance(found, Claim):
                self._give(found)
            else:
                self._free_hands.release()
                self._rung.wait(found)

    def _look(self) -> Claim | float:
        """A claimed job, or how many seconds to wait for the next one."""
        if self._stopping.is_set():
            return 0.0
        try:
            found = self._claimant.claim(self.queue)
        except SQLAlchemyError as problem:
            logger.warning("cannot look for work", extra={"problem": type(problem).__name__})
            return DATABASE_AWAY_SECONDS
        except Exception:  # a foreman that dies stops the queue for good, and nobody sees it
            logger.exception("cannot look for work")
            return DATABASE_AWAY_SECONDS
        if isinstance(found, Claim):
            return found
        return LOOK_EVERY_SECONDS if found is None else min(LOOK_EVERY_SECONDS, found)

    def _give(self, claim: Claim) -> None:
        future = self._hands.submit(self._work, claim)
        self._at_work.add(future)
        future.add_done_callback(self._at_work.discard)

    def _work(self, claim: Claim) -> None:
        try:
            failure = self._run(claim)
            # While we live nobody takes the job from us, so its failure must be stored, however long that takes.
            while failure is not None and not self._stopping.wait(DATABASE_AWAY_SECONDS):
                failure = self._store(failure, claim)
        finally:
            self._free_hands.release()
            # A twin that was waiting for this one may go now.
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
