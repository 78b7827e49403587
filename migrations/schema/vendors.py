"""What vendors did, and the counts that reliability is computed from."""

from __future__ import annotations

from migrations.schema.append_only import append_only

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE vendor_observations (
        id bigserial CONSTRAINT pk_vendor_observations PRIMARY KEY,
        vendor_id bigint NOT NULL CONSTRAINT fk_vendor_observations_vendor_id REFERENCES vendors (id),
        kind varchar(40) NOT NULL
            CONSTRAINT ck_vendor_observations_observation_kind CHECK (kind IN (
                'offered', 'accepted', 'declined', 'lapsed', 'dispatched', 'delivered', 'withdrawn'
            )),
        offer_id bigint NOT NULL CONSTRAINT fk_vendor_observations_offer_id REFERENCES offers (id),
        order_id bigint NOT NULL CONSTRAINT fk_vendor_observations_order_id REFERENCES orders (id),
        hours numeric(10, 3),
        is_override boolean NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT uq_vendor_observations_kind_offer_id UNIQUE (kind, offer_id)
    )
    """,
    "CREATE INDEX ix_vendor_observations_vendor_id_at ON vendor_observations (vendor_id, at)",
    *append_only("vendor_observations"),
    """
    CREATE TABLE vendor_scorecards (
        vendor_id bigint CONSTRAINT pk_vendor_scorecards PRIMARY KEY
            CONSTRAINT fk_vendor_scorecards_vendor_id REFERENCES vendors (id),
        answered_yes bigint NOT NULL,
        declined bigint NOT NULL,
        lapsed bigint NOT NULL,
        accepted bigint NOT NULL,
        delivered bigint NOT NULL,
        withdrawn bigint NOT NULL,
        delivery_hours numeric(14, 3) NOT NULL,
        measured_deliveries bigint NOT NULL,
        price_ratio numeric(16, 9),
        calculated_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE vendor_snapshots (
        id bigserial CONSTRAINT pk_vendor_snapshots PRIMARY KEY,
        vendor_id bigint NOT NULL CONSTRAINT fk_vendor_snapshots_vendor_id REFERENCES vendors (id),
        period varchar(40) NOT NULL
            CONSTRAINT ck_vendor_snapshots_period CHECK (period IN ('day', 'week', 'month', 'quarter')),
        first_day date NOT NULL,
        answered_yes bigint NOT NULL,
        declined bigint NOT NULL,
        lapsed bigint NOT NULL,
        accepted bigint NOT NULL,
        delivered bigint NOT NULL,
        withdrawn bigint NOT NULL,
        delivery_hours numeric(14, 3) NOT NULL,
        measured_deliveries bigint NOT NULL,
        price_ratio numeric(16, 9),
        calculated_at timestamptz NOT NULL,
        CONSTRAINT uq_vendor_snapshots_vendor_id_period_first_day UNIQUE (vendor_id, period, first_day),
        CONSTRAINT ck_vendor_snapshots_begins_its_period CHECK (
            first_day = date_trunc(period, first_day::timestamp)::date
        )
    )
    """,
)
