"""Checks the templates: `python -m bot.wording.check`, part of `make check`.

Every language has the same messages, each renders with its samples, within the limits of body, buttons and lists; the
WhatsApp templates exist; every refusal and every message that the code names has a template.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

from jinja2 import TemplateError

import core
from bot.dialogue.deciding.checks import says_in_dialogue
from bot.dialogue.deciding.reach import reach_of
from bot.notifications import NOTIFICATIONS
from bot.wording import limits
from bot.wording.errors import ELSEWHERE, ELSEWHERE_PACKAGES, GROUPS
from bot.wording.labels import LANGUAGES, ROOT, labels
from bot.wording.render import render
from bot.wording.samples import samples
from bot.wording.say import Rendered, Say
from core.errors import DomainError


def problems() -> list[str]:
    """Every violation, one line each."""
    return [*_names(), *_labels(), *_renderings(), *_refusals(), *_said()]


def messages(language: str) -> frozenset[str]:
    """The names of the messages that have a template in *language*."""
    root = ROOT / language
    return frozenset(
        path.relative_to(root).with_suffix("").as_posix()
        for path in root.rglob("*.j2")
        if path.parent != root
    )


def refusal_codes() -> frozenset[str]:
    """The codes of all refusals that can occur in a chat."""
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return frozenset(
        refusal.code
        for refusal in _below(DomainError)
        if refusal.__module__.startswith("core.") and not refusal.__module__.startswith(ELSEWHERE_PACKAGES)
    )


def _below(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)


def _names() -> Iterator[str]:
    everywhere = frozenset.union(*(messages(language) for language in LANGUAGES))
    for language in LANGUAGES:
        for name in sorted(everywhere - messages(language)):
            yield f"{language}/{name}: is missing"
    for name in sorted(samples().keys() - everywhere):
        yield f"samples: {name} is no message"


def _labels() -> Iterator[str]:
    """Units and parts of the day may be in one language only: English has the catalogue's units, and am and pm."""
    groups = {language: labels(language).keys() for language in LANGUAGES}
    for language in LANGUAGES:
        for other in LANGUAGES:
            for group in sorted(groups[other] - groups[language]):
                yield f"{language}/labels.toml: the group {group} is missing"
            for group in sorted(groups[other] & groups[language] - {"unit", "day_part"}):
                for word in sorted(labels(other)[group].keys() - labels(language)[group].keys()):
                    yield f"{language}/labels.toml: {group}.{word} is missing"


def _renderings() -> Iterator[str]:
    views = samples()
    approved = tomllib.loads((ROOT / "whatsapp_templates.toml").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        for name in sorted(messages(language)):
            for view in views.get(name, [{"facts": {}} if name.startswith("errors/") else {}]):
                try:
                    rendered = render(Say(name, view), language=language)
                except TemplateError as problem:
                    yield f"{language}/{name}: {problem}"
                    break
                if "*।" in rendered.body:
                    yield f"{language}/{name}: has a danda right after bold words, and the asterisks show"
                for problem_said in _limits(rendered, approved):
                    yield f"{language}/{name}: {problem_said}"


def _limits(rendered: Rendered, approved: dict[str, dict[str, Any]]) -> Iterator[str]:
    if not rendered.body:
        yield "says nothing"
    if len(rendered.body) > limits.BODY:
        yield f"has {len(rendered.body)} characters, and {limits.BODY} are a message"
    yield from _limits_of_options(rendered)
    if rendered.template is not None:
        template = approved.get(rendered.template.name)
        if template is None:
            yield f"the template {rendered.template.name} is not in whatsapp_templates.toml"
        elif len(rendered.template.variables) != len(template["variables"]):
            yield f"the template {rendered.template.name} takes other variables"


def _limits_of_options(rendered: Rendered) -> Iterator[str]:
    if rendered.buttons and rendered.rows:
        yield "has buttons and rows"
    if len(rendered.buttons) > limits.MOST_BUTTONS or len(rendered.rows) > limits.MOST_ROWS:
        yield "offers too much"
    for what, options, most in (
        ("button", rendered.buttons, limits.BUTTON_TITLE),
        ("row", rendered.rows, limits.ROW_TITLE),
    ):
        yield from (
            f"the {what} {option.title!r} is too long" for option in options if len(option.title) > most
        )
    if rendered.rows and not 1 <= len(rendered.list_button or "") <= limits.LIST_BUTTON:
        yield "its list has no short button"
    if len({option.choice for option in rendered.options}) < len(rendered.options):
        yield "offers one choice twice"


def _refusals() -> Iterator[str]:
    worded = messages(LANGUAGES[0])
    for code in sorted(refusal_codes() | {DomainError.code}):
        if f"errors/{code}" not in worded and code not in GROUPS and code not in ELSEWHERE:
            yield (
                f"errors/{code}: has no words. Write templates/<language>/errors/{code}.j2, or name it in"
                " bot/wording/errors.py (a group, or ELSEWHERE when no chat can meet it)"
            )
    for code, group in GROUPS.items():
        if group not in worded:
            yield f"the group {group} of {code} has no words"


def _said() -> Iterator[str]:
    """Every message that the code names has a template, and every template is used."""
    told = (notification.view for effects in NOTIFICATIONS.values() for notification in effects.notifications)
    said = says_in_dialogue() | {name for view in told for name in reach_of(view).says}
    worded = messages(LANGUAGES[0])
    for name in sorted(said - worded):
        yield f"{name}: is said, and has no words"
    for name in sorted(worded - said):
        if not name.startswith("errors/"):
            yield f"{name}: nobody says it"


def main() -> int:
    found = problems()
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    if not found:
        count = len(messages(LANGUAGES[0]))
        sys.stdout.write(f"{count} messages in {len(LANGUAGES)} languages keep their rules\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
