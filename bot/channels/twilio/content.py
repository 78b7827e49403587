"""Buttons and lists for Twilio: content that is stored once per shape and filled with variables."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

from bot.channels.types import Choice, Message


class ContentStore(Protocol):
    """Remembers content ids by our names. Losing one only costs a call or a sync."""

    def find(self, name: str) -> str | None:
        """The content id remembered for *name*, or None."""
        ...

    def remember(self, name: str, sid: str) -> None:
        """Remember *sid* for *name*, replacing any other."""
        ...

    def forget(self, name: str) -> None:
        """Forget *name*, if it was remembered."""
        ...


def content_name(account_sid: str, name: str) -> str:
    """Our name for a content. Includes the account, because a content belongs to its account."""
    return f"{account_sid}.{name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A message without its words. How many rows it has, and which have a description, can't be variables."""

    name: str
    types: dict[str, Any]  # as the Content API takes it, with {{1}}, {{2}}, … for the words
    variables: dict[str, str]  # the words of this one message


def shape_of(message: Message) -> Shape:
    """The shape and the words of a fitted message with choices."""
    words = _Variables()
    body = words.add(message.text)
    if message.buttons:
        actions = [
            {"type": "QUICK_REPLY", "title": words.add(button.title), "id": words.add(button.id)}
            for button in message.buttons
        ]
        return Shape(
            name=f"quick-reply-{len(actions)}",
            types={"twilio/quick-reply": {"body": body, "actions": actions}},
            variables=words.by_number,
        )
    button = words.add(message.list_button or "")
    items = [_item(row, words) for row in message.rows]
    described = "".join("d" if row.description else "t" for row in message.rows)
    return Shape(
        name=f"list-{described}",
        types={"twilio/list-picker": {"body": body, "button": button, "items": items}},
        variables=words.by_number,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentRequest:
    """The body of `contents.create`. The SDK's own request sends absent fields as null, which the API's spec forbids."""

    friendly_name: str
    language: str
    variables: dict[str, str]  # what stands for a variable that a send leaves out, and what a reviewer sees
    types: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return {
            "friendly_name": self.friendly_name,
            "language": self.language,
            "variables": self.variables,
            "types": self.types,
        }


def request_for(shape: Shape) -> ContentRequest:
    return ContentRequest(
        friendly_name=f"khaacho_{shape.name}",
        language="en",  # a shape has no words of its own
        variables=dict.fromkeys(shape.variables, "…"),
        types=shape.types,
    )


class _Variables:
    """Collects the words of one message as numbered variables."""

    def __init__(self) -> None:
        self.by_number: dict[str, str] = {}

    def add(self, word: str) -> str:
        number = str(len(self.by_number) + 1)
        # Longer runs of blanks in a variable are refused (63013), which only a callback reports.
        self.by_number[number] = re.sub(r"\n{3,}", "\n\n", re.sub(r" {5,}", " ", word))
        return "{{" + number + "}}"


def _item(row: Choice, words: _Variables) -> dict[str, str]:
    item = {"id": words.add(row.id), "item": words.add(row.title)}
    return item | {"description": words.add(row.description)} if row.description else item
