"""Sends queued messages: claim, send outside any transaction, mark. Settles sends whose result is unknown.

The answers and the notices of a conversation are two jobs. `_mend` says what follows each refusal.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy.orm import Session

from bot.channels.limits import BODY_LIMIT, INTERACTIVE_BODY_LIMIT, WindowClosed, parts
from bot.channels.twilio.errors import outcome
from bot.channels.twilio.templates import Template
from bot.channels.types import (
    DeliveryStatus,
    Failure,
    Later,
    Message,
    Sender,
    SendRefused,
    SendResult,
    Sent,
    StatusUpdate,
    Unknown,
)
from core import trace
from core.actor import SYSTEM
from core.db.clock import business_now, running_from
from core.db.session import Database
from core.events import PersonAsked
from core.jobs.handlers import Arguments, OutsideHandler
from core.messaging import notices, outbound, queries, statuses
from core.messaging.models import OutboundMessage, OutboundStatus
from core.messaging.notices import DueNotices
from core.messaging.outbound import Claimed
from core.messaging.window import is_window_open
from core.outbox import queries as outbox
from core.outbox.service import record
from core.parties import service as parties
from core.refs import ContactId, ConversationId

MOST_TRIES: Final = 6
# A send with an unknown result is repeated once, if the provider doesn't have it.
MOST_UNKNOWN_TRIES: Final = 2
# The provider may list a message late. Before this nothing is repeated because it isn't listed; it is looked for again.
LISTED_WITHIN: Final = dt.timedelta(seconds=30)
LOOK_AGAIN_AFTER: Final = dt.timedelta(seconds=5)
OPERATOR_NEEDS: Final = dt.timedelta(minutes=15)
# How often to look again at a notice that waits for the window and has no template: it may be obsolete by then.
NO_TEMPLATE: Final = dt.timedelta(hours=6)
NEXT_PART_AFTER: Final = dt.timedelta(seconds=10)
OVERLOOKED_AFTER: Final = dt.timedelta(seconds=10)
SETTLE_OVERDUE: Final = dt.timedelta(minutes=3)

_MEANS: Final = {
    DeliveryStatus.QUEUED: OutboundStatus.SENT,
    DeliveryStatus.SENDING: OutboundStatus.SENT,
    DeliveryStatus.SENT: OutboundStatus.SENT,
    DeliveryStatus.DELIVERED: OutboundStatus.DELIVERED,
    DeliveryStatus.READ: OutboundStatus.READ,
    DeliveryStatus.CANCELED: OutboundStatus.CANCELED,
    DeliveryStatus.UNDELIVERED: OutboundStatus.FAILED,
    DeliveryStatus.FAILED: OutboundStatus.FAILED,
}

logger = logging.getLogger(__name__)


class SentHistory(Protocol):
    """The provider's record of our sends."""

    def find_sent(
        self, to: str, message: Message, *, since: dt.datetime, known_sids: Collection[str]
    ) -> StatusUpdate | None:
        """The send of this message to this person that isn't among *known_sids*, or None."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ready:
    """A claimed message, as the channel can send it."""

    message_id: int
    attempt: int
    to: str
    message: Message
    ref: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Nothing can go out now; *until* is when to try again."""

    until: dt.datetime | None
    is_notice: bool


_Claim = Callable[[Session, ConversationId, dt.datetime], "_Ready | Pause"]
# From the event of a notice: why the notice is obsolete, or None while it still holds.
WhyObsolete = Callable[[Session, str, Mapping[str, Any], dt.datetime], str | None]


def sending(sender: Sender) -> OutsideHandler:
    """The handler of `send_message`: sends all answers of a conversation that can go out now, in order."""
    return _sending(sender, _claim_answer)


def sending_notices(sender: Sender, why_obsolete: WhyObsolete) -> OutsideHandler:
    """The handler of `send_notices`: sends all notices of a conversation that can go out now and still hold.

    Waiting notices go out as one message where possible.
    """

    def claim(session: Session, conversation_id: ConversationId, now: dt.datetime) -> _Ready | Pause:
        return _claim_notice(session, conversation_id, why_obsolete, now=now)

    return _sending(sender, claim)


def _sending(sender: Sender, claim: _Claim) -> OutsideHandler:
    def send(database: Database, arguments: Arguments, now: dt.datetime) -> None:
        conversation_id = ConversationId(arguments["conversation_id"])
        clock = running_from(now)
        while ready := _next(database, conversation_id, claim, clock()):
            _send(database, sender, ready, clock)

    return OutsideHandler(act=send)


def _send(database: Database, sender: Sender, ready: _Ready, clock: Callable[[], dt.datetime]) -> None:
    with trace.span("send", message=ready.message_id, attempt=ready.attempt):
        result = sender.send(ready.to, ready.message, outbox_ref=ready.ref)
    database.run(lambda session: _mark(session, ready, result, now=clock()))


def _next(
    database: Database, conversation_id: ConversationId, claim: _Claim, now: dt.datetime
) -> _Ready | None:
    with database.transaction() as session:
        found = claim(session, conversation_id, now)
        if isinstance(found, _Ready):
            return found
        if found.until is not None:
            outbound.schedule_sending(
                session, conversation_id, is_notice=found.is_notice, now=now, due_at=found.until
            )
    return None


def settling(history: SentHistory | None, *, templates: Mapping[str, Template]) -> OutsideHandler:
    """The handler of `settle_message`: asks the provider about a send with an unknown result; repeats it once at most.

    Without a provider nothing can be listed late, so the send is repeated at once.
    """

    def find(to: str, message: Message, *, since: dt.datetime, known: frozenset[str]) -> StatusUpdate | None:
        if history is None:
            return None
        searched = (
            history.find_sent(to, words, since=since, known_sids=known)
            for words in _as_it_may_read(message, templates)
        )
        return next((found for found in searched if found), None)

    def settle(database: Database, arguments: Arguments, _now: dt.datetime) -> None:
        with database.transaction() as session:
            message = session.get_one(OutboundMessage, arguments["message_id"])
            if message.status is not OutboundStatus.UNKNOWN or message.claimed_at is None:
                return
            conversation = queries.get_conversation(session, ConversationId(message.conversation_id))
            known = queries.provider_ids(session, conversation_ids=[conversation.id])
            to, stored, ref = conversation.address, message.content, statuses.outbox_ref(message)
            since = message.claimed_at
        found = find(to, Message.from_json(stored), since=since, known=known)
        with database.transaction() as session:
            now = business_now(session)
            if found is not None:
                _follow(
                    session, found, ref=ref, status=_MEANS.get(found.status, OutboundStatus.SENT), now=now
                )
            elif history is not None and now - since < LISTED_WITHIN:
                outbound.settle_later(session, arguments["message_id"], now=now, after=LOOK_AGAIN_AFTER)
            else:
                _try_once_more(session, arguments["message_id"], ref, now=now)

    return OutsideHandler(act=settle)


def receive_status(session: Session, update: StatusUpdate, *, now: dt.datetime) -> None:
    """Apply a status that the provider reports to our message, and react to a failure that we can fix."""
    _follow(session, update, ref=update.outbox_ref, status=_MEANS.get(update.status), now=now)


def sweep_unsent(session: Session, *, now: dt.datetime) -> None:
    """Create the jobs that are missing for unsent and unsettled messages."""
    for is_notice, kind in ((False, outbound.SEND), (True, outbound.SEND_NOTICES)):
        sends = outbox.open_keys(session, kind)
        for conversation_id in queries.unsent_since(
            session, is_notice=is_notice, before=now - OVERLOOKED_AFTER
        ):
            if outbound.conversation_key(conversation_id) not in sends:
                outbound.schedule_sending(session, conversation_id, is_notice=is_notice, now=now)
    notices.find_undelivered(session, now=now)
    settles = outbox.open_keys(session, outbound.SETTLE)
    for message_id in queries.unknown_since(session, before=now - SETTLE_OVERDUE):
        if outbound.message_key(message_id) not in settles:
            outbound.settle_later(session, message_id, now=now)


def _claim_answer(session: Session, conversation_id: ConversationId, now: dt.datetime) -> _Ready | Pause:
    while isinstance(found := outbound.claim_next(session, conversation_id, now=now), Claimed):
        is_open = is_window_open(found.last_inbound_at, now=now)
        if ready := _ready(session, found.message, to=found.address, window_open=is_open, now=now):
            return ready
    return Pause(until=found, is_notice=False)


def _claim_notice(
    session: Session, conversation_id: ConversationId, why_obsolete: WhyObsolete, *, now: dt.datetime
) -> _Ready | Pause:
    while isinstance(
        found := notices.find_due(
            session,
            conversation_id,
            is_open=lambda last_inbound_at: is_window_open(last_inbound_at, now=now),
            now=now,
        ),
        DueNotices,
    ):
        group = _drop_obsolete(session, found, why_obsolete, now=now)
        if not group:
            continue
        *others, carrier = _gathered(group) if found.is_window_open else group[:1]
        notices.begin_together(carrier, others, now=now)
        if ready := _ready(session, carrier, to=found.address, window_open=found.is_window_open, now=now):
            return ready
    return Pause(until=found, is_notice=True)


def _drop_obsolete(
    session: Session, found: DueNotices, why_obsolete: WhyObsolete, *, now: dt.datetime
) -> list[OutboundMessage]:
    """The notices that still hold. Drops the others, each with its reason."""
    kept = []
    for message in found.messages:
        cause = found.causes.get(message.event_id or 0)
        reason = why_obsolete(session, *cause, now) if cause else None
        if reason is None:
            kept.append(message)
        else:
            notices.drop(message, reason)
    session.flush()
    return kept


def _gathered(waiting: Sequence[OutboundMessage]) -> Sequence[OutboundMessage]:
    """The first notices that fit into one message. A notice with buttons ends it, because buttons belong to one text."""
    for count, message in enumerate(waiting, start=1):
        if _goes_alone(message):
            return waiting[: max(count - 1, 1)]
        has_choices = bool(message.content.get("buttons") or message.content.get("rows"))
        limit = INTERACTIVE_BODY_LIMIT if has_choices else BODY_LIMIT
        if count > 1 and len(notices.together(waiting[:count])) > limit:
            return waiting[: count - 1]
        if has_choices:
            return waiting[:count]
    return waiting


def _goes_alone(message: OutboundMessage) -> bool:
    """A template says nothing but its own words, and a file has no text beside it."""
    return bool(message.content.get("by_template") or message.content.get("documents"))


def _ready(
    session: Session, message: OutboundMessage, *, to: str, window_open: bool, now: dt.datetime
) -> _Ready | None:
    """The message as it can go out now; None if it can't."""
    try:
        first, *rest = parts(
            Message.from_json(message.content),
            window_open=window_open and not message.content.get("by_template"),
        )
    except WindowClosed:
        _wait_for_window(session, message, now=now)
        return None
    except (KeyError, TypeError, ValueError):  # one unreadable row must not hold back those after it
        logger.exception("a queued message cannot be read", extra={"message_id": message.id})
        _give_up(session, message, "unreadable", now=now)
        _part(session, message, now=now)
        return None
    if rest:
        outbound.split(
            session,
            message,
            [(part.text, part.to_json()) for part in (first, *rest)],
            # Pieces of one text must not overtake each other; a file may come before its words, and must not hold back others.
            send_rest_after=now if all(part.documents for part in rest) else now + NEXT_PART_AFTER,
        )
    session.flush()
    return _Ready(
        message_id=message.id,
        attempt=message.attempts,
        to=to,
        message=first,
        ref=statuses.outbox_ref(message),
    )


def _wait_for_window(session: Session, message: OutboundMessage, *, now: dt.datetime) -> None:
    """Only a template could go out now, and there is none. A notice waits until the person writes."""
    _give_up(session, message, "window_closed", now=now)
    if message.is_notice:
        _set_aside(session, message, now + NO_TEMPLATE, now=now)


def _mark(session: Session, ready: _Ready, result: SendResult, *, now: dt.datetime) -> None:
    message_id, attempt = ready.message_id, ready.attempt
    match result:
        case Sent(provider_message_id=provider_message_id):
            outbound.mark_sent(
                session, message_id, attempt=attempt, provider_message_id=provider_message_id, now=now
            )
        case Unknown(reason=reason):
            outbound.mark_unknown(session, message_id, attempt=attempt, error_code=reason, now=now)
        case Later() | SendRefused():
            outbound.mark_refused(session, message_id, attempt=attempt, error_code=_code(result))
            message = session.get_one(OutboundMessage, message_id, populate_existing=True)
            if message.status is OutboundStatus.FAILED:
                _mend(session, message, result, now=now)


def _mend(session: Session, message: OutboundMessage, result: SendResult, *, now: dt.datetime) -> None:
    """Do what can still be done about a message that certainly didn't arrive, and what it carried."""
    carried = notices.part(session, message) if message.is_notice else []
    _try_otherwise(session, message, result, now=now)
    for other in carried:
        if isinstance(result, SendRefused) and result.failure is Failure.WINDOW_CLOSED:
            _outside_window(session, other, now=now)
        else:
            _wait_as(session, other, message, now=now)


def _part(session: Session, message: OutboundMessage, *, now: dt.datetime) -> None:
    """Send by themselves, as soon as it is, what the message carried."""
    for other in notices.part(session, message) if message.is_notice else ():
        _wait_as(session, other, message, now=now)


def _wait_as(session: Session, other: OutboundMessage, carrier: OutboundMessage, *, now: dt.datetime) -> None:
    """Let what was carried wait as long as its carrier does; if that one is at its end, it goes at once."""
    if carrier.status is OutboundStatus.LATER and carrier.waits_for_window:
        _set_aside(session, other, carrier.send_after, now=now)
    elif carrier.status is OutboundStatus.LATER:
        _later(session, other, carrier.send_after, now=now)
    else:
        outbound.send_again(session, other, now=now)


def _try_otherwise(
    session: Session, message: OutboundMessage, result: SendResult, *, now: dt.datetime
) -> None:
    facts = {"message_id": message.id, "conversation": message.conversation_id}
    match result:
        case SendRefused(failure=Failure.WINDOW_CLOSED) if not message.content.get("by_template"):
            _outside_window(session, message, now=now)
        case SendRefused(failure=Failure.OPTED_OUT):
            conversation = queries.get_conversation(session, ConversationId(message.conversation_id))
            parties.opt_out(session, ContactId(conversation.contact_id), now=now)
        case SendRefused(failure=Failure.MEDIA) if _has_file(message):
            message.content = {**message.content, "documents": _as_links(message.content["documents"])}
            outbound.send_again(session, message, now=now)
        case Later(retry_after_seconds=seconds) if message.attempts < MOST_TRIES:
            _later(session, message, now + dt.timedelta(seconds=seconds), now=now)
        case SendRefused(permanent=False, code=code) if message.is_notice:
            # An unapproved template, most likely: the person's next message lets it go out as text.
            logger.error("a notice waits for an operator", extra={**facts, "code": code})
            few = message.attempts < MOST_TRIES
            _set_aside(session, message, now + (OPERATOR_NEEDS if few else NO_TEMPLATE), now=now)
        case SendRefused(permanent=False, code=code) if message.attempts < MOST_TRIES:
            logger.error("sending waits for an operator", extra={**facts, "code": code})
            _later(session, message, now + OPERATOR_NEEDS, now=now)
        case SendRefused(code=code, needs_operator=True):
            logger.error("a message was refused for a reason of ours", extra={**facts, "code": code})
            _tell_unanswered(session, message, now=now)
        case _:
            logger.warning("a message did not arrive", extra={**facts, "code": message.error_code})
            _tell_unanswered(session, message, now=now)


def _outside_window(session: Session, message: OutboundMessage, *, now: dt.datetime) -> None:
    """Say it by its template; without one, a notice waits until the person writes."""
    if message.content.get("template"):
        outbound.send_again(session, message, now=now, by_template=True)
    elif message.is_notice:
        _set_aside(session, message, now + NO_TEMPLATE, now=now)
    else:
        _tell_unanswered(session, message, now=now)


def _tell_unanswered(session: Session, message: OutboundMessage, *, now: dt.datetime) -> None:
    """Call a person for somebody whose answer failed for good; of lost notices, `NoticeUndelivered` tells."""
    if not message.is_notice:
        asked = PersonAsked(conversation_id=ConversationId(message.conversation_id), reason="unanswered")
        record(session, asked, actor=SYSTEM, now=now)


def _has_file(message: OutboundMessage) -> bool:
    """Whether it carried a file; sent once more, it carries the file's link."""
    return any(not one.get("as_link") for one in message.content.get("documents") or ())


def _as_links(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "as_link": True} for one in documents]


def _later(session: Session, message: OutboundMessage, send_after: dt.datetime, *, now: dt.datetime) -> None:
    outbound.send_again(session, message, now=now, send_after=send_after, status=OutboundStatus.LATER)


def _set_aside(session: Session, message: OutboundMessage, until: dt.datetime, *, now: dt.datetime) -> None:
    """Try again at *until*, or at once when the person writes."""
    outbound.send_again(
        session,
        message,
        now=now,
        send_after=until,
        status=OutboundStatus.LATER,
        waits_for_window=True,
    )


def _try_once_more(session: Session, message_id: int, ref: str, *, now: dt.datetime) -> None:
    message = outbound.lock_outbound(session, message_id)
    if message.status is not OutboundStatus.UNKNOWN or statuses.outbox_ref(message) != ref:
        return
    if message.attempts >= MOST_UNKNOWN_TRIES:
        logger.error("nobody knows whether a message went out", extra={"message_id": message_id})
        # What it carried may have arrived as well, and is not said twice: it counts as undelivered, like this one.
        _give_up(session, message, "unknown", now=now)
        for other in notices.part(session, message):
            other.status, other.error_code = OutboundStatus.FAILED, "unknown"
    else:
        outbound.send_again(session, message, now=now)
        _part(session, message, now=now)


def _give_up(session: Session, message: OutboundMessage, reason: str, *, now: dt.datetime) -> None:
    """End a message for good before or after it was sent. For an answer a person is called: somebody waits for it."""
    _tell_unanswered(session, message, now=now)
    session.flush()
    outbound.mark_refused(session, message.id, attempt=message.attempts, error_code=reason)
    session.refresh(message)


def _follow(
    session: Session,
    update: StatusUpdate,
    *,
    ref: str | None,
    status: OutboundStatus | None,
    now: dt.datetime,
) -> None:
    """Move the message to what the provider reports of it, and do what can be done when it did not arrive."""
    moved = statuses.apply_status(
        session,
        provider_message_id=update.provider_message_id,
        outbox_ref=ref,
        reported=update.raw.get("MessageStatus") or update.status,
        status=status,
        error_code=None if update.error_code is None else str(update.error_code),
        now=now,
    )
    if moved is None or moved.status not in (OutboundStatus.FAILED, OutboundStatus.CANCELED):
        return
    message = outbound.lock_outbound(session, moved.message_id)
    if moved.status is OutboundStatus.FAILED:
        _mend(session, message, outcome(update.error_code), now=now)
    else:
        _part(session, message, now=now)


def _as_it_may_read(message: Message, templates: Mapping[str, Template]) -> Iterator[Message]:
    """The texts under which the provider may list it: ours, or the template's if the window had closed."""
    yield message
    if message.template and message.template.name in templates:
        yield Message(text=templates[message.template.name].render(message.template))


def _code(result: Later | SendRefused) -> str:
    return str(result.code) if result.code is not None else result.failure
