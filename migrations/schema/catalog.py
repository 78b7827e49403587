"""Products, their aliases, vendors' listings and stock, and how vendors head their own lists."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE products (
        id bigserial CONSTRAINT pk_products PRIMARY KEY,
        sku text NOT NULL,
        name text NOT NULL,
        name_ne text,
        brand text NOT NULL,
        category text NOT NULL,
        unit text NOT NULL,
        pack_size text NOT NULL,
        case_quantity bigint NOT NULL,
        vat_class varchar(40) NOT NULL
            CONSTRAINT ck_products_vat_class CHECK (vat_class IN ('standard', 'exempt')),
        short_label text NOT NULL,
        reference_price_minor bigint,
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT ck_products_case_holds_something CHECK (case_quantity >= 1),
        CONSTRAINT ck_products_short_label_fits_a_list_row CHECK (char_length(short_label) <= 24)
    )
    """,
    # A SKU is one whatever its case.
    "CREATE UNIQUE INDEX uq_products_sku_lower ON products (lower(sku))",
    "CREATE INDEX ix_products_category ON products (category)",
    """
    CREATE TABLE product_aliases (
        id bigserial CONSTRAINT pk_product_aliases PRIMARY KEY,
        product_id bigint NOT NULL CONSTRAINT fk_product_aliases_product_id REFERENCES products (id),
        retailer_id bigint CONSTRAINT fk_product_aliases_retailer_id REFERENCES retailers (id),
        words text NOT NULL,
        source varchar(40) NOT NULL
            CONSTRAINT ck_product_aliases_alias_source CHECK (source IN ('catalog', 'admin', 'confirmed')),
        created_at timestamptz NOT NULL,
        CONSTRAINT uq_product_aliases_words_retailer_id_product_id
            UNIQUE NULLS NOT DISTINCT (words, retailer_id, product_id)
    )
    """,
    "CREATE INDEX ix_product_aliases_retailer_id ON product_aliases (retailer_id)",
    """
    CREATE TABLE catalog_revision (
        id bigserial CONSTRAINT pk_catalog_revision PRIMARY KEY,
        revision bigint NOT NULL,
        CONSTRAINT ck_catalog_revision_one_row CHECK (id = 1)
    )
    """,
    """
    CREATE TABLE listings (
        id bigserial CONSTRAINT pk_listings PRIMARY KEY,
        vendor_id bigint NOT NULL CONSTRAINT fk_listings_vendor_id REFERENCES vendors (id),
        product_id bigint NOT NULL CONSTRAINT fk_listings_product_id REFERENCES products (id),
        price_minor bigint NOT NULL,
        minimum_quantity numeric(12, 3) NOT NULL,
        pack_multiple numeric(12, 3) NOT NULL,
        lead_time_days bigint NOT NULL,
        is_available boolean NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT ck_listings_minimum_is_not_negative CHECK (minimum_quantity >= 0),
        CONSTRAINT ck_listings_multiple_is_positive CHECK (pack_multiple > 0),
        CONSTRAINT ck_listings_price_is_positive CHECK (price_minor > 0),
        CONSTRAINT uq_listings_vendor_id_product_id UNIQUE (vendor_id, product_id)
    )
    """,
    "CREATE INDEX ix_listings_product_id ON listings (product_id)",
    """
    CREATE TABLE stock (
        listing_id bigint CONSTRAINT pk_stock PRIMARY KEY
            CONSTRAINT fk_stock_listing_id REFERENCES listings (id),
        on_hand numeric(12, 3) NOT NULL,
        reserved numeric(12, 3) NOT NULL,
        CONSTRAINT ck_stock_available_is_not_negative CHECK (on_hand >= reserved),
        CONSTRAINT ck_stock_reserved_is_not_negative CHECK (reserved >= 0)
    )
    """,
    """
    CREATE TABLE stock_movements (
        id bigserial CONSTRAINT pk_stock_movements PRIMARY KEY,
        listing_id bigint NOT NULL CONSTRAINT fk_stock_movements_listing_id REFERENCES listings (id),
        kind varchar(40) NOT NULL
            CONSTRAINT ck_stock_movements_movement_kind CHECK (kind IN (
                'counted', 'received', 'reserved', 'released', 'dispatched', 'returned'
            )),
        on_hand_change numeric(12, 3) NOT NULL,
        reserved_change numeric(12, 3) NOT NULL,
        cause text NOT NULL,
        reason text,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT uq_stock_movements_listing_id_kind_cause UNIQUE (listing_id, kind, cause)
    )
    """,
    "CREATE INDEX ix_stock_movements_listing_id_id ON stock_movements (listing_id, id)",
    *append_only("stock_movements"),
    """
    CREATE TABLE import_mappings (
        vendor_id bigint NOT NULL CONSTRAINT fk_import_mappings_vendor_id REFERENCES vendors (id),
        kind text NOT NULL,
        sheet text,
        columns jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        updated_by text NOT NULL,
        CONSTRAINT pk_import_mappings PRIMARY KEY (vendor_id, kind),
        CONSTRAINT ck_import_mappings_kind_has_own_lists CHECK (kind IN ('listings', 'stock'))
    )
    """,
)
