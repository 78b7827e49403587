"""Passwords as Argon2id hashes, with work that does not tell whether a name is known."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 8

# OWASP's first recommendation (19 MiB, two passes, one lane): 35 ms of one core here, and a burst of sign-ins fits in
# the memory of a small host.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# The hash of a password that nobody has, made with the parameters above.
NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$cPeaWvMO9PrQXfGfQR1voA$+PYO3apwCnksuiuy/nBdL9YLJJVLwCql8jspn6/mHIE"
)


_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"
_ROWS_OF_KEYS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890")


def is_common(password: str, *, names: Iterable[str] = ()) -> bool:
    """Whether *password* is among the first that somebody would try: listed, a run of keys, repeated, or a name of its user."""
    word = password.casefold()
    if word in _common() or word.rstrip("0123456789!@#$.") in _common() or len(set(word)) < 4:
        return True
    if any(word in row * 2 or word[::-1] in row * 2 for row in _ROWS_OF_KEYS):
        return True
    return word in {part for name in names for part in (name.casefold(), name.casefold().split("@")[0])}


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_password(password: str, password_hash: str) -> bool:
    """Whether *password* made the hash. A hash that cannot be read belongs to nobody."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
