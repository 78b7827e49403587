"""Conversations, turns, messages in both directions, and prompts that wait for an answer."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE conversations (
        id bigserial CONSTRAINT pk_conversations PRIMARY KEY,
        contact_id bigint NOT NULL CONSTRAINT fk_conversations_contact_id REFERENCES contacts (id),
        channel text NOT NULL,
        address text NOT NULL,
        retailer_id bigint CONSTRAINT fk_conversations_retailer_id REFERENCES retailers (id),
        vendor_id bigint CONSTRAINT fk_conversations_vendor_id REFERENCES vendors (id),
        state text NOT NULL,
        slots jsonb NOT NULL,
        last_inbound_at timestamptz,
        taken_over_at timestamptz,
        taken_over_by text,
        created_at timestamptz NOT NULL,
        CONSTRAINT ck_conversations_acts_for_one_party CHECK (retailer_id IS NULL OR vendor_id IS NULL),
        CONSTRAINT uq_conversations_contact_id_channel UNIQUE (contact_id, channel)
    )
    """,
    "CREATE INDEX ix_conversations_retailer_id ON conversations (retailer_id)",
    "CREATE INDEX ix_conversations_vendor_id ON conversations (vendor_id)",
    """
    CREATE TABLE turns (
        id bigserial CONSTRAINT pk_turns PRIMARY KEY,
        conversation_id bigint NOT NULL CONSTRAINT fk_turns_conversation_id REFERENCES conversations (id),
        state_before text NOT NULL,
        state_after text NOT NULL,
        steps jsonb NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_turns_conversation_id_id ON turns (conversation_id, id)",
    """
    CREATE TABLE inbound_messages (
        id bigserial CONSTRAINT pk_inbound_messages PRIMARY KEY,
        conversation_id bigint NOT NULL
            CONSTRAINT fk_inbound_messages_conversation_id REFERENCES conversations (id),
        channel text NOT NULL,
        provider_message_id text NOT NULL,
        kind text NOT NULL,
        text text NOT NULL,
        choice_id text,
        replied_to text,
        content jsonb NOT NULL,
        raw jsonb NOT NULL,
        received_at timestamptz NOT NULL,
        attempts smallint NOT NULL,
        handled_at timestamptz,
        turn_id bigint CONSTRAINT fk_inbound_messages_turn_id REFERENCES turns (id),
        needs_person boolean NOT NULL,
        CONSTRAINT uq_inbound_messages_channel_provider_message_id UNIQUE (channel, provider_message_id)
    )
    """,
    "CREATE INDEX ix_inbound_messages_conversation_id_id ON inbound_messages (conversation_id, id)",
    # What somebody wrote, by any part of it: the search of the conversations. The owner of a database may create the extension.
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_inbound_messages_text_parts ON inbound_messages USING gin (text gin_trgm_ops)",
    # How many came today and a week before, on the panel's first page.
    "CREATE INDEX ix_inbound_messages_received_at ON inbound_messages (received_at)",
    # The conversations that need a person.
    "CREATE INDEX ix_inbound_messages_for_person ON inbound_messages (conversation_id) WHERE needs_person",
    "CREATE INDEX ix_inbound_messages_turn_id ON inbound_messages (turn_id)",
    """
    CREATE INDEX ix_inbound_messages_unread ON inbound_messages (conversation_id, id)
        WHERE handled_at IS NULL
    """,
    """
    CREATE TABLE prompts (
        id bigserial CONSTRAINT pk_prompts PRIMARY KEY,
        conversation_id bigint NOT NULL CONSTRAINT fk_prompts_conversation_id REFERENCES conversations (id),
        token text NOT NULL CONSTRAINT uq_prompts_token UNIQUE,
        kind text NOT NULL,
        subject_id bigint NOT NULL,
        facts jsonb NOT NULL,
        opened_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        closed_at timestamptz,
        outcome text
    )
    """,
    "CREATE INDEX ix_prompts_open ON prompts (conversation_id, id) WHERE closed_at IS NULL",
    """
    CREATE UNIQUE INDEX uq_prompts_open_subject ON prompts (conversation_id, kind, subject_id)
        WHERE closed_at IS NULL
    """,
    """
    CREATE TABLE outbound_messages (
        id bigserial CONSTRAINT pk_outbound_messages PRIMARY KEY,
        conversation_id bigint NOT NULL
            CONSTRAINT fk_outbound_messages_conversation_id REFERENCES conversations (id),
        turn_id bigint CONSTRAINT uq_outbound_messages_turn_id UNIQUE
            CONSTRAINT fk_outbound_messages_turn_id REFERENCES turns (id),
        dedup_key text CONSTRAINT uq_outbound_messages_dedup_key UNIQUE,
        is_notice boolean NOT NULL,
        event_id bigint CONSTRAINT fk_outbound_messages_event_id REFERENCES events (id),
        waits_for_window boolean NOT NULL,
        carried_by bigint CONSTRAINT fk_outbound_messages_carried_by REFERENCES outbound_messages (id),
        undelivered_at timestamptz,
        order_id bigint CONSTRAINT fk_outbound_messages_order_id REFERENCES orders (id),
        say text NOT NULL,
        language text NOT NULL,
        body text NOT NULL,
        content jsonb NOT NULL,
        status varchar(40) NOT NULL
            CONSTRAINT ck_outbound_messages_outbound_status CHECK (status IN (
                'queued', 'sending', 'later', 'unknown', 'sent', 'delivered', 'read', 'failed', 'canceled'
            )),
        provider_message_id text,
        attempts smallint NOT NULL,
        error_code text,
        queued_at timestamptz NOT NULL,
        send_after timestamptz NOT NULL,
        claimed_at timestamptz,
        sent_at timestamptz,
        CONSTRAINT ck_outbound_messages_answers_never_wait_for_window CHECK (is_notice OR NOT waits_for_window),
        CONSTRAINT ck_outbound_messages_carried_is_not_sent_itself
            CHECK (carried_by IS NULL OR status = 'canceled')
    )
    """,
    "CREATE INDEX ix_outbound_messages_conversation_id_id ON outbound_messages (conversation_id, id)",
    """
    CREATE INDEX ix_outbound_messages_open ON outbound_messages (status, send_after)
        WHERE status IN ('queued', 'sending', 'later', 'unknown')
    """,
    # What went out in the last two weeks, on the page of what messages cost.
    "CREATE INDEX ix_outbound_messages_queued_at ON outbound_messages (queued_at)",
    "CREATE INDEX ix_outbound_messages_order_id ON outbound_messages (order_id)",
    "CREATE INDEX ix_outbound_messages_event_id ON outbound_messages (event_id)",
    "CREATE INDEX ix_outbound_messages_carried_by ON outbound_messages (carried_by)",
    """
    CREATE INDEX ix_outbound_messages_notices_in_doubt ON outbound_messages (queued_at)
        WHERE is_notice AND undelivered_at IS NULL
            AND status IN ('queued', 'later', 'sending', 'unknown', 'failed')
    """,
    "CREATE UNIQUE INDEX ix_outbound_messages_provider_message_id ON outbound_messages (provider_message_id)",
    """
    CREATE TABLE status_reports (
        id bigserial CONSTRAINT pk_status_reports PRIMARY KEY,
        provider_message_id text NOT NULL,
        outbound_message_id bigint
            CONSTRAINT fk_status_reports_outbound_message_id REFERENCES outbound_messages (id),
        status text NOT NULL,
        error_code text,
        received_at timestamptz NOT NULL,
        CONSTRAINT uq_status_reports_provider_message_id_status UNIQUE (provider_message_id, status)
    )
    """,
    "CREATE INDEX ix_status_reports_outbound_message_id ON status_reports (outbound_message_id)",
    """
    CREATE TABLE content_shapes (
        shape text CONSTRAINT pk_content_shapes PRIMARY KEY,
        provider_content_id text NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
)
