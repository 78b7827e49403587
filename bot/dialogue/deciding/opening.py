"""Opening a question in a conversation, together with the choices that its message offers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.dialogue.machine import Ask
from bot.wording.say import Rendered
from core.messaging import service as messaging
from core.messaging.models import Prompt
from core.refs import ConversationId


def open_question(
    session: Session, conversation_id: ConversationId, ask: Ask, rendered: Rendered, *, now: dt.datetime
) -> Prompt:
    """Keep the question with what was offered, so that a number or a title typed later finds its choice."""
    facts = dict(ask.facts)
    offered = [{"choice": option.choice, "title": option.title} for option in rendered.options]
    # Choices that the text numbers itself are counted as the text counts them, whether or not a list shows them too.
    titles = {option["choice"]: option["title"] for option in offered}
    numbered = [{"choice": choice, "title": titles.get(choice, "")} for choice in facts.pop("numbered", ())]
    until_then = ask.expires_at - now if ask.expires_at else messaging.PROMPTS_LIVE
    return messaging.open_prompt(
        session,
        conversation_id=conversation_id,
        kind=ask.kind,
        subject_id=ask.subject_id,
        facts={**facts, "choices": numbered or offered, "is_numbered": bool(numbered or rendered.rows)},
        expires_in=until_then,
        now=now,
    )
