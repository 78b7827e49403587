import datetime as dt

import pytest

from core.actor import Actor, ActorKind, Via


@pytest.fixture
def now():
    return dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)


@pytest.fixture
def admin():
    return Actor(kind=ActorKind.ADMIN, via=Via.PANEL)


@pytest.fixture
def by_chat():
    return Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP)
