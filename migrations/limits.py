"""How long a migration may wait for a lock, and how long a statement of it may take: a market goes on behind it."""

from __future__ import annotations

from typing import Final

LIMITS: Final = ("SET lock_timeout = '4s'", "SET statement_timeout = '60s'")
