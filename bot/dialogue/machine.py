"""The parts of the conversation's table: states, steps, what a turn knows and what a handler answers."""

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

NO_SLOTS: Mapping[str, Any] = MappingProxyType({})
WHICH = "which"


class State(StrEnum):
    """Where a conversation stands between two turns. What waits for a yes is a prompt, not a state."""

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


# States that wait for numbers, a name or a reason: a text is not taken for an answer to an older question there.
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


class InputKind(StrEnum):
    TEXT = "text"
    TAP = "tap"
    LOCATION = "location"
    MEDIA = "media"
    REACTION = "reaction"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One thing that the person sent: a tap, a pin, or texts in a row read as one."""

    kind: InputKind
    text: str = ""
    choice: str | None = None
    content: Mapping[str, Any] = field(default_factory=lambda: NO_SLOTS)
    # The same words came more than once in a row; `text` has them once.
    is_repeated: bool = False
    at: dt.datetime


class PartyKind(StrEnum):
    NOBODY = "nobody"
    RETAILER = "retailer"
    VENDOR = "vendor"
    SEVERAL = "several"


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Whom the person acts for in this turn."""

    kind: PartyKind
    party_id: int | None = None
    name: str = ""
    position: Position = Position.OWNER
    order_limit: Money | None = None
    approval: Approval | None = None
    # Whether this person may see what the shop owes.
    sees_debt: bool = True

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
    """All that a matcher or a handler may look at. Not slotted: the reading is made once, when somebody asks."""

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
    # What the text does, as far as it is not answered yet; nothing for a tap, a picture or a pin.
    acts: tuple[Act, ...] = ()
    prompts: Sequence[Prompt]
    read: Callable[[Turn], Reading]
    # How often the session had written when this was read.
    writes: int = 0

    @property
    def text(self) -> str:
        return self.input.text

    @property
    def act(self) -> Act | None:
        """The act that is answered next, which a step matches."""
        return self.acts[0] if self.acts else None

    @cached_property
    def reading(self) -> Reading:
        return self.read(self)

    @cached_property
    def short(self) -> Short | None:
        """The text when it is nothing but a yes, a no, thanks, or numbers, in however many words."""
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
    """A question that a message leaves open. Asking again about the same subject replaces the first."""

    kind: str
    subject_id: int
    facts: Mapping[str, Any] = field(default_factory=lambda: NO_SLOTS)
    # When an answer comes too late; None leaves it a day.
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a handler answers. Without `say` nothing is owed; `slots` are laid over the old ones, None forgets one."""

    goto: State | None = None
    say: Say | None = None
    ask: Ask | None = None
    slots: Mapping[str, Any] = field(default_factory=lambda: NO_SLOTS)
    # Prompts that this answer settles, besides the one that was answered.
    closes: Sequence[Prompt] = ()
    language: str | None = None
    acts_for: Party | None = None
    order_id: int | None = None
    needs_person: str | None = None
    # Said after everything else that the same text led to, such as what was not understood.
    is_aside: bool = False


SILENCE = Outcome()

Matcher = Callable[[Turn], bool]
Handler = Callable[[Turn], Outcome]
Reminder = Callable[[Turn], Say | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """When *matches* says yes, *handler* answers. `name` is what the record of the turn shows.

    A step that answers one act of a text says in `takes` which others it answers together with it, by their kinds or
    by a question to each; the steps are then tried again for the acts that are left. With `takes` None it answers all
    that was sent.
    """

    name: str
    matches: Matcher
    handler: Handler
    takes: frozenset[ActKind] | Callable[[Act], bool] | None = None

    def takes_too(self, act: Act) -> bool:
        """Whether it answers *act* together with the one it matched."""
        if self.takes is None:
            return True
        return self.takes(act) if callable(self.takes) else act.kind in self.takes


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptKind:
    """What answers to one kind of question mean.

    `yes` and `no` are the choices that a bare yes or no stands for (a prompt's own facts may name another yes).
    `stale` answers a tap on a question that is closed or expired: it shows the present state.
    """

    name: str
    answer: Callable[[Turn, Prompt, str], Outcome]
    stale: Callable[[Turn, Prompt, str], Outcome]
    yes: str | None = None
    no: str | None = None
    # For questions that take several numbers in one answer ("1, 4").
    answer_several: Callable[[Turn, Prompt, tuple[str, ...]], Outcome] | None = None
    # What the question's subject is, where several kinds ask about the same: the newer question closes the older.
    subject: str | None = None
    # A button that may be pressed whenever it suits: nothing waits for it, so a bare yes never means it.
    is_shortcut: bool = False
    # Silence settles it, as with "have the goods arrived?": it never stands in the way of one that silence does not.
    settles_itself: bool = False

    def meant_by(self, prompt: Prompt, *, is_yes: bool) -> str | None:
        return prompt.facts.get("yes", self.yes) if is_yes else prompt.facts.get("no", self.no)


def _short_of(acts: Sequence[Act], text: str) -> Short | None:
    if len(acts) != 1 or any(
        character.isalnum() for character in text[: acts[0].start] + text[acts[0].end :]
    ):
        return None
    act = acts[0]
    if act.kind is ActKind.CHOICE and act.lines:
        return Short(kind=ShortKind.NUMBERS, numbers=act.lines)
    if act.orders or act.lines or act.terms or act.is_all:
        return None
    if act.kind is ActKind.YES and act.moves:
        return Short(kind=ShortKind.YES)
    return Short(kind=ShortKind.NO) if act.kind is ActKind.NO else None


def always(_turn: Turn) -> bool:
    return True


def does(*kinds: ActKind) -> Matcher:
    """Match the act that is answered next by its kind."""

    def matches(turn: Turn) -> bool:
        return turn.act is not None and turn.act.kind in kinds

    return matches
