"""The record of what was said: conversations, messages in and out, turns, prompts that wait for an answer."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key


class OutboundStatus(StrEnum):
    """`later` waits for its next try, `unknown` may have gone out and is not sent again before that is settled."""

    QUEUED = "queued"
    SENDING = "sending"
    LATER = "later"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    CANCELED = "canceled"


class Conversation(Base):
    """One contact on one channel. Its row lock puts the turns of a person in order."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("contact_id", "channel"),
        CheckConstraint("retailer_id IS NULL OR vendor_id IS NULL", name="acts_for_one_party"),
    )

    id: Mapped[int] = primary_key()
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    channel: Mapped[str]
    # The address that replies go to: the one the last message came from.
    address: Mapped[str]
    # The party this contact acts for right now.
    retailer_id: Mapped[int | None] = mapped_column(ForeignKey("retailers.id"), index=True)
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"), index=True)
    state: Mapped[str]
    slots: Mapped[dict[str, Any]]
    last_inbound_at: Mapped[dt.datetime | None]
    # A person took over: the bot stays silent until it is handed back.
    taken_over_at: Mapped[dt.datetime | None]
    taken_over_by: Mapped[str | None]
    created_at: Mapped[dt.datetime]


class Turn(Base):
    """All messages that were waiting, answered once."""

    __tablename__ = "turns"
    __table_args__ = (Index(None, "conversation_id", "id"),)

    id: Mapped[int] = primary_key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    state_before: Mapped[str]
    state_after: Mapped[str]
    steps: Mapped[list[Any]]
    at: Mapped[dt.datetime]


class InboundMessage(Base):
    """What a provider brought, stored before anybody answers. Read in the order in which it was stored."""

    __tablename__ = "inbound_messages"
    __table_args__ = (
        UniqueConstraint("channel", "provider_message_id"),
        Index(
            "ix_inbound_messages_unread", "conversation_id", "id", postgresql_where=text("handled_at IS NULL")
        ),
        Index(None, "conversation_id", "id"),
        Index(None, "received_at"),
        Index(
            "ix_inbound_messages_text_parts",
            "text",
            postgresql_using="gin",
            postgresql_ops={"text": "gin_trgm_ops"},
        ),
        Index("ix_inbound_messages_for_person", "conversation_id", postgresql_where=text("needs_person")),
    )

    id: Mapped[int] = primary_key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    channel: Mapped[str]
    provider_message_id: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    choice_id: Mapped[str | None]
    replied_to: Mapped[str | None]
    # Pin, media and the like, as the channel's adapter read them; and the raw payload.
    content: Mapped[dict[str, Any]]
    raw: Mapped[dict[str, Any]]
    received_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    handled_at: Mapped[dt.datetime | None]
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"), index=True)
    # Photos, voice notes and what failed three times wait here for a person.
    needs_person: Mapped[bool] = mapped_column(default=False)


class OutboundMessage(Base):
    """One message that must go out: at most one for a turn, one for a notification's key."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        UniqueConstraint("turn_id"),
        Index(None, "conversation_id", "id"),
        Index(
            "ix_outbound_messages_open",
            "status",
            "send_after",
            postgresql_where=text("status IN ('queued', 'sending', 'later', 'unknown')"),
        ),
        Index("ix_outbound_messages_provider_message_id", "provider_message_id", unique=True),
        Index(None, "queued_at"),
        Index(None, "order_id"),
        Index(None, "event_id"),
        Index(None, "carried_by"),
        # Notices of which nobody has found out yet whether they came in time.
        Index(
            "ix_outbound_messages_notices_in_doubt",
            "queued_at",
            postgresql_where=text(
                "is_notice AND undelivered_at IS NULL AND status IN ('queued', 'later', 'sending', 'unknown', 'failed')"
            ),
        ),
        CheckConstraint("is_notice OR NOT waits_for_window", name="answers_never_wait_for_window"),
        CheckConstraint("carried_by IS NULL OR status = 'canceled'", name="carried_is_not_sent_itself"),
    )

    id: Mapped[int] = primary_key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"))
    # Names the cause of a notification, so that a job that runs again does not write again.
    dedup_key: Mapped[str | None] = mapped_column(unique=True)
    # A notice tells what others did; everything else answers the person. Answers never wait for notices.
    is_notice: Mapped[bool] = mapped_column(default=False)
    # The event that a notice tells of; what it says is checked against this event before it goes out.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    # No template could take it out of the window: it goes out as soon as the person writes.
    waits_for_window: Mapped[bool] = mapped_column(default=False)
    # The message whose text includes this one, because both waited.
    carried_by: Mapped[int | None] = mapped_column(ForeignKey("outbound_messages.id"))
    # When it was found out that it had not come in time.
    undelivered_at: Mapped[dt.datetime | None]
    # For the meter of what an order costs in messages.
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    say: Mapped[str]
    language: Mapped[str]
    body: Mapped[str]
    # Buttons or rows as rendered, and the approved template to use outside the window.
    content: Mapped[dict[str, Any]]
    status: Mapped[OutboundStatus] = mapped_column(one_of(OutboundStatus), default=OutboundStatus.QUEUED)
    provider_message_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    error_code: Mapped[str | None]
    queued_at: Mapped[dt.datetime]
    send_after: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]


class StatusReport(Base):
    """A status callback as it came. Unique, because callbacks repeat."""

    __tablename__ = "status_reports"
    __table_args__ = (UniqueConstraint("provider_message_id", "status"),)

    id: Mapped[int] = primary_key()
    provider_message_id: Mapped[str]
    outbound_message_id: Mapped[int | None] = mapped_column(ForeignKey("outbound_messages.id"), index=True)
    status: Mapped[str]
    error_code: Mapped[str | None]
    received_at: Mapped[dt.datetime]


class Prompt(Base):
    """A question that waits for an answer: a token for its buttons, an expiry, and what a yes would mean."""

    __tablename__ = "prompts"
    __table_args__ = (
        Index("ix_prompts_open", "conversation_id", "id", postgresql_where=text("closed_at IS NULL")),
        # The same question about the same subject is open once in a conversation.
        Index(
            "uq_prompts_open_subject",
            "conversation_id",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    token: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]
    opened_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    # `answered`, `replaced`, `expired`, or `void` when its subject changed.
    outcome: Mapped[str | None]


class ContentShape(Base):
    """A stored content template at the provider: created once per shape, reused with other words."""

    __tablename__ = "content_shapes"

    shape: Mapped[str] = mapped_column(primary_key=True)
    provider_content_id: Mapped[str]
    created_at: Mapped[dt.datetime]
