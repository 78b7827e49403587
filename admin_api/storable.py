"""What no text in PostgreSQL can hold. Whatever a request brings as text is looked at here, before anybody uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from werkzeug.datastructures import MultiDict

# A NUL, and half a surrogate pair, which is no character.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def can_be_stored(given: object) -> bool:
    """Whether every text in *given* can be: a text, or lists and mappings of whatever JSON can say."""
    waiting = [given]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and _UNSTORABLE.search(one):
            return False
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return True


def can_all_be_stored(*fields: MultiDict[str, str]) -> bool:
    """Whether the names and values of a query or a form can be."""
    return all(can_be_stored(list(_texts(field))) for field in fields)


def _texts(field: MultiDict[str, str]) -> Iterable[str]:
    for name, values in field.lists():
        yield name
        yield from values
