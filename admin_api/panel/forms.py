"""What people type into forms, as values. What can't be read is refused with the field's name."""

from __future__ import annotations

import re
from decimal import Decimal

from admin_api.panel.doors import given
from core.errors import DomainError
from core.money import Money, rupees

_LATIN = str.maketrans("०१२३४५६७८९", "0123456789")
_MOST = Decimal(10**10)
# Nobody writes "1e9" or "0x10" for a sum: such a text is a slip of the hand.
_FIGURES = re.compile(r"\d{1,14}(?:\.\d{1,3})?")


class FieldNotUnderstood(DomainError):
    """A field is empty or can't be read."""

    code = "field_not_understood"


def required(name: str, *, longest: int = 500) -> str:
    found = given(name, longest=longest)
    if not found:
        raise FieldNotUnderstood(field=name)
    return found


def whole(name: str) -> int:
    """A number that a row or a setting can have, with the digits of either script."""
    found = required(name).translate(_LATIN).replace(",", "")
    if not found.isascii() or not found.isdigit() or len(found) > 18:
        raise FieldNotUnderstood(field=name)
    return int(found)


def amount(name: str) -> Money:
    """Rupees as people write them: `1,00,000`, `Rs. 500.50`."""
    value = number(required(name).removeprefix("Rs.").removeprefix("रु."), field=name)
    if value > _MOST:
        raise FieldNotUnderstood(field=name)
    try:
        return rupees(value)
    except ValueError as odd:
        raise FieldNotUnderstood(field=name) from odd


def number(typed: str, *, field: str) -> Decimal:
    """A number with up to three places behind its point, in the digits of either script."""
    found = typed.translate(_LATIN).replace(",", "").strip()
    if not found.isascii() or not _FIGURES.fullmatch(found):
        raise FieldNotUnderstood(field=field)
    return Decimal(found)
