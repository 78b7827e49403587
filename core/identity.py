"""What a reference is compared by, so that one that looks the same is the same wherever it is typed. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Signs that belong to a reference; any other sign is dropped, as a space is.
SIGNS: Final = frozenset("-–/.#:")
# Letters and marks by their category that nothing shows: fillers, variation selectors, joiners of graphemes.
_FILLERS: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def is_invisible(character: str) -> bool:
    """Whether the character has neither a width nor a place of its own: joiners, direction overrides, soft hyphens."""
    return unicodedata.category(character) == "Cf" or _FILLERS.match(character) is not None


def reference_key(reference: str | None) -> str | None:
    """The reference as it is compared: letters, digits and its signs in their plain forms, in Latin digits.

    Width, case, spaces and whatever nothing shows make no difference. None when nothing is left. The key of a key is
    the key, and so is that of a cleaned reference.
    """
    # Twice: what is left after dropping and folding may compose anew.
    return _plain(_plain(reference or "")) or None


def _plain(text: str) -> str:
    kept = "".join(_kept(character) for character in unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())


def _kept(character: str) -> str:
    if is_invisible(character):
        return ""
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    if character == "–":
        return "-"
    return character if character in SIGNS or unicodedata.category(character)[0] in "LM" else ""
