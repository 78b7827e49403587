"""Every 15 minutes, asks the provider for what we missed: inbound messages, and the final statuses of ours."""

from __future__ import annotations

import datetime as dt
from typing import Final, Protocol

from bot import inbox, sending
from bot.channels.types import Inbound, StatusUpdate
from core.clock import system_now
from core.db.clock import business_now
from core.db.session import Database
from core.jobs.handlers import Arguments, OutsideHandler
from core.messaging import queries
from core.outbox import queries as outbox

KIND: Final = "reconcile_provider"
# Longer than the time between two runs, because the provider may list a message late.
LOOK_BACK: Final = dt.timedelta(hours=1)
NOT_HEARD_OF_FOR: Final = dt.timedelta(minutes=15)
OLDEST: Final = dt.timedelta(hours=24)
MOST_FETCHED: Final = 50


class ProviderHistory(Protocol):
    def list_inbound(self, *, since: dt.datetime) -> list[Inbound]:
        """Inbound messages after *since*, oldest first."""
        ...

    def fetch(self, sid: str) -> Inbound | StatusUpdate | None:
        """One message, inbound or ours."""
        ...


def reconciling(history: ProviderHistory | None) -> OutsideHandler:
    """The handler of `reconcile_provider`. Does nothing without a provider."""

    def reconcile(database: Database, _arguments: Arguments, now: dt.datetime) -> None:
        if history is None:
            return
        with database.transaction() as session:
            asked_at = outbox.last_done(session, KIND) or now
        # The provider doesn't know our business clock, so we pass it durations before now, not instants.
        not_asked_for = min(now - asked_at, OLDEST - LOOK_BACK)
        for inbound in history.list_inbound(since=system_now() - not_asked_for - LOOK_BACK):
            with database.transaction() as session:
                inbox.receive(session, inbound, now=min(inbound.sent_at or now, business_now(session)))
        with database.transaction() as session:
            silent = queries.sent_and_silent(
                session, before=now - NOT_HEARD_OF_FOR, after=now - OLDEST, at_most=MOST_FETCHED
            )
        for sid in silent:
            found = history.fetch(sid)
            if isinstance(found, StatusUpdate):
                with database.transaction() as session:
                    sending.receive_status(session, found, now=business_now(session))

    return OutsideHandler(act=reconcile)
