"""From a Say to one message in the reader's language: Jinja2 templates with blocks for body, buttons, rows and template."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context

from bot.wording import days, limits, numbers
from bot.wording.labels import LANGUAGES, ROOT, label, labels
from bot.wording.say import Approved, Option, Rendered, Say
from core.clock import business_date
from core.money import Money

DEFAULT_LANGUAGE = "en"
_SAID_LIMIT = 60
# The reader's day, beside the facts of every view.
_TODAY = "_today"
_BLANK_LINES = re.compile(r"\n{3,}")


def render(say: Say, *, language: str | None, now: dt.datetime | None = None) -> Rendered:
    """*say* in *language* (English for a language we do not write). A fact that the view lacks is a programming error.

    With *now*, near days are told by name ("tomorrow") and the year only where it is another.
    """
    spoken = language if language in LANGUAGES else DEFAULT_LANGUAGE
    template = environment(spoken).get_template(f"{say.name}.j2")
    view = {_TODAY: None if now is None else business_date(now), **say.view}
    approved = _lines(template, "template", view)
    return Rendered(
        body=_BLANK_LINES.sub("\n\n", _block(template, "body", view)).strip(),
        language=spoken,
        buttons=_options(template, "buttons", view),
        rows=_options(template, "rows", view),
        list_button=_block(template, "list", view).strip() or None,
        template=Approved(name=approved[0], variables=tuple(approved[1:])) if approved else None,
    )


@cache
def environment(language: str) -> Environment:
    """The templates of one language. Values are plain text for a chat, so nothing is escaped."""
    jinja = Environment(
        loader=FileSystemLoader(ROOT / language),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is a chat message, never markup
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters.update(_filters(language))
    jinja.globals["parts"] = jinja.get_template("parts.j2").module
    return jinja


def _filters(language: str) -> Mapping[str, Any]:
    def num(value: object) -> str:
        return numbers.digits(value, language=language)

    def money(value: Money | int) -> str:
        return numbers.money(value if isinstance(value, Money) else Money(value), language=language)

    def rate(value: Money | int) -> str:
        """A unit price inside a line, without the currency sign that the total carries."""
        return money(value).split(" ", 1)[1]

    @pass_context
    def day(context: Context, when: dt.date | dt.datetime) -> str:
        return days.day_name(when, today=context[_TODAY], language=language)

    @pass_context
    def date(context: Context, when: dt.date | dt.datetime) -> str:
        return days.date_name(when, today=context[_TODAY], language=language)

    @pass_context
    def moment(context: Context, when: dt.datetime) -> str:
        return days.moment_name(when, today=context[_TODAY], language=language)

    def amount(value: Decimal) -> str:
        return numbers.amount(value, language=language)

    def unit(value: str) -> str:
        return label(value, "unit", language=language)

    def name(thing: object) -> str:
        nepali = _fact(thing, "name_ne")
        return nepali if language == "ne" and nepali else _fact(thing, "name") or ""

    def short_name(thing: object) -> str:
        """For a row of a list: the Nepali name where it is short enough, else the catalogue's short label."""
        nepali = _fact(thing, "name_ne")
        fits = language == "ne" and nepali and len(nepali) <= limits.ROW_TITLE
        return nepali if fits and nepali else _fact(thing, "short_label") or ""

    def word(value: object, group: str) -> str:
        return label(value, group, language=language)

    return {
        "num": num,
        "money": money,
        "rate": rate,
        "day": day,
        "date": date,
        "moment": moment,
        "amount": amount,
        "unit": unit,
        "name": name,
        "label": short_name,
        "word": word,
        "said": said,
    }


def said(words: str) -> str:
    """A person's own words, shown back on one line and not too long."""
    line = " ".join(words.split()).replace("|", "/")
    return line if len(line) <= _SAID_LIMIT else line[: _SAID_LIMIT - 1].rstrip() + "…"


def _fact(thing: object, key: str) -> str | None:
    return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)


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
