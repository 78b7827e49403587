"""The record of a conversation: what came in, the turns that answered it, the questions that wait for an answer."""

from core.messaging.notices import release
from core.messaging.outbound import (
    claim_next,
    conversation_key,
    mark_refused,
    mark_sent,
    mark_unknown,
    queue_outbound,
    send_again,
)
from core.messaging.queries import was_said
from core.messaging.service.inbound import (
    ANSWER,
    FIRST_STATE,
    Recorded,
    Unread,
    conversation_for,
    give_up_unread,
    lock_conversation,
    look_at_unread,
    record_inbound,
    schedule_answer,
    unread,
)
from core.messaging.service.prompts import (
    PROMPTS_LIVE,
    close_prompt,
    find_prompt,
    open_prompt,
    open_prompts,
    void_all_prompts,
    void_prompts,
)
from core.messaging.service.takeover import acknowledge_alert, answered_at_desk, hand_back, take_over
from core.messaging.service.turns import close_turn, has_turned_since
from core.messaging.statuses import StatusChange, apply_status

__all__ = [
    "ANSWER",
    "FIRST_STATE",
    "PROMPTS_LIVE",
    "Recorded",
    "StatusChange",
    "Unread",
    "acknowledge_alert",
    "answered_at_desk",
    "apply_status",
    "claim_next",
    "close_prompt",
    "close_turn",
    "conversation_for",
    "conversation_key",
    "find_prompt",
    "give_up_unread",
    "hand_back",
    "has_turned_since",
    "lock_conversation",
    "look_at_unread",
    "mark_refused",
    "mark_sent",
    "mark_unknown",
    "open_prompt",
    "open_prompts",
    "queue_outbound",
    "record_inbound",
    "release",
    "schedule_answer",
    "send_again",
    "take_over",
    "unread",
    "void_all_prompts",
    "void_prompts",
    "was_said",
]
