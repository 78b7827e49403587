"""Opens a prompt in a conversation, with the choices that its message offers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.dialogue.deciding.prompts import PROMPTS
from bot.dialogue.machine import Ask
from bot.wording import numbers
from bot.wording.say import Rendered
from core.messaging import service as messaging
from core.messaging.models import Prompt
from core.refs import ConversationId


def open_question(
    session: Session,
    conversation_id: ConversationId,
    ask: Ask,
    rendered: Rendered,
    *,
    is_reply: bool = False,
    now: dt.datetime,
) -> Prompt:
    """Store the prompt with its choices, so that a number or title typed later finds its choice.

    It closes older prompts about the same subject, of whatever kind.
    """
    facts = dict(ask.facts)
    offered = [{"choice": option.choice, "title": option.title} for option in rendered.options]
    # If the text numbers the choices itself, its numbers count, whether or not a list shows them too.
    titles = {option["choice"]: option["title"] for option in offered}
    numbered = [{"choice": choice, "title": titles.get(choice, "")} for choice in facts.pop("numbered", ())]
    until_then = ask.expires_at - now if ask.expires_at else messaging.PROMPTS_LIVE
    return messaging.open_prompt(
        session,
        conversation_id=conversation_id,
        kind=ask.kind,
        subject_id=ask.subject_id,
        facts={
            **facts,
            "choices": numbered or offered,
            "offered": [option["choice"] for option in offered],
            "is_reply": is_reply,
            "is_numbered": bool(numbered or rendered.rows) or _prints_numbers(rendered),
        },
        expires_in=until_then,
        kinds_replaced=_about_the_same(ask.kind),
        now=now,
    )


def _prints_numbers(rendered: Rendered) -> bool:
    """Whether the text shows a number for each choice."""
    shown = [
        f"*{numbers.digits(place, language=rendered.language)}*"
        for place in range(1, len(rendered.options) + 1)
    ]
    return bool(shown) and all(number in rendered.body for number in shown)


def _about_the_same(kind: str) -> list[str]:
    """The kinds of prompt whose subject is the same thing."""
    subject = PROMPTS[kind].subject if kind in PROMPTS else None
    return [] if subject is None else [other.name for other in PROMPTS.values() if other.subject == subject]
