"""What must be true when everything has settled: read from the database and from the peer's own log."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.alerts.models import Alert
from core.db.clock import business_now
from core.jobs.worker import SHORT_WORK
from core.messaging.models import InboundMessage, OutboundMessage, OutboundStatus, Turn
from core.orders import checks
from core.orders.models import Fulfillment, FulfillmentTransition, Order, OrderTransition
from core.orders.transitions import FULFILLMENT_MOVES, ORDER_MOVES
from core.outbox.models import Job, JobStatus
from tests.contract.peer import Peer
from tests.walk import order as books_of_orders

UNDER_WAY = (OutboundStatus.QUEUED, OutboundStatus.SENDING, OutboundStatus.LATER, OutboundStatus.UNKNOWN)


def what_is_open(session: Session) -> list[str]:
    """What still has to be done before everything has settled."""
    now = business_now(session)
    unread = session.scalar(
        select(func.count()).select_from(InboundMessage).where(InboundMessage.handled_at.is_(None))
    )
    unsent = session.execute(
        select(
            OutboundMessage.id, OutboundMessage.status, OutboundMessage.attempts, OutboundMessage.error_code
        ).where(OutboundMessage.status.in_(UNDER_WAY), ~OutboundMessage.waits_for_window)
    ).all()
    undone = session.execute(
        select(Job.kind, func.count())
        .where(
            Job.queue.in_(SHORT_WORK),
            (Job.status == JobStatus.RUNNING) | (Job.status == JobStatus.PENDING) & (Job.due_at <= now),
        )
        .group_by(Job.kind)
    ).all()
    found = [f"{count} jobs {kind}" for kind, count in undone]
    return [
        *found,
        *([f"{unread} messages unread"] if unread else []),
        *(
            f"message {row.id} is {row.status} after {row.attempts} attempts ({row.error_code})"
            for row in unsent
        ),
    ]


def violations(session: Session, peer: Peer, written: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each rule with what breaks it, one line each. Give it a session that has read nothing yet."""
    yield "orders, holds and limits are as their tables say", books_of_orders.problems(session)
    yield "every message stored once and answered", list(_unanswered(session, written))
    yield "statuses of orders and parcels follow the life cycle", list(_illegal_moves(session))
    yield "one invoice per parcel, one order per placing", list(_doubled_effects(session))
    yield (
        "ledger, balances and stock agree",
        [f"{found.checked} {found.subject_id}: {found.facts}" for found in checks.find_differences(session)],
    )
    yield "stock is never negative", list(_negative_stock(session))
    yield "no message sent twice for one attempt", list(_doubled_sends(peer, of_one_attempt=True))
    yield "what arrived is marked as arrived", list(_misjudged(session, peer))
    yield "nothing is stuck", what_is_open(session)


def doubled_after_unknown(peer: Peer) -> int:
    """Messages that the peer has twice, because the first send's result was unknown and it was looked for in vain."""
    return len(list(_doubled_sends(peer, of_one_attempt=False)))


def figures(session: Session) -> Counter[str]:
    """What happened, for the table."""
    counts: Counter[str] = Counter()
    for name, query in {
        "turns": select(func.count()).select_from(Turn),
        "orders placed": select(func.count())
        .select_from(OrderTransition)
        .where(OrderTransition.to_status == "placed"),
        "parcels delivered": select(func.count())
        .select_from(Fulfillment)
        .where(Fulfillment.status == "delivered"),
        "sends tried again": select(func.count())
        .select_from(OutboundMessage)
        .where(OutboundMessage.attempts > 1),
        "sends given up": select(func.count())
        .select_from(OutboundMessage)
        .where(OutboundMessage.status == OutboundStatus.FAILED),
        "jobs given up": select(func.count()).select_from(Job).where(Job.status == JobStatus.FAILED),
        "jobs of dead workers": text("SELECT count(*) FROM job_runs WHERE error = 'the worker died'"),
        "alerts": select(func.count()).select_from(Alert),
    }.items():
        counts[name] = session.scalar(query) or 0
    return counts


def _unanswered(session: Session, written: list[str]) -> Iterator[str]:
    stored = {row.provider_message_id: row for row in session.scalars(select(InboundMessage))}
    answered = set(
        session.scalars(select(OutboundMessage.turn_id).where(OutboundMessage.turn_id.is_not(None)))
    )
    for sid in written:
        row = stored.get(sid)
        if row is None:
            yield f"{sid} was lost"
        elif row.handled_at is None:
            yield f"message {row.id} is unread: {row.text!r}"
        elif row.turn_id is None and not row.needs_person:
            yield f"message {row.id} belongs to no turn: {row.text!r}"
        elif row.turn_id is not None and row.turn_id not in answered and not row.needs_person:
            yield f"turn {row.turn_id} has no answer: {row.text!r}"


def _illegal_moves(session: Session) -> Iterator[str]:
    for model, key, moves in (
        (OrderTransition, "order_id", ORDER_MOVES),
        (FulfillmentTransition, "fulfillment_id", FULFILLMENT_MOVES),
    ):
        last: dict[int, object] = {}
        for row in session.scalars(select(model).order_by(model.id)):
            subject = getattr(row, key)
            if subject in last and row.from_status != last[subject]:
                yield f"{key} {subject}: a move from {row.from_status} after {last[subject]}"
            if row.from_status is not None and row.to_status not in moves[row.from_status]:
                yield f"{key} {subject}: {row.from_status} → {row.to_status}"
            last[subject] = row.to_status


def _doubled_effects(session: Session) -> Iterator[str]:
    for what, query in {
        "invoices of parcel": "SELECT fulfillment_id FROM invoices GROUP BY 1 HAVING count(*) > 1",
        "orders of basket": "SELECT order_id FROM order_transitions WHERE from_status = 'draft' AND to_status = 'placed'"
        " GROUP BY 1 HAVING count(*) > 1",
        "delivered without an invoice": "SELECT f.id FROM fulfillments f LEFT JOIN invoices i ON i.fulfillment_id = f.id"
        " WHERE f.status = 'delivered' AND i.id IS NULL",
        "answers to turn": "SELECT turn_id FROM outbound_messages WHERE turn_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
        "event told of twice": "SELECT event_id FROM (SELECT event_id, conversation_id, say FROM outbound_messages WHERE"
        " event_id IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1) twice",
    }.items():
        for (subject,) in session.execute(text(query)):
            yield f"{what} {subject}"
    placed = session.scalars(select(Order.id).where(Order.status != "draft")).all()
    if len(placed) != len(set(placed)):
        yield "an order is there twice"


def _negative_stock(session: Session) -> Iterator[str]:
    query = "SELECT listing_id FROM stock WHERE on_hand < 0 OR reserved < 0 OR on_hand < reserved"
    for (listing,) in session.execute(text(query)):
        yield f"listing {listing}"


def _doubled_sends(peer: Peer, *, of_one_attempt: bool) -> Iterator[str]:
    sent: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for message in peer.messages:
        if ref := message.get("_oid"):
            sent[ref.partition("-")[0]][ref] += 1
    for message_id, refs in sent.items():
        if of_one_attempt and max(refs.values()) > 1:
            yield f"message {message_id}: {dict(refs)}"
        if not of_one_attempt and max(refs.values()) == 1 and len(refs) > 1:
            yield message_id


def _misjudged(session: Session, peer: Peer) -> Iterator[str]:
    """A message that the peer took isn't called failed, and one that it never took isn't called sent."""
    taken = {ref.partition("-")[0] for message in peer.messages if (ref := message.get("_oid"))}
    rows = session.execute(select(OutboundMessage.id, OutboundMessage.status, OutboundMessage.error_code))
    for message_id, status, error in rows:
        if status in (OutboundStatus.SENT, OutboundStatus.DELIVERED, OutboundStatus.READ):
            if str(message_id) not in taken:
                yield f"message {message_id} is {status}, and the peer never took it"
        elif status is OutboundStatus.FAILED and str(message_id) in taken:
            yield f"message {message_id} is failed ({error}), and the peer took it"
