"""Phone numbers in one form, `+977…`, however people write them."""

from __future__ import annotations

import phonenumbers

HOME_REGION = "NP"


def find_phone(text: str) -> str | None:
    """The number in E.164 form, or None when *text* is not one. Without a country code it is Nepali."""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
