"""The sender's memory of contents, in the database: a short transaction for each question."""

from __future__ import annotations

from core.db.clock import business_now
from core.db.session import Database
from core.messaging import contents


class StoredContents:
    """What `TwilioSender` asks for names of stored contents."""

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
