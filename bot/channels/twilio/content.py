"""Buttons and lists for Twilio: stored content, made once per shape and filled by variables."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

from bot.channels.types import Choice, Message


class ContentStore(Protocol):
    """Remembers the content made for a shape. Losing it costs one more call per shape, nothing else."""

    def find(self, shape: str) -> str | None:
        """Return the content sid remembered for *shape*."""
        ...

    def remember(self, shape: str, sid: str) -> None:
        """Keep *sid* for *shape*; the second of two that were made at once may win or lose."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """Everything of a message but its words. The number of rows and which are described cannot be variables."""

    name: str
    types: dict[str, Any]  # as the Content API takes it, with {{1}}, {{2}}, … for the words
    variables: dict[str, str]  # the words of this one message


def shape_of(message: Message) -> Shape:
    """Return shape and words of a message with choices that was fitted to the limits."""
    words = _Words()
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


class ContentRequest:
    """What `contents.create` sends. The SDK's own request writes absent fields as null, which the API's spec forbids."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def to_dict(self) -> dict[str, Any]:
        return {
            "friendly_name": f"khaacho_{self._shape.name}",
            "language": "en",  # of the shape, which has no words
            "variables": dict.fromkeys(self._shape.variables, "…"),
            "types": self._shape.types,
        }


class _Words:
    """Collects the words of one message as numbered variables."""

    def __init__(self) -> None:
        self.by_number: dict[str, str] = {}

    def add(self, word: str) -> str:
        number = str(len(self.by_number) + 1)
        # Longer runs of blanks in a variable are refused (63013), and that is only told by callback.
        self.by_number[number] = re.sub(r"\n{3,}", "\n\n", re.sub(r" {5,}", " ", word))
        return "{{" + number + "}}"


def _item(row: Choice, words: _Words) -> dict[str, str]:
    item = {"id": words.add(row.id), "item": words.add(row.title)}
    return item | {"description": words.add(row.description)} if row.description else item
