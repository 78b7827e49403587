"""Stores the ids of Twilio contents in the database, one short transaction per call."""

from __future__ import annotations

from core.db.clock import business_now
from core.db.session import Database
from core.messaging import contents


class StoredContents:
    """The `ContentStore` of `TwilioSender`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str) -> str | None:
        with self._database.transaction() as session:
            return contents.find_content(session, name)

    def remember(self, name: str, sid: str) -> None:
        with self._database.transaction() as session:
            contents.remember_content(session, name, sid, now=business_now(session))

    def forget(self, name: str) -> None:
        with self._database.transaction() as session:
            contents.delete_content(session, name)
