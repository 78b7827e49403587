"""Passwords as Argon2id hashes, with work that does not tell whether a name is known."""

from __future__ import annotations

import re
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
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SHORTEST_WORD = 3


def is_common(password: str, *, names: Iterable[str] = ()) -> bool:
    """Whether *password* is among the first that somebody would try.

    Those are a listed word, a run of keys, a few characters repeated and a name of its user, also with digits or signs
    before or after.
    """
    word = password.casefold()
    bare = _bare(word)
    if len(set(word)) < 4 or _is_run(word) or _is_run(bare) or word in _common() or bare in _common_bare():
        return True
    named = {part for name in names for part in (name.casefold(), name.casefold().split("@")[0])}
    named |= {_bare(name) for name in named} - {""}
    return not named.isdisjoint({word, bare})


def _is_run(word: str) -> bool:
    return word != "" and any(word in row * 2 or word[::-1] in row * 2 for row in _ROWS_OF_KEYS)


def _bare(word: str) -> str:
    """The word without the digits and signs before and after it; nothing when less than a word is left."""
    bare = _AROUND.sub("", word)
    return bare if len(bare) >= _SHORTEST_WORD else ""


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


@cache
def _common_bare() -> frozenset[str]:
    return frozenset(bare for word in _common() if (bare := _bare(word)))


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
