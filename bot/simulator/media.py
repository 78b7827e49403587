"""What the simulator's photo button sends: a note with an order, as a shopkeeper would photograph it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.simulator.phone import PHOTO_URL

_NOTE = Path(__file__).parent / "static" / "note.png"


@dataclass(frozen=True, kw_only=True, slots=True)
class Medium:
    content: bytes
    content_type: str


def read(url: str) -> Medium | None:
    return Medium(content=_NOTE.read_bytes(), content_type="image/png") if url == PHOTO_URL else None
