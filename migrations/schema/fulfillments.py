"""What one vendor accepted to deliver, and what was short on delivery or later."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE fulfillments (
        id bigserial CONSTRAINT pk_fulfillments PRIMARY KEY,
        order_id bigint NOT NULL CONSTRAINT fk_fulfillments_order_id REFERENCES orders (id),
        vendor_id bigint NOT NULL CONSTRAINT fk_fulfillments_vendor_id REFERENCES vendors (id),
        offer_id bigint NOT NULL CONSTRAINT uq_fulfillments_offer_id UNIQUE
            CONSTRAINT fk_fulfillments_offer_id REFERENCES offers (id),
        status varchar(40) NOT NULL
            CONSTRAINT ck_fulfillments_fulfillment_status CHECK (status IN (
                'accepted', 'dispatched', 'delivered', 'withdrawn', 'canceled', 'returned'
            )),
        total_minor bigint NOT NULL,
        delivery_code text,
        wrong_codes smallint NOT NULL,
        code_sends smallint NOT NULL,
        code_sent_at timestamp with time zone,
        eta_at timestamptz,
        accepted_at timestamptz NOT NULL,
        dispatched_at timestamptz,
        delivered_at timestamptz,
        ended_at timestamptz,
        end_reason text,
        CONSTRAINT ck_fulfillments_delivered_has_time CHECK (
            (status = 'delivered') = (delivered_at IS NOT NULL)
        ),
        CONSTRAINT ck_fulfillments_dispatched_has_time CHECK (
            (status = 'dispatched') <= (dispatched_at IS NOT NULL)
        ),
        CONSTRAINT ck_fulfillments_wrong_codes_is_a_count CHECK (wrong_codes >= 0),
        CONSTRAINT ck_fulfillments_code_sends_is_a_count CHECK (code_sends >= 0),
        CONSTRAINT ck_fulfillments_code_sent_has_time CHECK ((code_sends > 0) = (code_sent_at IS NOT NULL)),
        CONSTRAINT ck_fulfillments_code_is_no_order_number CHECK (delivery_code ~ '^0[0-9]{4}$')
    )
    """,
    "CREATE INDEX ix_fulfillments_order_id ON fulfillments (order_id)",
    "CREATE INDEX ix_fulfillments_vendor_id_status ON fulfillments (vendor_id, status)",
    """
    CREATE UNIQUE INDEX uq_fulfillments_code_on_the_way ON fulfillments (vendor_id, delivery_code)
        WHERE status = 'dispatched'
    """,
    """
    CREATE TABLE wrong_code_counts (
        vendor_id bigint CONSTRAINT fk_wrong_code_counts_vendor_id REFERENCES vendors (id),
        via text,
        on_date date,
        wrong_codes bigint NOT NULL,
        CONSTRAINT pk_wrong_code_counts PRIMARY KEY (vendor_id, via, on_date),
        CONSTRAINT ck_wrong_code_counts_wrong_codes_is_a_count CHECK (wrong_codes > 0)
    )
    """,
    # The same moves stand in core/orders/transitions.py; a test compares the two.
    """
    CREATE FUNCTION fulfillments_follow_life_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('accepted','dispatched'), ('accepted','withdrawn'), ('accepted','canceled'),
            ('dispatched','delivered'), ('dispatched','returned')
        ) THEN
            RAISE EXCEPTION 'fulfillments % cannot go from % to %', NEW.id, OLD.status, NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'fulfillments_follow_life_cycle';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER fulfillments_follow_life_cycle BEFORE UPDATE OF status ON fulfillments
        FOR EACH ROW EXECUTE FUNCTION fulfillments_follow_life_cycle()
    """,
    """
    CREATE TABLE fulfillment_lines (
        id bigserial CONSTRAINT pk_fulfillment_lines PRIMARY KEY,
        fulfillment_id bigint NOT NULL
            CONSTRAINT fk_fulfillment_lines_fulfillment_id REFERENCES fulfillments (id),
        order_line_id bigint NOT NULL
            CONSTRAINT fk_fulfillment_lines_order_line_id REFERENCES order_lines (id),
        listing_id bigint NOT NULL CONSTRAINT fk_fulfillment_lines_listing_id REFERENCES listings (id),
        product_id bigint NOT NULL CONSTRAINT fk_fulfillment_lines_product_id REFERENCES products (id),
        quantity numeric(12, 3) NOT NULL,
        delivered_quantity numeric(12, 3),
        unit_price_minor bigint NOT NULL,
        vat_basis_points bigint NOT NULL,
        CONSTRAINT ck_fulfillment_lines_delivered_within_promised CHECK (
            delivered_quantity IS NULL OR delivered_quantity BETWEEN 0
            AND quantity
        ),
        CONSTRAINT ck_fulfillment_lines_quantity_is_positive CHECK (quantity > 0),
        CONSTRAINT uq_fulfillment_lines_fulfillment_id_order_line_id UNIQUE (fulfillment_id, order_line_id)
    )
    """,
    "CREATE INDEX ix_fulfillment_lines_order_line_id ON fulfillment_lines (order_line_id)",
    """
    CREATE TABLE fulfillment_transitions (
        id bigserial CONSTRAINT pk_fulfillment_transitions PRIMARY KEY,
        fulfillment_id bigint NOT NULL
            CONSTRAINT fk_fulfillment_transitions_fulfillment_id REFERENCES fulfillments (id),
        sequence bigint NOT NULL,
        from_status varchar(40)
            CONSTRAINT ck_fulfillment_transitions_from_status CHECK (from_status IN (
                'accepted', 'dispatched', 'delivered', 'withdrawn', 'canceled', 'returned'
            )),
        to_status varchar(40) NOT NULL
            CONSTRAINT ck_fulfillment_transitions_to_status CHECK (to_status IN (
                'accepted', 'dispatched', 'delivered', 'withdrawn', 'canceled', 'returned'
            )),
        reason text,
        facts jsonb NOT NULL,
        actor text NOT NULL,
        via text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT uq_fulfillment_transitions_fulfillment_id_sequence UNIQUE (fulfillment_id, sequence)
    )
    """,
    *append_only("fulfillment_transitions"),
    """
    CREATE TABLE shortages (
        id bigserial CONSTRAINT pk_shortages PRIMARY KEY,
        fulfillment_id bigint NOT NULL CONSTRAINT fk_shortages_fulfillment_id REFERENCES fulfillments (id),
        status varchar(40) NOT NULL
            CONSTRAINT ck_shortages_shortage_status CHECK (status IN ('open', 'agreed', 'refused')),
        words text,
        reported_by text NOT NULL,
        reported_at timestamptz NOT NULL,
        answered_by text,
        answered_at timestamptz,
        credited_minor bigint,
        CONSTRAINT ck_shortages_agreed_has_amount CHECK ((status = 'agreed') = (credited_minor IS NOT NULL)),
        CONSTRAINT ck_shortages_answered_has_time CHECK ((status = 'open') = (answered_at IS NULL))
    )
    """,
    "CREATE INDEX ix_shortages_fulfillment_id ON shortages (fulfillment_id)",
    "CREATE UNIQUE INDEX uq_shortages_open ON shortages (fulfillment_id) WHERE status = 'open'",
    """
    CREATE TABLE shortage_lines (
        shortage_id bigint NOT NULL CONSTRAINT fk_shortage_lines_shortage_id REFERENCES shortages (id),
        fulfillment_line_id bigint NOT NULL
            CONSTRAINT fk_shortage_lines_fulfillment_line_id REFERENCES fulfillment_lines (id),
        quantity numeric(12, 3) NOT NULL,
        CONSTRAINT pk_shortage_lines PRIMARY KEY (shortage_id, fulfillment_line_id),
        CONSTRAINT ck_shortage_lines_quantity_is_positive CHECK (quantity > 0)
    )
    """,
    "CREATE INDEX ix_shortage_lines_fulfillment_line_id ON shortage_lines (fulfillment_line_id)",
)
