"""Renders a Say in the reader's language, with Jinja2 templates that have blocks for body, buttons, rows and template."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.wording.filters import TODAY, filters
from bot.wording.labels import LANGUAGES, ROOT
from bot.wording.say import ApprovedTemplate, Option, Rendered, Say
from core.clock import business_date

DEFAULT_LANGUAGE = "en"
_BLANK_LINES = re.compile(r"\n{3,}")


def render(say: Say, *, language: str | None, now: dt.datetime | None = None) -> Rendered:
    """Render *say* in *language* (English if we don't have it). A missing fact in the view is a programming error.

    With *now*, near days get their names ("tomorrow"), and the year is left out if it is the current one.
    """
    spoken = language if language in LANGUAGES else DEFAULT_LANGUAGE
    template = environment(spoken).get_template(f"{say.name}.j2")
    view = {TODAY: None if now is None else business_date(now), **say.view}
    approved = _lines(template, "template", view)
    return Rendered(
        body=_BLANK_LINES.sub("\n\n", _block(template, "body", view)).strip(),
        language=spoken,
        buttons=_options(template, "buttons", view),
        rows=_options(template, "rows", view),
        list_button=_block(template, "list", view).strip() or None,
        template=ApprovedTemplate(name=approved[0], variables=tuple(approved[1:])) if approved else None,
    )


@cache
def environment(language: str) -> Environment:
    """The templates of one language. Chats are plain text, so nothing is escaped."""
    jinja = Environment(
        loader=FileSystemLoader(ROOT / language),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is a chat message, never markup
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters.update(filters(language))
    jinja.globals["parts"] = jinja.get_template("parts.j2").module
    return jinja


def _block(template: Template, block: str, view: Mapping[str, Any]) -> str:
    if block not in template.blocks:
        return ""
    return "".join(template.blocks[block](template.new_context(dict(view))))


def _lines(template: Template, block: str, view: Mapping[str, Any]) -> list[str]:
    return [line.strip() for line in _block(template, block, view).splitlines() if line.strip()]


def _options(template: Template, block: str, view: Mapping[str, Any]) -> tuple[Option, ...]:
    """One option a line: `choice | title` or `choice | title | description`."""
    options = []
    for line in _lines(template, block, view):
        choice, title, *more = (part.strip() for part in line.split("|"))
        options.append(Option(choice=choice, title=title, description=" ".join(more)))
    return tuple(options)
