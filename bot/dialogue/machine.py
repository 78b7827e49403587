"""The types of the conversation's table: states, steps, turns, outcomes and prompts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from bot.dialogue.reading.words import Short, ShortKind, short_answer
from bot.wording.say import Say
from core.actor import Actor, ActorKind, Via
from core.intake.acts.types import Act, ActKind
from core.intake.reading import Reading, Role
from core.messaging.models import Prompt
from core.money import Money
from core.parties.models import Approval, Position
from core.refs import ContactId, ConversationId, RetailerId, VendorId
from core.reports.printed import Printed

NO_SLOTS: Mapping[str, Any] = MappingProxyType({})
WHICH = "which"
# The slot of a payment that is asked about: its facts, and `asked_at`.
CLAIM = "claim"
# The slot of the orders whose question the person was pointed to, and when.
POINTED = "pointed"


class State(StrEnum):
    """The state of a conversation between two turns. What waits for a yes is a prompt, not a state."""

    NEW = "new"
    SHOP_NAME = "shop_name"
    SHOP_AREA = "shop_area"
    SHOP_PHONE = "shop_phone"
    WAITING = "waiting"
    PARTY = "party"
    SHOP = "shop"
    SHORTFALL = "shortfall"
    VENDOR = "vendor"
    PART = "part"
    DECLINE_WORDS = "decline_words"
    SHORT_PARCEL = "short_parcel"


# States that wait for numbers, a name or a reason. In them, a text never answers an older prompt.
WAITS_FOR_WORDS = frozenset(
    {
        State.NEW,
        State.SHOP_NAME,
        State.SHOP_AREA,
        State.SHOP_PHONE,
        State.PART,
        State.DECLINE_WORDS,
        State.SHORT_PARCEL,
        State.SHORTFALL,
    }
)


_AWAITS_NAME = frozenset({State.NEW, State.SHOP_NAME, State.SHOP_AREA})


class InputKind(StrEnum):
    TEXT = "text"
    TAP = "tap"
    LOCATION = "location"
    MEDIA = "media"
    REACTION = "reaction"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One input: a tap, a pin, or consecutive texts read as one."""

    kind: InputKind
    text: str = ""
    choice: str | None = None
    content: Mapping[str, Any] = field(default_factory=lambda: NO_SLOTS)
    # The same text came several times in a row; `text` has it once.
    is_repeated: bool = False
    at: dt.datetime


class PartyKind(StrEnum):
    NOBODY = "nobody"
    RETAILER = "retailer"
    VENDOR = "vendor"
    SEVERAL = "several"


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """The retailer or vendor for whom the person acts."""

    kind: PartyKind
    party_id: int | None = None
    name: str = ""
    position: Position = Position.OWNER
    order_limit: Money | None = None
    approval: Approval | None = None
    # Whether this person may see what the shop owes.
    sees_debt: bool = True
    # A deactivated party reads what it owes and is owed, and does nothing (`stepping`).
    is_active: bool = True

    @property
    def is_approved(self) -> bool:
        return self.approval is Approval.APPROVED


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    contact_id: int
    name: str
    phone: str | None
    opted_out: bool


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Everything that a matcher or a handler may use. Not slotted, because the reading is computed lazily."""

    session: Session
    now: dt.datetime
    conversation_id: ConversationId
    channel: str
    person: Person
    party: Party
    choices: tuple[Party, ...] = ()
    language: str
    state: State
    slots: Mapping[str, Any]
    input: Input
    # The acts of the text that aren't answered yet; none for a tap, a picture or a pin.
    acts: tuple[Act, ...] = ()
    prompts: Sequence[Prompt]
    read: Callable[[Turn], Reading]
    # The session's count of writes when this was read.
    writes: int = 0

    @property
    def text(self) -> str:
        return self.input.text

    @property
    def act(self) -> Act | None:
        """The next act to answer, by which steps match."""
        return self.acts[0] if self.acts else None

    @cached_property
    def reading(self) -> Reading:
        return self.read(self)

    @cached_property
    def short(self) -> Short | None:
        """The text as a short answer, if it is only a yes, a no, thanks, or numbers."""
        if self.input.kind is not InputKind.TEXT:
            return None
        return short_answer(self.input.text) or _short_of(self.acts, self.input.text)

    @property
    def role(self) -> Role:
        return Role.VENDOR if self.party.kind is PartyKind.VENDOR else Role.RETAILER

    @property
    def retailer_id(self) -> RetailerId:
        return RetailerId(self._party_id(PartyKind.RETAILER))

    @property
    def vendor_id(self) -> VendorId:
        return VendorId(self._party_id(PartyKind.VENDOR))

    def _party_id(self, kind: PartyKind) -> int:
        if self.party.kind is not kind or self.party.party_id is None:
            raise LookupError(f"this turn acts for a {self.party.kind}, not for a {kind}")
        return self.party.party_id

    @property
    def actor(self) -> Actor:
        contact_id = ContactId(self.person.contact_id)
        if self.party.kind is PartyKind.VENDOR:
            return Actor(
                kind=ActorKind.VENDOR, via=Via.WHATSAPP, contact_id=contact_id, vendor_id=self.vendor_id
            )
        retailer_id = self.retailer_id if self.party.kind is PartyKind.RETAILER else None
        return Actor(
            kind=ActorKind.RETAILER, via=Via.WHATSAPP, contact_id=contact_id, retailer_id=retailer_id
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A prompt to open with a message. A new one about the same subject replaces the old one."""

    kind: str
    subject_id: int
    facts: Mapping[str, Any] = field(default_factory=lambda: NO_SLOTS)
    # When the prompt expires; None means after a day.
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """A document of the shop that goes with an answer: what it is called when saved, and what it is."""

    name: str
    # A word of the group `document` in the labels.
    title: str
    printed: Printed


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a handler returns. No `say` means no answer; `slots` update the old ones, and None removes one."""

    goto: State | None = None
    say: Say | None = None
    ask: Ask | None = None
    slots: Mapping[str, Any] = field(default_factory=lambda: NO_SLOTS)
    # Prompts that this answer settles.
    closes: Sequence[Prompt] = ()
    language: str | None = None
    acts_for: Party | None = None
    order_id: int | None = None
    # Files that follow the message.
    documents: Sequence[Attached] = ()
    needs_person: str | None = None
    # Comes after the other answers to the same text, such as what wasn't understood.
    is_aside: bool = False


SILENCE = Outcome()

Matcher = Callable[[Turn], bool]
Handler = Callable[[Turn], Outcome]
Reminder = Callable[[Turn], Say | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """If *matches* is true, *handler* answers. The turn's record shows `name`.

    `takes` names the other acts of the text that the step answers together with the one it matched, by kind or by a
    predicate; the steps are then tried again for the rest. None takes the whole input.
    """

    name: str
    matches: Matcher
    handler: Handler
    takes: frozenset[ActKind] | Callable[[Act], bool] | None = None

    def takes_too(self, act: Act) -> bool:
        """Whether the step also answers *act*."""
        if self.takes is None:
            return True
        return self.takes(act) if callable(self.takes) else act.kind in self.takes


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptKind:
    """What answers to one kind of prompt mean.

    `yes` and `no` are the choices of a bare yes or no (a prompt's facts may name another yes). `stale` answers a tap on
    a closed or expired prompt: it shows the present state.
    """

    name: str
    answer: Callable[[Turn, Prompt, str], Outcome]
    stale: Callable[[Turn, Prompt, str], Outcome]
    yes: str | None = None
    no: str | None = None
    # For prompts that take several numbers in one answer ("1, 4").
    answer_several: Callable[[Turn, Prompt, tuple[str, ...]], Outcome] | None = None
    # Groups kinds that ask about the same subject: a newer prompt of the group closes the older.
    subject: str | None = None
    # A button that can be pressed at any time: nothing waits for it, so a bare yes never means it.
    is_shortcut: bool = False
    # No answer settles it too, as with "have the goods arrived?". It gives way to prompts that need an answer.
    settles_itself: bool = False
    # Words in between make a later yes doubtful: it gets this choice, which asks again.
    late_yes: str | None = None
    # Once the person has written of something else, it gives way to whatever else is asked.
    fades: bool = False
    # The fact without which no yes can settle it.
    agreed_with: str | None = None

    def can_be_agreed(self, prompt: Prompt) -> bool:
        return self.agreed_with is None or bool(prompt.facts.get(self.agreed_with))

    def meant_by(self, prompt: Prompt, *, is_yes: bool) -> str | None:
        return prompt.facts.get("yes", self.yes) if is_yes else prompt.facts.get("no", self.no)


def _short_of(acts: Sequence[Act], text: str) -> Short | None:
    said = [act for act in acts if act.kind is not ActKind.GREETING]
    if len(said) != 1 or _has_words_beside(acts, text):
        return None
    act = said[0]
    if act.kind is ActKind.CHOICE and act.lines:
        return Short(kind=ShortKind.NUMBERS, numbers=act.lines)
    if act.orders or act.lines or act.terms or act.is_all:
        return None
    if act.kind is ActKind.YES and act.moves:
        return Short(kind=ShortKind.YES)
    return Short(kind=ShortKind.NO) if act.kind is ActKind.NO else None


def _has_words_beside(acts: Sequence[Act], text: str) -> bool:
    """Whether anything is written that none of the acts covers."""
    covered = {place for act in acts for place in range(act.start, act.end)}
    return any(letter.isalnum() for place, letter in enumerate(text) if place not in covered)


def always(_turn: Turn) -> bool:
    return True


def does(*kinds: ActKind) -> Matcher:
    """Matches the next act by its kind. Where a shop's name or place is awaited, a guess at its meaning is none."""

    def matches(turn: Turn) -> bool:
        if turn.act is None or (turn.act.is_guess and turn.state in _AWAITS_NAME):
            return False
        return turn.act.kind in kinds

    return matches
