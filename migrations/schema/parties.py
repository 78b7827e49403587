"""Retailers, vendors, the people who act for them, and who is signed in."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    "CREATE SEQUENCE vendor_codes",
    """
    CREATE TABLE vendors (
        id bigserial CONSTRAINT pk_vendors PRIMARY KEY,
        code text NOT NULL,
        business_name text NOT NULL,
        pan text,
        language varchar(40) NOT NULL CONSTRAINT ck_vendors_language CHECK (language IN ('en', 'ne')),
        approval varchar(40) NOT NULL
            CONSTRAINT ck_vendors_approval CHECK (approval IN ('applied', 'approved', 'refused')),
        approved_at timestamptz,
        is_active boolean NOT NULL,
        service_radius_km numeric(6, 2) NOT NULL,
        working_days smallint[] NOT NULL,
        closed_days date[] NOT NULL,
        opens_minutes smallint[] NOT NULL,
        closes_minutes smallint[] NOT NULL,
        minimum_order_minor bigint NOT NULL,
        commission_basis_points bigint NOT NULL,
        created_at timestamptz NOT NULL,
        province text,
        district text,
        municipality text,
        ward bigint,
        area text,
        latitude numeric(9, 6),
        longitude numeric(9, 6),
        CONSTRAINT ck_vendors_approved_has_time CHECK ((approval = 'approved') = (approved_at IS NOT NULL)),
        CONSTRAINT ck_vendors_commission_is_a_share CHECK (commission_basis_points BETWEEN 0 AND 10000),
        CONSTRAINT ck_vendors_radius_is_positive CHECK (service_radius_km > 0),
        CONSTRAINT ck_vendors_week_of_hours
            CHECK (cardinality(opens_minutes) = 7 AND cardinality(closes_minutes) = 7)
    )
    """,
    "CREATE UNIQUE INDEX uq_vendors_code_lower ON vendors (lower(code))",
    "CREATE SEQUENCE retailer_codes",
    """
    CREATE TABLE retailers (
        id bigserial CONSTRAINT pk_retailers PRIMARY KEY,
        code text NOT NULL,
        shop_name text NOT NULL,
        owner_name text,
        pan text,
        language varchar(40) NOT NULL CONSTRAINT ck_retailers_language CHECK (language IN ('en', 'ne')),
        approval varchar(40) NOT NULL
            CONSTRAINT ck_retailers_approval CHECK (approval IN ('applied', 'approved', 'refused')),
        approved_at timestamptz,
        blocked_at timestamptz,
        block_reason text,
        is_active boolean NOT NULL,
        terms_days bigint NOT NULL,
        introduced_by_id bigint CONSTRAINT fk_retailers_introduced_by_id REFERENCES vendors (id),
        created_at timestamptz NOT NULL,
        province text,
        district text,
        municipality text,
        ward bigint,
        area text,
        latitude numeric(9, 6),
        longitude numeric(9, 6),
        CONSTRAINT ck_retailers_approved_has_time CHECK ((approval = 'approved') = (approved_at IS NOT NULL)),
        CONSTRAINT ck_retailers_terms_within_a_year CHECK (terms_days BETWEEN 0 AND 365)
    )
    """,
    "CREATE UNIQUE INDEX uq_retailers_code_lower ON retailers (lower(code))",
    "CREATE INDEX ix_retailers_introduced_by_id ON retailers (introduced_by_id)",
    """
    CREATE TABLE contacts (
        id bigserial CONSTRAINT pk_contacts PRIMARY KEY,
        name text,
        phone text,
        language varchar(40) CONSTRAINT ck_contacts_language CHECK (language IN ('en', 'ne')),
        opted_out_at timestamptz,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_contacts_phone ON contacts (phone)",
    """
    CREATE TABLE channel_addresses (
        id bigserial CONSTRAINT pk_channel_addresses PRIMARY KEY,
        contact_id bigint NOT NULL CONSTRAINT fk_channel_addresses_contact_id REFERENCES contacts (id),
        channel text NOT NULL,
        address text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT uq_channel_addresses_channel_address UNIQUE (channel, address)
    )
    """,
    "CREATE INDEX ix_channel_addresses_contact_id ON channel_addresses (contact_id)",
    """
    CREATE TABLE memberships (
        id bigserial CONSTRAINT pk_memberships PRIMARY KEY,
        contact_id bigint NOT NULL CONSTRAINT fk_memberships_contact_id REFERENCES contacts (id),
        retailer_id bigint CONSTRAINT fk_memberships_retailer_id REFERENCES retailers (id),
        vendor_id bigint CONSTRAINT fk_memberships_vendor_id REFERENCES vendors (id),
        position varchar(40) NOT NULL
            CONSTRAINT ck_memberships_position CHECK (position IN ('owner', 'helper')),
        order_limit_minor bigint,
        day_limit_minor bigint,
        -- Whether a helper sees what the shop owes; its owners always do.
        sees_debt boolean NOT NULL,
        CONSTRAINT ck_memberships_one_party CHECK ((retailer_id IS NULL) <> (vendor_id IS NULL)),
        CONSTRAINT uq_memberships_contact_id_retailer_id UNIQUE (contact_id, retailer_id),
        CONSTRAINT uq_memberships_contact_id_vendor_id UNIQUE (contact_id, vendor_id)
    )
    """,
    "CREATE INDEX ix_memberships_retailer_id ON memberships (retailer_id)",
    "CREATE INDEX ix_memberships_vendor_id ON memberships (vendor_id)",
    """
    CREATE TABLE users (
        id bigserial CONSTRAINT pk_users PRIMARY KEY,
        email text,
        phone text CONSTRAINT uq_users_phone UNIQUE,
        name text NOT NULL,
        password_hash text NOT NULL,
        role varchar(40) NOT NULL CONSTRAINT ck_users_role CHECK (role IN ('admin', 'vendor', 'retailer')),
        is_active boolean NOT NULL,
        retailer_id bigint CONSTRAINT fk_users_retailer_id REFERENCES retailers (id),
        vendor_id bigint CONSTRAINT fk_users_vendor_id REFERENCES vendors (id),
        created_at timestamptz NOT NULL,
        CONSTRAINT ck_users_has_a_name CHECK (email IS NOT NULL OR phone IS NOT NULL),
        CONSTRAINT ck_users_role_has_its_party CHECK (
            (role = 'admin' AND retailer_id IS NULL AND vendor_id IS NULL)
            OR (role = 'vendor' AND vendor_id IS NOT NULL AND retailer_id IS NULL)
            OR (role = 'retailer' AND retailer_id IS NOT NULL AND vendor_id IS NULL)
        )
    )
    """,
    "CREATE INDEX ix_users_retailer_id ON users (retailer_id)",
    "CREATE INDEX ix_users_vendor_id ON users (vendor_id)",
    "CREATE UNIQUE INDEX uq_users_email_lower ON users (lower(email))",
    """
    CREATE TABLE sign_ins (
        id bigserial CONSTRAINT pk_sign_ins PRIMARY KEY,
        user_id bigint NOT NULL CONSTRAINT fk_sign_ins_user_id REFERENCES users (id),
        generation bigint NOT NULL,
        address text NOT NULL,
        device text NOT NULL,
        started_at timestamptz NOT NULL,
        refreshed_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason varchar(40)
            CONSTRAINT ck_sign_ins_end_reason CHECK (end_reason IN (
                'signed_out', 'token_reused', 'password_changed', 'deactivated'
            )),
        CONSTRAINT ck_sign_ins_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
        CONSTRAINT ck_sign_ins_generation_is_positive CHECK (generation > 0)
    )
    """,
    "CREATE INDEX ix_sign_ins_user_id_address ON sign_ins (user_id, address)",
    """
    CREATE TABLE sign_in_failures (
        name_hash text NOT NULL,
        address text NOT NULL,
        failures bigint NOT NULL,
        last_at timestamptz NOT NULL,
        CONSTRAINT pk_sign_in_failures PRIMARY KEY (name_hash, address),
        CONSTRAINT ck_sign_in_failures_failures_is_a_count CHECK (failures >= 0)
    )
    """,
    """
    CREATE TABLE idempotent_requests (
        id bigserial CONSTRAINT pk_idempotent_requests PRIMARY KEY,
        user_id bigint NOT NULL CONSTRAINT fk_idempotent_requests_user_id REFERENCES users (id),
        key text NOT NULL,
        request_hash text NOT NULL,
        status bigint,
        body text,
        media_type text,
        at timestamptz NOT NULL,
        CONSTRAINT uq_idempotent_requests_user_id_key UNIQUE (user_id, key)
    )
    """,
    "CREATE INDEX ix_idempotent_requests_at ON idempotent_requests (at)",
)
