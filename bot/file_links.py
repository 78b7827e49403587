"""Makes the link of a document when its message goes out, so that no link waits in the outbox and grows old there."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from bot.channels.types import Document
from core.clock import system_now
from core.config import Settings
from core.reports.printed import sign_link

PATH = "/api/v1/files"


def linking(settings: Settings) -> Callable[[Document], str]:
    """Links of our own server, under its public address."""

    def link_of(document: Document) -> str:
        token = sign_link(document.names, secret=settings.jwt_secret, now=system_now())
        return f"{settings.public_url}{PATH}/{token}/{quote(document.name)}"

    return link_of
