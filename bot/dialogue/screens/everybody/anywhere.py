"""Steps that work in every state: taps and short answers, STOP, help, a person, the language, switching parties."""

from __future__ import annotations

from bot.dialogue.deciding.matching import Found, PromptMatch, match_prompt, waiting_questions
from bot.dialogue.deciding.prompts import PROMPTS
from bot.dialogue.machine import (
    SILENCE,
    WAITS_FOR_WORDS,
    WHICH,
    Ask,
    InputKind,
    Outcome,
    PartyKind,
    State,
    Step,
    Turn,
    does,
)
from bot.dialogue.reading.words import ShortKind
from bot.dialogue.screens.everybody import onboarding, people
from bot.dialogue.screens.shop import enquiries, tracking
from bot.dialogue.screens.vendor import offers as vendor_offers
from bot.dialogue.screens.vendor import partial
from bot.wording.errors import say_refusal
from bot.wording.say import Say
from core.errors import DomainError
from core.intake.acts.types import ActKind
from core.intake.reading import Intent
from core.messaging.models import Prompt
from core.parties import service as parties
from core.refs import ContactId

_DECIDED = frozenset(
    {
        "offer_not_open",
        "offer_expired",
        "nothing_asked",
        "already_done",
        "too_late",
        "claim_answered",
        "shortage_answered",
        "not_found",
    }
)
_TAKES_PIN = frozenset({State.NEW, State.SHOP_NAME, State.SHOP_AREA, State.WAITING})


def _knows_us(turn: Turn) -> bool:
    return turn.party.kind is not PartyKind.NOBODY


def is_reaction(turn: Turn) -> bool:
    return turn.input.kind is InputKind.REACTION


def stay_silent(_turn: Turn) -> Outcome:
    """Don't answer a reaction, or thanks when nothing is open."""
    return SILENCE


def is_idle_thanks(turn: Turn) -> bool:
    is_thanks = turn.short is not None and turn.short.kind is ShortKind.THANKS
    return is_thanks and not waiting_questions(turn, PROMPTS)


def is_thanks(turn: Turn) -> bool:
    """Thanks while something is open: remind the person of it."""
    return turn.short is not None and turn.short.kind is ShortKind.THANKS and _knows_us(turn)


def remind(turn: Turn) -> Outcome:
    """What waits for the person, without a basket that they have just seen."""
    if turn.party.kind is PartyKind.RETAILER and turn.party.is_approved:
        return tracking.what_waits(turn)
    return nothing_open(turn)


def is_media(turn: Turn) -> bool:
    return turn.input.kind is InputKind.MEDIA


def hand_to_person(_turn: Turn) -> Outcome:
    """Put a photo, a voice note or a sticker on the admins' list; the bot goes on."""
    return Outcome(say=Say("anywhere/media"), needs_person="media")


def is_unknown_kind(turn: Turn) -> bool:
    """An unknown kind of message, a pin that we didn't ask for, or an empty text."""
    is_stray_pin = turn.input.kind is InputKind.LOCATION and turn.state not in _TAKES_PIN
    is_empty = turn.input.kind is InputKind.TEXT and not turn.text.strip()
    return turn.input.kind is InputKind.UNKNOWN or is_stray_pin or is_empty


def unknown_kind(turn: Turn) -> Outcome:
    """Put what we can't read on the admins' list."""
    if turn.input.kind is InputKind.LOCATION:
        return Outcome(say=Say("anywhere/pin"), needs_person="pin")
    return Outcome(say=Say("anywhere/media"), needs_person="unknown_kind")


def says_stop(turn: Turn) -> bool:
    return does(ActKind.STOP)(turn) and turn.act is not None and turn.act.moves


def stop(turn: Turn) -> Outcome:
    """STOP ends unrequested messages; those about the person's open orders still come."""
    parties.opt_out(turn.session, ContactId(turn.person.contact_id), now=turn.now)
    return Outcome(say=Say("anywhere/stopped", {"is_vendor": turn.party.kind is PartyKind.VENDOR}))


def says_start(turn: Turn) -> bool:
    return does(ActKind.START)(turn) and turn.person.opted_out


def start(turn: Turn) -> Outcome:
    """START reverses STOP."""
    parties.opt_in(turn.session, ContactId(turn.person.contact_id), now=turn.now)
    return Outcome(say=Say("anywhere/started", {"is_vendor": turn.party.kind is PartyKind.VENDOR}))


def names_language(turn: Turn) -> bool:
    return does(ActKind.LANGUAGE)(turn) and turn.act is not None and turn.act.language is not None


def asks_language(turn: Turn) -> bool:
    return does(ActKind.LANGUAGE)(turn)


def complain(_turn: Turn) -> Outcome:
    """Apologize for what made the person angry, and put it on the admins' list."""
    return Outcome(say=Say("anywhere/complaint"), needs_person="complaint")


def call_person(_turn: Turn) -> Outcome:
    """Ask the admins to step in; the bot goes on until one of them takes over."""
    return Outcome(say=Say("anywhere/person"), needs_person="asked")


def wants_help(turn: Turn) -> bool:
    """A request for help. The order reader recognizes some that the acts don't."""
    if does(ActKind.HELP)(turn):
        return True
    if not does(ActKind.UNREAD)(turn) or not _knows_us(turn) or turn.state in WAITS_FOR_WORDS:
        return False
    return turn.reading.intent is Intent.HELP


def help_(turn: Turn) -> Outcome:
    """Explain what the person can do here, by role."""
    match turn.party.kind:
        case PartyKind.VENDOR:
            return Outcome(say=Say("vendor/help", {"name": turn.party.name}))
        case PartyKind.RETAILER if turn.party.is_approved:
            return Outcome(say=Say("ordering/help", {"name": enquiries.called(turn)}))
        case PartyKind.RETAILER:
            return onboarding.wait(turn)
        case _:
            return Outcome(say=Say("onboarding/help"))


def wants_other_party(turn: Turn) -> bool:
    return len(turn.choices) > 1 and does(ActKind.SWITCH_PARTY)(turn)


def is_answer(turn: Turn) -> bool:
    """An answer to an open prompt. In a state that waits for words, only a tap is one."""
    if turn.input.kind is not InputKind.TAP and (turn.state in WAITS_FOR_WORDS or not _knows_us(turn)):
        return False
    if turn.state is State.VENDOR and partial.names_amounts_later(turn):
        return False
    return match_prompt(turn, PROMPTS) is not None


def answer(turn: Turn) -> Outcome:
    """Settle the prompt that this answers, or list the open ones, or show what became of a closed one."""
    matched = match_prompt(turn, PROMPTS)
    if matched is None:
        raise AssertionError("matched without an answer")
    match matched.found:
        case Found.ONE:
            return _settle(turn, matched)
        case Found.SEVERAL:
            return list_questions(turn)
        case Found.NO_SUCH_CHOICE if choices := _offered(matched.prompt):
            return Outcome(say=Say("anywhere/choose", {"choices": choices}))
        case Found.CLOSED if matched.prompt is not None and matched.prompt.kind in PROMPTS:
            return PROMPTS[matched.prompt.kind].stale(turn, matched.prompt, matched.choices[0])
        case _:
            return nothing_open(turn)


def nothing_open(turn: Turn) -> Outcome:
    """A yes, a no or an old button without an open prompt: show the present state."""
    match turn.party.kind:
        case PartyKind.RETAILER if turn.party.is_approved:
            return tracking.where_things_stand(turn)
        case PartyKind.RETAILER:
            return onboarding.wait(turn)
        case PartyKind.VENDOR:
            return vendor_offers.list_offers(turn)
        case _:
            return Outcome(say=Say("anywhere/nothing_open"))


def list_questions(turn: Turn) -> Outcome:
    """Several prompts wait: list them, with a button for each answer."""
    questions = [
        {
            "choice": f"{prompt.token}:{meant}",
            "kind": prompt.kind,
            "about": prompt.facts.get("about", {}),
            "title": title,
        }
        for prompt in waiting_questions(turn, PROMPTS)
        for meant, title in _meanings_of(turn, prompt)
    ]
    if not questions:
        return Outcome(say=Say("anywhere/nothing_open"))
    return Outcome(
        say=Say("anywhere/which", {"questions": questions}),
        ask=Ask(kind=WHICH, subject_id=turn.conversation_id),
    )


def _meanings_of(turn: Turn, prompt: Prompt) -> list[tuple[str, str]]:
    """What the answer may mean for this prompt: where a yes has to say more ("cash"), each of its ways, if it has any."""
    meant, title = _meant_of(turn, prompt)
    if meant is not None:
        return [(meant, title)]
    if turn.short is None or turn.short.kind is not ShortKind.YES:
        return []
    ways = prompt.facts.get("terms", ())
    return [
        (option["choice"], option["title"])
        for option in prompt.facts.get("choices", ())
        if option["choice"] in ways
    ]


def _meant_of(turn: Turn, prompt: Prompt) -> tuple[str | None, str]:
    """What the short answer means for this prompt, and the title of that button."""
    offered: list[dict[str, str]] = prompt.facts.get("choices", [])
    if turn.short is not None and turn.short.kind is ShortKind.NUMBERS:
        place = turn.short.numbers[0]
        return (
            (offered[place - 1]["choice"], offered[place - 1]["title"])
            if place <= len(offered)
            else (None, "")
        )
    if turn.input.kind is InputKind.TAP:
        tapped = next((one for one in offered if one["title"] == turn.text), None)
        return (tapped["choice"], tapped["title"]) if tapped else (None, "")
    is_yes = turn.short is None or turn.short.kind is ShortKind.YES
    meant = PROMPTS[prompt.kind].meant_by(prompt, is_yes=is_yes)
    return meant, next((option["title"] for option in offered if option["choice"] == meant), "")


def _settle(turn: Turn, matched: PromptMatch) -> Outcome:
    prompt = matched.prompt
    if prompt is None:
        raise AssertionError("an answer without its question")
    kind = PROMPTS[prompt.kind]
    try:
        with turn.session.begin_nested():
            if len(matched.choices) == 1:
                return kind.answer(turn, prompt, matched.choices[0])
            if kind.answer_several is not None:
                return kind.answer_several(turn, prompt, matched.choices)
    except DomainError as refusal:
        # Nothing is left to decide, so a later yes must not find this prompt open.
        return Outcome(say=say_refusal(refusal), closes=[prompt] if refusal.code in _DECIDED else ())
    return Outcome(say=Say("anywhere/choose", {"choices": _offered(prompt)}))


def _offered(prompt: Prompt | None) -> list[str]:
    return [] if prompt is None else [option["title"] for option in prompt.facts.get("choices", ())]


_LANGUAGE = frozenset({ActKind.LANGUAGE})
_PERSON = frozenset({ActKind.PERSON, ActKind.COMPLAINT})
STEPS: tuple[Step, ...] = (
    Step(name="reaction", matches=is_reaction, handler=stay_silent),
    Step(name="stop", matches=says_stop, handler=stop, takes=frozenset({ActKind.STOP})),
    Step(name="start", matches=says_start, handler=start, takes=frozenset({ActKind.START})),
    Step(name="answer", matches=is_answer, handler=answer),
    Step(name="thanks", matches=is_idle_thanks, handler=stay_silent),
    Step(name="thanks_and", matches=is_thanks, handler=remind),
    Step(name="language_named", matches=names_language, handler=people.change_language, takes=_LANGUAGE),
    Step(name="language", matches=asks_language, handler=people.ask_language, takes=_LANGUAGE),
    Step(name="person", matches=does(ActKind.PERSON), handler=call_person, takes=_PERSON),
    Step(name="complaint", matches=does(ActKind.COMPLAINT), handler=complain, takes=_PERSON),
    Step(name="switch_party", matches=wants_other_party, handler=people.ask_party),
    Step(name="media", matches=is_media, handler=hand_to_person),
    Step(name="unknown_kind", matches=is_unknown_kind, handler=unknown_kind),
    Step(name="help", matches=wants_help, handler=help_, takes=frozenset({ActKind.HELP})),
)
