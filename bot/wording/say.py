"""What the bot says, before it has words: the name of a message and the facts it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

# Stands in a template's variables where a button's id needs the token of its question.
TOKEN = "@token"  # noqa: S105 - a placeholder, no secret
NO_FACTS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Say:
    """`name` is a file under templates/<language>/; `view` holds facts only, never a sentence."""

    name: str
    view: Mapping[str, Any] = field(default_factory=lambda: NO_FACTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A button or a row as worded. `choice` is what a tap on it means; the prompt's token is added when it is stored."""

    choice: str
    title: str
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovedTemplate:
    """The approved template that says the same outside the 24-hour window, with its variables."""

    name: str
    variables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """One message in one language, with nothing yet said about the channel."""

    body: str
    language: str
    buttons: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    list_button: str | None = None
    template: ApprovedTemplate | None = None

    @property
    def options(self) -> tuple[Option, ...]:
        """What can be answered, in the order of the numbers that may be typed instead."""
        return self.buttons or self.rows

    def content(self, token: str | None = None) -> dict[str, Any]:
        """As the outbox stores it: plain values, each choice under the token of its prompt."""
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
