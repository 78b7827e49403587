"""Reads what came with a message from Twilio, with the account's credentials, up to a size."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import requests

from core.config import TwilioAccount

MOST_BYTES: Final = 16 * 1024 * 1024
_HOSTS: Final = ("twilio.com", "twiliocdn.com")
_SECONDS: Final = (3, 5)
_PART: Final = 65_536

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Medium:
    content: bytes
    content_type: str


def reading(account: TwilioAccount) -> Callable[[str], Medium | None]:
    """Read by URL; None when it is gone, too large, or somewhere else than at Twilio."""

    def read(url: str) -> Medium | None:
        if not _is_twilios(url):
            return None
        try:
            with requests.get(
                url, auth=(account.account_sid, account.auth_token), timeout=_SECONDS, stream=True
            ) as answer:
                answer.raise_for_status()
                content = bytearray()
                for part in answer.iter_content(_PART):
                    content += part
                    if len(content) > MOST_BYTES:
                        return None
                kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return Medium(content=bytes(content), content_type=kind)
        except requests.RequestException as problem:
            logger.warning(
                "what came with a message can't be read", extra={"problem": type(problem).__name__}
            )
            return None

    return read


def _is_twilios(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in _HOSTS)
