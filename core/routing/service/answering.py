"""Take a vendor's answer, or the lack of one. Callers hold the order's lock, so answers to one order come in turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor
from core.errors import NotFound
from core.events import OfferClosed, OfferDeclined, OfferLapsed, OfferUndelivered
from core.money import Money
from core.outbox.service import record
from core.outcomes import changes, refusal_of
from core.routing import queries
from core.routing.errors import AnswerRefused, OfferExpired, OfferNotOpen
from core.routing.models import Offer, OfferLine, OfferStatus, RoutingRound
from core.routing.outcomes import OFFER, OfferEvent
from core.routing.policy.weighing import PartialAnswer, PartialLine, weigh_partials
from core.vendors.models import ObservationKind
from core.vendors.service import observe

SECONDS_PER_HOUR = 3600


def accept_offer(
    session: Session,
    offer_id: int,
    *,
    quantities: Mapping[int, Decimal] | None = None,
    eta_at: dt.datetime | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Offer:
    """Accept the offer: all of it, or the *quantities* in base pieces by order line.

    Lines left out of *quantities* are not taken. Where several vendors were asked for the same lines, a full
    acceptance beats the others; a smaller one is noted, with when it would come, while another may still take
    everything: the offer then comes back `open` with `answered_at`, the vendor may still change it, and `settle_partials` decides.
    Raises OfferNotOpen, OfferExpired, AnswerRefused.
    """
    offer = _answerable(session, offer_id, OfferEvent.ACCEPT, now=now)
    lines = queries.offer_lines(session, [offer.id])[offer.id]
    taken = _taken(offer, lines, quantities)
    rivals = _rivals(session, offer)
    is_whole = all(taken[line.order_line_id] == line.quantity for line in lines)
    for line in lines:
        line.accepted_quantity = taken[line.order_line_id]
    offer.eta_at = eta_at or offer.eta_at
    if not is_whole and rivals:
        offer.answered_at, offer.answered_by = now, actor.label
        session.flush()
        return offer
    _accept(session, offer, answered_by=actor.label, answered_at=now)
    for rival in rivals:
        _close(session, rival, OfferStatus.BEATEN, now=now)
    return offer


def decline_offer(
    session: Session, offer_id: int, *, reason: str | None, actor: Actor, now: dt.datetime
) -> Offer:
    """Decline the offer; the reason may follow. Raises NotFound, OfferNotOpen, OfferExpired."""
    offer = _answerable(session, offer_id, OfferEvent.DECLINE, now=now)
    _end(
        session,
        offer,
        OfferStatus.DECLINED,
        answered_at=now,
        answered_by=actor.label,
        decline_reason=reason,
    )
    _observe(session, offer, ObservationKind.DECLINED, now=now)
    event = OfferDeclined(
        offer_id=offer.id, order_id=offer.order_id, vendor_id=offer.vendor_id, reason=reason
    )
    record(session, event, actor=actor, now=now)
    return offer


def note_decline_reason(session: Session, offer_id: int, *, vendor_id: int, reason: str) -> bool:
    """Keep why the vendor declined, said after its no. False for an offer that it didn't decline."""
    noted = (
        update(Offer)
        .where(Offer.id == offer_id, Offer.vendor_id == vendor_id, Offer.status == OfferStatus.DECLINED)
        .values(decline_reason=reason)
        .returning(Offer.id)
    )
    return session.scalar(noted) is not None


def lapse_offer(session: Session, offer_id: int, *, now: dt.datetime) -> Offer:
    """Close an offer whose deadline has passed unanswered.

    An offer that is not open, not due, or whose partial answer waits for `settle_partials` comes back as it is.
    """
    offer = _fresh(session, offer_id)
    is_due = changes(OFFER, offer.status, OfferEvent.DEADLINE) and now >= offer.expires_at
    if not is_due or offer.answered_at is not None:
        return offer
    _end(session, offer, OfferStatus.LAPSED, answered_at=now)
    _observe(session, offer, ObservationKind.LAPSED, now=now)
    event = OfferLapsed(offer_id=offer.id, order_id=offer.order_id, vendor_id=offer.vendor_id)
    record(session, event, actor=SYSTEM, now=now)
    return offer


def close_undelivered(session: Session, offer_id: int, *, now: dt.datetime) -> bool:
    """Close an offer that nobody at the vendor was told of; it counts neither as answered nor as lapsed.

    False for one that is not open, or that was answered in part all the same: it stays as it is.
    """
    offer = _fresh(session, offer_id)
    if not changes(OFFER, offer.status, OfferEvent.NOT_TOLD) or offer.answered_at is not None:
        return False
    _end(session, offer, OfferStatus.UNDELIVERED)
    event = OfferUndelivered(offer_id=offer.id, order_id=offer.order_id, vendor_id=offer.vendor_id)
    record(session, event, actor=SYSTEM, now=now)
    return True


def close_offers(
    session: Session,
    order_id: int,
    *,
    vendor_id: int | None = None,
    only_answered: bool = False,
    status: Literal[OfferStatus.BEATEN, OfferStatus.CLOSED],
    now: dt.datetime,
) -> list[Offer]:
    """End the order's open offers, or only one vendor's, or those with a noted part. Returns them.

    It counts against nobody.
    """
    ended = [
        offer
        for offer in queries.open_offers(session, order_id)
        if (offer.answered_at is not None or not only_answered) and vendor_id in (None, offer.vendor_id)
    ]
    for offer in ended:
        _close(session, offer, status, now=now)
    return ended


def settle_partials(session: Session, order_id: int, *, now: dt.datetime) -> list[Offer]:
    """Decide between partial acceptances of vendors that were asked together.

    Nothing happens while one of them may still take everything. Then the answers that cover most are accepted,
    each trimmed to what the better ones leave, never above the round's ceiling; the others are beaten.
    Returns the accepted offers, which the caller turns into fulfillments like any accepted offer.
    """
    open_offers = queries.open_offers(session, order_id)
    noted = [offer for offer in open_offers if offer.answered_at is not None]
    waiting = {
        offer.round_id for offer in open_offers if offer.answered_at is None and now < offer.expires_at
    }
    accepted: list[Offer] = []
    for round_id in sorted({offer.round_id for offer in noted} - waiting):
        answers = [offer for offer in noted if offer.round_id == round_id]
        accepted += _settle_round(session, round_id, answers, now=now)
    return accepted


def _settle_round(
    session: Session, round_id: int, answers: Sequence[Offer], *, now: dt.datetime
) -> list[Offer]:
    lines = queries.offer_lines(session, [offer.id for offer in answers])
    wanted = {line.order_line_id: line.quantity for own in lines.values() for line in own}
    facts = session.get_one(RoutingRound, round_id).facts
    ceiling = facts.get("ceiling_minor")
    # The answers stand in the order of their offers, which is the order of their ranks.
    winners = weigh_partials(
        wanted,
        [_partial(offer.id, lines[offer.id]) for offer in answers],
        ceiling=None if ceiling is None else Money(ceiling),
        spare=Money(facts.get("spare_minor", 0)),
    )
    accepted = []
    for offer in answers:
        if offer.id not in winners:
            _close(session, offer, OfferStatus.BEATEN, now=now)
            continue
        for line in lines[offer.id]:
            line.accepted_quantity = winners[offer.id].get(line.order_line_id, Decimal(0))
        _accept(session, offer, answered_by=offer.answered_by, answered_at=offer.answered_at or now)
        accepted.append(offer)
    return accepted


def _partial(offer_id: int, lines: Sequence[OfferLine]) -> PartialAnswer:
    return PartialAnswer(
        offer_id=offer_id,
        lines={
            line.order_line_id: PartialLine(
                quantity=line.accepted_quantity,
                unit_price=Money(line.unit_price_minor),
                vat_basis_points=line.vat_basis_points,
            )
            for line in lines
            if line.accepted_quantity
        },
    )


def _accept(session: Session, offer: Offer, *, answered_by: str | None, answered_at: dt.datetime) -> None:
    _end(session, offer, OfferStatus.ACCEPTED, answered_at=answered_at, answered_by=answered_by)
    _observe(session, offer, ObservationKind.ACCEPTED, now=answered_at)


def _answerable(session: Session, offer_id: int, event: OfferEvent, *, now: dt.datetime) -> Offer:
    offer = _fresh(session, offer_id)
    if refused := refusal_of(OFFER, offer.status, event):
        raise refused(**_facts(offer))
    if now >= offer.expires_at:
        raise OfferExpired(offer_id=offer.id, order_id=offer.order_id, expired_at=offer.expires_at)
    return offer


def _fresh(session: Session, offer_id: int) -> Offer:
    offer = session.get(Offer, offer_id, populate_existing=True)
    if offer is None:
        raise NotFound(kind="offers", id=offer_id)
    return offer


def _facts(offer: Offer) -> dict[str, object]:
    """What explains that the offer takes no answer."""
    return {
        "offer_id": offer.id,
        "order_id": offer.order_id,
        "status": offer.status.value,
        "answered_at": offer.answered_at,
        "answered_by": offer.answered_by,
    }


def _close(session: Session, offer: Offer, status: OfferStatus, *, now: dt.datetime) -> None:
    """End an offer that others decided about. Its vendor's chat is told nothing, but asks no more."""
    _end(session, offer, status)
    event = OfferClosed(offer_id=offer.id, order_id=offer.order_id, vendor_id=offer.vendor_id)
    record(session, event, actor=SYSTEM, now=now)


def _end(session: Session, offer: Offer, status: OfferStatus, **answer: object) -> None:
    """Move an open offer to *status*. The condition is the last fence should a caller ever forget the order's lock."""
    session.flush()
    if offer.answered_at is not None and status is not OfferStatus.ACCEPTED:
        # A part that was noted and is not taken in the end leaves no accepted quantities behind.
        session.execute(
            update(OfferLine).where(OfferLine.offer_id == offer.id).values(accepted_quantity=Decimal(0))
        )
    moved = session.execute(
        update(Offer)
        .where(Offer.id == offer.id, Offer.status == OfferStatus.OPEN)
        .values(status=status, **answer)
        .returning(Offer.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(offer)
    if moved is None:
        raise OfferNotOpen(**_facts(offer))


def _rivals(session: Session, offer: Offer) -> list[Offer]:
    """Other vendors that were asked in the same round for the same lines and may still answer."""
    if not session.get_one(RoutingRound, offer.round_id).facts.get("is_together"):
        return []
    return list(
        session.scalars(
            select(Offer)
            .where(Offer.round_id == offer.round_id, Offer.id != offer.id, Offer.status == OfferStatus.OPEN)
            .order_by(Offer.id)
        )
    )


def _taken(
    offer: Offer, lines: Sequence[OfferLine], quantities: Mapping[int, Decimal] | None
) -> dict[int, Decimal]:
    offered = {line.order_line_id: line.quantity for line in lines}
    if quantities is None:
        return offered
    facts = {"offer_id": offer.id, "order_id": offer.order_id}
    for order_line_id, quantity in quantities.items():
        if order_line_id not in offered:
            raise AnswerRefused(reason="unknown_line", order_line_id=order_line_id, **facts)
        if not 0 <= quantity <= offered[order_line_id]:
            raise AnswerRefused(
                reason="more_than_asked",
                order_line_id=order_line_id,
                asked=offered[order_line_id],
                taken=quantity,
                **facts,
            )
    taken = {order_line_id: quantities.get(order_line_id, Decimal(0)) for order_line_id in offered}
    if not any(taken.values()):
        raise AnswerRefused(reason="nothing_taken", **facts)
    return taken


def _observe(session: Session, offer: Offer, kind: ObservationKind, *, now: dt.datetime) -> None:
    waited = Decimal(max(now - offer.starts_at, dt.timedelta()) // dt.timedelta(seconds=1)) / SECONDS_PER_HOUR
    observe(
        session,
        kind,
        vendor_id=offer.vendor_id,
        offer_id=offer.id,
        order_id=offer.order_id,
        hours=waited,
        is_override=offer.is_override,
        now=now,
    )
