"""Baskets and orders with their lines and their life cycle."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    # What people type in a chat, and, as KH-000123, the number of the order.
    "CREATE SEQUENCE order_short_codes START WITH 1001",
    """
    CREATE TABLE orders (
        id bigserial CONSTRAINT pk_orders PRIMARY KEY,
        short_code bigint CONSTRAINT uq_orders_short_code UNIQUE,
        retailer_id bigint NOT NULL CONSTRAINT fk_orders_retailer_id REFERENCES retailers (id),
        status varchar(40) NOT NULL
            CONSTRAINT ck_orders_order_status CHECK (status IN (
                'draft', 'placed', 'offered', 'accepted', 'dispatched', 'delivered', 'completed', 'canceled',
                'unfulfilled'
            )),
        version bigint NOT NULL,
        terms varchar(40) CONSTRAINT ck_orders_terms CHECK (terms IN ('credit', 'cash')),
        opened_at timestamptz NOT NULL,
        touched_at timestamptz NOT NULL,
        awaiting_owner_since timestamptz,
        shown_total_minor bigint,
        shown_version bigint,
        shown_missing jsonb,
        copied_from_id bigint CONSTRAINT fk_orders_copied_from_id REFERENCES orders (id),
        placed_at timestamptz,
        placed_by text,
        ceiling_minor bigint,
        ceiling_until timestamptz,
        asked text,
        asked_at timestamptz,
        asked_facts jsonb,
        ended_at timestamptz,
        end_reason text,
        CONSTRAINT ck_orders_placed_has_number CHECK (
            placed_at IS NULL
            OR (short_code IS NOT NULL AND ceiling_minor IS NOT NULL)
        ),
        CONSTRAINT ck_orders_placed_has_terms CHECK (
            (status = 'draft')
            OR (terms IS NOT NULL)
            OR status = 'canceled'
        ),
        CONSTRAINT ck_orders_placed_has_time CHECK (status IN ('draft', 'canceled') OR placed_at IS NOT NULL),
        CONSTRAINT ck_orders_version_is_positive CHECK (version > 0),
        CONSTRAINT ck_orders_owner_decides_in_draft CHECK (
            awaiting_owner_since IS NULL OR status = 'draft'
        ),
        CONSTRAINT ck_orders_retailer_decides_in_placed CHECK (asked IS NULL OR status = 'placed'),
        CONSTRAINT ck_orders_asked_is_known CHECK (asked IN ('dearer', 'part')),
        CONSTRAINT ck_orders_question_is_whole CHECK (
            (asked IS NULL) = (asked_at IS NULL) AND (asked IS NULL) = (asked_facts IS NULL)
        )
    )
    """,
    "CREATE INDEX ix_orders_retailer_id_id ON orders (retailer_id, id)",
    "CREATE INDEX ix_orders_retailer_placed_at ON orders (retailer_id, placed_at)",
    # The orders of a day beside those of the same weekday before, on the panel's first page.
    "CREATE INDEX ix_orders_placed_at ON orders (placed_at)",
    "CREATE INDEX ix_orders_status_id ON orders (status, id)",
    """
    CREATE UNIQUE INDEX uq_orders_open_basket ON orders (retailer_id)
        WHERE status = 'draft' AND awaiting_owner_since IS NULL
    """,
    # The same moves stand in core/orders/transitions.py; a test compares the two.
    """
    CREATE FUNCTION orders_follow_life_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('draft','placed'), ('draft','canceled'),
            ('placed','offered'), ('placed','accepted'), ('placed','unfulfilled'), ('placed','canceled'),
            ('offered','accepted'), ('offered','placed'), ('offered','unfulfilled'), ('offered','canceled'),
            ('accepted','dispatched'), ('accepted','offered'), ('accepted','placed'), ('accepted','canceled'),
            ('dispatched','delivered'), ('dispatched','canceled'),
            ('delivered','completed')
        ) THEN
            RAISE EXCEPTION 'orders % cannot go from % to %', NEW.id, OLD.status, NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_follow_life_cycle';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER orders_follow_life_cycle BEFORE UPDATE OF status ON orders
        FOR EACH ROW EXECUTE FUNCTION orders_follow_life_cycle()
    """,
    """
    CREATE TABLE order_lines (
        id bigserial CONSTRAINT pk_order_lines PRIMARY KEY,
        order_id bigint NOT NULL CONSTRAINT fk_order_lines_order_id REFERENCES orders (id),
        product_id bigint NOT NULL CONSTRAINT fk_order_lines_product_id REFERENCES products (id),
        position bigint NOT NULL,
        quantity numeric(12, 3) NOT NULL,
        promised_quantity numeric(12, 3) NOT NULL,
        unfulfilled_quantity numeric(12, 3) NOT NULL,
        source_text text,
        said_count numeric(12, 3),
        said_unit text,
        added_by text NOT NULL,
        CONSTRAINT ck_order_lines_wording_is_whole CHECK (
            (said_count IS NULL) = (said_unit IS NULL) AND said_count > 0
        ),
        CONSTRAINT ck_order_lines_parts_are_not_negative CHECK (
            promised_quantity >= 0
            AND unfulfilled_quantity >= 0
        ),
        CONSTRAINT ck_order_lines_parts_within_ordered CHECK (
            promised_quantity + unfulfilled_quantity <= quantity
        ),
        CONSTRAINT ck_order_lines_quantity_is_positive CHECK (quantity > 0),
        CONSTRAINT uq_order_lines_order_id_product_id UNIQUE (order_id, product_id)
    )
    """,
    "CREATE INDEX ix_order_lines_product_id ON order_lines (product_id)",
    """
    CREATE TABLE order_transitions (
        id bigserial CONSTRAINT pk_order_transitions PRIMARY KEY,
        order_id bigint NOT NULL CONSTRAINT fk_order_transitions_order_id REFERENCES orders (id),
        sequence bigint NOT NULL,
        from_status varchar(40)
            CONSTRAINT ck_order_transitions_from_status CHECK (from_status IN (
                'draft', 'placed', 'offered', 'accepted', 'dispatched', 'delivered', 'completed', 'canceled',
                'unfulfilled'
            )),
        to_status varchar(40) NOT NULL
            CONSTRAINT ck_order_transitions_to_status CHECK (to_status IN (
                'draft', 'placed', 'offered', 'accepted', 'dispatched', 'delivered', 'completed', 'canceled',
                'unfulfilled'
            )),
        reason text,
        facts jsonb NOT NULL,
        actor text NOT NULL,
        via text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT uq_order_transitions_order_id_sequence UNIQUE (order_id, sequence)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_order_transitions_placed_once ON order_transitions (order_id)
        WHERE from_status = 'draft' AND to_status = 'placed'
    """,
    *append_only("order_transitions"),
    """
    CREATE TABLE order_refusals (
        id bigserial CONSTRAINT pk_order_refusals PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_order_refusals_retailer_id REFERENCES retailers (id),
        order_id bigint NOT NULL CONSTRAINT fk_order_refusals_order_id REFERENCES orders (id),
        basket_version bigint NOT NULL,
        code text NOT NULL,
        facts jsonb NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_order_refusals_retailer_id_at ON order_refusals (retailer_id, at)",
    *append_only("order_refusals"),
)
