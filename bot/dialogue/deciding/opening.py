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
    """Store the prompt with its choices, so that a number or title typed later finds its choice."""
    _close_older(session, conversation_id, ask, now=now)
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
        now=now,
    )


def _prints_numbers(rendered: Rendered) -> bool:
    """Whether the text shows a number for each choice."""
    shown = [
        f"*{numbers.digits(place, language=rendered.language)}*"
        for place in range(1, len(rendered.options) + 1)
    ]
    return bool(shown) and all(number in rendered.body for number in shown)


def _close_older(session: Session, conversation_id: ConversationId, ask: Ask, *, now: dt.datetime) -> None:
    """Close older prompts of other kinds about the same subject."""
    kind = PROMPTS.get(ask.kind)
    if kind is None or kind.subject is None:
        return
    for prompt in messaging.open_prompts(session, conversation_id, now=now):
        other = PROMPTS.get(prompt.kind)
        is_about_same = (
            other is not None and other.subject == kind.subject and prompt.subject_id == ask.subject_id
        )
        if is_about_same and prompt.kind != ask.kind:
            messaging.close_prompt(session, prompt, "replaced", now=now)
