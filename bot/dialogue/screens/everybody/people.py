"""Questions about the person, not about goods: which language, and for whom they act."""

from __future__ import annotations

from bot.dialogue.deciding import who
from bot.dialogue.machine import Ask, Outcome, Party, PartyKind, PromptKind, State, Step, Turn, always
from bot.dialogue.reading.words import is_said
from bot.wording.say import Say
from core.messaging.models import Prompt

LANGUAGE, PARTY = "language", "party"


def change_language(turn: Turn) -> Outcome:
    """English or Nepali from now on; Hindi is answered in Nepali."""
    return _set_language("en" if is_said(turn.text, "english") else "ne")


def ask_language(turn: Turn) -> Outcome:
    """Ask which language, with a button for each."""
    return Outcome(say=Say("anywhere/language"), ask=Ask(kind=LANGUAGE, subject_id=turn.conversation_id))


def answer_language(_turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    return _set_language(choice, prompt)


def _set_language(language: str, *closes: Prompt) -> Outcome:
    return Outcome(say=Say("anywhere/language_set"), language=language, closes=closes)


def ask_party(turn: Turn) -> Outcome:
    """For whom does this person act now? Asked once; "switch" asks again."""
    parties = [
        {"choice": _choice(party), "name": party.name, "is_vendor": party.kind is PartyKind.VENDOR}
        for party in turn.choices
    ]
    return Outcome(
        goto=State.PARTY,
        say=Say("anywhere/party", {"parties": parties}),
        ask=Ask(kind=PARTY, subject_id=turn.conversation_id),
    )


def answer_party(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    party = next((party for party in turn.choices if _choice(party) == choice), None)
    if party is None:
        return ask_party(turn)
    view = {"name": party.name, "is_vendor": party.kind is PartyKind.VENDOR}
    return Outcome(goto=who.home(party), say=Say("anywhere/party_set", view), acts_for=party, closes=[prompt])


def stale(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    return ask_language(turn) if prompt.kind == LANGUAGE else ask_party(turn)


def _choice(party: Party) -> str:
    return f"{party.kind}-{party.party_id}"


PARTY_STEPS: tuple[Step, ...] = (Step(name="ask_party", matches=always, handler=ask_party),)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=LANGUAGE, answer=answer_language, stale=stale),
    PromptKind(name=PARTY, answer=answer_party, stale=stale),
)
