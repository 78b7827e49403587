"""A conversation, a provider that answers from a script, and the workers between them."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select

from bot import reconciliation, sending, turns
from bot.channels.twilio.templates import parse_templates
from bot.channels.types import WHATSAPP, Inbound, InboundKind, SenderAddress, Sent
from bot.inbox import store
from bot.sweep import SWEEPING
from core import events
from core.actor import SYSTEM
from core.clock import system_now
from core.db.clock import business_now, move_clock
from core.messaging import service as messaging
from core.messaging.models import OutboundMessage
from core.outbox import service as outbox
from core.outbox.models import Event, Queue
from tests.running_jobs import run_due

ASHA = "whatsapp:+9779841000001"
TEMPLATE = {"name": "order_offered", "language": "en", "variables": ["1042"]}
TEMPLATES = parse_templates("""
[order_offered]
category = "utility"
variables = { order = "1042" }
en.body = "A new order {{1}} waits for your answer, until this evening."
ne.body = "नयाँ अर्डर {{1}} तपाईंको जवाफ कुर्दै छ, आज साँझसम्म।"
""")


class Provider:
    """Answers sends from a script, *sent* when the script has ended, and remembers what it was asked."""

    def __init__(self):
        self.script = []
        self.sends = []
        self.has = None
        self.looked_for = []
        self.inbound = []
        self.asked_since = []
        self.ends = {}

    def send(self, to, message, *, outbox_ref):
        self.sends.append((to, message, outbox_ref))
        return self.script.pop(0) if self.script else Sent(provider_message_id=f"SM-{outbox_ref}")

    def find_sent(self, to, message, *, since, known_sids: Collection[str]):  # noqa: ARG002 - as called
        self.looked_for.append((to, message.text, set(known_sids)))
        return self.has

    def list_inbound(self, *, since):
        self.asked_since.append(system_now() - since)
        return self.inbound

    def fetch(self, sid):
        return self.ends.get(sid)

    @property
    def texts(self):
        return [message.text for _, message, _ in self.sends]


class Quiet:
    """Reads what was written and says nothing."""

    def take_turn(self, _session, _conversation, _unread, *, now):
        pass


class Office:
    """A conversation, a provider, and the worker between them, on a clock that the test moves."""

    def __init__(self, database, session):
        self.database = database
        self.session = session
        self.provider = Provider()
        self.count = 0
        # Offers that need not be told any more, and why.
        self.over = {}
        self.conversation_id = self.receive()

    def inbound(self):
        self.count += 1
        return Inbound(
            channel=WHATSAPP,
            provider_message_id=f"SM{self.count:032x}",
            sender=SenderAddress(phone_address=ASHA),
            kind=InboundKind.TEXT,
            text="namaste",
        )

    def why_obsolete(self, _session, _name, payload, _now):
        return self.over.get(payload["offer_id"])

    def receive(self):
        with self.database.transaction() as session:
            return store(session, self.inbound(), now=business_now(session)).conversation_id

    def happen(self, event):
        """Something that people may be told of; the number of its row."""
        with self.database.transaction() as session:
            outbox.record(session, event, actor=SYSTEM, now=business_now(session))
            return session.scalars(select(Event.id).order_by(Event.id.desc()).limit(1)).one()

    def notify(self, body, *, offer=1, **facts):
        """Queue a notice of an offer, which can leave a closed window by its template."""
        event = events.OfferOpened(offer_id=offer, order_id=7, vendor_id=3)
        template = facts.pop("template", TEMPLATE)
        event_id = facts.pop("event_id", None) or self.happen(event)
        return self.queue(body, template=template, is_notice=True, event_id=event_id, **facts)

    def queue(self, body="Hello", *, template=None, **facts):
        with self.database.transaction() as session:
            message = messaging.queue_outbound(
                session,
                conversation_id=self.conversation_id,
                say="menu",
                language="en",
                body=body,
                content={"text": body, "template": template} | facts.pop("content", {}),
                now=business_now(session),
                **facts,
            )
            return message.id

    def pass_time(self, **time):
        with self.database.transaction() as session:
            move_clock(session, to=business_now(session) + dt.timedelta(**time))

    def work(self):
        handlers = {
            "send_message": sending.sending(self.provider),
            "send_notices": sending.sending_notices(self.provider, self.why_obsolete),
            "settle_message": sending.settling(self.provider, templates=TEMPLATES),
            "reconcile_provider": reconciliation.reconciling(self.provider),
        }
        return run_due(self.database, handlers, queues=[Queue.WHATSAPP])

    def sweep(self):
        with self.database.transaction() as session:
            SWEEPING.act(session, {}, business_now(session))

    def reconcile(self):
        with self.database.transaction() as session:
            now = business_now(session)
        reconciliation.reconciling(self.provider).act(self.database, {}, now)

    def find(self, message_id) -> OutboundMessage:
        self.session.expire_all()
        return self.session.get(OutboundMessage, message_id)

    def write(self):
        """The person writes, and has their turn."""
        self.receive()
        self.pass_time(seconds=2)
        with self.database.transaction() as session:
            arguments = {"conversation_id": self.conversation_id}
            turns.answering(Quiet()).act(session, arguments, business_now(session))

    def recorded(self, event):
        self.session.expire_all()
        return list(
            self.session.scalars(select(Event.payload).where(Event.name == event.name()).order_by(Event.id))
        )

    def statuses(self):
        self.session.expire_all()
        return list(self.session.scalars(select(OutboundMessage.status).order_by(OutboundMessage.id)))

    def sent_ids(self):
        """The messages that the provider has taken."""
        self.session.expire_all()
        sent = select(OutboundMessage.id).where(OutboundMessage.status == "sent")
        return list(self.session.scalars(sent.order_by(OutboundMessage.id)))
