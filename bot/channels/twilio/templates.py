"""Message templates for WhatsApp: parses the data file and checks it against WhatsApp's rules at start-up."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import regex

from bot.channels.limits import (
    BUTTON_TITLE_LIMIT,
    CHOICE_ID_LIMIT,
    INTERACTIVE_BODY_LIMIT,
    MOST_BUTTONS,
    shorten,
)
from bot.channels.types import Choice, TemplateMessage

LANGUAGES: Final = ("en", "ne")
CATEGORIES: Final = ("utility", "marketing", "authentication")
MOST_VARIABLES: Final = 100
VARIABLE_LIMIT: Final = 200  # enough for a name, a number or a date
_SLOT: Final = regex.compile(r"\{\{(\d+)\}\}")
_NAME: Final = regex.compile(r"[a-z][a-z0-9_]{0,60}")
_PICTURE: Final = regex.compile(r"[\p{Extended_Pictographic}\uFE0F\u20E3\p{Regional_Indicator}]")
_NOTHING: Final = "–"


class TemplatesInvalid(ValueError):
    """The template file breaks WhatsApp's rules; `problems` lists every violation."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    body: str  # with {{1}}, {{2}}, …
    buttons: tuple[Choice, ...] = ()  # ids may hold variables, titles are fixed


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """One template in all its languages."""

    name: str
    category: str
    variables: Mapping[str, str]  # what {{1}}, {{2}}, … stand for, in this order, each with an example
    wordings: Mapping[str, Wording]

    def friendly_name(self, language: str) -> str:
        """The name of this wording at Twilio and WhatsApp, to whom other words are another template."""
        wording = self.wordings[language]
        words = "\0".join([wording.body, *(f"{button.id}\0{button.title}" for button in wording.buttons)])
        return f"khaacho_{self.name}_{language}_{sha256(words.encode()).hexdigest()[:8]}"

    def takes(self, message: TemplateMessage) -> bool:
        return message.language in self.wordings and len(message.variables) == len(self.variables)

    def variables_for(self, message: TemplateMessage) -> dict[str, str]:
        """The values by number, cleaned, and shortened so that the whole text stays within the limit."""
        values = [clean_value(value) for value in message.variables]
        body = self.wordings[message.language].body
        while (excess := len(_fill(body, values)) - INTERACTIVE_BODY_LIMIT) > 0:
            longest = max(range(len(values)), key=lambda index: len(values[index]))
            values[longest] = shorten(values[longest], max(1, len(values[longest]) - excess))
        return {str(number): value for number, value in enumerate(values, start=1)}

    def render(self, message: TemplateMessage) -> str:
        """The text as the person will read it."""
        return _fill(self.wordings[message.language].body, list(self.variables_for(message).values()))


def parse_templates(toml: str) -> dict[str, Template]:
    """Read and check the template file. Raises TemplatesInvalid with every problem in it.

    Each table is a template: `category`, `variables` (name = example, in the order of {{1}}, {{2}}, …), and for every
    language a table with `body` and, if wanted, `buttons` (a list of tables with `id` and `title`).
    """
    templates: dict[str, Template] = {}
    problems: list[str] = []
    for name, table in tomllib.loads(toml).items():
        found = list(_problems(name, table))
        problems += found
        if not found:
            templates[name] = _template(name, table)
    if problems:
        raise TemplatesInvalid(problems)
    return templates


def clean_value(value: str) -> str:
    """The value as WhatsApp accepts it in a variable: one line, single spaces, no emoji, never empty."""
    plain = " ".join(regex.sub(r"[\p{Cc}\p{Cs}]", " ", _PICTURE.sub("", value)).split())
    return shorten(plain, VARIABLE_LIMIT) or _NOTHING


def _problems(name: str, table: Any) -> Iterator[str]:
    if not _NAME.fullmatch(name) or not isinstance(table, dict):
        yield f"{name}: a template is a table with a name in small letters, digits and _"
        return
    variables: Any = table.get("variables")
    if table.get("category") not in CATEGORIES:
        yield f"{name}: category is one of {', '.join(CATEGORIES)}"
    if not _are_variables(variables):
        yield f"{name}: variables names at most {MOST_VARIABLES}, each with an example"
        return
    for language in LANGUAGES:
        wording = table.get(language)
        if not isinstance(wording, dict) or not isinstance(wording.get("body"), str):
            yield f"{name}.{language}: has no body"
            continue
        buttons = wording.get("buttons", [])
        problems = [*_body_problems(wording["body"]), *_button_problems(buttons)]
        if not problems:
            problems += _variable_problems(wording["body"], buttons, wanted=len(variables))
        for problem in problems:
            yield f"{name}.{language}: {problem}"


def _are_variables(variables: Any) -> bool:
    return (
        isinstance(variables, dict)
        and len(variables) <= MOST_VARIABLES
        and all(
            isinstance(example, str) and example == clean_value(example) for example in variables.values()
        )
    )


def _body_problems(body: str) -> Iterator[str]:
    if body.startswith("{{") or body.endswith("}}"):
        yield "starts or ends with a variable"
    if regex.search(r"\}\}\s*\{\{", body):
        yield "has two variables side by side"
    if body != body.strip() or regex.search(r" {5,}|\n{3,}|[^\P{Cc}\n]", body):
        yield "has blanks at an end, a run of them inside, or a control character"
    slots, fixed = _SLOT.findall(body), _SLOT.sub(" ", body)
    if len(regex.findall(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*", fixed)) < 2 * len(slots) + 1:
        yield f"needs at least {2 * len(slots) + 1} words of its own for {len(slots)} variables"
    if len(fixed) > INTERACTIVE_BODY_LIMIT // 2:
        yield f"is longer than {INTERACTIVE_BODY_LIMIT // 2} characters and leaves no room for its variables"


def _button_problems(buttons: Any) -> Iterator[str]:
    if not isinstance(buttons, list) or len(buttons) > MOST_BUTTONS:
        yield f"buttons is a list of at most {MOST_BUTTONS}"
        return
    for button in buttons:
        if not isinstance(button, dict) or not all(
            isinstance(button.get(key), str) for key in ("id", "title")
        ):
            yield "a button has an id and a title"
        elif not 0 < len(button["title"].strip()) <= BUTTON_TITLE_LIMIT or _SLOT.search(button["title"]):
            yield f"the button {button['title']!r} has 1 to {BUTTON_TITLE_LIMIT} fixed characters"
        elif not 0 < len(button["id"]) <= CHOICE_ID_LIMIT:
            yield f"the id of {button['title']!r} has 1 to {CHOICE_ID_LIMIT} characters"


def _variable_problems(body: str, buttons: list[dict[str, str]], *, wanted: int) -> Iterator[str]:
    texts = [body, *(button["id"] for button in buttons)]
    used = sorted({int(number) for text in texts for number in _SLOT.findall(text)})
    if used != list(range(1, wanted + 1)):
        yield f"uses the variables {used}, and names {wanted}"


def _template(name: str, table: Mapping[str, Any]) -> Template:
    return Template(
        name=name,
        category=table["category"],
        variables=table["variables"],
        wordings={
            language: Wording(
                body=table[language]["body"],
                buttons=tuple(
                    Choice(id=button["id"], title=button["title"])
                    for button in table[language].get("buttons", [])
                ),
            )
            for language in LANGUAGES
        },
    )


def _fill(body: str, values: list[str]) -> str:
    return _SLOT.sub(lambda slot: values[int(slot[1]) - 1], body)
