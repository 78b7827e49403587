"""Pages from `templates/admin/`, escaped, with the words and numbers of the reader's language."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from flask import request, session
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from admin_api.panel import cookies
from admin_api.panel.navigation import NAVIGATION
from admin_api.panel.numbers import Numbers
from admin_api.panel.words import TEMPLATES, Words
from core.parties.models import User
from core.refs import order_number

_STATIC = Path(__file__).parent / "static"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    """The address of a static file, with its content's mark: browsers may keep it, and a new version has a new one."""
    mark = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/admin/static/{name}?v={mark}"


def render(template: str, *, now: dt.datetime, user: User | None = None, **facts: Any) -> str:
    """The page as text. What was said by the last action is shown once."""
    words = Words(cookies.language())
    numbers = Numbers(words, now)
    given = {
        "t": words.say,
        "has_words": words.has,
        "label": words.label,
        "language": words.language.value,
        "num": numbers.num,
        "count": numbers.count,
        "money": numbers.money,
        "quantity": numbers.quantity,
        "score": numbers.score,
        "day": numbers.day,
        "clock": numbers.clock,
        "moment": numbers.moment,
        "gregorian": numbers.gregorian,
        "span": numbers.span,
        "ago": numbers.ago,
        "asset": _asset,
        "now": now,
        "order_number": order_number,
        "local_name": lambda row: (words.language == "ne" and row.name_ne) or row.name,
        "navigation": NAVIGATION,
        "user": user,
        "here": request.path,
        "back": request.full_path.rstrip("?"),
        "csrf": cookies.csrf_token(),
        "once": lambda: secrets.token_urlsafe(12),
        "said": session.pop(cookies.SAID, None) if user else None,
    }
    return _environment().get_template(f"admin/{template}").render(**given, **facts)
