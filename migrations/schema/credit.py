"""Credit accounts and the holds on them."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE credit_accounts (
        id bigserial CONSTRAINT pk_credit_accounts PRIMARY KEY,
        retailer_id bigint NOT NULL CONSTRAINT fk_credit_accounts_retailer_id REFERENCES retailers (id),
        vendor_id bigint CONSTRAINT fk_credit_accounts_vendor_id REFERENCES vendors (id),
        limit_minor bigint NOT NULL,
        posted_minor bigint NOT NULL,
        held_minor bigint NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT ck_credit_accounts_held_is_not_negative CHECK (held_minor >= 0),
        CONSTRAINT ck_credit_accounts_limit_is_not_negative CHECK (limit_minor >= 0),
        CONSTRAINT uq_credit_accounts_retailer_id_vendor_id
            UNIQUE NULLS NOT DISTINCT (retailer_id, vendor_id)
    )
    """,
    # Only new holds are refused: a lowered limit or a bounced cheque may leave the exposure above the limit.
    """
    CREATE FUNCTION exposure_within_limit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.held_minor > OLD.held_minor AND NEW.posted_minor + NEW.held_minor > NEW.limit_minor THEN
            RAISE EXCEPTION 'exposure of credit account % would pass its limit', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_accounts_exposure_within_limit';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER credit_accounts_exposure_within_limit BEFORE UPDATE ON credit_accounts
        FOR EACH ROW EXECUTE FUNCTION exposure_within_limit()
    """,
    """
    CREATE TABLE credit_holds (
        id bigserial CONSTRAINT pk_credit_holds PRIMARY KEY,
        account_id bigint NOT NULL CONSTRAINT fk_credit_holds_account_id REFERENCES credit_accounts (id),
        order_id bigint NOT NULL CONSTRAINT fk_credit_holds_order_id REFERENCES orders (id),
        amount_minor bigint NOT NULL,
        captured_minor bigint NOT NULL,
        released_minor bigint NOT NULL,
        status varchar(40) NOT NULL
            CONSTRAINT ck_credit_holds_hold_status CHECK (status IN ('open', 'resolved')),
        placed_at timestamptz NOT NULL,
        resolved_at timestamptz,
        CONSTRAINT ck_credit_holds_amount_is_positive CHECK (amount_minor > 0),
        CONSTRAINT ck_credit_holds_parts_within_amount CHECK (
            captured_minor >= 0
            AND released_minor >= 0
            AND captured_minor + released_minor <= amount_minor
        ),
        CONSTRAINT ck_credit_holds_resolved_when_nothing_is_left CHECK (
            (status = 'resolved') = (captured_minor + released_minor = amount_minor)
        ),
        CONSTRAINT uq_credit_holds_order_id_account_id UNIQUE (order_id, account_id)
    )
    """,
    "CREATE INDEX ix_credit_holds_open ON credit_holds (account_id) WHERE status = 'open'",
    """
    CREATE TABLE hold_movements (
        id bigserial CONSTRAINT pk_hold_movements PRIMARY KEY,
        hold_id bigint NOT NULL CONSTRAINT fk_hold_movements_hold_id REFERENCES credit_holds (id),
        cause text NOT NULL,
        captured_minor bigint NOT NULL,
        released_minor bigint NOT NULL,
        grown_minor bigint NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT uq_hold_movements_hold_id_cause UNIQUE (hold_id, cause)
    )
    """,
    *append_only("hold_movements"),
)
