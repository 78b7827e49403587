"""What a shop says in its own words to a question about its placed order: dearer, or only a part."""

from __future__ import annotations

from typing import Final

from bot.dialogue.machine import CLAIM, InputKind, Outcome, Step, Turn
from bot.dialogue.reading.words import is_said, mentions, phrases, plain_words
from bot.dialogue.screens.shop import tracking
from bot.dialogue.screens.shop.basket import BASKET, CLEAR_ORDER
from core.intake.acts.types import ActKind
from core.messaging.models import Prompt
from core.orders import queries
from core.orders.outcomes import Question

_ALSO_YES: Final = frozenset({CLEAR_ORDER, tracking.CANCEL, "owner"})
_LONGEST = 9


def says(turn: Turn) -> bool:
    """Whether the words are an answer to the only question of that kind, or ask why it is asked."""
    if turn.input.kind is not InputKind.TEXT or len(turn.text.split()) > _LONGEST:
        return False
    return (prompt := _meant(turn)) is not None and _reads(turn, prompt)


def answer(turn: Turn) -> Outcome:
    """Take a yes, a no, or "send what there is"; a question why is answered, and the shop is asked once more."""
    prompt = _meant(turn)
    if prompt is None:
        raise AssertionError("matched without a question")
    words = _bare(turn, prompt)
    if _wants_what_there_is(words):
        return _take_what_there_is(turn, prompt)
    if is_said(words, "asked_yes"):
        return tracking.answer_asked(turn, prompt, "yes")
    if is_said(words, "asked_no"):
        return tracking.answer_asked(turn, prompt, "no")
    return tracking.ask_again(turn, prompt)


def _take_what_there_is(turn: Turn, prompt: Prompt) -> Outcome:
    """A yes to a part; a no to a higher price, if a part is promised that still comes."""
    if prompt.facts.get("question") != Question.DEARER:
        return tracking.answer_asked(turn, prompt, "yes")
    if queries.order_view(turn.session, prompt.subject_id).fulfillments:
        return tracking.answer_asked(turn, prompt, "no")
    return tracking.ask_again(turn, prompt)


def _reads(turn: Turn, prompt: Prompt) -> bool:
    words = _bare(turn, prompt)
    if _wants_what_there_is(words) or (_asks_why(turn, words)):
        return True
    is_answer = is_said(words, "asked_yes") or is_said(words, "asked_no")
    return is_answer and (_names(turn, prompt) or not _may_answer_another(turn))


def _asks_why(turn: Turn, words: str) -> bool:
    """Whether it asks why without naming goods: "why only 3 kg?". A question about credit or a payment is another."""
    kinds = {act.kind for act in turn.acts}
    return (
        mentions(words, "asks_why")
        and kinds <= {ActKind.ORDER, ActKind.UNREAD, ActKind.TOO_DEAR}
        and not any(act.goods for act in turn.acts)
    )


def _wants_what_there_is(words: str) -> bool:
    said = words.split()
    allowed = set(phrases("so_much")) | set(phrases("so_much_beside"))
    return any(word in phrases("so_much") for word in said) and all(word in allowed for word in said)


def _meant(turn: Turn) -> Prompt | None:
    """The question about the order that is named, or the only one."""
    asked = [prompt for prompt in turn.prompts if prompt.kind == tracking.ASKED]
    named = [prompt for prompt in asked if _names(turn, prompt)]
    meant = named or asked
    return meant[0] if len(meant) == 1 else None


def _names(turn: Turn, prompt: Prompt) -> bool:
    return str(prompt.facts.get("about", {}).get("short_code")) in plain_words(turn.text).split()


def _bare(turn: Turn, prompt: Prompt) -> str:
    """The words without the order's number and what ties it to them: "1018 ko lagi hunxa"."""
    said = plain_words(turn.text).replace("?", " ").split()
    number = str(prompt.facts.get("about", {}).get("short_code"))
    if number not in said:
        return " ".join(said)
    return " ".join(word for word in said if word != number and word not in phrases("for_order"))


def _may_answer_another(turn: Turn) -> bool:
    """Whether something else waits for a yes."""
    return bool(turn.slots.get(CLAIM)) or any(_takes_yes(prompt) for prompt in turn.prompts)


def _takes_yes(prompt: Prompt) -> bool:
    return prompt.kind in _ALSO_YES or (prompt.kind == BASKET and bool(prompt.facts.get("terms")))


STEPS: tuple[Step, ...] = (Step(name="of_asked", matches=says, handler=answer),)
