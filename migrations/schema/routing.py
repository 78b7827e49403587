"""Routing rounds with their candidates, and the offers made to vendors."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE routing_rounds (
        id bigserial CONSTRAINT pk_routing_rounds PRIMARY KEY,
        order_id bigint NOT NULL CONSTRAINT fk_routing_rounds_order_id REFERENCES orders (id),
        sequence bigint NOT NULL,
        cause varchar(40) NOT NULL
            CONSTRAINT ck_routing_rounds_round_cause CHECK (cause IN (
                'placed', 'declined', 'lapsed', 'undelivered', 'part_accepted', 'limit_full', 'withdrawn',
                'price_agreed', 'override', 'retry'
            )),
        settings_version bigint NOT NULL,
        weights jsonb NOT NULL,
        needed jsonb NOT NULL,
        outcome text NOT NULL,
        facts jsonb NOT NULL,
        market bytea NOT NULL,
        actor text NOT NULL,
        decided_at timestamptz NOT NULL,
        CONSTRAINT uq_routing_rounds_order_id_sequence UNIQUE (order_id, sequence)
    )
    """,
    "CREATE INDEX ix_routing_rounds_decided_at ON routing_rounds (decided_at)",
    *append_only("routing_rounds"),
    """
    CREATE TABLE routing_candidates (
        id bigserial CONSTRAINT pk_routing_candidates PRIMARY KEY,
        round_id bigint NOT NULL CONSTRAINT fk_routing_candidates_round_id REFERENCES routing_rounds (id),
        vendor_id bigint NOT NULL CONSTRAINT fk_routing_candidates_vendor_id REFERENCES vendors (id),
        rank bigint,
        excluded_reason text,
        score numeric(6, 3),
        availability numeric(6, 3),
        proximity numeric(6, 3),
        workload numeric(6, 3),
        price numeric(6, 3),
        reliability numeric(6, 3),
        fills_everything boolean NOT NULL,
        total_minor bigint,
        CONSTRAINT uq_routing_candidates_round_id_vendor_id UNIQUE (round_id, vendor_id)
    )
    """,
    "CREATE INDEX ix_routing_candidates_vendor_id ON routing_candidates (vendor_id)",
    *append_only("routing_candidates"),
    """
    CREATE TABLE offers (
        id bigserial CONSTRAINT pk_offers PRIMARY KEY,
        round_id bigint NOT NULL CONSTRAINT fk_offers_round_id REFERENCES routing_rounds (id),
        order_id bigint NOT NULL CONSTRAINT fk_offers_order_id REFERENCES orders (id),
        vendor_id bigint NOT NULL CONSTRAINT fk_offers_vendor_id REFERENCES vendors (id),
        status varchar(40) NOT NULL
            CONSTRAINT ck_offers_offer_status CHECK (status IN (
                'open', 'accepted', 'declined', 'lapsed', 'undelivered', 'beaten', 'closed'
            )),
        is_override boolean NOT NULL,
        opened_at timestamptz NOT NULL,
        rings_at timestamptz,
        expires_at timestamptz NOT NULL,
        answered_at timestamptz,
        answered_by text,
        decline_reason text,
        eta_at timestamptz,
        CONSTRAINT ck_offers_answered_has_time CHECK (
            (status IN ('open', 'closed', 'beaten', 'undelivered')) OR answered_at IS NOT NULL
        ),
        CONSTRAINT ck_offers_deadline_after_opening CHECK (expires_at > opened_at),
        CONSTRAINT ck_offers_rings_before_deadline CHECK (rings_at > opened_at AND rings_at < expires_at)
    )
    """,
    "CREATE INDEX ix_offers_open_expiry ON offers (expires_at) WHERE status = 'open'",
    "CREATE INDEX ix_offers_accepted_at ON offers (answered_at) WHERE status = 'accepted'",
    "CREATE INDEX ix_offers_order_id ON offers (order_id)",
    "CREATE INDEX ix_offers_vendor_id_status_id ON offers (vendor_id, status, id)",
    """
    CREATE UNIQUE INDEX uq_offers_open_per_vendor ON offers (order_id, vendor_id)
        WHERE status = 'open'
    """,
    """
    CREATE TABLE offer_lines (
        id bigserial CONSTRAINT pk_offer_lines PRIMARY KEY,
        offer_id bigint NOT NULL CONSTRAINT fk_offer_lines_offer_id REFERENCES offers (id),
        order_line_id bigint NOT NULL CONSTRAINT fk_offer_lines_order_line_id REFERENCES order_lines (id),
        listing_id bigint NOT NULL CONSTRAINT fk_offer_lines_listing_id REFERENCES listings (id),
        product_id bigint NOT NULL CONSTRAINT fk_offer_lines_product_id REFERENCES products (id),
        quantity numeric(12, 3) NOT NULL,
        accepted_quantity numeric(12, 3) NOT NULL,
        unit_price_minor bigint NOT NULL,
        vat_basis_points bigint NOT NULL,
        CONSTRAINT ck_offer_lines_accepted_within_offered CHECK (accepted_quantity BETWEEN 0 AND quantity),
        CONSTRAINT ck_offer_lines_quantity_is_positive CHECK (quantity > 0),
        CONSTRAINT uq_offer_lines_offer_id_order_line_id UNIQUE (offer_id, order_line_id)
    )
    """,
)
