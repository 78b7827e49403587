"""Finds the open prompt that a tap, a yes or a number answers. A bare yes counts only if one prompt waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.machine import CLAIM, POINTED, WHICH, InputKind, PromptKind, State, Turn
from bot.dialogue.reading.words import ShortKind, plain_words
from core.intake.acts.types import ActKind
from core.intake.language.plain import fold, keys_of
from core.intake.reading import Role
from core.messaging import service as messaging
from core.messaging.models import Prompt

# Behind a button's words they change nothing.
_POLITE = frozenset({"hai", "la", "dai", "didi", "bhai", "ji", "sir", "hajur", "है", "ल", "जी", "हजुर"})
_SEVERAL = 2
# Before a button's words of more than one they agree to it: "yes order without it".
_AGREEING = frozenset({"yes", "ok", "okay", "ho", "huncha", "hunchha", "la", "हो", "हुन्छ", "ल"})


class Found(StrEnum):
    ONE = "one"
    SEVERAL = "several"
    CLOSED = "closed"
    NO_SUCH_CHOICE = "no_such_choice"
    NOTHING_OPEN = "nothing_open"


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptMatch:
    """The prompt that an input answers, and the choices that the person made."""

    found: Found
    prompt: Prompt | None = None
    choices: tuple[str, ...] = ()


def match_prompt(turn: Turn, kinds: Mapping[str, PromptKind]) -> PromptMatch | None:
    """Find the prompt that this input answers; None if it isn't an answer but text to read."""
    if turn.input.kind is InputKind.TAP:
        return _tapped(turn)
    if turn.input.kind is not InputKind.TEXT:
        return None
    if turn.short is None:
        return _named_by_order(turn, kinds) or _agreed_to_several(turn, kinds) or _typed_title(turn)
    if turn.short.kind is ShortKind.THANKS:
        return None
    if turn.short.kind is ShortKind.YES and turn.state is State.PART:
        # Which lines are there? A yes to that is no promise of all of them.
        return None
    if turn.short.kind is ShortKind.NUMBERS:
        return _numbered(turn, kinds, turn.short.numbers)
    if _is_asked_in_words(turn, kinds):
        return None
    return _yes_or_no(turn, kinds, is_yes=turn.short.kind is ShortKind.YES)


def _is_asked_in_words(turn: Turn, kinds: Mapping[str, PromptKind]) -> bool:
    """Whether the last question was for the amount or the reference of a payment, to which a yes or no says nothing."""
    asked_at = (turn.slots.get(CLAIM) or {}).get("asked_at")
    newest = max((prompt.opened_at for prompt in waiting_questions(turn, kinds)), default=None)
    return asked_at is not None and (newest is None or newest < dt.datetime.fromisoformat(asked_at))


def waiting_questions(turn: Turn, kinds: Mapping[str, PromptKind]) -> list[Prompt]:
    """The prompts that wait for an answer, oldest first, without shortcuts and the list that asks which one is meant.

    Leaves out prompts that were opened after the person wrote, and what a newer list asks about together with others;
    beside others also those that no yes could settle, as a basket that can't be ordered.
    """
    waiting = [
        prompt
        for prompt in turn.prompts
        if prompt.kind in kinds
        and not kinds[prompt.kind].is_shortcut
        and prompt.opened_at <= turn.input.at
        and not _is_listed(turn, prompt)
    ]
    agreed = [prompt for prompt in waiting if kinds[prompt.kind].can_be_agreed(prompt)]
    return agreed if any(not kinds[prompt.kind].settles_itself for prompt in agreed) else waiting


def _tapped(turn: Turn) -> PromptMatch:
    choice = turn.input.choice
    if choice is None or ":" not in choice:
        return _typed_title(turn) or PromptMatch(found=Found.CLOSED)
    token, _, chosen = choice.partition(":")
    if prompt := next((prompt for prompt in turn.prompts if prompt.token == token), None):
        is_offered = _is_offered(prompt, chosen)
        return (
            PromptMatch(found=Found.ONE, prompt=prompt, choices=(chosen,))
            if is_offered
            else PromptMatch(found=Found.CLOSED)
        )
    closed = messaging.find_prompt(turn.session, turn.conversation_id, token)
    if closed is not None and not _is_offered(closed, chosen):
        closed = None
    return PromptMatch(found=Found.CLOSED, prompt=closed, choices=(chosen,))


def _is_offered(prompt: Prompt, chosen: str) -> bool:
    """Whether the message had that button, so that a made-up id is refused."""
    choices = prompt.facts.get("choices", ())
    return chosen in {option["choice"] for option in choices} | set(prompt.facts.get("offered", ()))


def _typed_title(turn: Turn) -> PromptMatch | None:
    """A button's title, typed instead of tapped, or sent without its id by the provider."""
    words = plain_words(turn.input.text)
    matching = [
        (prompt, offered["choice"])
        for prompt in turn.prompts
        for offered in prompt.facts.get("choices", ())
        if words
        and is_title(_without_number(words, prompt), offered["title"])
        and not _is_listed(turn, prompt)
    ]
    if not matching:
        return None
    if len(matching) > 1:
        # The steps may understand typed words better ("dispatch" with two parcels waiting).
        return PromptMatch(found=Found.SEVERAL) if turn.input.kind is InputKind.TAP else None
    prompt, choice = matching[0]
    return _redirected(turn, PromptMatch(found=Found.ONE, prompt=prompt, choices=(choice,)))


def _is_listed(turn: Turn, prompt: Prompt) -> bool:
    """Whether a newer list has what this prompt asks about: then "आयो" or a yes no longer tells which one is meant."""
    return any(prompt.subject_id in one.facts.get("claims", ()) for one in turn.prompts if one.id > prompt.id)


def _without_number(words: str, prompt: Prompt) -> str:
    """The words without the number of the order that the prompt is about: "1022 linchu", "order 1022 linchu"."""
    number = str(prompt.facts.get("about", {}).get("short_code"))
    said = words.split()
    if number not in said or len(said) == 1:
        return words
    return " ".join(word for word in said if word not in (number, "order", "अर्डर", "ko", "को"))


def is_title(words: str, title: str) -> bool:
    """Whether the words are that button's, as printed or in roman letters: "linchhu", "linchu la" for लिन्छु."""
    printed = plain_words(title).split()
    said = words.split()
    while len(said) > len(printed) and said[-1] in _POLITE:
        said = said[:-1]
    if len(said) == len(printed) + 1 > 2 and said[0] in _AGREEING:
        said = said[1:]
    return len(said) == len(printed) and all(
        one == other or bool({fold(one)} & set(keys_of(other)) - {""})
        for one, other in zip(said, printed, strict=True)
    )


def _numbered(turn: Turn, kinds: Mapping[str, PromptKind], numbers: tuple[int, ...]) -> PromptMatch | None:
    """A number chooses from the numbers that were printed last; without any, it means nothing.

    If a notice's list is open beside another, both are named, so that neither is answered by accident. While an amount
    is asked for, a number is that amount, not a choice.
    """
    asked = [p for p in turn.prompts if p.opened_at <= turn.input.at and (p.kind == WHICH or p.kind in kinds)]
    newest = max(asked, key=_opened, default=None)
    printed = [prompt for prompt in asked if prompt.facts.get("is_numbered")]
    if newest is None or newest.facts.get("wants_quantity") or not printed:
        return None
    prompt = max(printed, key=_opened)
    if len(printed) > 1 and prompt.kind != WHICH and not prompt.facts.get("is_reply"):
        return PromptMatch(found=Found.SEVERAL)
    return _chosen_by_number(turn, prompt, numbers)


def _chosen_by_number(turn: Turn, prompt: Prompt, numbers: tuple[int, ...]) -> PromptMatch:
    offered = [option["choice"] for option in prompt.facts["choices"]]
    if any(not 1 <= number <= len(offered) for number in numbers):
        return PromptMatch(found=Found.NO_SUCH_CHOICE, prompt=prompt)
    choices = tuple(offered[number - 1] for number in numbers)
    return _redirected(turn, PromptMatch(found=Found.ONE, prompt=prompt, choices=choices))


def _opened(prompt: Prompt) -> int:
    return prompt.id


def _yes_or_no(turn: Turn, kinds: Mapping[str, PromptKind], *, is_yes: bool) -> PromptMatch:
    """The only prompt that waits; of several, the newest if it was the reply to the person's last words.

    Prompts that settle themselves give way to those that need an answer.
    """
    waiting = waiting_questions(turn, kinds)
    asked = [prompt for prompt in waiting if not kinds[prompt.kind].settles_itself] or waiting
    if not asked:
        return PromptMatch(found=Found.NOTHING_OPEN)
    if len(asked) > 1:
        asked = [prompt for prompt in asked if not _has_faded(turn, prompt, kinds)] or asked
    prompt = max(asked, key=_opened)
    if len(asked) > 1 and (not _is_last_reply(turn, prompt) or _is_pointed_elsewhere(turn, asked)):
        return PromptMatch(found=Found.SEVERAL)
    meant = kinds[prompt.kind].meant_by(prompt, is_yes=is_yes)
    late = kinds[prompt.kind].late_yes
    if is_yes and late and messaging.has_turned_since(turn.session, turn.conversation_id, prompt.opened_at):
        meant = late
    if meant is None:
        return PromptMatch(found=Found.NO_SUCH_CHOICE, prompt=prompt)
    return PromptMatch(found=Found.ONE, prompt=prompt, choices=(meant,))


def _is_last_reply(turn: Turn, prompt: Prompt) -> bool:
    """Whether the prompt answered the person's own words, and a wholesaler has said nothing else since: that moves money."""
    if not prompt.facts.get("is_reply"):
        return False
    return turn.role is Role.RETAILER or not messaging.has_turned_since(
        turn.session, turn.conversation_id, prompt.opened_at
    )


def _is_pointed_elsewhere(turn: Turn, asked: Sequence[Prompt]) -> bool:
    """Whether the person was told of an older question with the newest one or after it: a yes may be for either."""
    pointed = turn.slots.get(POINTED)
    newest = max(asked, key=_opened)
    if not pointed or dt.datetime.fromisoformat(pointed["at"]) < newest.opened_at:
        return False
    return any(prompt.subject_id in pointed["orders"] for prompt in asked if prompt is not newest)


def _agreed_to_several(turn: Turn, kinds: Mapping[str, PromptKind]) -> PromptMatch | None:
    """A yes to both or to all, or a "send it" after the person was pointed to another question: which ones, is asked."""
    said = [act for act in turn.acts if act.kind is not ActKind.GREETING]
    if turn.role is not Role.RETAILER or len(said) != 1 or said[0].orders or said[0].lines or said[0].terms:
        return None
    waiting = waiting_questions(turn, kinds)
    asked = [prompt for prompt in waiting if not kinds[prompt.kind].settles_itself]
    if len(asked) < _SEVERAL:
        return None
    if said[0].kind is ActKind.PLACE and said[0].moves and _is_pointed_elsewhere(turn, asked):
        return PromptMatch(found=Found.SEVERAL)
    is_both = said[0].kind is ActKind.YES and said[0].moves and said[0].is_all
    return PromptMatch(found=Found.SEVERAL) if is_both else None


def _has_faded(turn: Turn, prompt: Prompt, kinds: Mapping[str, PromptKind]) -> bool:
    """Whether a question that gives way has had other words after it."""
    return kinds[prompt.kind].fades and messaging.has_turned_since(
        turn.session, turn.conversation_id, prompt.opened_at
    )


def _named_by_order(turn: Turn, kinds: Mapping[str, PromptKind]) -> PromptMatch | None:
    """A shop's yes or no to what is asked about the order that it names: "1018 linchu", "1018 hudaina"."""
    said = [act for act in turn.acts if act.kind is not ActKind.GREETING]
    if turn.role is not Role.RETAILER or len(said) != 1 or said[0].kind not in (ActKind.YES, ActKind.NO):
        return None
    act = said[0]
    if not act.moves or act.lines or len(act.orders) != 1:
        return None
    asked = [
        prompt
        for prompt in waiting_questions(turn, kinds)
        if str(prompt.facts.get("about", {}).get("short_code")) == act.orders[0]
    ]
    asked = [prompt for prompt in asked if not kinds[prompt.kind].settles_itself] or asked
    if not asked:
        return None
    prompt = max(asked, key=_opened)
    meant = kinds[prompt.kind].meant_by(prompt, is_yes=act.kind is ActKind.YES)
    return None if meant is None else PromptMatch(found=Found.ONE, prompt=prompt, choices=(meant,))


def _redirected(turn: Turn, matched: PromptMatch) -> PromptMatch:
    """Resolve a choice of the list "which one do you mean?" to the prompt that it names."""
    if matched.prompt is None or matched.prompt.kind != WHICH or ":" not in matched.choices[0]:
        return matched
    return _tapped_as(turn, matched.choices[0])


def _tapped_as(turn: Turn, choice: str) -> PromptMatch:
    token, _, chosen = choice.partition(":")
    prompt = next((prompt for prompt in turn.prompts if prompt.token == token), None)
    if prompt is None:
        # It has been settled since the list was printed: what became of it is the answer.
        closed = messaging.find_prompt(turn.session, turn.conversation_id, token)
        return PromptMatch(found=Found.CLOSED, prompt=closed, choices=(chosen,))
    return PromptMatch(found=Found.ONE, prompt=prompt, choices=(chosen,))
