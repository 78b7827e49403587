"""Price history, tier prices and price lists of single retailers."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE price_changes (
        id bigserial CONSTRAINT pk_price_changes PRIMARY KEY,
        vendor_id bigint NOT NULL CONSTRAINT fk_price_changes_vendor_id REFERENCES vendors (id),
        product_id bigint NOT NULL CONSTRAINT fk_price_changes_product_id REFERENCES products (id),
        old_minor bigint,
        new_minor bigint NOT NULL,
        market_average_minor bigint,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT ck_price_changes_new_price_is_positive CHECK (new_minor > 0)
    )
    """,
    "CREATE INDEX ix_price_changes_product_id_at ON price_changes (product_id, at)",
    "CREATE INDEX ix_price_changes_vendor_id_product_id_at ON price_changes (vendor_id, product_id, at)",
    *append_only("price_changes"),
    """
    CREATE TABLE market_days (
        product_id bigint NOT NULL CONSTRAINT fk_market_days_product_id REFERENCES products (id),
        day date NOT NULL,
        average_minor bigint NOT NULL,
        median_minor bigint NOT NULL,
        lowest_minor bigint NOT NULL,
        highest_minor bigint NOT NULL,
        vendors bigint NOT NULL,
        cheapest_vendor_id bigint NOT NULL CONSTRAINT fk_market_days_cheapest_vendor_id REFERENCES vendors (id),
        volatility numeric(6, 3),
        calculated_at timestamptz NOT NULL,
        CONSTRAINT pk_market_days PRIMARY KEY (product_id, day),
        CONSTRAINT ck_market_days_in_order CHECK (
            lowest_minor > 0 AND lowest_minor <= median_minor AND median_minor <= highest_minor
            AND lowest_minor <= average_minor AND average_minor <= highest_minor
        ),
        CONSTRAINT ck_market_days_vendors_is_positive CHECK (vendors >= 1),
        CONSTRAINT ck_market_days_volatility_in_range CHECK (volatility BETWEEN 0 AND 100)
    )
    """,
    "CREATE INDEX ix_market_days_day_volatility ON market_days (day, volatility)",
    """
    CREATE TABLE price_tiers (
        id bigserial CONSTRAINT pk_price_tiers PRIMARY KEY,
        listing_id bigint NOT NULL CONSTRAINT fk_price_tiers_listing_id REFERENCES listings (id),
        from_quantity numeric(12, 3) NOT NULL,
        price_minor bigint NOT NULL,
        CONSTRAINT ck_price_tiers_price_is_positive CHECK (price_minor > 0),
        CONSTRAINT ck_price_tiers_starts_above_nothing CHECK (from_quantity > 0),
        CONSTRAINT uq_price_tiers_listing_id_from_quantity UNIQUE (listing_id, from_quantity)
    )
    """,
    """
    CREATE TABLE price_lists (
        id bigserial CONSTRAINT pk_price_lists PRIMARY KEY,
        vendor_id bigint NOT NULL CONSTRAINT fk_price_lists_vendor_id REFERENCES vendors (id),
        retailer_id bigint NOT NULL CONSTRAINT fk_price_lists_retailer_id REFERENCES retailers (id),
        during daterange NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT ck_price_lists_has_a_first_day CHECK (NOT isempty(during) AND NOT lower_inf(during)),
        CONSTRAINT uq_price_lists_id_retailer_id_during UNIQUE (id, retailer_id, during)
    )
    """,
    "CREATE INDEX ix_price_lists_retailer_id ON price_lists (retailer_id)",
    "CREATE INDEX ix_price_lists_vendor_id ON price_lists (vendor_id)",
    # Lets the exclusion constraint below compare ids by "=". The owner of a database may create this extension.
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    CREATE TABLE price_list_lines (
        price_list_id bigint NOT NULL,
        listing_id bigint NOT NULL CONSTRAINT fk_price_list_lines_listing_id REFERENCES listings (id),
        retailer_id bigint NOT NULL,
        during daterange NOT NULL,
        price_minor bigint NOT NULL,
        CONSTRAINT pk_price_list_lines PRIMARY KEY (price_list_id, listing_id),
        CONSTRAINT ck_price_list_lines_price_is_positive CHECK (price_minor > 0),
        CONSTRAINT ex_price_list_lines_overlap EXCLUDE USING gist (
            retailer_id WITH =, listing_id WITH =, during WITH &&
        ),
        CONSTRAINT fk_price_list_lines_price_list_id_retailer_id_during
            FOREIGN KEY (price_list_id, retailer_id, during)
            REFERENCES price_lists (id, retailer_id, during)
            ON UPDATE CASCADE ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_price_list_lines_listing_id ON price_list_lines (listing_id)",
    """
    CREATE TABLE special_price_changes (
        id bigserial CONSTRAINT pk_special_price_changes PRIMARY KEY,
        listing_id bigint NOT NULL CONSTRAINT fk_special_price_changes_listing_id REFERENCES listings (id),
        from_quantity numeric(12, 3),
        retailer_id bigint CONSTRAINT fk_special_price_changes_retailer_id REFERENCES retailers (id),
        during daterange,
        old_minor bigint,
        new_minor bigint,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT ck_special_price_changes_something_changed CHECK (old_minor IS DISTINCT FROM new_minor),
        CONSTRAINT ck_special_price_changes_tier_or_own_price CHECK (
            (from_quantity IS NULL) <> (retailer_id IS NULL)
            AND (retailer_id IS NULL) = (during IS NULL)
        )
    )
    """,
    "CREATE INDEX ix_special_price_changes_listing_id_id ON special_price_changes (listing_id, id)",
    *append_only("special_price_changes"),
)
