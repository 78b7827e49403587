"""One turn: read what waits, run the matching steps, answer once. In the caller's transaction, under its lock."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.dialogue.deciding import acting
from bot.dialogue.deciding.checks import check_table
from bot.dialogue.deciding.opening import open_question
from bot.dialogue.deciding.stepping import StepAnswer, answer_input, still
from bot.dialogue.deciding.table import REMINDERS
from bot.dialogue.machine import SILENCE, WHICH, Input, InputKind, State, Turn
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.inputs import read_waiting
from bot.dialogue.reading.words import language_of
from bot.wording import limits
from bot.wording.labels import label
from bot.wording.render import render
from bot.wording.say import Rendered, Say
from core.actor import SYSTEM
from core.db.session import writes
from core.events import PersonAsked
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act
from core.messaging import service as messaging
from core.messaging.models import Conversation, InboundMessage
from core.outbox.service import record
from core.parties import service as parties
from core.parties.models import Language
from core.refs import ContactId, ConversationId

log = logging.getLogger(__name__)

UNEXPECTED: Final = "errors/unexpected"
# The slot with a digest of the last answer, and how long it counts as the last.
SAID: Final = "said"
_NOT_UNDERSTOOD: Final = "ordering/not_understood"
_EMPTY: Final = "ordering/nothing"
_REMEMBERED: Final = dt.timedelta(hours=1)


def take_turn(
    session: Session, conversation: Conversation, unread: Sequence[InboundMessage], *, now: dt.datetime
) -> None:
    """Answer what waits in a conversation with at most one message.

    Unexpected exceptions propagate: the caller then tells the person with `say_unexpected`, in a new transaction.
    """
    conversation_id = ConversationId(conversation.id)
    if conversation.taken_over_at is not None:
        _close(
            session, conversation, unread, State(acting.known_state(conversation)), ["taken_over"], now=now
        )
        return
    waiting = read_waiting(unread)
    turn = _opening(session, conversation, waiting.inputs, now=now)
    answers: list[StepAnswer] = []
    state_before = turn.state

    def after(answered: StepAnswer, *, is_last: bool) -> Turn:
        _apply(session, conversation, answered, waiting.messages, now=now)
        return _after(
            session, conversation, answered, is_last=is_last and sent is waiting.inputs[-1], now=now
        )

    for sent in waiting.inputs:
        found, turn = answer_input(replace(turn, input=sent, acts=_acts_of(turn, sent)), after)
        answers.extend(_in_order(found))
    steps = [answered.step for answered in answers]
    spoken = [answered for answered in answers if answered.outcome.say is not None]
    rendered = _rendered(spoken, turn, now=now) if spoken else None
    said = {SAID: {"digest": _digest(rendered.body), "at": now.isoformat()}} if rendered else {}
    slots = {**turn.slots, **said}
    turn_id = _close(session, conversation, waiting.messages, turn.state, steps, now=now, slots=slots)
    if rendered is not None:
        _say(session, conversation, spoken, rendered, turn_id=turn_id, now=now)
    log.info(
        "turn",
        extra={"conversation_id": conversation_id, "steps": steps, "from": state_before, "to": turn.state},
    )
    if waiting.has_rest:
        messaging.schedule_answer(session, conversation_id, now=now)


def _opening(
    session: Session, conversation: Conversation, inputs: Iterable[Input], *, now: dt.datetime
) -> Turn:
    person, party, choices, fallback = acting.find_writer(session, conversation)
    inputs = tuple(inputs)
    language = _language(session, conversation, inputs, fallback, now=now)
    return Turn(
        session=session,
        now=now,
        conversation_id=ConversationId(conversation.id),
        channel=conversation.channel,
        person=person,
        party=party,
        choices=choices,
        language=language,
        state=acting.settled_state(conversation, party),
        slots=dict(conversation.slots),
        input=inputs[0] if inputs else Input(kind=InputKind.UNKNOWN, at=now),
        prompts=messaging.open_prompts(session, ConversationId(conversation.id), now=now),
        read=order_reader.reading_once(),
        writes=writes(session),
    )


def _language(
    session: Session,
    conversation: Conversation,
    inputs: tuple[Input, ...],
    fallback: str | None,
    *,
    now: dt.datetime,
) -> str:
    """The person's choice, or their party's, or the language of the first message, which is then stored."""
    contact_id = ContactId(conversation.contact_id)
    if fallback is not None:
        return fallback
    heard = next((found for sent in inputs if (found := language_of(sent.text))), None)
    if heard is None:
        return Language.ENGLISH
    parties.set_language(session, contact_id, Language(heard), now=now)
    return heard


def _acts_of(turn: Turn, sent: Input) -> tuple[Act, ...]:
    return read_acts(sent.text, role=turn.role) if sent.kind is InputKind.TEXT else ()


def _in_order(answers: list[StepAnswer]) -> list[StepAnswer]:
    """Sort: what was done, what wasn't understood, and the question last, above its buttons."""
    return sorted(answers, key=lambda answered: (answered.is_question, answered.outcome.is_aside))


def _apply(
    session: Session,
    conversation: Conversation,
    answered: StepAnswer,
    messages: Iterable[InboundMessage],
    *,
    now: dt.datetime,
) -> None:
    outcome = answered.outcome
    for prompt in outcome.closes:
        messaging.close_prompt(session, prompt, "answered", now=now)
    if outcome is not SILENCE:
        # "Which one do you mean?" is about the message before; numbers typed later mean something else.
        for prompt in answered.turn.prompts:
            if prompt.kind == WHICH:
                messaging.close_prompt(session, prompt, "replaced", now=now)
    if outcome.language:
        parties.set_language(session, ContactId(conversation.contact_id), Language(outcome.language), now=now)
    if outcome.acts_for:
        acting.remember_party(conversation, outcome.acts_for)
    if outcome.needs_person:
        for message in messages:
            message.needs_person = True
        event = PersonAsked(conversation_id=conversation.id, reason=outcome.needs_person)
        record(session, event, actor=answered.turn.actor, now=now)


def _after(
    session: Session, conversation: Conversation, answered: StepAnswer, *, is_last: bool, now: dt.datetime
) -> Turn:
    """The turn for the next act or input; after the last one, only what the reply needs."""
    turn, outcome = answered.turn, answered.outcome
    slots = {key: value for key, value in {**turn.slots, **outcome.slots}.items() if value is not None}
    if writes(session) == turn.writes and outcome.acts_for is None:
        # Nothing was written, so nothing that was read has changed.
        state = outcome.goto or acting.fitting_state(turn.state, turn.party)
        return replace(turn, state=state, slots=slots, language=outcome.language or turn.language)
    if is_last and outcome.goto is not None and turn.state not in REMINDERS:
        return replace(turn, state=outcome.goto, slots=slots, language=outcome.language or turn.language)
    person, party, choices, _language_of_party = acting.find_writer(session, conversation)
    return replace(
        turn,
        person=person,
        party=party,
        choices=choices,
        state=outcome.goto or acting.fitting_state(turn.state, party),
        slots=slots,
        language=outcome.language or turn.language,
        prompts=messaging.open_prompts(session, ConversationId(conversation.id), now=now),
        writes=writes(session),
    )


def _close(
    session: Session,
    conversation: Conversation,
    messages: Iterable[InboundMessage],
    state: State,
    steps: list[str],
    *,
    now: dt.datetime,
    slots: dict[str, Any] | None = None,
) -> int:
    return messaging.close_turn(
        session,
        conversation,
        list(messages),
        state_after=state,
        slots=dict(conversation.slots) if slots is None else slots,
        steps=steps,
        now=now,
    )


def _say(
    session: Session,
    conversation: Conversation,
    spoken: list[StepAnswer],
    rendered: Rendered,
    *,
    turn_id: int,
    now: dt.datetime,
) -> None:
    """Queue one message for all that was answered, with the buttons of the one question, if any."""
    main = _main(spoken)
    ask, conversation_id = main.outcome.ask, ConversationId(conversation.id)
    prompt = open_question(session, conversation_id, ask, rendered, is_reply=True, now=now) if ask else None
    messaging.queue_outbound(
        session,
        conversation_id=conversation_id,
        turn_id=turn_id,
        say=_said_by(main).name,
        language=rendered.language,
        body=rendered.body,
        content=rendered.content(prompt.token if prompt else None) | _files(spoken, rendered.language),
        order_id=next((a.outcome.order_id for a in spoken if a.outcome.order_id), None),
        now=now,
    )


def _files(spoken: list[StepAnswer], language: str) -> dict[str, Any]:
    """The documents that follow the message, as the outbox keeps them; their links are made when they are sent."""
    attached = [document for answered in spoken for document in answered.outcome.documents]
    if not attached:
        return {}
    return {
        "documents": [
            {
                "name": document.name,
                "title": f"{label(document.title, 'document', language=language)}: {document.name}",
                "names": document.printed.to_json(),
            }
            for document in attached
        ]
    }


def _said_by(answered: StepAnswer) -> Say:
    if answered.outcome.say is None:
        raise AssertionError("an answer without words")
    return answered.outcome.say


def _rendered(spoken: list[StepAnswer], after: Turn, *, now: dt.datetime) -> Rendered:
    """The message of the main answer, its body joined with those of the others and of a reminder."""
    main, language = _main(spoken), after.language
    say = _said_by(main)
    says, say = _without_repeats([one.outcome.say for one in spoken if one.outcome.say], main=say)
    if reminder := _reminder(main, after):
        says.append(reminder)
    kept = says.index(say)
    each = [render(one, language=language, now=now) for one in says]
    body = _joined([one.body for one in each], kept=kept)
    if not say.name.startswith("errors/") and _is_said_again(body, after, now=now):
        # Word for word as before: a person would think that nobody is there.
        body = f"{render(still(say), language=language, now=now).body}\n\n{body}"
    rendered = replace(each[kept], body=body)
    if sum(answered.outcome.ask is not None for answered in spoken) > 1 and not main.is_question:
        # Buttons for one of several orders would be taken for buttons for all of them.
        return replace(rendered, buttons=(), rows=(), list_button=None)
    return rendered


def _without_repeats(said: Sequence[Say], *, main: Say) -> tuple[list[Say], Say]:
    """What is said, each thing once, and the main one of it: one empty basket, one line of help for all words not understood."""
    says: list[Say] = []
    for one in said:
        earlier = next((place for place, other in enumerate(says) if other.name == one.name), None)
        if earlier is not None and one.name == _NOT_UNDERSTOOD and one not in says:
            together = Say(one.name, {"words": f"{says[earlier].view['words']} … {one.view['words']}"})
            main = together if main in (one, says[earlier]) else main
            says[earlier] = together
        elif earlier is not None and one.name == _EMPTY:
            says[earlier] = main if main.name == _EMPTY else says[earlier]
        elif one not in says:
            says.append(one)
    return says, main


def _is_said_again(body: str, turn: Turn, *, now: dt.datetime) -> bool:
    """Whether the last answer, a short time ago, was the same word for word."""
    last = turn.slots.get(SAID)
    if last is None or last["digest"] != _digest(body):
        return False
    return now - dt.datetime.fromisoformat(last["at"]) <= _REMEMBERED


def _digest(body: str) -> str:
    return blake2b(body.encode(), digest_size=8).hexdigest()


def _main(spoken: list[StepAnswer]) -> StepAnswer:
    """The answer whose buttons are shown: the question, or the first with a prompt, or the first."""
    return next((answered for answered in spoken if answered.is_question), None) or next(
        (answered for answered in spoken if answered.outcome.ask is not None), spoken[0]
    )


def _joined(bodies: list[str], *, kept: int) -> str:
    """Join the bodies. If they are too long, all but the one at *kept* are cut to their first line."""
    for position, body in enumerate(bodies):
        if sum(map(len, bodies)) <= limits.BODY:
            break
        if position != kept:
            bodies[position] = body.split("\n", 1)[0]
    return "\n\n".join(bodies)


def _reminder(main: StepAnswer, after: Turn) -> Say | None:
    """A reminder of what the previous state waits for, unless the answer itself asks something."""
    remind = REMINDERS.get(main.turn.state)
    has_left = main.outcome.goto is not None and main.outcome.goto is not main.turn.state
    return remind(after) if remind is not None and has_left and main.outcome.ask is None else None


def say_unexpected(
    session: Session, conversation: Conversation, *, since: dt.datetime, now: dt.datetime
) -> None:
    """Tell the person that something failed on our side, unless they were told after *since*.

    Call it in a new transaction, after that of the failed turn was rolled back.
    """
    conversation_id = ConversationId(conversation.id)
    if conversation.taken_over_at is not None or messaging.was_said(
        session, conversation_id, UNEXPECTED, since=since
    ):
        return
    _person, _party, _choices, language = acting.find_writer(session, conversation)
    rendered = render(Say(UNEXPECTED), language=language, now=now)
    messaging.queue_outbound(
        session,
        conversation_id=conversation_id,
        say=UNEXPECTED,
        language=rendered.language,
        body=rendered.body,
        content=rendered.content(),
        now=now,
    )


def hand_to_person(
    session: Session, conversation: Conversation, messages: Sequence[InboundMessage], *, now: dt.datetime
) -> None:
    """Give up answering these messages. They go to the admins' list, and the conversation goes on."""
    for message in messages:
        message.needs_person = True
    record(session, PersonAsked(conversation_id=conversation.id, reason="failed"), actor=SYSTEM, now=now)
    _close(session, conversation, messages, State(acting.known_state(conversation)), ["gave_up"], now=now)


check_table()
