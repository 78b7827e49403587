"""WhatsApp's limits for one message, and how a message is fitted to them without losing a choice."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from bot.channels.types import Choice, Message

# In code points, as providers count.
BODY_LIMIT: Final = 1_500  # Twilio refuses above 1,600
INTERACTIVE_BODY_LIMIT: Final = 1_024
MOST_BUTTONS: Final = 3
BUTTON_TITLE_LIMIT: Final = 20
MOST_ROWS: Final = 10
ROW_TITLE_LIMIT: Final = 24
ROW_DESCRIPTION_LIMIT: Final = 72
LIST_BUTTON_LIMIT: Final = 20
CHOICE_ID_LIMIT: Final = 200

_ELLIPSIS: Final = "…"
_CLUSTER: Final = regex.compile(r"\X")


class WindowClosed(Exception):
    """The 24-hour window is closed, and the message has no template."""


def fit(message: Message, *, window_open: bool) -> Message:
    """Return the message as it can be sent: with buttons, as a list, or as numbered text, whichever holds all of it.

    No choice is ever dropped; its number is its place in `message.choices`, so the text need not number them itself.
    A text too long for one message is shortened: use `parts` where every line counts.
    Raises WindowClosed if only a template may be sent and there is none.
    """
    if window_open:
        return _fit_free(replace(message, template=None, documents=()))
    if message.template is None:
        raise WindowClosed
    # The template is what goes out. The rest shows people who read the conversation later what it said.
    # A template can have buttons, but no list.
    return replace(_fit_free(replace(message, list_button=None, documents=())), template=message.template)


def parts(message: Message, *, window_open: bool) -> tuple[Message, ...]:
    """Like `fit`, but a text too long for one message becomes several, cut between lines; the choices come last.

    Each part costs money and may overtake another: send the next when the one before it is delivered. A document is a
    part of its own, because Twilio sends no text with it.
    """
    if not window_open:
        return (fit(message, window_open=False),)
    if message.documents:
        files = tuple(Message(text=one.title, documents=(one,)) for one in message.documents)
        if message.text == message.documents[0].title:
            return files
        return (*parts(replace(message, documents=()), window_open=True), *files)
    message = replace(message, template=None, text=_clean(message.text))
    room = _room_beside_choices(message)
    if len(message.text) <= room:
        return (_fit_free(message),)
    *heads, tail = split_text(message.text, BODY_LIMIT)
    if len(tail) > room:
        *more, tail = split_text(tail, room)
        heads += more
    return (*(Message(text=head) for head in heads), _fit_free(replace(message, text=tail)))


def as_numbered_text(message: Message) -> Message:
    """Return the message as plain text with its choices numbered: what works on every phone and in the sandbox."""
    text = _clean(message.text)
    if not message.choices:
        return Message(text=shorten(text, BODY_LIMIT))
    wordings = _numbered(message.choices)
    for lines in wordings:
        if len(text) + 2 + len(lines) <= BODY_LIMIT:
            return Message(text=f"{text}\n\n{lines}")
    shortest = wordings[-1]
    return Message(text=f"{shorten(text, BODY_LIMIT - 2 - len(shortest))}\n\n{shortest}")


def shorten(text: str, limit: int) -> str:
    """Return *text* with at most *limit* code points, ending in an ellipsis if cut, never inside a character.

    A character is what a person sees as one: a syllable with its vowel signs, a flag, a family.
    """
    if len(text) <= limit:
        return text
    kept, length = [], len(_ELLIPSIS)
    for cluster in _CLUSTER.findall(text):
        length += len(cluster)
        if length > limit:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + _ELLIPSIS


def split_text(text: str, limit: int) -> tuple[str, ...]:
    """Cut *text* into pieces of at most *limit* code points, between lines where that is possible."""
    pieces = [""]
    for piece in _splittable(text, limit):
        if len((pieces[-1] + piece).rstrip()) > limit:
            pieces.append("")
        pieces[-1] += piece
    return tuple(piece.strip("\n").rstrip() for piece in pieces if piece.strip())


def _fit_free(message: Message) -> Message:
    return _with_buttons(message) or _with_list(message) or as_numbered_text(message)


def _with_buttons(message: Message) -> Message | None:
    """With buttons, if every title fits: nothing else on a button would show what was cut."""
    if not 1 <= len(message.buttons) <= MOST_BUTTONS or any(button.description for button in message.buttons):
        return None
    text = _clean(message.text)
    buttons = tuple(replace(button, title=_clean_line(button.title)) for button in message.buttons)
    if any(len(button.title) > BUTTON_TITLE_LIMIT for button in buttons) or not _is_tappable(text, buttons):
        return None
    return Message(text=text, buttons=buttons)


def _with_list(message: Message) -> Message | None:
    if message.list_button is None or not 1 <= len(message.choices) <= MOST_ROWS:
        return None
    text, button = _clean(message.text), _clean_line(message.list_button)
    rows = tuple(_row(choice) for choice in message.choices)
    if len(button) > LIST_BUTTON_LIMIT or not _is_tappable(text, rows):
        return None
    return Message(text=text, rows=rows, list_button=button)


def _is_tappable(text: str, choices: Sequence[Choice]) -> bool:
    """WhatsApp refuses two choices with the same title, and an id with blanks around it."""
    return (
        len(text) <= INTERACTIVE_BODY_LIMIT
        and all(len(choice.id) <= CHOICE_ID_LIMIT and choice.id == choice.id.strip() for choice in choices)
        and len({choice.title for choice in choices}) == len(choices)
    )


def _row(choice: Choice) -> Choice:
    """Make a list row. A title that must be cut is repeated in full in the description."""
    title, description = _clean_line(choice.title), _clean_line(choice.description, blank="")
    if len(title) > ROW_TITLE_LIMIT:
        description = f"{title} · {description}" if description else title
    return Choice(
        id=choice.id,
        title=shorten(title, ROW_TITLE_LIMIT),
        description=shorten(description, ROW_DESCRIPTION_LIMIT),
    )


def _numbered(choices: Sequence[Choice]) -> list[str]:
    """The choices as numbered lines, from the fullest to the shortest version."""
    titles = [_clean_line(choice.title) for choice in choices]
    descriptions = [_clean_line(choice.description, blank="") for choice in choices]
    return [
        _lines(
            [f"{title} – {more}" if more else title for title, more in zip(titles, descriptions, strict=True)]
        ),
        _lines(titles),
        _lines([shorten(title, 2 * ROW_TITLE_LIMIT) for title in titles]),
        _lines([shorten(title, ROW_TITLE_LIMIT) for title in titles]),
    ]


def _lines(titles: Sequence[str]) -> str:
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, start=1))


def _room_beside_choices(message: Message) -> int:
    """How long a text may be so that text and choices still fit one message."""
    if not message.choices:
        return BODY_LIMIT
    tappable = _fit_free(replace(message, text=_ELLIPSIS)).choices
    numbered = BODY_LIMIT - 2 - len(_numbered(message.choices)[-1])
    return max(numbered, INTERACTIVE_BODY_LIMIT) if tappable else numbered


def _splittable(text: str, limit: int) -> Iterator[str]:
    """Lines with their line ends; longer lines as words; longer words as characters."""
    for line in text.splitlines(keepends=True):
        if len(line.rstrip()) <= limit:
            yield line
            continue
        for word in regex.findall(r"\S+\s*|\s+", line):
            if len(word.rstrip()) <= limit:
                yield word
            else:
                for cluster in _CLUSTER.findall(word):
                    yield cluster[:limit]  # no real text has thousands of accents on one letter


def _clean_line(text: str, *, blank: str = _ELLIPSIS) -> str:
    return " ".join(_clean(text, blank="").split()) or blank


def _clean(text: str, *, blank: str = _ELLIPSIS) -> str:
    """Remove control characters and lone surrogates, which providers refuse or garble."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return kept.strip() or blank
