"""Messages before and after rendering: `Say` is a name with facts, `Rendered` has the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

# Placeholder in a template's variables for the token of the prompt.
TOKEN = "@token"  # noqa: S105 - a placeholder, no secret
NO_FACTS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Say:
    """`name` is a file under templates/<language>/; `view` holds facts only, never a sentence."""

    name: str
    view: Mapping[str, Any] = field(default_factory=lambda: NO_FACTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A button or a row. `choice` is what a tap means; storing it adds the prompt's token."""

    choice: str
    title: str
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovedTemplate:
    """The WhatsApp template that says the same outside the 24-hour window, with its variables."""

    name: str
    variables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """One message in one language, for any channel."""

    body: str
    language: str
    buttons: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    list_button: str | None = None
    template: ApprovedTemplate | None = None

    @property
    def options(self) -> tuple[Option, ...]:
        """The options, in the order of the numbers that can be typed instead."""
        return self.buttons or self.rows

    def content(self, token: str | None = None) -> dict[str, Any]:
        """The message as the outbox stores it: plain values, each choice prefixed with its prompt's token."""
        return {
            "text": self.body,
            "buttons": [_stored(option, token) for option in self.buttons],
            "rows": [_stored(option, token) for option in self.rows],
            "list_button": self.list_button,
            "template": None
            if self.template is None
            else {
                "name": self.template.name,
                "language": self.language,
                "variables": [token or "" if value == TOKEN else value for value in self.template.variables],
            },
        }


def _stored(option: Option, token: str | None) -> dict[str, str]:
    return {
        "id": f"{token}:{option.choice}" if token else option.choice,
        "title": option.title,
        "description": option.description,
    }
