"""The connection through which a worker process claims jobs, and which proves that the process is alive."""

from __future__ import annotations

import os
import secrets
import socket
from threading import Lock

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.db.clock import business_now
from core.outbox import claims
from core.outbox.claims import LIVING_WORKERS, Claim
from core.outbox.models import Queue

_NUMBERS = 2**31


class ClaimConnection:
    """Holds a session lock on a number of its own and claims jobs through the same connection.

    So no claim is made without the lock, and when the process or its connection dies, the lock is
    free at once and the sweep may take back what was claimed under it. Threads may share it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mutex = Lock()
        self._connection: Connection | None = None
        self._worker = ""

    def claim(self, queue: Queue) -> Claim | float | None:
        """A job to run; or the seconds until the next one is due; or None when none is waiting."""
        with self._mutex:
            try:
                connection = self._connected()
                with Session(connection) as session, session.begin():
                    if claim := claims.claim(session, queue, worker=self._worker):
                        return claim
                    now = business_now(session)
                    due = claims.next_due(session, queue, now=now)
                    return None if due is None else (due - now).total_seconds()
            except DBAPIError:
                self._close()
                raise

    def close(self) -> None:
        with self._mutex:
            self._close()

    def _connected(self) -> Connection:
        if self._connection is None:
            connection = self._engine.connect()
            # Never back into a pool: the lock must end with this connection.
            connection.detach()
            try:
                self._worker = _announce(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _announce(connection: Connection) -> str:
    """Lock a number that no living worker has, and return the name that carries it."""
    while True:
        number = secrets.randbelow(_NUMBERS)
        is_ours = connection.scalar(
            text("SELECT pg_try_advisory_lock(:space, :number)").bindparams(
                space=LIVING_WORKERS, number=number
            )
        )
        connection.commit()
        if is_ours:
            return claims.worker_name(socket.gethostname(), os.getpid(), number)
