"""What people type into forms, as values. What can't be read is refused with the field's name."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from admin_api.panel.doors import given
from core.errors import DomainError
from core.money import Money, rupees

_LATIN = str.maketrans("०१२३४५६७८९", "0123456789")
_MOST = Decimal(10**10)


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
    found = required(name).translate(_LATIN).replace(",", "").removeprefix("Rs.").removeprefix("रु.").strip()
    try:
        value = Decimal(found)
        if not value.is_finite() or not 0 <= value <= _MOST:
            raise FieldNotUnderstood(field=name)
        return rupees(value)
    except (InvalidOperation, ValueError) as odd:
        raise FieldNotUnderstood(field=name) from odd
