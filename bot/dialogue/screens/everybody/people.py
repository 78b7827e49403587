"""Questions about the person: which language, and for which party they act."""

from __future__ import annotations

from bot.dialogue.deciding import acting
from bot.dialogue.machine import Ask, Outcome, Party, PartyKind, PromptKind, State, Step, Turn, always
from bot.dialogue.screens.everybody import onboarding
from bot.wording.say import Say
from core.messaging.models import Prompt

LANGUAGE, PARTY = "language", "party"


def change_language(turn: Turn) -> Outcome:
    """Switch to English or Nepali; Hindi is answered in Nepali."""
    language = turn.act.language if turn.act is not None else None
    return _set_language(turn, language or "ne")


def ask_language(turn: Turn) -> Outcome:
    """Ask which language, with a button for each."""
    return Outcome(say=Say("anywhere/language"), ask=Ask(kind=LANGUAGE, subject_id=turn.conversation_id))


def answer_language(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    return _set_language(turn, choice, prompt)


def _set_language(turn: Turn, language: str, *closes: Prompt) -> Outcome:
    """Set the language. During onboarding, ask for the shop's name again in it."""
    if turn.state in (State.NEW, State.SHOP_NAME) and turn.party.kind is PartyKind.NOBODY:
        asked_again = Say("onboarding/name_again", onboarding.nothing_new())
        slots = {"times": 1}
        return Outcome(goto=State.SHOP_NAME, say=asked_again, language=language, closes=closes, slots=slots)
    return Outcome(say=Say("anywhere/language_set"), language=language, closes=closes)


def ask_party(turn: Turn) -> Outcome:
    """Ask for which party the person acts. Asked once; "switch" asks again."""
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
    return Outcome(
        goto=acting.home(party), say=Say("anywhere/party_set", view), acts_for=party, closes=[prompt]
    )


def stale(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    return ask_language(turn) if prompt.kind == LANGUAGE else ask_party(turn)


def _choice(party: Party) -> str:
    return f"{party.kind}-{party.party_id}"


PARTY_STEPS: tuple[Step, ...] = (Step(name="ask_party", matches=always, handler=ask_party),)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=LANGUAGE, answer=answer_language, stale=stale, is_shortcut=True),
    PromptKind(name=PARTY, answer=answer_party, stale=stale),
)
